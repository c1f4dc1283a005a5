/** What one view hands to the notary before that is looked at. */
import type { Source } from "./worker/notary/notary.js";

let waiting: Source | null = null;

/** Hands over what the notary is to judge when it is looked at next. */
export function handOver(source: Source): void {
  waiting = source;
}

/** Takes what was handed over, once; null: nothing was. */
export function takeOver(): Source | null {
  const source = waiting;
  waiting = null;
  return source;
}
