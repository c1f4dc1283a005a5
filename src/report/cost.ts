/** What energy cost participants, and what a market was worth: the parts, as docs/indicators.md defines them. */
import type { Carrier } from "../units.js";

/**
 * What a unit costs that a participant makes of a carrier, in price ticks; null for what is made anyway, such as sun
 * and wind: without a market that would be fed in.
 */
export type CostOf = (participant: string, carrier: Carrier) => number | null;

/** What a participant's energy cost, in amount ticks; what is earned counts below zero. */
export interface Cost {
  /**
   * Without a market: what was asked for, or drawn where a carrier is shared, bought at the retail tariff, cars charged
   * at it with what they used on the road, sun and wind fed in at the feed-in tariff, plants, converters and batteries
   * standing still.
   */
  readonly without: bigint;
  /** With it: all of the following together. */
  readonly with: bigint;
  /** Paid for energy and its handling, fees included, less what was earned. */
  readonly paid: bigint;
  /**
   * What its own supplier took, less what it paid, for what sharing left of its meters, at the tariffs; no money of the
   * market moves for that.
   */
  readonly supplier: bigint;
  /** Paid for what meters found beside what was traded. */
  readonly imbalances: bigint;
  /** What it cost to make what its plants delivered. */
  readonly making: bigint;
  /** What was called off or not served, at the retail tariff. */
  readonly forgone: bigint;
  /** What its stores hold less than at first, halfway between the tariffs; more counts below zero. */
  readonly drained: bigint;
}

/** What a market was worth, in amount ticks. */
export interface Savings {
  /** By participant, in the order of registration; its id first. */
  readonly participants: readonly (Cost & { readonly participant: string })[];
  /** All of them together. */
  readonly together: Cost;
  /** What the platform earned, and what its own stores hold less than at first. */
  readonly platform: { readonly income: bigint; readonly drained: bigint };
  /** What the retailer behind the grid connection got less what it paid, and what the grid's operator got. */
  readonly retailer: bigint;
  readonly operator: bigint;
  /**
   * What all of it cost: plants, what the grid, members' own suppliers and the grid's operator got less what they paid,
   * use forgone, and stores drained. That is what participants bore less what the platform is left with.
   */
  readonly systemCost: bigint;
  /**
   * How unevenly what participants saved is spread over them: the Gini coefficient in ppm; null where nobody saved or
   * lost anything.
   */
  readonly gini: number | null;
}

/** What is left on the accounts of those who are no participants, in amount ticks. */
export type Held = Pick<Savings, "retailer" | "operator"> & { readonly platform: bigint };

/** A cost from its parts. */
export const costWith = (parts: Omit<Cost, "with">): Cost => ({
  ...parts,
  with: parts.paid + parts.supplier + parts.imbalances + parts.making + parts.forgone + parts.drained,
});

/** Costs of several participants together. */
export function addCosts(costs: readonly Cost[]): Cost {
  const sum = (name: keyof Cost): bigint => costs.reduce((total, cost) => total + cost[name], 0n);
  return costWith({
    without: sum("without"),
    paid: sum("paid"),
    supplier: sum("supplier"),
    imbalances: sum("imbalances"),
    making: sum("making"),
    forgone: sum("forgone"),
    drained: sum("drained"),
  });
}
