import { Side } from "./side";

/** Best price among what is left (lowest offer, highest bid), flipped; `i32.MAX_VALUE` also when nothing is left. */
let best: i32 = 0;
/** Whether anything is left. */
let any: bool = false;

function findBest(side: Side, list: usize, count: u32): void {
  let bound: i32 = i32.MAX_VALUE;
  let left: u32 = 0;
  const flip = side.flip;
  for (let i: u32 = 0; i < count; i++) {
    const at = <usize>(list == 0 ? i : load<u32>(list + (<usize>i << 2))) << 2;
    const quantity = load<u32>(side.left + at);
    const price = load<i32>(side.price + at) ^ flip;
    bound = min(bound, quantity != 0 ? price : i32.MAX_VALUE);
    left |= quantity;
  }
  best = bound;
  any = left != 0;
}

/** Copies from `list` (0: all in arrival order) to `to`, which may be the list, what is left at a flipped price of at most `limit`. */
function narrow(side: Side, list: usize, count: u32, limit: i32, to: usize): u32 {
  const flip = side.flip;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const index = list == 0 ? i : load<u32>(list + (<usize>i << 2));
    const at = <usize>index << 2;
    store<u32>(to + (<usize>kept << 2), index);
    kept += u32(load<u32>(side.left + at) != 0) & u32((load<i32>(side.price + at) ^ flip) <= limit);
  }
  return kept;
}

/**
 * Opens both sides of a book: the orders with something left and a compatible partner. The filter is exact, as an offer
 * has a partner if and only if it asks no more than the highest bid, and a bid if and only if it pays the lowest offer.
 */
export function openBoth(a: Side, aCount: u32, b: Side, bCount: u32): void {
  a.openCount = b.openCount = a.rankCount = b.rankCount = 0;
  findBest(a, 0, aCount);
  if (!any) return;
  const bestOfA = best;
  findBest(b, 0, bCount);
  if (!any) return;
  a.openCount = narrow(a, 0, aCount, ~best, a.open);
  b.openCount = narrow(b, 0, bCount, ~bestOfA, b.open);
}

/**
 * After a phase: keeps what still is open. `leader` changed and will be ranked afresh, so its arrival order is kept;
 * `follower` was taken whole or not at all, so its rank order still holds. False when nothing more can trade.
 *
 * Every leader that survives traded in the phase: had a compatible follower fitted it, it would have taken it, and had
 * none fitted, that follower would have fitted nobody's rest either way round in the next phase. So what survives is
 * bounded by what was traded, and the work of all cycles together by the number of trades.
 */
export function keepOpen(leader: Side, follower: Side): bool {
  findBest(leader, leader.rank, leader.rankCount);
  if (!any) return false;
  const bestLeader = best;
  findBest(follower, follower.rank, follower.rankCount);
  if (!any) return false;
  leader.openCount = narrow(leader, leader.open, leader.openCount, ~best, leader.open);
  follower.rankCount = narrow(follower, follower.rank, follower.rankCount, ~bestLeader, follower.rank);
  return leader.openCount != 0;
}
