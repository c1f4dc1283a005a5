import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { consistent, defaults, mixes, seasons } from "../../../src/web/settings/settings.js";
import { sentence } from "../../../src/web/views/sentences.js";
import { makeMarket } from "../../../src/web/worker/community.js";
import {
  poolLimitOf,
  type Walk,
  type WalkOrder,
  type WalkRules,
  walkPeriod,
} from "../../../src/web/worker/explain.js";
import type { Market } from "../../../src/web/worker/market.js";
import { eachTrade } from "../../../src/web/worker/outcome.js";
import { clearMarket } from "../../../src/web/worker/scene.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const smallPrice = fc.integer({ min: -3, max: 9 });
const lot = fc.record({ quantity: fc.integer({ min: 1, max: 12 }), price: smallPrice });
/** With and without a limit of its own in the pool. */
const order = fc.record(
  { quantity: fc.integer({ min: 1, max: 12 }), price: smallPrice, poolLimit: smallPrice },
  { requiredKeys: ["quantity", "price"] },
);
const anyPrice = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const large = fc.record({
  quantity: fc.integer({ min: 1, max: 0xffff_ffff }),
  price: anyPrice,
  poolLimit: anyPrice,
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
      fc
        .record({
          price: fc.integer({ min: -2, max: 9 }),
          less: fc.integer({ min: 0, max: 4 }),
          lots: fc.constantFrom("whole" as const, "divisible" as const),
        })
        .map(({ price, less, lots }) => ({ price, purchasePrice: price - less, lots })),
    ),
  });
const markets = fc.record({
  offers: fc.oneof<fc.Arbitrary<WalkOrder[]>[]>(
    fc.array(
      fc.tuple(order, fc.boolean()).map(([each, consent]) => ({ ...each, consent })),
      { maxLength: 9 },
    ),
    fc.array(large, { maxLength: 6 }),
  ),
  bids: fc.oneof<fc.Arbitrary<WalkOrder[]>[]>(
    fc.array(order, { maxLength: 9 }),
    fc.array(large, { maxLength: 6 }),
  ),
  lots: fc.array(lot, { maxLength: 3 }),
  rules: fc.oneof(rulesOf("value"), rulesOf("merit")),
});

const columns = (orders: readonly WalkOrder[]) => ({
  quantity: Uint32Array.from(orders, ({ quantity }) => quantity),
  price: Int32Array.from(orders, ({ price }) => price),
  poolLimit: Int32Array.from(orders, poolLimitOf),
});
const nameless = () => ({ name: "", kind: "" });

/** The engine's trades, as the page shows them, in the walk's words. */
function byEngine(market: Market, rules: WalkRules): Pick<Walk, "trades" | "poolTrades" | "clearingPrice"> {
  const scene = clearMarket(engine, market, rules);
  const trades: Walk["trades"][number][] = [];
  const poolTrades: Walk["trades"][number][] = [];
  eachTrade(scene, (pool, offer, bid, quantity, price) =>
    (pool ? poolTrades : trades).push({ offer, bid, quantity, price }),
  );
  return { trades, poolTrades, clearingPrice: scene.clearingPrice };
}

describe("the walk through a period", () => {
  it("comes to the engine's trades, whatever the market", () => {
    let sold = 0;
    fc.assert(
      fc.property(markets, ({ offers, bids, lots, rules }) => {
        const sellers: WalkOrder[] = [
          ...offers,
          ...(rules.pool ? lots.map((lot) => ({ ...lot, store: true })) : []),
        ];
        const walk = walkPeriod(sellers, bids, rules);
        const market: Market = {
          offers: {
            ...columns(offers),
            consent: Uint8Array.from(offers, ({ consent }) => (consent === false ? 0 : 1)),
          },
          bids: columns(bids),
          lots: columns(lots),
          offerOwner: nameless,
          bidOwner: nameless,
        };
        expect(walk).toMatchObject(byEngine(market, rules));
        for (const { offer } of walk.poolTrades) if (offer < offers.length) sold += 1;
      }),
      { numRuns: 1000 },
    );
    // What offers had left was sold in many of them.
    expect(sold).toBeGreaterThan(100);
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
          consents: sellers.map(({ consent }) => consent !== false),
          offerPoolLimits: sellers.map(poolLimitOf),
          bidPoolLimits: bids.map(poolLimitOf),
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

describe("a region", () => {
  it("has as many orders for its members as a community that is simulated, the same every time", () => {
    for (const [place, mix] of mixes.entries()) {
      const settings = consistent({
        ...defaults,
        mix,
        members: 600,
        season: seasons[place]!,
        time: place * 330,
      });
      const orders = (members: number): number => {
        const { offers, bids } = makeMarket({ ...settings, members });
        return offers.price.length + bids.price.length;
      };
      expect(orders(600)).toBeGreaterThan(100);
      for (const times of [2, 7, 50]) expect(orders(600 * times), mix).toBe(times * orders(600));
      const market = makeMarket(settings);
      expect(makeMarket(settings).offers).toEqual(market.offers);
      expect(market.offers.price.length).toBeGreaterThan(0);
      expect(market.bids.price.length).toBeGreaterThan(0);
      expect(market.offerOwner(0).name).not.toBe("");
    }
  });
});
