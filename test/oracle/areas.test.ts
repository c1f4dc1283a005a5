// The oracle of areas against the page's worked case, and against every way to trade on tiny grids.
import { expect, test } from "vitest";
import { type Grid, randomGrid, shownGrid } from "../core/grids.js";
import { Random } from "../core/markets.js";
import { type PricedArea, unsupported } from "../support/areaprices.js";
import { type Area, clearAreas } from "./areas.js";

const half = 500_000n;
const order = (area: number, quantity: bigint, price: bigint) => ({ area, quantity, price });
const edge = (parent: number, fee: bigint, limit: bigint | null = null): Area => ({
  parent,
  fee,
  exportLimit: limit,
  importLimit: limit,
});

test("the worked case of the page, line by line", () => {
  const areas = [edge(0, 0n), edge(0, 2n, 4n), edge(0, 3n), edge(0, 12n)];
  const offers = [order(0, 10n, 25n), order(1, 12n, 10n), order(2, 2n, 33n), order(3, 3n, 20n)];
  const bids = [order(0, 20n, 30n), order(1, 5n, 40n), order(2, 6n, 35n), order(3, 3n, 29n)];
  const { flows, prices, trades, fees, rents } = clearAreas(areas, offers, bids, half);
  expect(flows).toEqual([0n, 4n, -4n, 0n]);
  expect(prices).toEqual([30n, 10n, 33n, 24n]);
  expect(trades.map(({ offer, bid, quantity }) => [offer, bid, quantity])).toEqual([
    [3, 3, 3n],
    [2, 2, 2n],
    [1, 1, 5n],
    [1, 2, 4n],
    [0, 0, 10n],
  ]);
  expect(trades[3]).toMatchObject({ supplyPrice: 10n, usePrice: 33n });
  expect(fees).toEqual([0n, 8n, 12n, 0n]);
  expect(rents).toEqual([0n, 72n, 0n, 0n]);
});

test("the worked case has its certificate, and nothing beside it has", () => {
  const edge = (
    parent: string | null,
    fee: bigint,
    limit: bigint | null,
    flow: bigint,
    price: bigint,
  ): PricedArea => ({
    parent,
    fee,
    exportLimit: limit,
    importLimit: limit,
    flow,
    price,
  });
  const worked = {
    root: edge(null, 0n, null, 0n, 30n),
    f1: edge("root", 2n, 4n, 4n, 10n),
    f2: edge("root", 3n, null, -4n, 33n),
    f3: edge("root", 12n, null, 0n, 24n),
  };
  const entry = (area: string, isBid: boolean, quantity: bigint, price: bigint, traded: bigint) => ({
    area,
    isBid,
    quantity,
    price,
    traded,
  });
  const book = [
    entry("root", false, 10n, 25n, 10n),
    entry("f1", false, 12n, 10n, 9n),
    entry("f2", false, 2n, 33n, 2n),
    entry("f3", false, 3n, 20n, 3n),
    entry("root", true, 20n, 30n, 10n),
    entry("f1", true, 5n, 40n, 5n),
    entry("f2", true, 6n, 35n, 6n),
    entry("f3", true, 3n, 29n, 3n),
  ];
  const said = (areas: Partial<typeof worked>, orders = book): string | null =>
    unsupported(new Map(Object.entries({ ...worked, ...areas })), orders);
  expect(said({})).toBe(null);
  // A price that an order speaks against, that the fee does, or the limit.
  expect(said({ f1: { ...worked.f1, price: 9n } })).toContain("area f1");
  expect(said({ f1: { ...worked.f1, price: 11n } })).toContain("area f1");
  expect(said({ f2: { ...worked.f2, price: 34n } })).toContain("area root");
  expect(said({ f3: { ...worked.f3, price: 17n } })).toContain("area f3");
  expect(said({ root: { ...worked.root, price: 29n } })).toContain("area root");
  // An edge that could have carried more, and one whose neighbours would rather trade at home.
  expect(said({ f1: { ...worked.f1, exportLimit: 5n } })).toContain("area root");
  expect(said({ f3: { ...worked.f3, fee: 5n } })).toContain("area root");
  // Nobody traded, though two would have.
  const idle = book.map((order) => ({ ...order, traded: 0n }));
  const still = Object.entries(worked).map(([name, area]) => [name, { ...area, flow: 0n, price: null }]);
  expect(said(Object.fromEntries(still), idle)).not.toBe(null);
});

