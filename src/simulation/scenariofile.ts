import { checkMechanism, mechanismNames, ownPricing } from "../core/mechanisms.js";
import { fail } from "../errors.js";
import { type Carrier, carriers, microTick, parsePrice, ppm } from "../units.js";
import {
  type CarrierRules,
  type CarrierTariff,
  type Faults,
  type MemberKind,
  maxMembers,
  maxPeriods,
  maxScenarioLength,
  memberKinds,
  type Scenario,
} from "./scenario.js";

/** A carrier's rules and tariffs unless the scenario says otherwise. */
const defaultRules: Record<Carrier, CarrierRules> = {
  electricity: {
    mechanism: "value",
    pricing: "counterparty",
    k: 500_000,
    ties: "lottery",
    pool: { price: 430_000, purchasePrice: 260_000, lots: "divisible" },
  },
  heat: {
    mechanism: "merit",
    pricing: "uniform",
    k: 500_000,
    ties: "arrival",
    pool: { price: 150_000, purchasePrice: 90_000, lots: "divisible" },
  },
  cold: {
    mechanism: "merit",
    pricing: "blend",
    k: 500_000,
    ties: "arrival",
    pool: { price: 160_000, purchasePrice: 100_000, lots: "divisible" },
  },
  gas: {
    mechanism: "merit",
    pricing: "uniform",
    k: 500_000,
    ties: "arrival",
    pool: { price: 100_000, purchasePrice: 70_000, lots: "divisible" },
  },
};
const defaultTariffs: Record<Carrier, CarrierTariff> = {
  electricity: { retail: 520_000, feedIn: 82_000 },
  heat: { retail: 190_000, feedIn: 30_000 },
  cold: { retail: 210_000, feedIn: 20_000 },
  gas: { retail: 120_000, feedIn: 45_000 },
};
const defaultFaults: Faults = { deviation: 20_000, late: 10_000, missing: 2_000, corrected: 2_000 };
const defaultCommission = [
  { share: 200_000, supply: 5_000, use: 5_000 },
  { share: 800_000, supply: 10_000, use: 10_000 },
];

type Fields = ReadonlyMap<string, unknown>;

/** A plain object's own fields; refuses anything else and any name that is not listed. */
function fields(value: unknown, field: string, names: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fail("invalid", field, "an object", value);
  const map = new Map(Object.entries(value));
  for (const name of map.keys())
    if (!names.includes(name))
      return fail("invalid", `${field}.${name.slice(0, 64)}`, `one of ${names.join(", ")}`, "an unknown key");
  return map;
}

function wholeNumber(value: unknown, field: string, from: number, to: number): number {
  if (
    typeof value !== "number" ||
    !Number.isInteger(value) ||
    Object.is(value, -0) ||
    value < from ||
    value > to
  )
    return fail("invalid", field, `a whole number from ${from} to ${to}`, value);
  return value;
}

function decimal(value: unknown, field: string, from: number, to: number): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < from || value > to)
    return fail("invalid", field, `a number from ${from} to ${to}`, value);
  return value;
}

function text(value: unknown, field: string, pattern: RegExp, wanted: string): string {
  return typeof value === "string" && pattern.test(value) ? value : fail("invalid", field, wanted, value);
}

function oneOf<const T extends string>(value: unknown, field: string, choices: readonly T[]): T {
  return (
    choices.find((choice) => choice === value) ??
    fail("invalid", field, `one of ${choices.join(", ")}`, value)
  );
}

function perCarrier<T>(
  value: unknown,
  field: string,
  defaults: Readonly<Record<Carrier, T>>,
  read: (value: unknown, field: string, fallback: T) => T,
): Record<Carrier, T> {
  const map = value === undefined ? new Map<string, unknown>() : fields(value, field, carriers);
  const result = { ...defaults };
  for (const carrier of carriers)
    if (map.has(carrier)) result[carrier] = read(map.get(carrier), `${field}.${carrier}`, defaults[carrier]);
  return result;
}

