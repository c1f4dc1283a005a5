// The market on a nested network against the router of this folder: trades, what edges held back, exports, imports and
// losses, record by record.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import type { ClearingContract, Contract } from "../../src/market/contracts/contracts.js";
import { openTerms, paperClearing } from "../../src/market/contracts/opening.js";
import { openMarket } from "../../src/market/open.js";
import { clock } from "../support/steps.js";
import { type Edge, type PlacedOrder, tradeWithinLimits } from "./router.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const tariff = { retail: 40, feedIn: 5 };

interface Drawn {
  readonly side: "offer" | "bid";
  readonly area: number;
  readonly quantity: number;
  readonly price: number;
}
interface Grid {
  readonly edges: readonly {
    readonly parent: number;
    readonly up: number | null;
    readonly down: number | null;
  }[];
  readonly orders: readonly Drawn[];
}
type Mechanism = Pick<ClearingContract, "mechanism" | "pricing" | "k" | "ties">;

const dated = { version: 1, from: 0 };
const nameOf = (area: number): string => (area < 0 ? "root" : `area ${area}`);

/** What the market makes of the orders, one participant each, in one period. */
async function inMarket({ edges, orders }: Grid, rules: Mechanism, loss: number) {
  const contracts: Contract[] = [
    ...openTerms(0),
    {
      ...paperClearing("electricity", 0),
      ...rules,
      pool: null,
      export: true,
      import: true,
    },
    { kind: "area", ...dated, area: "root", carrier: "electricity" },
    ...edges.map(
      ({ parent, up, down }, area): Contract => ({
        kind: "area",
        ...dated,
        area: nameOf(area),
        carrier: "electricity",
        parent: nameOf(parent),
        exportLimit: up,
        importLimit: down,
        loss,
      }),
    ),
    ...orders.map(
      ({ area }, number): Contract => ({
        kind: "participant",
        ...dated,
        id: `p${number}`,
        creditLimit: null,
        ...(area < 0 && number % 2 === 0 ? {} : { areas: { electricity: nameOf(area) } }),
      }),
    ),
  ];
  const tariffs = { electricity: tariff };
  const market = await openMarket({ engine, quantityTick: "1", priceTick: "1", contracts, tariffs, clock });
  for (const [number, { side, quantity, price }] of orders.entries()) {
    const order = { carrier: "electricity", side, quantity: `${quantity}`, price: `${price}` } as const;
    expect(market.submit({ participant: `p${number}`, ...order }).status).toBe("accepted");
  }
  const result = await market.clearPeriod(1);
  return {
    trades: result.trades().map(({ offer, bid, quantity, supplyPrice, usePrice }) => ({
      offer,
      bid,
      quantity,
      supplyPrice,
      usePrice,
    })),
    flows: result
      .flows()
      .map(({ kind, party, order, quantity, price }) =>
        kind === "areaLoss" || kind === "areaCurtailed"
          ? { kind, area: nameOf(party - 1), order, quantity, price }
          : { kind, area: null, order, quantity, price },
      ),
  };
}

/** The same by the router of this folder; flows in the order that docs/market.md gives them. */
function byRules({ edges, orders }: Grid, rules: Mechanism, loss: number) {
  const tree: Edge[] = edges.map(({ parent, up, down }) => ({
    parent,
    exportLimit: up === null ? null : BigInt(up),
    importLimit: down === null ? null : BigInt(down),
  }));
  const numbered = orders.map((order, number) => ({ ...order, number }));
  const sides = {
    offer: numbered.filter(({ side }) => side === "offer"),
    bid: numbered.filter(({ side }) => side === "bid"),
  };
  const placed = (list: typeof numbered): PlacedOrder[] =>
    list.map(({ area, quantity, price }) => ({ area, quantity: BigInt(quantity), price: BigInt(price) }));
  const carried = tradeWithinLimits(tree, placed(sides.offer), placed(sides.bid), {
    mechanism: rules.mechanism,
    pricing: rules.pricing,
    k: BigInt(rules.k),
    maxCycles: 0,
    pool: null,
  });
  const { network } = carried;
  const flows: { kind: string; area: string | null; order: number; quantity: number; price: number }[] = [];
  const flow = (kind: string, area: number | null, order: number, quantity: bigint, price: number): void => {
    if (quantity > 0n)
      flows.push({
        kind,
        area: area === null ? null : nameOf(area),
        order,
        quantity: Number(quantity),
        price,
      });
  };
  for (const [list, held] of [
    [sides.offer, carried.offersHeld],
    [sides.bid, carried.bidsHeld],
  ] as const)
    for (const [index, back] of held.entries())
      if (back !== null)
        flow("areaCurtailed", back.area, list[index]!.number, back.quantity, list[index]!.price);
  for (const [index, { area, number, price }] of sides.offer.entries()) {
    const left = carried.offersLeft[index]!;
    if (left === 0n || price > tariff.feedIn) continue;
    const { carried: out, cut } = network.carry(area, -1, left);
    if (cut !== null) flow("areaCurtailed", cut.area, number, left - out, price);
    flow("exported", null, number, out, tariff.feedIn);
  }
  for (const [index, { area, number }] of sides.bid.entries()) {
    const left = carried.bidsLeft[index]!;
    const got = left === 0n ? 0n : network.carry(-1, area, left).carried;
    flow("imported", null, number, got, tariff.retail);
  }
  const distance = (area: number) => network.around(area).length;
  const inTree = [...edges.keys()].sort((a, b) => distance(a) - distance(b) || a - b);
  for (const area of inTree)
    flow("areaLoss", area, 0xffff_ffff, (network.crossed[area]! * BigInt(loss)) / 1_000_000n, tariff.retail);
  const trades = carried.trades.map(({ offer, bid, quantity, price }) => ({
    offer: sides.offer[offer]!.number,
    bid: sides.bid[bid]!.number,
    quantity: Number(quantity),
    supplyPrice: Number(price),
    usePrice: Number(price),
  }));
  return { result: { trades, flows }, matchings: carried.matchings };
}

