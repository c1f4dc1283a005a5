import { none } from "../../ledger/format/records.js";
import { carriers } from "../../units.js";
import { type Accounts, account, accountOf, collateralOf } from "../books/accounts.js";
import { type Amount, product } from "../books/amounts.js";
import { type Journal, postingCode } from "../books/journal.js";
import { carrierCount, type Terms } from "../contracts/terms.js";
import { lastCorrection, lastReading, type MeterBook, type Readings } from "./readings.js";

/** What settlement works on. */
interface Settling {
  readonly period: number;
  readonly terms: Terms;
  readonly accounts: Accounts;
  readonly journal: Journal;
  readonly readings: Readings;
  readonly books: Map<number, MeterBook>;
}

/**
 * Settles every past period that is complete or whose window closes now: estimates what is missing, prices metered
 * minus traded, posts it; posts differences for corrections of settled periods; drops books nothing can change any
 * more. Returns the periods settled.
 */
export function settle(settling: Settling): number[] {
  const settled: number[] = [];
  for (const book of settling.books.values()) {
    if (book.period >= settling.period) continue;
    if (!book.settled && (book.missing === 0 || settling.period >= lastReading(book))) {
      settleBook(settling, book);
      settled.push(book.period);
    } else if (book.settled && book.corrected.size > 0) {
      for (const slot of [...book.corrected].sort((a, b) => a - b))
        payImbalance(settling, book, slot, postingCode.correction);
      book.corrected.clear();
    }
    if (settling.period >= lastCorrection(book)) settling.books.delete(book.period);
  }
  return settled;
}

function settleBook(settling: Settling, book: MeterBook): void {
  for (let slot = 0; slot < book.expected.length; slot += 1) {
    if (book.expected[slot] === 1 && book.known[slot] === 0) settling.readings.estimate(book, slot);
    if (book.known[slot] === 1) payImbalance(settling, book, slot, postingCode.imbalance);
  }
  book.settled = true;
}

/** What an imbalance costs: taken beyond what was bought at the shortage price, given beyond what was sold at the surplus price. */
function costOf(book: MeterBook, carrier: number, imbalance: number): Amount {
  const tariff = book.payment.tariffs[carriers[carrier]!];
  return product(imbalance, imbalance > 0 ? tariff.shortagePrice : tariff.surplusPrice);
}

/** Pays the imbalance of one meter, or its difference from what has been paid. */
function payImbalance(settling: Settling, book: MeterBook, slot: number, kind: number): void {
  const carrier = slot % carrierCount;
  const imbalance = book.in[slot]! - book.out[slot]! - book.traded[slot]!;
  const before = book.paid[slot]!;
  if (imbalance === before) return;
  book.paid[slot] = imbalance;
  const now = costOf(book, carrier, imbalance);
  const amount = before === 0 ? now : subtract(now, costOf(book, carrier, before));
  const reference = book.arrived[slot] === settling.period ? book.index[slot]! : none;
  const { period } = book;
  const participant = Math.floor(slot / carrierCount);
  const stood = book.defaulted.get(slot) ?? 0n;
  if (amount < 0 && stood > 0n) {
    // Nobody is paid back what the default account had paid for it.
    const back = stood < -BigInt(amount) ? stood : -BigInt(amount);
    settling.journal.post(
      postingCode.default,
      carrier,
      account.trading,
      account.defaults,
      reference,
      back,
      period,
    );
    book.defaulted.set(slot, stood - back);
    settling.journal.post(
      kind,
      carrier,
      accountOf(participant),
      account.trading,
      reference,
      BigInt(amount) + back,
      period,
    );
    return;
  }
  const missing = pay(settling, kind, carrier, participant, reference, amount, period);
  if (missing > 0n) book.defaulted.set(slot, stood + missing);
}

const subtract = (a: Amount, b: Amount): Amount => {
  const exact = BigInt(a) - BigInt(b);
  const value = Number(exact);
  return Number.isSafeInteger(value) ? value : exact;
};

/**
 * A participant pays the platform, down to its limit; what is missing then comes from its collateral and at last from
 * the default account. Returns what that paid.
 */
function pay(
  { terms, accounts, journal }: Settling,
  kind: number,
  carrier: number,
  participant: number,
  reference: number,
  amount: Amount,
  period: number,
): bigint {
  const own = accountOf(participant);
  const means = amount <= 0 ? 0n : accounts.of(participant) + terms.creditLimit(participant);
  if (amount <= means) {
    journal.post(kind, carrier, own, account.trading, reference, amount, period);
    return 0n;
  }
  let left = BigInt(amount);
  const fromOwn = means > 0n ? means : 0n;
  journal.post(kind, carrier, own, account.trading, reference, fromOwn, period);
  left -= fromOwn;
  const collateral = collateralOf(participant);
  const held = accounts.balance(collateral);
  const fromCollateral = held < left ? held : left;
  journal.post(
    postingCode.collateral,
    carrier,
    collateral,
    account.trading,
    reference,
    fromCollateral,
    period,
  );
  left -= fromCollateral;
  journal.post(postingCode.default, carrier, account.defaults, account.trading, reference, left, period);
  return left;
}
