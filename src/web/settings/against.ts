/**
 * The rules that Compare holds against those of the settings. A link carries them as one text,
 * `merit-uniform-50-430-divisible`: mechanism, pricing, blend, price of the pool or `none`, lots.
 */
import {
  goesWith,
  type Mechanism,
  mechanismNames,
  ownPricing,
  type Pricing,
  pricingNames,
} from "../../core/mechanisms.js";

/** By which rules a carrier is cleared: what Compare varies, everything else is the same. */
export interface RuleSet {
  readonly mechanism: Mechanism;
  readonly pricing: Pricing;
  readonly blend: number;
  readonly pool: boolean;
  readonly poolPrice: number;
  readonly lots: "whole" | "divisible";
}

/** The whole numbers that rules may have, from and to. */
export const ruleRanges = { blend: [0, 100], poolPrice: [0, 1000] } as const;

/** What stands for the other mechanism, with everything else as it is. */
export const otherMechanism = "other";

/** A whole number in a range, as a link writes it: without leading zeros or a sign. */
function inRange(text: string, name: keyof typeof ruleRanges): number | undefined {
  const [least, most] = ruleRanges[name];
  const value = Number(text);
  return /^(?:0|[1-9][0-9]{0,5})$/.test(text) && value >= least && value <= most ? value : undefined;
}

/** The rules as a link has them. */
export const writeRules = ({ mechanism, pricing, blend, pool, poolPrice, lots }: RuleSet): string =>
  [mechanism, pricing, blend, ...(pool ? [poolPrice, lots] : ["none"])].join("-");

/** Rules out of a link; undefined where the text is none. */
export function readRules(text: string): RuleSet | undefined {
  const [first, second, third = "", fourth = "", fifth = "", ...more] = text.split("-");
  const mechanism = mechanismNames.find((each) => each === first);
  const pricing = pricingNames.find((each) => each === second);
  const blend = inRange(third, "blend");
  if (mechanism === undefined || pricing === undefined || !goesWith(pricing, mechanism)) return undefined;
  if (blend === undefined || more.length > 0) return undefined;
  if (fourth === "none" && fifth === "")
    return { mechanism, pricing, blend, pool: false, poolPrice: 430, lots: "divisible" };
  const poolPrice = inRange(fourth, "poolPrice");
  if (poolPrice === undefined || (fifth !== "whole" && fifth !== "divisible")) return undefined;
  return { mechanism, pricing, blend, pool: true, poolPrice, lots: fifth };
}

/** The settings with the rules that are held against them. */
export function againstOf<S extends RuleSet & { readonly against: string }>(settings: S): S {
  const rules = readRules(settings.against);
  if (rules !== undefined) return { ...settings, ...rules };
  const { mechanism, pricing } = settings;
  const other = mechanismNames.find((each) => each !== mechanism)!;
  return { ...settings, mechanism: other, pricing: goesWith(pricing, other) ? pricing : ownPricing(other) };
}
