// The certificate against every outcome that chance makes of an optimum, each judged by other means: flows and limits
// by adding up, prices by relaxing the inequalities between them until they stand or go round.
import { describe, expect, test } from "vitest";
import { edgeMoney } from "../../src/core/areas.js";
import { type AreaOutcome, areaFault } from "../../src/core/certificate.js";
import { copyClearing, type Engine, openEngine } from "../../src/core/engine.js";
import { clearAreas } from "../oracle/areas.js";
import { engineGrid, type Grid, randomGrid, shownGrid } from "./grids.js";
import { Random } from "./markets.js";

const seed = Number(process.env.GRIDCLEAR_SEED ?? 0xce47);

/** An inequality: price of `b` − price of `a` ≤ `most`; area −1 has the price 0. */
type Inequality = readonly [a: number, b: number, most: number];

/** Whether prices exist that meet all inequalities (Bellman and Ford). */
function arePrices(count: number, inequalities: readonly Inequality[]): boolean {
  const at = new Map<number, number>([[-1, 0]]);
  for (let area = 0; area < count; area++) at.set(area, 0);
  for (let round = 0; round <= count + 1; round++) {
    let changed = false;
    for (const [a, b, most] of inequalities)
      if (at.get(b)! > at.get(a)! + most) {
        at.set(b, at.get(a)! + most);
        changed = true;
      }
    if (!changed) return true;
  }
  return false;
}

/** Whether an outcome is one that prices support, published ones as they are. */
function isSupported({ areas, offers, bids }: Grid, { remaining, areas: columns }: AreaOutcome): boolean {
  const net = areas.map(() => 0n);
  const tookPart = areas.map(() => false);
  const inequalities: Inequality[] = [];
  const atLeast = (area: number, price: number): void => void inequalities.push([area, -1, -price]);
  const atMost = (area: number, price: number): void => void inequalities.push([-1, area, price]);
  for (const [index, { area, quantity, price }] of offers.entries()) {
    const left = BigInt(remaining.offers[index]!);
    if (left > quantity) return false;
    net[area]! += quantity - left;
    if (left < quantity) atLeast(area, Number(price));
    if (left > 0n) atMost(area, Number(price));
    if (left < quantity) tookPart[area] = true;
  }
  for (const [index, { area, quantity, price }] of bids.entries()) {
    const left = BigInt(remaining.bids[index]!);
    if (left > quantity) return false;
    net[area]! -= quantity - left;
    if (left < quantity) atMost(area, Number(price));
    if (left > 0n) atLeast(area, Number(price));
    if (left < quantity) tookPart[area] = true;
  }
  for (let area = areas.length - 1; area > 0; area--) {
    const { parent, fee, exportLimit: X, importLimit: M } = areas[area]!;
    const x = columns.flow[area]!;
    if (x !== net[area] || (X !== null && x > X) || (M !== null && -x > M)) return false;
    net[parent]! += x;
    if (x !== 0n) tookPart[area] = tookPart[parent] = true;
    // Whoever could still send more up gains nothing by it, and whoever sends would not rather keep it.
    if (X === null || x < X) inequalities.push([area, parent, Number(x < 0n ? -fee : fee)]);
    if (M === null || -x < M) inequalities.push([parent, area, Number(x > 0n ? -fee : fee)]);
  }
  if (columns.flow[0] !== 0n || net[0] !== 0n) return false;
  for (const [area, took] of tookPart.entries()) {
    if ((columns.priced[area] === 1) !== took) return false;
    if (!took) continue;
    atLeast(area, columns.price[area]!);
    atMost(area, columns.price[area]!);
  }
  return arePrices(areas.length, inequalities);
}

/** The areas from one up to the root. */
const pathOf = ({ areas }: Grid, area: number): number[] =>
  area === 0 ? [0] : [area, ...pathOf({ areas } as Grid, areas[area]!.parent)];

/** An outcome with something else in it: a trade more or less, with its flows; a price, a flow, an amount alone. */
function spoil(outcome: AreaOutcome, grid: Grid, random: Random): void {
  const { remaining, areas } = outcome;
  const any = (length: number): number => random.between(0, length - 1);
  const kind = random.of("trade", "trade", "trade", "price", "price", "price", "flow", "amount", "published");
  if (kind === "price") areas.price[any(areas.count)]! += random.of(-3, -1, 1, 1, 5);
  else if (kind === "flow") areas.flow[any(areas.count)]! += random.of(-1n, 1n);
  else if (kind === "published") areas.priced[any(areas.count)]! ^= 1;
  else if (grid.offers.length === 0 || grid.bids.length === 0) return;
  else if (kind === "amount") remaining.offers[any(remaining.offers.length)]! += random.of(-1, 1);
  else {
    const offer = any(grid.offers.length);
    const bid = any(grid.bids.length);
    const more = random.of(-1, 1);
    remaining.offers[offer]! -= more;
    remaining.bids[bid]! -= more;
    for (const area of pathOf(grid, grid.offers[offer]!.area))
      if (area > 0) areas.flow[area]! += BigInt(more);
    for (const area of pathOf(grid, grid.bids[bid]!.area)) if (area > 0) areas.flow[area]! -= BigInt(more);
  }
}

