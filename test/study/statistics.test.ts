import { describe, expect, it } from "vitest";
import { estimate, isClear, pairedDifference, quantile } from "../../src/study/statistics.js";

/** P(|t| ≤ limit) by adding up the density of Student's t (Simpson's rule), from its definition. */
function mass(limit: number, degrees: number): number {
  // Γ((ν+1)/2) ÷ Γ(ν/2), by steps of a half.
  let ratio = degrees % 2 === 1 ? 1 / Math.sqrt(Math.PI) : Math.sqrt(Math.PI) / 2;
  for (let at = degrees % 2 === 1 ? 1 : 2; at < degrees; at += 2) ratio *= (at + 1) / at;
  const scale = ratio / Math.sqrt(degrees * Math.PI);
  const density = (x: number): number => scale * (1 + (x * x) / degrees) ** (-(degrees + 1) / 2);
  const steps = 20_000;
  const width = (2 * limit) / steps;
  let sum = density(-limit) + density(limit);
  for (let step = 1; step < steps; step += 1)
    sum += density(-limit + step * width) * (step % 2 === 1 ? 4 : 2);
  return (sum * width) / 3;
}

describe("Student's t", () => {
  it("has the quantiles of every printed table", () => {
    for (const [degrees, wanted] of [
      [1, 12.706],
      [2, 4.303],
      [3, 3.182],
      [4, 2.776],
      [5, 2.571],
      [9, 2.262],
      [19, 2.093],
      [30, 2.042],
      [60, 2.0],
      [120, 1.98],
    ] as const)
      expect(quantile(degrees)).toBeCloseTo(wanted, 3);
  });

  it("holds 95 % of the distribution, for any degrees of freedom", () => {
    for (const degrees of [1, 2, 3, 4, 5, 6, 7, 12, 29, 50, 99, 500, 999])
      expect(mass(quantile(degrees), degrees)).toBeCloseTo(0.95, 6);
  });
});

describe("estimates", () => {
  it("are the mean and half of its interval", () => {
    expect(estimate([])).toBe(null);
    expect(estimate([7])).toEqual({ count: 1, mean: 7, half: null });
    // Mean 4, standard deviation 2, of three: 4.3027 × 2 ÷ √3.
    const found = estimate([2, 4, 6])!;
    expect(found.mean).toBe(4);
    expect(found.half).toBeCloseTo(4.968, 3);
    expect(estimate([5, 5, 5, 5])).toEqual({ count: 4, mean: 5, half: 0 });
  });

  it("of differences go by pairs, and leave out those that lack one", () => {
    const found = pairedDifference([1, 10, null, 100], [3, 12, 50, 102])!;
    expect(found).toEqual({ count: 3, mean: 2, half: 0 });
    expect(isClear(found)).toBe(true);
    expect(isClear(pairedDifference([0, 0], [1, -1]))).toBe(false);
    expect(isClear(pairedDifference([0], [1]))).toBe(false);
    expect(pairedDifference([null], [1])).toBe(null);
  });
});
