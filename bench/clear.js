// @ts-check
import { openEngine } from "gridclear";
import { scalarCore } from "gridclear/scalar";
import { book, kinds } from "./inputs.js";
import { hashOf, rounds } from "./measure.js";
import { nativeClear } from "./native.js";
import { orderBook } from "./peers/books.js";
import { meritCounting, meritObjects, meritTyped } from "./peers/merit.js";
import { valueObjects, valueTyped } from "./peers/value.js";
import { rates } from "./rates.js";

export const question = "How long does clearing alone take, by each mechanism, on easy and on hard books?";

/** @typedef {import("./measure.js").Contender} Contender @typedef {import("./inputs.js").Book} Book */

const half = 500_000;
const byMerit = /** @type {const} */ ({ mechanism: "merit", pricing: "uniform", k: half });
const byValue = /** @type {const} */ ({ mechanism: "value", pricing: "counterparty" });
/** Sizes up to which a contender is given work; beyond, it would take the whole run. */
const quadraticUpTo = 10_000;
const bookUpTo = 100_000;
const objectsFew = 5;

/** Hash of everything a clearing says. @param {import("./peers/merit.js").Cleared} cleared */
export function hashOfClearing({ trades, remaining }) {
  const { count } = trades;
  const columns = [trades.offer, trades.bid, trades.quantity, trades.price].map((column) =>
    column.subarray(0, count),
  );
  return hashOf([count], ...columns, remaining.offers, remaining.bids);
}

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ sizes, smoke, budgetMs, native, say }) {
  const engine = await openEngine();
  const scalar = await openEngine({ wasm: scalarCore() });
  const hash = hashOfClearing;
  const rows = [];

  for (const size of sizes) {
    const b = book("random", size);
    const measure = size <= 10_000 && !smoke ? rates : rounds;
    /** @type {Contender[]} */
    const contenders = [
      { name: "gridclear", run: () => engine.clear(b, byValue), hash },
      { name: "gridclear without SIMD", run: () => scalar.clear(b, byValue), hash },
      { name: "JavaScript, typed arrays", run: () => valueTyped(b), hash, rounds: objectsFew },
    ];
    if (native) {
      contenders.push({ name: "C, AVX2", run: nativeClear(native, "value", b), hash });
      contenders.push({ name: "C, SSE 4.1", run: nativeClear(native, "value", b, { level: 1 }), hash });
    }
    if (size <= quadraticUpTo)
      contenders.push({
        name: "JavaScript, nested loops",
        run: () => valueObjects(b),
        hash,
        rounds: 3,
      });
    rows.push(
      ...measure({ work: "value random", size, unit: "orders" }, contenders, {
        budgetMs: measure === rates ? budgetMs / 8 : budgetMs * 2,
      }),
    );
  }

  for (const size of sizes) {
    const b = book("random", size);
    const measure = size <= 10_000 && !smoke ? rates : rounds;
    /** @type {Contender[]} */
    const contenders = [
      { name: "gridclear", run: () => engine.clear(b, byMerit), hash },
      { name: "JavaScript, typed arrays", run: () => meritTyped(b, half), hash },
      { name: "JavaScript, counting sort", run: () => meritCounting(b, half), hash },
      { name: "JavaScript, objects", run: () => meritObjects(b, half), hash, rounds: objectsFew },
    ];
    if (native) contenders.push({ name: "C", run: nativeClear(native, "merit", b, { k: half }), hash });
    if (size <= bookUpTo)
      for (const name of /** @type {const} */ (["nodejs-order-book", "hft-limit-order-book"]))
        contenders.push({ name, run: orderBook(name, b), rounds: 3 });
    rows.push(
      ...measure({ work: "merit random", size, unit: "orders" }, contenders, {
        budgetMs: measure === rates ? budgetMs / 8 : budgetMs,
      }),
    );
  }

  const large = sizes.slice(-2);
  for (const kind of /** @type {const} */ (["few", "wide"]))
    for (const size of large) {
      const b = book(kind, size);
      /** @type {Contender[]} */
      const contenders = [
        { name: "gridclear", run: () => engine.clear(b, byMerit), hash },
        { name: "JavaScript, typed arrays", run: () => meritTyped(b, half), hash },
      ];
      if (kind === "few")
        contenders.push({ name: "JavaScript, counting sort", run: () => meritCounting(b, half), hash });
      if (native) contenders.push({ name: "C", run: nativeClear(native, "merit", b, { k: half }), hash });
      rows.push(
        ...rounds({ work: `merit ${kind}`, size, unit: "orders" }, contenders, { budgetMs: budgetMs / 2 }),
      );
    }

  for (const kind of /** @type {(keyof typeof kinds)[]} */ (Object.keys(kinds))) {
    if (kind === "random" || kind === "uncrossed") continue;
    for (const size of large) {
      const b = book(kind, size);
      /** @type {Contender[]} */
      const contenders = [{ name: "gridclear", run: () => engine.clear(b, byValue), hash }];
      // The twin searches phase B without a budget: quadratic on the input made against that search.
      if (native && (kind !== "scattered" || size <= 20_000))
        contenders.push({ name: "C, AVX2", run: nativeClear(native, "value", b), hash });
      rows.push(
        ...rounds({ work: `value ${kind}`, size, unit: "orders" }, contenders, {
          budgetMs: budgetMs / 4,
          rounds: 30,
        }),
      );
    }
  }
  scalar.close();

  if (!smoke) {
    say("ten million orders, once");
    const size = 10_000_000;
    const b = book("random", size);
    /** @type {Contender[]} */
    const contenders = [{ name: "gridclear", run: () => engine.clear(b, byValue), hash }];
    if (native) contenders.push({ name: "C, AVX2", run: nativeClear(native, "value", b), hash });
    rows.push(
      ...rounds({ work: "value random", size, unit: "orders" }, contenders, {
        budgetMs: 0,
        least: 1,
        rounds: 1,
      }),
    );
  }
  engine.close();
  return rows;
}
