/**
 * Local time, exactly and without a clock: a zone is the list of its offsets for a stretch of time, so that whoever
 * computes a bill again years later, on another machine, has the same hours. {@link zoneOffsets} writes the list by the
 * time zone database of its machine; nothing else here asks for that.
 */
import { integer, needArray, needObject } from "../check.js";
import { fail } from "../errors.js";
import { clocksOf } from "../zones.js";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
/** As far from 1970 as `Date` goes. */
const earliestMs = 8.64e15;

/** From an instant on (Unix time, milliseconds), local time is ahead of UTC by so many minutes. */
export type ZoneOffset = readonly [fromMs: number, minutes: number];

/** A zone over the stretch from its first offset up to, not including, `untilMs`. */
export interface Zone {
  /** IANA name, such as `Europe/Vienna`. */
  readonly name: string;
  /** In order of time, at least one. */
  readonly offsets: readonly ZoneOffset[];
  readonly untilMs: number;
}

/** An instant by the clock on the wall. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
  /** Minutes since midnight by the clock, 0 to 1439. */
  readonly minute: number;
}

/** Local time of an instant. Throws `invalid` for one that the zone does not cover. */
export function localTime(zone: Zone, ms: number): LocalTime {
  const { name, offsets, untilMs } = checkZone(zone);
  let minutes: number | null = null;
  for (const [fromMs, ahead] of offsets) {
    if (fromMs > ms) break;
    minutes = ahead;
  }
  if (minutes === null || typeof ms !== "number" || !(ms < untilMs))
    return fail("invalid", `time in ${name}`, `${textOf(offsets[0]![0])} … ${textOf(untilMs)}`, textOf(ms));
  return onTheWall(ms + minutes * minuteMs);
}

/** Local time of an instant, by the nearest offset of the zone where it does not cover the instant. */
export function wallTime({ offsets }: Zone, ms: number): LocalTime {
  let minutes = offsets[0]![1];
  for (const [fromMs, ahead] of offsets) if (fromMs <= ms) minutes = ahead;
  return onTheWall(ms + minutes * minuteMs);
}

function onTheWall(shifted: number): LocalTime {
  const date = new Date(shifted);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay() === 0 ? 7 : date.getUTCDay(),
    minute: date.getUTCHours() * 60 + date.getUTCMinutes(),
  };
}

/** What has the form of a zone; that its offsets follow each other is checked where one comes from outside. */
function checkZone(zone: Zone): Zone {
  if (needArray(needObject(zone, "zone").offsets, "zone.offsets").length === 0)
    fail("invalid", "zone.offsets", "at least one", "none");
  return zone;
}

/** An instant as people write it, in UTC. */
const textOf = (ms: number): string =>
  Number.isFinite(ms) && Math.abs(ms) <= earliestMs ? new Date(ms).toISOString() : String(ms);

/** A month by the clock on the wall, half-open, Unix time in milliseconds. */
export interface Month {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The month `YYYY-MM` of a zone: from the first instant of its first day up to the first instant of the next month's.
 * Throws `invalid` for what is no month, and for one that the zone does not cover whole.
 */
export function monthOf(zone: Zone, month: string): Month {
  const { name, offsets, untilMs } = checkZone(zone);
  const found = monthAround(zone, month);
  const [firstMs] = offsets[0]!;
  if (found.fromMs < firstMs || found.toMs > untilMs)
    fail("invalid", `month in ${name}`, `a month within ${textOf(firstMs)} … ${textOf(untilMs)}`, month);
  return found;
}

/** {@link monthOf}, by the nearest offset of the zone where it does not cover the month. */
export function monthAround({ offsets }: Zone, month: string): Month {
  const match = typeof month === "string" ? /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) : null;
  if (match === null) return fail("invalid", "month", "a year and a month, such as 2026-07", month);
  const [year, number] = [Number(match[1]), Number(match[2])];
  return { fromMs: firstAt(offsets, year, number - 1), toMs: firstAt(offsets, year, number) };
}

/** The first instant at which the clock on the wall shows the first of a month, or later; `month` from 0. */
function firstAt(offsets: Zone["offsets"], year: number, month: number): number {
  const wanted = Date.UTC(year, month, 1);
  const place = offsets.findIndex(([, minutes], index) => {
    const endMs = offsets[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    return wanted - minutes * minuteMs < endMs;
  });
  const [fromMs, minutes] = offsets[place]!;
  const shownMs = wanted - minutes * minuteMs;
  // Clocks that are put forward over the first of the month show it, or later, from that instant on.
  return place === 0 ? shownMs : Math.max(shownMs, fromMs);
}

/** Most offsets of a zone: a clock that changes four times a year, for a century and a half. */
export const maxOffsets = 600;

/** Longest stretch that {@link zoneOffsets} writes down: a hundred years. */
const longestMs = 36_525 * dayMs;

/**
 * The zone of an IANA name over a stretch of time, by this machine's time zone database. Throws `invalid` for a name
 * that it does not know, a stretch of more than a hundred years, or offsets that are not whole minutes.
 */
export function zoneOffsets(name: string, fromMs: number, untilMs: number): Zone {
  if (typeof name !== "string") fail("invalid", "zone", "a zone such as Europe/Vienna", name);
  integer(-earliestMs, earliestMs)(fromMs, "fromMs");
  integer(fromMs + 1, fromMs + longestMs)(untilMs, "untilMs");
  const clocks = clocksOf(name);
  const aheadAt = (ms: number): number => {
    const minutes = clocks.offsetAt(ms) / minuteMs;
    return Number.isInteger(minutes) ? minutes : fail("invalid", "zone", "offsets in whole minutes", name);
  };
  const offsets: ZoneOffset[] = [[fromMs, aheadAt(fromMs)]];
  for (let at = fromMs; at < untilMs; at += dayMs / 2) {
    // Within half a day clocks are changed once at most.
    let [low, high] = [at, Math.min(at + dayMs / 2, untilMs - 1)];
    const before = offsets.at(-1)![1];
    if (aheadAt(high) === before) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (aheadAt(middle) === before) low = middle;
      else high = middle;
    }
    offsets.push([high, aheadAt(high)]);
  }
  return { name, offsets, untilMs };
}
