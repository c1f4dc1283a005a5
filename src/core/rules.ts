import { fail } from "../errors.js";
import { maxPrice, minPrice, ppm } from "../units.js";

/** One tier of the commission, in ppm: `share` of the trades in order of execution pay these rates on their amount. */
export interface CommissionTier {
  readonly share: number;
  readonly supply: number;
  readonly use: number;
}

/** The pool of scenario 2 (paper §4.2(4)b). */
export interface PoolRules {
  /** What a lot costs, in price ticks. Offers that ask more stay out. */
  readonly price: number;
  /** `whole` (default, the paper's): a lot is taken whole or not at all. `divisible`: as much of it as is lacking. */
  readonly lots?: "whole" | "divisible";
}

/** How one carrier clears. Every key is optional; the defaults are the paper's. */
export interface ClearingRules {
  /** `value` (default): the paper's scenario 1. `merit`: merit order. */
  readonly mechanism?: "value" | "merit";
  /** `counterparty` (default) goes with `value` alone, `uniform` with `merit` alone, `blend` with both. */
  readonly pricing?: "counterparty" | "blend" | "uniform";
  /** Where between offer (0) and bid (1 000 000) a blended or uniform price lies, in ppm; default 500 000. */
  readonly k?: number;
  /** Most cycles of `value`, 0 … 2³²−1; 0 (default): until nothing more trades. */
  readonly maxCycles?: number;
  /** null (default): no pool, scenario 1 alone. */
  readonly pool?: PoolRules | null;
  /** 1 to 1024 tiers whose shares sum to 1 000 000; default: one without fees. */
  readonly commission?: readonly CommissionTier[];
}

/** Rules with every default filled in and every value checked. */
export interface CheckedRules {
  readonly mechanism: "value" | "merit";
  readonly pricing: "counterparty" | "blend" | "uniform";
  readonly k: number;
  readonly maxCycles: number;
  readonly pool: Required<PoolRules> | null;
  readonly commission: readonly CommissionTier[];
}

/** Most tiers of a commission. */
export const maxTiers = 1024;
const noCommission: readonly CommissionTier[] = [{ share: ppm, supply: 0, use: 0 }];
const ruleKeys = ["mechanism", "pricing", "k", "maxCycles", "pool", "commission"];

function checkKeys(value: unknown, field: string, known: readonly string[]): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    fail("invalid", field, "an object", value);
  for (const key of Object.keys(value as object))
    if (!known.includes(key)) fail("invalid", `${field}.${key}`, `a key out of ${known.join(", ")}`, key);
}

/** A whole number from `least` to `most`; −0, fractions, strings and the like are refused as `invalid`. */
export function checkWhole(value: unknown, field: string, least: number, most: number): number {
  if (
    typeof value !== "number" ||
    !Number.isInteger(value) ||
    Object.is(value, -0) ||
    value < least ||
    value > most
  )
    return fail("invalid", field, `a whole number from ${least} to ${most}`, value);
  return value;
}

function checkWord<const Words extends readonly string[]>(
  value: unknown,
  field: string,
  words: Words,
): Words[number] {
  return typeof value === "string" && words.includes(value)
    ? value
    : fail("invalid", field, words.join(" or "), value);
}

/** Checks the pool's rules. Throws `invalid` naming the key. */
export function checkPool(value: unknown, field = "rules.pool"): Required<PoolRules> {
  checkKeys(value, field, ["price", "lots"]);
  const { price, lots = "whole" } = value as Partial<PoolRules>;
  return {
    price: checkWhole(price, `${field}.price`, minPrice, maxPrice),
    lots: checkWord(lots, `${field}.lots`, ["whole", "divisible"]),
  };
}

/** Checks commission tiers. Throws `invalid` naming the tier. */
export function checkCommission(value: unknown, field = "rules.commission"): readonly CommissionTier[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxTiers)
    return fail("invalid", field, `1 to ${maxTiers} tiers`, value);
  let total = 0;
  value.forEach((tier: unknown, index) => {
    const at = `${field}[${index}]`;
    checkKeys(tier, at, ["share", "supply", "use"]);
    const { share, supply, use } = tier as Partial<CommissionTier>;
    total += checkWhole(share, `${at}.share`, 0, ppm);
    checkWhole(supply, `${at}.supply`, 0, ppm);
    checkWhole(use, `${at}.use`, 0, ppm);
  });
  if (total !== ppm) return fail("invalid", field, `shares that sum to ${ppm}`, total);
  return value as readonly CommissionTier[];
}

/**
 * Fills in the defaults and checks every value. Throws `invalid` for an unknown key, a value out of range, or a pricing
 * that does not go with the mechanism.
 */
export function checkRules(rules: ClearingRules): CheckedRules {
  checkKeys(rules, "rules", ruleKeys);
  const {
    mechanism = "value",
    pricing = "counterparty",
    k = ppm / 2,
    maxCycles = 0,
    pool = null,
    commission,
  } = rules;
  checkWord(mechanism, "rules.mechanism", ["value", "merit"]);
  checkWord(pricing, "rules.pricing", ["counterparty", "blend", "uniform"]);
  const own = mechanism === "value" ? "counterparty" : "uniform";
  if (pricing !== "blend" && pricing !== own)
    fail("invalid", "rules.pricing", `${own} or blend with mechanism ${mechanism}`, pricing);
  return {
    mechanism,
    pricing,
    k: checkWhole(k, "rules.k", 0, ppm),
    maxCycles: checkWhole(maxCycles, "rules.maxCycles", 0, 0xffff_ffff),
    pool: pool === null ? null : checkPool(pool),
    commission: commission === undefined ? noCommission : checkCommission(commission),
  };
}

/** Fee of one side of a trade in money ticks: `floor(|amount| × rate / 1 000 000)`; `rate` in ppm. */
export function feeOf(amount: bigint, rate: number): bigint {
  return ((amount < 0n ? -amount : amount) * BigInt(rate)) / BigInt(ppm);
}

/** Trades `first` … `end` (half-open) of an order of execution that share one tier. */
export interface TierRange {
  readonly tier: CommissionTier;
  readonly first: number;
  readonly end: number;
}

/**
 * Which trades fall in which tier when there are `count`: trade `i` belongs to the first tier whose cumulated share
 * exceeds `i × 1 000 000 / count`. Tiers without a trade are left out.
 */
export function tierRanges(tiers: readonly CommissionTier[], count: number): TierRange[] {
  const ranges: TierRange[] = [];
  let share = 0;
  let first = 0;
  for (const tier of tiers) {
    share += tier.share;
    // i × 10⁶ < share × count, so i ends at the quotient rounded up; products stay below 2⁴⁶.
    const end = Math.ceil((share * count) / ppm);
    const exact = Math.min(count, (end - 1) * ppm >= share * count ? end - 1 : end);
    if (exact > first) ranges.push({ tier, first, end: exact });
    first = Math.max(first, exact);
  }
  return ranges;
}
