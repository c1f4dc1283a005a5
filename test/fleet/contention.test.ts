// Two workers that both believe that a microgrid is theirs, on a real server: one block of each height, always, and the
// same whoever sealed it.
import { afterEach, expect, test } from "vitest";
import { auditGrid } from "../../src/fleet/audit.js";
import { type Line, messagesOn } from "../../src/fleet/line.js";
import { decodeSealed, type SealedBlock } from "../../src/fleet/messages.js";
import { Outbox } from "../../src/fleet/outbox.js";
import { decodeOwn } from "../../src/fleet/ownstore.js";
import { Publisher } from "../../src/fleet/publisher.js";
import { Shard, type ShardParts } from "../../src/fleet/shard.js";
import { Slots } from "../../src/slots.js";
import { engine, openFleet, signatures, type TestFleet } from "../support/fleet.js";

let fleet: TestFleet | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

const publisherOf = (line: Line, last: number, signal: AbortSignal): Publisher =>
  new Publisher(line, "elm", last, { blocks: new Outbox(line), snapshots: new Slots(1) }, signal);

const heightsOf = async ({ line }: TestFleet, name: string): Promise<number[]> => {
  const place = line.names.of(name);
  const heights: number[] = [];
  for await (const { data } of messagesOn(line, line.names.blockStream(place.shard), place.blocks, 1))
    heights.push(decodeSealed(data).height);
  return heights;
};

test("two shards at work on the same microgrids seal each block once, the same", async () => {
  fleet = await openFleet({ shards: 1 });
  const names = ["elm", "oak", "ash"];
  const loads = [];
  for (const name of names) loads.push(await fleet.grid(name));
  const entries: Uint8Array[][] = [[], [], []];
  const parts: ShardParts[] = [];
  for (const each of entries) parts.push(await fleet.parts(each));
  const shards = parts.map((each) => new Shard(each, 0));
  for (const shard of shards) shard.start();
  for (const name of names) await fleet.reaches(name, 1);
  const kept: { readonly name: string; readonly period: number; readonly sequence: number }[] = [];
  for (let round = 0; round < 8; round += 1) {
    await Promise.all(
      loads.map(async ({ name, batch }) => {
        const last = await fleet!.client.last(name);
        const period = last!.height + 1;
        const orders = await batch(period, 0);
        const { answer, sequence } = await fleet!.client.hand(
          name,
          { kind: "orders", orders },
          { waitMs: 5_000 },
        );
        if (answer?.status === "accepted") kept.push({ name, period: answer.period, sequence });
      }),
    );
    await new Promise((go) => setTimeout(go, 400));
  }
  for (const name of names) await fleet.reaches(name, 8);
  await Promise.all(shards.map((shard) => shard.stop()));
  expect(kept.length).toBeGreaterThan(10);
  for (const name of names) {
    const heights = await heightsOf(fleet, name);
    expect(heights).toEqual(heights.map((_, index) => index));
    const stored = entries.flatMap((each) => each.map(decodeOwn)).filter(({ grid }) => grid === name);
    const audit = await auditGrid({ line: fleet.line, engine, signatures }, name, {
      kept: stored,
      receipts: [],
    });
    expect(audit.findings).toEqual([]);
    expect(audit.derived).toBe(heights.length);
  }
  // All three worked: each block was published by one of them and met by the others.
  const [sealed, same] = (["sealed", "same"] as const).map((what) =>
    parts.reduce((sum, { counts }) => sum + counts[what], 0),
  ) as [number, number];
  const all = await Promise.all(names.map((name) => heightsOf(fleet!, name)));
  expect(sealed).toBe(all.reduce((sum, heights) => sum + heights.length, 0));
  expect(same).toBeGreaterThan(sealed);
});

test("of two other blocks of one height one stands, and whoever has the other is told", async () => {
  fleet = await openFleet({ shards: 1 });
  const { signal } = new AbortController();
  const block = (height: number, byte: number): SealedBlock => ({
    height,
    cut: height,
    hash: new Uint8Array(32).fill(byte),
    bytes: Uint8Array.of(byte),
    note: null,
    carried: [],
  });
  const publishers = [
    publisherOf(await fleet.connected(), 0, signal),
    publisherOf(await fleet.connected(), 0, signal),
  ];
  for (let height = 0; height < 30; height += 1) {
    const fork = height % 3 === 2;
    const outcomes = await Promise.allSettled(
      publishers.map((each, index) => each.publish(block(height, fork ? index + 1 : 0))),
    );
    const values = outcomes.map((each) => (each.status === "fulfilled" ? each.value : String(each.reason)));
    expect(values.filter((each) => each === "first").length).toBe(1);
    const other = values.find((each) => each !== "first");
    if (!fork) expect(other).toBe("same");
    else {
      expect(other).toMatch(new RegExp(`elm, block ${height}: wanted`));
      // Whoever lost goes on behind what stands there, as it would after it was taken up again.
      const last = await fleet.client.last("elm");
      expect(last!.height).toBe(height);
      const loser = values.indexOf(other!);
      const sequence = height + 1;
      publishers[loser] = publisherOf(await fleet.connected(), sequence, signal);
    }
  }
  expect(await heightsOf(fleet, "elm")).toEqual(Array.from({ length: 30 }, (_, height) => height));
});

test("a worker far behind passes over what the others have published, and a stream that lost blocks stops it", async () => {
  fleet = await openFleet({ shards: 1 });
  const { signal } = new AbortController();
  const block = (height: number): SealedBlock => ({
    height,
    cut: height,
    hash: new Uint8Array(32).fill(height),
    bytes: Uint8Array.of(height),
    note: null,
    carried: [],
  });
  const quick = publisherOf(fleet.line, 0, signal);
  const slow = publisherOf(await fleet.connected(), 0, signal);
  for (let height = 0; height < 6; height += 1) expect(await quick.publish(block(height))).toBe("first");
  for (let height = 0; height < 6; height += 1) expect(await slow.publish(block(height))).toBe("same");
  expect(await slow.publish(block(6))).toBe("first");
  const ahead = publisherOf(await fleet.connected(), 99, signal);
  await expect(ahead.publish(block(9))).rejects.toThrow(/9 blocks before it, got 7/);
});
