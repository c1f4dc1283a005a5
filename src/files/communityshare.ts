/**
 * The past of a community from what its meters said: every interval shared by the key, and what came of it for each
 * member, in energy and in money (docs/import.md).
 */
import { fail } from "../errors.js";
import { type SharingKey, share } from "../sharing/share.js";
import { split } from "../sharing/split.js";
import { ppm } from "../units.js";
import type { MeterExtent } from "./meterfiles.js";
import type { MeterForm } from "./meterform.js";
import type { MeterSeries, MeterTable } from "./metertable.js";

/** Most readings of all members and intervals together. */
const maxReadings = 1 << 28;

/** What one meter said of an interval, in ticks. */
export interface MemberReading {
  readonly in: number;
  readonly out: number;
}

/** The readings of all members, interval by interval. */
export class CommunityReadings {
  readonly members: readonly string[];
  readonly intervals: number;
  readonly intervalMs: number;
  readonly fromMs: number;
  /** Readings that are missing, and the first of them in words; null where none is. */
  readonly missing: number;
  readonly firstMissing: string | null;
  readonly #rows: MeterTable["rows"];
  readonly #first: number;

  /**
   * Throws `invalid`, naming the first, where readings are missing and the form refuses that; `limit` where there would
   * be too many, as one mistyped year makes them.
   */
  constructor({ rows }: MeterTable, { fromMs, toMs, intervalMs }: MeterExtent, { missing }: MeterForm) {
    this.#rows = rows;
    this.#first = Math.floor(fromMs / intervalMs);
    this.members = rows.map(({ member }) => member);
    this.intervals = (toMs - fromMs) / intervalMs;
    if (this.intervals * rows.length > maxReadings)
      fail(
        "limit",
        "readings",
        `at most ${maxReadings} of all members and intervals (import a shorter time)`,
        `${rows.length} members from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`,
      );
    this.intervalMs = intervalMs;
    this.fromMs = fromMs;
    let count = 0;
    let first: string | null = null;
    for (let interval = 0; interval < this.intervals; interval += 1)
      for (let place = 0; place < rows.length; place += 1)
        if (this.at(interval, place) === null) {
          count += 1;
          first ??= `${this.members[place]}, ${new Date(this.startOf(interval)).toISOString()}`;
        }
    if (first !== null && missing === "refuse")
      fail(
        "invalid",
        "readings",
        'one of every member and interval ("missing" in readings: "zero" or "last")',
        `${count} missing, the first of ${first}`,
      );
    this.missing = count;
    this.firstMissing = first;
  }

  /** When an interval begins, Unix ms. */
  startOf(interval: number): number {
    return this.fromMs + interval * this.intervalMs;
  }

  /** What a member's meter said of an interval; null where it is missing. A direction without rows is 0. */
  at(interval: number, place: number): MemberReading | null {
    const row = this.#rows[place]!;
    const drawn = this.#ticks(row.in, interval);
    const injected = this.#ticks(row.out, interval);
    return drawn === null || injected === null ? null : { in: drawn, out: injected };
  }

  #ticks(series: MeterSeries | null, interval: number): number | null {
    return series === null || series.isEmpty ? 0 : series.get(this.#first + interval);
  }
}

/** What came of all intervals for one member, in ticks. */
export interface MemberSums {
  readonly in: number;
  readonly out: number;
  readonly received: number;
  readonly supplied: number;
  readonly unused: number;
}

/** How a community shares. */
export interface CommunityRules {
  readonly key: SharingKey;
  /** Parts per million of each member's meter that take part. */
  readonly factors: readonly number[];
  readonly missing: MeterForm["missing"];
}

/** Shares every interval; sums by member, in the order of members. Sums above 2⁵³ ticks are refused (`limit`). */
export function shareIntervals(readings: CommunityReadings, rules: CommunityRules): MemberSums[] {
  const count = readings.members.length;
  const zeros = (): Float64Array => new Float64Array(count);
  const sums = { in: zeros(), out: zeros(), received: zeros(), supplied: zeros(), unused: zeros() };
  // What the meters said, and the part of it that is in the community.
  const said = { in: zeros(), out: zeros() };
  const part = { drawn: zeros(), injected: zeros() };
  for (let interval = 0; interval < readings.intervals; interval += 1) {
    for (let place = 0; place < count; place += 1) {
      const reading = readings.at(interval, place);
      // As a market estimates: the last reading stays, where there was one.
      if (reading === null && rules.missing === "last") continue;
      const factor = [rules.factors[place]!];
      said.in[place] = reading?.in ?? 0;
      said.out[place] = reading?.out ?? 0;
      part.drawn[place] = split(said.in[place]!, factor, ppm)[0]!;
      part.injected[place] = split(said.out[place]!, factor, ppm)[0]!;
    }
    const { received, supplied, unused } = share(part, rules.key);
    add(sums.in, said.in);
    add(sums.out, said.out);
    add(sums.received, received);
    add(sums.supplied, supplied);
    add(sums.unused, unused);
  }
  return readings.members.map((_, place) => ({
    in: sums.in[place]!,
    out: sums.out[place]!,
    received: sums.received[place]!,
    supplied: sums.supplied[place]!,
    unused: sums.unused[place]!,
  }));
}

function add(sums: Float64Array, more: Float64Array): void {
  for (let place = 0; place < sums.length; place += 1) {
    sums[place] = sums[place]! + more[place]!;
    if (sums[place]! > Number.MAX_SAFE_INTEGER)
      fail("limit", "readings", "fewer intervals at once", "more than 2^53 ticks");
  }
}
