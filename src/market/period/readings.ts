import { type ErrorCode, GridclearError } from "../../errors.js";
import { readingCorrection, readingEstimated, readingLayout } from "../../ledger/format/records.js";
import { carriers } from "../../units.js";
import type { PaymentContract } from "../contracts/contracts.js";
import { carrierCount } from "../contracts/terms.js";
import type { Positions } from "./round.js";

/** One past period whose readings may still come or be corrected. By (participant, carrier) where it says "slot". */
export interface MeterBook {
  readonly period: number;
  /** The payment contract that held in the period: its tariffs price the imbalance, its window rules the readings. */
  readonly payment: PaymentContract;
  /** By slot: energy taken minus energy given under contracts. */
  readonly traded: Float64Array;
  /** By slot: what the meter should show by the contracts alone, for estimates. */
  readonly tradedIn: Float64Array;
  readonly tradedOut: Float64Array;
  /** By slot: 1 where a reading is needed for the period to be complete. */
  readonly expected: Uint8Array;
  /** Expected readings that have not come. */
  missing: number;
  /** By slot: version of the last reading; 0 none or estimated. */
  readonly version: Uint16Array;
  /** By slot: 1 where `in` and `out` hold a reading or an estimate. */
  readonly known: Uint8Array;
  readonly in: Uint32Array;
  readonly out: Uint32Array;
  /** By slot: imbalance that has been paid for; what a correction is compared with. */
  readonly paid: Float64Array;
  /** By slot: what of it the default account paid, in amount ticks; a correction gives that back first. */
  readonly defaulted: Map<number, bigint>;
  /** By slot: index of its reading in the block of the period in which that came. */
  readonly index: Uint32Array;
  readonly arrived: Float64Array;
  settled: boolean;
  /** Slots whose reading changed since the book was settled. */
  readonly corrected: Set<number>;
}

/** Opens the book of a period from the positions its clearing left. */
export function openBook(
  period: number,
  payment: PaymentContract,
  positions: Positions,
  ordered: Int32Array,
): MeterBook {
  const slots = ordered.length;
  const book: MeterBook = {
    period,
    payment,
    traded: new Float64Array(slots),
    tradedIn: new Float64Array(slots),
    tradedOut: new Float64Array(slots),
    expected: new Uint8Array(slots),
    missing: 0,
    version: new Uint16Array(slots),
    known: new Uint8Array(slots),
    in: new Uint32Array(slots),
    out: new Uint32Array(slots),
    paid: new Float64Array(slots),
    defaulted: new Map(),
    index: new Uint32Array(slots),
    arrived: new Float64Array(slots).fill(-1),
    settled: false,
    corrected: new Set(),
  };
  for (let slot = 0; slot < slots; slot += 1) {
    const taken = positions.bought[slot]! + positions.drawn[slot]!;
    const given = positions.sold[slot]! + positions.delivered[slot]!;
    book.tradedIn[slot] = taken;
    book.tradedOut[slot] = given;
    book.traded[slot] = taken - given;
    if (ordered[slot]! >= 0 || taken > 0 || given > 0) {
      book.expected[slot] = 1;
      book.missing += 1;
    }
  }
  return book;
}

/** Last period in which a first reading, and in which a correction, is taken. */
export const lastReading = (book: MeterBook): number => book.period + book.payment.metering!.window;
export const lastCorrection = (book: MeterBook): number =>
  lastReading(book) + book.payment.metering!.corrections;

/** The readings of the open period in arrival order, checked against the books of the periods they are about. */
export class Readings {
  readonly #books: ReadonlyMap<number, MeterBook>;
  readonly #period: number;
  readonly #last: LastReadings;
  #bytes: Uint8Array = new Uint8Array(64 * readingLayout.bytes);
  #view: DataView = new DataView(this.#bytes.buffer);
  count = 0;

  constructor(books: ReadonlyMap<number, MeterBook>, period: number, last: LastReadings) {
    this.#books = books;
    this.#period = period;
    this.#last = last;
  }

