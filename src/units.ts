/**
 * Carriers, and the exact decimals of quantities and prices: every number of the market is a whole number of ticks, and
 * here is where decimal text becomes ticks and ticks become text.
 */
import { fail } from "./errors.js";

/** The four carriers, in the order in which they stand in records and, unless a contract says otherwise, clear. */
export const carriers: readonly ["electricity", "heat", "cold", "gas"] = [
  "electricity",
  "heat",
  "cold",
  "gas",
];
/** An energy carrier. */
export type Carrier = (typeof carriers)[number];

/** Largest quantity of one order, in quantity ticks. */
export const maxQuantity: number = 0xffff_ffff;
/** Smallest and largest price, in price ticks per unit. */
export const minPrice: number = -0x8000_0000;
export const maxPrice: number = 0x7fff_ffff;
/** Parts in a million: the unit of shares, rates, efficiencies and `k`. */
export const ppm = 1_000_000;

/**
 * A tick: the smallest step of a quantity or a price, as an exact decimal `mantissa / 10^scale`.
 * Defaults: 1 mWh (10⁻⁶ kWh) and 10⁻⁶ currency per kWh.
 */
export interface Tick {
  /** Whole number above 0. */
  readonly mantissa: bigint;
  /** Number of decimal places, 0 to 18. */
  readonly scale: number;
}

/** 10⁻⁶: the default quantity tick (kWh) and price tick (currency per kWh). */
export const microTick: Tick = { mantissa: 1n, scale: 6 };

const decimalPattern = /^(-?)([0-9]{1,40})(?:\.([0-9]{1,40}))?$/;

/**
 * A decimal in plain notation as `mantissa / 10^scale`; null when the text is not one. Exponents, signs `+`, blanks and
 * bare points are not.
 */
function readDecimal(text: string): { mantissa: bigint; scale: number } | null {
  if (text.length > 82) return null;
  const match = decimalPattern.exec(text);
  if (match === null) return null;
  const fraction = match[3] ?? "";
  const magnitude = BigInt(`${match[2]}${fraction}`);
  return { mantissa: match[1] === "-" ? -magnitude : magnitude, scale: fraction.length };
}

const powerOfTen = (exponent: number): bigint => 10n ** BigInt(exponent);

/** Reads a tick such as `"0.000001"`. Throws `invalid` unless it is a decimal above 0 with at most 18 places. */
export function parseTick(text: unknown, field: string = "tick"): Tick {
  const read = typeof text === "string" ? readDecimal(text) : null;
  if (read === null || read.mantissa <= 0n || read.scale > 18 || (text as string).length > 40)
    return fail("invalid", field, "a decimal string above 0 with at most 18 places", text);
  return read;
}

/**
 * One tick of an amount: quantity tick × price tick (10⁻¹² currency by default). Throws `invalid` for what is no
 * {@link Tick}.
 */
export function amountTick(quantityTick: Tick, priceTick: Tick): Tick {
  return {
    mantissa: checkTick(quantityTick).mantissa * checkTick(priceTick).mantissa,
    scale: quantityTick.scale + priceTick.scale,
  };
}

/** Throws `invalid` for what is no {@link Tick}, such as text that {@link parseTick} was to read first. */
export function checkTick(tick: Tick): Tick {
  const { mantissa, scale } = Object(tick) as Partial<Tick>;
  return typeof mantissa === "bigint" &&
    mantissa > 0n &&
    Number.isInteger(scale) &&
    scale! >= 0 &&
    scale! <= 36
    ? tick
    : fail("invalid", "tick", "a Tick, as parseTick reads one", tick);
}

/**
 * Exact decimal to whole ticks. Throws `invalid` when `text` is not a decimal string in plain notation or not a
 * whole number of ticks; nothing is ever rounded. `field` is what an error calls it.
 */
export function parseTicks(text: unknown, tick: Tick = microTick, field: string = "value"): bigint {
  checkTick(tick);
  const read = typeof text === "string" ? readDecimal(text) : null;
  if (read === null)
    return fail(
      "invalid",
      field,
      typeof text === "number"
        ? 'a string that holds a decimal, such as "0.43"'
        : "a decimal in plain notation, such as 0.43",
      text,
    );
  const numerator = read.mantissa * powerOfTen(tick.scale);
  const denominator = tick.mantissa * powerOfTen(read.scale);
  if (numerator % denominator !== 0n)
    return fail("invalid", field, `a whole number of ticks of ${formatTicks(1n, tick)}`, text);
  return numerator / denominator;
}

/** Quantity in ticks, 1 … 2³²−1. Throws `invalid` below, `limit` above. */
export function parseQuantity(text: unknown, tick: Tick = microTick, field: string = "quantity"): number {
  const ticks = parseTicks(text, tick, field);
  if (ticks < 1n) return fail("invalid", field, "a quantity above 0", text);
  if (ticks > BigInt(maxQuantity))
    return fail(
      "limit",
      field,
      `at most ${formatTicks(maxQuantity, tick)} (a coarser quantityTick allows more)`,
      text,
    );
  return Number(ticks);
}

/** Price in ticks, −2³¹ … 2³¹−1; negative prices are legal. Throws `invalid` or `limit`. */
export function parsePrice(text: unknown, tick: Tick = microTick, field: string = "price"): number {
  const ticks = parseTicks(text, tick, field);
  if (ticks < BigInt(minPrice) || ticks > BigInt(maxPrice))
    return fail(
      "limit",
      field,
      `${formatTicks(minPrice, tick)} to ${formatTicks(maxPrice, tick)} (a coarser priceTick allows more)`,
      text,
    );
  return Number(ticks);
}

/**
 * Ticks as an exact decimal in plain notation: no exponent, no trailing zeros, `-0` is `0`. Throws `invalid` for what
 * is not a whole number.
 */
export function formatTicks(ticks: bigint | number, tick: Tick = microTick): string {
  if (typeof ticks !== "bigint" && !Number.isSafeInteger(ticks))
    return fail("invalid", "ticks", "a whole number", ticks);
  const value = BigInt(ticks) * checkTick(tick).mantissa;
  const digits = (value < 0n ? -value : value).toString().padStart(tick.scale + 1, "0");
  const whole = digits.slice(0, digits.length - tick.scale);
  const fraction = digits.slice(digits.length - tick.scale).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
