/**
 * Settlement: every reading, and every estimate of one that did not come, pays for what it says against what contracts
 * said, in the period in which it stands.
 */
import { postingCode } from "../../ledger/format/records.js";
import { type Accounts, account, accountOf, collateralOf } from "../books/accounts.js";
import type { Journal, PostingRow } from "../books/journal.js";
import { payReading } from "../books/payments.js";
import { carrierCount, type Terms } from "../contracts/terms.js";
import { maxEstimates } from "./limits.js";
import { type MeterBook, meter } from "./meters.js";
import type { ReadingEntry, Readings } from "./readings.js";

/** What settlement works on. */
export interface Settling {
  readonly period: number;
  readonly terms: Terms;
  readonly accounts: Accounts;
  readonly journal: Journal;
  readonly readings: Readings;
  /** Past periods with readings to come or to correct, oldest first. */
  readonly books: Map<number, MeterBook>;
}

/**
 * Settles every past period that is complete or whose window closes now, estimating what is missing; has all readings
 * of this period paid; and drops books that nothing can change any more. Periods beyond `most` records of estimates in
 * all wait for the next period, but for the first. Returns the periods settled.
 */
export function settle(settling: Settling, most: number = maxEstimates): number[] {
  const { period, books, readings } = settling;
  const settled: number[] = [];
  const came = readings.count;
  for (const book of books.values()) {
    if (book.settled || book.period >= period) continue;
    if (book.missing > 0 && period < book.lastReading) continue;
    const estimates = readings.count - came;
    if (estimates > 0 && estimates + book.missing > most) continue;
    for (let row = 0; row < book.due; row += 1)
      if (book.get(row, meter.known) === 0) readings.estimate(book, row);
    book.settled = true;
    settled.push(book.period);
  }
  readings.each((reading, index) => pay(settling, reading, index));
  for (const book of books.values())
    if (book.settled && period >= book.lastCorrection) books.delete(book.period);
  return settled;
}

/**
 * Pays what a reading says. A debt beyond what the participant's balance and credit leave is covered by its collateral
 * and at last by the default account; what a reading gives back goes to that first, as far as it had covered the meter.
 */
function pay({ terms, accounts, journal, books }: Settling, reading: ReadingEntry, index: number): void {
  const { participant, carrier, amount, period } = reading;
  if (Number(amount) === 0) return;
  const own = accountOf(participant);
  const credit = terms.creditLimit(participant);
  const means = credit === null ? null : accounts.of(participant) + credit;
  payReading(reading, (_, from, to, paid) => accounts.move(from, to, paid));
  const post = (kind: number, from: number, to: number, sum: bigint): void => {
    const row: PostingRow = { kind, carrier, from, to, reference: index, amount: sum };
    journal.post(row, period);
  };
  const book = books.get(period)!;
  const row = book.find(participant * carrierCount + carrier);
  const stood = book.defaulted(row);
  if (amount < 0) {
    const back = least(stood, -BigInt(amount));
    post(postingCode.default, own, account.defaults, back);
    book.setDefaulted(row, stood - back);
  } else if (means !== null && amount > means) {
    const missing = BigInt(amount) - (means > 0n ? means : 0n);
    const collateral = collateralOf(participant);
    const secured = least(accounts.balance(collateral), missing);
    post(postingCode.collateral, collateral, own, secured);
    post(postingCode.default, account.defaults, own, missing - secured);
    book.setDefaulted(row, stood + missing - secured);
  }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
