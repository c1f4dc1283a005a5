// Prices by slot of the day, against sums made by hand.
import { describe, expect, test } from "vitest";
import { type Bought, Day, meanPrice } from "../../../src/service/mqtt/prices.js";
import { type Carrier, microTick } from "../../../src/units.js";

const at = (time: string): number => Date.parse(`2026-03-01T${time}Z`);
const of = (energy: bigint, cost: bigint): Map<Carrier, Bought> =>
  new Map([["electricity", { energy, cost }]]);

describe("a mean price", () => {
  test("is rounded down, below zero as well, and is none where nothing was bought", () => {
    expect(meanPrice({ energy: 3n, cost: 10n }, microTick)).toBe("0.000003");
    expect(meanPrice({ energy: 3n, cost: -10n }, microTick)).toBe("-0.000004");
    expect(meanPrice({ energy: 3n, cost: -9n }, microTick)).toBe("-0.000003");
    expect(meanPrice({ energy: 0n, cost: 0n }, microTick)).toBeNull();
  });
});

describe("the slots of a day", () => {
  test("join periods below a quarter of an hour by energy, and begin anew with the day", () => {
    const day = new Day(300_000, microTick);
    day.add(at("10:05:00"), of(2n, 2n * 100_000n));
    day.add(at("10:10:00"), of(0n, 0n));
    day.add(at("10:15:00"), of(1n, 400_000n));
    day.add(at("10:20:00"), new Map());
    expect(day.slots("electricity").length).toBe(1);
    day.add(at("10:30:00"), new Map());
    expect(day.slots("electricity")).toEqual([
      { start: "2026-03-01T10:00:00.000Z", end: "2026-03-01T10:15:00.000Z", value: "0.2" },
      { start: "2026-03-01T10:15:00.000Z", end: "2026-03-01T10:30:00.000Z", value: null },
    ]);
    expect(day.slots("heat").map(({ value }) => value)).toEqual([null, null]);
    // The period before midnight is the old day's, though it ends in the new one.
    day.add(Date.parse("2026-03-02T00:00:00Z"), of(1n, 1n));
    expect(day.slots("electricity").length).toBe(3);
    day.add(Date.parse("2026-03-02T00:05:00Z"), of(1n, 7n));
    expect(day.slots("electricity")).toEqual([]);
    day.add(Date.parse("2026-03-02T00:15:00Z"), of(0n, 0n));
    expect(day.slots("electricity")).toEqual([
      { start: "2026-03-02T00:00:00.000Z", end: "2026-03-02T00:15:00.000Z", value: "0.000007" },
    ]);
  });

  test("are the periods themselves where those are longer", () => {
    const day = new Day(1_800_000, microTick);
    day.add(at("10:40:00"), of(1n, 5n));
    expect(day.slots("electricity")).toEqual([
      { start: "2026-03-01T10:10:00.000Z", end: "2026-03-01T10:40:00.000Z", value: "0.000005" },
    ]);
  });
});
