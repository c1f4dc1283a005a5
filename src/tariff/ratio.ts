/** Exact fractions: what a tariff comes to is one, and is rounded once, where a bill has a line. */

/** A fraction; `den` is above zero. It need not be in lowest terms. */
export interface Ratio {
  readonly num: bigint;
  readonly den: bigint;
}

/** Nothing. */
export const zero: Ratio = { num: 0n, den: 1n };

export const plus = (a: Ratio, b: Ratio): Ratio =>
  a.den === b.den
    ? { num: a.num + b.num, den: a.den }
    : { num: a.num * b.den + b.num * a.den, den: a.den * b.den };

export const times = (a: Ratio, b: Ratio): Ratio => ({ num: a.num * b.num, den: a.den * b.den });

/** Below zero where `a` is the smaller, above where it is the larger. */
export const compare = (a: Ratio, b: Ratio): bigint => a.num * b.den - b.num * a.den;

/** How often `unit` goes into `value`: the nearest whole number, a half away from zero. `unit` is above zero. */
export function roundHalfUp(value: Ratio, unit: Ratio): bigint {
  const num = value.num * unit.den;
  const den = value.den * unit.num;
  const size = num < 0n ? -num : num;
  const whole = (2n * size + den) / (2n * den);
  return num < 0n ? -whole : whole;
}
