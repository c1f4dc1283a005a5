/**
 * Which periods of a member are in a month. A month begins with the first period at whose beginning the clocks show it:
 * those of the member's zone up to then, or those of its zone from then on. A month that has begun does not end again,
 * so that every period is in exactly one, whatever zones follow each other.
 */
import { type Month, monthAround, type Zone } from "../tariff/zone.js";

/** Which month, and the zone by whose clocks it goes whatever the ledger says; null: as that says. */
export interface WantedMonth {
  /** `YYYY-MM`. */
  readonly name: string;
  readonly zone: Zone | null;
}

/** Goes along a member's periods in order. */
export class MonthWalk {
  readonly #name: string;
  /** The zone that held last, and the month by its clocks. */
  #zone: Zone | null = null;
  #month: Month | null = null;
  #hasBegun = false;
  #isOver = false;

  /** `name`: `YYYY-MM`. Throws `invalid` for what is no month. */
  constructor(name: string) {
    monthAround(utc, name);
    this.#name = name;
  }

  /** Whether what comes is later than the month. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes the zone that holds before the first period. */
  start(zone: Zone): void {
    if (this.#zone === zone) return;
    this.#zone = zone;
    this.#month = monthAround(zone, this.#name);
  }

  /** Takes the next period, which begins at an instant with a zone in force; whether it is in the month. */
  take(ms: number, zone: Zone): boolean {
    this.#reach(ms);
    this.start(zone);
    this.#reach(ms);
    return this.#hasBegun && !this.#isOver;
  }

  /** Whether whatever begins at an instant is later than the month, by the zone that held last. */
  endsBy(ms: number): boolean {
    return this.#isOver || (this.#month !== null && ms >= this.#month.toMs);
  }

  #reach(ms: number): void {
    if (this.#month === null) return;
    if (ms >= this.#month.fromMs) this.#hasBegun = true;
    if (ms >= this.#month.toMs) this.#isOver = true;
  }
}

/** The zone of members without a tariff where the market says none. */
export const utc: Zone = { name: "UTC", offsets: [[0, 0]], untilMs: 4_102_444_800_000 };
