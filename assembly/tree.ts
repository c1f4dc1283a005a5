// A tree over one side of the book in rank order, 16 children a node, in which a leader looks for the next follower that
// fits: smallest quantity and smallest flipped price of each subtree, compared sixteen at once.
//
//   node, 128 bytes:  │ quantity − 1, u32 × 16 │ price ^ flip, i32 × 16 │
//
// A follower fits when its quantity is at most what the leader has left and its flipped price at most the leader's. The
// quantity stands there less one, so that 2³²−1 is free to mean "nobody": no leader with something left can reach it.
// Entry j of node i of one level sums up node 16 i + j of the level below.
import { Side } from "./side";

const nodeBytes: usize = 128;
const prices: usize = 64;
const nobody: u32 = u32.MAX_VALUE;

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

/** Smallest of 16 u32. */
// @ts-ignore: decorator
@inline
export function smallestQuantity(at: usize): u32 {
  if (ASC_FEATURE_SIMD) {
    let x = i32x4.min_u(i32x4.min_u(v128.load(at), v128.load(at, 16)), i32x4.min_u(v128.load(at, 32), v128.load(at, 48)));
    x = i32x4.min_u(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
    x = i32x4.min_u(x, i32x4.shuffle(x, x, 1, 0, 3, 2));
    return <u32>i32x4.extract_lane(x, 0);
  }
  let x = u32.MAX_VALUE;
  for (let i: usize = 0; i < 64; i += 4) x = min(x, load<u32>(at + i));
  return x;
}

/** Smallest of 16 i32. */
// @ts-ignore: decorator
@inline
export function smallestPrice(at: usize): i32 {
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

/** Bit j set: entry j of the node at `node` may fit `quantity` (less one) and `price` (flipped). */
// @ts-ignore: decorator
@inline
export function fitting(node: usize, quantity: u32, price: i32): u32 {
  if (ASC_FEATURE_SIMD) {
    const q = i32x4.splat(<i32>quantity);
    const p = i32x4.splat(price);
    const a = v128.and(i32x4.le_u(v128.load(node), q), i32x4.le_s(v128.load(node, 64), p));
    const b = v128.and(i32x4.le_u(v128.load(node, 16), q), i32x4.le_s(v128.load(node, 80), p));
    const c = v128.and(i32x4.le_u(v128.load(node, 32), q), i32x4.le_s(v128.load(node, 96), p));
    const d = v128.and(i32x4.le_u(v128.load(node, 48), q), i32x4.le_s(v128.load(node, 112), p));
    return <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
  }
  let bits: u32 = 0;
  for (let i: u32 = 0; i < 16; i++) {
    const at = node + (<usize>i << 2);
    bits |= (u32(load<u32>(at) <= quantity) & u32(load<i32>(at, prices) <= price)) << i;
  }
  return bits;
}

/** Quantity less one, and flipped price, of leaf `place`, which is not taken. */
// @ts-ignore: decorator
@inline
export function leafQuantity(place: u32): u32 {
  return load<u32>(leafAt(place));
}
// @ts-ignore: decorator
@inline
export function leafPrice(place: u32): i32 {
  return load<i32>(leafAt(place), prices);
}
// @ts-ignore: decorator
@inline
export function leafTaken(place: u32): bool {
  return load<u32>(leafAt(place)) == nobody;
}
// @ts-ignore: decorator
@inline
function leafAt(place: u32): usize {
  return nodeAt(0, place >> 4) + (<usize>(place & 15) << 2);
}

/** Builds the tree over `side` in its rank order at `at`. `divisible`: any quantity fits, so it stands there as 0. */
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
    store<u32>(slot, divisible ? 0 : load<u32>(quantity + order) - 1);
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
      store<u32>(slot, smallestQuantity(node));
      store<i32>(slot, smallestPrice(node + prices), prices);
    }
    vacate(at, entries, nodes);
  }
}

/** Fills up a level's last node. */
function vacate(at: usize, entries: u32, nodes: u32): void {
  for (let i = entries; i < nodes << 4; i++) {
    const slot = at + <usize>(i >> 4) * nodeBytes + (<usize>(i & 15) << 2);
    store<u32>(slot, nobody);
    store<i32>(slot, i32.MAX_VALUE, prices);
  }
}

/** Takes leaf `place` out. */
// @ts-ignore: decorator
@inline
export function remove(place: u32): void {
  let node = place >> 4;
  let at = nodeAt(0, node);
  const slot = at + (<usize>(place & 15) << 2);
  store<u32>(slot, nobody);
  store<i32>(slot, i32.MAX_VALUE, prices);
  for (let level: i32 = 1; level <= top; level++) {
    const q = smallestQuantity(at);
    const p = smallestPrice(at + prices);
    const above = nodeAt(level, node >> 4);
    const sum = above + (<usize>(node & 15) << 2);
    if (load<u32>(sum) == q && load<i32>(sum, prices) == p) return;
    store<u32>(sum, q);
    store<i32>(sum, p, prices);
    at = above;
    node >>= 4;
  }
}
