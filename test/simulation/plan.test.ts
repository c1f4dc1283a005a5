import { describe, expect, it } from "vitest";
import { limitsOf, type Plan } from "../../src/simulation/plan.js";

const sure = (...prices: number[]) => prices.map((price) => [{ price, chance: 1 }]);
/** Holds ten, fills and empties in an hour, loses nothing, and has no use for what is left. */
const store: Plan = {
  prices: sure(0, 0),
  charge: 0,
  capacity: 10,
  gain: 10,
  drain: 10,
  efficiency: 1,
  worth: () => 0,
};

/** What a store earns at best from an hour on, by trying every way in steps of one: slow and plain. */
function best(plan: Plan, hour: number, charge: number): number {
  if (hour === plan.prices.length) return plan.worth(charge);
  let sum = 0;
  for (const { price, chance } of plan.prices[hour]!) {
    let most = Number.NEGATIVE_INFINITY;
    for (let then = 0; then <= plan.capacity; then++) {
      const rise = then - charge;
      if (rise > plan.gain || -rise > plan.drain) continue;
      const cash = rise > 0 ? (-rise * price) / plan.efficiency : -rise * price * plan.efficiency;
      most = Math.max(most, cash + best(plan, hour + 1, then));
    }
    sum += chance * most;
  }
  return sum;
}

describe("the limits of a store", () => {
  it("are what it will get for what it holds, or pay for what it lacks", () => {
    // What is bought now is sold at nine; what is not may be bought at five before.
    expect(limitsOf({ ...store, prices: sure(1, 5, 9) }).buy).toBe(5);
    expect(limitsOf({ ...store, prices: sure(1, 9, 5) }).buy).toBe(9);
    expect(limitsOf({ ...store, prices: sure(1, 9, 5), charge: 10 }).sell).toBeGreaterThanOrEqual(9);
    // Half of what it draws is lost: a unit drawn is worth half as much, one given costs two.
    const lossy = { ...store, efficiency: 0.5, prices: sure(1, 8) };
    expect(limitsOf(lossy).buy).toBe(2);
    expect(limitsOf({ ...lossy, charge: 10 }).sell).toBe(8);
  });

  it("weigh what may happen by its chances", () => {
    const prices = [
      [{ price: 0, chance: 1 }],
      [
        { price: 4, chance: 0.75 },
        { price: 40, chance: 0.25 },
      ],
    ];
    expect(limitsOf({ ...store, prices }).buy).toBe(13);
  });

  it("are those of a search through every way", () => {
    for (const [gain, drain, efficiency] of [
      [2, 2, 1],
      [1, 3, 0.8],
      [5, 1, 0.9],
    ] as const)
      for (const charge of [0, 3, 6]) {
        const prices = sure(7, 20, 90, 33, 60).map((sured, hour) =>
          hour === 2
            ? [
                { price: 90, chance: 0.5 },
                { price: 10, chance: 0.5 },
              ]
            : sured,
        );
        const plan = {
          ...store,
          prices,
          capacity: 6,
          gain,
          drain,
          efficiency,
          charge,
          worth: (c: number) => 25 * c,
        };
        const after = (held: number) => best(plan, 1, held);
        const [above, below] = [Math.min(charge + gain, 6), Math.max(charge - drain, 0)];
        const { buy, sell } = limitsOf(plan);
        // The search moves in whole steps, the plan in finer ones: it earns as much or a little more.
        if (above > charge)
          expect(
            Math.abs(buy - (efficiency * (after(above) - after(charge))) / (above - charge)),
          ).toBeLessThan(3);
        if (below < charge)
          expect(
            Math.abs(sell - (after(charge) - after(below)) / (charge - below) / efficiency),
          ).toBeLessThan(4);
      }
  });

  it("rise towards departure for what must be there then, as cheap hours pass", () => {
    const night = [30, 12, 18, 25, 40, 52];
    const car = {
      ...{ ...store, drain: 0, gain: 2, charge: 0 },
      worth: (charge: number) => Math.min(charge - 4, 0) * 60,
    };
    const limits = night.map((_, hour) => limitsOf({ ...car, prices: sure(...night.slice(hour)) }).buy);
    // Two hours' charge is missing: at first the second cheapest of those to come, at last what the grid asks.
    expect(limits[0]).toBe(18);
    for (const [hour, limit] of limits.entries())
      if (hour > 0) expect(limit).toBeGreaterThanOrEqual(limits[hour - 1]!);
    expect(limits.at(-1)).toBe(60);
  });

  it("are none to speak of for a store that holds nothing, or has nowhere to go", () => {
    expect(limitsOf({ ...store, capacity: 0 })).toEqual({ buy: 0, sell: 0 });
    expect(limitsOf({ ...store, prices: sure(5) })).toEqual({ buy: 0, sell: 1 });
    expect(limitsOf({ ...store, gain: 0, drain: 0, prices: sure(5, 9) })).toEqual({ buy: 0, sell: 1 });
    for (const charge of [-3, 17]) {
      const { buy, sell } = limitsOf({ ...store, charge, prices: sure(5, 9, 2) });
      expect(buy).toBe(9);
      expect(sell).toBe(10);
    }
  });
});
