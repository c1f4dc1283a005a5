/** The chance behind a member: what it has and how big, drawn from the scenario's seed. */
import { uniform } from "../world/random.js";

/** A seeded choice of numbers for one member: the same whoever else there is. */
export interface Dice {
  between(from: number, to: number, purpose: number): number;
  chance(share: number, purpose: number): boolean;
}

/** First of the streams of random numbers about members. */
export const memberStream = 1_000;

/** The dice of the member at a place among its kind. */
export function dice(seed: number, kind: number, index: number): Dice {
  const stream = memberStream + kind;
  return {
    between: (from, to, purpose) => from + (to - from) * uniform(seed, stream, index, purpose),
    chance: (share, purpose) => uniform(seed, stream, index, purpose) < share,
  };
}
