// @ts-check
// A process of its own that opens an engine and clears its first period: node bench/cold.js <orders>
import { openEngine } from "gridclear";
import { book } from "./inputs.js";
import { gridclearPeriod } from "./pipeline.js";

const b = book("random", Number(process.argv[2]));
const marks = [performance.now()];
const engine = await openEngine();
marks.push(performance.now());
const run = gridclearPeriod(engine, b);
marks.push(performance.now());
run();
marks.push(performance.now());
run();
marks.push(performance.now());
const [openMs, , firstMs, secondMs] = marks.slice(1).map((mark, i) => mark - marks[i]);
process.stdout.write(JSON.stringify({ openMs, firstMs, secondMs }));
