import type { Scene } from "./scene.js";

/** What became of every order of a scene; quantities in ticks, amounts in money ticks as doubles, for display. */
export interface Outcome {
  /** Per order: sold or bought directly, and through the pool. */
  readonly offerDirect: Float64Array;
  readonly offerPooled: Float64Array;
  readonly bidDirect: Float64Array;
  readonly bidPooled: Float64Array;
  /** Per order: received or paid. */
  readonly offerAmount: Float64Array;
  readonly bidAmount: Float64Array;
  /** Per order: received above the limit, or paid below it. */
  readonly offerGain: Float64Array;
  readonly bidGain: Float64Array;
}

/** Adds up what became of every order. */
export function outcomeOf({ market, clearing }: Scene): Outcome {
  const { offers, bids } = market;
  const column = (size: number): Float64Array => new Float64Array(size);
  const outcome: Outcome = {
    offerDirect: column(offers.price.length),
    offerPooled: column(offers.price.length),
    bidDirect: column(bids.price.length),
    bidPooled: column(bids.price.length),
    offerAmount: column(offers.price.length),
    bidAmount: column(bids.price.length),
    offerGain: column(offers.price.length),
    bidGain: column(bids.price.length),
  };
  const book = (offer: number, bid: number, quantity: number, price: number): void => {
    const amount = quantity * price;
    outcome.offerAmount[offer]! += amount;
    outcome.bidAmount[bid]! += amount;
    outcome.offerGain[offer]! += amount - quantity * offers.price[offer]!;
    outcome.bidGain[bid]! += quantity * bids.price[bid]! - amount;
  };
  const { trades, pool } = clearing;
  for (let index = 0; index < trades.count; index++) {
    const [offer, bid, quantity] = [trades.offer[index]!, trades.bid[index]!, trades.quantity[index]!];
    outcome.offerDirect[offer]! += quantity;
    outcome.bidDirect[bid]! += quantity;
    book(offer, bid, quantity, trades.price[index]!);
  }
  if (pool !== null)
    for (let index = 0; index < pool.trades.count; index++) {
      const offer = pool.lots.offer[pool.trades.lot[index]!]!;
      const [bid, quantity] = [pool.trades.bid[index]!, pool.trades.quantity[index]!];
      outcome.offerPooled[offer]! += quantity;
      outcome.bidPooled[bid]! += quantity;
      book(offer, bid, quantity, pool.trades.price[index]!);
    }
  return outcome;
}

/** Sum of a column. */
export function sum(column: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < column.length; index++) total += column[index]!;
  return total;
}
