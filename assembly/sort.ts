// Stable argsort by 64-bit keys: least significant digit first, over words that hold key and index side by side.
//
//   63             indexBits        0
//    ├─────────────────┼────────────┤
//    │ key             │ index      │     word = key << indexBits | index
//
// The first pass makes the words out of the columns as it scatters them, the last writes the indices alone, and digits
// that are the same in every key are skipped. Few orders go through an insertion sort, so that a cycle in which few
// orders are left costs little. Keys too wide to stand beside an index are sorted by their low, then by their high half.
//
// All addresses below are computed from counts that `reserve` made room for, and digits are masked to the histogram's
// size, so raw loads and stores stay in range; checked access costs three times as much here.
import { Side } from "./side";

/** Up to this many orders an insertion sort is faster than clearing histograms. */
const insertionMost: u32 = 48;
/** Below this many orders narrow digits win: their histograms are cleared and summed sooner. */
const narrowBelow: u32 = 6000;
const wideDigit: u32 = 11;
const narrowDigit: u32 = 8;

/** Room for six digits of 11 bits, or nine of 8. */
const histograms = memory.data(6 * 2048 * 4, 64);
/** Digits that differ between keys. */
const differing = memory.data(9 * 4, 4);

/** `x ^ flip − base`: with flip −1 descending order becomes ascending, and keys start at 0. K is u64 for value, u32 for price. */
// @ts-ignore: decorator
@inline
function keyOf<K>(quantity: usize, price: usize, index: u32, flip: i64, base: i64): u64 {
  const at = <usize>index << 2;
  let key = <i64>load<i32>(price + at);
  if (sizeof<K>() == 8) key *= <i64>load<u32>(quantity + at);
  return <u64>((key ^ flip) - base);
}

/** Entry `i` of a list of indices; without one (address 0) every index stands in its place. */
// @ts-ignore: decorator
@inline
function entry(list: usize, i: u32): u32 {
  return list == 0 ? i : load<u32>(list + (<usize>i << 2));
}

/** Smallest and largest quantity and price among the orders to be sorted. */
let leastQuantity: u32 = 0;
let mostQuantity: u32 = 0;
let leastPrice: i32 = 0;
let mostPrice: i32 = 0;

function findBounds(list: usize, count: u32, quantity: usize, price: usize): void {
  let q0: u32 = u32.MAX_VALUE, q1: u32 = 0, p0: i32 = i32.MAX_VALUE, p1: i32 = i32.MIN_VALUE;
  let i: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    if (list == 0 && count >= 4) {
      let a = v128.load(quantity), b = a, c = v128.load(price), d = c;
      for (i = 4; i + 4 <= count; i += 4) {
        const q = v128.load(quantity + (<usize>i << 2));
        const p = v128.load(price + (<usize>i << 2));
        a = i32x4.min_u(a, q);
        b = i32x4.max_u(b, q);
        c = i32x4.min_s(c, p);
        d = i32x4.max_s(d, p);
      }
      q0 = min(min(<u32>i32x4.extract_lane(a, 0), <u32>i32x4.extract_lane(a, 1)), min(<u32>i32x4.extract_lane(a, 2), <u32>i32x4.extract_lane(a, 3)));
      q1 = max(max(<u32>i32x4.extract_lane(b, 0), <u32>i32x4.extract_lane(b, 1)), max(<u32>i32x4.extract_lane(b, 2), <u32>i32x4.extract_lane(b, 3)));
      p0 = min(min(i32x4.extract_lane(c, 0), i32x4.extract_lane(c, 1)), min(i32x4.extract_lane(c, 2), i32x4.extract_lane(c, 3)));
      p1 = max(max(i32x4.extract_lane(d, 0), i32x4.extract_lane(d, 1)), max(i32x4.extract_lane(d, 2), i32x4.extract_lane(d, 3)));
    }
  }
  for (; i < count; i++) {
    const at = <usize>entry(list, i) << 2;
    const q = load<u32>(quantity + at);
    const p = load<i32>(price + at);
    q0 = min(q0, q);
    q1 = max(q1, q);
    p0 = min(p0, p);
    p1 = max(p1, p);
  }
  leastQuantity = q0;
  mostQuantity = q1;
  leastPrice = p0;
  mostPrice = p1;
}

