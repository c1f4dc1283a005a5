/** The scenario file: its fields as a table, what holds where one is left out, and what must fit together. */
import {
  anything,
  type Check,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  orNull,
  record,
  text,
} from "../check.js";
import { checkMechanism, checkTies, tieNames } from "../core/mechanisms.js";
import { maxTiers } from "../core/rules.js";
import { fail } from "../errors.js";
import { parseJson } from "../files/jsonfile.js";
import { type Carrier, carriers, microTick, parsePrice, ppm } from "../units.js";
import {
  type CarrierRules,
  type CarrierTariff,
  type Faults,
  type MemberKind,
  maxDeposit,
  maxMembers,
  maxPeriods,
  maxScenarioLength,
  memberKinds,
  type Scenario,
  strategyNames,
} from "./scenario.js";
import { areaList, checkAreas } from "./scenarioareas.js";
import { isTimeZone } from "./world/calendar.js";
import type { WeatherKind } from "./world/climate.js";

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
const noAreas: Scenario["areas"] = { electricity: [], heat: [], cold: [], gas: [] };
const defaultFaults: Faults = { deviation: 20_000, late: 10_000, missing: 2_000, corrected: 2_000 };
const defaultPeriodMs = 30_000;
const defaultCommission: Scenario["commission"] = [
  { share: 200_000, supply: 5_000, use: 5_000 },
  { share: 800_000, supply: 10_000, use: 10_000 },
];

const share = integer(0, ppm);
const price: Check<number> = (value, field) => parsePrice(value, microTick, field);
const dayMs = 86_400_000;

/** A field for each carrier; what is left out is the carrier's default. */
function byCarrier<T>(
  defaults: Record<Carrier, T>,
  check: (fallback: T) => Check<T>,
): Check<Record<Carrier, T>> {
  const fields = Object.fromEntries(carriers.map((carrier) => [carrier, optional(check(defaults[carrier]))]));
  return (value, field) => ({ ...defaults, ...record(fields)(value, field) });
}

const pool: Check<NonNullable<CarrierRules["pool"]>> = (value, field) => {
  const given = record({
    price,
    purchasePrice: optional(price),
    lots: optional(oneOf("whole", "divisible")),
  })(value, field);
  const purchasePrice = given.purchasePrice ?? given.price;
  if (purchasePrice > given.price)
    fail("invalid", `${field}.purchasePrice`, "at most the pool's price", purchasePrice);
  return { price: given.price, purchasePrice, lots: given.lots ?? "whole" };
};

const rules =
  (fallback: CarrierRules): Check<CarrierRules> =>
  (value, field) => {
    const { mechanism, pricing, ...rest } = record({
      mechanism: optional(anything),
      pricing: optional(anything),
      k: optional(share),
      ties: optional(oneOf(...tieNames, "lottery")),
      pool: optional(orNull(pool)),
    })(value, field);
    const rules = { ...fallback, ...rest, ...checkMechanism({ mechanism, pricing }, field, fallback) };
    if (rules.ties !== "lottery") checkTies(rules.ties, rules, `${field}.ties`);
    return rules;
  };

const tariff =
  (fallback: CarrierTariff): Check<CarrierTariff> =>
  (value, field) => {
    const found = {
      ...fallback,
      ...record({ retail: optional(price), feedIn: optional(price) })(value, field),
    };
    return found.feedIn >= 0 && found.feedIn <= found.retail
      ? found
      : fail("invalid", `${field}.feedIn`, "from 0 to the retail tariff", found.feedIn);
  };

const commission: Check<Scenario["commission"]> = (value, field) => {
  const tiers = list(record({ share, supply: share, use: share }), 1, maxTiers)(value, field);
  const sum = tiers.reduce((total, tier) => total + tier.share, 0);
  return sum === ppm ? tiers : fail("invalid", field, `shares that sum to ${ppm}`, sum);
};

const faults: Check<Faults> = (value, field) => {
  const half = optional(integer(0, ppm / 2));
  const given = record({ deviation: half, late: half, missing: half, corrected: half })(value, field);
  const found = { ...defaultFaults, ...given };
  const sum = found.late + found.missing + found.corrected;
  return sum <= ppm
    ? found
    : fail("invalid", field, `late, missing and corrected of at most ${ppm} together`, sum);
};

const participants: Check<Record<MemberKind, number>> = (value, field) => {
  const counts = Object.fromEntries(memberKinds.map((kind) => [kind, optional(integer(0, maxMembers))]));
  const none = Object.fromEntries(memberKinds.map((kind) => [kind, 0])) as Record<MemberKind, number>;
  const found = { ...none, ...record(counts)(value, field) };
  const sum = Object.values(found).reduce((total, count) => total + count, 0);
  return sum <= maxMembers ? found : fail("limit", field, `at most ${maxMembers} together`, sum);
};

