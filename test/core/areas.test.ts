import { describe, expect, test } from "vitest";
import type { Area, AreaRules } from "../../src/core/areas.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { scalarCore } from "../../src/core/scalar.js";
import type { AreaOrder, Area as OracleArea } from "../oracle/areas.js";
import { engineGrid, type Grid, gridDifference, linesOfAreas, randomGrid } from "./grids.js";
import { byRules, linesOfResult, Random, randomMarket } from "./markets.js";

const seed = Number(process.env.GRIDCLEAR_SEED ?? 0xa4ea);
const engines: readonly [string, Promise<Engine>, number][] = [
  ["with SIMD", openEngine(), 10],
  ["without SIMD", openEngine({ wasm: scalarCore() }), 1],
];

const order = (area: number, quantity: number | bigint, price: number | bigint): AreaOrder => ({
  area,
  quantity: BigInt(quantity),
  price: BigInt(price),
});
const edge = (parent: number, fee: number | bigint = 0, limit: bigint | null = null): OracleArea => ({
  parent,
  fee: BigInt(fee),
  exportLimit: limit,
  importLimit: limit,
});
const chain = (length: number, fee: number | bigint = 0, limit: bigint | null = null): OracleArea[] =>
  Array.from({ length }, (_, area) => (area === 0 ? edge(0) : edge(area - 1, fee, limit)));
const star = (leaves: number, fee: number | bigint = 0, limit: bigint | null = null): OracleArea[] => [
  edge(0),
  ...Array.from({ length: leaves }, () => edge(0, fee, limit)),
];
const grid = (
  areas: readonly OracleArea[],
  offers: readonly AreaOrder[],
  bids: readonly AreaOrder[],
  k = 500_000n,
): Grid => ({ areas, offers, bids, k });

const most = 2 ** 32 - 1;
const highest = 2 ** 31 - 1;
const lowest = -(2 ** 31);
const largestLimit = 2n ** 53n - 1n;

describe.each(engines)("core and oracle agree, %s", (_, opening, parts) => {
  // In parts, so that none takes long on a busy machine.
  test.each(Array.from({ length: parts }, (_, part) => part))(
    "on 10,000 random small grids, part %i",
    async (part) => {
      const engine = await opening;
      const random = new Random(seed + 100 * part);
      for (let round = 0; round < 10_000; round++) {
        const found = gridDifference(engine, randomGrid(random, { mostAreas: 6, mostOrders: 6 }));
        if (found !== null) expect.fail(`seed ${seed + 100 * part}, grid ${round}: ${found}`);
      }
    },
  );

  test("on 300 grids of up to 40 areas", async () => {
    const engine = await opening;
    const random = new Random(seed + 1);
    for (let round = 0; round < 300; round++) {
      const found = gridDifference(engine, randomGrid(random, { mostAreas: 40, mostOrders: 60 }));
      if (found !== null) expect.fail(`seed ${seed + 1}, grid ${round}: ${found}`);
    }
  });

  const degenerate: readonly [string, Grid][] = [
    ["no orders", grid(chain(3), [], [])],
    ["no offers", grid(chain(3), [], [order(2, 1, 1)])],
    ["no bids", grid(chain(3), [order(1, 1, 1)], [])],
    ["one order of each side, areas apart", grid(chain(3, 1), [order(0, 5, 1)], [order(2, 5, 3)])],
    ["one order of each side, a tick too dear", grid(chain(3, 1), [order(0, 5, 1)], [order(2, 5, 2)])],
    ["limits of 0", grid(star(2, 0, 0n), [order(1, 5, 1), order(2, 3, 4)], [order(2, 5, 9), order(1, 1, 1)])],
    [
      "a limit of 0 one way",
      grid([edge(0), { ...edge(0), exportLimit: 0n }], [order(0, 3, 1)], [order(1, 5, 2)]),
    ],
    ["empty areas between", grid(chain(9, 2), [order(8, 4, 0)], [order(0, 9, 16)])],
    [
      "all equal",
      grid(star(3), [order(1, 3, 3), order(2, 3, 3), order(3, 3, 3)], [order(1, 4, 3), order(0, 4, 3)]),
    ],
    [
      "negative prices alone",
      grid(star(2, 2), [order(1, 4, -9), order(2, 3, -5)], [order(0, 5, -6), order(2, 3, -4)]),
    ],
    [
      "a full edge whose seller nobody holds back",
      grid([edge(0), edge(0, 1, 6n)], [order(1, 6, 3), order(0, 9, 20)], [order(0, 10, 20)]),
    ],
    [
      "the dearest and the cheapest at the dearest fee",
      grid(chain(3, highest), [order(0, most, lowest)], [order(2, most, highest), order(1, 7, -1)]),
    ],
    [
      "two of the dearest fees between prices as far apart as they can be",
      grid(chain(3, highest), [order(2, most, lowest), order(0, 5, highest)], [order(0, most, highest)]),
    ],
    [
      "the largest limits",
      grid(
        chain(4, 1, largestLimit),
        [order(3, most, 0), order(3, most, 1)],
        [order(0, most, 9), order(0, most, 8)],
      ),
    ],
    [
      "a chain of 30",
      grid(chain(30, 1), [order(29, 9, 0)], [order(0, 5, 29), order(15, 5, 14), order(3, 1, 40)]),
    ],
    [
      "a chain of 30 at the dearest fee",
      grid(
        chain(30, highest),
        [order(29, 9, lowest), order(12, 5, 0), order(13, 5, lowest)],
        [order(0, 5, highest), order(28, 5, -1), order(11, 5, highest)],
      ),
    ],
  ];
  test.each(degenerate)("%s", async (_, found) => {
    expect(gridDifference(await opening, found)).toBeNull();
  });

  test("chains of 30 with every kind of fee, on 300 grids", async () => {
    const engine = await opening;
    const random = new Random(seed + 2);
    for (let round = 0; round < 300; round++) {
      const drawn = randomGrid(random, { mostAreas: 2, mostOrders: 12 });
      const areas = Array.from({ length: 30 }, (_, area) =>
        area === 0 ? edge(0) : edge(area - 1, random.of(0, 0, 1, 5, highest), random.of(null, null, 8n)),
      );
      const spread = (orders: readonly AreaOrder[]): AreaOrder[] =>
        orders.map((each) => ({ ...each, area: random.between(0, 29) }));
      const found = gridDifference(engine, {
        ...drawn,
        areas,
        offers: spread(drawn.offers),
        bids: spread(drawn.bids),
      });
      if (found !== null) expect.fail(`seed ${seed + 2}, grid ${round}: ${found}`);
    }
  });
});

