// What lies bring, held against the rules as they are written (test/oracle) and against what a theory says of them.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import type { MechanismRules } from "../../src/core/mechanisms.js";
import {
  attacks,
  bestAnswers,
  drawMarket,
  gridPrices,
  liesOf,
  manipulation,
  played,
  type Side,
  type Truth,
  worthOfOrders,
} from "../../src/study/manipulation.js";
import { clearByRules } from "../oracle/rules.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const counterparty: MechanismRules = { mechanism: "value", pricing: "counterparty" };
const blend: MechanismRules = { mechanism: "value", pricing: "blend" };
const uniform: MechanismRules = { mechanism: "merit", pricing: "uniform" };
const asBid: MechanismRules = { mechanism: "merit", pricing: "blend" };
const all = [counterparty, blend, uniform, asBid];

/** What the first `names` orders of a side are worth to whoever has `truth`, by the oracle's trades, in BigInt. */
function worthByRules(
  rules: MechanismRules,
  market: { readonly offers: readonly Truth[]; readonly bids: readonly Truth[] },
  { side, truth, names }: { readonly side: Side; readonly truth: Truth; readonly names: number },
): bigint {
  const exact = (orders: readonly Truth[]) =>
    orders.map(({ quantity, price }) => ({ quantity: BigInt(quantity), price: BigInt(price) }));
  const { trades } = clearByRules(exact(market.offers), exact(market.bids), {
    ...rules,
    ...{ k: 500_000n, maxCycles: 0, pool: null },
  });
  const [need, value] = [BigInt(truth.quantity), BigInt(truth.price)];
  const [feedIn, retail] = [BigInt(gridPrices.feedIn), BigInt(gridPrices.retail)];
  let [energy, money] = [0n, 0n];
  for (const trade of trades)
    if ((side === "seller" ? trade.offer : trade.bid) < names) {
      energy += trade.quantity;
      money += trade.quantity * trade.price;
    }
  // Unit by unit: the first are one's own, those beyond are the grid's.
  const beyond = energy > need ? energy - need : 0n;
  const own = energy - beyond;
  return side === "seller" ? money - value * own - retail * beyond : value * own + feedIn * beyond - money;
}

describe("what orders are worth", () => {
  it("is what the rules as they are written come to, for every lie", () => {
    let checked = 0;
    for (let number = 0; number < 6; number++) {
      const market = drawMarket(9, number, 6);
      for (const rules of all)
        for (const side of ["seller", "buyer"] as const) {
          const key = side === "seller" ? "offers" : "bids";
          const truth = market[key][0]!;
          const best = bestAnswers(engine, rules, market, side);
          const truthful = worthByRules(rules, market, { side, truth, names: 1 });
          expect(BigInt(best.truthful)).toBe(truthful);
          const found = new Map<string, bigint>();
          for (const attack of attacks)
            for (const orders of liesOf(attack, { side, truth })) {
              const lied = { ...market, [key]: [...orders, ...market[key].slice(1)] };
              const worth = worthByRules(rules, lied, { side, truth, names: orders.length });
              expect(BigInt(worthOfOrders(engine, rules, market, { side, orders }))).toBe(worth);
              const gain = worth - truthful;
              if (gain > (found.get(attack) ?? 0n)) found.set(attack, gain);
              checked += 1;
            }
          for (const attack of ["shade", "withhold", "split", "order more"] as const)
            expect(BigInt(best.gains[attack])).toBe(found.get(attack) ?? 0n);
          const more = (found.get("splitShade") ?? 0n) - (found.get("shade") ?? 0n);
          expect(BigInt(best.gains.splitShade)).toBe(more > 0n ? more : 0n);
        }
    }
    expect(checked).toBeGreaterThan(10_000);
  });

  it("counts what is bought beyond the need and sold without being there at the grid's prices", () => {
    const market = {
      offers: [{ quantity: 10, price: 100_000 }],
      bids: [{ quantity: 10, price: 300_000 }],
    };
    const worth = (side: Side, rules: MechanismRules, quantity: number, price: number) =>
      worthOfOrders(engine, rules, market, { side, orders: [{ quantity, price }] });
    // Halfway between: each has 100,000 of a unit's gain of 200,000.
    expect(worth("buyer", uniform, 10, 300_000)).toBe(10 * 100_000);
    expect(worth("seller", asBid, 10, 100_000)).toBe(10 * 100_000);
    // Ten are all there are: who asks for twelve is left with two at its own limit, which then is the price.
    expect(worth("buyer", uniform, 12, 300_000)).toBe(0);
    const plenty = { ...market, offers: [{ quantity: 40, price: 100_000 }] };
    const twelve = worthOfOrders(engine, asBid, plenty, {
      ...{ side: "buyer", orders: [{ quantity: 12, price: 300_000 }] },
    });
    expect(twelve).toBe(10 * 300_000 + 2 * 82_000 - 12 * 200_000);
  });
});

describe("lies", () => {
  it("of names hold all that there is, and at the truth no other price", () => {
    const truth = { quantity: 1_000_003, price: 300_000 };
    for (const side of ["seller", "buyer"] as const)
      for (const attack of ["split", "splitShade"] as const)
        for (const orders of liesOf(attack, { side, truth })) {
          expect(orders.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(truth.quantity);
          for (const { price } of orders)
            if (attack === "split") expect(price).toBe(truth.price);
            else if (side === "buyer") expect(price).toBeLessThanOrEqual(truth.price);
            else expect(price).toBeGreaterThanOrEqual(truth.price);
        }
  });

  it("leave a seller much less under merit order with one price than under the paper's rule", () => {
    const plan = { seed: 1, markets: 40, size: 15 };
    for (const side of ["seller", "buyer"] as const) {
      const of = (rules: MechanismRules) => manipulation(engine, { ...plan, rules, side });
      const [paper, halfway, one] = [of(counterparty), of(blend), of(uniform)];
      for (const other of [paper, halfway]) {
        expect(one.shade.gain.mean).toBeLessThan(other.shade.gain.mean / 4);
        expect(one.shade.pays).toBeLessThan(other.shade.pays / 2);
      }
      // At one price, or where limits alone rank orders, a name more is worth nothing.
      for (const rules of [uniform, asBid])
        expect(of(rules).split).toEqual({ gain: { count: 40, mean: 0, half: 0 }, pays: 0 });
    }
  });

  it("of all cost welfare under merit order, and say where the price goes", () => {
    const plan = { seed: 1, markets: 6, size: 8 };
    const [before, after] = [
      played(engine, { ...plan, rules: uniform }, 0),
      played(engine, { ...plan, rules: uniform }, 3),
    ];
    expect(before.welfare.mean).toBeCloseTo(100, 9);
    expect(after.welfare.mean).toBeLessThanOrEqual(100);
    expect(after.welfare.mean).toBeGreaterThan(80);
    // Whoever pays as it bids lies until the price is near that of all.
    const paid = played(engine, { ...plan, rules: asBid }, 0);
    expect(paid.sellers.mean).toBeCloseTo(50, 3);
    expect(played(engine, { ...plan, rules: counterparty }, 3).price.mean).toBeLessThan(
      played(engine, { ...plan, rules: counterparty }, 0).price.mean,
    );
  });
});