function readRules(value: unknown, field: string, fallback: CarrierRules): CarrierRules {
  const map = fields(value, field, ["mechanism", "pricing", "k", "ties", "pool"]);
  const given = { mechanism: map.get("mechanism"), pricing: map.get("pricing") };
  // Another mechanism than the default brings its own pricing.
  const mechanism = mechanismNames.find((name) => name === given.mechanism);
  const own =
    mechanism === undefined || mechanism === fallback.mechanism
      ? fallback
      : { mechanism, pricing: ownPricing(mechanism) };
  return {
    ...checkMechanism(given, field, own),
    k: map.has("k") ? wholeNumber(map.get("k"), `${field}.k`, 0, ppm) : fallback.k,
    ties: map.has("ties") ? oneOf(map.get("ties"), `${field}.ties`, ["arrival", "lottery"]) : fallback.ties,
    pool: map.has("pool") ? readPool(map.get("pool"), `${field}.pool`) : fallback.pool,
  };
}

function readPool(value: unknown, field: string): CarrierRules["pool"] {
  if (value === null) return null;
  const map = fields(value, field, ["price", "purchasePrice", "lots"]);
  const price = parsePrice(map.get("price"), microTick, `${field}.price`);
  const purchasePrice = map.has("purchasePrice")
    ? parsePrice(map.get("purchasePrice"), microTick, `${field}.purchasePrice`)
    : price;
  if (purchasePrice > price)
    return fail("invalid", `${field}.purchasePrice`, "at most the pool's price", purchasePrice);
  return {
    price,
    purchasePrice,
    lots: map.has("lots") ? oneOf(map.get("lots"), `${field}.lots`, ["whole", "divisible"]) : "whole",
  };
}

function readTariff(value: unknown, field: string, fallback: CarrierTariff): CarrierTariff {
  const map = fields(value, field, ["retail", "feedIn"]);
  const retail = map.has("retail")
    ? parsePrice(map.get("retail"), microTick, `${field}.retail`)
    : fallback.retail;
  const feedIn = map.has("feedIn")
    ? parsePrice(map.get("feedIn"), microTick, `${field}.feedIn`)
    : fallback.feedIn;
  if (feedIn < 0 || feedIn > retail)
    return fail("invalid", `${field}.feedIn`, "from 0 to the retail tariff", feedIn);
  return { retail, feedIn };
}

function readCommission(value: unknown, field: string): Scenario["commission"] {
  if (!Array.isArray(value) || value.length < 1 || value.length > 64)
    return fail("invalid", field, "an array of 1 to 64 tiers", value);
  const tiers = value.map((entry: unknown, index) => {
    const map = fields(entry, `${field}[${index}]`, ["share", "supply", "use"]);
    const rate = (name: string): number => wholeNumber(map.get(name), `${field}[${index}].${name}`, 0, ppm);
    return { share: rate("share"), supply: rate("supply"), use: rate("use") };
  });
  const sum = tiers.reduce((total, tier) => total + tier.share, 0);
  return sum === ppm ? tiers : fail("invalid", field, `shares that sum to ${ppm}`, sum);
}

const keys = [
  "name",
  "description",
  "seed",
  "date",
  "periods",
  "periodMs",
  "latitude",
  "longitude",
  "utcOffsetMinutes",
  "weather",
  "currency",
  "participants",
  "supply",
  "rules",
  "tariffs",
  "commission",
  "faults",
  "profiles",
];

/**
 * A scenario from plain data. Only `name` and `participants` must be there; the rest is a summer's day of 30-second
 * periods in the middle of Germany under the paper's rules for electricity. Throws `invalid` or `limit`, naming the
 * field; unknown keys are refused.
 */