/** Orders spread over areas by a seed, at prices that meet. */
function spread(count: number, areas: number, random: Random): AreaOrder[] {
  return Array.from({ length: count }, () =>
    order(random.between(0, areas - 1), random.between(1, 50), random.between(0, 100)),
  );
}

describe("as many areas as there may be", () => {
  test("a star of 60,000 leaves", async () => {
    const random = new Random(seed + 3);
    const areas = star(60_000, 3, 20n);
    const found = grid(areas, spread(20_000, areas.length, random), spread(20_000, areas.length, random));
    expect(gridDifference(await openEngine(), found)).toBeNull();
  });

  test("a chain of 65,535", async () => {
    const random = new Random(seed + 4);
    const areas = chain(65_535, 0, 30n).map((area) => ({
      ...area,
      fee: BigInt(random.of(0, 0, 0, 0, 0, 0, 0, 1)),
    }));
    const found = grid(areas, spread(60, areas.length, random), spread(60, areas.length, random));
    expect(gridDifference(await openEngine(), found)).toBeNull();
  });

  test("a chain of 65,535 at the dearest fee, with orders at both ends", async () => {
    const areas = chain(65_535, highest);
    const ends = [0, 1, 65_533, 65_534];
    const found = grid(
      areas,
      ends.map((area) => order(area, 9, lowest)),
      ends.map((area) => order(area, 8, highest)),
    );
    expect(gridDifference(await openEngine(), found)).toBeNull();
  });
});

