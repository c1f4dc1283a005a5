/**
 * The other rules under which a ledger's past is cleared again (docs/replay.md): what may be said, and its check.
 * Prices and quantities are decimals, which become the ledger's own ticks; whatever is not said stays as its contracts
 * have it.
 */
import {
  boolean,
  type Check,
  identifier,
  integer,
  list,
  oneOf,
  optional,
  orNull,
  record,
} from "../../check.js";
import {
  type Mechanism,
  mechanismNames,
  type Pricing,
  pricingNames,
  type Ties,
  tieNames,
} from "../../core/mechanisms.js";
import { type CommissionTier, checkCommission, maxTiers } from "../../core/rules.js";
import { fail } from "../../errors.js";
import {
  type Carrier,
  carriers,
  formatTicks,
  maxPrice,
  maxQuantity,
  parsePrice,
  parseTicks,
  ppm,
  type Tick,
} from "../../units.js";
import type { MarketTicks } from "../columns.js";

/** What a clearing contract says otherwise. */
export interface ClearingChange {
  readonly mechanism?: Mechanism;
  /** Left out: the contract's with the contract's mechanism, with another that mechanism's own. */
  readonly pricing?: Pricing;
  readonly ties?: Ties | "lottery";
  /** Parts in a million. */
  readonly k?: number;
  readonly maxCycles?: number;
  /**
   * null: no pool. What is left out is the contract's, `purchasePrice` at most the price; where that has none, `price`
   * has to be said, `purchasePrice` is the same, and lots are whole.
   */
  readonly pool?: {
    readonly price?: string;
    readonly purchasePrice?: string;
    readonly lots?: "whole" | "divisible";
  } | null;
  readonly discharge?: boolean;
  readonly charge?: boolean;
  readonly export?: boolean;
  readonly interrupt?: boolean;
  readonly import?: boolean;
}

/** What a tariff says otherwise. */
export interface TariffChange {
  readonly retail?: string;
  readonly feedIn?: string;
  readonly shortagePrice?: string;
  readonly surplusPrice?: string;
  readonly commission?: readonly CommissionTier[];
}

/** What an edge says otherwise: that of one area, or of every area of a carrier. */
export interface AreaChange {
  /** One of the two. */
  readonly area?: string;
  readonly carrier?: Carrier;
  readonly fee?: string;
  /** In the place of the contract's limit, its later steps and all signals; null: no limit. */
  readonly exportLimit?: string | null;
  readonly importLimit?: string | null;
}

/**
 * A store more. It buys up to its charge price and sells from its discharge price on, as far as the carrier clears so.
 */
export interface AddedBattery {
  readonly device: string;
  readonly carrier: Carrier;
  /** A participant; left out: the platform. */
  readonly owner?: string;
  readonly area?: string;
  readonly capacity: string;
  /** What it holds at first; left out: nothing. */
  readonly charge?: string;
  readonly chargeLimit: string;
  readonly dischargeLimit: string;
  /** Parts in a million; left out: 1 000 000, and 0 of the charge lost by standing. */
  readonly chargeEfficiency?: number;
  readonly dischargeEfficiency?: number;
  readonly selfDischarge?: number;
  readonly chargePrice: string;
  readonly dischargePrice: string;
}

/** Other rules, as RULES.json says them. Everything may be left out; nothing at all changes nothing. */
export interface WhatIfRules {
  readonly clearing?: { readonly [carrier in Carrier]?: ClearingChange };
  readonly tariffs?: { readonly [carrier in Carrier]?: TariffChange };
  /** Applied one after another. */
  readonly areas?: readonly AreaChange[];
  /** Participants whose orders, readings, converters and stores are taken out. */
  readonly without?: readonly string[];
  /** Participants who are there twice: `as` has the contracts, orders and readings of `of` once more. */
  readonly copies?: readonly { readonly of: string; readonly as: string }[];
  readonly batteries?: readonly AddedBattery[];
}

/** Most entries of a list of changes. */
const most = 1_000;

/** A decimal of quantity, from 0 to `highest` ticks. */
const quantityOf =
  (tick: Tick, highest: number): Check<number> =>
  (value, field) => {
    const ticks = parseTicks(value, tick, field);
    if (ticks < 0n) return fail("invalid", field, "0 or more", value);
    return ticks > BigInt(highest)
      ? fail("limit", field, `at most ${formatTicks(BigInt(highest), tick)}`, value)
      : Number(ticks);
  };

const share = integer(0, ppm);
const efficiency = optional(integer(1, ppm));

const commission: Check<readonly CommissionTier[]> = (value, field) =>
  checkCommission(list(record({ share, supply: share, use: share }), 1, maxTiers)(value, field), field);

/** One check for each carrier, each of which may be missing. */
function byCarrier<T>(check: Check<T>): Check<{ [carrier in Carrier]?: T }> {
  return record(Object.fromEntries(carriers.map((carrier) => [carrier, optional(check)]))) as Check<{
    [carrier in Carrier]?: T;
  }>;
}

