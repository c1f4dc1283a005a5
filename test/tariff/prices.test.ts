// What components come to as a price of each kWh: by hand, and random lists against another calculation.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPrices, type PriceComponent, priceAt, priceRange } from "../../src/tariff/prices.js";
import { zoneOffsets } from "../../src/tariff/zone.js";
import { parseTick } from "../../src/units.js";
import { naivePrice } from "../oracle/tariff.js";
import { listZone, randomList } from "../support/pricelists.js";
import { random } from "../support/scenario.js";

const zone = zoneOffsets("Europe/Vienna", Date.parse("2026-01-01T00:00Z"), Date.parse("2027-01-01T00:00Z"));
const tick = parseTick("0.000001");
const at = (time: string): number => Date.parse(time);
const household: readonly PriceComponent[] = [
  {
    by: "calendar",
    name: "energy",
    sort: "energy",
    on: ["fromGrid"],
    parts: [
      { name: "day", weekdays: [1, 2, 3, 4, 5], hours: ["06:00-22:00"], rate: "0.18" },
      { name: "night", rate: "0.14" },
    ],
  },
  { by: "energy", name: "grid", sort: "grid", on: ["fromGrid", "bought"], rate: "0.07", less: 500_000 },
  { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid"], percent: "20" },
];
const priceOf = (list: readonly PriceComponent[], time: string, priceTick = tick): number =>
  priceAt(list, "fromGrid", { zone, priceTick }, at(time));

describe("a price of components", () => {
  it("is what one works out by hand, by the clock on the wall, also where it was changed", () => {
    // (0.18 + 0.035) · 1.2 = 0.258 by day and (0.14 + 0.035) · 1.2 = 0.21 at night.
    expect(priceOf(household, "2026-07-01T03:59:59.999Z")).toBe(210_000);
    expect(priceOf(household, "2026-07-01T04:00Z")).toBe(258_000);
    expect(priceOf(household, "2026-01-14T04:00Z")).toBe(210_000);
    expect(priceOf(household, "2026-01-14T05:00Z")).toBe(258_000);
    // A Saturday.
    expect(priceOf(household, "2026-07-04T10:00Z")).toBe(210_000);
  });

  it("is rounded once, a half away from zero", () => {
    const rates = (...given: string[]): PriceComponent[] =>
      given.map((rate, index) => ({ by: "energy", name: `${index}`, sort: "levy", on: ["fromGrid"], rate }));
    const cent = parseTick("0.01");
    expect(priceOf(rates("0.004", "0.004", "0.004"), "2026-07-01T00:00Z", cent)).toBe(1);
    expect(priceOf(rates("0.005"), "2026-07-01T00:00Z", cent)).toBe(1);
    expect(priceOf(rates("-0.005"), "2026-07-01T00:00Z", cent)).toBe(-1);
    expect(priceOf(rates("-0.004"), "2026-07-01T00:00Z", cent)).toBe(0);
  });

  it("of a series is that of its time, and outside of it the nearest", () => {
    const series: PriceComponent = {
      by: "series",
      name: "spot",
      sort: "energy",
      on: ["fromGrid"],
      start: "2026-07-01T00:00Z",
      minutes: 15,
      rates: ["0.1", "-0.02", "0.3"],
    };
    const found = [
      "2020-01-01T00:00Z",
      "2026-07-01T00:14Z",
      "2026-07-01T00:15Z",
      "2026-07-01T00:44Z",
      "2030-01-01T00:00Z",
    ];
    expect(found.map((time) => priceOf([series], time))).toEqual([
      100_000, 100_000, -20_000, 300_000, 300_000,
    ]);
    expect(priceRange([series], "fromGrid", tick)).toEqual({ least: -20_000, most: 300_000 });
  });

  it("of what is fed in is what is paid for it less what has to be paid", () => {
    const list: PriceComponent[] = [
      { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "0.08" },
      { by: "energy", name: "fee", sort: "grid", on: ["toGrid", "sold"], rate: "0.01" },
      { by: "percent", name: "tax on what is earned", sort: "tax", of: ["feedIn"], percent: "10" },
    ];
    // Of a percentage the sign is that of what it is on, as on a bill: what is paid grows by a tenth.
    expect(priceAt(list, "toGrid", { zone: null, priceTick: tick }, 0)).toBe(78_000);
  });

  it("is the same by another calculation, at any time, and never beyond its range", () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.constantFrom("retail", "feedIn"), (seed, name) => {
        const list = randomList(random(seed), name);
        const basis = name === "retail" ? "fromGrid" : "toGrid";
        expect(checkPrices(list, basis, "list")).toEqual(list);
        for (const priceTick of ["0.000001", "0.01", "0.00025"]) {
          const { least, most } = priceRange(list, basis, parseTick(priceTick));
          for (let ms = 0; ms < 300_000; ms += 29_000) {
            const units = { zone: listZone(0), priceTick: parseTick(priceTick) };
            const price = priceAt(list, basis, units, ms);
            expect(price).toBe(naivePrice(list, { name, zone: "Europe/Vienna", priceTick }, ms));
            expect(price).toBeGreaterThanOrEqual(least);
            expect(price).toBeLessThanOrEqual(most);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    [
      { by: "month", name: "a", sort: "grid", rate: "2" },
      "list[0].by: wanted energy, calendar, series or percent",
    ],
    [{ by: "steps", name: "a", sort: "grid", on: ["fromGrid"], steps: [{ rate: "1" }] }, "list[0].by"],
    [
      { by: "energy", name: "a", sort: "grid", on: ["received"], rate: "2" },
      "list[0].on: wanted fromGrid among",
    ],
    [{ by: "energy", name: "a", sort: "feedIn", on: ["fromGrid"], rate: "2" }, "list[0].sort"],
    [{ by: "percent", name: "a", sort: "tax", of: ["community"], percent: "2" }, "list[0].of"],
    [{ by: "energy", name: "a", sort: "grid", on: ["fromGrid"], rate: 2 }, "list[0].rate"],
  ])("is refused of what is not on each kWh: %j", (component, message) => {
    expect(() => checkPrices([component], "fromGrid", "list")).toThrow(message);
  });
});
