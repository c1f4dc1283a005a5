// @ts-check
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { openEngine } from "gridclear";
import { scalarCore } from "gridclear/scalar";
import { book } from "./inputs.js";
import { hex, rounds, row, statistics } from "./measure.js";
import { merkleRoot } from "./peers/hashes.js";
import { valueTyped } from "./peers/value.js";
import { blockText, commission, gridclearPeriod, poolPrice, rootOffset, tradeRow } from "./pipeline.js";

export const question =
  "How long does a whole period take: clear by value, pool, trade records, their Merkle root and the header's hash?";

/** Bytes of a trade record: a row has sixteen. */
const tradeBytes = tradeRow / 16;

/** @typedef {import("./measure.js").Contender} Contender @typedef {import("./inputs.js").Book} Book */

const c = "C, AVX2 and SHA";
const stageNames = ["clear", "pool", "records", "root"];

/**
 * @param {import("./native.js").Native} native
 * @param {Book} book
 * @param {number} instructions
 * @param {number} level
 */
export function nativePeriod(native, { offers, bids }, instructions, level) {
  const text = blockText();
  const hash = new Uint8Array(32);
  const stages = new Float64Array(4);
  const { supply, use } = commission[0];
  const settings = Int32Array.of(poolPrice, 0, supply, use, instructions, level);
  const run = () => {
    native.period(
      offers.quantity,
      offers.price,
      bids.quantity,
      bids.price,
      settings,
      text,
      rootOffset,
      hash,
      stages,
    );
    return hash;
  };
  return { run, stages };
}

/** The best one can do by hand: typed arrays, a DataView and node:crypto. @param {Book} book */
function javascriptPeriod(book) {
  const { trades } = valueTyped(book);
  const records = new Uint8Array(trades.count * tradeBytes);
  const view = new DataView(records.buffer);
  const offers = book.offers.quantity.length;
  const { supply, use } = commission[0];
  const million = 1_000_000n;
  for (let i = 0, at = 0; i < trades.count; i++, at += tradeBytes) {
    view.setUint32(at, 0x0101_0001, true);
    view.setUint32(at + 4, trades.offer[i], true);
    view.setUint32(at + 8, offers + trades.bid[i], true);
    view.setUint32(at + 12, trades.quantity[i], true);
    view.setInt32(at + 16, trades.price[i], true);
    view.setInt32(at + 20, trades.price[i], true);
    const amount = BigInt(trades.quantity[i]) * BigInt(trades.price[i]);
    view.setBigInt64(at + 24, (amount * BigInt(supply)) / million, true);
    view.setBigInt64(at + 32, (amount * BigInt(use)) / million, true);
  }
  const digest = (/** @type {Uint8Array} */ bytes) => createHash("sha256").update(bytes).digest();
  const text = blockText();
  text.set(merkleRoot(records, tradeRow, digest), rootOffset);
  return digest(text);
}

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ sizes, smoke, budgetMs, native }) {
  const engine = await openEngine();
  const two = await openEngine({ threads: 2 });
  const scalar = await openEngine({ wasm: scalarCore() });
  const rows = [];
  const largest = sizes.at(-1) ?? 0;
  for (const size of sizes) {
    const b = book("random", size);
    /** @type {Contender[]} */
    const contenders = [
      { name: "gridclear", run: gridclearPeriod(engine, b), hash: hex },
      { name: "gridclear, two threads", run: gridclearPeriod(two, b), hash: hex },
      { name: "gridclear without SIMD", run: gridclearPeriod(scalar, b), hash: hex, rounds: 12 },
      {
        name: "JavaScript and node:crypto",
        run: () => javascriptPeriod(b),
        hash: hex,
        rounds: 3,
      },
    ];
    if (native) {
      if (native.instructions)
        contenders.push({ name: c, run: nativePeriod(native, b, 1, native.level).run, hash: hex });
      contenders.push({
        name: "C, SSE 4.1, plain SHA",
        run: nativePeriod(native, b, 0, 1).run,
        hash: hex,
        rounds: 12,
      });
    }
    const measured = rounds({ work: "period", size, unit: "orders" }, contenders, {
      budgetMs: size === largest ? budgetMs * 5 : budgetMs,
    });
    for (const one of measured)
      if (one.contender === "gridclear") one.more = { "bytes an order": engine.memoryBytes / size };
    rows.push(...measured);
  }

  const b = book("random", largest);
  rows.push(stages("gridclear", largest, smoke ? 2 : 15, () => gridclearStages(engine, b)));
  if (native) {
    const twin = nativePeriod(native, b, native.instructions, native.level);
    const measure = () => {
      twin.run();
      return [...twin.stages];
    };
    rows.push(stages(c, largest, smoke ? 2 : 15, measure));
  }
  for (const one of [engine, two, scalar]) one.close();

  const cold = Array.from({ length: smoke ? 1 : 7 }, () => {
    const script = fileURLToPath(new URL("cold.js", import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [script, String(largest)], { encoding: "utf8" });
    if (!stdout) throw new Error(stderr);
    return JSON.parse(stdout);
  });
  const about = { work: "period cold", size: largest, unit: "orders" };
  for (const [name, key] of [
    ["gridclear, first call", "firstMs"],
    ["gridclear, second call", "secondMs"],
    ["opening the engine", "openMs"],
  ])
    rows.push(
      row(
        about,
        name,
        cold.map((times) => times[key]),
        undefined,
      ),
    );
  return rows;
}

/** @param {import("gridclear").Engine} engine @param {Book} book @returns {number[]} ms a stage */
function gridclearStages(engine, book) {
  const bids = Uint32Array.from(book.bids.quantity, (_, i) => book.offers.quantity.length + i);
  const marks = [performance.now()];
  engine.match(book, { mechanism: "value" });
  marks.push(performance.now());
  engine.sell({ price: poolPrice });
  marks.push(performance.now());
  const records = engine.tradeRecords({ carrier: 0, bids, commission });
  marks.push(performance.now());
  engine.merkleRoot(records.bytes, tradeRow);
  marks.push(performance.now());
  return marks.slice(1).map((mark, i) => mark - marks[i]);
}

/**
 * @param {string} contender @param {number} size @param {number} times @param {() => number[]} measure
 * @returns {import("./measure.js").Row}
 */
function stages(contender, size, times, measure) {
  const runs = Array.from({ length: times }, measure);
  const best = stageNames.map((_, i) => statistics(runs.map((run) => run[i])).best);
  const whole = runs.map((run) => run.reduce((sum, ms) => sum + ms, 0));
  return {
    ...row({ work: "period, its stages", size, unit: "orders" }, contender, whole, undefined),
    more: Object.fromEntries(stageNames.map((name, i) => [`ms ${name}`, best[i]])),
  };
}
