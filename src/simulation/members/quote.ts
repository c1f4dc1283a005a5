/** The one form of a strategy: what it sees of an order that wants a price, and what it answers. */
import type { Carrier } from "../../units.js";
import type { CarrierTariff } from "../scenario.js";
import type { Member } from "./member.js";

/** What became of an earlier order, in quantity and price ticks. */
export interface Outcome {
  /** Place of its period in the run. */
  readonly place: number;
  readonly price: number;
  readonly quantity: number;
  /**
   * What of it was traded at its limit or better: with others, in the pool and with stores. Imports and exports are
   * not, nor what the pool traded beyond the limit because a contract allows it.
   */
  readonly served: number;
}

/** What a strategy sees of an order that wants a price. */
export interface Quote {
  readonly member: Member;
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  /** What the member expects to use or make, in quantity ticks, above 0. */
  readonly quantity: number;
  /** Place of the period in the run, from 0, and how long one is. */
  readonly place: number;
  readonly periodMs: number;
  /** What the grid asks and pays for the carrier. */
  readonly tariff: CarrierTariff;
  /**
   * What a unit is worth to the member, in price ticks: for a bid what the grid would ask, for an offer what it costs
   * to make or what the grid would pay, whichever is more.
   */
  readonly worth: number;
  /** The member's last order for the carrier, of at most a day ago; null when there was none. */
  readonly last: Outcome | null;
  /** Mean price of the carrier's last trades, those with the grid aside, of at most a day ago; null without any. */
  readonly marketPrice: number | null;
  /** The chance of this order, 0 ≤ luck < 1: the same in every run of the scenario. */
  readonly luck: number;
}

/**
 * Finds the limit of an order in price ticks (10⁻⁶ a kWh), a whole number, or limit and quantity; null places no order.
 * It may depend on the quote and on nothing else that changes: then a run is repeatable, and an interrupted one goes on
 * as it began.
 */
export type Strategy = (
  quote: Quote,
) => number | { readonly price: number; readonly quantity: number } | null;
