// Where the tree in rank order misleads, the followers are put in Morton order instead: by quantity and price, each
// replaced by its place among all, the bits of both interleaved. What fits a leader, "quantity at most, price at most",
// is then a corner of the square; only subtrees on its edge mislead, and of those only such as hold an earlier rank
// than the best one found, for which each node also sums up its earliest rank (branch and bound).
//
//   node, 192 bytes:  │ size, i32 × 16 │ price ^ flip, i32 × 16 │ place in rank, i32 × 16 │
import { Side, Trades, priceOf } from "./side";
import { sortOrders } from "./sort";
import { abandonTree, nobody, set, sizeOf, smallest } from "./tree";

const nodeBytes: usize = 192;
const prices: usize = 64;
const places: usize = 128;

const levels = memory.data(8 * 4, 4);
let top: i32 = 0;

// @ts-ignore: decorator
@inline
function nodeAt(level: i32, node: u32): usize {
  return <usize>load<u32>(levels + (<usize>level << 2)) + <usize>node * nodeBytes;
}

/** Spreads 16 bits over the even bits of 32. */
// @ts-ignore: decorator
@inline
function spread(x: u32): u32 {
  x = (x | (x << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}

/**
 * Adds to `codes` the 16-bit places of `column` among all, spread and moved `shift` bits; equals share a place. Any
 * order of leaves gives the same trades; places beyond 16 bits would scatter what belongs together and cost time alone.
 */
function interleave(column: usize, count: u32, shift: u32, codes: usize, order: usize, scratch: usize): void {
  sortOrders(0, count, column, column, 0, true, scratch, order);
  const narrow = <u32>max(0, 16 - <i32>clz(count));
  let before: i32 = 0;
  let place: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = <usize>load<u32>(order + (<usize>i << 2)) << 2;
    const value = load<i32>(column + at);
    if (i == 0 || value != before) place = i >> narrow;
    before = value;
    store<u32>(codes + at, load<u32>(codes + at) | (spread(place) << shift));
  }
}

/**
 * The rest of a walk, from leader `from` on, with the same result as `walk` in walk.ts (whole lots only); `leader.best`
 * counts the leaders before. `scratch`: 44 bytes a follower and 4 kB.
 */
export function searchByMorton(leader: Side, from: u32, follower: Side, trades: Trades, scratch: usize): void {
  abandonTree();
  buildMorton(follower, scratch);
  const flip = follower.flip;
  const bidsLead = leader.flip != 0;
  const toLeader = bidsLead ? trades.bid : trades.offer;
  const toFollower = bidsLead ? trades.offer : trades.bid;
  let done = <usize>trades.count << 2;
  for (let i = from; i < leader.rankCount; i++) {
    const leaderIndex = load<u32>(leader.rank + (<usize>i << 2));
    const leaderPrice = load<i32>(leader.price + (<usize>leaderIndex << 2));
    wantedPrice = leaderPrice ^ flip;
    let left = load<u32>(leader.left + (<usize>leaderIndex << 2));
    while (left != 0) {
      wantedSize = sizeOf(left);
      earliest = nobody;
      search(top, 0);
      if (earliest == nobody) break;
      const index = load<u32>(follower.rank + (<usize>earliest << 2));
      const at = <usize>index << 2;
      const quantity = load<u32>(follower.left + at);
      store<u32>(toLeader + done, leaderIndex);
      store<u32>(toFollower + done, index);
      store<u32>(trades.quantity + done, quantity);
      store<i32>(trades.price + done, priceOf(trades, bidsLead, leaderPrice, load<i32>(follower.price + at)));
      done += 4;
      left -= quantity;
      store<u32>(follower.left + at, 0);
      remove(earliestLeaf);
    }
    store<u32>(leader.left + (<usize>leaderIndex << 2), left);
    if (left != 0) leader.best = min(leader.best, leaderPrice ^ leader.flip);
  }
  trades.count = <u32>(done >> 2);
  follower.best = smallest(nodeAt(top, 0) + prices);
}

/** Sorts the followers that are left, of which there is one at least, and builds the tree over them. */
function buildMorton(side: Side, scratch: usize): void {
  // Columns of the followers that are left, one behind the other: room for all, filled by as many as there are.
  const room = (<usize>side.rankCount + 15) & ~15;
  const size = scratch;
  const price = size + (room << 2);
  const place = price + (room << 2);
  const codes = place + (room << 2);
  const order = codes + (room << 2);
  const rest = order + (room << 2);
  let count: u32 = 0;
  for (let i: u32 = 0; i < side.rankCount; i++) {
    const at = <usize>load<u32>(side.rank + (<usize>i << 2)) << 2;
    const left = load<u32>(side.left + at);
    if (left == 0) continue;
    const to = <usize>count << 2;
    store<i32>(size + to, sizeOf(left));
    store<i32>(price + to, load<i32>(side.price + at) ^ side.flip);
    store<u32>(place + to, i);
    store<u32>(codes + to, 0);
    count++;
  }
  interleave(size, count, 0, codes, order, rest);
  interleave(price, count, 1, codes, order, rest);
  for (let i: usize = 0; i < count; i++) store<u32>(codes + (i << 2), load<u32>(codes + (i << 2)) ^ 0x80000000);
  sortOrders(0, count, codes, codes, 0, true, rest, order);

  let at = rest;
  let nodes = (count + 15) >> 4;
  store<u32>(levels, <u32>at);
  for (let i: u32 = 0; i < nodes << 4; i++) {
    const slot = at + <usize>(i >> 4) * nodeBytes + (<usize>(i & 15) << 2);
    if (i < count) {
      const from = <usize>load<u32>(order + (<usize>i << 2)) << 2;
      fill(slot, load<i32>(size + from), load<i32>(price + from), load<i32>(place + from));
    } else fill(slot, nobody, i32.MAX_VALUE, nobody);
  }
  top = 0;
  while (nodes > 1) {
    const below = at;
    const entries = nodes;
    at += <usize>nodes * nodeBytes;
    nodes = (entries + 15) >> 4;
    top++;
    store<u32>(levels + (<usize>top << 2), <u32>at);
    for (let i: u32 = 0; i < nodes << 4; i++) {
      const slot = at + <usize>(i >> 4) * nodeBytes + (<usize>(i & 15) << 2);
      const node = below + <usize>i * nodeBytes;
      if (i < entries) fill(slot, smallest(node), smallest(node + prices), smallest(node + places));
      else fill(slot, nobody, i32.MAX_VALUE, nobody);
    }
  }
}

// @ts-ignore: decorator
@inline
function fill(slot: usize, size: i32, price: i32, place: i32): void {
  store<i32>(slot, size);
  store<i32>(slot, price, prices);
  store<i32>(slot, place, places);
}

// What is searched for, and the best found so far: globals, so that the recursion passes two numbers only.
let wantedSize: i32 = 0;
let wantedPrice: i32 = 0;
let earliest: i32 = 0;
let earliestLeaf: u32 = 0;

/** All ones in the lanes that don't fit or stand behind the best found. */
// @ts-ignore: decorator
@inline
function hopeless(at: usize, size: v128, price: v128, place: v128): v128 {
  return v128.or(
    v128.or(i32x4.gt_s(v128.load(at), size), i32x4.gt_s(v128.load(at, 64), price)),
    i32x4.gt_s(v128.load(at, 128), place),
  );
}

/** Bit j set: entry j may fit and stands before the best found. */
// @ts-ignore: decorator
@inline
function promising(node: usize): u32 {
  if (ASC_FEATURE_SIMD) {
    const s = i32x4.splat(wantedSize);
    const p = i32x4.splat(wantedPrice);
    const e = i32x4.splat(earliest - 1);
    return 0xffff ^ <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(
      i16x8.narrow_i32x4_s(hopeless(node, s, p, e), hopeless(node + 16, s, p, e)),
      i16x8.narrow_i32x4_s(hopeless(node + 32, s, p, e), hopeless(node + 48, s, p, e)),
    ));
  }
  let bits: u32 = 0;
  for (let i: u32 = 0; i < 16; i++) {
    const at = node + (<usize>i << 2);
    bits |= (u32(load<i32>(at) <= wantedSize) & u32(load<i32>(at, prices) <= wantedPrice) & u32(load<i32>(at, places) < earliest)) << i;
  }
  return bits;
}

