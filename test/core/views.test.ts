/**
 * Results are views of the core's memory: what becomes of them when the engine goes on, and when they come back as
 * input.
 */
import { beforeEach, describe, expect, test } from "vitest";
import {
  type Book,
  copyClearing,
  type Engine,
  type EngineOptions,
  type OrderColumns,
  openEngine,
  type Pooling,
} from "../../src/core/engine.js";
import { linesOfClearing } from "./markets.js";

const side = (...orders: readonly (readonly [number, number])[]): OrderColumns => ({
  quantity: Uint32Array.from(orders, ([quantity]) => quantity),
  price: Int32Array.from(orders, ([, price]) => price),
});
const many = (count: number, price: number): OrderColumns => ({
  quantity: Uint32Array.from({ length: count }, (_, i) => 1 + (i % 7)),
  price: new Int32Array(count).fill(price),
});
const book: Book = { offers: side([10, 3], [4, 2]), bids: side([6, 5], [7, 4]) };
const fails = (code: string, field: string): unknown =>
  expect.objectContaining({ name: "GridclearError", code, field });

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine();
});

describe("a view as input of the next call", () => {
  const largest = 50_000;

  test("what remained may be cleared again although memory grows", () => {
    const first = engine.match(book);
    const left = [...first.remaining.offers];
    const before = engine.memoryBytes;
    const again = {
      offers: { quantity: first.remaining.offers.subarray(0, 1), price: Int32Array.of(3) },
      bids: many(largest, 9),
    };
    const wanted = (quantity: number[]): unknown => {
      const own = { ...again.offers, quantity: Uint32Array.from(quantity) };
      return linesOfClearing(engine.clear({ offers: own, bids: again.bids }));
    };
    const got = linesOfClearing(engine.clear(again));
    expect(engine.memoryBytes).toBeGreaterThan(before);
    expect(got).toEqual(wanted(left.slice(0, 1)));
  });

  test("all columns of a result may be columns of the next book", () => {
    const rules = { pool: { price: 3, lots: "divisible" } } as const;
    const lots = side([5, 1], [2, -1]);
    const views = engine.clear({ ...book, lots }, rules);
    const copies = copyClearing(views);
    const next = ({ trades, pool }: typeof views): Book => ({
      offers: { quantity: trades.quantity, price: trades.price },
      bids: { quantity: trades.quantity.subarray(1), price: trades.price.subarray(1) },
      lots: {
        quantity: pool?.lots.quantity as Uint32Array,
        price: pool?.lots.price as Int32Array,
      },
    });
    const got = linesOfClearing(engine.clear(next(views), rules));
    expect(got).toEqual(linesOfClearing(engine.clear(next(copies), rules)));
  });

  test("lots that did not sell may be sold after a match that makes room", () => {
    const { pool } = engine.clear({ ...book, lots: side([5, 1]) }, { pool: { price: 3 } });
    const unsold = [...(pool?.lots.unsold ?? [])];
    expect(unsold).toEqual([1, 5]);
    engine.match(book);
    const left = (pool as Pooling).lots.unsold.subarray(1);
    const stale = { quantity: left, price: Int32Array.of(1) };
    const { lots } = engine.sell({ price: 3 }, stale);
    expect([...lots.quantity]).toEqual([1, 5]);
  });

  test("a column of a result may be hashed although that grows memory", async () => {
    const hashes: readonly ((hashing: Engine, bytes: Uint8Array) => Uint8Array)[] = [
      (hashing, bytes) => hashing.sha256(bytes),
      (hashing, bytes) => hashing.sha256Stream().update(bytes).digest(),
      // One leaf, and room for a piece of 64 KiB.
      (hashing, bytes) => hashing.merkleRoot(bytes, bytes.length),
    ];
    for (const hash of hashes) {
      const fresh = await openEngine();
      const { quantity } = fresh.match({ offers: many(200, 1), bids: many(200, 1) }).trades;
      const before = fresh.memoryBytes;
      const wanted = hash(engine, new Uint8Array(quantity.slice().buffer));
      const view = new Uint8Array(quantity.buffer, quantity.byteOffset, quantity.byteLength);
      expect(hash(fresh, view)).toEqual(wanted);
      expect(fresh.memoryBytes).toBeGreaterThan(before);
    }
  });

  test("names of records may be columns of the result", () => {
    const { trades } = engine.clear(book);
    const numbers = Uint32Array.from(trades.quantity);
    const records = (offers: Uint32Array): Uint8Array =>
      engine.tradeRecords({ carrier: 0, offers }).bytes.slice();
    expect(records(trades.quantity)).toEqual(records(numbers));
  });
});

