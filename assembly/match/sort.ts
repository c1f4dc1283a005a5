// Stable argsort by 64-bit keys: least significant digit first, over words that hold key and place side by side.
//
//   63             placeBits        0
//    ├─────────────────┼────────────┤
//    │ key − least key │ place      │     place: where the order stands in the list that is sorted
//    └─────────────────┴────────────┘
//
// The first pass makes the words as it scatters them, the last writes the indices alone, and digits that are the same
// in every key are skipped. Few orders go through an insertion sort, so that a cycle in which few orders are left costs
// little. Keys too wide to stand beside a place are sorted by their low, then by their high half.
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

/** Entry `i` of a list of indices; without one (address 0) every index stands in its place. */
// @ts-ignore: decorator
@inline
function entry(list: usize, i: u32): u32 {
  return list == 0 ? i : load<u32>(list + (<usize>i << 2));
}

/** Smallest and largest key of the last `makeKeys`. */
let least: i64 = 0;
let most: i64 = 0;

/** Value or price of an order, the other way around with flip −1 (`x ^ −1 = −x − 1`). */
// @ts-ignore: decorator
@inline
function keyOf(quantity: usize, price: usize, at: usize, flip: i64, byPrice: bool): i64 {
  const p = <i64>load<i32>(price + at);
  return (byPrice ? p : p * <i64>load<u32>(quantity + at)) ^ flip;
}

/** Writes the keys of the orders of `list` as i64 to `keys`, such that the order wanted is ascending. */
function makeKeys(list: usize, count: u32, quantity: usize, price: usize, flip: i64, byPrice: bool, keys: usize): void {
  let low = i64.MAX_VALUE;
  let high = i64.MIN_VALUE;
  const end = <usize>count << 2;
  if (list == 0 && !byPrice) {
    // The loop that most of the time goes into, without the questions of the other.
    for (let at: usize = 0; at < end; at += 4) {
      const key = keyOf(quantity, price, at, flip, false);
      store<i64>(keys + (at << 1), key);
      low = min(low, key);
      high = max(high, key);
    }
  } else {
    for (let i: usize = 0; i < end; i += 4) {
      const key = keyOf(quantity, price, list == 0 ? i : <usize>load<u32>(list + i) << 2, flip, byPrice);
      store<i64>(keys + (i << 1), key);
      low = min(low, key);
      high = max(high, key);
    }
  }
  least = low;
  most = high;
}

/**
 * Writes the open orders of `side` to its `rank`, ascending by value or price (descending for bids), arrival order on
 * ties. `scratch`: 36 bytes for each open order.
 */
export function rankSide(side: Side, byPrice: bool, scratch: usize): void {
  side.rankCount = side.openCount;
  sortOrders(side.open, side.openCount, side.left, side.price, side.flip, byPrice, scratch, side.rank);
}

/**
 * The same over bare columns: the `count` orders of `list` (0: the first `count`) to `out`. 24 bytes of scratch an
 * order are enough for keys of at most 32 bits.
 */
export function sortOrders(
  list: usize, count: u32, quantity: usize, price: usize, flip: i32, byPrice: bool, scratch: usize, out: usize,
): void {
  if (count == 0) return;
  makeKeys(list, count, quantity, price, <i64>flip, byPrice, scratch);
  sortKeys(list, count, least, most, scratch, out);
}

/**
 * Sorts the orders of `list` (0: the first `count`, which are not 0) by the keys from `low` to `high` that stand at
 * `scratch`, one i64 for each, in front of its room for sorting.
 */
export function sortKeys(list: usize, count: u32, low: i64, high: i64, scratch: usize, out: usize): void {
  const room = <usize>count << 3;
  const words = scratch + room;
  if (count <= insertionMost) {
    insertionSort(list, count, scratch, out);
    return;
  }
  // As unsigned numbers: the difference of two signed 64-bit numbers.
  const bits = 64 - <u32>clz(<u64>(high - low));
  const placeBits = 32 - <u32>clz(count - 1);
  if (bits + placeBits <= 64) {
    radixSort(scratch, low, 0, list, count, bits, placeBits, words, out);
    return;
  }
  const halves = words + room * 2;
  const order = halves + room;
  for (let i: usize = 0; i < room; i += 8) store<u64>(halves + i, <u64>(load<i64>(scratch + i) - low) & 0xffffffff);
  radixSort(halves, 0, 0, 0, count, 32, placeBits, words, order);
  for (let i: usize = 0; i < count; i++) {
    const place = <usize>load<u32>(order + (i << 2));
    store<u64>(halves + (i << 3), <u64>(load<i64>(scratch + (place << 3)) - low) >> 32);
  }
  radixSort(halves, 0, order, list, count, bits - 32, placeBits, words, out);
}