/** Welfare of what trades; null where it breaks a limit. `scale`, `rank`: prices a trace higher, as the page has it. */
function welfare(
  { areas, offers, bids }: Grid,
  sold: readonly bigint[],
  served: readonly bigint[],
): bigint | null {
  const scale = 1_000n;
  const net = areas.map(() => 0n);
  let total = 0n;
  for (const [index, offer] of offers.entries()) {
    net[offer.area]! += sold[index]!;
    total -= (offer.price * scale + BigInt(index + 1)) * sold[index]!;
  }
  for (const [index, bid] of bids.entries()) {
    net[bid.area]! -= served[index]!;
    total += (bid.price * scale + BigInt(offers.length + bids.length - index)) * served[index]!;
  }
  for (let area = areas.length - 1; area > 0; area--) {
    const { parent, fee, exportLimit, importLimit } = areas[area]!;
    const x = net[area]!;
    if ((exportLimit !== null && x > exportLimit) || (importLimit !== null && -x > importLimit)) return null;
    total -= fee * scale * (x < 0n ? -x : x);
    net[parent]! += x;
  }
  return net[0] === 0n ? total : null;
}

/** Every way to trade whole units. */
function* ways(quantities: readonly bigint[]): Generator<bigint[]> {
  const [first, ...others] = quantities;
  if (first === undefined) yield [];
  else
    for (const rest of ways(others)) for (let amount = 0n; amount <= first; amount++) yield [amount, ...rest];
}

test("nothing is better, and nothing else as good, on 3,000 tiny grids", () => {
  const random = new Random(11);
  for (let round = 0; round < 3_000; round++) {
    const grid = randomGrid(random, { mostAreas: 4, mostOrders: 3, mostQuantity: 2 });
    const { sold, served } = clearAreas(grid.areas, grid.offers, grid.bids, grid.k);
    let best: { value: bigint; way: string } | null = null;
    for (const way of ways([...grid.offers, ...grid.bids].map(({ quantity }) => quantity))) {
      const value = welfare(grid, way.slice(0, grid.offers.length), way.slice(grid.offers.length));
      if (value !== null && (best === null || value > best.value)) best = { value, way: way.join() };
    }
    expect([...sold, ...served].join(), `grid ${round}: ${shownGrid(grid)}`).toBe(best!.way);
  }
});

test("what the page says holds, on 3,000 grids", () => {
  const random = new Random(12);
  for (let round = 0; round < 3_000; round++) {
    const grid = randomGrid(random);
    const { areas, offers, bids } = grid;
    const found = clearAreas(areas, offers, bids, grid.k);
    const where = `grid ${round}: ${shownGrid(grid)}`;
    let paid = 0n;
    for (const { offer, bid, quantity, supplyPrice, usePrice } of found.trades) {
      expect(supplyPrice >= offers[offer]!.price && usePrice <= bids[bid]!.price, where).toBe(true);
      paid += quantity * (usePrice - supplyPrice);
    }
    const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
    expect(paid, where).toBe(sum(found.fees) + sum(found.rents));
    expect(
      found.rents.every((rent) => rent >= 0n),
      where,
    ).toBe(true);
    const traded = [...found.sold, ...found.served].filter((quantity) => quantity > 0n).length;
    expect(found.trades.length, where).toBeLessThanOrEqual(Math.max(traded - 1, 0));
    for (const price of found.prices)
      if (price !== null) expect(price >= -(2n ** 31n) && price < 2n ** 31n, where).toBe(true);
  }
});
