/** Electric cars: when each is at its charger, and what it used on the road. */
import { uniform, whole } from "./random.js";

/** A stay of a car at its charger, in periods from the start of the run, half-open; energies in Wh. */
export interface CarStay {
  readonly plugIn: number;
  readonly plugOut: number;
  /** State of charge it wants at departure. */
  readonly required: number;
  /** Energy it used since it was last here. */
  readonly used: number;
}

/** A car and the run it drives through. */
export interface Car {
  readonly seed: number;
  /** Number of its owner. */
  readonly member: number;
  /** Battery, Wh. */
  readonly capacity: number;
  /** Local weekday of the first day, 0 is Sunday. */
  readonly weekday: number;
  /** Place of the period of the run in which local clocks show an hour, with fraction, of a day of the run, from 0. */
  readonly placeOf: (day: number, hour: number) => number;
}

const carStream = 3_000;
/** Wh for a kilometre at the battery. */
const consumption = 180;

// Local hour of leaving home and of coming back on a workday, in tenths of cars: most leave between six and nine and
// come back between four and seven in the afternoon, as mobility surveys find. A model of its own, not measured data.
const leaving = [5, 6, 6, 7, 7, 7, 8, 8, 9, 13];
const returning = [12, 15, 16, 16, 17, 17, 17, 18, 19, 21];
const kilometres = [6, 12, 18, 24, 30, 36, 44, 55, 70, 110];

/**
 * A day's way: when the car leaves and comes back, in periods from the start of the run, and the Wh it uses on the
 * road.
 */
interface Trip {
  readonly leave: number;
  readonly back: number;
  readonly used: number;
}

/** The way of a day of the run, from 0; null on a day at home: two in five of the days of a weekend. */
function tripOf(car: Car, day: number): Trip | null {
  const { seed, capacity } = car;
  const stream = carStream + car.member;
  const weekday = (car.weekday + day) % 7;
  const weekend = weekday === 0 || weekday === 6;
  if (weekend && uniform(seed, stream, day, 1) < 0.4) return null;
  const at = (hour: number, purpose: number): number =>
    car.placeOf(day, hour + uniform(seed, stream, day, purpose));
  const pick = (table: readonly number[], purpose: number): number =>
    table[whole(0, table.length, seed, stream, day, purpose)]!;
  const leave = at(pick(leaving, 2) + (weekend ? 3 : 0), 3);
  const distance = pick(kilometres, 7) * (0.8 + 0.4 * uniform(seed, stream, day, 8));
  return {
    leave,
    back: Math.max(at(pick(returning, 4), 5), leave + 1),
    used: Math.min(distance * consumption, capacity * 0.5),
  };
}

/**
 * The stays of a car that end on the days from `first` to before `last`, counted from the start of the run at midnight:
 * at home overnight, away over the day, on some days of the weekend at home throughout. In order of time, at most one a
 * day.
 */
export function carStays(car: Car, first: number, last: number): CarStay[] {
  const level = 0.6 + 0.3 * uniform(car.seed, carStream + car.member, 0, 6);
  const required = car.capacity * level;
  const stays: CarStay[] = [];
  // A weekend at home is two days: no way back is longer ago than three.
  let before: Trip | null = null;
  for (let day = Math.max(first - 3, 0); day < first; day++) before = tripOf(car, day) ?? before;
  for (let day = first; day < last; day++) {
    const trip = tripOf(car, day);
    if (trip === null) continue;
    const plugIn = before?.back ?? 0;
    if (trip.leave > plugIn) stays.push({ plugIn, plugOut: trip.leave, required, used: before?.used ?? 0 });
    before = trip;
  }
  return stays;
}
