import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine, storageLot } from "../../../src/core/engine.js";
import { consistent, defaults, mixes, seasons } from "../../../src/web/settings/settings.js";
import { sentence } from "../../../src/web/views/sentences.js";
import { makeMarket } from "../../../src/web/worker/community.js";
import { type Walk, type WalkOrder, type WalkRules, walkPeriod } from "../../../src/web/worker/explain.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const order = fc.record({
  quantity: fc.integer({ min: 1, max: 12 }),
  price: fc.integer({ min: -3, max: 9 }),
});
const large = fc.record({
  quantity: fc.integer({ min: 1, max: 0xffff_ffff }),
  price: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
});
const rulesOf = (mechanism: "value" | "merit"): fc.Arbitrary<WalkRules> =>
  fc.record({
    mechanism: fc.constant(mechanism),
    pricing: fc.constantFrom(
      "blend" as const,
      mechanism === "value" ? ("counterparty" as const) : ("uniform" as const),
    ),
    k: fc.integer({ min: 0, max: 1_000_000 }),
    pool: fc.option(
      fc.record({
        price: fc.integer({ min: -2, max: 9 }),
        lots: fc.constantFrom("whole" as const, "divisible" as const),
      }),
    ),
  });
const markets = fc.record({
  offers: fc.oneof(
    fc.array(
      fc.record({
        quantity: order.map((o) => o.quantity),
        price: order.map((o) => o.price),
        consent: fc.boolean(),
      }),
      { maxLength: 9 },
    ),
    fc.array(large, { maxLength: 6 }),
  ),
  bids: fc.oneof(fc.array(order, { maxLength: 9 }), fc.array(large, { maxLength: 6 })),
  lots: fc.array(order, { maxLength: 3 }),
  rules: fc.oneof(rulesOf("value"), rulesOf("merit")),
});

const columns = (orders: readonly WalkOrder[]) => ({
  quantity: Uint32Array.from(orders, ({ quantity }) => quantity),
  price: Int32Array.from(orders, ({ price }) => price),
});

/** The engine's trades in the walk's words. */
function byEngine(
  offers: readonly WalkOrder[],
  bids: readonly WalkOrder[],
  lots: readonly WalkOrder[],
  rules: WalkRules,
) {
  const { trades, pool, clearingPrice } = engine.clear(
    {
      offers: {
        ...columns(offers),
        consent: Uint8Array.from(offers, ({ consent }) => (consent === false ? 0 : 1)),
      },
      bids: columns(bids),
      ...(rules.pool && lots.length > 0 ? { lots: columns(lots) } : {}),
    },
    rules,
  );
  const made: Walk["trades"][number][] = [];
  for (let index = 0; index < trades.count; index++)
    made.push({
      offer: trades.offer[index]!,
      bid: trades.bid[index]!,
      quantity: trades.quantity[index]!,
      price: trades.price[index]!,
    });
  const sales: Walk["trades"][number][] = [];
  if (pool !== null) {
    const own = [...pool.lots.offer.subarray(0, pool.lots.count)].filter(
      (offer) => offer !== storageLot,
    ).length;
    for (let index = 0; index < pool.trades.count; index++) {
      const lot = pool.trades.lot[index]!;
      const offer = lot < own ? pool.lots.offer[lot]! : offers.length + lot - own;
      sales.push({
        offer,
        bid: pool.trades.bid[index]!,
        quantity: pool.trades.quantity[index]!,
        price: pool.trades.price[index]!,
      });
    }
  }
  return { made, sales, clearingPrice };
}

