/** What the bills of a month come to as payments: who pays how much, by which reference, and how it is collected. */
import { fail } from "../errors.js";
import type { Accounts, MemberAccount } from "../files/accountsfile.js";
import { parseTicks } from "../units.js";
import type { Bill } from "./bill.js";
import { csv } from "./document.js";

/** A bill as a payment. */
export interface Payment {
  readonly participant: string;
  /** What the member owes; below zero it is paid. In currency. */
  readonly amount: string;
  readonly currency: string;
  /**
   * `debit`: collected by a mandate; `transfer`: paid to the member; `open`: the member pays by itself, or is paid
   * where no account is known; `nothing`: the bill comes to zero.
   */
  readonly way: "debit" | "transfer" | "open" | "nothing";
  /** The same for the same bill, so that a payment can be told from another. */
  readonly reference: string;
  readonly account: MemberAccount | null;
}

/** What {@link paymentsOf} goes by. */
export interface PaymentOptions {
  /** Null: all payments are `open`. */
  readonly accounts: Accounts | null;
  /** A text of its own for each participant, of at most 35 characters. */
  readonly reference: (participant: string) => string;
}

/**
 * The payments of bills. Throws `invalid` for a member that the accounts leave out, for a bill in another unit than
 * cents, and where a member has a mandate and the operator no creditor identifier.
 */
export function paymentsOf(bills: readonly Bill[], { accounts, reference }: PaymentOptions): Payment[] {
  return bills.map(({ participant, total, currency }) => {
    const account = accounts === null ? null : (accounts.members.get(participant) ?? null);
    if (accounts !== null && account === null)
      fail("invalid", "accounts.members", `an account of ${participant}, who has a bill`, "none");
    if (account?.mandate !== undefined && accounts?.creditorId === undefined)
      fail("invalid", "accounts.creditorId", "that of whoever collects by mandates", "none");
    if (account !== null) centsOf(total, `bill of ${participant}`);
    const isOwed = !total.startsWith("-");
    const isPaidSo = account !== null && (!isOwed || account.mandate !== undefined);
    const way = Number(total) === 0 ? "nothing" : !isPaidSo ? "open" : isOwed ? "debit" : "transfer";
    return { participant, amount: total, currency, way, reference: reference(participant), account };
  });
}

/** A decimal in whole cents. Throws `invalid` for one with a part of a cent. */
export const centsOf = (amount: string, field: string): bigint =>
  parseTicks(amount, { mantissa: 1n, scale: 2 }, field);

/** Columns of {@link paymentsCsv}, in order. */
const paymentColumns: readonly string[] = [
  ...["participant", "amount", "currency", "way", "reference", "name", "iban", "mandate"],
];

/** Payments as CSV (RFC 4180). */
export const paymentsCsv = (payments: readonly Payment[]): string =>
  csv([
    paymentColumns,
    ...payments.map(({ participant, amount, currency, way, reference, account }) => [
      ...[participant, amount, currency, way, reference],
      ...[account?.name ?? "", account?.iban ?? "", account?.mandate?.id ?? ""],
    ]),
  ]);
