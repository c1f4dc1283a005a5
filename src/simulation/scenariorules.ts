/** How carriers clear, what the grid asks and pays, and commission: their keys in a scenario file. */
import { checkMechanism, checkTies, mechanismNames, pricingNames, tieNames } from "../core/mechanisms.js";
import { maxTiers } from "../core/rules.js";
import { fail } from "../errors.js";
import { listedComponents } from "../files/tarifffile.js";
import {
  either,
  further,
  integer,
  list,
  needed,
  oneOf,
  open,
  optional,
  orNull,
  record,
  type Shape,
} from "../shape.js";
import { type PriceBasis, type PriceComponent, priceRange, pricesOf } from "../tariff/prices.js";
import { type Carrier, maxPrice, microTick, minPrice, ppm } from "../units.js";
import type { CarrierRules, CarrierTariff, Scenario, SharedRules } from "./scenario.js";
import { fee, price } from "./scenarioprices.js";
import { sharedRules } from "./scenariosharing.js";
import { ownTariffs } from "./tariffs.js";

const share = integer(0, ppm);

const pool = further(
  record({
    price: needed(price, "what a kWh costs in the pool"),
    purchasePrice: open(price, "what sellers get for it; left out: the price"),
    lots: optional(oneOf("whole", "divisible"), "whether a lot may be sold in parts", "whole"),
  }),
  "purchasePrice is at most price",
  ({ price, purchasePrice = price, lots }, field) =>
    purchasePrice <= price
      ? { price, purchasePrice, lots }
      : fail("invalid", `${field}.purchasePrice`, "at most the pool's price", purchasePrice),
);

/** How a carrier clears unless the scenario says otherwise. */
const ownRules = {
  electricity: {
    mechanism: "value",
    pricing: "counterparty",
    ties: "lottery",
    pool: { price: "0.43", purchasePrice: "0.26", lots: "divisible" },
  },
  heat: {
    mechanism: "merit",
    pricing: "uniform",
    ties: "arrival",
    pool: { price: "0.15", purchasePrice: "0.09", lots: "divisible" },
  },
  cold: {
    mechanism: "merit",
    pricing: "blend",
    ties: "arrival",
    pool: { price: "0.16", purchasePrice: "0.1", lots: "divisible" },
  },
  gas: {
    mechanism: "merit",
    pricing: "uniform",
    ties: "arrival",
    pool: { price: "0.1", purchasePrice: "0.07", lots: "divisible" },
  },
} as const;

/** How a carrier clears, or that it is shared. */
export const rulesOf = (carrier: Carrier): Shape<CarrierRules | SharedRules> =>
  either<CarrierRules, SharedRules>(
    orderRulesOf(carrier),
    sharedRules,
    (rules) => (rules as { readonly mechanism?: unknown } | null)?.mechanism === "share",
  );

/** How a carrier clears that takes orders. */
function orderRulesOf(carrier: Carrier): Shape<CarrierRules> {
  const own = ownRules[carrier];
  const keys = record({
    mechanism: optional(oneOf(...mechanismNames), "how offers and bids are matched", own.mechanism),
    pricing: open(
      oneOf(...pricingNames),
      `what a trade costs: one of the mechanism's pricings; left out: its own, here ${own.pricing} with ${own.mechanism}`,
    ),
    k: optional(share, "where between offer and bid a price lies, ppm", 500_000),
    ties: optional(oneOf(...tieNames, "lottery"), "who goes first among equals", own.ties),
    pool: optional(orNull(pool), "the energy pool; null: none", own.pool),
  });
  const rule = "a pricing goes with its mechanism, and ties prorata with uniform prices";
  return further(
    keys,
    rule,
    (given, field) => {
      const { mechanism, pricing } = checkMechanism(given, field, own);
      if (given.ties !== "lottery") checkTies(given.ties, { mechanism, pricing }, `${field}.ties`);
      return { ...given, mechanism, pricing };
    },
    ({ pricing, ...rules }) => {
      const { pricing: leftOut } = checkMechanism({ mechanism: rules.mechanism }, "", own);
      return { ...rules, pricing: pricing === leftOut ? undefined : pricing };
    },
  );
}

/** What the grid takes or pays: one price, or components as a tariff has them. */
type Given = number | readonly PriceComponent[];

const givenFor = (basis: PriceBasis): Shape<Given> =>
  either<number, readonly PriceComponent[]>(
    fee,
    further(
      pricesOf(listedComponents, basis),
      "what components come to is 2147.483647 at most, above or below zero",
      (list, field) => {
        const { least, most } = priceRange(list, basis, microTick);
        return least >= minPrice && most <= maxPrice
          ? list
          : fail("invalid", field, "components that come to 2147.483647 at most", `${least} … ${most}`);
      },
    ),
    Array.isArray,
  );

/** Half way between the most and the least that a price is, in price ticks. */
function middleOf(given: Given, basis: PriceBasis): number {
  if (typeof given === "number") return given;
  const { least, most } = priceRange(given, basis, microTick);
  return Math.round((least + most) / 2);
}

/** What the grid takes and pays for a carrier. */
export const tariffOf = (carrier: Carrier): Shape<CarrierTariff> =>
  further(
    record({
      retail: optional(
        givenFor("fromGrid"),
        "what the grid takes for a kWh: a price, or components of it",
        ownTariffs[carrier].retail,
      ),
      feedIn: optional(
        givenFor("toGrid"),
        "what the grid pays for a kWh: a price, or components of it",
        ownTariffs[carrier].feedIn,
      ),
    }),
    "feedIn is at most retail",
    (given, field): CarrierTariff => {
      const [retail, feedIn] = [middleOf(given.retail, "fromGrid"), middleOf(given.feedIn, "toGrid")];
      if (feedIn > retail) fail("invalid", `${field}.feedIn`, "from 0 to the retail tariff", feedIn);
      const listed = {
        ...(typeof given.retail === "number" ? {} : { retail: given.retail }),
        ...(typeof given.feedIn === "number" ? {} : { feedIn: given.feedIn }),
      };
      return { retail, feedIn, ...(Object.keys(listed).length === 0 ? {} : { components: listed }) };
    },
    ({ retail, feedIn, components = {} }) => ({
      retail: components.retail ?? retail,
      feedIn: components.feedIn ?? feedIn,
    }),
  );

/** Tiers of commission. */
export const commission: Shape<Scenario["commission"]> = further(
  list(
    record({
      share: needed(share, "the tier's share of a price step, ppm"),
      supply: needed(share, "what the seller pays, ppm"),
      use: needed(share, "what the buyer pays, ppm"),
    }),
    1,
    maxTiers,
  ),
  `the shares sum to ${ppm}`,
  (tiers, field) => {
    const sum = tiers.reduce((total, tier) => total + tier.share, 0);
    return sum === ppm ? tiers : fail("invalid", field, `shares that sum to ${ppm}`, sum);
  },
);