describe("the walk through a period", () => {
  it("comes to the engine's trades, whatever the market", () => {
    fc.assert(
      fc.property(markets, ({ offers, bids, lots, rules }) => {
        const sellers: WalkOrder[] = [
          ...offers,
          ...(rules.pool ? lots.map((lot) => ({ ...lot, store: true })) : []),
        ];
        const walk = walkPeriod(sellers, bids, rules);
        const engines = byEngine(offers, bids, lots, rules);
        expect(walk.trades).toEqual(engines.made);
        expect(walk.poolTrades).toEqual(engines.sales);
        expect(walk.clearingPrice).toBe(engines.clearingPrice);
      }),
      { numRuns: 1000 },
    );
  });

  it("shows the worked case of the market rules step by step", () => {
    const offers = [
      { quantity: 10, price: 3 },
      { quantity: 4, price: 2 },
    ];
    const bids = [
      { quantity: 6, price: 5 },
      { quantity: 7, price: 4 },
    ];
    const walk = walkPeriod(offers, bids, { mechanism: "value", pricing: "counterparty", k: 0, pool: null });
    expect(
      walk.steps
        .filter(({ kind }) => kind === "trade")
        .map(({ phase, cycle, offer, bid, quantity, price }) => [phase, cycle, offer, bid, quantity, price]),
    ).toEqual([
      ["A", 1, 0, 0, 6, 5],
      ["B", 1, 1, 1, 4, 2],
      ["A", 2, 0, 1, 3, 4],
    ]);
    expect(walk.steps[1]).toMatchObject({ kind: "queue", offers: [1, 0], bids: [0, 1] });
    expect(walk.steps.at(-1)!.offerLeft).toEqual([1, 0]);
  });

  it("tells every step in words that name those it is about", () => {
    fc.assert(
      fc.property(markets, ({ offers, bids, lots, rules }) => {
        const sellers: WalkOrder[] = [...offers, ...lots.map((lot) => ({ ...lot, store: true }))];
        const walk = walkPeriod(sellers, bids, rules);
        const cast = {
          offerNames: sellers.map((_, index) => `Seller ${index}`),
          bidNames: bids.map((_, index) => `Buyer ${index}`),
          sellers: offers.length,
          offerPrices: sellers.map(({ price }) => price),
          bidPrices: bids.map(({ price }) => price),
          rules,
        };
        for (const step of walk.steps) {
          const text = sentence(step, walk, cast);
          expect(text).toMatch(/^[A-Z0-9].*\.$/);
          expect(text).not.toMatch(/undefined|NaN|null/);
          if (step.kind === "trade" || step.kind === "sale") {
            expect(text).toContain(cast.offerNames[step.offer]);
            expect(text).toContain(cast.bidNames[step.bid]);
          }
        }
      }),
    );
  });
});

describe("the page's community", () => {
  it("places exactly as many orders as the settings say, the same every time", () => {
    for (const mix of mixes)
      for (const [place, orders] of [10, 14, 97, 3_500].entries()) {
        const settings = consistent({
          ...defaults,
          mix,
          orders,
          season: seasons[place % 4]!,
          time: (place * 330) % 1440,
        });
        const market = makeMarket(settings);
        expect(market.offers.price.length + market.bids.price.length, `${mix}, ${orders}`).toBe(orders);
        expect(market.offers.price.length).toBeGreaterThan(0);
        expect(market.bids.price.length).toBeGreaterThan(0);
        expect(makeMarket(settings).offers).toEqual(market.offers);
        expect(market.offerOwner(0).name).not.toBe("");
      }
  });

  it("shows a newcomer both phases and the pool", () => {
    const market = makeMarket({ ...defaults });
    const list = (side: { quantity: Uint32Array; price: Int32Array }, more = {}) =>
      Array.from(side.price, (price, index) => ({ price, quantity: side.quantity[index]!, ...more }));
    const walk = walkPeriod(
      [...list(market.offers), ...list(market.lots, { store: true })],
      list(market.bids),
      {
        mechanism: "value",
        pricing: "counterparty",
        k: 0,
        pool: { price: defaults.poolPrice * 1000, lots: defaults.lots },
      },
    );
    const phases = new Set(walk.steps.filter(({ quantity }) => quantity > 0).map(({ phase }) => phase));
    expect(phases).toEqual(new Set(["A", "B", "pool"]));
  });
});
