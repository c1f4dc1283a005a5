import { type CommissionTier, maxTiers, type PoolRules } from "../core/engine.js";
import { checkMechanism, type MechanismRules } from "../core/mechanisms.js";
import { fail } from "../errors.js";
import { type Carrier, carriers, microTick, parsePrice, parseTick, ppm, type Tick } from "../units.js";
import { parseJson } from "./jsonfile.js";
import { jsonField } from "./jsontext.js";

/** What RULES.json says, every default filled in; prices in ticks. */
export interface FileRules extends MechanismRules {
  /** ppm. */
  readonly k: number;
  /** 0: no limit. */
  readonly maxCycles: number;
  readonly ticks: { readonly quantity: Tick; readonly price: Tick };
  /** A carrier that is not here has no pool. */
  readonly pool: ReadonlyMap<Carrier, Required<PoolRules>>;
  readonly commission: readonly CommissionTier[];
}

/** Most characters a rules file may have. */
export const maxRulesLength = 65_536;
const maxCyclesLimit = 0xffff_ffff;
/** The paper's price of the energy pool, for electricity (paper §4.2(2)). */
const paperPoolPrice = "0.43";

/** An object that came from JSON: its own keys only, each in `known`. */
function readObject(value: unknown, field: string, known: readonly string[]): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fail("invalid", field || "rules", "an object", value);
  const entries = Object.entries(value);
  for (const [key] of entries)
    if (!known.includes(key))
      return fail("invalid", jsonField(field, key), `a key out of ${known.join(", ")}`, key);
  return new Map(entries);
}

function readWhole(value: unknown, field: string, most: number): number {
  if (
    typeof value !== "number" ||
    !Number.isInteger(value) ||
    value < 0 ||
    value > most ||
    Object.is(value, -0)
  )
    return fail("invalid", field, `a whole number from 0 to ${most}`, value);
  return value;
}

function readWord<const Words extends readonly string[]>(
  value: unknown,
  field: string,
  words: Words,
): Words[number] {
  if (typeof value === "string" && words.includes(value)) return value;
  return fail("invalid", field, words.join(" or "), value);
}

function readPool(value: unknown, priceTick: Tick): Map<Carrier, Required<PoolRules>> {
  const pool = new Map<Carrier, Required<PoolRules>>();
  if (value === null) return pool;
  for (const [name, entry] of readObject(value, "pool", carriers)) {
    const field = `pool.${name}`;
    const keys = readObject(entry, field, ["price", "lots"]);
    const price = keys.has("price") ? keys.get("price") : name === "electricity" ? paperPoolPrice : undefined;
    pool.set(name as Carrier, {
      price: parsePrice(price, priceTick, `${field}.price`),
      lots: keys.has("lots") ? readWord(keys.get("lots"), `${field}.lots`, ["whole", "divisible"]) : "whole",
    });
  }
  return pool;
}

function readCommission(value: unknown): readonly CommissionTier[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxTiers)
    return fail("invalid", "commission", `1 to ${maxTiers} tiers`, value);
  const tiers = value.map((entry: unknown, index): CommissionTier => {
    const field = `commission[${index}]`;
    const keys = readObject(entry, field, ["share", "supply", "use"]);
    const rate = (key: string, absent: number): number =>
      keys.has(key) ? readWhole(keys.get(key), `${field}.${key}`, ppm) : absent;
    return { share: rate("share", ppm), supply: rate("supply", 0), use: rate("use", 0) };
  });
  const total = tiers.reduce((sum, tier) => sum + tier.share, 0);
  if (total !== ppm) return fail("invalid", "commission", `shares that sum to ${ppm}`, total);
  return tiers;
}

/**
 * Checks rules as JSON gives them (docs/clear.md): every key optional, the defaults the paper's. Throws
 * `invalid` or `limit` naming the key for an unknown key or value, a share out of range, a price that is no whole
 * number of ticks, or a pricing that does not go with the mechanism.
 */
export function checkRules(value: unknown): FileRules {
  const keys = readObject(value, "", [
    "mechanism",
    "pricing",
    "k",
    "maxCycles",
    "quantityTick",
    "priceTick",
    "pool",
    "commission",
  ]);
  const or = <T>(key: string, read: (value: unknown) => T, absent: T): T =>
    keys.has(key) ? read(keys.get(key)) : absent;

  const pair = checkMechanism({ mechanism: keys.get("mechanism"), pricing: keys.get("pricing") }, "");
  const priceTick = or("priceTick", (v) => parseTick(v, "priceTick"), microTick);
  const quantityTick = or("quantityTick", (v) => parseTick(v, "quantityTick"), microTick);
  return {
    ...pair,
    k: or("k", (v) => readWhole(v, "k", ppm), 500_000),
    maxCycles: or("maxCycles", (v) => readWhole(v, "maxCycles", maxCyclesLimit), 0),
    ticks: { quantity: quantityTick, price: priceTick },
    pool: readPool(keys.has("pool") ? keys.get("pool") : { electricity: {} }, priceTick),
    commission: or("commission", readCommission, [{ share: ppm, supply: 0, use: 0 }]),
  };
}

/** Reads RULES.json. Throws like {@link checkRules}; each field then starts with the line it stands on. */
export function parseRulesFile(text: string): FileRules {
  return parseJson(text, { root: "rules", most: maxRulesLength }, checkRules);
}
