/**
 * One side of a book while it is being matched: offers, bids or pool lots. `quantity`, `left`, `price`, `list`, `open`
 * and `rank` are addresses of u32 or i32 columns; the last three hold order indices.
 */
@unmanaged
export class Side {
  /** What each order came with, u32. */
  quantity: usize;
  /** What each order still wants to trade, u32. */
  left: usize;
  /** Limit price, i32. */
  price: usize;
  /** Room for `open`. */
  list: usize;
  /** Orders that may still trade, in arrival order: `list`, or 0 when that is every order of the side. */
  open: usize;
  openCount: u32;
  /** The same orders as the phase walks them. */
  rank: usize;
  rankCount: u32;
  /**
   * 0 for a side sorted ascending (offers, lots), −1 for one sorted descending (bids). `x ^ flip` turns the order of
   * integers around without overflow, so both sides sort ascending, and an order of one side is compatible with one of
   * the other when its price, flipped, is at most the other's price flipped the same way.
   */
  flip: i32;
  /** Best price among what is left (lowest offer, highest bid), flipped; `i32.MAX_VALUE` also when nothing is left. */
  best: i32;
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

/**
 * Price of a trade between a leader and a follower: the follower's (in phase A the bid's, in phase B the offer's, in
 * the pool the lot's) or blended.
 */
// @ts-ignore: decorator
@inline
export function priceOf(trades: Trades, bidsLead: bool, leaderPrice: i32, followerPrice: i32): i32 {
  if (!trades.blended) return followerPrice;
  return bidsLead ? blend(followerPrice, leaderPrice, trades.k) : blend(leaderPrice, followerPrice, trades.k);
}
