/**
 * Mechanism `merit`: the best offer meets the best bid for as long as their prices cross, at one price or one a trade.
 */
import { Split, beginSplit, nextPart } from "../split";
import { Side, Trades, blend } from "./side";
import { sortOrders } from "./sort";

/** Whether the last clearing set one price for all, and that price. */
let priced: bool = false;
let clearing: i32 = 0;
export function hasClearingPrice(): bool { return priced; }
export function clearingPrice(): i32 { return clearing; }
export function forgetClearingPrice(): void { priced = false; }

/**
 * Mechanism `merit`: offers by price ascending, bids by price descending, two pointers. `uniform` prices every trade at
 * the clearing price, `blend(lo, hi, k)`; otherwise each trade has its own blend. With `prorata` (and `uniform`) the
 * orders of the price that is filled in part share what it trades; volume and clearing price are the same.
 */
export function matchByMerit(offers: Side, bids: Side, offerCount: u32, bidCount: u32, trades: Trades, uniform: bool, prorata: bool, scratch: usize): void {
  sortOrders(0, offerCount, offers.left, offers.price, offers.flip, true, scratch, offers.rank);
  sortOrders(0, bidCount, bids.left, bids.price, bids.flip, true, scratch, bids.rank);
  let i: u32 = 0;
  let j: u32 = 0;
  let lastOffer: i32 = 0;
  let lastBid: i32 = 0;
  let count: usize = 0;
  if (offerCount > 0 && bidCount > 0) {
    let offer = load<u32>(offers.rank);
    let bid = load<u32>(bids.rank);
    let supply = load<u32>(offers.left + (<usize>offer << 2));
    let demand = load<u32>(bids.left + (<usize>bid << 2));
    let offerPrice = load<i32>(offers.price + (<usize>offer << 2));
    let bidPrice = load<i32>(bids.price + (<usize>bid << 2));
    while (offerPrice <= bidPrice) {
      const quantity = min(supply, demand);
      // Each trade exhausts a head, so there are fewer than orders, and the columns have room for as many as those.
      store<u32>(trades.offer + (count << 2), offer);
      store<u32>(trades.bid + (count << 2), bid);
      store<u32>(trades.quantity + (count << 2), quantity);
      if (!uniform) store<i32>(trades.price + (count << 2), blend(offerPrice, bidPrice, trades.k));
      count++;
      lastOffer = offerPrice;
      lastBid = bidPrice;
      supply -= quantity;
      demand -= quantity;
      if (supply == 0) {
        store<u32>(offers.left + (<usize>offer << 2), 0);
        i++;
        if (i < offerCount) {
          offer = load<u32>(offers.rank + (<usize>i << 2));
          supply = load<u32>(offers.left + (<usize>offer << 2));
          offerPrice = load<i32>(offers.price + (<usize>offer << 2));
        }
      }
      if (demand == 0) {
        store<u32>(bids.left + (<usize>bid << 2), 0);
        j++;
        if (j < bidCount) {
          bid = load<u32>(bids.rank + (<usize>j << 2));
          demand = load<u32>(bids.left + (<usize>bid << 2));
          bidPrice = load<i32>(bids.price + (<usize>bid << 2));
        }
      }
      if (i == offerCount || j == bidCount) break;
    }
    if (i < offerCount) store<u32>(offers.left + (<usize>offer << 2), supply);
    if (j < bidCount) store<u32>(bids.left + (<usize>bid << 2), demand);
  }
  trades.count = <u32>count;
  priced = uniform && trades.count > 0;
  if (!priced) return;
  let lo = lastOffer;
  let hi = lastBid;
  if (j < bidCount) lo = max(lo, load<i32>(bids.price + (<usize>load<u32>(bids.rank + (<usize>j << 2)) << 2)));
  if (i < offerCount) hi = min(hi, load<i32>(offers.price + (<usize>load<u32>(offers.rank + (<usize>i << 2)) << 2)));
  clearing = blend(lo, hi, trades.k);
  // A group of one price that is filled in part has something left at the price its side last traded at. Both sides
  // can't have one: what is left of them would trade.
  if (prorata) {
    if (i < offerCount && priceAt(offers, i) == lastOffer) share(offers, offerCount, i, bids, trades);
    else if (j < bidCount && priceAt(bids, j) == lastBid) share(bids, bidCount, j, offers, trades);
  }
  for (let t: usize = 0; t < <usize>trades.count; t++) store<i32>(trades.price + (t << 2), clearing);
}

// @ts-ignore: decorator
@inline
function priceAt(side: Side, place: u32): i32 {
  return load<i32>(side.price + (<usize>load<u32>(side.rank + (<usize>place << 2)) << 2));
}

/** What an order has traded. */
// @ts-ignore: decorator
@inline
function tradedOf(side: Side, order: u32): u32 {
  return load<u32>(side.quantity + (<usize>order << 2)) - load<u32>(side.left + (<usize>order << 2));
}

const split = changetype<Split>(memory.data(offsetof<Split>(), 8));

/**
 * Divides what the orders of one price have traded among them by their quantities, and writes the trades anew. `side`
 * is the one with something left at that price, `place` the rank of its first order with something left.
 */
function share(side: Side, count: u32, place: u32, other: Side, trades: Trades): void {
  const price = priceAt(side, place);
  let first = place;
  while (first > 0 && priceAt(side, first - 1) == price) first--;
  let total: u64 = 0;
  let whole: u64 = 0;
  let end = first;
  for (; end < count && priceAt(side, end) == price; end++) {
    const order = load<u32>(side.rank + (<usize>end << 2));
    total += tradedOf(side, order);
    whole += load<u32>(side.quantity + (<usize>order << 2));
  }
  // Sums of at most 2²⁴ quantities below 2³² stay within what a split may divide.
  beginSplit(split, total, whole);
  for (let rank = first; rank < end; rank++) {
    const order = load<u32>(side.rank + (<usize>rank << 2));
    const quantity = load<u32>(side.quantity + (<usize>order << 2));
    store<u32>(side.left + (<usize>order << 2), quantity - <u32>nextPart(split, quantity));
  }
  if (side.flip) pair(other, side, trades);
  else pair(side, other, trades);
}

/** The two pointers once more, over what each order trades; both sides trade the same in all. */
function pair(offers: Side, bids: Side, trades: Trades): void {
  let open: u64 = 0;
  for (let t: usize = 0; t < <usize>trades.count; t++) open += load<u32>(trades.quantity + (t << 2));
  let i: usize = 0;
  let j: usize = 0;
  let offer: u32 = 0;
  let bid: u32 = 0;
  let supply: u32 = 0;
  let demand: u32 = 0;
  let count: usize = 0;
  while (open > 0) {
    while (supply == 0) {
      offer = load<u32>(offers.rank + (i++ << 2));
      supply = tradedOf(offers, offer);
    }
    while (demand == 0) {
      bid = load<u32>(bids.rank + (j++ << 2));
      demand = tradedOf(bids, bid);
    }
    const quantity = min(supply, demand);
    store<u32>(trades.offer + (count << 2), offer);
    store<u32>(trades.bid + (count << 2), bid);
    store<u32>(trades.quantity + (count << 2), quantity);
    count++;
    supply -= quantity;
    demand -= quantity;
    open -= quantity;
  }
  trades.count = <u32>count;
}
