import { publicKeyBytes } from "../../bytes.js";
import {
  boolean,
  type Check,
  type Fields,
  hexText,
  integer,
  list,
  object,
  oneOf,
  optional,
  orNull,
  record,
  text,
} from "../../check.js";
import { checkMechanism, mechanismNames, pricingNames } from "../../core/mechanisms.js";
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

const money =
  (least: bigint): Check<string> =>
  (value, field) => {
    const digits = text(/^(0|[1-9][0-9]*)$/, 19, "a decimal string of amount ticks")(value, field);
    const amount = BigInt(digits);
    return amount >= least && amount <= maxMoney
      ? digits
      : fail("invalid", field, `amount ticks, ${least} to ${maxMoney}`, value);
  };

const period = integer(0, Number.MAX_SAFE_INTEGER);
const quantity = integer(0, maxQuantity);
const price = integer(minPrice, maxPrice);
const positivePrice = integer(0, maxPrice);
const share = integer(0, ppm);
const carrier = oneOf(...carriers);
const name = text(/^[!-~]+$/, 64, "1 to 64 printable ASCII characters without blanks");
const label = text(/^[ -~]+$/, 64, "1 to 64 printable ASCII characters");
const key = hexText(publicKeyBytes);
const tick: Check<unknown> = (value, field) => {
  parseTick(value, field);
  return value;
};
const byCarrier = <T>(check: Check<T>): { readonly [carrier in Carrier]: Check<T> } => ({
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

const kinds: { readonly [kind: string]: Fields } = {
  market: {
    id: name,
    currency: label,
    quantityTick: tick,
    priceTick: tick,
    periodMs: integer(1, 0xffff_ffff),
    signed: boolean,
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
  supply: { participant: name, carrier, limit: quantity, pool: boolean, collateral: money(0n) },
  use: {
    participant: name,
    carrier,
    limit: quantity,
    interruptible: share,
    interruptionPrice: positivePrice,
    import: boolean,
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
    mechanism: oneOf(...mechanismNames),
    pricing: oneOf(...pricingNames),
    k: share,
    maxCycles: integer(0, 0x7fff_ffff),
    ties: oneOf("arrival", "lottery"),
    pool: orNull(record({ price, purchasePrice: price, lots: oneOf("whole", "divisible") })),
    discharge: boolean,
    charge: boolean,
    export: boolean,
    interrupt: boolean,
    import: boolean,
  },
  payment: {
    currency: label,
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
  end: { contract: text(/^[!-~]+$/, 160, "the key of a contract") },
};

/**
 * Checks a contract from outside, field by field, and returns a copy with the fields in their own order. Throws
 * `invalid` naming the field. Whether it fits the contracts in force is `Terms`' to say.
 */
export function parseContract(value: unknown, field = "contract"): Contract {
  const given = object(value, field);
  const kind = Object.hasOwn(given, "kind") ? given.kind : undefined;
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind))
    return fail("invalid", `${field}.kind`, `${Object.keys(kinds).join(" or ")}`, kind);
  const contract = record({ kind: oneOf(kind), ...dated, ...kinds[kind] })(
    value,
    field,
  ) as unknown as Contract;
  checkTogether(contract, field);
  return contract;
}

/** What no single field can say. */
function checkTogether(contract: Contract, field: string): void {
  switch (contract.kind) {
    case "market":
      if (new Set(contract.order).size !== carriers.length)
        fail("invalid", `${field}.order`, "each carrier once", contract.order.join(" "));
      break;
    case "clearing":
      checkMechanism(contract, field);
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
