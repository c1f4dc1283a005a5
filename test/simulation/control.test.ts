// Cars and stores that go by a forecast of prices: what it changes, and that an interrupted run goes on the same.
import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeItems } from "../../src/ledger/format/block.js";
import { decodeCanonical } from "../../src/ledger/format/canonical.js";
import { flowCode } from "../../src/ledger/format/records.js";
import { openOn } from "../../src/ledger/store/medium.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import { History } from "../../src/simulation/history.js";
import { readRecords } from "../../src/simulation/records.js";
import type { Control, MemberKind } from "../../src/simulation/scenario.js";
import { openSimulation } from "../../src/simulation/simulation.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

type Mix = { readonly [kind in MemberKind]?: number };
const hourMs = 3_600_000;

/** A community whose stores trade with everybody, or through a pool. */
const scenarioOf = (mix: Mix, control: Partial<Control>, more: { [field: string]: unknown } = {}) =>
  community({
    ...{ participants: Object.values(mix).reduce((sum, count) => sum + count, 0), mix },
    ...{ season: "summer", periodMs: hourMs, periods: 24 * 8 },
    more: {
      name: "control",
      strategies: { all: "truthful" },
      faults: { deviation: 0, late: 0, missing: 0, corrected: 0 },
      rules: { electricity: { mechanism: "merit", pricing: "uniform", pool: null } },
      areas: { electricity: [{ name: "town", members: Object.keys(mix) }] },
      control,
      ...more,
    },
  });

/** Runs a scenario and says what its cars and stores drew and paid, by day two and after, and what the grid brought. */
async function outcome(scenario: ReturnType<typeof scenarioOf>) {
  const own = openCommunity(scenario);
  const devices = own.contracts(-1).filter((contract) => contract.kind === "storage");
  const simulation = await openSimulation(own, { engine });
  const sums = { drawn: 0, given: 0, imported: 0, peak: 0, lacking: 0 };
  for await (const { block } of simulation) {
    const imported = Number(block.header.totals.electricity.imported);
    if (block.header.height > 24) {
      sums.imported += imported;
      sums.peak = Math.max(sums.peak, imported);
    }
    readRecords(block, {
      flow: ({ kind, quantity }) => {
        if (kind === flowCode.charged || kind === flowCode.gridCharged) sums.drawn += quantity;
        else if (kind === flowCode.discharged) sums.given += quantity;
        else if (kind === flowCode.undercharged) sums.lacking += quantity;
      },
    });
  }
  expect(devices.length).toBeGreaterThan(0);
  const { savings, energy } = await simulation.summary();
  const paid = savings.participants
    .filter(({ participant }) => participant.startsWith("car-"))
    .reduce((sum, each) => sum + Number(each.paid) / 1e6, 0);
  return { ...sums, paid, systemCost: Number(savings.systemCost), storage: energy.electricity.storage };
}

describe("cars that go by a forecast", () => {
  const mix: Mix = { home: 12, car: 24, wind: 1, solar: 2 };
  const cars = (seed: number, control: Partial<Control>, more = {}) =>
    outcome(scenarioOf(mix, control, { seed, supply: 400_000, ...more }));

  it("pay less for a unit, let the grid bring less, and leave with what they need all the same", async () => {
    const sums = { fixed: { imported: 0, peak: 0, cost: 0 }, forecast: { imported: 0, peak: 0, cost: 0 } };
    for (const seed of [1, 2, 4]) {
      const found = { fixed: await cars(seed, {}), forecast: await cars(seed, { cars: "forecast" }) };
      expect(found.forecast.paid / found.forecast.drawn).toBeLessThan(
        (0.9 * found.fixed.paid) / found.fixed.drawn,
      );
      expect(found.forecast.lacking).toBe(0);
      for (const way of ["fixed", "forecast"] as const) {
        sums[way].imported += found[way].imported;
        sums[way].peak += found[way].peak;
        sums[way].cost += found[way].systemCost;
      }
    }
    expect(sums.forecast.imported).toBeLessThan(0.9 * sums.fixed.imported);
    expect(sums.forecast.peak).toBeLessThan(sums.fixed.peak);
    expect(sums.forecast.cost).toBeLessThan(sums.fixed.cost);
  });

  it("pay less for what a pool could not sell", async () => {
    const more = { rules: {}, areas: {} };
    for (const seed of [1, 2]) {
      const [fixed, forecast] = [await cars(seed, {}, more), await cars(seed, { cars: "forecast" }, more)];
      expect(forecast.paid / forecast.drawn).toBeLessThan((0.95 * fixed.paid) / fixed.drawn);
      expect(forecast.lacking).toBe(0);
    }
  });
});

