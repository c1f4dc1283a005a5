/**
 * Who pays what a settlement comes to: the participant out of balance and credit, then its collateral, and at last the
 * default account, which is paid back first.
 */
import { none, postingCode } from "../../ledger/format/records.js";
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

/**
 * What one settlement of a book comes to, meter by meter, out of what its participants had before it. Everything is
 * added before its money moves, and covered once all has moved.
 */
export class Owed {
  readonly #settling: Settling;
  readonly #amounts = new Map<number, bigint>();
  readonly #means = new Map<number, bigint | null>();

  constructor(settling: Settling) {
    this.#settling = settling;
  }

  /** The participant of a slot pays so much, or is paid it where it is below 0. */
  add(slot: number, amount: Amount): void {
    const participant = Math.floor(slot / carrierCount);
    if (!this.#means.has(participant)) this.#means.set(participant, meansOf(this.#settling, participant));
    this.#amounts.set(slot, (this.#amounts.get(slot) ?? 0n) + BigInt(amount));
  }

  /** Covers what they can't pay, by slot; `before` moves what is still to be moved for a slot. */
  cover(book: MeterBook, before: (slot: number) => void = () => undefined): void {
    for (const slot of [...this.#amounts.keys()].sort((a, b) => a - b)) {
      before(slot);
      const carrier = slot % carrierCount;
      const participant = (slot - carrier) / carrierCount;
      const amount = this.#amounts.get(slot)!;
      const means = this.#means.get(participant)!;
      const debt: Debt = { participant, carrier, amount, means, reference: none };
      this.#means.set(participant, cover(this.#settling, book, debt));
    }
  }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
