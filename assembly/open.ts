import { Side } from "./side";

/** Opens orders 0 … count of a side, in arrival order. */
export function open(side: Side, count: u32): void {
  side.openCount = count;
  for (let i: u32 = 0; i < count; i++) store<u32>(side.open + (<usize>i << 2), i);
}

/** The best price of a side (lowest offer, highest bid) among what is left, flipped; i32 max when nothing is. */
function best(side: Side): i32 {
  let bound: i32 = i32.MAX_VALUE;
  for (let i: u32 = 0; i < side.openCount; i++) {
    const at = <usize>load<u32>(side.open + (<usize>i << 2)) << 2;
    if (load<u32>(side.left + at) != 0) bound = min(bound, load<i32>(side.price + at) ^ side.flip);
  }
  return bound;
}

/** Drops from `open` what is exhausted or has no price in common with the other side's best, `bound` (flipped). */
function keep(side: Side, bound: i32, any: bool): void {
  let kept: u32 = 0;
  const limit = any ? ~bound : i32.MIN_VALUE;
  for (let i: u32 = 0; i < side.openCount; i++) {
    const index = load<u32>(side.open + (<usize>i << 2));
    const at = <usize>index << 2;
    store<u32>(side.open + (<usize>kept << 2), index);
    kept += u32(any && load<u32>(side.left + at) != 0 && (load<i32>(side.price + at) ^ side.flip) <= limit);
  }
  side.openCount = kept;
}

function anyLeft(side: Side): bool {
  for (let i: u32 = 0; i < side.openCount; i++)
    if (load<u32>(side.left + (<usize>load<u32>(side.open + (<usize>i << 2)) << 2)) != 0) return true;
  return false;
}

/**
 * Keeps on either side only orders with something left and a compatible partner on the other: exact, as an offer has
 * one if and only if it asks no more than the highest bid, and a bid if and only if it pays the lowest offer.
 */
export function keepOpen(a: Side, b: Side): void {
  const bestA = best(a);
  const bestB = best(b);
  const anyA = anyLeft(a);
  const anyB = anyLeft(b);
  keep(a, bestB, anyB);
  keep(b, bestA, anyA);
}
