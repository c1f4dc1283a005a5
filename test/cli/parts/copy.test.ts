// Reading a ledger that a market is still writing: a copy is a ledger that stood there at some moment.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withCopy } from "../../../src/cli/parts/audit.js";
import { openEngine } from "../../../src/core/engine.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import { openMarket } from "../../../src/market/market.js";

test("a copy of a ledger being written opens, and holds all that was acknowledged when it began", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gridclear-copied-"));
  const ledger = join(folder, "ledger");
  const engine = await openEngine();
  const store = await openNodeStore(ledger, { hasher: engine });
  const participants = Array.from({ length: 4000 }, (_, index) => `p${index}`);
  const market = await openMarket({ engine, store, participants });
  let writing = true;
  // Large enough that LevelDB starts a new log every few blocks.
  const write = async (): Promise<void> => {
    for (let period = 1; period <= 120 && writing; period += 1) {
      market.submitColumns({
        participant: Uint32Array.from(participants, (_, index) => index),
        carrier: new Uint8Array(4000),
        side: Uint8Array.from(participants, (_, index) => index % 2),
        quantity: new Uint32Array(4000).fill(1000 + period),
        price: Int32Array.from(participants, (_, index) => (index % 2 === 0 ? 100 : 200)),
      });
      await market.clearPeriod(period);
    }
  };
  const written = write();
  try {
    for (let copies = 0; copies < 5; copies += 1) {
      const before = store.size;
      const size = await withCopy(ledger, async (copy) => {
        const copied = await openNodeStore(copy, { create: false, hasher: engine, verify: "hashes" });
        await copied.close();
        return copied.size;
      });
      expect(size).toBeGreaterThanOrEqual(before);
    }
  } finally {
    writing = false;
    await written;
    await store.close();
    await rm(folder, { recursive: true });
  }
}, 60_000);
