// @ts-check
import { openEngine } from "gridclear";
import { forgetfulStore, openCrowd, orders } from "./community.js";
import { row } from "./measure.js";
import "./rates.js";

export const question =
  "What does a market's period cost over the four carriers, and does it grow: JavaScript's heap and WebAssembly's memory over 10,000 periods?";

/**
 * @param {import("gridclear").Engine} engine @param {number} units @param {number} warmUp @param {number} periods
 * @returns {Promise<import("./measure.js").Row>}
 */
async function measure(engine, units, warmUp, periods) {
  const market = await openCrowd(engine, units, forgetfulStore(engine));
  const batches = Array.from({ length: 8 }, (_, i) => orders(units, i + 1));
  const clear = async (/** @type {number} */ i) => {
    market.submitColumns(batches[i % batches.length]);
    await market.clearPeriod(0);
  };
  for (let i = 0; i < warmUp; i++) await clear(i);
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const times = new Array(periods).fill(0);
  const heapBefore = heap();
  const wasmBefore = engine.memoryBytes;
  for (let i = 0; i < periods; i++) {
    const start = performance.now();
    await clear(i);
    times[i] = performance.now() - start;
  }
  const kept = (heap() - heapBefore) / periods;
  return {
    ...row(
      { work: `a market of ${units} units`, size: units, unit: "orders" },
      "collect, clear, settle, seal",
      times,
      undefined,
    ),
    more: { periods, "heap bytes kept a period": kept, "wasm bytes grown": engine.memoryBytes - wasmBefore },
  };
}

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ smoke }) {
  const engine = await openEngine();
  const rows = smoke
    ? [await measure(engine, 100, 20, 100)]
    : [await measure(engine, 5_000, 40, 400), await measure(engine, 250, 1_000, 10_000)];
  engine.close();
  return rows;
}