/**
 * Writes the open orders of `side` to its `rank`, ascending by value or price (descending for bids), arrival order on
 * ties. `scratch`: 20 bytes for each open order.
 */
export function rankSide(side: Side, byPrice: bool, scratch: usize): void {
  side.rankCount = side.openCount;
  sortOrders(side.open, side.openCount, side.left, side.price, side.flip, byPrice, scratch, side.rank);
}

/** The same over bare columns: the `count` orders of `list` (0: the first `count`) to `out`. */
export function sortOrders(
  list: usize, count: u32, quantity: usize, price: usize, flip: i32, byPrice: bool, scratch: usize, out: usize,
): void {
  if (count == 0) return;
  findBounds(list, count, quantity, price);
  if (byPrice) sort<u32>(list, count, quantity, price, <i64>flip, leastPrice, mostPrice, scratch, out);
  else {
    const least = <i64>leastPrice * <i64>(leastPrice < 0 ? mostQuantity : leastQuantity);
    const most = <i64>mostPrice * <i64>(mostPrice < 0 ? leastQuantity : mostQuantity);
    sort<u64>(list, count, quantity, price, <i64>flip, least, most, scratch, out);
  }
}

function sort<K>(
  list: usize, count: u32, quantity: usize, price: usize, flip: i64, least: i64, most: i64, scratch: usize, out: usize,
): void {
  const base = flip == 0 ? least : ~most;
  if (count <= insertionMost) {
    insertionSort<K>(list, count, quantity, price, flip, base, scratch, out);
    return;
  }
  const bits = 64 - <u32>clz(most - least);
  // The list is in arrival order, so its last index is the largest.
  const indexBits = 32 - <u32>clz(entry(list, count - 1));
  if (bits + indexBits <= 64) {
    radixSort<K>(list, count, quantity, price, flip, base, 0, bits, indexBits, scratch, out);
    return;
  }
  const halfSorted = scratch + (<usize>count << 4);
  radixSort<K>(list, count, quantity, price, flip, base, 0, 32, indexBits, scratch, halfSorted);
  radixSort<K>(halfSorted, count, quantity, price, flip, base, 32, bits - 32, indexBits, scratch, out);
}

function insertionSort<K>(
  list: usize, count: u32, quantity: usize, price: usize, flip: i64, base: i64, keys: usize, out: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const index = entry(list, i);
    const key = keyOf<K>(quantity, price, index, flip, base);
    let j = i;
    while (j > 0) {
      const before = load<u64>(keys + (<usize>(j - 1) << 3));
      if (before <= key) break;
      store<u64>(keys + (<usize>j << 3), before);
      store<u32>(out + (<usize>j << 2), load<u32>(out + (<usize>(j - 1) << 2)));
      j--;
    }
    store<u64>(keys + (<usize>j << 3), key);
    store<u32>(out + (<usize>j << 2), index);
  }
}

// @ts-ignore: decorator
@inline
function increment(at: usize): u32 {
  const before = load<u32>(at);
  store<u32>(at, before + 1);
  return before;
}

/** The part of the key that is sorted by: the bits of `mask`, `shift` bits from the right. */
// @ts-ignore: decorator
@inline
function partOf<K>(quantity: usize, price: usize, index: u32, flip: i64, base: i64, shift: u64, mask: u64): u64 {
  const key = keyOf<K>(quantity, price, index, flip, base);
  return sizeof<K>() == 8 ? (key >> shift) & mask : key;
}

/** Counts three digits of every key, from digit place `at` on, into three histograms one behind the other. */
function countDigits<K>(
  list: usize, count: u32, quantity: usize, price: usize, flip: i64, base: i64, shift: u64, keyMask: u64, at: u64, width: u64, histogram: usize,
): void {
  const mask = (<u64>1 << width) - 1;
  const second = histogram + (<usize>4 << <usize>width);
  const third = second + (<usize>4 << <usize>width);
  const at2 = at + width;
  // Past bit 63 there is no digit, and a shift would be taken modulo 64; what is counted then is not used.
  const at3 = min(at2 + width, 63);
  for (let i: u32 = 0; i < count; i++) {
    const part = partOf<K>(quantity, price, entry(list, i), flip, base, shift, keyMask);
    increment(histogram + (<usize>((part >> at) & mask) << 2));
    increment(second + (<usize>((part >> at2) & mask) << 2));
    increment(third + (<usize>((part >> at3) & mask) << 2));
  }
}

