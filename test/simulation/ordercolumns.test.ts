import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { orderColumns } from "../../src/simulation/ordercolumns.js";
import { orderRules } from "../../src/simulation/scenario.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";

describe("columns of orders", () => {
  it("are the same for the same seed and others for another", () => {
    const options = { season: "winter", hour: 18 } as const;
    expect(orderColumns(5_000, 3, options)).toEqual(orderColumns(5_000, 3, options));
    expect(orderColumns(5_000, 4, options).bids).not.toEqual(orderColumns(5_000, 3, options).bids);
  });

  it("have as many orders as asked for, all of them acceptable", () => {
    const { tariffs } = checkScenario({ name: "x", participants: { home: 1 } });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000 }),
        fc.nat(),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.constantFrom("community" as const, "uniform" as const),
        fc.integer({ min: 0, max: 23 }),
        (count, seed, offers, distribution, hour) => {
          const columns = orderColumns(count, seed, { offers, distribution, hour });
          expect(columns.offers.quantity.length).toBe(Math.floor((count * offers) / 1_000_000));
          expect(columns.offers.quantity.length + columns.bids.quantity.length).toBe(count);
          for (const side of [columns.offers, columns.bids]) {
            expect(side.price.length).toBe(side.quantity.length);
            expect(side.quantity.every((quantity) => quantity > 0)).toBe(true);
            if (distribution === "community")
              expect(
                side.price.every((price) => price > 0 && price <= tariffs.electricity.retail + 1_000),
              ).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("sell in a pool what is left after trade among peers, as the contracts of members say", async () => {
    const engine = await openEngine();
    const scenario = checkScenario({ name: "x", participants: { home: 1 } });
    const { tariffs } = scenario;
    const { price, lots } = orderRules(scenario, "electricity").pool!;
    const { offers, bids } = orderColumns(3_000, 5, { offers: 300_000, hour: 19 });
    for (const limit of bids.poolLimit) expect(limit).toBeGreaterThanOrEqual(tariffs.electricity.retail);
    for (const limit of offers.poolLimit) expect(limit).toBeGreaterThanOrEqual(tariffs.electricity.feedIn);
    const { pool } = engine.clear({ offers, bids }, { mechanism: "value", pool: { price, lots } });
    expect(pool!.trades.count).toBeGreaterThan(0);
    const byPrice = engine.clear(
      { offers: { ...offers, poolLimit: offers.price }, bids: { ...bids, poolLimit: bids.price } },
      { mechanism: "value", pool: { price, lots } },
    );
    expect(byPrice.pool!.trades.count).toBe(0);
    const uniform = orderColumns(100, 5, { distribution: "uniform" });
    expect(uniform.offers.poolLimit).toEqual(uniform.offers.price);
    expect(uniform.bids.poolLimit).toEqual(uniform.bids.price);
  });

  it("hold no sun at night", () => {
    const sum = (hour: number) =>
      orderColumns(20_000, 1, { hour, season: "summer", weather: "clear" }).offers.quantity.reduce(
        (total, quantity) => total + quantity,
        0,
      );
    expect(sum(12)).not.toBe(sum(0));
  });

  it("refuse what they can't make", () => {
    expect(() => orderColumns(-1, 0)).toThrow("count");
    expect(() => orderColumns(1.5, 0)).toThrow("count");
    expect(() => orderColumns(16_000_001, 0)).toThrow("count");
    expect(() => orderColumns(1, 0, { offers: -1 })).toThrow("offers");
    expect(() => orderColumns(1, 0, { hour: 24 })).toThrow("hour");
  });
});
