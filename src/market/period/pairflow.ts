/** Flows between two members that their meters decide on: written, and their money moved. */
import { accountOf } from "../books/accounts.js";
import { product } from "../books/amounts.js";
import { type FlowRow, plainFlow } from "../books/journal.js";
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
export function writePair({ journal, accounts }: Settling, { period, ...flow }: PairFlow): void {
  const row: FlowRow = {
    ...plainFlow,
    ...flow,
    amount: product(flow.quantity, flow.price),
    extra: period,
  };
  journal.flow(row);
  const of = {
    participant: () => accountOf(row.party),
    supplier: () => accountOf(row.order),
    device: () => accountOf(row.party),
  };
  payFlow(row, of, (_, from, to, amount) => accounts.move(from, to, amount));
}