/** Looks below a node for the earliest rank that fits, the most promising child first. */
function search(level: i32, node: u32): void {
  const at = nodeAt(level, node);
  let bits = promising(at);
  while (bits != 0) {
    let child: u32 = 0;
    let first = nobody;
    for (let rest = bits; rest != 0; rest &= rest - 1) {
      const candidate = <u32>ctz(rest);
      const place = load<i32>(at + (<usize>candidate << 2), places);
      if (place < first) {
        first = place;
        child = candidate;
      }
    }
    if (first >= earliest) return;
    if (level == 0) {
      earliest = first;
      earliestLeaf = (node << 4) | child;
      return;
    }
    search(level - 1, (node << 4) | child);
    bits &= ~(<u32>1 << child);
  }
}

/** Takes a leaf out. */
function remove(leaf: u32): void {
  let node = leaf >> 4;
  let at = nodeAt(0, node);
  set(at, leaf & 15, nobody);
  set(at + prices, leaf & 15, i32.MAX_VALUE);
  set(at + places, leaf & 15, nobody);
  for (let level: i32 = 1; level <= top; level++) {
    const above = nodeAt(level, node >> 4);
    const entry = node & 15;
    set(above, entry, smallest(at));
    set(above + prices, entry, smallest(at + prices));
    set(above + places, entry, smallest(at + places));
    at = above;
    node >>= 4;
  }
}
