/** The meter readings of the open period, checked against the books of the periods that they are about. */
import { copyOf } from "../../bytes.js";
import { type ErrorCode, GridclearError } from "../../errors.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import {
  meteredPeriod,
  readingCorrection,
  readingEstimated,
  readingLayout,
} from "../../ledger/format/records.js";
import { carriers, maxQuantity } from "../../units.js";
import { type Amount, amountAt, difference, maxAmount, putAmount } from "../books/amounts.js";
import type { MarketContract } from "../contracts/contracts.js";
import { carrierCount, type Terms } from "../contracts/terms.js";
import { moneyWords } from "../contracts/unitwords.js";
import type { LastReadings } from "./lastreadings.js";
import { maxPeriodReadings, maxReadingRevisions } from "./limits.js";
import { type MeterBook, meter } from "./meters.js";

/** A reading as a meter says it, in numbers, each in the range of its field in a reading record. */
export interface ReadingRow {
  readonly participant: number;
  readonly carrier: number;
  readonly period: number;
  readonly version: number;
  readonly in: number;
  readonly out: number;
}

/** A reading as it stands in a block. */
export interface ReadingEntry extends ReadingRow {
  readonly flags: number;
  /** What the participant pays for it; negative: is paid. */
  readonly amount: Amount;
}

const readingAt = /* @__PURE__ */ offsetsOf(readingLayout);
const largestVersion = 0xffff;

/** Reads a row of a section of checked records, which stands in the block of `period`. */
export function readingRow(view: DataView, at: number, period: number): ReadingEntry {
  return {
    participant: view.getUint32(at + readingAt.participant, true),
    carrier: view.getUint8(at + readingAt.carrier),
    flags: view.getUint8(at + readingAt.flags),
    version: view.getUint16(at + readingAt.version, true),
    period: meteredPeriod(period, view.getUint32(at + readingAt.age, true)),
    in: view.getUint32(at + readingAt.in, true),
    out: view.getUint32(at + readingAt.out, true),
    amount: amountAt(view, at + readingAt.amount),
  };
}

/** The readings of the open period in arrival order, each with what is paid for it; estimates follow. */
export class Readings {
  readonly #books: ReadonlyMap<number, MeterBook>;
  readonly #period: number;
  readonly #last: LastReadings;
  readonly #terms: Pick<Terms, "market">;
  /** How many of a meter were taken in this period, by its row. */
  readonly #taken = new Map<MeterBook, Map<number, number>>();
  #bytes: Uint8Array = new Uint8Array(64 * readingLayout.bytes);
  #view: DataView = new DataView(this.#bytes.buffer);
  count = 0;

  constructor(
    books: ReadonlyMap<number, MeterBook>,
    period: number,
    last: LastReadings,
    terms: Pick<Terms, "market">,
  ) {
    this.#books = books;
    this.#terms = terms;
    this.#period = period;
    this.#last = last;
  }

  /** Takes a reading, or says why not; nothing changes when refused. */
  take(reading: ReadingRow): GridclearError | null {
    const { participant, carrier, period, version } = reading;
    const book = this.#books.get(period);
    const slot = participant * carrierCount + carrier;
    if (book === undefined)
      return refuse("refused", "reading.period", "a past period whose readings are still taken", period);
    if (slot >= book.slots)
      return refuse("refused", "reading.participant", "a participant of that period", participant);
    const found = book.find(slot);
    const amount = book.owed(slot, found, reading.in, reading.out);
    const refusal = this.#judge(book, found, reading) ?? judgeAmount(amount, this.#terms.market!);
    if (refusal !== null) return refusal;
    const row = book.row(slot);
    const known = book.get(row, meter.known) === 1;
    if (!known && row < book.due) book.missing -= 1;
    this.#note(book, row, reading);
    this.#write({ ...reading, flags: known ? readingCorrection : 0, amount });
    book.set(row, meter.version, version);
    this.#last.note(slot, reading);
    return null;
  }

