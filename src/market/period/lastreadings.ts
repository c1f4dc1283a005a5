/**
 * What meters said last, by period of delivery, and of some what they said in each period of the day behind: what
 * estimates and standing orders are made of.
 */
import { fail } from "../../errors.js";
import type { Rooted } from "../../ledger/format/header.js";
import { decodeRecords, offsetsOf } from "../../ledger/format/layout.js";
import { lastReadingLayout } from "../../ledger/format/state.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { carriers } from "../../units.js";
import { putAmount } from "../books/amounts.js";
import { carrierCount } from "../contracts/terms.js";
import { rootedOf } from "./carried.js";

const lastAt = /* @__PURE__ */ offsetsOf(lastReadingLayout);

/** What a meter said of a period, in quantity ticks. */
export interface Metered {
  readonly period: number;
  readonly in: number;
  readonly out: number;
}

/** Readings by rows. A row that never came has period 0 here; the others have their period plus one. */
class Rows {
  period: Float64Array;
  in: Uint32Array;
  out: Uint32Array;

  constructor(length: number) {
    this.period = new Float64Array(length);
    this.in = new Uint32Array(length);
    this.out = new Uint32Array(length);
  }

  put(row: number, reading: Metered): void {
    this.period[row] = reading.period + 1;
    this.in[row] = reading.in;
    this.out[row] = reading.out;
  }

  get(row: number): Metered | null {
    const next = this.period[row] ?? 0;
    return next === 0 ? null : { period: next - 1, in: this.in[row]!, out: this.out[row]! };
  }

  grow(length: number): void {
    const { period, in: taken, out } = this;
    this.period = new Float64Array(length);
    this.in = new Uint32Array(length);
    this.out = new Uint32Array(length);
    this.period.set(period);
    this.in.set(taken);
    this.out.set(out);
  }
}

/** The last reading of every meter by (participant, carrier), and of those asked for the readings of a day. */
export class LastReadings {
  readonly #last = new Rows(0);
  /** By meter: the readings of the day behind, each in the row of its period modulo the periods of a day. */
  readonly #days = new Map<number, Rows>();
  #perDay = 0;
  /** First of the periods whose readings are kept for a day. */
  #least = 0;
  /** Count and root of the records; null once they have changed. */
  #rooted: Rooted | null = null;

  /**
   * `period` begins: from now on the readings of the day up to it are kept of `meters`. What a meter asked for anew
   * said before is not known, but for its last reading. `perDay`: periods in a day; null where `meters` is empty.
   */
  keepDays(meters: ReadonlySet<number>, perDay: number | null, period: number): void {
    if (meters.size === 0 && this.#days.size === 0) return;
    this.#rooted = null;
    for (const slot of this.#days.keys()) if (!meters.has(slot)) this.#days.delete(slot);
    if (perDay === null) return;
    this.#perDay = perDay;
    this.#least = Math.max(0, period - perDay + 1);
    for (const slot of meters) {
      if (this.#days.has(slot)) continue;
      const rows = new Rows(perDay);
      this.#days.set(slot, rows);
      const last = this.last(slot);
      if (last !== null && last.period >= period - perDay) rows.put(last.period % perDay, last);
    }
  }

  /** Notes a reading of a slot: as its last unless a later period was read already, and for its day. */
  note(slot: number, reading: Metered): void {
    const { period } = reading;
    const day = this.#days.get(slot);
    if (day !== undefined && period >= this.#least) {
      day.put(period % this.#perDay, reading);
      this.#rooted = null;
    }
    const known = this.#last.period.length;
    if (slot >= known) this.#last.grow(Math.max(slot + 1, 2 * known, 256));
    if (period + 1 < this.#last.period[slot]!) return;
    this.#rooted = null;
    this.#last.put(slot, reading);
  }

  /** The last reading of a slot; null before there is one. */
  last(slot: number): Metered | null {
    return this.#last.get(slot);
  }

  /** What a slot whose days are kept said of the period one day before `period`, which begins; null: nothing. */
  dayBefore(slot: number, period: number): Metered | null {
    const found = this.#days.get(slot)?.get(period % this.#perDay) ?? null;
    return found?.period === period - this.#perDay ? found : null;
  }

  /** Number of readings kept, and the root over their records; a hash not to be written to. */
  rooted(hasher: Hasher): Rooted {
    this.#rooted ??= rootedOf(lastReadingLayout, this.encode(), hasher);
    return this.#rooted;
  }

  /** The records, by participant, carrier and period, end to end; fresh bytes. */
  encode(): Uint8Array {
    const lasts = this.#last.period;
    let count = lasts.reduce((sum, next) => (next > 0 ? sum + 1 : sum), 0);
    for (const [slot, day] of this.#days)
      for (const next of day.period) if (next > this.#least && next !== lasts[slot]) count += 1;
    const bytes = new Uint8Array(count * lastReadingLayout.bytes);
    const view = new DataView(bytes.buffer);
    let at = 0;
    const write = (slot: number, rows: Rows, row: number): void => {
      const carrier = slot % carrierCount;
      view.setUint32(at + lastAt.participant, (slot - carrier) / carrierCount, true);
      view.setUint8(at + lastAt.carrier, carrier);
      putAmount(view, at + lastAt.period, rows.period[row]! - 1);
      view.setUint32(at + lastAt.in, rows.in[row]!, true);
      view.setUint32(at + lastAt.out, rows.out[row]!, true);
      at += lastReadingLayout.bytes;
    };
    for (let slot = 0; slot < lasts.length; slot += 1) {
      if (lasts[slot] === 0) continue;
      const day = this.#days.get(slot);
      if (day !== undefined)
        for (let step = 0; step < this.#perDay; step += 1) {
          const period = this.#least + step;
          const row = period % this.#perDay;
          if (day.period[row] === period + 1 && period + 1 !== lasts[slot]) write(slot, day, row);
        }
      write(slot, this.#last, slot);
    }
    return bytes;
  }

  /**
   * Takes the records of a snapshot over, whose days are kept already ({@link keepDays}). Throws `corrupt` for one of a
   * participant that there is not.
   */
  restore(records: Uint8Array, participants: number): void {
    for (const { participant, carrier, ...reading } of decodeRecords(lastReadingLayout, records)) {
      if (participant >= participants)
        fail("corrupt", "snapshot lastReadings", `fewer than ${participants} participants`, participant);
      this.note(participant * carrierCount + carriers.indexOf(carrier), reading);
    }
  }
}