describe("a view that outlived its memory", () => {
  test("is refused by name, as orders, as lots and as names", () => {
    const { trades, remaining } = engine.match(book);
    engine.reserve(200_000, 200_000);
    expect(trades.quantity.length).toBe(0);
    const stale = { quantity: remaining.offers, price: trades.price };
    expect(() => engine.clear({ offers: stale, bids: book.bids })).toThrowError(
      fails("state", "offers.quantity"),
    );
    expect(() => engine.clear({ ...book, lots: stale }, { pool: { price: 1 } })).toThrowError(
      fails("state", "lots.quantity"),
    );
    engine.match(book);
    expect(() => engine.sell({ price: 1 }, stale)).toThrowError(fails("state", "storage.quantity"));
    expect(() => engine.tradeRecords({ carrier: 0, offers: trades.offer })).toThrowError(
      fails("state", "offers"),
    );
  });

  test("detached bytes are refused", () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(() => engine.sha256(bytes)).toThrowError(fails("state", "bytes"));
    expect(() => engine.sha256Stream().update(bytes)).toThrowError(fails("state", "bytes"));
    expect(() => engine.merkleRoot(bytes, 1)).toThrowError(fails("state", "bytes"));
  });
});

describe("a view after the next call", () => {
  test("shows the next result under the old count while memory stays", () => {
    const first = engine.clear(book);
    const kept = copyClearing(first);
    engine.clear({ offers: side([1, 1]), bids: side([1, 9]) });
    expect(first.trades.count).toBe(3);
    expect(first.trades.quantity[0]).toBe(1);
    expect([...kept.trades.quantity]).toEqual([6, 4, 3]);
  });

  test("is empty once memory has grown", () => {
    const first = engine.clear(book);
    engine.reserve(200_000, 2);
    expect(first.trades.count).toBe(3);
    expect(first.trades.quantity.length).toBe(0);
  });
});

describe("what a caller writes into `remaining`", () => {
  test.each([
    ["offers", 11],
    ["bids", 7],
  ] as const)("of %s may be each order's quantity and no more", (side, beyond) => {
    engine.match(book).remaining[side][0] = beyond - 1;
    engine.sell({ price: 3 });
    engine.match(book).remaining[side][0] = beyond;
    expect(() => engine.sell({ price: 3 })).toThrowError(fails("invalid", "remaining"));
  });
});

describe("growth takes the match away only when orders move", () => {
  const growing: readonly [string, (grown: Engine) => void, boolean][] = [
    ["more offers", (grown) => grown.reserve(100_000, 1), true],
    ["more bids", (grown) => grown.reserve(1, 100_000), true],
    ["more of both", (grown) => grown.reserve(100_000, 100_000), true],
    ["more storage lots", (grown) => grown.reserve(1, 1, 100_000), false],
    ["room for hashing", (grown) => void grown.merkleRoot(new Uint8Array(4_000_000), 100), false],
  ];
  test.each(growing)("%s", (_, grow, moves) => {
    engine.match(book);
    const wanted = engine.sell({ price: 3 }).rest.slice();
    const before = engine.memoryBytes;
    grow(engine);
    expect(engine.memoryBytes).toBeGreaterThan(before);
    if (moves) expect(() => engine.sell({ price: 3 })).toThrowError(fails("state", "sell"));
    else expect(engine.sell({ price: 3 }).rest).toEqual(wanted);
  });
});

describe("what is no option is refused by name", () => {
  const wrong: readonly [string, unknown, string][] = [
    ["a misspelt one", { thread: 4 }, "options.thread"],
    ["one that was", { simd: false }, "options.simd"],
    ["text", "fast", "options"],
    ["null", null, "options"],
    ["threads as text", { threads: "4" }, "options.threads"],
    ["no threads", { threads: 0 }, "options.threads"],
    ["a worker that is none", { threads: 2, worker: {} }, "options.worker"],
  ];
  test.each(wrong)("%s", async (_, options, field) => {
    await expect(openEngine(options as EngineOptions)).rejects.toThrowError(fails("invalid", field));
  });

  test.each([
    ["no book", () => engine.match(undefined as never), "book"],
    ["no book to clear", () => engine.clear(7 as never, { pool: { price: 1 } }), "book"],
    ["lots of nothing", () => engine.match({ ...book, lots: {} as never }), "lots.quantity"],
    ["a size in text", () => engine.merkleRoot(new Uint8Array(4), "4" as never), "leafBytes"],
  ])("%s", (_, act, field) => {
    expect(act).toThrowError(fails("invalid", field));
  });
});
