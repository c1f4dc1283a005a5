/**
 * The page's words for what the package names: mechanisms, pricings, kinds of participants. Keyed by the package's own
 * types, so that the compiler lists what a newcomer has no words for.
 */
import type { Mechanism, Pricing } from "../core/mechanisms.js";
import type { MemberKind } from "../simulation/scenario.js";
import type { Carrier } from "../units.js";
import type { mixes, otherRules } from "./settings/settings.js";
import type { Phase } from "./worker/explain.js";

/** What a mechanism is called, how it works in a sentence, and the phases of its walk. */
export interface MechanismWords {
  readonly name: string;
  readonly sentence: string;
  readonly phases: readonly (readonly [Phase, string])[];
}

export const mechanismWords = {
  value: {
    name: "Quantity × price",
    sentence:
      "Sellers line up with the smallest quantity × price first, buyers with the largest first. In turn, a seller picks a buyer it can supply completely, and a buyer picks a seller whose rest it can use up.",
    phases: [
      ["start", "Orders"],
      ["A", "Phase A: sellers lead"],
      ["B", "Phase B: buyers lead"],
      ["pool", "Pool"],
      ["end", "Result"],
    ],
  },
  merit: {
    name: "Merit order",
    sentence:
      "The cheapest seller meets the buyer who would pay most, then the next ones, until the asking price passes the bid.",
    phases: [
      ["start", "Orders"],
      ["merit", "Merit order"],
      ["pool", "Pool"],
      ["end", "Result"],
    ],
  },
} as const satisfies Record<Mechanism, MechanismWords>;

/** A pricing as a choice, and as what it does to a trade. */
export const pricingWords = {
  counterparty: { choice: "The chosen one’s", does: "each trade at the price of the one who was chosen" },
  blend: { choice: "In between", does: "each trade between the two limits" },
  uniform: { choice: "One for all", does: "one price for all" },
} as const satisfies Record<Pricing, { choice: string; does: string }>;

/** How a carrier is cleared otherwise. */
export const otherRuleWords = {
  same: "As it was",
  value: "Quantity × price",
  merit: "Merit order, in between",
  places: "A price by place, no pool",
} as const satisfies Record<(typeof otherRules)[number], string>;

export const carrierWords = {
  electricity: "Electricity",
  heat: "Heat",
  cold: "Cooling",
  gas: "Gas",
} as const satisfies Record<Carrier, string>;

export const mixWords = {
  street: "A street of homes",
  solar: "A village full of solar roofs",
  town: "A town with shops",
  industry: "An industrial park",
} as const satisfies Record<(typeof mixes)[number], string>;

/** Kinds of participants: one of them, the word in its name, and all of them together. */
export const kindWords = {
  home: { one: "home", name: "Home", all: "Homes" },
  business: { one: "business", name: "Business", all: "Businesses" },
  industry: { one: "factory", name: "Factory", all: "Industry" },
  dc: { one: "data room on direct current", name: "Data room", all: "Data rooms (DC)" },
  car: { one: "electric car", name: "Car", all: "Electric cars" },
  solar: { one: "solar park", name: "Solar park", all: "Solar parks" },
  wind: { one: "wind turbine", name: "Wind", all: "Wind" },
  turbine: { one: "gas turbine", name: "Turbine", all: "Gas turbines" },
  biomass: { one: "biomass plant", name: "Biomass", all: "Biomass" },
  chp: { one: "combined heat and power plant", name: "CHP", all: "CHP plants" },
  heatpump: { one: "heat pump", name: "Heat pump", all: "Heat pumps" },
  boiler: { one: "gas boiler", name: "Boiler", all: "Gas boilers" },
  chiller: { one: "chiller", name: "Chiller", all: "Chillers" },
  supplier: { one: "gas supplier", name: "Gas supply", all: "Gas suppliers" },
  storage: { one: "store", name: "Store", all: "Stores" },
} as const satisfies Record<MemberKind, { one: string; name: string; all: string }>;
