/** The order that a use or supply contract lets stand, as it is written: types alone. */

/**
 * An order that stands: while its contract holds, each period makes it for a participant who sent none for the carrier.
 * The contract's signature is the consent to it.
 */
export interface StandingOrder {
  /** Limit in price ticks, as that of an order. */
  readonly price: number;
  readonly quantity: StandingQuantity;
}

/**
 * How much a standing order is for, in quantity ticks: always the same `amount`; or what the meter said, by its last
 * reading or by the one of the same period of the day before, at most `most` (left out: the contract's limit). Of use
 * that is what was drawn less what was fed in, of supply the other way round.
 */
export type StandingQuantity =
  | { readonly rule: "fixed"; readonly amount: number }
  | { readonly rule: "last" | "dayBefore"; readonly most?: number };
