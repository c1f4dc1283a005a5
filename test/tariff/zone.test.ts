// Clocks of places, held against tables of instants written by hand and against counting hours of whole years.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partAt } from "../../src/tariff/calendar.js";
import type { Part } from "../../src/tariff/components.js";
import { localTime, monthOf, zoneOffsets } from "../../src/tariff/zone.js";

const hourMs = 3_600_000;
const at = (text: string): number => Date.parse(text);
const [from, until] = [at("2025-01-01T00:00Z"), at("2029-01-01T00:00Z")];
const vienna = zoneOffsets("Europe/Vienna", from, until);

describe("offsets of a zone", () => {
  it("change where the clocks are changed", () => {
    expect(zoneOffsets("Europe/Vienna", at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z")).offsets).toEqual([
      [at("2026-01-01T00:00Z"), 60],
      [at("2026-03-29T01:00Z"), 120],
      [at("2026-10-25T01:00Z"), 60],
    ]);
    expect(zoneOffsets("America/St_Johns", at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z")).offsets).toEqual(
      [
        [at("2026-01-01T00:00Z"), -210],
        [at("2026-03-08T05:30Z"), -150],
        [at("2026-11-01T04:30Z"), -210],
      ],
    );
    expect(zoneOffsets("Asia/Kolkata", from, until).offsets).toEqual([[from, 330]]);
    expect(zoneOffsets("UTC", from, until).offsets).toEqual([[from, 0]]);
  });

  it("are refused for what is no zone or no stretch", () => {
    expect(() => zoneOffsets("Europe/Nowhere", from, until)).toThrow(/timeZone: wanted a zone/);
    expect(() => zoneOffsets("UTC", from, from)).toThrow(/untilMs/);
    expect(() => zoneOffsets("UTC", Number.NaN, until)).toThrow(/fromMs/);
  });
});

describe("local time", () => {
  it.each([
    ["2026-03-29T00:59Z", { month: 3, day: 29, weekday: 7, minute: 119 }],
    ["2026-03-29T01:00Z", { month: 3, day: 29, weekday: 7, minute: 180 }],
    // The hour that comes twice.
    ["2026-10-25T00:30Z", { month: 10, day: 25, weekday: 7, minute: 150 }],
    ["2026-10-25T01:30Z", { month: 10, day: 25, weekday: 7, minute: 150 }],
    ["2026-06-30T22:00Z", { month: 7, day: 1, weekday: 3, minute: 0 }],
    ["2025-12-31T23:00Z", { month: 1, day: 1, weekday: 4, minute: 0 }],
    ["2028-02-29T12:00Z", { month: 2, day: 29, weekday: 2, minute: 780 }],
  ])("of %s is on the clock in Vienna", (instant, wanted) => {
    expect(localTime(vienna, at(instant))).toMatchObject(wanted);
  });

  it("is refused outside the time that the zone covers", () => {
    for (const ms of [from - 1, until, Number.NaN])
      expect(() => localTime(vienna, ms)).toThrow(/time in Europe\/Vienna/);
    expect(localTime(vienna, until - 1)).toMatchObject({ year: 2029, month: 1, minute: 59 });
  });
});

describe("months", () => {
  it.each([
    // January, the month of 743 hours, that of 745, and a leap February.
    ["2026-01", "2025-12-31T23:00Z", 744],
    ["2026-03", "2026-02-28T23:00Z", 743],
    ["2026-10", "2026-09-30T22:00Z", 745],
    ["2028-02", "2028-01-31T23:00Z", 696],
  ])("%s in Vienna begins at %s and has %i hours", (month, begins, hours) => {
    const { fromMs, toMs } = monthOf(vienna, month);
    expect(fromMs).toBe(at(begins));
    expect((toMs - fromMs) / hourMs).toBe(hours);
  });

  it("begin where clocks are set forward over midnight", () => {
    const beirut = zoneOffsets("Asia/Beirut", at("2019-01-01T00:00Z"), at("2020-01-01T00:00Z"));
    // Midnight of 31 March 2019 is left out there; the month after begins as every month does.
    expect(localTime(beirut, at("2019-03-30T22:00Z"))).toMatchObject({ day: 31, minute: 60 });
    expect(monthOf(beirut, "2019-04").fromMs).toBe(at("2019-03-31T21:00Z"));
  });

  it("are refused where the zone does not cover them", () => {
    expect(() => monthOf(vienna, "2025-01")).toThrow(/month in Europe\/Vienna/);
    expect(() => monthOf(vienna, "2029-01")).toThrow(/month in Europe\/Vienna/);
    expect(() => monthOf(vienna, "2026-13")).toThrow(/month: wanted a year and a month/);
    expect(() => monthOf(vienna, 7 as never)).toThrow(/month/);
  });
});

describe("a calendar", () => {
  const hours = fc
    .tuple(fc.integer({ min: 0, max: 47 }), fc.integer({ min: 0, max: 47 }))
    .filter(([a, b]) => a !== b)
    .map((ends) =>
      ends.map((half) => `${String(half >> 1).padStart(2, "0")}:${half % 2 === 0 ? "00" : "30"}`).join("-"),
    );
  const some = <T>(each: fc.Arbitrary<T>) =>
    fc.option(fc.uniqueArray(each, { minLength: 1, maxLength: 4 }), { nil: undefined });
  const part = fc.record({
    months: some(fc.integer({ min: 1, max: 12 })),
    weekdays: some(fc.integer({ min: 1, max: 7 })),
    hours: some(hours),
  });

  it("has every half hour of a year in one part, and 8,760 hours in all", () => {
    const year = monthOf(vienna, "2026-01").fromMs;
    const end = monthOf(vienna, "2027-01").fromMs;
    expect((end - year) / hourMs).toBe(8760);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (some) => {
        const parts: Part[] = [...some, {}].map((each, index) => ({ ...each, name: `${index}`, rate: "0" }));
        const sums = parts.map(() => 0);
        for (let ms = year; ms < end; ms += hourMs / 2) sums[partAt(parts, localTime(vienna, ms))]! += 0.5;
        expect(sums.reduce((sum, each) => sum + each, 0)).toBe(8760);
      }),
      { numRuns: 20 },
    );
  });

  it("knows hours over midnight, by the day on the clock, and days of 23 and 25 hours", () => {
    const parts: Part[] = [
      { name: "Sunday night", weekdays: [7], hours: ["22:00-06:00"], rate: "0" },
      { name: "else", rate: "0" },
    ];
    const nightHours = (day: string, hoursOfDay: number): number => {
      const midnight = at(day);
      let count = 0;
      for (let hour = 0; hour < hoursOfDay; hour += 1)
        if (partAt(parts, localTime(vienna, midnight + hour * hourMs)) === 0) count += 1;
      return count;
    };
    // 0 to 6 and 22 to 24: eight hours, seven where one is left out, nine where one comes twice.
    expect(nightHours("2026-03-21T23:00Z", 24)).toBe(8);
    expect(nightHours("2026-03-28T23:00Z", 23)).toBe(7);
    expect(nightHours("2026-10-24T22:00Z", 25)).toBe(9);
    expect(nightHours("2026-03-22T23:00Z", 24)).toBe(0);
  });
});
