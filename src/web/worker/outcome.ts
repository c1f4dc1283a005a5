/** What became of every order of a clearing, added up over its trades. */
import type { Scene } from "./scene.js";

/**
 * Calls `take` for every trade in order of execution, direct ones first. Columns, not objects: there may be a million.
 */
export function eachTrade(
  { trades }: Scene,
  take: (pool: boolean, offer: number, bid: number, quantity: number, price: number) => void,
): void {
  for (let index = 0; index < trades.count; index++)
    take(
      index >= trades.direct,
      trades.offer[index]!,
      trades.bid[index]!,
      trades.quantity[index]!,
      trades.price[index]!,
    );
}

/** Limit of an offer in trade among peers or in the pool, or the price of a store's lot. */
export function askedBy({ market: { offers, lots } }: Scene, pool: boolean, offer: number): number {
  if (offer >= offers.price.length) return lots.price[offer - offers.price.length]!;
  return (pool ? offers.poolLimit : offers.price)[offer]!;
}

/** What the seller gets of a unit whose buyer pays `price`: in the pool, unless it is a store, less than that. */
export const receivedFor = ({ market, rules }: Scene, pool: boolean, offer: number, price: number): number =>
  pool && offer < market.offers.price.length ? rules.pool!.purchasePrice : price;

/**
 * What became of every order of a scene, stores' lots behind the offers; quantities in ticks, amounts in money ticks as
 * doubles, for display.
 */
export interface Outcome {
  /** Per order: sold or bought directly, and through the pool. */
  readonly offerDirect: Float64Array;
  readonly offerPooled: Float64Array;
  readonly bidDirect: Float64Array;
  readonly bidPooled: Float64Array;
  /** Per order: received or paid; for what the pool sells, a seller gets its purchase price. */
  readonly offerAmount: Float64Array;
  readonly bidAmount: Float64Array;
  /** Per order: received above the limit, or paid below it; of what went through the pool, the limit there. */
  readonly offerGain: Float64Array;
  readonly bidGain: Float64Array;
}

/** Adds up what became of every order. */
export function outcomeOf(scene: Scene): Outcome {
  const { offers, bids, lots } = scene.market;
  const sellers = offers.price.length + lots.price.length;
  const outcome: Outcome = {
    offerDirect: new Float64Array(sellers),
    offerPooled: new Float64Array(sellers),
    bidDirect: new Float64Array(bids.price.length),
    bidPooled: new Float64Array(bids.price.length),
    offerAmount: new Float64Array(sellers),
    bidAmount: new Float64Array(bids.price.length),
    offerGain: new Float64Array(sellers),
    bidGain: new Float64Array(bids.price.length),
  };
  eachTrade(scene, (pool, offer, bid, quantity, price) => {
    const received = quantity * receivedFor(scene, pool, offer, price);
    const paid = quantity * price;
    (pool ? outcome.offerPooled : outcome.offerDirect)[offer]! += quantity;
    (pool ? outcome.bidPooled : outcome.bidDirect)[bid]! += quantity;
    outcome.offerAmount[offer]! += received;
    outcome.bidAmount[bid]! += paid;
    outcome.offerGain[offer]! += received - quantity * askedBy(scene, pool, offer);
    outcome.bidGain[bid]! += quantity * (pool ? bids.poolLimit : bids.price)[bid]! - paid;
  });
  return outcome;
}

/** Sum of the first `size` values of a column. */
export function sum(column: ArrayLike<number>, size: number = column.length): number {
  let total = 0;
  for (let index = 0; index < size; index++) total += column[index]!;
  return total;
}
