/** What trading in a carrier comes to, for one participant and for a community; docs/indicators.md has the formulas. */
import type { Carrier } from "../units.js";

/** What energy emits, in mg of CO2 per kWh, as whole numbers. */
export interface Emissions {
  /** What the grid delivers of a carrier in the period that ends at a time (Unix, milliseconds). */
  grid(carrier: Carrier, timestampMs: number): number;
  /** What a participant makes of a carrier itself; 0 for a converter, whose input counts where it came from. */
  own(participant: string, carrier: Carrier): number;
}

/** The most of something in one period. */
export interface Peak {
  /** Quantity ticks. */
  readonly quantity: bigint;
  /** The first period that had so much. */
  readonly period: number;
}

/** What bids paid others for a unit, commission aside, in price ticks. */
export interface Prices {
  readonly mean: bigint;
  readonly lowest: number;
  readonly highest: number;
  /** Standard deviation of the means of the periods, each with the weight of its volume. */
  readonly deviation: bigint;
}

/** What trading in a carrier came to for a participant, or for all of them. */
export interface Trading {
  /** Quantity ticks: what bids asked for, bought of others, had called off, and never got. */
  readonly asked: bigint;
  readonly bought: bigint;
  readonly interrupted: bigint;
  readonly unserved: bigint;
  /** Quantity ticks: what offers could have delivered, sold to others, and had left. */
  readonly offered: bigint;
  readonly sold: bigint;
  readonly idle: bigint;
  /** Quantity ticks from the grid and to it, own stores included. */
  readonly imported: bigint;
  readonly exported: bigint;
  /** Quantity ticks into and out of own stores. */
  readonly charged: bigint;
  readonly discharged: bigint;
  /**
   * Quantity ticks, of a carrier that is shared: what meters drew and injected, and what of that communities shared.
   * The rest is had from an own supplier, or goes to the grid.
   */
  readonly drawn: bigint;
  readonly injected: bigint;
  readonly received: bigint;
  readonly supplied: bigint;
  /**
   * Of what bids got, or meters drew, the share that came from others than the grid, in ppm; null when they got
   * nothing.
   */
  readonly selfSufficiency: number | null;
  /**
   * Of what offers delivered, or meters injected, the share that others than the grid used, in ppm; null when they
   * delivered nothing.
   */
  readonly selfConsumption: number | null;
  /** What bids paid others for a unit, and offers got of them, in the mean, commission counted, in price ticks. */
  readonly paidPrice: bigint | null;
  readonly gotPrice: bigint | null;
  /** Null where there was none. */
  readonly peakImport: Peak | null;
  readonly peakExport: Peak | null;
  /** What bids paid others less than their limits, and offers got more than theirs, in amount ticks. */
  readonly buyerGain: bigint;
  readonly sellerGain: bigint;
  /** mg of CO2 per kWh × quantity ticks; null where nobody said what energy emits. */
  readonly co2: bigint | null;
}

/** What trading in a carrier came to for a community, its platform's stores included. */
export interface CommunityTrading extends Trading {
  /** Null without a trade. */
  readonly prices: Prices | null;
  /** Σ quantity × (limit of the bid − limit of the offer) of all trades between two orders, in amount ticks. */
  readonly welfare: bigint;
  /** The most that could have been, by merit order without areas: never less than `welfare`. */
  readonly bestWelfare: bigint;
  /** Imported for bids while offers at or below the retail tariff stood idle, in quantity ticks. */
  readonly overlap: bigint;
  /** What those offers would have saved, in amount ticks. */
  readonly overlapLoss: bigint;
}

/** What there is of each carrier. */
export type ByCarrier<T> = { readonly [carrier in Carrier]: T };

/** What trading came to, for all and for each. */
export interface TradingOfAll {
  readonly together: ByCarrier<CommunityTrading>;
  /** In the order of registration. */
  readonly participants: readonly { readonly participant: string; readonly carriers: ByCarrier<Trading> }[];
}
