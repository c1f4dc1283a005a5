// @ts-check
// A market that logs what it acknowledges, for test/endurance/faults.mjs: it says on a line each order and each block
// that was acknowledged, and what stopped it.
//
// node test/endurance/writer.mjs DIRECTORY BLOCKS [die]   (`die`: ends without closing the ledger)
import { writeSync } from "node:fs";
import { openEngine, openMarket } from "../../dist/index.js";
import { openNodeStore } from "../../dist/ledger/store/node.js";

const [directory, blocks, end] = process.argv.slice(2);
const say = (/** @type {string} */ line) => writeSync(1, `${line}\n`);
const participants = ["ann", "bob", "cid", "dan"];
const clock = { now: () => 1000, setTimer: () => null, clearTimer: () => {} };

async function write() {
  const engine = await openEngine();
  const store = await openNodeStore(directory, { hasher: engine, segmentBytes: 8000 });
  const warnings = (/** @type {Error} */ error) => say(`warning ${error.message}`);
  const market = await openMarket({
    engine,
    store,
    clock,
    ...(store.size === 0 ? { participants } : {}),
    log: true,
    snapshotEvery: 4,
    onWarning: warnings,
  });
  say(`block ${store.size - 1} ${Buffer.from(store.hash(store.size - 1)).toString("hex")}`);
  while (store.size < Number(blocks)) {
    const { period } = market;
    await Promise.all(
      participants.map(async (participant, index) => {
        const side = /** @type {const} */ (index % 2 === 0 ? "offer" : "bid");
        const order = { participant, carrier: /** @type {const} */ ("electricity"), side };
        const answer = await market.submit({
          ...order,
          quantity: "1",
          price: `0.${1 + index + (period % 5)}`,
        });
        if (answer.status !== "accepted") throw answer.error;
        say(`order ${period} ${answer.sequence}`);
      }),
    );
    await market.clearPeriod(1000 + period);
    say(`block ${store.size - 1} ${Buffer.from(store.hash(store.size - 1)).toString("hex")}`);
  }
  if (end === "die") process.kill(process.pid, "SIGKILL");
  await store.putMeta("note", Uint8Array.of(1, 2, 3));
  say("note");
  await store.close();
  say("closed");
  engine.close();
}

await write().catch((error) => {
  say(`stopped ${error.code}: ${error.message}`);
  process.exitCode = 3;
});
