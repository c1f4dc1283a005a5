// Rates that follow on a series, against the rate that holds at each quarter of an hour by the words of the page.
import { describe, expect, it } from "vitest";
import type { ComponentOf } from "../../src/tariff/components.js";
import { type DatedRate, followed } from "../../src/tariff/follow.js";
import { Random } from "../core/markets.js";

const quarterMs = 900_000;
const begin = Date.UTC(2026, 6, 1);
const at = (quarter: number): string =>
  new Date(begin + quarter * quarterMs).toISOString().replace(".000Z", "Z");

const seriesOf = (quarter: number, rates: readonly string[], minutes = 15): ComponentOf<"series"> => ({
  ...{ by: "series", name: "spot", sort: "energy", on: ["fromGrid"], start: at(quarter), minutes },
  rates: [...rates],
});
const pricesOf = (quarter: number, rates: readonly string[]): DatedRate[] =>
  rates.map((rate, index) => ({ start: at(quarter + index), rate }));
const given = (prices: readonly DatedRate[], now: number, mayReplace = false) => ({
  ...{ prices, mayReplace },
  nowMs: begin + now * quarterMs + 1,
});
const names = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `0.${letter}${`${index}`.padStart(3, "0")}`);

/** The rate of a quarter as a price has it: before the series its first, after it its last. */
function rateIn({ start, rates }: ComponentOf<"series">, quarter: number): string {
  let found = rates[0]!;
  for (const [index, rate] of rates.entries())
    if (Date.parse(start) + index * quarterMs <= begin + quarter * quarterMs) found = rate;
  return found;
}

describe("rates that follow on a series", () => {
  it("hold at their time, and all others as before, whatever is over", () => {
    const seen = { taken: 0, refused: 0 };
    for (let seed = 1; seed <= 4_000; seed += 1) {
      const random = new Random(seed);
      const [from, count] = [random.between(0, 12), random.between(1, 12)];
      const series = seriesOf(from, names("1", count));
      const [first, more, now] = [random.between(0, 30), random.between(1, 12), random.between(0, 30)];
      const prices = pricesOf(first, names("2", more));
      const end = from + count;
      const isOver = first + more <= now;
      // A quarter that is still to come and of which nobody said a rate, before the new ones or before the old.
      const gap = first > Math.max(end, now) || (first < from && now < from);
      if (isOver || gap) {
        seen.refused += 1;
        expect(() => followed(series, given(prices, now, true)), `seed ${seed}`).toThrow();
        continue;
      }
      seen.taken += 1;
      const { series: own, added, changed } = followed(series, given(prices, now, true));
      const isNew = (quarter: number): boolean => quarter >= first && quarter < first + more;
      let [wantedAdded, wantedChanged] = [0, 0];
      for (let quarter = now; quarter < 50; quarter += 1) {
        const last = Math.max(end, first + more) - 1;
        // Before a series begins its first rate holds, after its end its last.
        const place = Math.min(now < from ? Math.max(quarter, from) : quarter, last);
        const wanted = isNew(place) ? prices[place - first]!.rate : rateIn(series, place);
        expect(rateIn(own, quarter), `seed ${seed}, quarter ${quarter}`).toBe(wanted);
        if (isNew(quarter) && quarter >= end) wantedAdded += 1;
        if (isNew(quarter) && quarter < end) wantedChanged += 1;
      }
      expect([added, changed], `seed ${seed}`).toEqual([wantedAdded, wantedChanged]);
      // Nothing that is over stays.
      expect(Date.parse(own.start) + quarterMs).toBeGreaterThan(begin + now * quarterMs);
      expect(Date.parse(own.start) + own.rates.length * quarterMs).toBe(
        begin + Math.max(end, first + more) * quarterMs,
      );
    }
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(500);
  });

  it("may say again what stands, and change it where that is asked for", () => {
    const series = seriesOf(0, ["0.1", "0.2", "0.3"]);
    const again = given(pricesOf(1, ["0.20", "0.300"]), 1);
    expect(followed(series, again)).toEqual({ series, added: 0, changed: 0 });
    const longer = followed(series, given(pricesOf(1, ["0.2", "0.3", "0.4"]), 1));
    expect(longer).toMatchObject({
      added: 1,
      changed: 0,
      series: { start: at(1), rates: ["0.2", "0.3", "0.4"] },
    });
    const other = pricesOf(1, ["0.2", "0.31"]);
    expect(() => followed(series, given(other, 1))).toThrow("prices[1].rate: wanted 0.3");
    expect(followed(series, given(other, 1, true))).toMatchObject({
      changed: 1,
      series: { rates: ["0.2", "0.31"] },
    });
    // What is over changes no more, and what is said of it counts for nothing.
    expect(followed(series, given(pricesOf(0, ["9", "0.2"]), 1))).toMatchObject({ added: 0, changed: 0 });
  });

  it("names what does not follow on", () => {
    const series = seriesOf(0, ["0.1", "0.2"]);
    const wrong: [DatedRate[], number, string][] = [
      [[], 0, "prices: wanted a rate"],
      [pricesOf(3, ["0.3"]), 0, `prices[0].start: wanted ${at(2)} at the latest`],
      [pricesOf(9, ["0.3"]), 6, `prices[0].start: wanted ${at(6)} at the latest`],
      [pricesOf(2, ["0.3"]), 4, "prices: wanted rates of a time that is not over"],
      [[...pricesOf(2, ["0.3"]), ...pricesOf(4, ["0.3"])], 0, `prices[1].start: wanted ${at(3)}`],
      [[{ start: "2026-07-01T00:31Z", rate: "0.3" }], 0, "prices[0].start: wanted a multiple of 15 minutes"],
      [[{ start: "tomorrow", rate: "0.3" }], 0, "prices[0].start: wanted an instant"],
      [[{ start: at(2), rate: "0,3" }], 0, "prices[0].rate: wanted a decimal"],
    ];
    for (const [prices, now, said] of wrong) expect(() => followed(series, given(prices, now))).toThrow(said);
    const later = seriesOf(8, ["0.1"]);
    expect(() => followed(later, given(pricesOf(7, ["0.3", "0.1"]), 0))).toThrow(`${at(8)} or later`);
  });
});
