// @ts-check
// The market's own period, from columns of orders to a sealed block, beside the engine alone on the same orders.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine } from "gridclear";
import { openNodeStore } from "gridclear/store/node";
import { openCrowd, orders, ordersEverywhere } from "./community.js";
import { row } from "./measure.js";
import { commission, poolPrice, tradeRow } from "./pipeline.js";

export const question =
  "What does a market's period take from submitColumns to a sealed block, and how many times what the engine alone takes?";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "build", "bench");

/** A batch's orders as the engine takes them, carrier by carrier. @param {import("gridclear").OrderBatch} batch */
function books({ carrier, side, quantity, price }) {
  return [0, 1, 2, 3].map((code) => {
    const columns = (/** @type {number} */ wanted) => {
      const places = [...carrier.keys()].filter((i) => carrier[i] === code && side[i] === wanted);
      return {
        quantity: Uint32Array.from(places, (i) => quantity[i]),
        price: Int32Array.from(places, (i) => price[i]),
      };
    };
    return { offers: columns(0), bids: columns(1) };
  });
}

/**
 * @param {import("gridclear").Engine} engine @param {number} units @param {number} rounds
 * @param {(units: number, seed: number) => import("gridclear").OrderBatch} draw
 * @returns {Promise<import("./measure.js").Row[]>}
 */
async function measure(engine, units, rounds, draw) {
  mkdirSync(folder, { recursive: true });
  const place = mkdtempSync(join(folder, "market-"));
  const store = await openNodeStore(join(place, "ledger"), { hasher: engine });
  const market = await openCrowd(engine, units, store);
  const batches = [draw(units, 1), draw(units, 2)];
  const alone = books(batches[0]);
  /** @type {Record<string, number[]>} */
  const times = { collect: [], seal: [], both: [], engine: [] };
  let blockBytes = 0;
  for (let round = -2; round < rounds; round++) {
    const start = performance.now();
    market.submitColumns(batches[round & 1]);
    const collected = performance.now();
    blockBytes = (await market.clearPeriod(0)).bytes.length;
    const sealed = performance.now();
    for (const [carrier, book] of alone.entries()) {
      engine.clear(book, { mechanism: "value", pool: { price: poolPrice } });
      engine.merkleRoot(engine.tradeRecords({ carrier, commission }).bytes, tradeRow);
    }
    const done = performance.now();
    if (round < 0) continue;
    times.collect.push(collected - start);
    times.seal.push(sealed - collected);
    times.both.push(sealed - start);
    times.engine.push(done - sealed);
  }
  await store.close();
  rmSync(place, { recursive: true });
  const size = batches[0].quantity.length;
  const about = { work: "market's period", size, unit: "orders" };
  const more = { participants: units, "block bytes an order": blockBytes / size };
  return [
    { ...row(about, "market: collect, clear, seal on disk", times.both, undefined), more },
    row(about, "of it submitColumns", times.collect, undefined),
    row(about, "of it clearPeriod", times.seal, undefined),
    row(about, "the engine alone: clear, records, root", times.engine, undefined),
  ];
}

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ smoke }) {
  const engine = await openEngine();
  const rows = smoke
    ? await measure(engine, 100, 3, ordersEverywhere)
    : [
        ...(await measure(engine, 5_000, 200, orders)),
        ...(await measure(engine, 25_000, 30, ordersEverywhere)),
        ...(await measure(engine, 250_000, 8, ordersEverywhere)),
      ];
  engine.close();
  return rows;
}
