/** Who supplied whom of what was shared: pairs of sides along the members' order (docs/sharing.md). */
import type { Sharing } from "./share.js";

/** What one member received of another, in ticks above 0; both by their places. */
export interface SharedPair {
  readonly supplier: number;
  readonly receiver: number;
  readonly quantity: number;
}

/**
 * The pairs of a sharing: what is supplied, end to end in the members' order, is received end to end in the same order.
 * They rise by supplier, then by receiver, and are fewer than suppliers and receivers together.
 */
export function pairsOf({ supplied, received }: Pick<Sharing, "supplied" | "received">): SharedPair[] {
  const pairs: SharedPair[] = [];
  let receiver = -1;
  let wanted = 0;
  for (const [supplier, amount] of supplied.entries())
    for (let left = amount; left > 0; ) {
      while (wanted === 0) wanted = received[++receiver]!;
      const quantity = Math.min(left, wanted);
      pairs.push({ supplier, receiver, quantity });
      left -= quantity;
      wanted -= quantity;
    }
  return pairs;
}

/** What has to be added to the pairs of `before` to have those of `after`: below 0 where something is taken back. */
export function differenceOf(before: readonly SharedPair[], after: readonly SharedPair[]): SharedPair[] {
  const found: SharedPair[] = [];
  const order = (a: SharedPair, b: SharedPair): number => a.supplier - b.supplier || a.receiver - b.receiver;
  let old = 0;
  let now = 0;
  while (old < before.length || now < after.length) {
    const [was, is] = [before[old], after[now]];
    const turn = was === undefined ? 1 : is === undefined ? -1 : order(was, is);
    const pair = (turn < 0 ? was : is)!;
    const quantity = (turn >= 0 ? is!.quantity : 0) - (turn <= 0 ? was!.quantity : 0);
    if (turn <= 0) old += 1;
    if (turn >= 0) now += 1;
    if (quantity !== 0) found.push({ ...pair, quantity });
  }
  return found;
}
