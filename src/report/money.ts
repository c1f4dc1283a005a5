/** Where the money of a ledger went: payments by kind and carrier, and what groups of accounts received and paid. */
import {
  type AccountName,
  accountNames,
  firstCollateralAccount,
  firstParticipantAccount,
} from "../ledger/format/records.js";
import { type PaymentKind, paymentKinds } from "../market/books/payments.js";
import { carriers } from "../units.js";
import { type AccountGroup, accountGroups, type MoneyBalance } from "./balances.js";
import type { Payment } from "./payments.js";

const groupsOfAccounts: Readonly<Record<AccountName, AccountGroup>> = {
  trading: "platform trading",
  pool: "platform pool",
  commission: "platform commission",
  grid: "grid",
  defaults: "platform defaults",
  bank: "bank",
  gridFees: "grid fees",
  congestionRent: "congestion rent",
};
function groupOf(account: number): AccountGroup {
  if (account >= firstCollateralAccount) return "collateral";
  return account >= firstParticipantAccount
    ? "participants"
    : groupsOfAccounts[accountNames[account] ?? "bank"];
}

/** Adds up payments. */
export class MoneySums {
  readonly #payments: bigint[][] = paymentKinds.map(() =>
    Array.from({ length: carriers.length + 1 }, () => 0n),
  );
  readonly #received = new Map<AccountGroup, bigint>(accountGroups.map((group) => [group, 0n]));
  readonly #paid = new Map<AccountGroup, bigint>(accountGroups.map((group) => [group, 0n]));

  add({ kind, carrier, debit, credit, amount }: Readonly<Payment>): void {
    const [to, from] = [groupOf(debit), groupOf(credit)];
    this.#payments[paymentKinds.indexOf(kind)]![carrier]! += amount;
    this.#received.set(to, this.#received.get(to)! + amount);
    this.#paid.set(from, this.#paid.get(from)! + amount);
  }

  /** What a group of accounts holds. */
  held(group: AccountGroup): bigint {
    return this.#received.get(group)! - this.#paid.get(group)!;
  }

  /** What was paid for a carrier, by its code, in payments of these kinds. */
  paidFor(code: number, kinds: readonly PaymentKind[]): bigint {
    return kinds.reduce((sum, kind) => sum + this.#payments[paymentKinds.indexOf(kind)]![code]!, 0n);
  }

  result(): MoneyBalance {
    return {
      payments: new Map(
        paymentKinds.map((kind, index) => [
          kind,
          this.#payments[index]!.reduce((sum, part) => sum + part, 0n),
        ]),
      ),
      groups: new Map(
        accountGroups.map((group) => [
          group,
          { received: this.#received.get(group)!, paid: this.#paid.get(group)! },
        ]),
      ),
      closes: accountGroups.reduce((sum, group) => sum + this.held(group), 0n) === 0n,
    };
  }
}
