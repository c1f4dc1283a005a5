/** How members find the prices of their orders: the built-in strategies, and the form of one's own. */
import { type Carrier, ppm } from "../../units.js";
import type { CarrierTariff, Scenario } from "../scenario.js";
import type { Member } from "./member.js";

/** What a strategy sees of an order that wants a price. */
export interface Quote {
  readonly member: Member;
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  /** Quantity ticks, above 0. */
  readonly quantity: number;
  /** Place of the period in the run, from 0. */
  readonly place: number;
  /** What the grid asks and pays for the carrier. */
  readonly tariff: CarrierTariff;
  /** The chance of this order, 0 ≤ luck < 1: the same in every run of the scenario. */
  readonly luck: number;
}

/**
 * Finds the limit of an order in price ticks (10⁻⁶ a kWh), a whole number; null places no order. It may depend on the
 * quote and on nothing else that changes: then a run is repeatable, and an interrupted one goes on as it began.
 */
export type PriceStrategy = (quote: Quote) => number | null;

/** Prices are whole multiples of this many ticks: people write 0.2415, not 0.241503. */
const priceStep = 100;

const stepped = (price: number): number => Math.round(price / priceStep) * priceStep;

/** A price `share` ppm of the way from the feed-in to the retail tariff. */
export function between(tariff: CarrierTariff, share: number): number {
  return stepped(tariff.feedIn + ((tariff.retail - tariff.feedIn) * share) / ppm);
}

/** The strategy that each member of a scenario follows by its own nature. */
export function usualStrategy(scenario: Scenario): PriceStrategy {
  return ({ member, carrier, side, luck }) =>
    side === "bid" ? bidLimit(member, carrier, scenario, luck) : offerLimit(member, carrier, scenario, luck);
}

/**
 * Limit of a bid in price ticks: never above the retail tariff, at which the grid would deliver anyway.
 *
 * @param luck a random number, 0 ≤ luck < 1, that only the strategy `random` looks at
 */
export function bidLimit(member: Member, carrier: Carrier, scenario: Scenario, luck: number): number {
  const tariff = scenario.tariffs[carrier];
  const { converter } = member;
  if (converter !== null && converter.input === carrier) {
    // A converter bids what its outputs will fetch, with a fifth for itself.
    const worth = converter.outputs.reduce(
      (sum, output) => sum + (scenario.tariffs[output.carrier].retail * output.ratio) / ppm,
      0,
    );
    return stepped(Math.min(worth * 0.8, tariff.retail * 0.98));
  }
  return member.strategy === "random"
    ? between(tariff, 450_000 + luck * 550_000)
    : between(tariff, ppm - member.margin);
}

/**
 * What a unit costs that a member makes of a carrier, in price ticks; null for sun and wind, which cost nothing more
 * and come when they like, and for what was measured. A converter's energy costs what went in, so for it this is 0.
 */
export function unitCost(member: Member, carrier: Carrier, { retail }: CarrierTariff): number | null {
  if (member.converter !== null) return 0;
  const plant = member.devices.some((device) => device.kind === "plant" && device.carrier === carrier);
  return plant ? Math.round((retail * member.cost) / ppm) : null;
}

/** Limit of an offer in price ticks: never below what a unit costs, unless the feed-in tariff pays more. */
export function offerLimit(member: Member, carrier: Carrier, scenario: Scenario, luck: number): number {
  const tariff = scenario.tariffs[carrier];
  const cost = Math.max((tariff.retail * member.cost) / ppm, tariff.feedIn);
  if (member.strategy === "cost") return stepped(cost * 1.02);
  if (member.strategy === "random") return stepped(cost + (tariff.retail - cost) * luck * 0.9);
  return Math.max(stepped(cost), between(tariff, member.margin));
}