function insertionSort(list: usize, count: u32, keys: usize, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const index = entry(list, i);
    const key = load<i64>(keys + (<usize>i << 3));
    let j = i;
    while (j > 0) {
      const before = load<i64>(keys + (<usize>(j - 1) << 3));
      if (before <= key) break;
      store<i64>(keys + (<usize>j << 3), before);
      store<u32>(out + (<usize>j << 2), load<u32>(out + (<usize>(j - 1) << 2)));
      j--;
    }
    store<i64>(keys + (<usize>j << 3), key);
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

/** Where a digit of `part` is counted. */
// @ts-ignore: decorator
@inline
function slot(histogram: usize, part: u64, at: u64, mask: u64): usize {
  return histogram + (<usize>((part >> at) & mask) << 2);
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

/** Counts three digits of every key, from digit place `at` on, into three histograms one behind the other. */
function countDigits(keys: usize, base: i64, count: u32, at: u64, width: u64, histogram: usize): void {
  const mask = (<u64>1 << width) - 1;
  const second = histogram + (<usize>4 << <usize>width);
  const third = second + (<usize>4 << <usize>width);
  const at2 = at + width;
  // Past bit 63 there is no digit, and a shift would be taken modulo 64; what is counted then is not used.
  const at3 = min(at2 + width, 63);
  const end = keys + (<usize>count << 3);
  for (; keys + 16 <= end; keys += 16) {
    const a = <u64>(load<i64>(keys) - base);
    const b = <u64>(load<i64>(keys, 8) - base);
    increment(slot(histogram, a, at, mask));
    increment(slot(second, a, at2, mask));
    increment(slot(third, a, at3, mask));
    increment(slot(histogram, b, at, mask));
    increment(slot(second, b, at2, mask));
    increment(slot(third, b, at3, mask));
  }
  if (keys < end) {
    const a = <u64>(load<i64>(keys) - base);
    increment(slot(histogram, a, at, mask));
    increment(slot(second, a, at2, mask));
    increment(slot(third, a, at3, mask));
  }
}

/**
 * First pass: makes the words and scatters them by their digit at `at`. `order` names the place of each key; 0: its
 * own.
 */
function scatterKeys(keys: usize, base: i64, order: usize, count: u32, at: u64, mask: u64, placeBits: u64, histogram: usize, to: usize): void {
  let i: u32 = 0;
  if (order == 0) {
    for (; i + 4 <= count; i += 4, keys += 32) {
      const a = <u64>(load<i64>(keys) - base);
      const b = <u64>(load<i64>(keys, 8) - base);
      const c = <u64>(load<i64>(keys, 16) - base);
      const d = <u64>(load<i64>(keys, 24) - base);
      store<u64>(to + (<usize>increment(slot(histogram, a, at, mask)) << 3), (a << placeBits) | <u64>i);
      store<u64>(to + (<usize>increment(slot(histogram, b, at, mask)) << 3), (b << placeBits) | <u64>(i + 1));
      store<u64>(to + (<usize>increment(slot(histogram, c, at, mask)) << 3), (c << placeBits) | <u64>(i + 2));
      store<u64>(to + (<usize>increment(slot(histogram, d, at, mask)) << 3), (d << placeBits) | <u64>(i + 3));
    }
  }
  for (; i < count; i++, keys += 8) {
    const a = <u64>(load<i64>(keys) - base);
    store<u64>(to + (<usize>increment(slot(histogram, a, at, mask)) << 3), (a << placeBits) | <u64>entry(order, i));
  }
}

/** Middle passes: scatters words. */
function scatterWords(from: usize, count: u32, at: u64, mask: u64, histogram: usize, to: usize): void {
  const end = from + (<usize>count << 3);
  for (; from + 32 <= end; from += 32) {
    const a = load<u64>(from), b = load<u64>(from, 8), c = load<u64>(from, 16), d = load<u64>(from, 24);
    store<u64>(to + (<usize>increment(slot(histogram, a, at, mask)) << 3), a);
    store<u64>(to + (<usize>increment(slot(histogram, b, at, mask)) << 3), b);
    store<u64>(to + (<usize>increment(slot(histogram, c, at, mask)) << 3), c);
    store<u64>(to + (<usize>increment(slot(histogram, d, at, mask)) << 3), d);
  }
  for (; from < end; from += 8) {
    const a = load<u64>(from);
    store<u64>(to + (<usize>increment(slot(histogram, a, at, mask)) << 3), a);
  }
}

/** Last pass: scatters the indices alone. */
function scatterIndices(from: usize, count: u32, at: u64, mask: u64, placeBits: u64, list: usize, histogram: usize, to: usize): void {
  let end = from + (<usize>count << 3);
  const placeMask = <u32>((<u64>1 << placeBits) - 1);
  if (list == 0) {
    for (; from + 32 <= end; from += 32) {
      const a = load<u64>(from), b = load<u64>(from, 8), c = load<u64>(from, 16), d = load<u64>(from, 24);
      store<u32>(to + (<usize>increment(slot(histogram, a, at, mask)) << 2), <u32>a & placeMask);
      store<u32>(to + (<usize>increment(slot(histogram, b, at, mask)) << 2), <u32>b & placeMask);
      store<u32>(to + (<usize>increment(slot(histogram, c, at, mask)) << 2), <u32>c & placeMask);
      store<u32>(to + (<usize>increment(slot(histogram, d, at, mask)) << 2), <u32>d & placeMask);
    }
  }
  for (; from < end; from += 8) {
    const a = load<u64>(from);
    store<u32>(to + (<usize>increment(slot(histogram, a, at, mask)) << 2), entry(list, <u32>a & placeMask));
  }
}

/**
 * Sorts by the `bits` low bits of `keys − base`, which are all there are. `order` (0: none) names the place of each
 * key, `list` (0: the places themselves) the index that stands for it in `out`. `words`: 16 bytes a key.
 */
function radixSort(
  keys: usize, base: i64, order: usize, list: usize, count: u32, bits: u32, placeBits: u32, words: usize, out: usize,
): void {
  const widest = count < narrowBelow ? narrowDigit : wideDigit;
  const digits = max(1, (bits + widest - 1) / widest);
  const width = <u64>max(1, (bits + digits - 1) / digits);
  const size: u32 = 1 << <u32>width;
  const bytes = <usize>size << 2;
  // Digits are counted by threes.
  memory.fill(histograms, 0, bytes * ((digits + 2) / 3) * 3);
  for (let digit: u32 = 0; digit < digits; digit += 3)
    countDigits(keys, base, count, <u64>digit * width, width, histograms + bytes * digit);
  let passes: u32 = 0;
  for (let digit: u32 = 0; digit < digits; digit++)
    if (sum(histograms + bytes * digit, size, count)) {
      store<u32>(differing + (<usize>passes << 2), digit);
      passes++;
    }
  let from = words;
  let to = words + (<usize>count << 3);
  const mask = <u64>(size - 1);
  if (passes <= 1) {
    // One digit tells keys apart, or none does.
    const at = passes == 0 ? 0 : <u64>load<u32>(differing) * width;
    if (passes == 0) memory.fill(histograms, 0, bytes);
    const histogram = histograms + (passes == 0 ? 0 : bytes * load<u32>(differing));
    for (let i: u32 = 0; i < count; i++) {
      const key = <u64>(load<i64>(keys + (<usize>i << 3)) - base);
      const place = increment(slot(histogram, key, at, mask));
      store<u32>(out + (<usize>place << 2), entry(list, entry(order, i)));
    }
    return;
  }
  const first = load<u32>(differing);
  scatterKeys(keys, base, order, count, <u64>first * width, mask, <u64>placeBits, histograms + bytes * first, from);
  for (let pass: u32 = 1; pass < passes - 1; pass++) {
    const digit = load<u32>(differing + (<usize>pass << 2));
    scatterWords(from, count, <u64>digit * width + <u64>placeBits, mask, histograms + bytes * digit, to);
    const swap = from;
    from = to;
    to = swap;
  }
  const digit = load<u32>(differing + (<usize>(passes - 1) << 2));
  scatterIndices(from, count, <u64>digit * width + <u64>placeBits, mask, <u64>placeBits, list, histograms + bytes * digit, out);
}
