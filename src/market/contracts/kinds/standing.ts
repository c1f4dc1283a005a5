/**
 * The standing order of a use or supply contract: its fields, what it has to fit, and which meters' readings are kept
 * for it. What a period makes of it stands in period/standing.ts.
 */
import { type Check, integer, object, oneOf, optional, record } from "../../../check.js";
import { fail } from "../../../errors.js";
import { maxQuantity } from "../../../units.js";
import type { SupplyContract, UseContract } from "../contracts.js";
import { price } from "../fields.js";
import type { StandingOrder, StandingQuantity } from "../standingorder.js";
import type { Terms } from "../terms.js";

/**
 * Most readings kept for the rule `dayBefore`, of all meters together: one for each of its meters and each period of a
 * day. They are hashed once a period and stand in snapshots, 24 bytes each.
 */
export const maxDayReadings: number = 1 << 20;

const amount = integer(1, maxQuantity);
const fixed = record({ rule: oneOf("fixed"), amount });
const metered = record({ rule: oneOf("fixed", "last", "dayBefore"), most: optional(amount) });
const standingQuantity: Check<StandingQuantity> = (value, field) =>
  object(value, field).rule === "fixed" ? fixed(value, field) : (metered(value, field) as StandingQuantity);

/** A standing order by itself, field by field. */
export const standingOrder: Check<StandingOrder> = record({ price, quantity: standingQuantity });

/** Returns the contract; throws `invalid` where it has a standing order that its other fields don't allow. */
export function fittingStanding<T extends SupplyContract | UseContract>(contract: T, field: string): T {
  const { participant, standing, limit } = contract;
  if (standing === undefined) return contract;
  if (participant === undefined)
    fail("invalid", `${field}.standing`, "none in standard terms, to which nobody agreed by name", "one");
  const { quantity } = standing;
  const [name, most] =
    quantity.rule === "fixed" ? ["amount", quantity.amount] : ["most", quantity.most ?? limit];
  if (most > limit)
    fail("invalid", `${field}.standing.quantity.${name}`, `at most the contract's limit, ${limit}`, most);
  return contract;
}

/** Throws unless the market can keep the readings that a contract's standing order asks for. */
export function checkStanding(
  { participant, carrier, standing }: SupplyContract | UseContract,
  terms: Terms,
  own: string,
): void {
  if (participant === undefined || standing?.quantity.rule !== "dayBefore") return;
  const field = `${own}.standing.quantity.rule`;
  const { periodsPerDay: perDay, dayMeters } = terms;
  if (perDay === null)
    fail("refused", field, "another, as a day has no whole number of periods", "dayBefore");
  const meters = dayMeters.size + (dayMeters.has(terms.slot(participant, carrier)) ? 0 : 1);
  const most = Math.floor(maxDayReadings / perDay);
  if (meters > most) fail("limit", field, `dayBefore for at most ${most} meters of this market`, meters);
}

/** The contracts of a participant and carrier have changed: notes whether the readings of a day are kept for them. */
export function noteDayMeter({ supply, use, dayMeters }: Terms, slot: number): void {
  const asks = [supply, use].some(({ own }) => own[slot]?.standing?.quantity.rule === "dayBefore");
  if (asks) dayMeters.add(slot);
  else dayMeters.delete(slot);
}
