import { describe, expect, it } from "vitest";
import { countTicks } from "../../../src/web/charts/bars.js";
import { scalesOf } from "../../../src/web/charts/curves.js";
import { wordColumns } from "../../../src/web/charts/figure.js";
import { shortNames } from "../../../src/web/charts/names.js";
import {
  duration,
  localTime,
  money,
  moneyChange,
  moneyRound,
  price,
  useCurrency,
} from "../../../src/web/format.js";
import { spreadOf, verdictOf } from "../../../src/web/views/comparewords.js";
import type { Comparison } from "../../../src/web/worker/compare.js";
import type { PeriodResult } from "../../../src/web/worker/period.js";

describe("the histogram", () => {
  it("names every count of its axis once, zero too", () => {
    for (let most = 1; most <= 40; most++) {
      const ticks = countTicks(most);
      expect(new Set(ticks).size).toBe(ticks.length);
      expect([ticks[0], ticks.at(-1)]).toEqual([0, most]);
    }
  });

  it("says of the spread what is true of its counts", () => {
    const edges = Array.from({ length: 21 }, (_, index) => (index - 10) * 1e11);
    const counts = new Array<number>(20).fill(0);
    expect(spreadOf({ orders: 9, counts, edges })).toBe("None of 9 orders gains or loses.");
    const ends = counts.map((_, index) => (index === 0 || index === 19 ? 4 : 0));
    expect(spreadOf({ orders: 9, counts: ends, edges })).toBe(
      "8 of 9 orders gain or lose, at most €1.00; 0% of them less than half of that.",
    );
    const middle = counts.map((_, index) => (index === 9 || index === 10 ? 3 : index === 0 ? 2 : 0));
    expect(spreadOf({ orders: 9, counts: middle, edges })).toContain("75% of them less than half of that");
  });
});

describe("the verdict of the comparison", () => {
  it("compares what both create from the same orders", () => {
    const sides = [
      { sellersGain: 8e11, buyersGain: 2e11 },
      { sellersGain: 5e11, buyersGain: 6e11 },
    ] as unknown as Comparison["sides"];
    expect(verdictOf({ orders: 14, sides, groups: [] } as unknown as Comparison)).toBe(
      "B creates 10% more value from the same 14 orders.",
    );
  });
});

describe("the curves", () => {
  const curve = (price: number) => ({
    until: Float64Array.of(1000),
    price: Float64Array.of(price),
    filled: Float64Array.of(1),
    order: Int32Array.of(0),
  });
  it("are as high as their orders, whatever the pool's price", () => {
    const gas = { supply: curve(70_000), demand: curve(90_000), poolPrice: 430_000, clearingPrice: null };
    const { high } = scalesOf(gas as unknown as PeriodResult, 600, 300);
    expect(high).toBeGreaterThan(90_000);
    expect(high).toBeLessThan(100_000);
  });
});

describe("names in small blocks", () => {
  it("tell everyone apart", () => {
    const names = [
      "Home 7",
      "Battery of Home 7",
      "Business 7",
      "Heat pump 7",
      "Home 17",
      "Biomass 2",
      "Boiler 2",
    ];
    const short = shortNames(names);
    expect(new Set(short).size).toBe(names.length);
    expect(short[0]).toMatch(/^H[a-z]*7$/);
    for (const [index, name] of names.entries())
      expect(short[index]!.length).toBeLessThanOrEqual(name.length);
    expect(shortNames(["Home 3", "Home 3"])).toEqual(["H3", "H3"]);
    expect(shortNames([])).toEqual([]);
  });
});

describe("tables", () => {
  it("stand figures right and words left", () => {
    const rows = [
      ["Home 3", "1,000", "0.31 kWh", "none", "−€0.28", "03:00", "12345678abcdef00…", "12 µs", "87.2%"],
      ["Home 4", "2", "none", "31.2 ct", "+28.22 ct", "04:00", "9999999999999999…", "1.2 ms", "0%"],
    ];
    const columns = rows[0]!.map((_, index) => String(index));
    expect(wordColumns({ caption: "", columns, rows })).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("numbers and times", () => {
  it("carry a real minus sign, and money that stands alone two places", () => {
    expect(moneyChange(-282_200_000_000)).toBe("−28.22 ct");
    expect(moneyChange(282_200_000_000)).toBe("+28.22 ct");
    expect(money(-1_500_000_000_000)).toBe("−€1.50");
    expect(moneyRound(282_200_000_000)).toBe("€0.28");
    expect(moneyRound(3_100_000_000)).toBe("0.31 ct");
    expect(moneyRound(0)).toBe("€0.00");
    expect(price(486_000)).toBe("48.6 ct");
  });
  it("are of the currency that was chosen", () => {
    useCurrency("CHF");
    expect([price(486_000), money(-1_500_000_000_000)]).toEqual(["48.6 Rp.", "−CHF\u00a01.50"]);
    useCurrency("GBP");
    expect([price(486_000), money(2_000_000_000_000)]).toEqual(["48.6 p", "£2.00"]);
    useCurrency("EUR");
  });
  it("are written down to microseconds", () => {
    expect([0.0123, 0.42, 12.3, 1800].map(duration)).toEqual(["12 µs", "0.4 ms", "12 ms", "1.8 s"]);
  });
  it("are the community's own, with the difference to UTC", () => {
    const sealed = Date.UTC(2026, 6, 15, 17, 15);
    expect(localTime(sealed, 60)).toBe("15 July 2026, 18:15 (UTC+1)");
    expect(localTime(sealed, -210)).toBe("15 July 2026, 13:45 (UTC−3.5)");
    expect(localTime(sealed, 0)).toBe("15 July 2026, 17:15 (UTC)");
  });
});
