// Orders made from forecasts that err: how far and how long, and that meters show what came instead.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeRecords } from "../../src/ledger/format/layout.js";
import { readingLayout } from "../../src/ledger/format/records.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import type { ForecastErrors } from "../../src/simulation/scenario.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { errorAt } from "../../src/simulation/world/error.js";
import { carriers } from "../../src/units.js";
import { blocksOf } from "../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const hourMs = 3_600_000;
const mix = { home: 16, business: 4, solar: 3, wind: 2, biomass: 2, heatpump: 1 };
const exact = { deviation: 0, late: 0, missing: 0, corrected: 0 };

const scenarioOf = (forecast: Partial<ForecastErrors>, more = {}) =>
  community({
    ...{ participants: 28, mix, seed: 9, season: "summer", periodMs: hourMs, periods: 24 },
    more: { name: "forecasts", skies: 1, faults: exact, strategies: { all: "truthful" }, forecast, ...more },
  });

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("an error", () => {
  it("has mean 0 and deviation 1 at every moment, and lasts as long as it should", () => {
    // Every quarter of an hour, sixteen of them as long as it lasts.
    const all = Array.from({ length: 80_000 }, (_, at) => errorAt(5, 77, (at * hourMs) / 4, 4 * hourMs));
    expect(Math.abs(mean(all))).toBeLessThan(0.05);
    for (const phase of [0, 3, 8, 15]) {
      const some = all.filter((_, at) => at % 16 === phase);
      expect(Math.abs(mean(some.map((value) => value * value)) - 1)).toBeLessThan(0.08);
    }
    const related = (steps: number) => mean(all.slice(steps).map((value, at) => value * all[at]!));
    expect(related(1)).toBeGreaterThan(0.9);
    expect(Math.abs(related(16) - 0.39)).toBeLessThan(0.06);
    expect(Math.abs(related(32))).toBeLessThan(0.06);
  });
});

/** What was ordered as a share of what came, by slot, in one period; use above zero. */
function shares(own: ReturnType<typeof openCommunity>, place: number): Map<string, number> {
  const { orders, meant } = own.placed(place, null);
  const found = new Map<string, number>();
  for (const [at, quantity] of orders.quantity.entries()) {
    const [number, code] = [orders.participant[at]!, orders.carrier[at]!];
    const signed = orders.side[at] === 1 ? quantity : -quantity;
    found.set(
      `${own.members[number]!.id} ${carriers[code]}`,
      signed / meant[number * carriers.length + code]!,
    );
  }
  return found;
}

describe("orders from forecasts", () => {
  it("stray by the deviations of the scenario, sun and wind under one sky all alike, plants not at all", () => {
    const own = openCommunity(
      scenarioOf({ weather: 200_000, load: 100_000, hours: 3 }, { periods: 24 * 60 }),
    );
    const [sun, heat]: [number[], number[]] = [[], []];
    for (let place = 12; place < 24 * 60; place += 24) {
      const found = shares(own, place);
      for (const id of ["solar-02", "solar-03"])
        expect(found.get(`${id} electricity`)).toBeCloseTo(found.get("solar-01 electricity")!, 5);
      expect(found.get("biomass-01 gas")).toBe(1);
      expect(found.get("heatpump-01 heat")).toBe(1);
      sun.push(found.get("solar-01 electricity")! - 1);
      for (const [slot, share] of found)
        if (slot.startsWith("home") && slot.endsWith("heat")) heat.push(share - 1);
    }
    const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => value * value)));
    expect(deviation(sun)).toBeGreaterThan(0.15);
    expect(deviation(sun)).toBeLessThan(0.25);
    expect(deviation(heat)).toBeGreaterThan(0.09);
    expect(deviation(heat)).toBeLessThan(0.11);
    expect(Math.abs(mean(heat))).toBeLessThan(0.02);
  });

  it("are exact without errors, and stay within what contracts allow with the largest", async () => {
    for (const share of shares(openCommunity(scenarioOf({})), 12).values()) expect(share).toBe(1);
    const forecast = { weather: 500_000, load: 500_000, hours: 0.25 };
    const simulation = await openSimulation(openCommunity(scenarioOf(forecast, { periods: 48 })), { engine });
    for await (const _ of simulation);
    expect(await simulation.refused()).toMatchObject({ orders: 0 });
  });

  it("are followed by meters that show what came", async () => {
    const own = openCommunity(scenarioOf({ weather: 400_000, load: 300_000 }));
    const simulation = await openSimulation(own, { engine });
    for await (const _ of simulation);
    const blocks = await blocksOf(simulation.market.store);
    let [flips, exactOnes] = [0, 0];
    for (const block of blocks.slice(2))
      for (const { participant, carrier, in: taken, out, age } of decodeRecords(
        readingLayout,
        block.sections.readings,
      )) {
        const place = block.header.height - 1 - age;
        const { orders, meant } = own.placed(place, null);
        const code = carriers.indexOf(carrier);
        const wanted = meant[participant * carriers.length + code]!;
        if (own.follows[participant * carriers.length + code] !== "nature") continue;
        // Sun and wind feed in all that came; who uses draws no more than it needs, and gives nothing.
        expect(out).toBe(Math.max(-wanted, 0));
        expect(taken).toBeLessThanOrEqual(Math.max(wanted, 0));
        const at = orders.quantity.findIndex(
          (_, index) => orders.participant[index] === participant && orders.carrier[index] === code,
        );
        const isBid = at >= 0 && orders.side[at] === 1;
        if (isBid === wanted < 0 && wanted !== 0) flips += 1;
        if (taken === wanted) exactOnes += 1;
      }
    // Some that expected to sell used, or the other way round; and most of what was needed was drawn.
    expect(flips).toBeGreaterThan(0);
    expect(exactOnes).toBeGreaterThan(100);
  });

  it("cost what they are wrong by: more than exact ones, and the more the larger the error", async () => {
    const costs = [];
    for (const deviation of [0, 100_000, 300_000]) {
      const own = openCommunity(scenarioOf({ weather: deviation, load: deviation }));
      const simulation = await openSimulation(own, { engine });
      for await (const _ of simulation);
      costs.push(Number((await simulation.summary()).savings.together.imbalances));
    }
    expect(costs[0]).toBeLessThan(costs[1]! / 2);
    expect(costs[1]).toBeLessThan(costs[2]! / 2);
  });
});
