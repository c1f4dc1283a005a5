import { Side, Trades, record, blend } from "./side";
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
  while (i < offerCount && j < bidCount) {
    const offer = load<u32>(offers.rank + (<usize>i << 2));
    const bid = load<u32>(bids.rank + (<usize>j << 2));
    const offerPrice = load<i32>(offers.price + (<usize>offer << 2));
    const bidPrice = load<i32>(bids.price + (<usize>bid << 2));
    if (offerPrice > bidPrice) break;
    const supply = load<u32>(offers.left + (<usize>offer << 2));
    const demand = load<u32>(bids.left + (<usize>bid << 2));
    const quantity = min(supply, demand);
    record(trades, offers, offer, offerPrice, bid, bidPrice, quantity);
    store<u32>(offers.left + (<usize>offer << 2), supply - quantity);
    store<u32>(bids.left + (<usize>bid << 2), demand - quantity);
    lastOffer = offerPrice;
    lastBid = bidPrice;
    if (supply == quantity) i++;
    if (demand == quantity) j++;
  }
  priced = uniform && trades.count > 0;
  if (!priced) return;
  let lo = lastOffer;
  let hi = lastBid;
  if (j < bidCount) lo = max(lo, load<i32>(bids.price + (<usize>load<u32>(bids.rank + (<usize>j << 2)) << 2)));
  if (i < offerCount) hi = min(hi, load<i32>(offers.price + (<usize>load<u32>(offers.rank + (<usize>i << 2)) << 2)));
  clearing = blend(lo, hi, trades.k);
  for (let t: u32 = 0; t < trades.count; t++) store<i32>(trades.price + (<usize>t << 2), clearing);
}
