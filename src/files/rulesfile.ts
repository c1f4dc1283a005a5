/** The rules of a clearing as people write them down: RULES.json of `gridclear clear` (docs/clear.md). */
import { anything, integer, list, object, oneOf, optional, orNull, record } from "../check.js";
import type { CommissionTier, PoolRules } from "../core/engine.js";
import { checkMechanism, checkTies, type MechanismRules, type Ties } from "../core/mechanisms.js";
import { checkCommission, maxTiers } from "../core/rules.js";
import { fail } from "../errors.js";
import { type Carrier, carriers, microTick, parsePrice, parseTick, ppm, type Tick } from "../units.js";
import { type NamedArea, parseAreas } from "./areasfile.js";
import { parseJson } from "./jsonfile.js";

/** What RULES.json says, every default filled in; prices in ticks. */
export interface FileRules extends MechanismRules {
  readonly ties: Ties;
  /** ppm. */
  readonly k: number;
  /** 0: no limit. */
  readonly maxCycles: number;
  readonly ticks: { readonly quantity: Tick; readonly price: Tick };
  /** A carrier that is not here has no pool. */
  readonly pool: ReadonlyMap<Carrier, Required<PoolRules>>;
  readonly commission: readonly CommissionTier[];
  /** A carrier that is not here has none. */
  readonly areas: ReadonlyMap<Carrier, readonly NamedArea[]>;
}

/** Most characters a rules file may have: as many areas as there may be, with names as long as they may be. */
export const maxRulesLength: number = 64 * 1024 * 1024;
/** The paper's price of the energy pool, for electricity (paper §4.2(2)). */
const paperPoolPrice = "0.43";

const share = optional(integer(0, ppm));
const pool = record({ price: optional(anything), lots: optional(oneOf("whole", "divisible")) });
const rules = record({
  mechanism: optional(anything),
  pricing: optional(anything),
  ties: optional(anything),
  k: share,
  maxCycles: optional(integer(0, 0xffff_ffff)),
  quantityTick: optional(parseTick),
  priceTick: optional(parseTick),
  pool: optional(orNull(record(Object.fromEntries(carriers.map((carrier) => [carrier, optional(pool)]))))),
  commission: optional(list(record({ share, supply: share, use: share }), 1, maxTiers)),
  areas: optional(record(Object.fromEntries(carriers.map((carrier) => [carrier, optional(anything)])))),
});

type GivenAreas = Partial<Record<Carrier, unknown>>;

/** The areas of each carrier that has them, which go with one mechanism, one pricing and no pool. */
function areasOf(
  given: GivenAreas,
  { mechanism, pricing, ties, ticks }: Pick<FileRules, "mechanism" | "pricing" | "ties" | "ticks">,
  pools: GivenPool,
): Map<Carrier, readonly NamedArea[]> {
  const areas = new Map<Carrier, readonly NamedArea[]>();
  for (const carrier of carriers) {
    if (given[carrier] === undefined) continue;
    if (mechanism !== "merit") fail("invalid", "mechanism", "merit with areas", mechanism);
    if (pricing !== "uniform") fail("invalid", "pricing", "uniform with areas", pricing);
    if (pools?.[carrier] !== undefined)
      fail("invalid", `pool.${carrier}`, "no pool for a carrier with areas", pools[carrier]);
    const found = parseAreas(given[carrier], ticks, `areas.${carrier}`);
    if (ties !== "arrival" && found.length > 1) fail("invalid", "ties", "arrival with several areas", ties);
    areas.set(carrier, found);
  }
  return areas;
}

type GivenPool = Partial<Record<Carrier, ReturnType<typeof pool>>> | null;

function poolOf(given: GivenPool, priceTick: Tick): Map<Carrier, Required<PoolRules>> {
  const pools = new Map<Carrier, Required<PoolRules>>();
  for (const carrier of carriers) {
    const found = given?.[carrier];
    if (found === undefined) continue;
    const { price = carrier === "electricity" ? paperPoolPrice : undefined, lots = "whole" } = found;
    pools.set(carrier, { price: parsePrice(price, priceTick, `pool.${carrier}.price`), lots });
  }
  return pools;
}

/**
 * Checks rules as JSON gives them (docs/clear.md): every key optional, the defaults the paper's, and the pricing that
 * is the mechanism's own. Throws `invalid` or `limit` naming the key for an unknown key or value, a share out of range,
 * a price that is no whole number of ticks, a pricing that does not go with the mechanism, or areas with a mechanism,
 * a pricing or a pool that does not go with them.
 */
export function checkFileRules(value: unknown): FileRules {
  const given = rules(object(value, "rules"), "");
  const { priceTick = microTick, quantityTick = microTick } = given;
  const tiers = (given.commission ?? [{}]).map(
    ({ share: part = ppm, supply = 0, use = 0 }): CommissionTier => ({ share: part, supply, use }),
  );
  const priced = checkMechanism(given, "");
  const ties = checkTies(given.ties, priced, "ties");
  const ticks = { quantity: quantityTick, price: priceTick };
  const areas = areasOf(given.areas ?? {}, { ...priced, ties, ticks }, given.pool ?? null);
  const ownPool: GivenPool = areas.has("electricity") ? null : { electricity: {} };
  return {
    ...priced,
    ties,
    k: given.k ?? 500_000,
    maxCycles: given.maxCycles ?? 0,
    ticks,
    pool: poolOf(given.pool === undefined ? ownPool : given.pool, priceTick),
    commission: checkCommission(tiers, "commission"),
    areas,
  };
}

/** Reads RULES.json. Throws like {@link checkFileRules}; each field then starts with the line it stands on. */
export function parseRulesFile(text: string): FileRules {
  return parseJson(text, { root: "rules", most: maxRulesLength }, checkFileRules);
}
