/**
 * What a past period whose readings may still come or be corrected knows of its meters. A window of months holds
 * thousands of such periods, so a book has a row for each meter that took or gave energy, had an order or was read, and
 * none for the others.
 */
import { concat } from "../../bytes.js";
import { fail } from "../../errors.js";
import { bookTradesRoot, partsOfBook, rootOfBook } from "../../ledger/format/books.js";
import { decodeRecords, offsetsOf } from "../../ledger/format/layout.js";
import { recordsRoot } from "../../ledger/format/sections.js";
import {
  type BookRecord,
  bookSettled,
  bookTradeLayout,
  type MeterRecord,
  meterKnown,
  meterLayout,
} from "../../ledger/format/state.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { carriers } from "../../units.js";
import { type Amount, difference, product, putAmount, putWide } from "../books/amounts.js";
import type { Positions } from "../books/positions.js";
import type { BookTerms } from "../contracts/communities.js";
import type { PaymentContract } from "../contracts/contracts.js";
import { carrierCount } from "../contracts/terms.js";

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
  /** Version of the last reading; 0: none, or an estimate. */
  version: 5,
  /** 1 once there is a reading or an estimate. */
  known: 6,
} as const;
const rowLength = 7;

const meterAt = /* @__PURE__ */ offsetsOf(meterLayout);

/** What a book is made of beside its rows. */
interface BookParts {
  readonly period: number;
  readonly terms: BookTerms;
  readonly slots: number;
  readonly due: number;
  readonly settled: boolean;
  readonly trades: Uint8Array | null;
}

/** What meters said, by row, where it was not what they say now. */
export type Earlier = ReadonlyMap<number, Pick<MeterRecord, "in" | "out">>;

/** The meters of one past period. Those due stand first, in order of slots. */
export class MeterBook {
  readonly period: number;
  /** What held in the period: tariffs that price the imbalance, the window of readings, communities that share. */
  readonly terms: BookTerms;
  /** Slots there were in the period: of participants registered later nothing can be read. */
  readonly slots: number;
  /** Number of meters whose readings are needed for the period to be complete: the first rows. */
  readonly due: number;
  /** How many of those have not come. */
  missing: number;
  /** Number of rows. */
  count: number;
  settled: boolean;
  /** Records (`bookTradeLayout`) of the trades between members, in order of execution; null: they count as traded. */
  readonly trades: Uint8Array | null;
  /** By row: what the default account paid of it, in amount ticks; a correction gives that back first. */
  readonly #defaulted = new Map<number, bigint>();
  #rows: Float64Array;
  /** Rows of meters that were read though nothing was due, by slot. */
  readonly #others = new Map<number, number>();
  /** By row: what it said when the book settled by it, where that has changed since. */
  readonly #earlier = new Map<number, Pick<MeterRecord, "in" | "out">>();
  /** Root over all it holds; null once something has changed. */
  #root: Uint8Array | null = null;
  #tradesRoot: Uint8Array | null = null;

  private constructor({ period, terms, slots, due, settled, trades }: BookParts, count: number) {
    this.period = period;
    this.terms = terms;
    this.slots = slots;
    this.due = due;
    this.missing = due;
    this.settled = settled;
    this.trades = trades;
    this.count = count;
    this.#rows = new Float64Array(count * rowLength);
  }

  /**
   * Opens the book of a period from the positions its clearing left; `live` has an order number, or −1, by slot.
   * `trades`: those between members, where they are paid by what was delivered.
   */
  static open(
    period: number,
    terms: BookTerms,
    positions: Positions,
    live: Int32Array,
    trades: Uint8Array | null = null,
  ): MeterBook {
    const { bought, drawn, sold, delivered } = positions;
    const members = terms.sharing?.slots;
    const isDue = (slot: number): boolean =>
      members?.has(slot) === true ||
      live[slot]! >= 0 ||
      bought[slot]! > 0 ||
      drawn[slot]! > 0 ||
      sold[slot]! > 0 ||
      delivered[slot]! > 0;
    let due = 0;
    for (let slot = 0; slot < live.length; slot += 1) if (isDue(slot)) due += 1;
    const book = new MeterBook({ period, terms, slots: live.length, due, settled: false, trades }, due);
    for (let slot = 0, row = 0; row < due; slot += 1) {
      if (!isDue(slot)) continue;
      book.set(row, meter.slot, slot);
      book.set(row, meter.tradedIn, bought[slot]! + drawn[slot]!);
      book.set(row, meter.tradedOut, sold[slot]! + delivered[slot]!);
      row += 1;
    }
    return book;
  }

