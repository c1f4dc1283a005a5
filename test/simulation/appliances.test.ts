// Appliances of homes whose run can wait: when they run, that they use as much whenever they do, and what it changes.
import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { openOn } from "../../src/ledger/store/medium.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import type { Control } from "../../src/simulation/scenario.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { applianceShare, runBegins } from "../../src/simulation/world/appliances.js";
import { power } from "../../src/simulation/world/devices.js";
import { createWeather } from "../../src/simulation/world/weather.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const hourMs = 3_600_000;

describe("a run of appliances", () => {
  it("begins at the cheapest time within what its people allow, or when they are used to", () => {
    const noon = (hour: number) => Math.abs(hour - 12.5);
    for (let day = 20_000; day < 20_200; day++) {
      const habit = runBegins(1, 2, day, null);
      expect(habit).toBeGreaterThanOrEqual(7);
      expect(habit).toBeLessThanOrEqual(20);
      expect(runBegins(1, 2, day, noon)).toBe(12);
      // All hours alike: there is nothing to wait for.
      expect(runBegins(1, 2, day, () => 5)).toBe(habit);
      // Night is not allowed, however cheap.
      expect(runBegins(1, 2, day, (hour) => hour)).toBeLessThan(12);
      expect(runBegins(1, 2, day, (hour) => -hour)).toBeGreaterThan(14);
    }
  });

  it("uses as much whenever it runs, also on days on which clocks are changed", () => {
    const appliances = { kind: "appliances", yearlyKwh: 500 } as const;
    for (const date of ["2026-03-29", "2026-10-25", "2026-07-15"]) {
      const at = createWeather({
        ...{ seed: 1, latitude: 51.3, longitude: 9.5, timeZone: "Europe/Berlin", kind: "mixed" },
        ...{ startMs: Date.parse(`${date}T00:00:00Z`) - 2 * hourMs, stepMs: hourMs / 12 },
      });
      const daily = [null, (hour: number) => hour, (hour: number) => -hour].map((priceOf) => {
        let wattHours = 0;
        for (let step = 0; step < 12 * 26; step++)
          wattHours += power(appliances, at(step), 7, 3, priceOf) / 12;
        return wattHours;
      });
      expect(daily[0]).toBeGreaterThan(900);
      expect(daily[1]).toBeCloseTo(daily[0]!, 6);
      expect(daily[2]).toBeCloseTo(daily[0]!, 6);
    }
  });
});

const scenarioOf = (control: Partial<Control>, more = {}) =>
  community({
    ...{ participants: 32, mix: { home: 30, solar: 2 }, season: "summer", periodMs: hourMs, periods: 24 * 5 },
    more: { name: "appliances", supply: 500_000, strategies: { all: "truthful" }, control, ...more },
  });

/** What homes use and make of electricity in each period, whatever they order. */
const meantOf = (control: Partial<Control>, places: number) => {
  const own = openCommunity(scenarioOf(control));
  return Array.from({ length: places }, (_, place) =>
    own.placed(place, null).meant.filter((_, slot) => slot % 4 === 0),
  );
};

describe("homes with appliances apart", () => {
  it("use about as much in a year as their profile says, and have room for it in their contracts", () => {
    const [whole, parted] = [{}, { appliances: "fixed" } as const].map((control) =>
      openCommunity(scenarioOf(control)),
    );
    for (const [at, member] of parted!.members.entries()) {
      const [before, after] = [whole!.members[at]!, member].map(({ devices }) =>
        devices.reduce((sum, device) => sum + ("yearlyKwh" in device ? device.yearlyKwh : 0), 0),
      );
      expect(after).toBeCloseTo(before!, 6);
      const own = member.devices.find(({ kind }) => kind === "appliances");
      if (member.kind === "home")
        expect(own).toMatchObject({ yearlyKwh: expect.closeTo(before! * applianceShare, 6) });
    }
    // Over five days, in periods of an hour: the same but for how days differ in the profile.
    const sum = (meant: Float64Array[]) =>
      meant.reduce((all, each) => all + each.reduce((a, b) => a + b, 0), 0);
    const [profile, fixed] = [sum(meantOf({}, 120)), sum(meantOf({ appliances: "fixed" }, 120))];
    expect(Math.abs(fixed / profile - 1)).toBeLessThan(0.05);
  });

  it("import less and cost the system less when they go by a forecast", async () => {
    for (const seed of [1, 2, 3]) {
      const outcome = async (appliances: Control["appliances"]) => {
        const simulation = await openSimulation(openCommunity(scenarioOf({ appliances }, { seed })), {
          engine,
        });
        let imported = 0;
        for await (const { block } of simulation)
          imported += Number(block.header.totals.electricity.imported);
        expect(await simulation.refused()).toMatchObject({ orders: 0 });
        return { imported, cost: Number((await simulation.summary()).savings.systemCost) };
      };
      const [fixed, forecast] = [await outcome("fixed"), await outcome("forecast")];
      expect(forecast.imported).toBeLessThan(fixed.imported);
      expect(forecast.cost).toBeLessThan(fixed.cost);
    }
  });

  it("go on after any period as if nothing had happened, batteries included", async () => {
    const scenario = scenarioOf({ appliances: "forecast" }, { periods: 24 * 10 });
    const whole = await openSimulation(openCommunity(scenario), { engine });
    expect(whole.community.members.some(({ battery }) => battery !== null)).toBe(true);
    for await (const _ of whole);
    const medium = memoryMedium();
    for (const cut of [1, 25, 100, 230, 240]) {
      const store = await openOn(medium, { hasher: engine });
      const simulation = await openSimulation(openCommunity(scenario), { engine, store });
      // Somebody who knows no history looks at another day; that changes nothing.
      simulation.community.orders(130);
      while (simulation.place < cut) await simulation.next();
      expect(await simulation.refused()).toMatchObject({ orders: 0 });
      if (simulation.done) expect(hex(store.head!.hash)).toBe(hex(whole.market.store.head!.hash));
      await store.close();
    }
  });
});
