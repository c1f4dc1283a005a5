import { fail } from "../../errors.js";
import { type Carrier, carriers, maxPrice, maxQuantity, minPrice, parseTick, ppm } from "../../units.js";
import type { Contract, Stay, StorageContract, Tier } from "./contracts.js";

/** Most participants, and most devices of a kind, of one market: they are numbered in 32-bit fields below the accounts. */
export const maxParties: number = 1 << 24;
/** Most stays of one storage contract, most tiers of one tariff. */
export const maxStays: number = 512;
export const maxTiers: number = 64;
/** Largest single amount in a contract, in amount ticks. */
const maxMoney = (1n << 63n) - 1n;

type Check = (value: unknown, field: string) => unknown;

const integer =
  (least: number, most: number): Check =>
  (value, field) =>
    typeof value === "number" &&
    Number.isSafeInteger(value) &&
    !Object.is(value, -0) &&
    value >= least &&
    value <= most
      ? value
      : fail("invalid", field, `a whole number ${least} to ${most}`, value);

const flag: Check = (value, field) =>
  typeof value === "boolean" ? value : fail("invalid", field, "true or false", value);

const oneOf =
  (...choices: readonly (string | number)[]): Check =>
  (value, field) =>
    choices.includes(value as string) ? value : fail("invalid", field, `one of ${choices.join(", ")}`, value);

const pattern =
  (form: RegExp, most: number, wanted: string): Check =>
  (value, field) =>
    typeof value === "string" && value.length <= most && form.test(value)
      ? value
      : fail("invalid", field, wanted, value);

const money =
  (least: bigint): Check =>
  (value, field) => {
    const text = pattern(/^(0|[1-9][0-9]*)$/, 19, "a decimal string of amount ticks")(value, field) as string;
    const amount = BigInt(text);
    return amount >= least && amount <= maxMoney
      ? text
      : fail("invalid", field, `amount ticks, ${least} to ${maxMoney}`, value);
  };

const optional = (check: Check): Check & { optional: true } =>
  Object.assign(((value, field) => check(value, field)) as Check, { optional: true as const });

const list =
  (check: Check, least: number, most: number): Check =>
  (value, field) =>
    Array.isArray(value) && value.length >= least && value.length <= most
      ? value.map((item, index) => check(item, `${field}[${index}]`))
      : fail("invalid", field, `an array of ${least} to ${most}`, value);

const orNull =
  (check: Check): Check =>
  (value, field) =>
    value === null ? null : check(value, field);

/** A plain object with exactly these fields; a fresh copy, so that what was checked can't change. */
const record =
  (fields: { readonly [name: string]: Check }): Check =>
  (value, field) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return fail("invalid", field, "an object", value);
    const copy: { [name: string]: unknown } = {};
    for (const name of Object.keys(value))
      if (!Object.hasOwn(fields, name))
        return fail("invalid", `${field}.${name.slice(0, 40)}`, "no such field", name);
    for (const [name, check] of Object.entries(fields)) {
      const present =
        Object.hasOwn(value, name) && (value as { [name: string]: unknown })[name] !== undefined;
      if (!present && "optional" in check) continue;
      copy[name] = check(
        present ? (value as { [name: string]: unknown })[name] : undefined,
        `${field}.${name}`,
      );
    }
    return copy;
  };

const period = integer(0, Number.MAX_SAFE_INTEGER);
const quantity = integer(0, maxQuantity);
const price = integer(minPrice, maxPrice);
const positivePrice = integer(0, maxPrice);
const share = integer(0, ppm);
const carrier = oneOf(...carriers);
const name = pattern(/^[!-~]+$/, 64, "1 to 64 printable ASCII characters without blanks");
const text = pattern(/^[ -~]+$/, 64, "1 to 64 printable ASCII characters");
const key = pattern(/^[0-9a-f]{64}$/, 64, "64 lower-case hex digits");
const tick: Check = (value, field) => {
  parseTick(value, field);
  return value;
};
const byCarrier = (check: Check): { readonly [carrier in Carrier]: Check } => ({
  electricity: check,
  heat: check,
  cold: check,
  gas: check,
});

const tariff = record({
  retail: price,
  feedIn: price,
  commission: list(record({ share, supply: share, use: share }), 1, maxTiers),
  shortagePrice: price,
  surplusPrice: price,
});
const stay = record({ plugIn: period, plugOut: period, required: quantity, used: quantity });

const dated = { version: integer(1, 0xffff_ffff), from: period };

