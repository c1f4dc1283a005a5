/**
 * A study: variants × seeds, and what they come to. Each variant runs with the same seeds, so that a difference between
 * two is one of the rules and not of the weather.
 */
import type { Measure, Values } from "./measures.js";
import { measuresIn } from "./measures.js";
import type { Setting, Variant } from "./settings.js";
import { type Estimate, estimate, pairedDifference } from "./statistics.js";

/** One run that a study needs. */
export interface Task {
  /** Place of its variant. */
  readonly variant: number;
  readonly seed: number;
}

/** What a study is made of. */
export interface Plan {
  readonly variants: readonly Variant[];
  readonly seeds: readonly number[];
  /** What varies along an axis: the one range among the settings, if there is one. */
  readonly axis: Setting | null;
}

/** So many seeds, from that of the scenario on; after the greatest comes 0. */
export const seedsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (first + index) % 2 ** 32);

/** All runs of a plan: a variant after the other, whose runs read the same files beside the scenario. */
export const tasksOf = ({ variants, seeds }: Plan): Task[] =>
  variants.flatMap((_, variant) => seeds.map((seed) => ({ variant, seed })));

/** What one variant came to in one measure. */
export interface Result {
  /** By seed, in the plan's order; null where the run has none. */
  readonly values: readonly (number | null)[];
  readonly estimate: Estimate | null;
  /** How much more than the first variant, paired by seed; null for the first. */
  readonly difference: Estimate | null;
}

/** One measure of all variants. */
export interface Compared {
  readonly measure: Measure;
  /** In the order of the variants. */
  readonly results: readonly Result[];
}

/** What a study came to. `valuesOf` gives the values of each of its runs. */
export function compare({ variants, seeds }: Plan, valuesOf: (task: Task) => Values): Compared[] {
  const runs = variants.map((_, variant) => seeds.map((seed) => valuesOf({ variant, seed })));
  return measuresIn(runs.flat()).map((measure) => {
    const columns = runs.map((values) => values.map((each) => each[measure.name] ?? null));
    const results = columns.map((values, variant) => ({
      values,
      estimate: estimate(values.filter((value) => value !== null)),
      difference: variant === 0 ? null : pairedDifference(columns[0]!, values),
    }));
    return { measure, results };
  });
}