const periodMs: Check<number> = (value, field) => {
  const length = integer(1_000, dayMs)(value, field);
  return dayMs % length === 0 ? length : fail("invalid", field, "a period that divides the day", length);
};

/**
 * The first two days of 1970 are left out: genesis, the period before the first, must not be before that year by UTC.
 */
const date: Check<string> = (value, field) => {
  const wanted = "a day from 1970-01-03 to 2099-12-31 as YYYY-MM-DD";
  const day = text(/^(?:19[7-9][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}$/, 10, wanted)(value, field);
  const time = Date.parse(`${day}T00:00:00Z`);
  // The parser lets 30 February slip into March.
  const exists = !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === day;
  return exists && day >= "1970-01-03" ? day : fail("invalid", field, wanted, value);
};

const fileName = text(
  /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/,
  100,
  "the name of a file beside the scenario: letters, digits, points, dashes",
);

/** Most skies over one community. */
const maxSkies = 16;

const timeZone: Check<string> = (value, field) => {
  const wanted = "a zone of the IANA database, such as Europe/Berlin or Etc/UTC";
  const name = text(/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/, 64, wanted)(value, field);
  return isTimeZone(name) ? name : fail("invalid", field, wanted, name);
};

/** Names of strategies by member, kind or `all`; members are held against those of the run when it is opened. */
const strategies: Check<Scenario["strategies"]> = (value, field) => {
  const given = Object.entries(object(value, field));
  if (given.length > maxMembers) fail("limit", field, `at most ${maxMembers} names`, given.length);
  return Object.fromEntries(
    given.map(([whose, name]) => [whose, oneOf(...strategyNames)(name, `${field}.${whose}`)]),
  );
};

const weathers: readonly WeatherKind[] = ["clear", "mixed", "overcast", "windy"];

const scenario = record({
  name: text(/^[a-z0-9][a-z0-9-]*$/, 64, "1 to 64 lower-case letters, digits and dashes"),
  description: optional(text(/^[^\p{Cc}]*$/u, 500, "at most 500 printable characters")),
  seed: optional(integer(0, 0xffff_ffff)),
  date: optional(date),
  periods: optional(integer(1, maxPeriods)),
  periodMs: optional(periodMs),
  latitude: optional(number(-90, 90)),
  longitude: optional(number(-180, 180)),
  timeZone: optional(timeZone),
  weather: optional(oneOf(...weathers)),
  weatherFile: optional(orNull(fileName)),
  skies: optional(integer(1, maxSkies)),
  currency: optional(text(/^[A-Za-z]+$/, 8, "1 to 8 letters")),
  participants,
  supply: optional(integer(0, 10 * ppm)),
  rules: optional(byCarrier(defaultRules, rules)),
  tariffs: optional(byCarrier(defaultTariffs, tariff)),
  areas: optional(byCarrier(noAreas, () => areaList)),
  commission: optional(commission),
  faults: optional(faults),
  strategies: optional(strategies),
  deposit: optional(orNull(integer(10, maxDeposit))),
  profiles: optional(
    orNull(
      record({
        file: fileName,
        stepMs: integer(1_000, dayMs),
      }),
    ),
  ),
});

/**
 * A scenario from plain data. Only `name` and `participants` must be there; the rest is a summer's day of 30-second
 * periods in the middle of Germany under the paper's rules for electricity. Throws `invalid` or `limit`, naming the
 * field; unknown keys are refused.
 */
export function checkScenario(value: unknown): Scenario {
  const given = scenario(object(value, "scenario"), "");
  const found: Scenario = {
    description: "",
    seed: 1,
    date: "2026-07-15",
    periods: dayMs / (given.periodMs ?? defaultPeriodMs),
    periodMs: defaultPeriodMs,
    latitude: 51.3,
    longitude: 9.5,
    timeZone: "Europe/Berlin",
    weather: "mixed",
    weatherFile: null,
    skies: 1,
    currency: "coin",
    supply: ppm,
    rules: defaultRules,
    tariffs: defaultTariffs,
    areas: noAreas,
    commission: defaultCommission,
    faults: defaultFaults,
    strategies: {},
    deposit: null,
    profiles: null,
    ...given,
  };
  if (found.profiles === null && memberKinds.every((kind) => found.participants[kind] === 0))
    fail("invalid", "participants", "at least one participant", 0);
  checkAreas(found);
  return found;
}

/** A scenario from the text of its JSON file. Throws `invalid` or `limit`, with the line in front of the field. */
export function parseScenario(source: string): Scenario {
  return parseJson(source, { root: "scenario", most: maxScenarioLength }, checkScenario);
}
