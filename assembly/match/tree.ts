// A tree over one side of the book in rank order, 16 children a node, in which a leader looks for the next follower
// that fits: smallest quantity and smallest flipped price of each subtree, compared sixteen at once.
//
//   node, 128 bytes:  │ size, i32 × 16 │ price ^ flip, i32 × 16 │
//
// A follower fits when its size is at most what the leader has left, as a size, and its flipped price at most the
// leader's. A size is quantity − 1 − 2³¹: signed, as the machine compares signed lanes in one step and unsigned ones in
// two, and with the largest number free to mean "nobody", which no leader with something left can reach.
// Entry j of node i of one level sums up node 16 i + j of the level below.
import { Side } from "./side";

const nodeBytes: usize = 128;
const prices: usize = 64;
export const nobody: i32 = i32.MAX_VALUE;

/** Quantity (not 0) as a size, and back. */
// @ts-ignore: decorator
@inline
export function sizeOf(quantity: u32): i32 {
  return <i32>((quantity - 1) ^ 0x80000000);
}
// @ts-ignore: decorator
@inline
export function quantityOf(size: i32): u32 {
  return ((<u32>size) ^ 0x80000000) + 1;
}


/** Address of each level's first node, leaves first. 16⁷ leaves are more than there can be lots. */
const levels = memory.data(8 * 4, 4);
/** Number of levels less one. */
export let top: i32 = 0;

/** Whether the leaves still tell which followers are left. */
export let treeStands: bool = false;
export function abandonTree(): void {
  treeStands = false;
}

/** Address of node `node` of level `level`. */
// @ts-ignore: decorator
@inline
export function nodeAt(level: i32, node: u32): usize {
  return <usize>load<u32>(levels + (<usize>level << 2)) + <usize>node * nodeBytes;
}

/** Smallest of 16 i32. */
// @ts-ignore: decorator
@inline
export function smallest(at: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    let x = i32x4.min_s(i32x4.min_s(v128.load(at), v128.load(at, 16)), i32x4.min_s(v128.load(at, 32), v128.load(at, 48)));
    x = i32x4.min_s(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
    x = i32x4.min_s(x, i32x4.shuffle(x, x, 1, 0, 3, 2));
    return i32x4.extract_lane(x, 0);
  }
  let x = i32.MAX_VALUE;
  for (let i: usize = 0; i < 64; i += 4) x = min(x, load<i32>(at + i));
  return x;
}

/** All ones in the lanes that don't fit. */
// @ts-ignore: decorator
@inline
function misfits(at: usize, size: v128, price: v128): v128 {
  return v128.or(i32x4.gt_s(v128.load(at), size), i32x4.gt_s(v128.load(at, 64), price));
}

/** Bit j set: entry j of the node at `node` may fit. */
// @ts-ignore: decorator
@inline
export function fitting(node: usize, size: i32, price: i32): u32 {
  if (ASC_FEATURE_SIMD) {
    const s = i32x4.splat(size);
    const p = i32x4.splat(price);
    return 0xffff ^ <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(
      i16x8.narrow_i32x4_s(misfits(node, s, p), misfits(node + 16, s, p)),
      i16x8.narrow_i32x4_s(misfits(node + 32, s, p), misfits(node + 48, s, p)),
    ));
  }
  let bits: u32 = 0;
  for (let i: u32 = 0; i < 16; i++) {
    const at = node + (<usize>i << 2);
    bits |= (u32(load<i32>(at) <= size) & u32(load<i32>(at, prices) <= price)) << i;
  }
  return bits;
}

/** Size and flipped price of leaf `place`, which is not taken. */
// @ts-ignore: decorator
@inline
export function leafSize(place: u32): i32 {
  return load<i32>(leafAt(place));
}
// @ts-ignore: decorator
@inline
export function leafPrice(place: u32): i32 {
  return load<i32>(leafAt(place), prices);
}
// @ts-ignore: decorator
@inline
export function leafTaken(place: u32): bool {
  return load<i32>(leafAt(place)) == nobody;
}
// @ts-ignore: decorator
@inline
function leafAt(place: u32): usize {
  return nodeAt(0, place >> 4) + (<usize>(place & 15) << 2);
}

