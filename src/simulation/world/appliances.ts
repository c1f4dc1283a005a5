/**
 * Appliances whose run can wait: washing, drying and dishes, once a day in each home, for two hours at some time of the
 * day. A model of its own, not measured data.
 */
import { whole } from "./random.js";
import { householdDay } from "./shapes.js";
import type { Moment } from "./weather.js";

/** Share of a household's electricity that its appliances take. */
export const applianceShare: number = 1 / 7;

const applianceStream = 300_000;
const runHours = 2;
/** Local hours within which the earliest and the latest beginning of a run are drawn; all are over by ten. */
const earliest = [7, 12] as const;
const latest = [15, 21] as const;

/** What electricity is expected to cost in a local hour of the day, in price ticks. */
export type HourPrice = (hour: number) => number;

/**
 * Local hour at which a home's appliances begin on a day: when its people are used to, or where that is cheaper, when
 * it costs least within what they allow.
 */
export function runBegins(
  seed: number,
  member: number,
  dayNumber: number,
  priceOf: HourPrice | null,
): number {
  const drawn = ([from, to]: readonly [number, number], purpose: number): number =>
    whole(from, to, seed, applianceStream + member, dayNumber, purpose);
  const [first, last] = [drawn(earliest, 1), drawn(latest, 2)];
  const habit = drawn([first, last + 1], 3);
  if (priceOf === null) return habit;
  const costAt = (begin: number): number => {
    let cost = 0;
    for (let hour = begin; hour < begin + runHours; hour++) cost += priceOf(hour);
    return cost;
  };
  let [best, least] = [habit, costAt(habit)];
  for (let begin = first; begin <= last; begin++) {
    const cost = costAt(begin);
    if (cost < least) [best, least] = [begin, cost];
  }
  return best;
}

/** Power of a run in W, of appliances that use so much in a year: more in winter than in summer. */
const runPower = (yearlyKwh: number, dayOfYear: number): number =>
  ((yearlyKwh / 365) * householdDay(dayOfYear) * 1000) / runHours;

/** What appliances draw at a moment, W. */
export function appliancePower(
  yearlyKwh: number,
  { quarter, dayNumber, dayOfYear }: Moment,
  { seed, member, priceOf }: { seed: number; member: number; priceOf: HourPrice | null },
): number {
  const hour = quarter / 4;
  const begin = runBegins(seed, member, dayNumber, priceOf);
  return hour >= begin && hour < begin + runHours ? runPower(yearlyKwh, dayOfYear) : 0;
}

/** The most that they draw, on New Year's Day. */
export const appliancePeak = (yearlyKwh: number): number => runPower(yearlyKwh, 1);
