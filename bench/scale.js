// @ts-check
import { cpus } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { openEngine } from "gridclear";
import { book } from "./inputs.js";
import { row } from "./measure.js";
import { gridclearPeriod } from "./pipeline.js";

export const question =
  "How many markets clear and seal at once on one machine, and what memory does each take?";

/** @typedef {{ markets: number, orders: number, first: number, rounds: number }} Share */

/** One thread's share of the markets: they share an engine, each has its own orders. */
async function work() {
  const { markets, orders, first, rounds } = /** @type {Share} */ (workerData);
  const engine = await openEngine();
  const bytesBefore = process.memoryUsage().arrayBuffers;
  const runs = Array.from({ length: markets }, (_, i) =>
    gridclearPeriod(engine, book("realistic", orders, first + i + 1)),
  );
  for (const run of runs) run();
  const bytes = process.memoryUsage().arrayBuffers - bytesBefore + engine.memoryBytes;
  parentPort?.postMessage("ready");
  await new Promise((resolve) => parentPort?.once("message", resolve));
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (const run of runs) run();
    times.push(performance.now() - start);
  }
  parentPort?.postMessage({ times, bytes });
  parentPort?.close();
}
if (!isMainThread && workerData?.markets) await work();

/** @param {number} threads @param {number} markets @param {number} orders @param {number} rounds */
async function atOnce(threads, markets, orders, rounds) {
  const each = Math.ceil(markets / threads);
  const workers = Array.from({ length: threads }, (_, i) => {
    const share = { markets: Math.min(each, markets - i * each), orders, first: i * each, rounds };
    return new Worker(new URL(import.meta.url), { workerData: share });
  });
  const message = (/** @type {Worker} */ worker) =>
    new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  await Promise.all(workers.map(message));
  const start = performance.now();
  const results = workers.map(message);
  for (const worker of workers) worker.postMessage("go");
  const shares = await Promise.all(results);
  const wholeMs = performance.now() - start;
  await Promise.all(workers.map((worker) => worker.terminate()));
  const bytes = shares.reduce((sum, share) => sum + share.bytes, 0);
  return { wholeMs, bytes };
}

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ smoke }) {
  const rows = [];
  for (const [markets, orders, rounds] of smoke
    ? [[8, 100, 2]]
    : [
        [1_000, 100, 30],
        [100, 5_000, 15],
      ])
    for (const threads of [...new Set([1, cpus().length])]) {
      const { wholeMs, bytes } = await atOnce(threads, markets, orders, rounds);
      const about = { work: `markets of ${orders} orders`, size: markets, unit: "periods" };
      const one = row(
        about,
        threads === 1 ? "one thread" : `${threads} threads`,
        [wholeMs / rounds],
        undefined,
      );
      one.more = { "kB a market": bytes / markets / 1_000 };
      rows.push(one);
    }
  return rows;
}
