// How long a market takes to open again on a ledger of many small blocks, from a snapshot and from genesis:
// node bench/restart.js [BLOCKS]. Builds the ledger in a folder of its own first, which takes a flush a block.
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine, openMarket } from "../dist/index.js";
import { openNodeStore } from "../dist/ledger/store/node.js";

const blocks = Number(process.argv[2] ?? 100_000);
const engine = await openEngine();
const folder = mkdtempSync(join(tmpdir(), "gridclear-restart-"));
const clock = { now: () => 1_000, setTimer: () => 0, clearTimer: () => undefined };
const participants = ["ann", "bob", "cid", "dan"];
const metering = { window: 4, corrections: 4, missing: "last" };

async function build() {
  const store = await openNodeStore(folder, { hasher: engine });
  // The last snapshot is as old as it gets with one every thousand blocks.
  const market = await openMarket({ engine, store, clock, participants, metering, snapshotEvery: 1_000 });
  for (let count = 1; count < blocks; count += 1) {
    const price = (1 + (count % 7)) / 100;
    market.submit({
      participant: participants[count % 4],
      carrier: "electricity",
      side: "offer",
      quantity: "2",
      price: `${price}`,
    });
    market.submit({
      participant: participants[(count + 1) % 4],
      carrier: "electricity",
      side: "bid",
      quantity: "1",
      price: "0.3",
    });
    await market.clearPeriod(1_000 + count);
  }
  await store.close();
}

async function reopen(verify) {
  const start = performance.now();
  const store = await openNodeStore(folder, { hasher: engine, verify });
  const opened = performance.now();
  await openMarket({ engine, store, clock });
  const done = performance.now();
  await store.close();
  return {
    storeMs: Math.round(opened - start),
    marketMs: Math.round(done - opened),
    totalMs: Math.round(done - start),
  };
}

try {
  const start = performance.now();
  await build();
  console.log(JSON.stringify({ blocks, buildMs: Math.round(performance.now() - start), load: loadavg()[0] }));
  const runs = [];
  for (let run = 0; run < 3; run += 1) runs.push(await reopen("hashes"));
  runs.sort((a, b) => a.totalMs - b.totalMs);
  console.log(JSON.stringify({ from: "snapshot", ...runs[1], load: loadavg()[0] }));
  rmSync(join(folder, "snapshots"), { recursive: true, force: true });
  console.log(JSON.stringify({ from: "genesis", ...(await reopen("hashes")), load: loadavg()[0] }));
} finally {
  rmSync(folder, { recursive: true, force: true });
  engine.close();
}