const mechanisms: readonly Mechanism[] = [
  { mechanism: "value", pricing: "counterparty", k: 0, ties: "arrival" },
  { mechanism: "value", pricing: "blend", k: 300_000, ties: "arrival" },
  { mechanism: "merit", pricing: "blend", k: 500_000, ties: "arrival" },
];
const limit = fc.option(fc.oneof(fc.constant(0), fc.nat(25), fc.nat(80)), { freq: 5 });
/** Trees of any form: random ones, chains down to the deepest, stars. */
const trees = (most: number) =>
  fc
    .tuple(
      fc.constantFrom("any", "any", "chain", "star"),
      fc.array(fc.record({ at: fc.nat(), up: limit, down: limit }), { maxLength: most }),
    )
    .map(([form, edges]) =>
      edges.map(({ at, up, down }, area) => ({
        parent: form === "star" ? -1 : form === "chain" ? area - 1 : (at % (area + 1)) - 1,
        up,
        down,
      })),
    );
const ordersIn = (areas: number) =>
  fc.array(
    fc.record({
      side: fc.constantFrom("offer" as const, "bid" as const),
      area: fc.integer({ min: -1, max: areas - 1 }),
      quantity: fc.integer({ min: 1, max: 40 }),
      price: fc.integer({ min: -5, max: 45 }),
    }),
    { maxLength: 24 },
  );
const grids = (most: number): fc.Arbitrary<Grid> =>
  trees(most).chain((edges) => ordersIn(edges.length).map((orders) => ({ edges, orders })));

describe("a market on a nested network", () => {
  it("trades, cuts, exports, imports and loses as the rules say", async () => {
    const matchings = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        grids(9),
        fc.constantFrom(...mechanisms),
        fc.nat(500_000),
        async (grid, rules, loss) => {
          const wanted = byRules(grid, rules, loss);
          matchings.add(wanted.matchings);
          expect(await inMarket(grid, rules, loss)).toEqual(wanted.result);
        },
      ),
      { numRuns: 400, seed: 12 },
    );
    // Nothing cut, and several matchings until nothing was.
    expect([1, 2, 3].every((count) => matchings.has(count))).toBe(true);
  }, 120_000);

  it("does so along a chain of 64 areas, and where everybody is in one", async () => {
    const chains = fc.tuple(fc.array(fc.tuple(limit, limit), { minLength: 64, maxLength: 64 }), ordersIn(64));
    await fc.assert(
      fc.asyncProperty(
        chains,
        fc.constantFrom(...mechanisms),
        fc.boolean(),
        async ([limits, drawn], rules, one) => {
          const edges = limits.map(([up, down], area) => ({ parent: area - 1, up, down }));
          const orders = one ? drawn.map((order) => ({ ...order, area: 63 })) : drawn;
          const wanted = byRules({ edges, orders }, rules, 1_000);
          expect(await inMarket({ edges, orders }, rules, 1_000)).toEqual(wanted.result);
          if (one) expect(wanted.matchings).toBe(1);
        },
      ),
      { numRuns: 40, seed: 13 },
    );
  }, 60_000);

  it("ends after sixteen matchings, with what they could not place cut off", async () => {
    // Each street is asked only once the cheaper ones before it are full.
    const edges = Array.from({ length: 30 }, () => ({ parent: -1, up: 2, down: null }));
    const sellers = edges.map((_, area) => ({
      side: "offer" as const,
      area,
      quantity: 50,
      price: area - 30,
    }));
    const orders: Drawn[] = [...sellers, { side: "bid", area: -1, quantity: 50, price: 45 }];
    const wanted = byRules({ edges, orders }, mechanisms[2]!, 0);
    expect(wanted.matchings).toBe(16);
    expect(wanted.result.trades).toHaveLength(16);
    expect(await inMarket({ edges, orders }, mechanisms[2]!, 0)).toEqual(wanted.result);
  });
});