describe("stores that go by a forecast", () => {
  it("trade between dear and cheap hours where fixed prices let them stand, and lower what the system costs", async () => {
    const mix: Mix = { home: 24, business: 4, car: 12, solar: 3, wind: 1, biomass: 1, storage: 4 };
    for (const seed of [1, 2]) {
      const of = (control: Partial<Control>) =>
        outcome(scenarioOf(mix, control, { seed, date: "2026-04-15" }));
      const [fixed, forecast] = [await of({}), await of({ stores: "forecast" })];
      expect(forecast.given).toBeGreaterThan(2 * fixed.given);
      expect(forecast.systemCost).toBeLessThan(fixed.systemCost);
      // What they gave and hold they had taken, less what they lost.
      expect(forecast.given + Number(forecast.storage.after)).toBeLessThan(
        forecast.drawn + Number(forecast.storage.before),
      );
    }
  });
});

describe("a run by forecasts", () => {
  const mix: Mix = { home: 6, car: 4, solar: 2, wind: 1, storage: 2 };
  const control: Partial<Control> = { cars: "forecast", stores: "forecast" };

  it.each(["areas", "pool"])("goes on after any period as if nothing had happened, with %s", async (way) => {
    // Longer than forecasts look back.
    const more = { periods: 24 * 11, ...(way === "pool" ? { rules: {}, areas: {} } : {}) };
    const scenario = scenarioOf(mix, control, more);
    const whole = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of whole);
    const medium = memoryMedium();
    for (const cut of [0, 1, 24, 25, 47, 49, 71, 200, 240, 241, 264]) {
      const store = await openOn(medium, { hasher: engine });
      const simulation = await openSimulation(openCommunity(scenario), { engine, store });
      while (simulation.place < cut) await simulation.next();
      expect(await simulation.refused()).toEqual({ orders: 0, first: null, why: null });
      if (simulation.done) expect(hex(store.head!.hash)).toBe(hex(whole.market.store.head!.hash));
      await store.close();
    }
  });

  it("begins with a day of fixed prices, and renews contracts with the hour from then on", () => {
    const scenario = scenarioOf(mix, control, { periods: 96 * 3, periodMs: hourMs / 4 });
    const own = openCommunity(scenario);
    const nothing = new History(scenario, own.members.length);
    for (let place = 0; place < 96; place++) expect(own.contracts(place, nothing)).toEqual([]);
    for (let place = 96; place < 104; place++) {
      const renewed = own.contracts(place, nothing);
      expect(renewed.map(({ kind, version, from }) => [kind, version, from - own.genesis - 1])).toEqual(
        place % 4 === 0 ? Array(6).fill(["storage", 2 + (place - 96) / 4, place]) : [],
      );
      // Nothing is known of what energy cost: their own prices stand.
      const opening = own.contracts(-1).filter((contract) => contract.kind === "storage");
      for (const [at, contract] of renewed.entries())
        expect(contract).toMatchObject({ chargePrice: opening[at]!.chargePrice });
    }
    expect(own.contracts(96)).toEqual([]);
  });

  it("renews contracts of storage alone by the blocks: whoever reads the others needs none", async () => {
    const scenario = scenarioOf(
      { ...mix, biomass: 1 },
      { ...control, appliances: "forecast" },
      { periods: 24 * 3, rules: {}, areas: {} },
    );
    const own = openCommunity(scenario);
    const run = await openSimulation(own, { engine });
    let [storage, others] = [0, 0];
    for await (const { block } of run) {
      const kept = decodeItems(block.sections.contracts).map((item) => decodeCanonical(item, "contract"));
      // A block has what holds from its period on.
      const place = block.header.height - 1;
      const known = own.contracts(place).filter(({ kind }) => kind !== "storage");
      const found = kept.filter((contract) => (contract as { kind: string }).kind !== "storage");
      expect(found).toEqual(known.map((contract) => JSON.parse(JSON.stringify(contract))));
      storage += kept.length - found.length;
      others += found.length;
    }
    expect(storage).toBeGreaterThan(100);
    // Halfway through, the biomass plant leaves the pool.
    expect(others).toBe(1);
  });

  it.each([
    ["of a day", { periodMs: 24 * hourMs, periods: 12 }],
    ["of eight hours", { periodMs: 8 * hourMs, periods: 3 * 12 }],
    ["of plants that make nothing", { supply: 0, periods: 24 * 3 }],
  ])("runs with periods %s", async (_, more) => {
    const simulation = await openSimulation(openCommunity(scenarioOf(mix, control, more)), { engine });
    simulation.market.on("refused", ({ error }) => expect(error).toBeUndefined());
    for await (const _ of simulation);
    expect(simulation.done).toBe(true);
  });
});
