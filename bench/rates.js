// @ts-check
// Rates with Benchmark.js, for what takes microseconds.
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { row } from "./measure.js";

/** @typedef {import("./measure.js").Row} Row */

/** @type {typeof import("benchmark")} */
const Benchmark = createRequire(import.meta.url)("benchmark");
// Lets `rounds` empty the heap between contenders.
setFlagsFromString("--expose-gc");
globalThis.gc = runInNewContext("gc");

/**
 * Rates with Benchmark.js; minimum and percentiles come from its samples, since its mean hides the tail.
 * @param {{ work: string, size: number, unit: string, count?: number }} about
 * @param {import("./measure.js").Contender[]} contenders
 * @param {{ budgetMs: number }} options for each contender
 * @returns {Row[]}
 */
export function rates(about, contenders, { budgetMs }) {
  const hashes = contenders.map(({ run, hash }) => hash?.(run()));
  /** @type {Row[]} */
  const rows = [];
  const suite = new Benchmark.Suite();
  for (const { name, run } of contenders)
    suite.add(name, run, {
      maxTime: budgetMs / 1000,
      minSamples: budgetMs < 50 ? 2 : 15,
      minTime: budgetMs < 50 ? 0.001 : 0.01,
    });
  suite.on("cycle", (/** @type {any} */ event) => {
    const { name, stats, error } = event.target;
    if (error) throw error;
    const sample = stats.sample.map((/** @type {number} */ seconds) => seconds * 1000);
    rows.push(row(about, name, sample, hashes[rows.length]));
  });
  suite.run({ async: false });
  return rows;
}