/** Turns counts into first places; false when all keys share one digit. */
function sum(histogram: usize, size: u32, count: u32): bool {
  let place: u32 = 0;
  let differ = true;
  for (const end = histogram + (<usize>size << 2); histogram < end; histogram += 4) {
    const here = load<u32>(histogram);
    store<u32>(histogram, place);
    place += here;
    if (here == count) differ = false;
  }
  return differ;
}

/** Sorts by the `bits` bits of the key that lie `shift` bits from the right; `list` in any order, which ties keep. */
function radixSort<K>(
  list: usize, count: u32, quantity: usize, price: usize, flip: i64, base: i64, shift: u64, bits: u32, indexBits: u32, scratch: usize, out: usize,
): void {
  const keyMask = bits == 64 ? u64.MAX_VALUE : (<u64>1 << <u64>bits) - 1;
  const widest = count < narrowBelow ? narrowDigit : wideDigit;
  const digits = max(1, (bits + widest - 1) / widest);
  const width = <u64>max(1, (bits + digits - 1) / digits);
  const size: u32 = 1 << <u32>width;
  const bytes = <usize>size << 2;
  // Digits are counted by threes.
  memory.fill(histograms, 0, bytes * ((digits + 2) / 3) * 3);
  for (let digit: u32 = 0; digit < digits; digit += 3)
    countDigits<K>(list, count, quantity, price, flip, base, shift, keyMask, <u64>digit * width, width, histograms + bytes * digit);
  let passes: u32 = 0;
  for (let digit: u32 = 0; digit < digits; digit++)
    if (sum(histograms + bytes * digit, size, count)) {
      store<u32>(differing + (<usize>passes << 2), digit);
      passes++;
    }
  if (passes == 0) {
    for (let i: u32 = 0; i < count; i++) store<u32>(out + (<usize>i << 2), entry(list, i));
    return;
  }

  let from = scratch;
  let to = scratch + (<usize>count << 3);
  const mask = <u64>(size - 1);
  const first = load<u32>(differing);
  const firstHistogram = histograms + bytes * first;
  const firstAt = <u64>first * width;
  if (passes == 1) {
    for (let i: u32 = 0; i < count; i++) {
      const index = entry(list, i);
      const part = partOf<K>(quantity, price, index, flip, base, shift, keyMask);
      const place = increment(firstHistogram + (<usize>((part >> firstAt) & mask) << 2));
      store<u32>(out + (<usize>place << 2), index);
    }
    return;
  }
  for (let i: u32 = 0; i < count; i++) {
    const index = entry(list, i);
    const part = partOf<K>(quantity, price, index, flip, base, shift, keyMask);
    const place = increment(firstHistogram + (<usize>((part >> firstAt) & mask) << 2));
    store<u64>(from + (<usize>place << 3), (part << <u64>indexBits) | <u64>index);
  }
  for (let pass: u32 = 1; pass < passes - 1; pass++) {
    const digit = load<u32>(differing + (<usize>pass << 2));
    const histogram = histograms + bytes * digit;
    const at = <u64>digit * width + <u64>indexBits;
    const end = from + (<usize>count << 3);
    for (let word = from; word < end; word += 8) {
      const x = load<u64>(word);
      const place = increment(histogram + (<usize>((x >> at) & mask) << 2));
      store<u64>(to + (<usize>place << 3), x);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  const digit = load<u32>(differing + (<usize>(passes - 1) << 2));
  const histogram = histograms + bytes * digit;
  const at = <u64>digit * width + <u64>indexBits;
  const indexMask = (<u64>1 << <u64>indexBits) - 1;
  const end = from + (<usize>count << 3);
  for (let word = from; word < end; word += 8) {
    const x = load<u64>(word);
    const place = increment(histogram + (<usize>((x >> at) & mask) << 2));
    store<u32>(out + (<usize>place << 2), <u32>(x & indexMask));
  }
}
