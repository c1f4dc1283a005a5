// @ts-check
// What runs in Chromium and, for the ratio, in Node: the same file in both.
import { sha256 as noble } from "@noble/hashes/sha2.js";
import { createSHA256 } from "hash-wasm";
import { book, bytes } from "../inputs.js";
import { hashOf, hex, rounds } from "../measure.js";
import { meritTyped } from "../peers/merit.js";
import { valueTyped } from "../peers/value.js";
import { gridclearPeriod, tradeRow } from "../pipeline.js";

/** @typedef {import("../measure.js").Row} Row @typedef {import("../peers/merit.js").Cleared} Cleared */

/** @param {Cleared} cleared */
function hash({ trades, remaining }) {
  const columns = [trades.offer, trades.bid, trades.quantity, trades.price].map((column) =>
    column.subarray(0, trades.count),
  );
  return hashOf([trades.count], ...columns, remaining.offers, remaining.bids);
}

/**
 * @param {typeof import("gridclear").openEngine} openEngine
 * @param {{ sizes: number[], budgetMs: number, threads: boolean }} options
 * @returns {Promise<Row[]>} the first row is opening the engine
 */
export async function measureAll(openEngine, { sizes, budgetMs, threads }) {
  const start = performance.now();
  const engine = await openEngine();
  const readyMs = performance.now() - start;
  /** @type {Row[]} */
  const rows = [
    {
      work: "opening the engine",
      contender: "gridclear",
      size: 1,
      bestMs: readyMs,
      medianMs: readyMs,
      p95Ms: readyMs,
      samples: 1,
    },
  ];
  const two = threads ? await openEngine({ threads: 2 }) : undefined;
  const hashWasm = await createSHA256();
  for (const size of sizes) {
    const b = book("random", size);
    const about = (/** @type {string} */ work) => ({ work, size, unit: "orders" });
    const options = { budgetMs };
    rows.push(
      ...rounds(
        about("value random"),
        [
          { name: "gridclear", run: () => engine.clear(b), hash },
          { name: "JavaScript, typed arrays", run: () => valueTyped(b), hash, rounds: 3 },
        ],
        options,
      ),
      ...rounds(
        about("merit random"),
        [
          { name: "gridclear", run: () => engine.clear(b, { mechanism: "merit", pricing: "uniform" }), hash },
          { name: "JavaScript, typed arrays", run: () => meritTyped(b, 500_000), hash, rounds: 5 },
        ],
        options,
      ),
      ...rounds(
        about("period"),
        [
          { name: "gridclear", run: gridclearPeriod(engine, b), hash: hex },
          ...(two ? [{ name: "gridclear, two threads", run: gridclearPeriod(two, b), hash: hex }] : []),
        ],
        options,
      ),
    );
    const records = bytes((size * tradeRow) / 16);
    rows.push(
      ...rounds(
        { work: "merkle rows", size, unit: "records" },
        [
          { name: "gridclear", run: () => engine.merkleRoot(records, tradeRow), hash: hex },
          ...(two
            ? [{ name: "gridclear, two threads", run: () => two.merkleRoot(records, tradeRow), hash: hex }]
            : []),
        ],
        options,
      ),
    );
  }
  const message = bytes(1 << 20);
  rows.push(
    ...rounds(
      { work: "sha256", size: message.length, unit: "bytes" },
      [
        { name: "gridclear", run: () => engine.sha256(message), hash: hex },
        { name: "hash-wasm", run: () => hashWasm.init().update(message).digest("binary"), hash: hex },
        { name: "@noble/hashes", run: () => noble(message), hash: hex },
      ],
      { budgetMs },
    ),
  );
  engine.close();
  two?.close();
  return rows;
}
