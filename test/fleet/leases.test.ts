// Who takes and gives back which shard: the plan of one worker, and what comes of all of them planning in turn.
import { expect, test } from "vitest";
import { planLeases } from "../../src/fleet/leases.js";

const plan = (me: string, shards: number, owners: readonly (readonly [number, string])[], live: string[]) =>
  planLeases({ me, shards, owners: new Map(owners), live: new Set(live) });

test("a worker alone takes everything, and what dead workers had", () => {
  expect(plan("a", 4, [], ["a"]).take).toEqual([0, 1, 2, 3]);
  expect(plan("a", 4, [[1, "gone"]], ["a"]).take).toEqual([0, 1, 2, 3]);
  expect(plan("a", 4, [[1, "b"]], ["a", "b"])).toEqual({ take: [0, 2], release: [] });
});

test("a worker gives back what is above its share, and takes nothing then", () => {
  const owners = [0, 1, 2, 3].map((shard) => [shard, "a"] as const);
  expect(plan("a", 4, owners, ["a", "b"])).toEqual({ take: [], release: [2, 3] });
  expect(plan("b", 4, owners, ["a", "b"])).toEqual({ take: [], release: [] });
});

test("workers that come and go end with all shards shared out, each once", () => {
  const shards = 16;
  const owners = new Map<number, string>();
  const settle = (live: readonly string[]): void => {
    for (let round = 0; round < 10; round += 1)
      for (const me of live) {
        const { take, release } = planLeases({ me, shards, owners, live: new Set(live) });
        for (const shard of release) owners.delete(shard);
        for (const shard of take) owners.set(shard, me);
      }
  };
  for (const live of [["a"], ["a", "b", "c"], ["b", "c"], ["a", "b", "c", "d", "e"]]) {
    settle(live);
    expect(owners.size).toBe(shards);
    for (const me of live) {
      const mine = [...owners.values()].filter((owner) => owner === me).length;
      expect(mine).toBeGreaterThan(0);
      expect(mine).toBeLessThanOrEqual(Math.ceil(shards / live.length));
    }
  }
});
