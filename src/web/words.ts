/**
 * The page's words for what the package names: mechanisms, pricings, kinds of participants. Keyed by the package's own
 * types, so that the compiler lists what a newcomer has no words for.
 */
import type { Mechanism, Pricing } from "../core/mechanisms.js";
import type { MemberKind } from "../simulation/scenario.js";
import type { Carrier } from "../units.js";
import { count } from "./format.js";
import { counted, t } from "./say.js";
import type { mixes, otherRules, seasons, weathers } from "./settings/settings.js";
import type { Phase } from "./worker/explain.js";

/** What a mechanism is called, how it works in a sentence, and the phases of its walk. */
export interface MechanismWords {
  readonly name: string;
  readonly sentence: string;
  readonly phases: readonly (readonly [Phase, string])[];
}

export const mechanismWords = {
  value: {
    name: t`Quantity × price`,
    sentence: t`Sellers line up with the smallest quantity × price first, buyers with the largest first. In turn, a seller picks a buyer it can supply completely, and a buyer picks a seller whose rest it can use up.`,
    phases: [
      ["start", t`Orders`],
      ["A", t`Phase A: sellers lead`],
      ["B", t`Phase B: buyers lead`],
      ["pool", t`Pool`],
      ["end", t`Result`],
    ],
  },
  merit: {
    name: t`Merit order`,
    sentence: t`The cheapest seller meets the buyer who would pay most, then the next ones, until the asking price passes the bid.`,
    phases: [
      ["start", t`Orders`],
      ["merit", t`Merit order`],
      ["pool", t`Pool`],
      ["end", t`Result`],
    ],
  },
} as const satisfies Record<Mechanism, MechanismWords>;

/** A pricing as a choice, and as what it does to a trade. */
export const pricingWords = {
  counterparty: { choice: t`The chosen one’s`, does: t`each trade at the price of the one who was chosen` },
  blend: { choice: t`In between`, does: t`each trade between the two limits` },
  uniform: { choice: t`One for all`, does: t`one price for all` },
} as const satisfies Record<Pricing, { choice: string; does: string }>;

/** How a carrier is cleared otherwise. */
export const otherRuleWords = {
  same: t`As it was`,
  value: t`Quantity × price`,
  merit: t`Merit order, in between`,
  places: t`A price by place, no pool`,
} as const satisfies Record<(typeof otherRules)[number], string>;

export const carrierWords = {
  electricity: t`Electricity`,
  heat: t`Heat`,
  cold: t`Cooling`,
  gas: t`Gas`,
} as const satisfies Record<Carrier, string>;

/** The carriers as they stand within a sentence. */
export const carrierNames = {
  electricity: t`electricity`,
  heat: t`heat`,
  cold: t`cooling`,
  gas: t`gas`,
} as const satisfies Record<Carrier, string>;

/** The sides of a market, as their orders are called. */
export const sideWords = { offer: t`offer`, bid: t`bid` } as const;

/** A number of trades. */
export const tradesWords = (value: number): string =>
  counted(value, t`1 trade`, t`${count(value)} trades`, t`no trades`);

export const mixWords = {
  street: t`A street of homes`,
  solar: t`A village full of solar roofs`,
  town: t`A town with shops`,
  industry: t`An industrial park`,
} as const satisfies Record<(typeof mixes)[number], string>;

export const seasonWords = {
  winter: t`Winter`,
  spring: t`Spring`,
  summer: t`Summer`,
  autumn: t`Autumn`,
} as const satisfies Record<(typeof seasons)[number], string>;

export const weatherWords = {
  clear: t`Clear`,
  mixed: t`Mixed`,
  overcast: t`Overcast`,
  windy: t`Windy`,
} as const satisfies Record<(typeof weathers)[number], string>;

/** Kinds of participants: one of them, the word in its name, and all of them together. */
export const kindWords = {
  home: { one: t`home`, name: t`Home`, all: t`Homes` },
  business: { one: t`business`, name: t`Business`, all: t`Businesses` },
  industry: { one: t`factory`, name: t`Factory`, all: t`Industry` },
  dc: { one: t`data room on direct current`, name: t`Data room`, all: t`Data rooms (DC)` },
  car: { one: t`electric car`, name: t`Car`, all: t`Electric cars` },
  solar: { one: t`solar park`, name: t`Solar park`, all: t`Solar parks` },
  wind: { one: t`wind turbine`, name: t`Wind`, all: t`Wind` },
  turbine: { one: t`gas turbine`, name: t`Turbine`, all: t`Gas turbines` },
  biomass: { one: t`biomass plant`, name: t`Biomass`, all: t`Biomass` },
  chp: { one: t`combined heat and power plant`, name: t`CHP`, all: t`CHP plants` },
  heatpump: { one: t`heat pump`, name: t`Heat pump`, all: t`Heat pumps` },
  boiler: { one: t`gas boiler`, name: t`Boiler`, all: t`Gas boilers` },
  chiller: { one: t`chiller`, name: t`Chiller`, all: t`Chillers` },
  supplier: { one: t`gas supplier`, name: t`Gas supply`, all: t`Gas suppliers` },
  storage: { one: t`store`, name: t`Store`, all: t`Stores` },
} as const satisfies Record<MemberKind, { one: string; name: string; all: string }>;