// Grid Singularity's integration tests "Constant grid fees": a load in one neighbourhood buys at up to 30 cents from an
// offer at 10 in another. A market costs 1 cent in a neighbourhood and 2 between them, whoever trades in it; half of
// that lies on each edge to it. Its one-sided market pays the offer's price and fees, its two-sided ones the bid's,
// fees taken off.
describe("constant grid fees of Grid Singularity", () => {
  const house = 5;
  const neighbourhood = 5 + 10;
  const areas = [
    {},
    { parent: 0, fee: neighbourhood },
    { parent: 0, fee: neighbourhood },
    { parent: 1, fee: house },
    { parent: 2, fee: house },
  ];
  const market = (price: number) => ({
    offers: { quantity: Uint32Array.of(1), price: Int32Array.of(price), area: Uint16Array.of(4) },
    bids: { quantity: Uint32Array.of(1), price: Int32Array.of(300), area: Uint16Array.of(3) },
  });
  const clear = async (price: number, k: number) => {
    const { trades } = (await openEngine()).clear(market(price), { mechanism: "merit", k, areas });
    return { supply: [...trades.supplyPrice], use: [...trades.usePrice] };
  };

  test("one-sided: the load pays 14 cents, the offer gets 10", async () => {
    expect(await clear(100, 0)).toEqual({ supply: [100], use: [140] });
  });

  test("two-sided: the load pays 30 cents, the offer gets 26", async () => {
    expect(await clear(100, 1_000_000)).toEqual({ supply: [260], use: [300] });
  });

  test("high fees prevent trades", async () => {
    expect(await clear(261, 500_000)).toEqual({ supply: [], use: [] });
    expect(await clear(260, 500_000)).toEqual({ supply: [260], use: [300] });
  });
});

test("a flow of more than 2⁵³", async () => {
  const engine = await openEngine();
  const count = 2 ** 21 + 5;
  const side = (price: number, area: number) => ({
    quantity: new Uint32Array(count).fill(most),
    price: new Int32Array(count).fill(price),
    area: new Uint16Array(count).fill(area),
  });
  const { areas, trades } = engine.clear(
    { offers: side(lowest, 1), bids: side(highest, 0) },
    { mechanism: "merit", areas: [{}, { parent: 0, fee: highest }] },
  );
  expect(areas.flow[1]).toBe(BigInt(count) * BigInt(most));
  expect(trades.count).toBe(count);
  // The root's bounds are the offers' price and the fee, −1, and the bids' price; P is half-way, and the area's P less
  // f.
  expect([...areas.price]).toEqual([2 ** 30 - 1, -(2 ** 30)]);
});

describe("one area", () => {
  test("shares ties as the flat market does, on 2,000 markets", async () => {
    const engine = await openEngine();
    const random = new Random(seed + 6);
    for (let round = 0; round < 2_000; round++) {
      const { book } = randomMarket(random);
      const rules = { mechanism: "merit", ties: "prorata" } as const;
      const { trades, clearingPrice } = engine.clear(book, rules);
      const flat = [trades.offer, trades.bid, trades.quantity, trades.price, trades.price].map((column) => [
        ...column,
      ]);
      const onArea = engine.clear(book, { ...rules, areas: [{}] });
      const found = onArea.trades;
      expect(
        [found.offer, found.bid, found.quantity, found.supplyPrice, found.usePrice].map((column) => [
          ...column,
        ]),
      ).toEqual(flat);
      expect(onArea.clearingPrice).toBe(clearingPrice);
      expect([...onArea.areas.priced, ...onArea.areas.flow]).toEqual([Number(clearingPrice !== null), 0n]);
    }
  });

  test("is the flat market to the last line, on 20,000 markets", async () => {
    const engine = await openEngine();
    const random = new Random(seed + 5);
    for (let round = 0; round < 20_000; round++) {
      const { book, rules } = randomMarket(random);
      const merit = { mechanism: "merit", pricing: "uniform", k: rules.k ?? 500_000 } as const;
      const flat = { book, rules: { ...merit, pool: null } };
      const { trades, ...others } = engine.clear(book, { ...merit, areas: [{}] });
      const asFlat = [
        `clearing price ${others.clearingPrice}`,
        `counters ${Object.values(others.counters).join(" ")}`,
        ...Array.from(trades.offer, (offer, index) =>
          [offer, trades.bid[index], trades.quantity[index], trades.supplyPrice[index]].join(" "),
        ),
        `left ${others.remaining.offers.join(" ")} | ${others.remaining.bids.join(" ")}`,
        "no pool",
      ];
      expect(asFlat).toEqual(linesOfResult(byRules(flat)));
      expect([...trades.usePrice]).toEqual([...trades.supplyPrice]);
    }
  });
});

