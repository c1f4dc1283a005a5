/** What a carrier costs outside the market, as payment contracts have it: types alone. */
import type { CommissionTier } from "../../core/rules.js";
import type { PriceComponent } from "../../tariff/prices.js";

/** What a carrier costs outside the market, and how it settles. */
export interface Tariff {
  /** What the grid takes and pays for a kWh: price ticks, or components that come to them in each period. */
  readonly retail: number | readonly PriceComponent[];
  readonly feedIn: number | readonly PriceComponent[];
  /** Commission of peer-to-peer trades; the shares sum to 1 000 000. */
  readonly commission: readonly CommissionTier[];
  /** Price of energy taken beyond what was bought, and of energy delivered beyond what was sold. */
  readonly shortagePrice: number;
  readonly surplusPrice: number;
}

/** A {@link Tariff} in one period, in price ticks. */
export type PeriodTariff = Omit<Tariff, "retail" | "feedIn"> & {
  readonly retail: number;
  readonly feedIn: number;
};
