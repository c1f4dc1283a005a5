// The linear program of an optimum against what is known without it: the merit order, exactly, where a carrier has no
// areas; what the core clears on a tree of areas; and stores worked out by hand.
import loadHighs from "highs";
import { expect, test } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import {
  type Lots,
  maxColumns,
  type ProblemPeriod,
  type ProblemStore,
  type Solver,
  solveProblem,
  writeProblem,
} from "../../../src/report/optimum/problem.js";
import { bestWelfare } from "../../../src/report/welfare.js";
import { engineGrid, type Grid, randomGrid, shownGrid } from "../../core/grids.js";
import { Random } from "../../core/markets.js";

// The package's types are those of its CommonJS build, in which the function is a property.
const solver: Solver = await (loadHighs as unknown as typeof loadHighs.default)();
const engine = await openEngine();
const root = { parent: 0, fee: 0, exportLimit: null, importLimit: null };
const lots = (...rows: readonly (readonly [price: number, quantity: number, area?: number])[]): Lots => ({
  price: rows.map(([price]) => price),
  quantity: rows.map(([, quantity]) => quantity),
  area: rows.map(([, , area = 0]) => area),
});

/** Limits of bids served less limits of offers sold, of a solution in whole ticks. */
function exactly(
  { offers, bids }: ProblemPeriod,
  sold: readonly number[],
  served: readonly number[],
): bigint {
  const sum = (all: Lots, traded: readonly number[]): bigint =>
    traded.reduce((total, quantity, lot) => total + BigInt(quantity) * BigInt(all.price[lot]!), 0n);
  return sum(bids, served) - sum(offers, sold);
}

test("without areas it is the merit order's welfare, to the last amount tick", () => {
  const random = new Random(0x0b71);
  let traded = 0;
  for (let round = 0; round < 400; round += 1) {
    const side = (): Lots =>
      lots(
        ...Array.from(
          { length: random.between(0, 30) },
          () => [random.between(-100_000, 600_000), random.between(1, 40_000_000)] as const,
        ),
      );
    const period: ProblemPeriod = { offers: side(), bids: side(), areas: [root], grid: null, stores: [] };
    const { welfare, sold, served } = solveProblem([period], solver);
    const best = bestWelfare(period.offers, period.bids);
    expect(exactly(period, sold[0] ?? [], served[0] ?? [])).toBe(best);
    expect(Math.abs(welfare - Number(best))).toBeLessThanOrEqual(1e-9 * Number(best) + 1);
    const total = (quantities: readonly number[] = []): number =>
      quantities.reduce((sum, each) => sum + each, 0);
    expect(total(sold[0])).toBe(total(served[0]));
    if (best > 0n) traded += 1;
    // The engine's merit order says the same in another way.
    const { remaining } = engine.clear(
      {
        offers: {
          quantity: Uint32Array.from(period.offers.quantity),
          price: Int32Array.from(period.offers.price),
        },
        bids: { quantity: Uint32Array.from(period.bids.quantity), price: Int32Array.from(period.bids.price) },
      },
      { mechanism: "merit", pool: null },
    );
    const used = (all: Lots, left: Uint32Array): number[] =>
      all.quantity.map((each, lot) => each - left[lot]!);
    expect(exactly(period, used(period.offers, remaining.offers), used(period.bids, remaining.bids))).toBe(
      best,
    );
  }
  expect(traded).toBeGreaterThan(200);
});

/** A random grid as a period. */
function periodOf({ areas, offers, bids }: Grid): ProblemPeriod {
  const side = (orders: Grid["offers"]): Lots =>
    lots(...orders.map(({ price, quantity, area }) => [Number(price), Number(quantity), area] as const));
  const limit = (ticks: bigint | null): number | null => (ticks === null ? null : Number(ticks));
  return {
    offers: side(offers),
    bids: side(bids),
    areas: areas.map(({ parent, fee, exportLimit, importLimit }) => ({
      parent,
      fee: Number(fee),
      exportLimit: limit(exportLimit),
      importLimit: limit(importLimit),
    })),
    grid: null,
    stores: [],
  };
}

