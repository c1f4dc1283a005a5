/**
 * One side of a book while it is being matched: offers, bids or pool lots. All members but the counts are addresses of
 * u32 or i32 columns; `open` and `rank` hold order indices.
 */
@unmanaged
export class Side {
  /** What each order still wants to trade, u32. */
  left: usize;
  /** Limit price, i32. */
  price: usize;
  /** Orders that may still trade, in arrival order. */
  open: usize;
  openCount: u32;
  /** The same orders as the phase walks them. */
  rank: usize;
  rankCount: u32;
  /**
   * 0 for a side sorted ascending (offers, lots), −1 for one sorted descending (bids). `x ^ flip` turns the order of
   * integers around without overflow, so both sides sort ascending and "compatible" is `follower ^ flip <= leader ^ flip`.
   */
  flip: i32;
}

/** Where trades are written: four columns and the number written so far. */
@unmanaged
export class Trades {
  offer: usize;
  bid: usize;
  quantity: usize;
  price: usize;
  count: u32;
  /** 0: the follower's price (the paper's reading); otherwise `blend` with `k`. */
  blended: u32;
  k: u32;
}

/** `P_offer + floor((P_bid − P_offer) × k / 10⁶)` for `P_bid >= P_offer`: 32 + 20 bits, see limits.ts. */
// @ts-ignore: decorator
@inline
export function blend(offerPrice: i32, bidPrice: i32, k: u32): i32 {
  const gap = <u64>(<i64>bidPrice - <i64>offerPrice);
  return <i32>(<i64>offerPrice + <i64>((gap * <u64>k) / 1_000_000));
}

/** Writes one trade between a leader and a follower. */
// @ts-ignore: decorator
@inline
export function record(trades: Trades, leader: Side, leaderIndex: u32, leaderPrice: i32, followerIndex: u32, followerPrice: i32, quantity: u32): void {
  const bidsLead = leader.flip != 0;
  const at = <usize>trades.count << 2;
  // `count` stays below the columns' room: every trade exhausts an order or a lot, and there is room for all of them.
  store<u32>(trades.offer + at, bidsLead ? followerIndex : leaderIndex);
  store<u32>(trades.bid + at, bidsLead ? leaderIndex : followerIndex);
  store<u32>(trades.quantity + at, quantity);
  let price = followerPrice;
  if (trades.blended) price = bidsLead ? blend(followerPrice, leaderPrice, trades.k) : blend(leaderPrice, followerPrice, trades.k);
  store<i32>(trades.price + at, price);
  trades.count++;
}