describe("the certificate", () => {
  test("accepts every optimum, and of 30,000 other outcomes those alone that prices support", async () => {
    const engine: Engine = await openEngine();
    const random = new Random(seed);
    let accepted = 0;
    for (let round = 0; round < 10_000; round++) {
      const grid = randomGrid(random, { mostAreas: 6, mostOrders: 5, mostQuantity: 6 });
      const { book, rules } = engineGrid(grid);
      const optimum = copyClearing(engine.clear(book, rules));
      expect(areaFault(rules.areas, book, optimum), shownGrid(grid)).toBeNull();
      for (let turn = 0; turn < 3; turn++) {
        const other = copyClearing(optimum);
        spoil(other, grid, random);
        if (random.between(0, 3) === 0) spoil(other, grid, random);
        const fault = areaFault(rules.areas, book, other);
        if (fault === null) accepted++;
        const { remaining, areas } = other;
        const shown = `${shownGrid(grid)}\n${remaining.offers} | ${remaining.bids}\n${areas.flow} at ${areas.price}`;
        expect(fault === null, `seed ${seed}, grid ${round}: ${JSON.stringify(fault)}\n${shown}`).toBe(
          isSupported(grid, other),
        );
      }
    }
    // What is accepted is another optimum, or other prices for it: some, and far from all.
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(15_000);
  });

  test("says where it shows, and what", async () => {
    const engine = await openEngine();
    const book = {
      offers: { quantity: Uint32Array.of(9), price: Int32Array.of(3), area: Uint16Array.of(1) },
      bids: { quantity: Uint32Array.of(5), price: Int32Array.of(8) },
    };
    const areas = [{}, { parent: 0, fee: 2, exportLimit: 5 }];
    const clear = () => copyClearing(engine.clear(book, { mechanism: "merit", areas }));
    // P is half-way from 3 + 2 to 8, rounded down; the seller, held back, sells at 3, and P − 2 is one more.
    expect(edgeMoney(areas, clear().areas, 1)).toEqual({ fees: 10n, rent: 5n });
    const spoiled = (change: (outcome: ReturnType<typeof clear>) => void) => {
      const outcome = clear();
      change(outcome);
      return areaFault(areas, book, outcome);
    };
    expect(spoiled(() => {})).toBeNull();
    expect(spoiled(({ areas: { flow } }) => flow.set([4n], 1))).toEqual({
      area: 1,
      wanted: "a flow of 5: what it sold less what it was served",
      got: "a flow of 4",
    });
    expect(areaFault([{}, { parent: 0, fee: 2, exportLimit: 4 }], book, clear())).toEqual({
      area: 1,
      wanted: "at most 4 going up",
      got: "a flow of 5",
    });
    expect(spoiled(({ areas: { price } }) => price.set([4], 1))).toMatchObject({ area: 1 });
    expect(spoiled(({ areas: { price } }) => price.set([2], 0))).toEqual({
      area: 0,
      wanted: "a price from 5",
      got: "at most 2",
    });
    expect(spoiled(({ remaining }) => remaining.offers.set([10]))).toMatchObject({
      area: 1,
      got: "10",
    });
  });

  test("holds for 400,000 orders as it does for three", async () => {
    const engine = await openEngine();
    const random = new Random(seed + 1);
    const count = 200_000;
    const side = (least: number, most: number) => ({
      quantity: Uint32Array.from({ length: count }, () => random.between(1, 5_000)),
      price: Int32Array.from({ length: count }, () => random.between(least, most)),
      area: Uint16Array.from({ length: count }, () => random.between(0, 999)),
    });
    const areas = Array.from({ length: 1_000 }, (_, place) =>
      place === 0
        ? {}
        : { parent: random.between(0, place - 1), fee: random.between(0, 50), exportLimit: 90_000 },
    );
    const book = { offers: side(0, 600_000), bids: side(100_000, 700_000) };
    const outcome = engine.clear(book, { mechanism: "merit", areas });
    expect(areaFault(areas, book, outcome)).toBeNull();
    outcome.areas.price[500]! += 1_000;
    expect(areaFault(areas, book, outcome)).not.toBeNull();
  });
});

test("the oracle's outcomes are supported by prices, on 3,000 grids", () => {
  const random = new Random(seed + 2);
  for (let round = 0; round < 3_000; round++) {
    const grid = randomGrid(random);
    const { sold, served, flows, prices } = clearAreas(grid.areas, grid.offers, grid.bids, grid.k);
    const outcome: AreaOutcome = {
      remaining: {
        offers: Uint32Array.from(sold, (amount, index) => Number(grid.offers[index]!.quantity - amount)),
        bids: Uint32Array.from(served, (amount, index) => Number(grid.bids[index]!.quantity - amount)),
      },
      areas: {
        count: flows.length,
        flow: BigInt64Array.from(flows),
        price: Int32Array.from(prices, (price) => Number(price ?? 0n)),
        priced: Uint8Array.from(prices, (price) => Number(price !== null)),
      },
    };
    expect(isSupported(grid, outcome), shownGrid(grid)).toBe(true);
  }
});