  #judge(book: MeterBook, row: number, { carrier, version }: ReadingRow): GridclearError | null {
    if (this.count >= maxPeriodReadings)
      return refuse("limit", "reading", `at most ${maxPeriodReadings} a period`, this.count);
    const taken = row < 0 ? 0 : (this.#taken.get(book)?.get(row) ?? 0);
    if (taken >= maxReadingRevisions)
      return refuse("limit", "reading", `at most ${maxReadingRevisions} of a meter in one period`, taken + 1);
    const next = row < 0 ? 1 : book.get(row, meter.version) + 1;
    if (next > largestVersion)
      return refuse("limit", "reading.version", `at most ${largestVersion} versions`, version);
    if (version !== next)
      return refuse("conflict", "reading.version", `${next} for ${carriers[carrier]}`, version);
    const known = row >= 0 && book.get(row, meter.known) === 1;
    if (!known && this.#period > book.lastReading)
      return refuse("refused", "reading.period", "one whose window is open", book.period);
    return null;
  }

  /** Whether the next reading of a meter corrects one that came or was estimated. */
  isCorrection(participant: number, carrier: number, period: number): boolean {
    const book = this.#books.get(period);
    const row = book?.find(participant * carrierCount + carrier) ?? -1;
    return row >= 0 && book!.get(row, meter.known) === 1;
  }

  /**
   * Writes the estimate of a reading that did not come. More than one record holds takes several, of which both
   * energy and amount add up.
   */
  estimate(book: MeterBook, row: number): void {
    const slot = book.get(row, meter.slot);
    const rule = book.payment.metering!.missing;
    let taken = 0;
    let given = 0;
    if (rule === "traded") {
      taken = book.get(row, meter.tradedIn);
      given = book.get(row, meter.tradedOut);
    } else if (rule === "last") {
      const last = this.#last.last(slot);
      taken = last?.in ?? 0;
      given = last?.out ?? 0;
    }
    let left = book.owed(slot, row, taken, given);
    const carrier = slot % carrierCount;
    const estimate = {
      participant: (slot - carrier) / carrierCount,
      carrier,
      period: book.period,
      version: 0,
    };
    book.note(row, taken, given);
    do {
      const part = {
        in: Math.min(taken, maxQuantity),
        out: Math.min(given, maxQuantity),
        amount: within(left),
      };
      this.#write({ ...estimate, ...part, flags: readingEstimated });
      taken -= part.in;
      given -= part.out;
      left = difference(left, part.amount);
    } while (taken > 0 || given > 0 || left !== 0);
  }

  /** Calls `visit` with every reading of the section, in order, and its index. */
  each(visit: (reading: ReadingEntry, index: number) => void): void {
    for (let index = 0; index < this.count; index += 1)
      visit(readingRow(this.#view, index * readingLayout.bytes, this.#period), index);
  }

  /** The section of the block: readings that came, then estimates; fresh bytes. */
  encode(): Uint8Array {
    return copyOf(this.#bytes, 0, this.count * readingLayout.bytes);
  }

  /** Files what a meter said. */
  #note(book: MeterBook, row: number, reading: ReadingRow): void {
    book.note(row, reading.in, reading.out);
    const taken = this.#taken.get(book) ?? new Map<number, number>();
    this.#taken.set(book, taken);
    taken.set(row, (taken.get(row) ?? 0) + 1);
  }

  #write(reading: ReadingEntry): void {
    const at = this.count * readingLayout.bytes;
    if (at === this.#bytes.length) {
      const grown = new Uint8Array(4 * at);
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    const view = this.#view;
    view.setUint32(at + readingAt.participant, reading.participant, true);
    view.setUint8(at + readingAt.carrier, reading.carrier);
    view.setUint8(at + readingAt.flags, reading.flags);
    view.setUint16(at + readingAt.version, reading.version, true);
    view.setUint32(at + readingAt.age, this.#period - reading.period, true);
    view.setUint32(at + readingAt.in, reading.in, true);
    view.setUint32(at + readingAt.out, reading.out, true);
    putAmount(view, at + readingAt.amount, reading.amount);
    this.count += 1;
  }
}

/** As much of an amount as one record holds. */
function within(amount: Amount): Amount {
  if (typeof amount === "number") return amount;
  return amount > maxAmount ? maxAmount : amount < -maxAmount ? -maxAmount : amount;
}

const judgeAmount = (amount: Amount, market: MarketContract): GridclearError | null =>
  within(amount) === amount
    ? null
    : refuse(
        "limit",
        "reading",
        `an imbalance of at most ${moneyWords(market, maxAmount)}`,
        moneyWords(market, amount),
      );

const refuse = (code: ErrorCode, field: string, wanted: string, got: unknown): GridclearError =>
  new GridclearError(code, { field, wanted, got });
