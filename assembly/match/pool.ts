/** Scenario 2: lots of the pool and of storage are sold to the bids that have something left. */
import { Column, address } from "../layout";
import { Side, Trades } from "./side";
import { openBoth } from "./open";
import { rankSide } from "./sort";
import { walk } from "./walk";

/** What a storage lot shows instead of an offer's index. */
export const noOffer: u32 = 0xffffffff;

/**
 * Makes the lots of scenario 2 out of what offers have left, in arrival order; returns their number. `limit` is the
 * column that says from which price of the pool on each offer joins.
 */
export function poolOffers(offerCount: u32, poolPrice: i32, limit: usize): u32 {
  const left = address(Column.offerLeft);
  const consent = address(Column.offerConsent);
  let count: u32 = 0;
  for (let i: u32 = 0; i < offerCount; i++) {
    const quantity = load<u32>(left + (<usize>i << 2));
    // Written first, counted after: the lots' columns have room for every offer.
    store<u32>(address(Column.lotOffer) + (<usize>count << 2), i);
    store<u32>(address(Column.lotQuantity) + (<usize>count << 2), quantity);
    store<i32>(address(Column.lotPrice) + (<usize>count << 2), poolPrice);
    count += u32(quantity != 0 && load<i32>(limit + (<usize>i << 2)) <= poolPrice && load<u8>(consent + i) != 0);
  }
  return count;
}

/** Scenario 2 (paper §4.2(4)b, eq. 3): bids with something left, by value, walk the lots by value. */
export function sellLots(lots: Side, bids: Side, lotCount: u32, bidCount: u32, sales: Trades, divisible: bool, scratch: usize): void {
  memory.copy(lots.left, address(Column.lotQuantity), <usize>lotCount << 2);
  memory.copy(bids.left, address(Column.bidLeft), <usize>bidCount << 2);
  openBoth(lots, lotCount, bids, bidCount);
  rankSide(lots, false, scratch);
  rankSide(bids, false, scratch);
  walk(bids, lots, sales, divisible, scratch);
}
