import { describe, expect, it } from "vitest";
import type { StorageContract } from "../../../src/market/contracts/contracts.js";
import { openCommunity } from "../../../src/simulation/community.js";
import { checkScenario } from "../../../src/simulation/scenariofile.js";
import { carStays } from "../../../src/simulation/world/vehicles.js";

const placeOf = (day: number, hour: number) => Math.floor(24 * day + hour);
const car = { seed: 7, member: 3, capacity: 60_000, weekday: 1, placeOf };

describe("a car", () => {
  it("has the same stays whichever days are asked for", () => {
    const all = carStays(car, 0, 400);
    expect(all.length).toBeGreaterThan(300);
    for (const [first, last] of [
      [0, 1],
      [5, 9],
      [6, 7],
      [100, 250],
      [393, 400],
    ] as const)
      expect(carStays(car, first, last)).toEqual(
        all.filter(({ plugOut }) => plugOut >= first * 24 && plugOut < last * 24),
      );
  });

  it("stays in order of time, never twice at once, and uses no more than half its battery on the road", () => {
    const stays = carStays(car, 0, 2_000);
    for (const [place, stay] of stays.entries()) {
      expect(stay.plugOut).toBeGreaterThan(stay.plugIn);
      expect(stay.plugIn).toBeGreaterThanOrEqual(stays[place - 1]?.plugOut ?? 0);
      expect(stay.used).toBeLessThanOrEqual(30_000);
      expect(stay.required).toBeLessThan(60_000);
    }
  });

  it("goes by local clocks, also when they were changed", () => {
    const daysOf = (date: string) => {
      const scenario = checkScenario({
        ...{ name: "clocks", participants: { car: 20 }, date, timeZone: "Europe/Berlin" },
        ...{ periods: 24 * 12, periodMs: 3_600_000, seed: 3 },
      });
      const own = openCommunity(scenario);
      const hour = new Intl.DateTimeFormat("en-GB", {
        timeZone: "Europe/Berlin",
        hour: "numeric",
        hourCycle: "h23",
      });
      return own
        .contracts(-1)
        .flatMap((contract) => (contract.kind === "storage" ? (contract.stays ?? []) : []))
        .map(({ plugOut }) => Number(hour.format(own.timeOf(plugOut - own.genesis - 1))));
    };
    // Nobody leaves before five; by clocks that stand still some would, an hour early, after October's change.
    for (const date of ["2026-10-20", "2026-03-24"]) {
      const hours = daysOf(date);
      expect(hours.length).toBeGreaterThan(150);
      expect(Math.min(...hours)).toBe(5);
    }
  });

  it("comes home in the third year as in the first: its contract is renewed before it runs out", () => {
    const days = 800;
    const community = openCommunity(
      checkScenario({ name: "cars", participants: { car: 3 }, periods: 24 * days, periodMs: 3_600_000 }),
    );
    const start = community.genesis + 1;
    const contracts = Array.from({ length: 24 * days + 1 }, (_, place) => community.contracts(place - 1))
      .flat()
      .filter((contract): contract is StorageContract => contract.kind === "storage");
    expect(contracts.map(({ device, version }) => `${device} ${version}`)).toEqual(
      [1, 2, 3].flatMap((version) => ["01", "02", "03"].map((car) => `car-${car}-battery ${version}`)),
    );
    for (const device of ["car-01-battery", "car-02-battery", "car-03-battery"]) {
      const own = contracts.filter((contract) => contract.device === device);
      /** Days on which the contract in force in that period has the car leave. */
      const left = new Set<number>();
      for (const [place, { from, stays }] of own.entries()) {
        const until = own[place + 1]?.from ?? start + 24 * days;
        for (const { plugOut } of stays!)
          if (plugOut > from && plugOut <= until) left.add(Math.floor((plugOut - start) / 24));
        expect(stays!.length).toBeLessThanOrEqual(512);
      }
      for (let day = 0; day + 3 < days; day++)
        expect([day, [0, 1, 2, 3].some((ahead) => left.has(day + ahead))]).toEqual([day, true]);
    }
  });
});