  /**
   * A book as a snapshot has it: its record, its terms, and all that it holds. Throws `corrupt` for meters in an order
   * or with numbers that no book has, and for trades of others than these.
   */
  static restore(record: BookRecord, terms: BookTerms, bytes: Uint8Array): MeterBook {
    const { period, due, meters, participants, flags } = record;
    const { meters: records, trades } = partsOfBook(record, bytes);
    const place = `snapshot meters of period ${period}`;
    const slots = participants * carrierCount;
    const settled = (flags & bookSettled) !== 0;
    if (due > meters) fail("corrupt", place, `at most ${meters} due`, due);
    const book = new MeterBook({ period, terms, slots, due, settled, trades }, meters);
    const seen = new Set<number>();
    let last = -1;
    for (const [row, each] of decodeRecords(meterLayout, records).entries()) {
      const slot = each.participant * carrierCount + carriers.indexOf(each.carrier);
      if (slot >= slots || (row < due && slot <= last) || seen.has(slot))
        fail("corrupt", place, "each meter of the period once, those due in order", slot);
      seen.add(slot);
      last = slot;
      book.#take(row, slot, each);
    }
    for (const { seller, buyer, carrier } of trades === null ? [] : decodeRecords(bookTradeLayout, trades))
      for (const participant of [seller, buyer]) {
        const row = book.find(participant * carrierCount + carriers.indexOf(carrier));
        if (row < 0 || row >= due)
          fail("corrupt", `snapshot trades of period ${period}`, "a meter of each side", row);
      }
    return book;
  }

