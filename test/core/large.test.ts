import { describe, expect, test } from "vitest";
import { type Clearing, openEngine } from "../../src/core/engine.js";
import { scalarCore } from "../../src/core/scalar.js";
import { matchPlainly, sellPlainly } from "../oracle/columns.js";
import { hardBooks } from "./books.js";
import { byRules, linesOfClearing, Random, randomMarket } from "./markets.js";

const withSimd = openEngine();
const withoutSimd = openEngine({ wasm: scalarCore() });

/** FNV-1a over every word of a clearing. */
function fingerprint({ trades, remaining, pool, counters, clearingPrice }: Clearing): string {
  let hash = 0x811c9dc5;
  const columns = [
    trades.offer,
    trades.bid,
    trades.quantity,
    trades.price,
    remaining.offers,
    remaining.bids,
    ...(pool === null
      ? []
      : [
          pool.lots.offer,
          pool.lots.unsold,
          pool.trades.lot,
          pool.trades.bid,
          pool.trades.quantity,
          pool.rest,
        ]),
  ];
  for (const column of columns)
    for (let i = 0; i < column.length; i++) hash = Math.imul(hash ^ (column[i] as number), 0x01000193);
  return `${trades.count} ${pool?.trades.count} ${clearingPrice} ${JSON.stringify(counters)} ${hash >>> 0}`;
}

test("the quick oracle is the slow one", () => {
  const random = new Random(31);
  for (let round = 0; round < 2000; round++) {
    const { book, rules } = randomMarket(random);
    const market = {
      book,
      rules: { ...rules, mechanism: "value", pricing: "counterparty", maxCycles: 0, pool: null },
    } as const;
    const { trades } = byRules(market);
    expect(matchPlainly(book.offers, book.bids).rows).toEqual(
      trades.map(({ offer, bid, quantity, price }) => [offer, bid, Number(quantity), Number(price)]),
    );
  }
});

describe.each(hardBooks)("%s", (_, draw) => {
  // Around the sizes at which sorting changes its method (48, 6000) and trees get a level more (16, 256, 4096).
  test.each([15, 17, 47, 49, 256, 257, 700, 3000])("%s a side, against the plain walk", async (count) => {
    const random = new Random(count);
    const { offers, bids } = draw(count, random);
    const wanted = matchPlainly(offers, bids);
    // Every second phase halves what can still trade, so cycles are few: see assembly/match/open.ts.
    expect(wanted.cycles).toBeLessThanOrEqual(3 + 2 * Math.log2(count + 1));
    for (const engine of [await withSimd, await withoutSimd]) {
      const { trades, remaining } = engine.match({ offers, bids });
      expect(trades.count).toBe(wanted.rows.length);
      const wrong = wanted.rows.findIndex(
        ([offer, bid, quantity, price], i) =>
          trades.offer[i] !== offer ||
          trades.bid[i] !== bid ||
          trades.quantity[i] !== quantity ||
          trades.price[i] !== price,
      );
      expect(wrong).toBe(-1);
      expect([...remaining.offers]).toEqual(wanted.supply);
      expect([...remaining.bids]).toEqual(wanted.demand);

      // The book's offers as storage lots, so that a pool meets the same hard orders at prices of their own.
      const none = { quantity: new Uint32Array(0), price: new Int32Array(0) };
      for (const lots of ["whole", "divisible"] as const) {
        engine.match({ offers: none, bids, lots: offers });
        const pooling = engine.sell({ price: 0, lots }, offers);
        const sales = sellPlainly(offers, bids, lots === "whole");
        expect(pooling.trades.count).toBe(sales.length);
        const wrongSale = sales.findIndex(
          ([lot, bid, quantity, price], i) =>
            pooling.trades.lot[i] !== lot ||
            pooling.trades.bid[i] !== bid ||
            pooling.trades.quantity[i] !== quantity ||
            pooling.trades.price[i] !== price,
        );
        expect(wrongSale).toBe(-1);
      }
    }
  });

  test.each([5999, 6001, 20_000])("%s a side, SIMD against none", async (count) => {
    const { offers, bids } = draw(count, new Random(count));
    const book = {
      offers,
      bids,
      lots: { quantity: offers.quantity.subarray(0, 500), price: offers.price.subarray(0, 500) },
    };
    for (const mechanism of ["value", "merit"] as const)
      for (const lots of ["whole", "divisible"] as const) {
        const rules = { mechanism, pricing: "blend", k: 123_456, pool: { price: 5000, lots } } as const;
        const [fast, slow] = [await withSimd, await withoutSimd].map((engine) =>
          fingerprint(engine.clear(book, rules)),
        );
        expect(fast).toBe(slow);
      }
  });
});

test("merit order at sizes that cross the sort's switches", async () => {
  const random = new Random(77);
  for (const count of [47, 48, 49, 50, 300, 5999, 6001]) {
    const side = (): { quantity: Uint32Array; price: Int32Array } => ({
      quantity: Uint32Array.from({ length: count }, () => random.between(1, 1000)),
      price: Int32Array.from({ length: count }, () => random.of(random.word() | 0, random.between(-50, 50))),
    });
    const book = {
      offers: side(),
      bids: side(),
      lots: { quantity: new Uint32Array(0), price: new Int32Array(0) },
    };
    const rules = { mechanism: "merit", pricing: "uniform", k: 500_000 } as const;
    const wanted = byRules({ book, rules });
    for (const engine of [await withSimd, await withoutSimd]) {
      const got = engine.clear(book, rules);
      expect(linesOfClearing(got)[0]).toBe(`clearing price ${wanted.clearingPrice}`);
      expect([...got.trades.offer]).toEqual(wanted.trades.map(({ offer }) => offer));
      expect([...got.trades.bid]).toEqual(wanted.trades.map(({ bid }) => bid));
      expect([...got.trades.quantity]).toEqual(wanted.trades.map(({ quantity }) => Number(quantity)));
    }
  }
});