test("on a tree of areas it is what the core clears, with its prices", () => {
  const random = new Random(0x0b72);
  let compared = 0;
  let priced = 0;
  while (compared < 200) {
    const grid = randomGrid(random, { mostAreas: 8, mostOrders: 12 });
    if ([...grid.offers, ...grid.bids].some(({ price }) => price > 1_000n || price < -1_000n)) continue;
    if (grid.areas.some(({ fee }) => fee > 1_000n) || grid.offers.length * grid.bids.length === 0) continue;
    const { book, rules } = engineGrid(grid);
    const { remaining, areas } = engine.clear(book, rules);
    let welfare = 0;
    for (const [index, { price, quantity }] of grid.bids.entries())
      welfare += Number(price) * (Number(quantity) - remaining.bids[index]!);
    for (const [index, { price, quantity }] of grid.offers.entries())
      welfare -= Number(price) * (Number(quantity) - remaining.offers[index]!);
    for (const [place, { fee }] of grid.areas.entries())
      if (place > 0) welfare -= Number(fee) * Math.abs(Number(areas.flow[place]));
    // Quantities and prices of thousands are what a solver's tolerances are made for.
    const period = periodOf(grid);
    const large = (all: Lots): Lots => ({
      ...all,
      price: all.price.map((each) => each * 1_000),
      quantity: all.quantity.map((each) => each * 100_000),
    });
    const problem = {
      ...period,
      offers: large(period.offers),
      bids: large(period.bids),
      areas: period.areas.map((area) => ({
        ...area,
        fee: area.fee * 1_000,
        exportLimit: area.exportLimit === null ? null : area.exportLimit * 100_000,
        importLimit: area.importLimit === null ? null : area.importLimit * 100_000,
      })),
    };
    const best = solveProblem([problem], solver);
    expect(best.welfare / 1e8, shownGrid(grid)).toBeCloseTo(welfare, 4);
    compared += 1;
    // A price is one of those that support the optimum: nobody who is in part in or out would have it otherwise.
    for (const [side, sign, taken] of [
      [problem.offers, -1, best.sold[0]!],
      [problem.bids, 1, best.served[0]!],
    ] as const)
      for (const [lot, price] of side.price.entries()) {
        const gain = sign * (price - best.prices[0]![side.area[lot]!]!);
        if (taken[lot]! > 0) expect(gain, shownGrid(grid)).toBeGreaterThanOrEqual(-2);
        if (taken[lot]! < side.quantity[lot]!) expect(gain, shownGrid(grid)).toBeLessThanOrEqual(2);
        if (taken[lot]! > 0) priced += 1;
      }
  }
  expect(priced).toBeGreaterThan(100);
});

const store = (more: Partial<ProblemStore>): ProblemStore => ({
  device: 7,
  area: 0,
  before: null,
  capacity: 4_000_000,
  chargeLimit: 4_000_000,
  dischargeLimit: 4_000_000,
  chargeEfficiency: 500_000,
  dischargeEfficiency: 1_000_000,
  selfDischarge: 0,
  used: 0,
  least: 0,
  ...more,
});
const period = (
  offers: Lots,
  bids: Lots,
  stores: ProblemStore[] = [],
  grid: ProblemPeriod["grid"] = null,
) => ({
  offers,
  bids,
  areas: [root],
  grid,
  stores,
});

test("a store carries what is cheap to where it is dear, and loses on the way", () => {
  const cheap = lots([100_000, 3_000_000]);
  const dear = lots([400_000, 2_000_000]);
  // Of 3 kWh at 0.1, 1.5 come out for bids of 0.4: 0.6 less 0.3.
  const both = (first: Partial<ProblemStore>, last: Partial<ProblemStore>) =>
    solveProblem(
      [period(cheap, lots(), [store({ before: 0, ...first })]), period(lots(), dear, [store(last)])],
      solver,
    );
  expect(both({}, {}).welfare / 1e12).toBeCloseTo(0.3, 8);
  expect(both({}, {}).prices).toEqual([[200_000], [400_000]]);
  expect(both({}, {}).served[1]).toEqual([1_500_000]);
  // It is away in one of the periods, or is to be as full as that at the end, or needs that on the road.
  expect(both({ chargeLimit: 0 }, {}).welfare).toBe(0);
  expect(both({}, { dischargeLimit: 1_000_000 }).welfare / 1e12).toBeCloseTo(0.2, 8);
  expect(both({}, { least: 1_000_000 }).welfare / 1e12).toBeCloseTo(0.5 * 0.4 - 0.3, 8);
  expect(both({}, { used: 1_000_000 }).welfare / 1e12).toBeCloseTo(0.5 * 0.4 - 0.3, 8);
  // Half of it stands and is lost; one tick may be left of the rounding.
  expect(both({}, { selfDischarge: 500_000 }).welfare / 1e12).toBeCloseTo(0.75 * 0.4 - 0.3, 6);
  expect(both({ before: 2_000_000 }, {}).welfare / 1e12).toBeCloseTo(0.8, 8);
});

test("the grid takes and brings at its tariffs", () => {
  const grid = { retail: 500_000, feedIn: 80_000 };
  const only = (offers: Lots, bids: Lots): number =>
    solveProblem([period(offers, bids, [], grid)], solver).welfare / 1e12;
  expect(only(lots([50_000, 1_000_000]), lots())).toBeCloseTo(0.03, 8);
  expect(only(lots([90_000, 1_000_000]), lots())).toBe(0);
  expect(only(lots(), lots([600_000, 1_000_000]))).toBeCloseTo(0.1, 8);
  expect(only(lots(), lots([400_000, 1_000_000]))).toBe(0);
});

test("nothing at all is worth nothing, and too much is refused", () => {
  expect(writeProblem([period(lots(), lots())])).toBeNull();
  expect(solveProblem([period(lots(), lots())], solver)).toMatchObject({ welfare: 0, prices: [[0]] });
  const many = lots(...Array.from({ length: 1_000 }, (_, lot) => [lot, 1] as const));
  const periods = Array.from({ length: maxColumns / 1_000 + 1 }, () => period(many, lots()));
  expect(() => writeProblem(periods)).toThrow(/at most 500000 columns/);
});

test("a solver that finds no optimum is no answer", () => {
  const lost: Solver = {
    solve: () => ({ Status: "Time limit reached", ObjectiveValue: 5, Columns: {}, Rows: [] }),
  };
  expect(() => solveProblem([period(lots([1, 1]), lots([2, 1]))], lost)).toThrow(/Time limit reached/);
});
