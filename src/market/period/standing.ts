/**
 * The orders that contracts make: worked out as a period opens, from contracts in force and from readings that stand in
 * sealed blocks, so they are known before the gate closes and nothing that comes in the period changes them.
 */
import { sideCode, standingRevision } from "../../ledger/format/records.js";
import type { SupplyContract, UseContract } from "../contracts/contracts.js";
import { carrierCount, type Terms } from "../contracts/terms.js";
import type { LastReadings, Metered } from "./lastreadings.js";
import type { OrderRow } from "./orderrow.js";
import type { ResolvedTerms } from "./resolved.js";

/** What standing orders are made of. */
export interface StandingParts {
  readonly terms: Terms;
  readonly resolved: ResolvedTerms;
  readonly lastReadings: LastReadings;
}

/**
 * The standing orders of `period`, which opens, by (participant, carrier) and in that order. Where both contracts of a
 * participant and carrier come to a quantity, what stays of the larger is ordered: energy passes its meter once.
 */
export function standingOrders(
  { terms, resolved, lastReadings }: StandingParts,
  period: number,
): ReadonlyMap<number, OrderRow> {
  const orders = new Map<number, OrderRow>();
  for (const slot of resolved.standing) {
    const [supply, use] = [terms.supply.own[slot] ?? null, terms.use.own[slot] ?? null];
    const quantityOf = (contract: SupplyContract | UseContract | null): number =>
      contract === null ? 0 : quantityBy(contract, slot, lastReadings, period);
    const net = quantityOf(supply) - quantityOf(use);
    if (net === 0) continue;
    const carrier = slot % carrierCount;
    orders.set(slot, {
      participant: (slot - carrier) / carrierCount,
      carrier,
      side: net > 0 ? sideCode.offer : sideCode.bid,
      quantity: Math.abs(net),
      price: (net > 0 ? supply : use)!.standing!.price,
      revision: standingRevision,
    });
  }
  return orders;
}

/** What the standing order of a contract comes to; 0 without one, and where there is no reading to go by. */
function quantityBy(
  contract: SupplyContract | UseContract,
  slot: number,
  readings: LastReadings,
  period: number,
): number {
  const quantity = contract.standing?.quantity;
  if (quantity === undefined) return 0;
  if (quantity.rule === "fixed") return quantity.amount;
  const said: Metered | null =
    quantity.rule === "last" ? readings.last(slot) : readings.dayBefore(slot, period);
  if (said === null) return 0;
  const net = contract.kind === "use" ? said.in - said.out : said.out - said.in;
  return Math.max(0, Math.min(net, quantity.most ?? contract.limit));
}