  /** Takes a reading, or says why not; nothing changes when refused. Numbers must fit the fields of a reading record. */
  take(
    participant: number,
    carrier: number,
    period: number,
    version: number,
    taken: number,
    given: number,
  ): GridclearError | null {
    const book = this.#books.get(period);
    const slot = participant * carrierCount + carrier;
    if (book === undefined)
      return refuse("refused", "reading.period", "a past period whose readings are still taken", period);
    if (slot >= book.expected.length)
      return refuse("refused", "reading.participant", "a participant of that period", participant);
    const known = book.known[slot] === 1;
    if (version !== book.version[slot]! + 1)
      return refuse(
        "conflict",
        "reading.version",
        `${book.version[slot]! + 1} for ${carriers[carrier]}`,
        version,
      );
    if (!known && this.#period > lastReading(book))
      return refuse("refused", "reading.period", `one whose window is open`, period);
    const flags = known ? readingCorrection : 0;
    if (!known && book.expected[slot] === 1) book.missing -= 1;
    this.#store(book, slot, participant, carrier, flags, version, taken, given);
    book.version[slot] = version;
    if (book.settled) book.corrected.add(slot);
    this.#last.note(slot, period, taken, given);
    return null;
  }

  /** Whether the next reading of a meter corrects one that came or was estimated. */
  isCorrection(participant: number, carrier: number, period: number): boolean {
    return this.#books.get(period)?.known[participant * carrierCount + carrier] === 1;
  }

  /** Writes the estimate of a reading that did not come. */
  estimate(book: MeterBook, slot: number): void {
    const rule = book.payment.metering!.missing;
    let taken = 0;
    let given = 0;
    if (rule === "traded") {
      taken = Math.min(book.tradedIn[slot]!, 0xffff_ffff);
      given = Math.min(book.tradedOut[slot]!, 0xffff_ffff);
    } else if (rule === "last") {
      taken = this.#last.in(slot);
      given = this.#last.out(slot);
    }
    const participant = Math.floor(slot / carrierCount);
    this.#store(book, slot, participant, slot % carrierCount, readingEstimated, 0, taken, given);
  }

  /** The section of the block: readings that came, then estimates; fresh bytes. */
  encode(): Uint8Array {
    return this.#bytes.slice(0, this.count * readingLayout.bytes);
  }

  #store(
    book: MeterBook,
    slot: number,
    participant: number,
    carrier: number,
    flags: number,
    version: number,
    taken: number,
    given: number,
  ): void {
    const at = this.count * readingLayout.bytes;
    if (at === this.#bytes.length) {
      const grown = new Uint8Array(4 * at);
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    const view = this.#view;
    view.setUint32(at, participant, true);
    view.setUint32(at + 4, carrier | (flags << 8) | (version << 16), true);
    view.setUint32(at + 8, book.period % 0x1_0000_0000, true);
    view.setUint32(at + 12, Math.floor(book.period / 0x1_0000_0000), true);
    view.setUint32(at + 16, taken, true);
    view.setUint32(at + 20, given, true);
    book.known[slot] = 1;
    book.in[slot] = taken;
    book.out[slot] = given;
    book.index[slot] = this.count;
    book.arrived[slot] = this.#period;
    this.count += 1;
  }
}

/** The last reading of every meter, by period of delivery: what the rule `last` estimates with. */
export class LastReadings {
  #period: Float64Array = new Float64Array(0);
  #in: Uint32Array = new Uint32Array(0);
  #out: Uint32Array = new Uint32Array(0);

  note(slot: number, period: number, taken: number, given: number): void {
    if (slot >= this.#in.length) this.#grow(slot + 1);
    // Periods count from 0; a column starts at 0 for "never", so it holds the period plus one.
    if (period + 1 < this.#period[slot]!) return;
    this.#period[slot] = period + 1;
    this.#in[slot] = taken;
    this.#out[slot] = given;
  }

  in(slot: number): number {
    return this.#in[slot] ?? 0;
  }

  out(slot: number): number {
    return this.#out[slot] ?? 0;
  }

  #grow(least: number): void {
    const size = Math.max(least, 2 * this.#in.length, 256);
    const period = new Float64Array(size);
    const taken = new Uint32Array(size);
    const given = new Uint32Array(size);
    period.set(this.#period);
    taken.set(this.#in);
    given.set(this.#out);
    this.#period = period;
    this.#in = taken;
    this.#out = given;
  }
}

const refuse = (code: ErrorCode, field: string, wanted: string, got: unknown): GridclearError =>
  new GridclearError(code, { field, wanted, got });
