/**
 * The rules of a clearing: their types, the check that fills in the defaults, and how commission tiers divide trades.
 */
import { integer, list, oneOf, onlyKeys, record } from "../check.js";
import { fail } from "../errors.js";
import { maxPrice, minPrice, ppm } from "../units.js";
import {
  checkMechanism,
  checkTies,
  type Mechanism,
  type MechanismRules,
  type Pricing,
  type Ties,
} from "./mechanisms.js";

/** One tier of the commission, in ppm: `share` of the trades in order of execution pay these rates on their amount. */
export interface CommissionTier {
  readonly share: number;
  readonly supply: number;
  readonly use: number;
}

/** The pool of scenario 2 (paper §4.2(4)b). */
export interface PoolRules {
  /** What a lot costs, in price ticks. Offers whose pool limit is above it stay out. */
  readonly price: number;
  /** `whole` (default, the paper's): a lot is taken whole or not at all. `divisible`: as much of it as is lacking. */
  readonly lots?: "whole" | "divisible";
}

/**
 * How the engine clears one book of columns. Every key is optional; the defaults are the paper's. In a market it is a
 * `ClearingContract` that says how a carrier clears.
 */
export interface ClearingRules {
  /** `value` (default): the paper's scenario 1. `merit`: merit order. */
  readonly mechanism?: Mechanism;
  /**
   * `counterparty` (default of `value`) goes with it alone, `uniform` (default of `merit`) with that, `blend` with
   * both.
   */
  readonly pricing?: Pricing;
  /**
   * `arrival` (default): of orders that rank equal, who came first goes first. `prorata`, with `uniform` alone: at the
   * price where the market stops, the orders of that price share what they trade by their quantities.
   */
  readonly ties?: Ties;
  /** Where between offer (0) and bid (1 000 000) a blended or uniform price lies, in ppm; default 500 000. */
  readonly k?: number;
  /** Most cycles of `value`, 0 … 2³²−1; 0 (default): until nothing more trades. */
  readonly maxCycles?: number;
  /** null (default): no pool, scenario 1 alone. */
  readonly pool?: PoolRules | null;
  /** 1 to 64 tiers whose shares sum to 1 000 000; default: one without fees. */
  readonly commission?: readonly CommissionTier[];
}

/** Rules with every default filled in and every value checked. */
export interface CheckedRules extends MechanismRules {
  readonly ties: Ties;
  readonly k: number;
  readonly maxCycles: number;
  readonly pool: Required<PoolRules> | null;
  readonly commission: readonly CommissionTier[];
}

/** Most tiers of a commission, in rules and in tariffs. */
export const maxTiers = 64;
const noCommission: readonly CommissionTier[] = [{ share: ppm, supply: 0, use: 0 }];

const share = integer(0, ppm);
const cycles = integer(0, 0xffff_ffff);
const poolPrice = integer(minPrice, maxPrice);
const poolLots = oneOf("whole", "divisible");
const tiers = list(record({ share, supply: share, use: share }), 1, maxTiers);

// Rules and pool are checked key by key, where `record` would make their paths and a copy for each of many clearings.

/** Checks the pool's rules and fills in the default. Throws `invalid` naming the key. */
export function checkPool(value: unknown, field = "rules.pool"): Required<PoolRules> {
  onlyKeys(value, field, ["price", "lots"]);
  const { price, lots = "whole" } = value as Partial<PoolRules>;
  return { price: poolPrice(price, `${field}.price`), lots: poolLots(lots, `${field}.lots`) };
}

/** Checks commission tiers; returns a copy. Throws `invalid` naming the tier. */
export function checkCommission(value: unknown, field = "rules.commission"): readonly CommissionTier[] {
  const checked = tiers(value, field);
  const total = checked.reduce((sum, tier) => sum + tier.share, 0);
  return total === ppm ? checked : fail("invalid", field, `shares that sum to ${ppm}`, total);
}

const ruleKeys = ["mechanism", "pricing", "ties", "k", "maxCycles", "pool", "commission"];

/**
 * Fills in the defaults and checks every value. Throws `invalid` for an unknown key, a value out of range, or a pricing
 * that does not go with the mechanism.
 */
export function checkRules(rules: ClearingRules): CheckedRules {
  onlyKeys(rules, "rules", ruleKeys);
  const { k = ppm / 2, maxCycles = 0, pool = null, commission } = rules;
  const { mechanism, pricing } = checkMechanism(rules, "rules");
  return {
    mechanism,
    pricing,
    ties: checkTies(rules.ties, { mechanism, pricing }, "rules.ties"),
    k: share(k, "rules.k"),
    maxCycles: cycles(maxCycles, "rules.maxCycles"),
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
 * Which trades fall in which tier when there are `count` (0 … 2²⁵, as many as two sides can make): trade `i` belongs to
 * the first tier whose cumulated share exceeds `i × 1 000 000 / count`. Tiers without a trade are left out.
 */
export function tierRanges(tiers: readonly CommissionTier[], count: number): TierRange[] {
  const ranges: TierRange[] = [];
  let share = 0;
  let first = 0;
  for (const tier of tiers) {
    share += tier.share;
    // i × 10⁶ < share × count, so i ends at the quotient rounded up. The product is exact (below 2⁴⁶), and a quotient
    // that is not whole lies 10⁻⁶ or more beside the next whole number, where doubles of its size are 2⁻²⁷ apart.
    const end = Math.ceil((share * count) / ppm);
    if (end > first) ranges.push({ tier, first, end });
    first = end;
  }
  return ranges;
}
