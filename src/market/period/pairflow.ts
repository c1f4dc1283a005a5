/** Flows between two members that their meters decide on: written, and their money moved. */
import { accountOf } from "../books/accounts.js";
import { product } from "../books/amounts.js";
import type { FlowRow } from "../books/journal.js";
import { payFlow } from "../books/payments.js";
import type { Settling } from "./debts.js";

/** Energy between two members in a metered period. */
interface PairFlow extends Pick<FlowRow, "kind" | "carrier" | "quantity" | "price"> {
  /** Who received or bought it, and who supplied or sold it. */
  readonly party: number;
  readonly order: number;
  readonly period: number;
}

/** Writes a flow between two members, and moves its money from the one that its kind says to the other. */
export function writePair(
  { journal, accounts }: Settling,
  { kind, carrier, party, order, quantity, price, period }: PairFlow,
): void {
  const amount = product(quantity, price);
  // Written out: a settlement has hundreds of thousands, and copies of objects cost more than all the rest.
  journal.flow({ kind, carrier, party, order, quantity, lost: 0, price, amount, extra: period });
  const participant = (): number => accountOf(party);
  const of = { participant, supplier: () => accountOf(order), device: participant };
  payFlow({ kind, amount }, of, (_, from, to, paid) => accounts.move(from, to, paid));
}
