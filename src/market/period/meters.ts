/**
 * What a past period whose readings may still come or be corrected knows of its meters. A window of months holds
 * thousands of such periods, so a book has a row for each meter that took or gave energy, had an order or was read, and
 * none for the others.
 */
import type { Positions } from "../books/positions.js";
import type { PaymentContract } from "../contracts/contracts.js";

/** Numbers of a meter's row, by their place in it. */
export const meter = {
  /** (participant, carrier), as columns have it. */
  slot: 0,
  /** What it should show by contracts alone. */
  tradedIn: 1,
  tradedOut: 2,
  /** What the last reading, or the estimate, said. */
  in: 3,
  out: 4,
  /** Imbalance that has been paid for: what a correction is compared with. */
  paid: 5,
  /** Version of the last reading; 0: none, or an estimate. */
  version: 6,
  /** 1 once there is a reading or an estimate. */
  known: 7,
} as const;
const rowLength = 8;

/** The meters of one past period. Those due stand first, in order of slots. */
export class MeterBook {
  readonly period: number;
  /** The payment contract that held in the period: its tariffs price the imbalance, its window rules the readings. */
  readonly payment: PaymentContract;
  /** Slots there were in the period: of participants registered later nothing can be read. */
  readonly slots: number;
  /** Number of meters whose readings are needed for the period to be complete: the first rows. */
  readonly due: number;
  /** How many of those have not come. */
  missing: number;
  /** Number of rows. */
  count: number;
  settled = false;
  /** Rows whose reading changed since the book was settled. */
  readonly corrected: Set<number> = new Set();
  /** By row: what the default account paid of it, in amount ticks; a correction gives that back first. */
  readonly defaulted: Map<number, bigint> = new Map();
  #rows: Float64Array;
  /** Rows of meters that were read though nothing was due, by slot. */
  readonly #others = new Map<number, number>();

  /** Opens the book of a period from the positions its clearing left; `live` has an order number, or −1, by slot. */
  constructor(period: number, payment: PaymentContract, positions: Positions, live: Int32Array) {
    this.period = period;
    this.payment = payment;
    this.slots = live.length;
    const { bought, drawn, sold, delivered } = positions;
    const isDue = (slot: number): boolean =>
      live[slot]! >= 0 || bought[slot]! > 0 || drawn[slot]! > 0 || sold[slot]! > 0 || delivered[slot]! > 0;
    let due = 0;
    for (let slot = 0; slot < live.length; slot += 1) if (isDue(slot)) due += 1;
    this.due = due;
    this.missing = due;
    this.count = due;
    this.#rows = new Float64Array(due * rowLength);
    for (let slot = 0, row = 0; row < due; slot += 1) {
      if (!isDue(slot)) continue;
      this.set(row, meter.slot, slot);
      this.set(row, meter.tradedIn, bought[slot]! + drawn[slot]!);
      this.set(row, meter.tradedOut, sold[slot]! + delivered[slot]!);
      row += 1;
    }
  }

  /** A number of a row, as {@link meter} names it. */
  get(row: number, field: number): number {
    return this.#rows[row * rowLength + field]!;
  }

  set(row: number, field: number, value: number): void {
    this.#rows[row * rowLength + field] = value;
  }

  /** Row of a slot, or −1 for a meter that is not due and was not read. */
  find(slot: number): number {
    let low = 0;
    let high = this.due;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.get(middle, meter.slot) < slot) low = middle + 1;
      else high = middle;
    }
    if (low < this.due && this.get(low, meter.slot) === slot) return low;
    return this.#others.get(slot) ?? -1;
  }

  /** Row of a slot, made where there is none. */
  row(slot: number): number {
    const known = this.find(slot);
    if (known >= 0) return known;
    const row = this.count;
    if (row * rowLength === this.#rows.length) {
      const grown = new Float64Array(Math.max(4, 2 * row) * rowLength);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.count += 1;
    this.set(row, meter.slot, slot);
    this.#others.set(slot, row);
    return row;
  }

  /** Rows in order of slots, those given or all. */
  inOrder(rows: Iterable<number> = Array(this.count).keys()): number[] {
    return [...rows].sort((a, b) => this.get(a, meter.slot) - this.get(b, meter.slot));
  }

  /** Last period in which a first reading is taken. */
  get lastReading(): number {
    return this.period + this.payment.metering!.window;
  }

  /** Last period in which a correction is taken. */
  get lastCorrection(): number {
    return this.lastReading + this.payment.metering!.corrections;
  }
}
