import { describe, expect, it } from "vitest";
import { clocksOf, isTimeZone } from "../src/zones.js";

const hourMs = 3_600_000;
const utc = (text: string): number => Date.parse(`${text}Z`);

describe("clocks", () => {
  it("are changed where they are, and begin their days at midnight", () => {
    const berlin = clocksOf("Europe/Berlin");
    const day = (date: string) => Date.parse(date) / (24 * hourMs);
    expect(berlin.timeOf(day("2026-01-15"), 0)).toBe(Date.parse("2026-01-15T00:00:00+01:00"));
    expect(berlin.timeOf(day("2026-07-15"), 0)).toBe(Date.parse("2026-07-15T00:00:00+02:00"));
    const [springMs, autumnMs] = [Date.parse("2026-03-29T01:00:00Z"), Date.parse("2026-10-25T01:00:00Z")];
    expect([springMs - 1, springMs].map(berlin.offsetAt)).toEqual([hourMs, 2 * hourMs]);
    expect([autumnMs - 1, autumnMs].map(berlin.offsetAt)).toEqual([2 * hourMs, hourMs]);
    // Half past two: left out in spring, shown twice in autumn.
    expect(berlin.timeOf(day("2026-03-29"), 2.5 * hourMs)).toBe(Date.parse("2026-03-29T01:30:00Z"));
    expect(berlin.timeOf(day("2026-10-25"), 2.5 * hourMs)).toBe(Date.parse("2026-10-25T00:30:00Z"));
    expect(berlin.timeOf(day("2026-10-25"), 3 * hourMs)).toBe(Date.parse("2026-10-25T02:00:00Z"));
  });

  it("are those of every kind of zone", () => {
    const now = Date.parse("2026-07-15T12:00:00Z");
    const hours = (zone: string) => clocksOf(zone).offsetAt(now) / hourMs;
    expect(["Etc/UTC", "Asia/Kathmandu", "America/Los_Angeles", "Australia/Lord_Howe"].map(hours)).toEqual([
      0, 5.75, -7, 10.5,
    ]);
    expect(() => clocksOf("Nowhere/Land")).toThrow(/timeZone/);
  });
});

describe("times at which clocks show something", () => {
  const paris = clocksOf("Europe/Paris");

  it("is one on common days, in summer and in winter", () => {
    expect(paris.timesOf(utc("2024-01-15T12:00"))).toEqual([utc("2024-01-15T11:00")]);
    expect(paris.timesOf(utc("2024-07-15T12:00"))).toEqual([utc("2024-07-15T10:00")]);
  });

  it("are two in the hour that comes twice, and none in the one that is left out", () => {
    expect(paris.timesOf(utc("2024-10-27T01:59"))).toEqual([utc("2024-10-26T23:59")]);
    expect(paris.timesOf(utc("2024-10-27T02:00"))).toEqual([
      utc("2024-10-27T00:00"),
      utc("2024-10-27T01:00"),
    ]);
    expect(paris.timesOf(utc("2024-10-27T02:59"))).toEqual([
      utc("2024-10-27T00:59"),
      utc("2024-10-27T01:59"),
    ]);
    expect(paris.timesOf(utc("2024-10-27T03:00"))).toEqual([utc("2024-10-27T02:00")]);
    expect(paris.timesOf(utc("2024-03-31T01:59"))).toEqual([utc("2024-03-31T00:59")]);
    expect(paris.timesOf(utc("2024-03-31T02:00"))).toEqual([]);
    expect(paris.timesOf(utc("2024-03-31T02:59"))).toEqual([]);
    expect(paris.timesOf(utc("2024-03-31T03:00"))).toEqual([utc("2024-03-31T01:00")]);
  });

  it("are two half hours on Lord Howe Island, whose clocks are changed by as much", () => {
    const { timesOf } = clocksOf("Australia/Lord_Howe");
    expect(timesOf(utc("2024-04-07T01:45"))).toEqual([utc("2024-04-06T14:45"), utc("2024-04-06T15:15")]);
    expect(timesOf(utc("2024-10-06T02:15"))).toEqual([]);
  });

  it("are all quarter hours of a year, each shown by the clocks at its own time", () => {
    for (const zone of ["America/Los_Angeles", "Europe/Vienna", "Africa/Casablanca", "Asia/Kolkata"]) {
      const { timesOf, offsetAt } = clocksOf(zone);
      for (let timeMs = utc("2023-01-01T00:00"); timeMs < utc("2024-01-01T00:00"); timeMs += hourMs / 4)
        if (!timesOf(timeMs + offsetAt(timeMs)).includes(timeMs)) expect.fail(`${zone} ${timeMs}`);
    }
  });

  it("knows zones by their names", () => {
    expect([isTimeZone("Europe/Zurich"), isTimeZone("Europe/Atlantis")]).toEqual([true, false]);
    expect(() => clocksOf("Europe/Atlantis")).toThrow(/timeZone/);
  });
});
