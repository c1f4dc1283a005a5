// @ts-check
import { openEngine } from "gridclear";
import { book } from "./inputs.js";
import { row } from "./measure.js";
import { gridclearPeriod } from "./pipeline.js";
import "./rates.js";

export const question =
  "Does a market that clears every period grow: JavaScript's heap and WebAssembly's memory over 10,000 periods?";

const carriers = 4;
const unitsEach = 250;

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ smoke }) {
  const periods = smoke ? 200 : 10_000;
  const engine = await openEngine();
  const runs = Array.from({ length: carriers }, (_, i) =>
    gridclearPeriod(engine, book("realistic", unitsEach, 5 + i)),
  );
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  for (let i = 0; i < periods / 10; i++) for (const run of runs) run();
  const heapBefore = heap();
  const wasmBefore = engine.memoryBytes;
  let allocated = 0;
  const times = [];
  let used = process.memoryUsage().heapUsed;
  for (let i = 0; i < periods; i++) {
    const start = performance.now();
    for (const run of runs) run();
    times.push(performance.now() - start);
    if (i % 50 === 0) {
      // A fall is a collection; what it took back was counted before.
      const now = process.memoryUsage().heapUsed;
      allocated += Math.max(0, now - used);
      used = now;
    }
  }
  times.length = Math.min(times.length, 10_000);
  const measured = row(
    { work: "steady state", size: carriers * unitsEach, unit: "orders" },
    "gridclear, four carriers a period",
    times,
    undefined,
  );
  measured.more = {
    periods,
    "heap bytes kept a period": (heap() - heapBefore) / periods,
    "heap bytes allocated a period": allocated / periods,
    "wasm bytes grown": engine.memoryBytes - wasmBefore,
  };
  engine.close();
  return [measured];
}