function clearingFields(price: Check<number>) {
  return {
    mechanism: optional(oneOf(...mechanismNames)),
    pricing: optional(oneOf(...pricingNames)),
    ties: optional(oneOf(...tieNames, "lottery")),
    k: optional(share),
    maxCycles: optional(integer(0, 0x7fff_ffff)),
    pool: optional(
      orNull(
        record({
          price: optional(price),
          purchasePrice: optional(price),
          lots: optional(oneOf("whole", "divisible")),
        }),
      ),
    ),
    discharge: optional(boolean),
    charge: optional(boolean),
    export: optional(boolean),
    interrupt: optional(boolean),
    import: optional(boolean),
  };
}

function tariffFields(price: Check<number>) {
  return {
    retail: optional(price),
    feedIn: optional(price),
    shortagePrice: optional(price),
    surplusPrice: optional(price),
    commission: optional(commission),
  };
}

function areaFields(ticks: MarketTicks) {
  const limit = optional(orNull(quantityOf(ticks.quantity, Number.MAX_SAFE_INTEGER)));
  return {
    area: optional(identifier),
    carrier: optional(oneOf(...carriers)),
    fee: optional(quantityOf(ticks.price, maxPrice)),
    exportLimit: limit,
    importLimit: limit,
  };
}

function batteryFields(ticks: MarketTicks, price: Check<number>) {
  const quantity = quantityOf(ticks.quantity, maxQuantity);
  return {
    device: identifier,
    carrier: oneOf(...carriers),
    owner: optional(identifier),
    area: optional(identifier),
    capacity: quantity,
    charge: optional(quantity),
    chargeLimit: quantity,
    dischargeLimit: quantity,
    chargeEfficiency: efficiency,
    dischargeEfficiency: efficiency,
    selfDischarge: optional(share),
    chargePrice: price,
    dischargePrice: price,
  };
}

/** Keys under which decimals stand. */
type DecimalKey =
  | "price"
  | "purchasePrice"
  | "retail"
  | "feedIn"
  | "shortagePrice"
  | "surplusPrice"
  | "fee"
  | "exportLimit"
  | "importLimit"
  | "capacity"
  | "charge"
  | "chargeLimit"
  | "dischargeLimit"
  | "chargePrice"
  | "dischargePrice";
/** A change with its decimals in ticks. */
type InTicks<T> = {
  readonly [K in keyof T]: K extends DecimalKey ? Ticks<T[K]> : K extends "pool" ? InTicks<T[K]> : T[K];
};
type Ticks<V> = V extends string ? number : V;

export type CheckedClearing = InTicks<ClearingChange>;
export type CheckedTariff = InTicks<TariffChange>;
export type CheckedArea = InTicks<AreaChange>;
export type CheckedBattery = InTicks<AddedBattery>;

/** {@link WhatIfRules} in ticks, every list there. */
export interface CheckedRules {
  readonly clearing: { readonly [carrier in Carrier]?: CheckedClearing };
  readonly tariffs: { readonly [carrier in Carrier]?: CheckedTariff };
  readonly areas: readonly CheckedArea[];
  readonly without: readonly string[];
  readonly copies: readonly { readonly of: string; readonly as: string }[];
  readonly batteries: readonly CheckedBattery[];
}

/**
 * Checks other rules for a ledger with these ticks. Throws `invalid` or `limit` naming the key: for one that is
 * unknown, a number that is no decimal of whole ticks, a change that changes nothing, a name that stands twice. Whether
 * the ledger has what they name, and takes what they say, only replaying it shows.
 */
export function checkWhatIf(value: unknown, ticks: MarketTicks): CheckedRules {
  const price: Check<number> = (given, field) => parsePrice(given, ticks.price, field);
  const given = record({
    clearing: optional(byCarrier(record(clearingFields(price)))),
    tariffs: optional(byCarrier(record(tariffFields(price)))),
    areas: optional(list(record(areaFields(ticks)), 0, most)),
    without: optional(list(identifier, 0, most)),
    copies: optional(list(record({ of: identifier, as: identifier }), 0, most)),
    batteries: optional(list(record(batteryFields(ticks, price)), 0, most)),
  })(value, "");
  const { clearing = {}, tariffs = {}, areas = [], without = [], copies = [], batteries = [] } = given;
  for (const [place, { area, carrier }] of areas.entries())
    if ((area === undefined) === (carrier === undefined))
      fail("invalid", `areas[${place}]`, "either an area or a carrier", area === undefined ? "none" : "both");
  const names = new Set<string>();
  const once = (name: string, field: string): void => {
    if (names.has(name)) fail("invalid", field, "a name that stands once", name);
    names.add(name);
  };
  for (const [place, id] of without.entries()) once(id, `without[${place}]`);
  for (const [place, { of, as }] of copies.entries()) {
    if (without.includes(of)) fail("invalid", `copies[${place}].of`, "a participant who stays", of);
    once(as, `copies[${place}].as`);
  }
  names.clear();
  for (const [place, { device }] of batteries.entries()) once(device, `batteries[${place}].device`);
  return { clearing, tariffs, areas, without, copies, batteries };
}
