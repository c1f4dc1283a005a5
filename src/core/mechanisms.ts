/**
 * The mechanisms by which a carrier clears and the ways of pricing a trade: their names, their codes in the WebAssembly
 * core, and which goes with which. Everything else that must know them (rules, contracts, scenarios, files, the page)
 * reads them here, so a new mechanism is a line here and a function in the core.
 */
import { type Check, oneOf } from "../check.js";
import { fail } from "../errors.js";

/** Code in the core, and the pricings that go with it, its own first. */
export const mechanisms = {
  /** The paper's: quantity × price in cycles, peer to peer. */
  value: { code: 0, pricings: ["counterparty", "blend"] },
  /** Merit order: the cheapest offer meets the dearest bid. */
  merit: { code: 1, pricings: ["uniform", "blend"] },
} as const;

/** Codes of the pricings in the core. */
export const pricingCodes = {
  /** Each trade at the limit of the one who did not choose. */
  counterparty: 0,
  /** Each trade between the two limits, at `k`. */
  blend: 1,
  /** All trades at one price, between the limits of the last pair, at `k`. */
  uniform: 2,
} as const;

/** Codes in the core of what decides between orders that a mechanism ranks equal. */
export const tieCodes = {
  /** Who came first goes first. */
  arrival: 0,
  /** At the price where the market stops, all of that price share what is left, by their quantities. */
  prorata: 1,
} as const;

export type Ties = keyof typeof tieCodes;
export type Mechanism = keyof typeof mechanisms;
export type Pricing = keyof typeof pricingCodes;

/** A mechanism with a pricing that goes with it. */
export interface MechanismRules {
  readonly mechanism: Mechanism;
  readonly pricing: Pricing;
}

/** The names of all mechanisms. */
export const mechanismNames: readonly Mechanism[] = /* @__PURE__ */ Object.keys(mechanisms) as Mechanism[];
/** The names of all ways with ties. */
export const tieNames: readonly Ties[] = /* @__PURE__ */ Object.keys(tieCodes) as Ties[];
/** The names of all pricings, of whatever mechanism. */
export const pricingNames: readonly Pricing[] = /* @__PURE__ */ Object.keys(pricingCodes) as Pricing[];

/** What holds where nothing is said: the paper's. */
export const defaultMechanism: MechanismRules = { mechanism: "value", pricing: "counterparty" };

const mechanismWord: Check<Mechanism> = /* @__PURE__ */ oneOf(...mechanismNames);
const pricingWord: Check<Pricing> = /* @__PURE__ */ oneOf(...pricingNames);

/** The pricing that is a mechanism's own. */
export function ownPricing(mechanism: Mechanism): Pricing {
  return mechanisms[mechanism].pricings[0];
}

/** Whether a pricing goes with a mechanism. */
export function goesWith(pricing: Pricing, mechanism: Mechanism): boolean {
  return (mechanisms[mechanism].pricings as readonly Pricing[]).includes(pricing);
}

/**
 * Checks a mechanism and its pricing together. A missing mechanism is that of `fallback`; a missing pricing is the
 * fallback's with the fallback's mechanism, and with another that mechanism's own. `field` is the path of what holds
 * both, "" for none. Throws `invalid` naming the key.
 */
export function checkMechanism(
  given: { readonly mechanism?: unknown; readonly pricing?: unknown },
  field: string,
  fallback: MechanismRules = defaultMechanism,
): MechanismRules {
  const at = (key: string): string => (field === "" ? key : `${field}.${key}`);
  const mechanism =
    given.mechanism === undefined ? fallback.mechanism : mechanismWord(given.mechanism, at("mechanism"));
  const own = mechanism === fallback.mechanism ? fallback.pricing : ownPricing(mechanism);
  const pricing = given.pricing === undefined ? own : pricingWord(given.pricing, at("pricing"));
  if (!goesWith(pricing, mechanism))
    fail(
      "invalid",
      at("pricing"),
      `${mechanisms[mechanism].pricings.join(" or ")} with mechanism ${mechanism}`,
      given.pricing,
    );
  return { mechanism, pricing };
}

const tiesWord: Check<Ties> = /* @__PURE__ */ oneOf(...tieNames);

/**
 * Checks what ties do; `arrival` where nothing is said. Throws `invalid` naming the key, also for `prorata` without one
 * price for all, where orders of one price don't fare alike.
 */
export function checkTies(given: unknown, { pricing }: MechanismRules, field: string): Ties {
  const ties = given === undefined ? "arrival" : tiesWord(given, field);
  return ties === "prorata" && pricing !== "uniform"
    ? fail("invalid", field, "arrival, or prorata with pricing uniform", given)
    : ties;
}
