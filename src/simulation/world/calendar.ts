/** Days by number: their date, what day of the week they are, and what clocks of a place show. */
import { fail } from "../../errors.js";
import type { DayKind } from "./shapes.js";

const dayMs = 86_400_000;

/** Month, day and day of the year of a day counted from 1 January 1970. */
export function civil(dayNumber: number): { month: number; day: number; dayOfYear: number } {
  const date = new Date(dayNumber * dayMs);
  const newYear = Date.UTC(date.getUTCFullYear(), 0, 1);
  return {
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    dayOfYear: Math.round((dayNumber * dayMs - newYear) / dayMs) + 1,
  };
}

export function kindOfDay(dayNumber: number): DayKind {
  const weekday = (((dayNumber + 4) % 7) + 7) % 7; // 1 January 1970 was a Thursday
  return weekday === 0 ? "sunday" : weekday === 6 ? "saturday" : "workday";
}

/** Whether a name is one of the IANA time zone database that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name) !== null;
  } catch {
    return false;
  }
}

const formatOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });

/** What clocks show ahead of UTC through a day of UTC: before and from `changeMs` on. */
interface DayOffset {
  readonly before: number;
  readonly changeMs: number;
  readonly after: number;
}

/** The clocks of a time zone. */
export interface Clocks {
  /** What they show ahead of UTC at a moment, in ms. */
  offsetAt(timestampMs: number): number;
  /**
   * Unix time at which they show so many ms after midnight of a day, counted from 1 January 1970; where they show it
   * twice, the first time, and where they leave it out, as if they had not yet been changed.
   */
  timeOf(dayNumber: number, msOfDay: number): number;
}

/** Clocks that were opened, by zone: to ask for an offset takes long, so each remembers its days. */
const opened = new Map<string, Clocks>();

/** The clocks of a zone of the IANA database, such as `Europe/Berlin`. Throws `invalid` for another name. */
export function clocksOf(timeZone: string): Clocks {
  const known = opened.get(timeZone) ?? openClocks(timeZone);
  opened.set(timeZone, known);
  return known;
}

function openClocks(timeZone: string): Clocks {
  if (!isTimeZone(timeZone)) return fail("invalid", "timeZone", "a zone such as Europe/Berlin", timeZone);
  const format = formatOf(timeZone);
  const ask = (timestampMs: number): number => {
    const parts = new Map(
      format.formatToParts(timestampMs).map(({ type, value }) => [type, Number(value)] as const),
    );
    const [year, month, day] = [parts.get("year")!, parts.get("month")!, parts.get("day")!];
    const shown = Date.UTC(
      year,
      month - 1,
      day,
      parts.get("hour")!,
      parts.get("minute")!,
      parts.get("second")!,
    );
    return shown - Math.floor(timestampMs / 1000) * 1000;
  };
  const days = new Map<number, DayOffset>();
  const offsetAt = (timestampMs: number): number => {
    const number = Math.floor(timestampMs / dayMs);
    let day = days.get(number);
    if (day === undefined) {
      day = dayOf(number * dayMs, ask);
      days.set(number, day);
    }
    return timestampMs < day.changeMs ? day.before : day.after;
  };
  return {
    offsetAt,
    timeOf(dayNumber, msOfDay) {
      const shown = dayNumber * dayMs + msOfDay;
      const before = offsetAt(shown - dayMs);
      const early = shown - before;
      const offset = offsetAt(early);
      const late = shown - offset;
      // Where the clocks were changed between, one of the two is what they show; in an hour left out neither is.
      return offset === before || offsetAt(late) !== offset ? early : late;
    },
  };
}

/** The offsets of a day of UTC, in which clocks are changed at most once, at a whole second. */
function dayOf(startMs: number, ask: (timestampMs: number) => number): DayOffset {
  const before = ask(startMs);
  const after = ask(startMs + dayMs - 1000);
  let [low, high] = [0, dayMs / 1000];
  if (before === after) return { before, changeMs: startMs, after };
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (ask(startMs + middle * 1000) === before) low = middle;
    else high = middle;
  }
  return { before, changeMs: startMs + high * 1000, after };
}
