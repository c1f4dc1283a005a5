// @ts-check
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { book } from "./inputs.js";
import { hashOf, rounds } from "./measure.js";
import { orderPacked } from "./peers/merit.js";
import "./rates.js";

export const question = "How long does it take to order one side by value, stable, as indices?";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The core's sort as a module of its own.
 * @returns {Promise<{ memory: WebAssembly.Memory, free(): number,
 *   sort(count: number, quantity: number, price: number, scratch: number, out: number): void }>}
 */
async function coreSort() {
  const folder = join(root, "build", "bench");
  mkdirSync(folder, { recursive: true });
  const wasm = join(folder, "sort.wasm");
  const flags = [
    "--optimizeLevel",
    "3",
    "--converge",
    "--runtime",
    "stub",
    "--use",
    "abort=",
    "--enable",
    "simd",
  ];
  const entry = join(root, "bench", "assembly", "sort.ts");
  const { error, stderr } = await asc.main([entry, ...flags, "--outFile", wasm]);
  if (error) throw new Error(stderr.toString());
  const { instance } = await WebAssembly.instantiate(readFileSync(wasm));
  return /** @type {any} */ (instance.exports);
}

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ sizes, budgetMs, native }) {
  const core = await coreSort();
  const rows = [];
  for (const kind of /** @type {const} */ (["random", "wide"]))
    for (const size of kind === "random" ? sizes : sizes.slice(-1)) {
      const { quantity, price } = book(kind, 2 * size).offers;
      const at = core.free();
      // Three columns of four bytes, and scratch: at most 40 bytes an order and some to align.
      const end = at + size * 52 + 4_096;
      if (end > core.memory.buffer.byteLength)
        core.memory.grow(Math.ceil((end - core.memory.buffer.byteLength) / 65_536));
      new Uint32Array(core.memory.buffer, at, size).set(quantity);
      new Int32Array(core.memory.buffer, at + size * 4, size).set(price);
      const scratch = at + ((size * 12 + 63) & ~63);
      const order = new Uint32Array(core.memory.buffer, at + size * 8, size);
      const hash = (/** @type {ArrayLike<number>} */ result) => hashOf(result);
      /** @type {import("./measure.js").Contender[]} */
      const contenders = [
        {
          name: "gridclear",
          run: () => {
            core.sort(size, at, at + size * 4, scratch, at + size * 8);
            return order;
          },
          hash,
        },
      ];
      if (native) {
        const out = new Uint32Array(size);
        const sort = () => {
          native.order(quantity, price, 0, out);
          return out;
        };
        contenders.push({ name: "C, radix", run: sort, hash });
      }
      if (kind === "random") {
        // Beyond 53 bits neither doubles nor their comparison would be exact.
        contenders.push({
          name: "Float64Array.sort of packed keys",
          run: () => orderPacked(size, (i) => quantity[i] * price[i]),
          hash,
        });
        const objects = () =>
          Array.from(quantity, (q, id) => ({ id, value: q * price[id] }))
            .sort((a, b) => a.value - b.value)
            .map(({ id }) => id);
        contenders.push({ name: "Array.sort of objects", run: objects, hash, rounds: 4 });
        const byIndex = () =>
          Uint32Array.from(quantity.keys()).sort(
            (a, b) => quantity[a] * price[a] - quantity[b] * price[b] || a - b,
          );
        contenders.push({ name: "Uint32Array.sort of indices", run: byIndex, hash, rounds: 4 });
      }
      rows.push(
        ...rounds({ work: `sort by value, ${kind}`, size, unit: "orders" }, contenders, {
          budgetMs: budgetMs / 2,
        }),
      );
    }
  return rows;
}
