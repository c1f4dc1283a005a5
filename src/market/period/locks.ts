/** What an order can cost its participant at worst, which it must be able to pay before the order counts. */
import { sideCode } from "../../ledger/format/records.js";
import { ppm } from "../../units.js";
import type { OrderRow } from "./orderrow.js";
import type { ResolvedTerms } from "./resolved.js";

/** The price at which an order costs its participant most: 0 when it can only earn. */
function worstPrice(resolved: ResolvedTerms, { side, price }: OrderRow, slot: number): number {
  const { poolFloor, poolLimit, importPrice } = resolved;
  // A floor that is not a number is the price; an infinite one is never paid.
  if (side === sideCode.offer) return Math.max(0, -price, poolFloor[slot]! < 0 ? -poolFloor[slot]! : 0);
  return Math.max(0, price, poolLimit[slot]!, importPrice[slot]!);
}

/** The highest rate of commission that an order may have to pay, in ppm. */
function worstRate({ offerRate, bidRate }: ResolvedTerms, { side, carrier }: OrderRow): number {
  return (side === sideCode.offer ? offerRate : bidRate)[carrier]!;
}

/** {@link lockOf} as a double, a handful of roundings away from it. */
export function roughLock(resolved: ResolvedTerms, row: OrderRow, slot: number): number {
  return row.quantity * worstPrice(resolved, row, slot) * (1 + worstRate(resolved, row) / ppm);
}

/** What an order of (participant, carrier) `slot` costs at worst, in amount ticks. */
export function lockOf(resolved: ResolvedTerms, row: OrderRow, slot: number): bigint {
  const amount = BigInt(row.quantity) * BigInt(worstPrice(resolved, row, slot));
  return amount + (amount * BigInt(worstRate(resolved, row))) / BigInt(ppm);
}
