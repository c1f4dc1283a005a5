/**
 * The orders of each area as sorted lists, offers upwards and bids downwards, with their keys and running sums: all
 * that the rest of this room knows of orders.
 */
import { Column, address } from "../layout";
import { sortKeys } from "../match/sort";
import { Area, areaAt, areaCount, keyBits, rankMask } from "./tree";

/** One side: order indices, keys (i64) and running sums of quantities (i64, one more than orders), area by area. */
@unmanaged
export class List {
  order: usize;
  key: usize;
  sum: usize;
}
export const offerList = changetype<List>(memory.data(offsetof<List>(), 8));
export const bidList = changetype<List>(memory.data(offsetof<List>(), 8));

/** Bytes of a list of `count` orders. */
export function listBytes(count: u32): u64 {
  return <u64>count * 20 + 64;
}

/** Gives a list its memory, and returns what lies behind it. `at` is aligned to 8 bytes. */
export function layList(list: List, count: u32, at: usize): usize {
  list.key = at;
  list.sum = at + (<usize>count << 3);
  list.order = list.sum + (<usize>(count + 1) << 3);
  return (list.order + (<usize>count << 2) + 7) & ~7;
}

/** Key of the order at a place of a list. */
// @ts-ignore: decorator
@inline
export function keyAt(list: List, place: u32): i64 {
  return load<i64>(list.key + (<usize>place << 3));
}

/** Quantity of all orders of a list before a place. */
// @ts-ignore: decorator
@inline
export function sumTo(list: List, place: u32): i64 {
  return load<i64>(list.sum + (<usize>place << 3));
}

/** Quantity of the order at a place of a list. */
// @ts-ignore: decorator
@inline
export function quantityAt(list: List, place: u32): u32 {
  return <u32>(sumTo(list, place + 1) - sumTo(list, place));
}

/** Sorts both sides of the book into the areas' lists. False when an order's area is none. */
export function sortLists(offerCount: u32, bidCount: u32, scratch: usize): bool {
  const offerQuantity = address(Column.offerQuantity);
  const offerPrice = address(Column.offerPrice);
  const bidQuantity = address(Column.bidQuantity);
  const bidPrice = address(Column.bidPrice);
  if (!countOrders(address(Column.offerArea), offerCount)) return false;
  let from: u32 = 0;
  for (let place: u32 = 0; place < areaCount; place++) {
    const area = areaAt(place);
    area.offersFrom = from;
    area.offersTo = from += ordersOf(area);
  }
  if (!countOrders(address(Column.bidArea), bidCount)) return false;
  from = 0;
  for (let place: u32 = 0; place < areaCount; place++) {
    const area = areaAt(place);
    area.bidsFrom = from;
    area.bidsTo = from += ordersOf(area);
  }
  sortSide(offerList, offerCount, address(Column.offerArea), offerQuantity, offerPrice, 0, scratch);
  sortSide(bidList, bidCount, address(Column.bidArea), bidQuantity, bidPrice, -1, scratch);
  return true;
}

/** Counts the orders of each area, as the host lists it, where sizes of subtrees stood. False when an area is none. */
function countOrders(homes: usize, count: u32): bool {
  const counts = address(Column.areaSize);
  memory.fill(counts, 0, <usize>areaCount << 2);
  const known = areaCount;
  for (let i: usize = 0; i < count; i++) {
    const home = <u32>load<u16>(homes + (i << 1));
    if (home >= known) return false;
    const at = counts + (<usize>home << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  return true;
}

function ordersOf(area: Area): u32 {
  return load<u32>(address(Column.areaSize) + (<usize>area.listed << 2));
}

/** Sorts one side by area and price. */
function sortSide(list: List, count: u32, homes: usize, quantity: usize, price: usize, flip: i32, scratch: usize): void {
  store<i64>(list.sum, 0);
  if (count == 0) return;
  let low = i32.MAX_VALUE;
  let high = i32.MIN_VALUE;
  for (let i: usize = 0; i < count; i++) {
    const each = load<i32>(price + (i << 2)) ^ flip;
    low = min(low, each);
    high = max(high, each);
  }
  // Prices take no more bits than they differ in, so that areas and prices are few digits to sort.
  const priceBits = 64 - clz(<u64>(<i64>high - <i64>low));
  let most: i64 = 0;
  const places = address(Column.areaPlace);
  for (let i: usize = 0; i < count; i++) {
    const place = load<u32>(places + (<usize>load<u16>(homes + (i << 1)) << 2));
    const key = (<i64>place << <i64>priceBits) | (<i64>(load<i32>(price + (i << 2)) ^ flip) - <i64>low);
    store<i64>(scratch + (i << 3), key);
    most = max(most, key);
  }
  sortKeys(0, count, 0, most, scratch, list.order);
  let sum: i64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const order = load<u32>(list.order + (i << 2));
    const rank = flip == 0 ? <i64>order : rankMask - <i64>order;
    store<i64>(list.key + (i << 3), (<i64>load<i32>(price + (<usize>order << 2)) << keyBits) + rank);
    sum += <i64>load<u32>(quantity + (<usize>order << 2));
    store<i64>(list.sum + (i << 3), sum, 8);
  }
}

/** Of the offers of an area, the first with a key of at least `key`; those before it lie before that key. */
export function offersBefore(area: Area, key: i64): u32 {
  return offersBetween(area.offersFrom, area.offersTo, key);
}

/** The same where it is known to lie from place `from` to place `to`. */
export function offersBetween(from: u32, to: u32, key: i64): u32 {
  let count = to - from;
  while (count > 0) {
    const half = count >> 1;
    const less = keyAt(offerList, from + half) < key;
    from = less ? from + half + 1 : from;
    count = less ? count - half - 1 : half;
  }
  return from;
}

/** Of the bids of an area, the first with a key below `key`; those in front of it lie behind that key, or at it. */
export function bidsBehind(area: Area, key: i64): u32 {
  return bidsBetween(area.bidsFrom, area.bidsTo, key);
}

/** The same where it is known to lie from place `from` to place `to`. */
export function bidsBetween(from: u32, to: u32, key: i64): u32 {
  let count = to - from;
  while (count > 0) {
    const half = count >> 1;
    const less = keyAt(bidList, from + half) >= key;
    from = less ? from + half + 1 : from;
    count = less ? count - half - 1 : half;
  }
  return from;
}
