/** The readings of a community's meters: how they stray from what was traded, and when they come. */
import { carriers, maxQuantity, ppm } from "../units.js";
import type { Deliveries } from "./deliveries.js";
import type { Scenario } from "./scenario.js";
import { draw, normal } from "./world/random.js";

/** Readings as they arrive in one period: columns of one length, in order of arrival. */
export interface ReadingColumns {
  /** Participant numbers. */
  readonly participant: Uint32Array;
  readonly carrier: Uint8Array;
  /** Places in the run of the periods they are about. */
  readonly place: Float64Array;
  readonly version: Uint16Array;
  /** Quantity ticks drawn and fed in. */
  readonly in: Uint32Array;
  readonly out: Uint32Array;
}

/** How many periods back readings reach: as many deliveries must be kept. */
export const readingWindow = 5;

const readingStream = 100_000;
const correctionLag = readingWindow;

/** In which later period a reading comes; a corrected one comes at once and again at {@link correctionLag}. */
type Fate = { readonly lag: number; readonly corrected: boolean };
const onTime: Fate = { lag: 1, corrected: false };
const late: readonly Fate[] = [
  { lag: 2, corrected: false },
  { lag: 3, corrected: false },
];
const corrected: Fate = { lag: 1, corrected: true };

function fateOf(scenario: Scenario, slot: number, place: number): Fate | null {
  const { faults, seed } = scenario;
  const chance = draw(seed, readingStream + slot, place) % ppm;
  if (chance < faults.missing) return null;
  if (chance < faults.missing + faults.late) return late[chance % late.length]!;
  return chance < faults.missing + faults.late + faults.corrected ? corrected : onTime;
}

/**
 * The readings that arrive in a period: those of the period before, and late and corrected ones of earlier periods.
 * Meters stray from what was traded by the scenario's deviation.
 *
 * @param place place of the arriving period in the run
 * @param delivered deliveries of an earlier place, or undefined when there was none
 */
export function periodReadings(
  scenario: Scenario,
  place: number,
  delivered: (place: number) => Deliveries | undefined,
): ReadingColumns {
  const rows: number[] = [];
  for (let lag = 1; lag <= readingWindow; lag++) {
    const about = place - lag;
    const deliveries = delivered(about);
    if (deliveries === undefined) continue;
    for (let slot = 0; slot < deliveries.due.length; slot++) {
      if (deliveries.due[slot] === 0) continue;
      const fate = fateOf(scenario, slot, about);
      if (fate === null) continue;
      const again = fate.corrected && lag === correctionLag;
      if (fate.lag !== lag && !again) continue;
      // What comes wrong is a fifth too much: a meter with the wrong factor.
      const wrong = fate.corrected && !again ? 1.2 : 1;
      const factor =
        (1 + (normal(scenario.seed, readingStream + slot, about, 1) * scenario.faults.deviation) / ppm) *
        wrong;
      // A meter's register ends at 2³²−1 ticks; only a wrong factor gets there.
      const metered = (ticks: number): number =>
        Math.min(Math.max(Math.round(ticks * factor), 0), maxQuantity);
      rows.push(slot, about, again ? 2 : 1, metered(deliveries.in[slot]!), metered(deliveries.out[slot]!));
    }
  }
  const count = rows.length / 5;
  const column = <T extends Uint32Array | Uint16Array | Uint8Array | Float64Array>(
    into: T,
    of: (at: number) => number,
  ): T => {
    for (let index = 0; index < count; index++) into[index] = of(5 * index);
    return into;
  };
  return {
    participant: column(new Uint32Array(count), (at) => Math.floor(rows[at]! / carriers.length)),
    carrier: column(new Uint8Array(count), (at) => rows[at]! % carriers.length),
    place: column(new Float64Array(count), (at) => rows[at + 1]!),
    version: column(new Uint16Array(count), (at) => rows[at + 2]!),
    in: column(new Uint32Array(count), (at) => rows[at + 3]!),
    out: column(new Uint32Array(count), (at) => rows[at + 4]!),
  };
}