const kinds: { readonly [kind: string]: { readonly [name: string]: Check } } = {
  market: {
    id: name,
    currency: text,
    quantityTick: tick,
    priceTick: tick,
    periodMs: integer(1, 0xffff_ffff),
    signed: flag,
    platformKey: optional(key),
    order: list(carrier, carriers.length, carriers.length),
  },
  participant: {
    id: name,
    key: optional(key),
    gateway: optional(key),
    feeders: optional(record(Object.fromEntries(carriers.map((each) => [each, optional(name)] as const)))),
    creditLimit: optional(money(0n)),
  },
  supply: { participant: name, carrier, limit: quantity, pool: flag, collateral: money(0n) },
  use: {
    participant: name,
    carrier,
    limit: quantity,
    interruptible: share,
    interruptionPrice: positivePrice,
    import: flag,
  },
  storage: {
    device: name,
    carrier,
    owner: optional(name),
    feeder: optional(name),
    capacity: quantity,
    charge: quantity,
    chargeLimit: quantity,
    dischargeLimit: quantity,
    chargeEfficiency: integer(1, ppm),
    dischargeEfficiency: integer(1, ppm),
    selfDischarge: share,
    chargePrice: price,
    dischargePrice: positivePrice,
    stays: optional(list(stay, 0, maxStays)),
  },
  converter: {
    device: name,
    participant: name,
    input: carrier,
    output: carrier,
    ratio: integer(1, 100 * ppm),
  },
  feeder: { feeder: name, carrier, importLimit: quantity, exportLimit: quantity, loss: integer(0, ppm / 2) },
  clearing: {
    carrier,
    mechanism: oneOf("value", "merit"),
    pricing: oneOf("counterparty", "blend", "uniform"),
    k: share,
    maxCycles: integer(0, 0x7fff_ffff),
    ties: oneOf("arrival", "lottery"),
    pool: orNull(record({ price, purchasePrice: price, lots: oneOf("whole", "divisible") })),
    discharge: flag,
    charge: flag,
    export: flag,
    interrupt: flag,
    import: flag,
  },
  payment: {
    currency: text,
    creditLimit: money(0n),
    tariffs: record(byCarrier(tariff)),
    metering: orNull(
      record({
        window: integer(1, 100_000),
        corrections: integer(0, 100_000),
        missing: oneOf("traded", "zero", "last"),
      }),
    ),
  },
  deposit: { participant: name, amount: money(1n), number: integer(0, Number.MAX_SAFE_INTEGER) },
  withdrawal: { participant: name, amount: money(1n), number: integer(0, Number.MAX_SAFE_INTEGER) },
  end: { contract: pattern(/^[!-~]+$/, 160, "the key of a contract") },
};

/**
 * Checks a contract from outside, field by field, and returns a copy with the fields in their own order. Throws
 * `invalid` naming the field. Whether it fits the contracts in force is `Terms`' to say.
 */
export function parseContract(value: unknown, field = "contract"): Contract {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fail("invalid", field, "an object", value);
  const kind = Object.hasOwn(value, "kind") ? (value as { kind: unknown }).kind : undefined;
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind))
    return fail("invalid", `${field}.kind`, `one of ${Object.keys(kinds).join(", ")}`, kind);
  const contract = record({ kind: oneOf(kind), ...dated, ...kinds[kind] })(value, field) as Contract;
  checkWhole(contract, field);
  return contract;
}

/** What no single field can say. */
function checkWhole(contract: Contract, field: string): void {
  switch (contract.kind) {
    case "market":
      if (new Set(contract.order).size !== carriers.length)
        fail("invalid", `${field}.order`, "each carrier once", contract.order.join(" "));
      break;
    case "clearing":
      if (contract.pricing === "uniform" && contract.mechanism !== "merit")
        fail("invalid", `${field}.pricing`, "counterparty or blend with mechanism value", contract.pricing);
      if (contract.pricing === "counterparty" && contract.mechanism !== "value")
        fail("invalid", `${field}.pricing`, "uniform or blend with mechanism merit", contract.pricing);
      if (contract.pool !== null && contract.pool.purchasePrice > contract.pool.price)
        fail("invalid", `${field}.pool.purchasePrice`, "at most the pool price", contract.pool.purchasePrice);
      break;
    case "payment":
      for (const each of carriers)
        checkTiers(contract.tariffs[each].commission, `${field}.tariffs.${each}.commission`);
      break;
    case "storage":
      checkStorage(contract, field);
      break;
    case "converter":
      if (contract.input === contract.output)
        fail("invalid", `${field}.output`, "another carrier than the input", contract.output);
      break;
    default:
  }
}

function checkTiers(tiers: readonly Tier[], field: string): void {
  const total = tiers.reduce((sum, tier) => sum + tier.share, 0);
  if (total !== ppm) fail("invalid", field, `shares that sum to ${ppm}`, total);
}

function checkStorage(contract: StorageContract, field: string): void {
  if (contract.charge > contract.capacity)
    fail("invalid", `${field}.charge`, "at most the capacity", contract.charge);
  let last: Stay | null = null;
  for (const [index, each] of (contract.stays ?? []).entries()) {
    const at = `${field}.stays[${index}]`;
    if (each.plugOut <= each.plugIn) fail("invalid", `${at}.plugOut`, "after plugIn", each.plugOut);
    if (last !== null && each.plugIn < last.plugOut)
      fail("invalid", `${at}.plugIn`, "not before the last stay ended", each.plugIn);
    if (each.required > contract.capacity)
      fail("invalid", `${at}.required`, "at most the capacity", each.required);
    last = each;
  }
}
