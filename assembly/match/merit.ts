/**
 * Mechanism `merit`: the best offer meets the best bid for as long as their prices cross, at one price or one a trade.
 */
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
 * the clearing price, `blend(lo, hi, k)`; otherwise each trade has its own blend.
 */
export function matchByMerit(offers: Side, bids: Side, offerCount: u32, bidCount: u32, trades: Trades, uniform: bool, scratch: usize): void {
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
  for (let t: usize = 0; t < count; t++) store<i32>(trades.price + (t << 2), clearing);
}
