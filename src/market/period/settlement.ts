/** Settlement of past periods: what meters said against what contracts said, priced and paid. */
import { none, postingCode } from "../../ledger/format/records.js";
import { carriers } from "../../units.js";
import { type Accounts, account, accountOf, collateralOf } from "../books/accounts.js";
import { type Amount, product } from "../books/amounts.js";
import type { Journal, PostingRow } from "../books/journal.js";
import { carrierCount, type Terms } from "../contracts/terms.js";
import { maxCorrectedPostings, maxSettledMeters } from "./limits.js";
import { type MeterBook, meter } from "./meters.js";
import type { Readings } from "./readings.js";

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
 * Settles every past period that is complete or whose window closes now: estimates what is missing, prices metered
 * minus traded, posts it; posts differences for corrections of settled periods; drops books nothing can change any
 * more. Periods beyond `most` meters in all wait for the next period, but for the first. Returns the periods settled.
 */
export function settle(settling: Settling, most: number = maxSettledMeters): number[] {
  const { period, books } = settling;
  const settled: number[] = [];
  let meters = 0;
  for (const book of books.values()) {
    if (book.period >= period) continue;
    const isDue = book.missing === 0 || period >= book.lastReading;
    if (!book.settled && isDue && (settled.length === 0 || meters + book.count <= most)) {
      settleBook(settling, book);
      settled.push(book.period);
      meters += book.count;
    } else if (book.settled && book.corrected.size > 0) {
      correctBook(settling, book);
    }
    if (book.settled && book.corrected.size === 0 && period >= book.lastCorrection) books.delete(book.period);
  }
  return settled;
}

function correctBook(settling: Settling, book: MeterBook): void {
  for (const row of book.inOrder(book.corrected)) {
    if (settling.journal.postings >= maxCorrectedPostings) return;
    payImbalance(settling, book, row, postingCode.correction);
    book.corrects(row);
  }
}

function settleBook(settling: Settling, book: MeterBook): void {
  for (const row of book.inOrder()) {
    if (book.get(row, meter.known) === 0) settling.readings.estimate(book, row);
    payImbalance(settling, book, row, postingCode.imbalance);
  }
  book.settled = true;
}

/**
 * What an imbalance costs: at the shortage price what was taken too much, at the surplus price what was given too much.
 */
function costOf(book: MeterBook, carrier: number, imbalance: number): Amount {
  const tariff = book.payment.tariffs[carriers[carrier]!];
  return product(imbalance, imbalance > 0 ? tariff.shortagePrice : tariff.surplusPrice);
}

/** What a participant owes the platform for a meter, as a posting. */
interface Debt extends PostingRow {
  readonly participant: number;
  /** The period that was metered. */
  readonly period: number;
}

/** Pays the imbalance of one meter, or its difference from what has been paid. */
function payImbalance(settling: Settling, book: MeterBook, row: number, kind: number): void {
  const slot = book.get(row, meter.slot);
  const carrier = slot % carrierCount;
  const traded = book.get(row, meter.tradedIn) - book.get(row, meter.tradedOut);
  const imbalance = book.get(row, meter.in) - book.get(row, meter.out) - traded;
  const before = book.get(row, meter.paid);
  if (imbalance === before) return;
  book.set(row, meter.paid, imbalance);
  const now = costOf(book, carrier, imbalance);
  const amount = before === 0 ? now : subtract(now, costOf(book, carrier, before));
  const participant = Math.floor(slot / carrierCount);
  const debt: Debt = {
    kind,
    carrier,
    participant,
    from: accountOf(participant),
    to: account.trading,
    reference: settling.readings.indexOf(book, row) ?? none,
    amount,
    period: book.period,
  };
  const stood = book.defaulted(row);
  if (amount < 0 && stood > 0n) book.setDefaulted(row, stood - giveBack(settling, debt, stood));
  else {
    const missing = collect(settling, debt);
    if (missing > 0n) book.setDefaulted(row, stood + missing);
  }
}

const subtract = (a: Amount, b: Amount): Amount => {
  const exact = BigInt(a) - BigInt(b);
  const value = Number(exact);
  return Number.isSafeInteger(value) ? value : exact;
};

/**
 * Pays back a debt that turned out too high (a negative amount): first to the default account as far as that had paid
 * it, `stood`. Returns what went there.
 */
function giveBack({ journal }: Settling, debt: Debt, stood: bigint): bigint {
  const owed = -BigInt(debt.amount);
  const back = stood < owed ? stood : owed;
  const toDefaults = { from: account.trading, to: account.defaults, amount: back };
  journal.post({ ...debt, ...toDefaults, kind: postingCode.default }, debt.period);
  journal.post({ ...debt, amount: back - owed }, debt.period);
  return back;
}

/**
 * A participant pays a debt down to its limit; what is missing then comes from its collateral and at last from the
 * default account. Returns what that paid.
 */
function collect({ terms, accounts, journal }: Settling, debt: Debt): bigint {
  const { participant, amount, period } = debt;
  const credit = terms.creditLimit(participant);
  const means = amount <= 0 || credit === null ? null : accounts.of(participant) + credit;
  if (means === null || amount <= means) {
    journal.post(debt, period);
    return 0n;
  }
  let left = BigInt(amount);
  const own = means > 0n ? means : 0n;
  journal.post({ ...debt, amount: own }, period);
  left -= own;
  const collateral = collateralOf(participant);
  const held = accounts.balance(collateral);
  const secured = held < left ? held : left;
  journal.post({ ...debt, kind: postingCode.collateral, from: collateral, amount: secured }, period);
  left -= secured;
  journal.post({ ...debt, kind: postingCode.default, from: account.defaults, amount: left }, period);
  return left;
}
