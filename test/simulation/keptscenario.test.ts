// A simulation goes on in a store only with the scenario it was begun with, though genesis may be the same.
import { expect, test } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import { openMarket } from "../../src/market/open.js";
import { type CommunityOptions, community, openCommunity } from "../../src/simulation/community.js";
import { openSimulation, type Simulation } from "../../src/simulation/simulation.js";

const engine = await openEngine();
const quick: CommunityOptions = { participants: 8, seed: 7, periods: 6, periodMs: 900_000, weather: "clear" };
const open = (store: Store, changed: Partial<CommunityOptions> = {}): Promise<Simulation> =>
  openSimulation(openCommunity(community({ ...quick, ...changed })), { engine, store });

test("what is changed and in no contract is named, and the same scenario goes on", async () => {
  const store = await openMemoryStore();
  await (await open(store)).next();
  const changes = [
    [{ weather: "overcast" }, "scenario.weather"],
    [{ periods: 7 }, "scenario.periods"],
    [{ more: { faults: { missing: 3000 } } }, "scenario.faults.missing"],
  ] as const;
  for (const [changed, field] of changes) {
    // Genesis has nothing of it.
    const genesis = openCommunity(community({ ...quick, ...changed })).contracts(-1);
    expect(genesis).toEqual(openCommunity(community(quick)).contracts(-1));
    await expect(open(store, changed)).rejects.toMatchObject({ code: "conflict", field });
  }
  expect(store.size).toBe(2);
  expect((await open(store)).place).toBe(1);
});

test("a ledger with blocks and no scenario is another's; genesis alone takes the scenario that it fits", async () => {
  const store = await openMemoryStore();
  const other = openCommunity(community(quick));
  const contracts = other.contracts(-1);
  await openMarket({ engine, store, contracts });
  expect(await store.getMeta("scenario")).toBeNull();
  expect((await open(store)).place).toBe(0);
  expect(await store.getMeta("scenario")).not.toBeNull();

  const foreign = await openMemoryStore();
  const one = await openMarket({ engine, store: foreign, contracts });
  await one.clearPeriod(other.timeOf(1));
  await expect(open(foreign)).rejects.toMatchObject({ code: "conflict", field: "ledger" });
});

test("nothing is kept before genesis is in the store", async () => {
  const store = await openMemoryStore();
  const sizes: number[] = [];
  const watched = Object.create(store, {
    putMeta: {
      value: (key: string, value: Uint8Array) => {
        if (key === "scenario") sizes.push(store.size);
        return store.putMeta(key, value);
      },
    },
    append: { value: (bytes: Uint8Array, height: number) => store.append(bytes, height) },
    next: { value: () => store.next() },
    getMeta: { value: (key: string) => store.getMeta(key) },
    size: { get: () => store.size },
    head: { get: () => store.head },
    blocks: { value: (from?: number) => store.blocks(from) },
    get: { value: (height: number) => store.get(height) },
  }) as Store;
  await open(watched);
  expect(sizes).toEqual([1]);
});
