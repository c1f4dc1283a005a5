/**
 * Rates that follow on a series: what an exchange says today of tomorrow is put behind what is known, and what is over
 * is left out, so that a contract that is amended every day does not grow.
 */
import { fail } from "../errors.js";
import { checkOf } from "../shape.js";
import { parseTicks } from "../units.js";
import { type ComponentOf, rateTick } from "./components.js";
import { instant, rate } from "./shapes.js";

const minuteMs = 60_000;

/** A rate, and the instant of UTC at which it begins to hold. */
export interface DatedRate {
  readonly start: string;
  readonly rate: string;
}

/** Rates that are to follow on. */
export interface Following {
  readonly prices: readonly DatedRate[];
  /** What ended before is over: Unix time, milliseconds. */
  readonly nowMs: number;
  /** Whether they may take the place of other rates of the same time. */
  readonly mayReplace: boolean;
}

/** A series with the rates that follow on, and how many are new and how many others than before. */
export interface Followed {
  readonly series: ComponentOf<"series">;
  readonly added: number;
  readonly changed: number;
}

const checkInstant = checkOf(instant);
const checkRate = checkOf(rate);

/** An instant as contracts have it. */
export const instantText = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");

/** The instant up to which a series has rates. */
export const seriesEnd = ({ start, minutes, rates }: ComponentOf<"series">): number =>
  Date.parse(start) + rates.length * minutes * minuteMs;

/**
 * A series with rates that follow on. They begin where it ends at the latest, or, where it has ended, with the rate
 * that holds now. Throws `invalid`, `conflict` or `refused` naming the rate for a gap, for another rate than stands
 * where none may be replaced, and for rates that are over.
 */
export function followed(series: ComponentOf<"series">, following: Following): Followed {
  const { prices, nowMs } = following;
  const startMs = Date.parse(series.start);
  const eachMs = series.minutes * minuteMs;
  const at = (place: number): string => instantText(startMs + place * eachMs);
  const first = firstPlace(series, prices);
  const [end, last] = [series.rates.length, first + prices.length];
  const now = Math.floor((nowMs - startMs) / eachMs);
  const latest = Math.max(end, now);
  if (first > latest)
    fail("conflict", "prices[0].start", `${at(latest)} at the latest, to follow on`, prices[0]!.start);
  if (last <= now) fail("refused", "prices", "rates of a time that is not over", `rates up to ${at(last)}`);
  const begin = Math.max(0, now);
  if (first < 0 && now < 0)
    fail(
      "conflict",
      "prices[0].start",
      `${series.start} or later, where the series begins`,
      prices[0]!.start,
    );
  let [added, changed] = [0, 0];
  const rates: string[] = [];
  for (let place = begin; place < Math.max(end, last); place += 1) {
    const old = series.rates[place];
    const own = prices[place - first]?.rate;
    if (own !== undefined && old === undefined) added += 1;
    if (own !== undefined && old !== undefined && !isSame(own, old)) {
      if (!following.mayReplace)
        fail("conflict", `prices[${place - first}].rate`, `${old}, which stands (or ask to replace it)`, own);
      changed += 1;
    }
    rates.push(own ?? old!);
  }
  if (added + changed === 0) return { series, added, changed };
  return { series: { ...series, start: at(begin), rates }, added, changed };
}

const isSame = (a: string, b: string): boolean => parseTicks(a, rateTick) === parseTicks(b, rateTick);

/** The place in a series of the first of some rates, each of which begins where the one before ends. */
function firstPlace({ start, minutes }: ComponentOf<"series">, prices: readonly DatedRate[]): number {
  if (prices.length === 0) fail("invalid", "prices", "a rate at least", "none");
  const eachMs = minutes * minuteMs;
  const firstMs = Date.parse(checkInstant(prices[0]!.start, "prices[0].start"));
  for (const [index, price] of prices.entries()) {
    checkRate(price.rate, `prices[${index}].rate`);
    const beginsMs = Date.parse(checkInstant(price.start, `prices[${index}].start`));
    const wantedMs = firstMs + index * eachMs;
    if (beginsMs !== wantedMs)
      fail(
        "invalid",
        `prices[${index}].start`,
        `${instantText(wantedMs)}, ${minutes} minutes each`,
        price.start,
      );
  }
  const place = (firstMs - Date.parse(start)) / eachMs;
  return Number.isInteger(place)
    ? place
    : fail("invalid", "prices[0].start", `a multiple of ${minutes} minutes from ${start}`, prices[0]!.start);
}
