import { describe, expect, test } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { tierRanges } from "../../src/core/rules.js";
import { scalarCore } from "../../src/core/scalar.js";
import { split } from "../oracle/rules.js";
import { difference, type Market, prices, quantities, Random, randomMarket } from "./markets.js";

const engines: readonly [string, Promise<Engine>][] = [
  ["with SIMD", openEngine()],
  ["without SIMD", openEngine({ wasm: scalarCore() })],
];

const none = { quantity: new Uint32Array(0), price: new Int32Array(0) };
const most = 0xffff_ffff;
const highest = 0x7fff_ffff;
const lowest = -0x8000_0000;

const side = (...orders: readonly (readonly [number, number])[]): Market["book"]["bids"] => ({
  quantity: Uint32Array.from(orders, ([quantity]) => quantity),
  price: Int32Array.from(orders, ([, price]) => price),
});

test("the worked case of the market rules", async () => {
  const engine = await openEngine();
  const { trades, remaining, clearingPrice, pool, counters } = engine.clear(
    { offers: side([10, 3], [4, 2]), bids: side([6, 5], [7, 4]) },
    { pool: { price: 3 } },
  );
  expect([...trades.offer]).toEqual([0, 1, 0]);
  expect([...trades.bid]).toEqual([0, 1, 1]);
  expect([...trades.quantity]).toEqual([6, 4, 3]);
  expect([...trades.price]).toEqual([5, 2, 4]);
  expect([...remaining.offers]).toEqual([1, 0]);
  expect([...remaining.bids]).toEqual([0, 0]);
  expect(clearingPrice).toBeNull();
  expect([...(pool?.lots.offer ?? [])]).toEqual([0]);
  expect([...(pool?.lots.unsold ?? [])]).toEqual([1]);
  expect(counters).toEqual({ num1: 3, num2: 1, num3: 0, num4: 0 });
});

test.each(engines)("ties that share, by hand, %s", async (_, opening) => {
  const engine = await opening;
  const { trades, remaining, clearingPrice } = engine.clear(
    // Three offers of 5, 3 and 2 at one price share 6: running sums 5, 8, 10 of 10 give 3, 4.8 → 5 and 6.
    { offers: side([1, 2], [5, 4], [3, 4], [2, 4], [9, 7]), bids: side([7, 6]) },
    { mechanism: "merit", ties: "prorata" },
  );
  expect([...trades.offer]).toEqual([0, 1, 2, 3]);
  expect([...trades.bid]).toEqual([0, 0, 0, 0]);
  expect([...trades.quantity]).toEqual([1, 3, 2, 1]);
  expect([...remaining.offers]).toEqual([0, 2, 1, 1, 9]);
  // The offers that are left ask no more than those that were sold last.
  expect(clearingPrice).toBe(4);
});

test.each(engines)("ties share exactly at the largest sums, %s", async (_, opening) => {
  const engine = await opening;
  const random = new Random(0x711e);
  for (const [tied, others] of [
    [70_000, 3],
    [70_000, 69_999],
    [3, 2],
    [9, 1],
  ] as const) {
    const bids = {
      quantity: quantities(tied, () => most - random.between(0, 1)),
      price: prices(tied, () => -7),
    };
    const offers = { quantity: quantities(others, () => most), price: prices(others, () => lowest) };
    const { trades, remaining } = engine.clear({ offers, bids }, { mechanism: "merit", ties: "prorata" });
    const parts = split(BigInt(others) * BigInt(most), Array.from(bids.quantity, BigInt));
    const traded = Array.from(remaining.bids, (left, index) =>
      BigInt((bids.quantity[index] as number) - left),
    );
    expect(traded.findIndex((part, index) => part !== parts[index])).toBe(-1);
    expect(trades.count).toBeLessThan(tied + others);
    expect(trades.quantity.reduce((sum, quantity) => sum + BigInt(quantity), 0n)).toBe(
      BigInt(others) * BigInt(most),
    );
  }
});

