/**
 * What the page calls the mechanisms and the pricings. One table for all views: the compiler lists here whatever a new
 * mechanism lacks.
 */
import type { Mechanism, Pricing } from "../../core/mechanisms.js";

interface MechanismWords {
  /** Its name on a switch or in a table. */
  readonly name: string;
  /** How it works, as sentences. */
  readonly how: string;
}

export const mechanismWords = {
  value: {
    name: "Quantity × price",
    how: "Sellers line up with the smallest quantity × price first, buyers with the largest first, and they take turns choosing whom they can serve, or take, whole.",
  },
  merit: {
    name: "Merit order",
    how: "The cheapest seller meets the buyer who would pay most, then the next ones, until the asking price passes the bid.",
  },
} as const satisfies Record<Mechanism, MechanismWords>;

interface PricingWords {
  /** Its name on a switch. */
  readonly name: string;
  /** What a trade pays, as part of a sentence. */
  readonly pays: string;
}

export const pricingWords = {
  counterparty: { name: "The other’s price", pays: "each trade at the other’s price" },
  blend: { name: "In between", pays: "each trade between the two limits" },
  uniform: { name: "One for all", pays: "one price for all" },
} as const satisfies Record<Pricing, PricingWords>;
