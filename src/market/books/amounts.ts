/** Exact arithmetic of money and of shares of energy, in plain numbers as long as they are exact. */
import { ppm } from "../../units.js";

/**
 * An exact amount of money ticks, at least 0 in records: a `number` while it is below 2⁵³ (nearly always), else a
 * `bigint`. Nothing here rounds but the floors and ceilings that are named.
 */
export type Amount = number | bigint;

/** Largest amount of one record: amounts have 63 bits. */
export const maxAmount: bigint = (1n << 63n) - 1n;

/** Sums of numbers stay exact up to here. */
export const exactSum: number = Number.MAX_SAFE_INTEGER;

/** quantity × price, exact and signed. The double product is exact whenever it is a safe integer. */
export function product(quantity: number, price: number): Amount {
  const value = quantity * price;
  return Number.isSafeInteger(value) ? value + 0 : BigInt(quantity) * BigInt(price);
}

/** a − b, exact. */
export function difference(a: Amount, b: Amount): Amount {
  if (typeof a === "number" && typeof b === "number") {
    const value = a - b;
    if (Number.isSafeInteger(value)) return value;
  }
  const exact = BigInt(a) - BigInt(b);
  const value = Number(exact);
  return Number.isSafeInteger(value) ? value : exact;
}

const half = 0x1_0000_0000;
/** Bytes of half a 64-bit number. */
const halfBytes = 4;

/** Writes a signed 64-bit amount without making a `bigint` of a number. */
export function putAmount(view: DataView, at: number, amount: Amount): void {
  if (typeof amount === "bigint") view.setBigInt64(at, amount, true);
  else {
    const high = Math.floor(amount / half);
    view.setUint32(at, amount - high * half, true);
    view.setInt32(at + halfBytes, high, true);
  }
}

/** Reads a signed 64-bit amount that is a number exactly. */
export function numberAt(view: DataView, at: number): number {
  return view.getInt32(at + halfBytes, true) * half + view.getUint32(at, true);
}

/** Writes a signed number of 128 bits. */
export function putWide(view: DataView, at: number, value: Amount): void {
  if (typeof value === "number") {
    putAmount(view, at, value);
    // Above what a double holds, the sign alone.
    view.setInt32(at + 2 * halfBytes, value < 0 ? -1 : 0, true);
    view.setInt32(at + 3 * halfBytes, value < 0 ? -1 : 0, true);
  } else {
    view.setBigInt64(at, value, true);
    view.setBigInt64(at + 2 * halfBytes, value >> 64n, true);
  }
}

/** Reads a signed 64-bit amount, as a number where it is one exactly. */
export function amountAt(view: DataView, at: number): Amount {
  const value = numberAt(view, at);
  return Number.isSafeInteger(value) ? value : view.getBigInt64(at, true);
}

/** floor(|amount| × rate / 1 000 000) for a rate of at most 1 000 000. */
export function fee(amount: Amount, rate: number): Amount {
  if (rate === 0) return 0;
  if (typeof amount === "bigint") {
    const value = ((amount < 0n ? -amount : amount) * BigInt(rate)) / BigInt(ppm);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }
  const magnitude = Math.abs(amount);
  const rest = magnitude % ppm;
  // Whole millions times the rate can't pass the amount itself, and the rest times the rate is below 10¹².
  return ((magnitude - rest) / ppm) * rate + floorDivide(rest * rate, ppm);
}

/** floor(dividend / divisor) of whole numbers from 0 to 2⁵³: the remainder of doubles is exact, so this is. */
function floorDivide(dividend: number, divisor: number): number {
  return (dividend - (dividend % divisor)) / divisor;
}

/** floor(quantity × numerator / denominator), exact for whole numbers from 0 whose result is below 2⁵³. */
export function scaleDown(quantity: number, numerator: number, denominator: number): number {
  const value = quantity * numerator;
  return value <= Number.MAX_SAFE_INTEGER
    ? floorDivide(value, denominator)
    : Number((BigInt(quantity) * BigInt(numerator)) / BigInt(denominator));
}

/** ceil(quantity × numerator / denominator), under the same bounds. */
export function scaleUp(quantity: number, numerator: number, denominator: number): number {
  const value = quantity * numerator;
  if (value <= Number.MAX_SAFE_INTEGER) {
    const rest = value % denominator;
    return (value - rest) / denominator + (rest > 0 ? 1 : 0);
  }
  const floor = scaleDown(quantity, numerator, denominator);
  return BigInt(floor) * BigInt(denominator) === BigInt(quantity) * BigInt(numerator) ? floor : floor + 1;
}