describe("what an engine refuses", () => {
  const refused = async (rules: unknown, book?: unknown): Promise<unknown> => {
    const engine = await openEngine();
    const one = { quantity: Uint32Array.of(1), price: Int32Array.of(1) };
    try {
      engine.clear((book ?? { offers: one, bids: one }) as never, rules as AreaRules);
    } catch (error) {
      return error;
    }
    return "nothing";
  };
  const merit = { mechanism: "merit" };
  const root: Area = {};
  test.each<[string, unknown]>([
    ["rules.mechanism", { areas: [root] }],
    ["rules.mechanism", { mechanism: "value", areas: [root] }],
    ["rules.pricing", { ...merit, pricing: "blend", areas: [root] }],
    ["rules.ties", { ...merit, ties: "prorata", areas: [root, { parent: 0 }] }],
    ["rules.pool", { ...merit, pool: { price: 1 }, areas: [root] }],
    ["rules.areas", { ...merit, areas: [] }],
    ["rules.areas", { ...merit, areas: {} }],
    ["rules.areas", { ...merit, areas: null }],
    ["rules.areas[0]", { ...merit, areas: [7] }],
    ["rules.areas[0].fee", { ...merit, areas: [{ fee: 1 }] }],
    ["rules.areas[0].parent", { ...merit, areas: [{ parent: 0 }] }],
    ["rules.areas[1].parent", { ...merit, areas: [root, {}] }],
    ["rules.areas[1].parent", { ...merit, areas: [root, { parent: 1 }] }],
    ["rules.areas[1].parent", { ...merit, areas: [root, { parent: -1 }] }],
    ["rules.areas[1].fee", { ...merit, areas: [root, { parent: 0, fee: -1 }] }],
    ["rules.areas[1].fee", { ...merit, areas: [root, { parent: 0, fee: 2 ** 31 }] }],
    ["rules.areas[1].fee", { ...merit, areas: [root, { parent: 0, fee: "1" }] }],
    ["rules.areas[1].exportLimit", { ...merit, areas: [root, { parent: 0, exportLimit: -1 }] }],
    ["rules.areas[1].importLimit", { ...merit, areas: [root, { parent: 0, importLimit: 2 ** 53 }] }],
    ["rules.areas[1].loss", { ...merit, areas: [root, { parent: 0, loss: 0 }] }],
  ])("%s of %j", async (field, rules) => {
    expect(await refused(rules)).toMatchObject({ code: "invalid", field });
  });

  test("65,536 areas", async () => {
    const areas = Array.from({ length: 65_536 }, () => root);
    expect(await refused({ ...merit, areas })).toMatchObject({ code: "invalid", field: "rules.areas" });
  });

  test("an area that is none, a column of another kind or length, an order of nothing", async () => {
    const orders = (more: object) => ({
      quantity: Uint32Array.of(1, 2),
      price: Int32Array.of(1, 1),
      ...more,
    });
    const rules = { ...merit, areas: [root, { parent: 0 }] };
    const book = (offers: object, bids: object = {}) => ({ offers: orders(offers), bids: orders(bids) });
    const of = (area: unknown) => refused(rules, book({}, { area }));
    expect(await of(Uint16Array.of(1, 2))).toMatchObject({
      code: "invalid",
      field: "bids.area[1]",
      got: "2",
    });
    expect(await of(Uint16Array.of(1))).toMatchObject({ code: "invalid", field: "bids.area" });
    expect(await of(Uint8Array.of(1, 1))).toMatchObject({ code: "invalid", field: "bids.area" });
    expect(await of([0, 1])).toMatchObject({ code: "invalid", field: "bids.area" });
    expect(await refused(rules, book({ quantity: Uint32Array.of(1, 0) }))).toMatchObject({
      field: "offers.quantity[1]",
    });
    expect(await refused(rules, {})).toMatchObject({ code: "invalid", field: "offers" });
    expect(await refused(rules, 7)).toMatchObject({ code: "invalid", field: "book" });
  });

  test("scenario 2 after a clearing that has two prices a trade", async () => {
    const engine = await openEngine();
    const one = { quantity: Uint32Array.of(1), price: Int32Array.of(1) };
    engine.match({ offers: one, bids: one });
    engine.clear({ offers: one, bids: one }, { mechanism: "merit", areas: [{}] });
    for (const call of [() => engine.sell({ price: 1 }), () => engine.remaining()])
      expect(call).toThrowError(expect.objectContaining({ code: "state" }));
  });

  test("nothing is lost by a refusal, nor by areas before and after", async () => {
    const engine = await openEngine();
    const random = new Random(9);
    for (let round = 0; round < 200; round++) {
      const { book, rules } = engineGrid(randomGrid(random));
      const first = linesOfAreas(engine.clear(book, rules), rules);
      expect(() => engine.clear(book, { ...rules, areas: [] })).toThrow();
      const flat = randomMarket(random);
      engine.clear(flat.book, flat.rules);
      expect(linesOfAreas(engine.clear(book, rules), rules)).toEqual(first);
    }
  });
});