describe.each(engines)("core and rules agree, %s", (name, opening) => {
  const markets = name === "with SIMD" ? 100_000 : 20_000;

  test(`on ${markets} random small markets`, async () => {
    const engine = await opening;
    const seed = Number(process.env.GRIDCLEAR_SEED ?? 0x5eed);
    const random = new Random(seed);
    for (let round = 0; round < markets; round++) {
      const found = difference(engine, randomMarket(random));
      if (found !== null) expect.fail(`seed ${seed}, market ${round}: ${found}`);
    }
  });

  const degenerate: readonly [string, Market["book"]["offers"], Market["book"]["bids"]][] = [
    ["no orders", none, none],
    ["no offers", none, side([1, 1], [2, 2])],
    ["no bids", side([1, 1], [2, 2]), none],
    ["one of each", side([5, 5]), side([5, 5])],
    ["nothing compatible", side([5, 5], [4, 6]), side([5, 4], [9, 1])],
    ["all equal", side([3, 3], [3, 3], [3, 3]), side([3, 3], [3, 3], [3, 3], [3, 3])],
    ["one giant offer", side([most, lowest]), side([1, 1], [most - 2, 5], [7, lowest])],
    ["one giant bid", side([1, 1], [most - 2, 5], [7, lowest]), side([most, highest])],
    ["free energy", side([4, 0], [3, 0]), side([2, 0], [5, 0])],
    ["negative prices alone", side([4, -3], [3, -9], [8, -1]), side([2, -3], [5, -2], [3, -8])],
    [
      "values that fill 63 bits",
      side([most, highest], [most, lowest], [most - 1, highest]),
      side([most, highest], [most - 1, highest]),
    ],
    [
      "values that fill 63 bits below zero",
      side([most, lowest], [most - 1, lowest]),
      side([most, lowest], [most - 1, lowest + 1]),
    ],
    [
      "many of one quantity and price",
      { quantity: quantities(90, () => 7), price: prices(90, () => 7) },
      { quantity: quantities(70, () => 5), price: prices(70, () => 7) },
    ],
  ];
  test.each(degenerate)("%s", async (_, offers, bids) => {
    const engine = await opening;
    for (const lots of [none, side([3, 2], [1, -4])])
      for (const mechanism of ["value", "merit"] as const)
        for (const [pricing, ties] of [
          ["blend", "arrival"],
          [mechanism === "value" ? "counterparty" : "uniform", "arrival"],
          ...(mechanism === "merit" ? ([["uniform", "prorata"]] as const) : []),
        ] as const)
          for (const mode of ["whole", "divisible"] as const)
            for (const price of [lowest, -3, 0, 3, highest])
              expect(
                difference(engine, {
                  book: { offers, bids, lots },
                  rules: { mechanism, pricing, ties, k: 250_000, pool: { price, lots: mode } },
                }),
              ).toBeNull();
  });

  test("at the limits, one off", async () => {
    const engine = await opening;
    const edge = [lowest, lowest + 1, -1, 0, 1, highest - 1, highest];
    for (const offerPrice of edge)
      for (const bidPrice of edge)
        for (const k of [0, 1, 999_999, 1_000_000])
          for (const [supply, demand] of [
            [most, most],
            [most, most - 1],
            [most - 1, most],
          ] as const)
            for (const mechanism of ["value", "merit"] as const)
              expect(
                difference(engine, {
                  book: { offers: side([supply, offerPrice]), bids: side([demand, bidPrice]), lots: none },
                  rules: { mechanism, pricing: "blend", k, pool: { price: offerPrice, lots: "divisible" } },
                }),
              ).toBeNull();
  });
});

test("tiers end where exact arithmetic ends them, up to the most trades there can be", () => {
  const random = new Random(0x71e5);
  for (let round = 0; round < 200_000; round++) {
    const count = random.of(random.between(0, 2 ** 25), 2 ** 25, 2 ** 25 - 1, 1_000_000, 999_999);
    const share = random.of(random.between(1, 999_999), 1, 999_999, 333_333, 500_000);
    const tiers = [share, 1_000_000 - share].map((part) => ({ share: part, supply: 0, use: 0 }));
    const ranges = tierRanges(tiers, count);
    // The first trade that is not of the first tier: the smallest i with i × 10⁶ >= share × count.
    const border = (BigInt(share) * BigInt(count) + 999_999n) / 1_000_000n;
    const found = ranges.find(({ tier }) => tier === tiers[0])?.end ?? 0;
    if (BigInt(found) !== border || (ranges.at(-1)?.end ?? 0) !== count)
      expect.fail(`share ${share} of ${count}: ${found}, wanted ${border}`);
  }
});