export function checkScenario(value: unknown): Scenario {
  const map = fields(value, "scenario", keys);
  const optional = <T>(name: string, fallback: T, read: (value: unknown, field: string) => T): T =>
    map.has(name) ? read(map.get(name), name) : fallback;
  const integer = (name: string, fallback: number, from: number, to: number): number =>
    optional(name, fallback, (entry, field) => wholeNumber(entry, field, from, to));

  const counts = fields(map.get("participants"), "participants", memberKinds);
  const participants = Object.fromEntries(
    memberKinds.map((kind) => [
      kind,
      counts.has(kind) ? wholeNumber(counts.get(kind), `participants.${kind}`, 0, maxMembers) : 0,
    ]),
  ) as Record<MemberKind, number>;
  const members = Object.values(participants).reduce((sum, count) => sum + count, 0);
  if (members > maxMembers) return fail("limit", "participants", `at most ${maxMembers} together`, members);

  const periodMs = integer("periodMs", 30_000, 1_000, 86_400_000);
  if (86_400_000 % periodMs !== 0)
    return fail("invalid", "periodMs", "a period that divides the day", periodMs);
  const faults = optional("faults", defaultFaults, (entry, field) => {
    const read = fields(entry, field, ["deviation", "late", "missing", "corrected"]);
    const share = (name: keyof Faults): number =>
      read.has(name) ? wholeNumber(read.get(name), `${field}.${name}`, 0, 500_000) : defaultFaults[name];
    return {
      deviation: share("deviation"),
      late: share("late"),
      missing: share("missing"),
      corrected: share("corrected"),
    };
  });
  if (faults.late + faults.missing + faults.corrected > ppm)
    return fail("invalid", "faults", `late, missing and corrected of at most ${ppm} together`, faults.late);
  const profiles = optional("profiles", null as Scenario["profiles"], (entry, field) => {
    if (entry === null) return null;
    const read = fields(entry, field, ["file", "stepMs"]);
    return {
      file: text(
        read.get("file"),
        `${field}.file`,
        /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/,
        "the name of a file beside the scenario: letters, digits, points, dashes",
      ),
      stepMs: wholeNumber(read.get("stepMs"), `${field}.stepMs`, 1_000, 86_400_000),
    };
  });
  if (members === 0 && profiles === null)
    return fail("invalid", "participants", "at least one participant", members);

  return {
    name: text(
      map.get("name"),
      "name",
      /^[a-z0-9][a-z0-9-]{0,63}$/,
      "1 to 64 lower-case letters, digits and dashes",
    ),
    description: optional("description", "", (entry, field) =>
      text(entry, field, /^[^\p{Cc}]{0,500}$/u, "at most 500 printable characters"),
    ),
    seed: integer("seed", 1, 0, 0xffff_ffff),
    date: optional("date", "2026-07-15", readDate),
    periods: integer("periods", 86_400_000 / periodMs, 1, maxPeriods),
    periodMs,
    latitude: optional("latitude", 51.3, (entry, field) => decimal(entry, field, -66, 66)),
    longitude: optional("longitude", 9.5, (entry, field) => decimal(entry, field, -180, 180)),
    utcOffsetMinutes: integer("utcOffsetMinutes", 60, -720, 840),
    weather: optional("weather", "mixed", (entry, field) =>
      oneOf(entry, field, ["clear", "mixed", "overcast", "windy"]),
    ),
    currency: optional("currency", "coin", (entry, field) =>
      text(entry, field, /^[A-Za-z]{1,8}$/, "1 to 8 letters"),
    ),
    participants,
    supply: integer("supply", ppm, 0, 10 * ppm),
    rules: perCarrier(map.get("rules"), "rules", defaultRules, readRules),
    tariffs: perCarrier(map.get("tariffs"), "tariffs", defaultTariffs, readTariff),
    commission: optional("commission", defaultCommission as Scenario["commission"], readCommission),
    faults,
    profiles,
  };
}

function readDate(value: unknown, field: string): string {
  const wanted = "a day from 1970-01-01 to 2099-12-31 as YYYY-MM-DD";
  const date = text(value, field, /^(?:19[7-9][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}$/, wanted);
  const time = Date.parse(`${date}T00:00:00Z`);
  // The parser lets 30 February slip into March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date)
    return fail("invalid", field, wanted, value);
  return date;
}

/** A scenario from the text of its JSON file. Throws `invalid` or `limit`. */
export function parseScenario(source: string): Scenario {
  if (source.length > maxScenarioLength)
    return fail("limit", "scenario", `at most ${maxScenarioLength} characters`, source.length);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    return fail("invalid", "scenario", "JSON", error instanceof Error ? error.message : source);
  }
  return checkScenario(value);
}