  #take(row: number, slot: number, record: MeterRecord): void {
    const known = (record.flags & meterKnown) !== 0;
    if (this.settled && !known)
      fail("corrupt", `snapshot meters of period ${this.period}`, "numbers that a book has", `meter ${row}`);
    this.set(row, meter.slot, slot);
    this.set(row, meter.known, known ? 1 : 0);
    for (const name of ["version", "tradedIn", "tradedOut", "in", "out"] as const)
      this.set(row, meter[name], record[name]);
    if (known && row < this.due) this.missing -= 1;
    if (row >= this.due) this.#others.set(slot, row);
    this.setDefaulted(row, record.defaulted);
  }

  /** A number of a row, as {@link meter} names it. */
  get(row: number, field: number): number {
    return this.#rows[row * rowLength + field]!;
  }

  set(row: number, field: number, value: number): void {
    this.#rows[row * rowLength + field] = value;
    this.#root = null;
  }

  /** The payment contract that held in the period. */
  get payment(): PaymentContract {
    return this.terms.payment;
  }

  /** A meter, known from now on, says `taken` and `given`. */
  note(row: number, taken: number, given: number): void {
    if (this.settled && this.#settlesWhole(this.get(row, meter.slot)) && !this.#earlier.has(row))
      this.#earlier.set(row, { in: this.get(row, meter.in), out: this.get(row, meter.out) });
    this.set(row, meter.known, 1);
    this.set(row, meter.in, taken);
    this.set(row, meter.out, given);
  }

  /**
   * Rows whose numbers have changed since the book settled by them, with those of then; from now on it counts as
   * settled by what they say now. null: none has.
   */
  takeEarlier(): Earlier | null {
    if (this.#earlier.size === 0) return null;
    const found = new Map(this.#earlier);
    this.#earlier.clear();
    return found;
  }

  isShared(slot: number): boolean {
    return this.terms.sharing?.shares[slot % carrierCount] === true;
  }

  /** Whether a meter is paid for when the book settles, and nothing for its readings as they come. */
  #settlesWhole(slot: number): boolean {
    return this.trades !== null || this.isShared(slot);
  }

  /**
   * What its participant owes when the meter of a slot says `taken` and `given`, in amount ticks: what the imbalance
   * costs, less what it cost by what the meter said before. `row` is that of the slot, as {@link find} has it.
   */
  owed(slot: number, row: number, taken: number, given: number): Amount {
    if (this.#settlesWhole(slot)) return 0;
    const now = this.#cost(slot, row, taken, given);
    if (row < 0 || this.get(row, meter.known) === 0) return now;
    return difference(now, this.#cost(slot, row, this.get(row, meter.in), this.get(row, meter.out)));
  }

  #cost(slot: number, row: number, taken: number, given: number): Amount {
    const traded = row < 0 ? 0 : this.get(row, meter.tradedIn) - this.get(row, meter.tradedOut);
    return this.costOf(slot, taken - given - traded);
  }

  /**
   * What an imbalance costs: what was taken too much, at the shortage price; or given too much, at the surplus price,
   * which is paid back.
   */
  costOf(slot: number, imbalance: number): Amount {
    const tariff = this.payment.tariffs[carriers[slot % carrierCount]!];
    return product(imbalance, imbalance > 0 ? tariff.shortagePrice : tariff.surplusPrice);
  }

  /** What the default account paid of a row, in amount ticks. */
  defaulted(row: number): bigint {
    return this.#defaulted.get(row) ?? 0n;
  }

  setDefaulted(row: number, amount: bigint): void {
    if (amount === 0n) this.#defaulted.delete(row);
    else this.#defaulted.set(row, amount);
    this.#root = null;
  }

  /** Root over all that it holds; hashed once each time something changed, and not to be written to. */
  root(hasher: Hasher): Uint8Array {
    if (this.trades !== null) this.#tradesRoot ??= bookTradesRoot(this.trades, hasher);
    this.#root ??= rootOfBook(recordsRoot(meterLayout, this.#meters(), hasher), this.#tradesRoot, hasher);
    return this.#root;
  }

  /** All that it holds, as fresh bytes: the records of its meters, end to end, and of its trades. */
  encode(): Uint8Array {
    return this.trades === null ? this.#meters() : concat(this.#meters(), this.trades);
  }

  /** The records of its meters: those due, in order of slots, then the others as they were read. */
  #meters(): Uint8Array {
    const bytes = new Uint8Array(this.count * meterLayout.bytes);
    const view = new DataView(bytes.buffer);
    for (let row = 0, at = 0; row < this.count; row += 1, at += meterLayout.bytes) {
      const slot = this.get(row, meter.slot);
      const carrier = slot % carrierCount;
      view.setUint32(at + meterAt.participant, (slot - carrier) / carrierCount, true);
      view.setUint8(at + meterAt.carrier, carrier);
      view.setUint8(at + meterAt.flags, this.get(row, meter.known) === 1 ? meterKnown : 0);
      view.setUint16(at + meterAt.version, this.get(row, meter.version), true);
      putAmount(view, at + meterAt.tradedIn, this.get(row, meter.tradedIn));
      putAmount(view, at + meterAt.tradedOut, this.get(row, meter.tradedOut));
      putAmount(view, at + meterAt.in, this.get(row, meter.in));
      putAmount(view, at + meterAt.out, this.get(row, meter.out));
    }
    for (const [row, amount] of this.#defaulted)
      putWide(view, row * meterLayout.bytes + meterAt.defaulted, amount);
    return bytes;
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
    // Its other numbers are zeros, so writing the slot alone makes the row.
    this.set(row, meter.slot, slot);
    this.#others.set(slot, row);
    return row;
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
