/**
 * How a whole number of ticks is divided by weights so that the parts add up to it exactly: the one place where sharing
 * rounds (docs/sharing.md).
 */

/**
 * Divides `total` by `weights` out of `whole`, their sum unless it is said. Part i is r(cᵢ) − r(cᵢ₋₁) of the running
 * sums c with r(c) = total × c ÷ whole to the nearest tick, half upwards: each part is its exact share rounded down or
 * up, and what stands before any place of the list is right to half a tick. Without any weight all parts are 0.
 *
 * `total`, each weight and their sum are whole numbers from 0 to 2⁵³−1, and no sum is above `whole`; the caller sees to
 * that.
 */
export function split(total: number, weights: ArrayLike<number>, whole?: number): Float64Array {
  const parts = new Float64Array(weights.length);
  let sum = 0;
  if (whole === undefined) for (let index = 0; index < weights.length; index += 1) sum += weights[index]!;
  const all = whole ?? sum;
  if (all === 0 || total === 0) return parts;
  const rounded = nearest(total, all);
  let running = 0;
  let before = 0;
  for (let index = 0; index < weights.length; index += 1) {
    const weight = weights[index]!;
    if (weight === 0) continue;
    running += weight;
    const upTo = rounded(running);
    parts[index] = upTo - before;
    before = upTo;
  }
  return parts;
}

/**
 * The part of `total` that {@link split} gives to the weight between two running sums, `from` and `upTo`, out of
 * `whole`, which is not 0.
 */
export function partBetween(
  total: number,
  { from, upTo }: { readonly from: number; readonly upTo: number },
  whole: number,
): number {
  const rounded = nearest(total, whole);
  return rounded(upTo) - rounded(from);
}

/** `total` × c ÷ `whole` to the nearest whole number, half upwards. */
function nearest(total: number, whole: number): (running: number) => number {
  // Below 2⁵³ numbers are whole and a quotient never rounds up to the next whole number.
  if (2 * total * whole + whole <= Number.MAX_SAFE_INTEGER)
    return (running) => Math.floor((2 * total * running + whole) / (2 * whole));
  const twice = 2n * BigInt(total);
  const unit = BigInt(whole);
  return (running) => Number((twice * BigInt(running) + unit) / (2n * unit));
}
