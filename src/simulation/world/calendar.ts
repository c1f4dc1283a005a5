/** Days by number: their date, and what kind of day they are. */
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
