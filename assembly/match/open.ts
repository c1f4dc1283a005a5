/**
 * Which orders are open: those that anything on the other side is compatible with. Whoever can find no partner is taken
 * out before sides are ranked, so that ranking and matching see the others alone.
 */
import { Side } from "./side";
import { leafPrice, leafTaken, treeStands } from "./tree";

/** Worst price of a side, flipped, and whether any of it is exhausted: what `scan` finds beside `best`. */
let worst: i32 = 0;
let exhausted: bool = false;

/** Finds the best and worst price of the first `count` orders. */
function scan(side: Side, count: u32): void {
  const flip = side.flip;
  let low: i32 = i32.MAX_VALUE;
  let high: i32 = i32.MIN_VALUE;
  let empty: u32 = 0;
  let i: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    const flips = i32x4.splat(flip);
    const none = i32x4.splat(i32.MAX_VALUE);
    let lows = none;
    let highs = i32x4.splat(i32.MIN_VALUE);
    let empties = i32x4.splat(0);
    for (; i + 4 <= count; i += 4) {
      const gone = i32x4.eq(v128.load(side.left + (<usize>i << 2)), i32x4.splat(0));
      const price = v128.xor(v128.load(side.price + (<usize>i << 2)), flips);
      lows = i32x4.min_s(lows, v128.bitselect(none, price, gone));
      highs = i32x4.max_s(highs, price);
      empties = v128.or(empties, gone);
    }
    low = min(min(i32x4.extract_lane(lows, 0), i32x4.extract_lane(lows, 1)), min(i32x4.extract_lane(lows, 2), i32x4.extract_lane(lows, 3)));
    high = max(max(i32x4.extract_lane(highs, 0), i32x4.extract_lane(highs, 1)), max(i32x4.extract_lane(highs, 2), i32x4.extract_lane(highs, 3)));
    empty = u32(v128.any_true(empties));
  }
  for (; i < count; i++) {
    const gone = load<u32>(side.left + (<usize>i << 2)) == 0;
    const price = load<i32>(side.price + (<usize>i << 2)) ^ flip;
    low = min(low, gone ? i32.MAX_VALUE : price);
    high = max(high, price);
    empty |= u32(gone);
  }
  side.best = low;
  worst = high;
  exhausted = empty != 0;
}

/**
 * Copies from `from` (0: all in arrival order) to `to`, which may be the same, what is left at a flipped price of at
 * most `limit`.
 */
function narrow(side: Side, from: usize, count: u32, limit: i32, to: usize): u32 {
  const flip = side.flip;
  const left = side.left;
  const price = side.price;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const index = from == 0 ? i : load<u32>(from + (<usize>i << 2));
    const at = <usize>index << 2;
    store<u32>(to + (<usize>kept << 2), index);
    kept += u32(load<u32>(left + at) != 0) & u32((load<i32>(price + at) ^ flip) <= limit);
  }
  return kept;
}

/**
 * Opens both sides of a book: the orders with something left and a compatible partner. The filter is exact, as an offer
 * has a partner if and only if it asks no more than the highest bid, and a bid if and only if it pays the lowest offer.
 */
export function openBoth(a: Side, aCount: u32, b: Side, bCount: u32): void {
  scan(a, aCount);
  const worstOfA = worst;
  const someOfAGone = exhausted;
  scan(b, bCount);
  const someOfBGone = exhausted;
  openSide(a, aCount, ~b.best, someOfAGone || worstOfA > ~b.best);
  openSide(b, bCount, ~a.best, someOfBGone || worst > ~a.best);
}

function openSide(side: Side, count: u32, limit: i32, some: bool): void {
  side.open = some ? side.list : 0;
  side.openCount = some ? narrow(side, 0, count, limit, side.list) : count;
}

/**
 * After a phase: keeps what still is open. `leader` changed and will be ranked afresh, so its arrival order is kept;
 * `follower` was taken whole or not at all, so its rank order still holds. False when nothing more can trade.
 *
 * There are few phases. From the second on, a leader that ends with a compatible follower open has traded: that
 * follower is larger than the leader's rest, and had the leader not traded, the phase before would have joined the two.
 * Each such leader so made away with a follower of its own, and survivors of both sides together are at most the
 * followers there were. Hence what can still trade halves at least every three phases, the phases are logarithmic in
 * the orders, and the work of all of them is that of the first few.
 */
export function keepOpen(leader: Side, follower: Side): bool {
  leader.openCount = narrow(leader, leader.open, leader.openCount, ~follower.best, leader.list);
  leader.open = leader.list;
  if (treeStands) follower.rankCount = narrowRank(follower, ~leader.best);
  else follower.rankCount = narrow(follower, follower.rank, follower.rankCount, ~leader.best, follower.rank);
  return leader.openCount != 0 && follower.rankCount != 0;
}

/** Like `narrow` over the rank order, but reads the leaves of the search tree, which lie in that order. */
function narrowRank(side: Side, limit: i32): u32 {
  const rank = side.rank;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < side.rankCount; i++) {
    store<u32>(rank + (<usize>kept << 2), load<u32>(rank + (<usize>i << 2)));
    kept += u32(!leafTaken(i)) & u32(leafPrice(i) <= limit);
  }
  return kept;
}
