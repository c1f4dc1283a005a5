/** Which part of a calendar, and which rate of a series, holds at an instant. */
import { fail } from "../errors.js";
import type { ComponentOf, Part } from "./components.js";
import { hoursOf } from "./shapes.js";
import type { LocalTime } from "./zone.js";

const minuteMs = 60_000;

/** Place of the first part that holds at a local time; there is one, since the last always holds. */
export function partAt(parts: readonly Part[], time: LocalTime): number {
  return parts.findIndex((part) => holds(part, time));
}

/** Whether a part holds. Hours over midnight belong to the day by the clock on which they are. */
const holds = ({ months, weekdays, hours }: Part, { month, weekday, minute }: LocalTime): boolean =>
  (months === undefined || months.includes(month)) &&
  (weekdays === undefined || weekdays.includes(weekday)) &&
  (hours === undefined || hours.some((each) => isIn(each, minute)));

function isIn(text: string, minute: number): boolean {
  const { from, to } = hoursOf(text);
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Place of the rate of a series that holds at an instant. Throws `invalid` for one that it does not cover. */
export function rateAt({ name, start, minutes, rates }: ComponentOf<"series">, ms: number): number {
  const startMs = Date.parse(start);
  const place = Math.floor((ms - startMs) / (minutes * minuteMs));
  if (place >= 0 && place < rates.length) return place;
  const end = new Date(startMs + rates.length * minutes * minuteMs).toISOString();
  return fail("invalid", `${name}: time`, `${start} … ${end}`, new Date(ms).toISOString());
}
