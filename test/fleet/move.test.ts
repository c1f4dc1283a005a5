// A worker that is gone, cleanly or not: its microgrids are another's within a period or two, from a snapshot, and no
// answer that was given is broken.
import { afterEach, expect, test } from "vitest";
import { auditGrid } from "../../src/fleet/audit.js";
import { loadGrid as loaded } from "../../src/fleet/load.js";
import { decodeOwn } from "../../src/fleet/ownstore.js";
import { fleetStatus } from "../../src/fleet/status.js";
import { Worker } from "../../src/fleet/worker.js";
import type { Receipt } from "../../src/ledger/proof/receipt.js";
import { engine, openFleet, signatures, type TestFleet } from "../support/fleet.js";
import type { LoadGrid } from "../support/fleetload.mjs";

let fleet: TestFleet | null = null;
const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
  await fleet?.close();
  fleet = null;
});

const leaseMs = 2_000;

/** Hands a batch in for the open period; its receipts, where it was taken in time. */
async function trade({ client }: TestFleet, { name, batch, marketId }: LoadGrid): Promise<Receipt[]> {
  const last = await client.last(name);
  const orders = await batch(last!.height + 1, 0);
  const { answer } = await client.hand(name, { kind: "orders", orders }, { waitMs: 10_000 });
  expect(answer).not.toBeNull();
  if (answer?.status !== "accepted") return [];
  return answer.receipts!.map((signature, index) => ({
    marketId,
    period: answer.period,
    number: answer.first! + index,
    order: orders.records.slice(16 * index, 16 * (index + 1)),
    signature,
  }));
}

test("what a worker that falls silent had is taken from a snapshot, and every receipt is kept", async () => {
  fleet = await openFleet({ shards: 4 });
  const loads = [];
  for (let index = 0; index < 8; index += 1) loads.push(await fleet.grid(`g${index}`, 1_000));
  const entries: Uint8Array[] = [];
  const first = await fleet.parts(entries);
  workers.push(Worker.start({ ...first, id: "first", leaseMs }));
  for (const { name } of loads) await fleet.reaches(name, 5);
  workers.push(Worker.start({ ...(await fleet.parts(entries)), id: "second", leaseMs }));
  const receipts: Receipt[] = [];
  const end = Date.now() + 9_000;
  let silent: number | null = null;
  const heights = new Map<string, number>();
  const heightOf = async (name: string): Promise<number> => (await fleet!.client.last(name))!.height;
  while (Date.now() < end) {
    const round = await Promise.all(loads.map((load) => trade(fleet!, load)));
    receipts.push(...round.flat());
    // Its line breaks for good in the middle of everything, as if the machine were gone.
    if (silent === null && Date.now() > end - 6_000) {
      await first.line.nc.close();
      silent = Date.now();
      for (const { name } of loads) heights.set(name, await heightOf(name));
    }
  }
  expect(receipts.length).toBeGreaterThan(100);
  // The lease, a look at it, and a look at the shard's microgrids: whoever has periods of 30 s misses none.
  for (const [name, height] of heights) expect(await heightOf(name)).toBeGreaterThan(height);
  await Promise.all(
    loads.map(async ({ name }) => {
      const last = await fleet!.client.last(name);
      await fleet!.reaches(name, last!.height + 1);
      const { snapshot, blocks } = await loaded(fleet!.line, name, engine);
      expect(snapshot).not.toBeNull();
      expect(blocks.length).toBeLessThanOrEqual(4);
    }),
  );
  const kept = entries.map(decodeOwn);
  let held = 0;
  for (const { name, marketId } of loads) {
    const audit = await auditGrid({ line: fleet.line, engine, signatures }, name, {
      kept: kept.filter(({ grid }) => grid === name),
      receipts: receipts.filter((receipt) => receipt.marketId === marketId),
    });
    expect(audit.findings).toEqual([]);
    held += audit.receipts;
  }
  expect(held).toBe(receipts.length);
  const { grids, workers: rows } = await fleetStatus(fleet.line, Date.now());
  expect(grids).toBe(8);
  expect(rows.find(({ id }) => id === "second")).toMatchObject({ grids: 8, shards: [0, 1, 2, 3], failed: 0 });
});
