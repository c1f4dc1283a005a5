/**
 * Two sets of rules over many seeds: a day of each is traded and measured as a study does, A and B with the same seeds,
 * and what it comes to is told after every pair.
 */
import { type Measure, measuresIn, type Values } from "../../study/measures.js";
import { runOnce } from "../../study/run.js";
import { seedsFrom } from "../../study/study.js";
import { againstOf } from "../settings/against.js";
import { participantsOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { hasNetwork, scenarioOf } from "./scenario.js";
import { pause, turnMs, type Work } from "./work.js";

/** How many seeds, from that of the settings on. */
export interface SeedsInput {
  readonly settings: Settings;
  readonly count: number;
}

/** How values are spread over the seeds. */
export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** One measure by both sets of rules; only seeds that have a value in both count. */
export interface SeedMeasure {
  readonly measure: Measure;
  readonly pairs: readonly (readonly [a: number, b: number])[];
  readonly a: Spread;
  readonly b: Spread;
  /** In how many of the pairs B is higher, and in how many lower. */
  readonly higher: number;
  readonly lower: number;
}

/** What the seeds so far came to. */
export interface SeedsShown {
  readonly done: number;
  readonly count: number;
  /** Whether the days have a network: both or neither, or the network would be compared. */
  readonly network: boolean;
  readonly measures: readonly SeedMeasure[];
}

/** The value below which a share of the values lies, between two of them in proportion; they are sorted. */
export function quantileOf(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

/** The median of values, and what 5 % and 95 % of them stay below. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { low: quantileOf(sorted, 0.05), median: quantileOf(sorted, 0.5), high: quantileOf(sorted, 0.95) };
}

/** What the runs so far come to, by measure. */
function shownOf(runs: readonly (readonly [Values, Values])[], count: number, network: boolean): SeedsShown {
  const measures = measuresIn(runs.flat()).flatMap((measure): SeedMeasure[] => {
    const pairs = runs.flatMap(([first, second]) => {
      const [a, b] = [first[measure.name] ?? null, second[measure.name] ?? null];
      return a === null || b === null ? [] : [[a, b] as const];
    });
    if (pairs.length === 0) return [];
    return [
      {
        measure,
        pairs,
        a: spreadOf(pairs.map(([a]) => a)),
        b: spreadOf(pairs.map(([, b]) => b)),
        higher: pairs.filter(([a, b]) => b > a).length,
        lower: pairs.filter(([a, b]) => b < a).length,
      },
    ];
  });
  return { done: runs.length, count, network, measures };
}

/** Trades a day by both sets of rules with every seed. */
export async function seeds(work: Work<SeedsShown>, { settings, count }: SeedsInput): Promise<SeedsShown> {
  const { engine, signal, tell } = work;
  const network = hasNetwork(settings) && hasNetwork(againstOf(settings));
  let turn = performance.now();
  const progress = async (): Promise<void> => {
    if (performance.now() - turn < turnMs) return;
    await pause(signal);
    turn = performance.now();
  };
  const run = (rules: Settings): Promise<Values> =>
    runOnce(scenarioOf(rules, participantsOf(rules), network), {}, { engine, progress });
  const runs: (readonly [Values, Values])[] = [];
  for (const seed of seedsFrom(settings.seed, count)) {
    const now = { ...settings, seed };
    runs.push([await run(now), await run(againstOf(now))]);
    tell(shownOf(runs, count, network));
    await pause(signal);
  }
  return shownOf(runs, count, network);
}
