/**
 * Errors of forecasts: how far what is expected strays from what comes. An error has a size and lasts for a while, so
 * that who expects too much sun at ten does so at eleven; it is a function of seed and time.
 */
import { ppm } from "../../units.js";
import { normal } from "./random.js";

/**
 * An error at a moment, of mean 0 and deviation 1: between two moments that lie `lastsMs` apart it is related by 0.39
 * on average, between any that lie twice as far apart not at all.
 *
 * @param stream tells it from others of the seed
 */
export function errorAt(seed: number, stream: number, timeMs: number, lastsMs: number): number {
  const place = timeMs / lastsMs;
  const left = Math.floor(place);
  const share = place - left;
  // Squares of the weights add up to 1, so the deviation is the same at every moment.
  return (
    Math.sqrt(1 - share) * normal(seed, stream, left) + Math.sqrt(share) * normal(seed, stream, left + 1)
  );
}

/** What is expected as a share of what comes, with an error whose deviation is so many ppm; at least nothing. */
export const shareExpected = (deviation: number, error: number): number =>
  Math.max(1 + (deviation / ppm) * error, 0);
