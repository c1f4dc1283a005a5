import { uniform, whole } from "./random.js";

/** A stay of a car at its charger, in periods from the start of the run, half-open; energies in quantity ticks. */
export interface CarStay {
  readonly plugIn: number;
  readonly plugOut: number;
  /** State of charge it wants at departure. */
  readonly required: number;
  /** Energy it used since it was last here. */
  readonly used: number;
}

/** What the habits of a car are about. */
export interface CarOptions {
  readonly seed: number;
  /** Number of its owner. */
  readonly member: number;
  /** Battery in quantity ticks. */
  readonly capacity: number;
  readonly periods: number;
  readonly periodMs: number;
  /** Local weekday of the first day, 0 is Sunday. */
  readonly weekday: number;
}

const dayMs = 86_400_000;
const carStream = 3_000;
/** Wh for a kilometre at the battery. */
const consumption = 180;

// Local hour of leaving home and of coming back on a workday, in tenths of cars: most leave between six and nine and
// come back between four and seven in the afternoon, as mobility surveys find. A model of its own, not measured data.
const leaving = [5, 6, 6, 7, 7, 7, 8, 8, 9, 13];
const returning = [12, 15, 16, 16, 17, 17, 17, 18, 19, 21];
const kilometres = [6, 12, 18, 24, 30, 36, 44, 55, 70, 110];

/**
 * The stays of a car over a run that begins at midnight: at home overnight, away over the day, on some days of the
 * weekend at home throughout. In order of time; empty for a run that ends before the first.
 */
export function carStays(options: CarOptions): CarStay[] {
  const { seed, member, capacity, periods, periodMs } = options;
  const perDay = dayMs / periodMs;
  const at = (day: number, hour: number, purpose: number): number =>
    Math.floor(day * perDay + ((hour + uniform(seed, carStream + member, day, purpose)) * perDay) / 24);
  const stays: CarStay[] = [];
  let plugIn = 0;
  let used = 0;
  for (let day = 0; plugIn < periods; day++) {
    const weekday = (options.weekday + day) % 7;
    const weekend = weekday === 0 || weekday === 6;
    if (weekend && uniform(seed, carStream + member, day, 1) < 0.4) {
      if (day * perDay > periods) break;
      continue;
    }
    const pick = (table: readonly number[], purpose: number): number =>
      table[whole(0, table.length, seed, carStream + member, day, purpose)]!;
    const leave = at(day, pick(leaving, 2) + (weekend ? 3 : 0), 3);
    const back = Math.max(at(day, pick(returning, 4), 5), leave + 1);
    if (leave > plugIn) {
      const level = 0.6 + 0.3 * uniform(seed, carStream + member, 0, 6);
      stays.push({ plugIn, plugOut: leave, required: Math.floor(capacity * level), used });
    }
    const distance = pick(kilometres, 7) * (0.8 + 0.4 * uniform(seed, carStream + member, day, 8));
    used = Math.min(Math.floor(distance * consumption * 1000), Math.floor(capacity * 0.5));
    plugIn = back;
  }
  return stays;
}