/**
 * Builds the tree over `side` in its rank order at `at`. `divisible`: any quantity fits, so all have the least size.
 */
export function build(side: Side, divisible: bool, at: usize): void {
  const count = side.rankCount;
  const flip = side.flip;
  const quantity = side.left;
  const price = side.price;
  const rank = side.rank;
  let nodes = (count + 15) >> 4;
  store<u32>(levels, <u32>at);
  for (let i: u32 = 0; i < count; i++) {
    const order = <usize>load<u32>(rank + (<usize>i << 2)) << 2;
    const slot = at + <usize>(i >> 4) * nodeBytes + (<usize>(i & 15) << 2);
    store<i32>(slot, divisible ? i32.MIN_VALUE : sizeOf(load<u32>(quantity + order)));
    store<i32>(slot, load<i32>(price + order) ^ flip, prices);
  }
  vacate(at, count, nodes);
  treeStands = true;
  top = 0;
  while (nodes > 1) {
    const below = at;
    const entries = nodes;
    at += <usize>nodes * nodeBytes;
    nodes = (entries + 15) >> 4;
    top++;
    store<u32>(levels + (<usize>top << 2), <u32>at);
    for (let i: u32 = 0; i < entries; i++) {
      const node = below + <usize>i * nodeBytes;
      const slot = at + <usize>(i >> 4) * nodeBytes + (<usize>(i & 15) << 2);
      store<i32>(slot, smallest(node));
      store<i32>(slot, smallest(node + prices), prices);
    }
    vacate(at, entries, nodes);
  }
}

/** Fills up a level's last node. */
function vacate(at: usize, entries: u32, nodes: u32): void {
  for (let i = entries; i < nodes << 4; i++) {
    const slot = at + <usize>(i >> 4) * nodeBytes + (<usize>(i & 15) << 2);
    store<i32>(slot, nobody);
    store<i32>(slot, i32.MAX_VALUE, prices);
  }
}

/** For each lane of a vector, all ones there. */
const lanes = memory.data<u32>([-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1], 16);

/**
 * Sets entry `entry` of 16 i32. A whole vector is written: vectors are read from there next, and a processor hands what
 * it has just stored to a load only if the store covers it; otherwise the load waits until the store is through.
 */
// @ts-ignore: decorator
@inline
export function set(at: usize, entry: u32, value: i32): void {
  if (ASC_FEATURE_SIMD) {
    const vector = at + (<usize>(entry & 12) << 2);
    const lane = v128.load(lanes + (<usize>(entry & 3) << 4));
    v128.store(vector, v128.bitselect(i32x4.splat(value), v128.load(vector), lane));
  } else store<i32>(at + (<usize>entry << 2), value);
}

/**
 * Takes leaf `place` out. What an inner node says of the rest may be too low for a while without harm to any result, as
 * the leaves are exact; but then searches go where nothing is, and that can cost a hundred times as much.
 */
// @ts-ignore: decorator
@inline
export function remove(place: u32): void {
  let node = place >> 4;
  let at = nodeAt(0, node);
  let entry = place & 15;
  let size = load<i32>(at + (<usize>entry << 2));
  let price = load<i32>(at + (<usize>entry << 2), prices);
  set(at, entry, nobody);
  set(at + prices, entry, i32.MAX_VALUE);
  for (let level: i32 = 1; level <= top; level++) {
    const above = nodeAt(level, node >> 4);
    entry = node & 15;
    const sizeAbove = load<i32>(above + (<usize>entry << 2));
    const priceAbove = load<i32>(above + (<usize>entry << 2), prices);
    // Neither smallest value was the one that went.
    if (sizeAbove != size && priceAbove != price) return;
    const newSize = smallest(at);
    const newPrice = smallest(at + prices);
    if (sizeAbove == newSize && priceAbove == newPrice) return;
    set(above, entry, newSize);
    set(above + prices, entry, newPrice);
    size = sizeAbove;
    price = priceAbove;
    at = above;
    node >>= 4;
  }
}
