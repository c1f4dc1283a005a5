/**
 * The fields of which contracts are made, each with its check. A quantity, a price or a name is the same in every
 * contract, so its range stands here once.
 */
import { publicKeyBytes } from "../../bytes.js";
import {
  type Check,
  hexText,
  identifier,
  integer,
  type OptionalCheck,
  oneOf,
  optional,
  text,
} from "../../check.js";
import { fail } from "../../errors.js";
import { type Carrier, carriers, maxPrice, maxQuantity, minPrice, parseTick, ppm } from "../../units.js";

/** Largest single amount in a contract, in amount ticks. */
const maxMoney: bigint = (1n << 63n) - 1n;

/** An amount of money from `least` to {@link maxMoney}, as a decimal string of amount ticks. */
export const money =
  (least: bigint): Check<string> =>
  (value, field) => {
    const digits = text(/^(0|[1-9][0-9]*)$/, 19, "a decimal string of amount ticks")(value, field);
    const amount = BigInt(digits);
    return amount >= least && amount <= maxMoney
      ? digits
      : fail("invalid", field, `amount ticks, ${least} to ${maxMoney}`, value);
  };

export const period: Check<number> = integer(0, Number.MAX_SAFE_INTEGER);
/** Quantity ticks. */
export const quantity: Check<number> = integer(0, maxQuantity);
/** Price ticks. */
export const price: Check<number> = integer(minPrice, maxPrice);
export const positivePrice: Check<number> = integer(0, maxPrice);
/** Parts in a million. */
export const share: Check<number> = integer(0, ppm);
export const carrier: Check<Carrier> = oneOf(...carriers);
/** What something is called in contracts and orders. */
export const name: Check<string> = identifier;
/** Text for people. */
export const label: Check<string> = text(/^[ -~]+$/, 64, "1 to 64 printable ASCII characters");
/** An Ed25519 public key. */
export const key: Check<string> = hexText(publicKeyBytes);
/** The smallest step of a quantity or a price, as a decimal string. */
export const tick: Check<string> = (value, field) => {
  parseTick(value, field);
  return value as string;
};

/** A field for each carrier. */
export const byCarrier = <T>(check: Check<T>): { readonly [carrier in Carrier]: Check<T> } => ({
  electricity: check,
  heat: check,
  cold: check,
  gas: check,
});
/** A field for each carrier, each of which may be missing. */
export const byCarrierOptional = <T>(
  check: Check<T>,
): { readonly [carrier in Carrier]: OptionalCheck<T> } => ({
  electricity: optional(check),
  heat: optional(check),
  cold: optional(check),
  gas: optional(check),
});
