/**
 * Who trades with whom: in every area, from the last listed to the first, the cheapest of what is left to sell meets
 * the dearest of what is left to serve, and what remains of one side goes up.
 *
 * What an area sells of its own is one run of its list, and so is what it serves. What is left in an area is a heap of
 * runs by the keys of their heads: going up shifts a whole heap at once, and two become one in a few steps (leftist
 * heaps: the path to the right is the shortest to an end). So an order costs as much as there are runs beside its own,
 * and nothing for the areas it passes.
 */
import { Column, address } from "../layout";
import { Area, areaAt, areaCount, placeOf } from "./tree";
import { List, bidList, keyAt, offerList, quantityAt } from "./lists";

@unmanaged
class Run {
  /**
   * Of the head, in the area where the heap lies; of bids turned around, so that the least goes first on both sides.
   */
  key: i64;
  /** What still has to be added to the keys of the runs below. */
  shift: i64;
  left: u32;
  right: u32;
  /** Runs on the path to the right. */
  path: u32;
  /** The head's place in its list, one past the last that trades whole, and what trades of that one. */
  at: u32;
  to: u32;
  part: u32;
  /** What is left of the head. */
  quantity: u32;
  /** Price of the run's area. */
  price: i32;
}

/** Bytes that runs of `areas` areas need: one a side. */
export function runBytes(areas: u64): u64 {
  return (areas * 2 + 1) * offsetof<Run>();
}

let runs: usize = 0;
let made: u32 = 0;

// @ts-ignore: decorator
@inline
function runAt(number: u32): Run {
  return changetype<Run>(runs + <usize>number * offsetof<Run>());
}

/** A run as a heap of its own; 0 when nothing trades. `sign` −1 turns keys around. */
function newRun(list: List, from: u32, to: u32, part: u32, sign: i64, price: i32): u32 {
  if (from == to && part == 0) return 0;
  const number = ++made;
  const run = runAt(number);
  run.key = keyAt(list, from) * sign;
  run.shift = 0;
  run.left = run.right = 0;
  run.path = 1;
  run.at = from;
  run.to = to;
  run.part = part;
  run.quantity = from < to ? quantityAt(list, from) : part;
  run.price = price;
  return number;
}

/** Shifts a whole heap. */
function shiftAll(heap: u32, shift: i64): void {
  if (heap == 0) return;
  const run = runAt(heap);
  run.key += shift;
  run.shift += shift;
}

function meld(a: u32, b: u32): u32 {
  if (a == 0) return b;
  if (b == 0) return a;
  if (runAt(b).key < runAt(a).key) {
    const swap = a;
    a = b;
    b = swap;
  }
  const run = runAt(a);
  open(run);
  run.right = meld(run.right, b);
  const left: u32 = run.left == 0 ? 0 : runAt(run.left).path;
  const right = runAt(run.right).path;
  if (left < right) {
    const swap = run.left;
    run.left = run.right;
    run.right = swap;
    run.path = left + 1;
  } else run.path = right + 1;
  return a;
}

function open(run: Run): void {
  if (run.shift == 0) return;
  shiftAll(run.left, run.shift);
  shiftAll(run.right, run.shift);
  run.shift = 0;
}

/** Moves the first run of a heap on to its next order; returns the heap. */
function advance(list: List, heap: u32, sign: i64): u32 {
  const run = runAt(heap);
  const at = ++run.at;
  if (at < run.to) run.quantity = quantityAt(list, at);
  else if (at == run.to && run.part > 0) run.quantity = run.part;
  else {
    open(run);
    return meld(run.left, run.right);
  }
  run.key += (keyAt(list, at) - keyAt(list, at - 1)) * sign;
  return run.left == 0 ? heap : sink(heap);
}

/** Puts the first run of a heap where its key belongs. */
function sink(heap: u32): u32 {
  const run = runAt(heap);
  open(run);
  const key = run.key;
  if (key <= runAt(run.left).key && (run.right == 0 || key <= runAt(run.right).key)) return heap;
  const others = meld(run.left, run.right);
  run.left = run.right = 0;
  run.path = 1;
  return meld(others, heap);
}

/** Writes all trades; returns their number. `scratch`: `runBytes`, aligned to 8. */
export function tradeAreas(scratch: usize): u32 {
  runs = scratch;
  made = 0;
  let count: u32 = 0;
  for (let listed: i32 = <i32>areaCount - 1; listed >= 0; listed--) {
    const area = areaAt(placeOf(<u32>listed));
    const price = area.tookPart ? <i32>area.price : 0;
    area.supply = meld(area.supply, newRun(offerList, area.offersFrom, area.soldTo, area.soldPart, 1, price));
    area.demand = meld(area.demand, newRun(bidList, area.bidsFrom, area.servedTo, area.servedPart, -1, price));
    count = tradeIn(area, count);
    if (listed == 0) break;
    shiftAll(area.supply, area.shift);
    shiftAll(area.demand, area.shift);
    const parent = areaAt(area.parent);
    parent.supply = meld(parent.supply, area.supply);
    parent.demand = meld(parent.demand, area.demand);
  }
  return count;
}

/** Trades what meets in an area; returns the number of trades so far, which all exhaust an order. */
function tradeIn(area: Area, count: u32): u32 {
  let supply = area.supply;
  let demand = area.demand;
  const offers = address(Column.tradeOffer);
  const bids = address(Column.tradeBid);
  const quantities = address(Column.tradeQuantity);
  const supplyPrices = address(Column.tradePrice);
  const usePrices = address(Column.tradeUsePrice);
  while (supply != 0 && demand != 0) {
    const offer = runAt(supply);
    const bid = runAt(demand);
    const quantity = min(offer.quantity, bid.quantity);
    const at = <usize>count << 2;
    store<u32>(offers + at, load<u32>(offerList.order + (<usize>offer.at << 2)));
    store<u32>(bids + at, load<u32>(bidList.order + (<usize>bid.at << 2)));
    store<u32>(quantities + at, quantity);
    store<i32>(supplyPrices + at, offer.price);
    store<i32>(usePrices + at, bid.price);
    count++;
    offer.quantity -= quantity;
    bid.quantity -= quantity;
    if (offer.quantity == 0) supply = advance(offerList, supply, 1);
    if (bid.quantity == 0) demand = advance(bidList, demand, -1);
  }
  area.supply = supply;
  area.demand = demand;
  return count;
}
