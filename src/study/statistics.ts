/**
 * Means over seeds and how far they can be trusted: Student's t, two-sided, 95 %. The quantile is not looked up but
 * worked out from the distribution's own finite series, so that it holds for any number of runs.
 */

/** A mean over runs, with the interval that holds the true mean in 95 of 100 studies. */
export interface Estimate {
  /** How many runs had a value. */
  readonly count: number;
  readonly mean: number;
  /** Half the width of the interval: the mean lies within mean ± half. Null with fewer than two values. */
  readonly half: number | null;
}

/** Share of studies whose interval holds the true mean. */
const confidence = 0.95;

/**
 * Probability that |t| is at most √degrees × tan(angle), for whole degrees of freedom (Abramowitz and Stegun, Handbook
 * of Mathematical Functions, 26.7.3 and 26.7.4).
 */
function within(angle: number, degrees: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** The value that |t| stays below with a probability of 95 %; `degrees` of freedom is a whole number from 1. */
export function quantile(degrees: number): number {
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (within(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2);
}

/** The mean of values and its interval; null where there are none. */
export function estimate(values: readonly number[]): Estimate | null {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean, half: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, half: quantile(count - 1) * Math.sqrt(variance / count) };
}

/** The estimate of how much more the second of pairs is than the first; pairs that lack one are left out. */
export function pairedDifference(
  firsts: readonly (number | null)[],
  seconds: readonly (number | null)[],
): Estimate | null {
  const differences = firsts.flatMap((first, index) => {
    const second = seconds[index] ?? null;
    return first === null || second === null ? [] : [second - first];
  });
  return estimate(differences);
}

/** Whether an interval leaves zero out: the difference is no chance of the seeds. */
export const isClear = (found: Estimate | null): boolean =>
  found !== null && found.half !== null && Math.abs(found.mean) > found.half;
