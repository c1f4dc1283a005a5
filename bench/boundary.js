// @ts-check
import { openEngine } from "gridclear";
import { book, bytes } from "./inputs.js";
import { rates } from "./rates.js";

export const question =
  "What does it cost to cross into WebAssembly: a call, orders copied in, results copied out?";

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ sizes, budgetMs }) {
  const { copyClearing } = await import("gridclear");
  const engine = await openEngine();
  const about = (/** @type {string} */ work, /** @type {number} */ size, unit = "orders") => ({
    work,
    size,
    unit,
  });
  const rows = [];
  const one = book("random", 2);
  const message = bytes(0);
  const options = { budgetMs: budgetMs / 10 };
  rows.push(
    ...rates(
      about("smallest calls", 1, "calls"),
      [
        { name: "clear one offer and one bid, value", run: () => engine.clear(one, { mechanism: "value" }) },
        {
          name: "clear one offer and one bid, merit",
          run: () => engine.clear(one, { mechanism: "merit", pricing: "uniform" }),
        },
        { name: "hash nothing", run: () => engine.sha256(message) },
      ],
      options,
    ),
  );
  for (const size of sizes) {
    const b = book("random", size);
    const cleared = engine.clear(b, { mechanism: "merit", pricing: "uniform" });
    const columns = [b.offers.quantity, b.offers.price, b.bids.quantity, b.bids.price];
    const rooms = columns.map((column) => column.slice());
    rows.push(
      ...rates(
        about("copies", size),
        [
          {
            name: "four order columns, memory to memory: the floor of copying in",
            run: () => {
              for (let i = 0; i < columns.length; i++) rooms[i].set(columns[i]);
            },
          },
          { name: "copyClearing: results out of WebAssembly", run: () => copyClearing(cleared) },
        ],
        options,
      ),
    );
  }
  engine.close();
  return rows;
}
