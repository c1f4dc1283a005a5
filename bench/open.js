// @ts-check
import { decodeBlock, openEngine, openMarket, openReplay } from "gridclear";
import { openMemoryStore } from "gridclear/store/memory";
import { hex, row } from "./measure.js";

export const question =
  "How long does a market take to open, and its genesis to be executed again, by its number of participants?";

const clock = { now: () => 0, setTimer: () => 0, clearTimer: () => {} };

/**
 * Opens a market on standard terms, where a participant is one contract, in memory; then executes its genesis again.
 * @param {import("gridclear").Engine} engine @param {number} size participants @param {number} rounds
 * @returns {Promise<import("./measure.js").Row[]>}
 */
async function measure(engine, size, rounds) {
  const participants = Array.from({ length: size }, (_, i) => `unit-${i}`);
  const opened = [];
  const replayed = [];
  let hash = "";
  let blockBytes = 0;
  for (let round = 0; round < rounds; round++) {
    const store = await openMemoryStore({ hasher: engine });
    globalThis.gc?.();
    let start = performance.now();
    await openMarket({ engine, store, participants, clock });
    opened.push(performance.now() - start);
    const bytes = (await store.get(0)) ?? new Uint8Array(0);
    globalThis.gc?.();
    start = performance.now();
    const replay = openReplay(engine);
    replay.replay(decodeBlock(bytes));
    replayed.push(performance.now() - start);
    hash = hex(replay.hash);
    blockBytes = bytes.length;
  }
  const about = { work: "open a market", size, unit: "participants" };
  const opening = row(about, "open", opened, hash);
  return [
    { ...opening, more: { "bytes of genesis": blockBytes } },
    row(about, "execute genesis again", replayed, hash),
  ];
}

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ smoke }) {
  const engine = await openEngine();
  const rows = [];
  for (const size of smoke ? [100] : [1_000, 10_000, 100_000, 250_000])
    rows.push(...(await measure(engine, size, smoke ? 2 : size > 100_000 ? 3 : 7)));
  engine.close();
  return rows;
}
