/**
 * Time zones of the IANA database, by `Intl`: what clocks of a place show at a moment, and when they show what. Their
 * rules differ between machines as the database does, so nothing that is hashed or replayed may ask for them.
 */
import { fail } from "./errors.js";

const dayMs = 86_400_000;

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
  /**
   * All Unix times at which they show a date and time, in order: one, two where an hour comes twice, none where it is
   * left out. What they show is said as the Unix time at which clocks of UTC would show it.
   */
  timesOf(shownMs: number): readonly number[];
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
    timesOf(shownMs) {
      // The offsets that can hold are those of a day before and a day after: clocks are changed at most once between.
      const early = shownMs - offsetAt(shownMs - dayMs);
      const late = shownMs - offsetAt(shownMs + dayMs);
      const times = early === late ? [early] : early < late ? [early, late] : [late, early];
      return times.filter((timeMs) => timeMs + offsetAt(timeMs) === shownMs);
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
