/**
 * Who pays what a settlement comes to: the participant out of balance and credit, then its collateral, and at last the
 * default account, which is paid back first.
 */
import { postingCode } from "../../ledger/format/records.js";
import { type Accounts, account, accountOf, collateralOf } from "../books/accounts.js";
import type { Amount } from "../books/amounts.js";
import type { Journal, PostingRow } from "../books/journal.js";
import { carrierCount, type Terms } from "../contracts/terms.js";
import type { MeterBook } from "./meters.js";
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

/** What a participant owes for one of its meters, and has been debited. */
export interface Debt {
  readonly participant: number;
  readonly carrier: number;
  /** Amount ticks; below 0: it is paid. */
  readonly amount: Amount;
  /** What balance and credit came to before; null: without limit. */
  readonly means: bigint | null;
  /** Index of the reading that it is for, or `none`. */
  readonly reference: number;
}

/** What the balance of a participant and its credit come to; null: its credit has no limit. */
export function meansOf({ terms, accounts }: Settling, participant: number): bigint | null {
  const credit = terms.creditLimit(participant);
  return credit === null ? null : accounts.of(participant) + credit;
}

/**
 * Covers the part of a debt that the participant's means leave; of what it is paid, the default account gets back first
 * what it had paid for the meter. Returns the means after it.
 */
export function cover(
  { accounts, journal }: Settling,
  book: MeterBook,
  { participant, carrier, amount, means, reference }: Debt,
): bigint | null {
  const own = accountOf(participant);
  const post = (kind: number, from: number, to: number, sum: bigint): void => {
    const row: PostingRow = { kind, carrier, from, to, reference, amount: sum };
    journal.post(row, book.period);
  };
  const row = book.find(participant * carrierCount + carrier);
  const stood = book.defaulted(row);
  const owes = BigInt(amount);
  if (owes < 0n) {
    const back = least(stood, -owes);
    post(postingCode.default, own, account.defaults, back);
    book.setDefaulted(row, stood - back);
    return means === null ? null : means - owes - back;
  }
  if (means === null) return null;
  const missing = owes - least(owes, means > 0n ? means : 0n);
  if (missing === 0n) return means - owes;
  const collateral = collateralOf(participant);
  const secured = least(accounts.balance(collateral), missing);
  post(postingCode.collateral, collateral, own, secured);
  post(postingCode.default, account.defaults, own, missing - secured);
  book.setDefaulted(row, stood + missing - secured);
  return means - owes + missing;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
