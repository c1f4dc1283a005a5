/** How long a clearing takes on a warm engine: the median of several, each long enough for the clock to tell. */
import { fail } from "../../errors.js";
import { t } from "../say.js";
import { lastScene } from "./period.js";
import { rerun } from "./scene.js";
import { pause, type Work } from "./work.js";

/** What was measured, in milliseconds. */
export interface Pace {
  /** Median of one clearing, warm. */
  readonly median: number;
  /** Clearings that were timed. */
  readonly runs: number;
  /** The first one, cold: what it took when its orders were new. */
  readonly first: number;
}

const samples = 9;
/** Shortest stretch that is timed, and most that all of them may take. */
const leastMs = 0.5;
const mostMs = 400;
const leastSamples = 3;
const mostInSample = 2000;

/** Times a piece of work that is repeated: medians of stretches, in milliseconds a run. */
export async function medianOf(
  act: () => void,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<{ median: number; runs: number }> {
  const time = (runs: number): number => {
    const start = now();
    for (let run = 0; run < runs; run++) act();
    return now() - start;
  };
  // The first few are warm-up: they also tell how many make a stretch that the clock can time.
  let each = 1;
  while (each < mostInSample && time(each) < leastMs) each *= 2;
  const times: number[] = [];
  const begin = now();
  while (times.length < samples && (times.length < leastSamples || now() - begin < mostMs)) {
    times.push(time(each) / each);
    await pause(signal);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)]!, runs: times.length * each };
}

/** Clears the period that is shown again and again. Throws `state` before the first. */
export async function pace({ engine, signal }: Work): Promise<Pace> {
  const scene = lastScene();
  if (scene === null) return fail("state", "period", t`one that has been cleared`, t`none`);
  return { ...(await medianOf(() => rerun(engine, scene), signal)), first: scene.took };
}
