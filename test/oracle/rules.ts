// The market rules (docs/market-rules.md), as plainly as they can be written: BigInt throughout, every walk quadratic.
// It shares no code with the engine.

export interface Order {
  readonly quantity: bigint;
  readonly price: bigint;
  /** Offers only: false opts out of the pool. */
  readonly consent?: boolean;
  /** What counts in the pool; without it the price. */
  readonly poolLimit?: bigint;
}

export interface Tier {
  readonly share: bigint;
  readonly supply: bigint;
  readonly use: bigint;
}

export interface Rules {
  readonly mechanism: "value" | "merit";
  readonly pricing: "counterparty" | "blend" | "uniform";
  readonly ties?: "arrival" | "prorata";
  readonly k: bigint;
  readonly maxCycles: number;
  readonly pool: { readonly price: bigint; readonly lots: "whole" | "divisible" } | null;
}

export interface Trade {
  readonly offer: number;
  readonly bid: number;
  readonly quantity: bigint;
  price: bigint;
}

export interface Result {
  readonly trades: readonly Trade[];
  readonly offersLeft: readonly bigint[];
  readonly bidsLeft: readonly bigint[];
  readonly clearingPrice: bigint | null;
  /** Trades of each cycle, to see how many there were. */
  readonly cycles: readonly number[];
  readonly pool: {
    readonly lots: readonly {
      readonly offer: number | null;
      readonly quantity: bigint;
      readonly price: bigint;
      readonly unsold: bigint;
    }[];
    readonly sales: readonly {
      readonly lot: number;
      readonly bid: number;
      readonly quantity: bigint;
      readonly price: bigint;
    }[];
    readonly rest: readonly bigint[];
  } | null;
}

const million = 1_000_000n;
/** Math.min takes no BigInt. */
function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
const floorDivide = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));

/** `a + floor((b − a) × k / 1 000 000)`. */
export const blend = (a: bigint, b: bigint, k: bigint): bigint => a + floorDivide((b - a) * k, million);

/** `floor(|amount| × rate / 1 000 000)`. */
export const fee = (amount: bigint, rate: bigint): bigint =>
  floorDivide((amount < 0n ? -amount : amount) * rate, million);

/** The tier of trade `i` of `n`: the first whose cumulated share exceeds `i × 1 000 000 / n`. */
export function tierOf(tiers: readonly Tier[], i: number, n: number): Tier {
  let cumulated = 0n;
  for (const tier of tiers) {
    cumulated += tier.share;
    if (cumulated * BigInt(n) > BigInt(i) * million) return tier;
  }
  throw new Error("shares don't sum to a million");
}

interface Open {
  readonly index: number;
  readonly price: bigint;
  left: bigint;
}

const openOf = (orders: readonly Order[]): Open[] =>
  orders.map(({ quantity, price }, index) => ({ index, price, left: quantity }));

/** Array.prototype.sort is stable: equal keys keep arrival order. */
const ascending = (orders: readonly Open[], key: (order: Open) => bigint): Open[] =>
  [...orders].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
const descending = (orders: readonly Open[], key: (order: Open) => bigint): Open[] =>
  [...orders].sort((a, b) => (key(a) > key(b) ? -1 : key(a) < key(b) ? 1 : 0));
const value = (order: Open): bigint => order.left * order.price;
const price = (order: Open): bigint => order.price;
const compatible = (offer: Open, bid: Open): boolean => bid.price >= offer.price;

function matchByValue(
  offers: readonly Open[],
  bids: readonly Open[],
  rules: Rules,
): { trades: Trade[]; cycles: number[] } {
  const trades: Trade[] = [];
  const cycles: number[] = [];
  while (rules.maxCycles === 0 || cycles.length < rules.maxCycles) {
    const before = trades.length;

    // Phase A, led by supply (eq. 1).
    const bidsInPhaseA = descending(bids, value);
    for (const offer of ascending(offers, value))
      for (const bid of bidsInPhaseA)
        if (bid.left > 0n && compatible(offer, bid) && bid.left <= offer.left) {
          const traded = bid.left;
          trades.push({
            offer: offer.index,
            bid: bid.index,
            quantity: traded,
            price: rules.pricing === "counterparty" ? bid.price : blend(offer.price, bid.price, rules.k),
          });
          offer.left -= traded;
          bid.left = 0n;
        }

    // Phase B, led by demand (eq. 2).
    const offersInPhaseB = ascending(offers, value);
    for (const bid of descending(bids, value))
      for (const offer of offersInPhaseB)
        if (offer.left > 0n && compatible(offer, bid) && offer.left <= bid.left) {
          const traded = offer.left;
          trades.push({
            offer: offer.index,
            bid: bid.index,
            quantity: traded,
            price: rules.pricing === "counterparty" ? offer.price : blend(offer.price, bid.price, rules.k),
          });
          bid.left -= traded;
          offer.left = 0n;
        }

    cycles.push(trades.length - before);
    if (trades.length === before) break;
  }
  return { trades, cycles };
}

function matchByMerit(
  offers: readonly Open[],
  bids: readonly Open[],
  rules: Rules,
): { trades: Trade[]; clearingPrice: bigint | null } {
  const trades: Trade[] = [];
  const offerQueue = ascending(offers, price);
  const bidQueue = descending(bids, price);
  let last: { offer: bigint; bid: bigint } | null = null;
  for (;;) {
    const offer = offerQueue[0];
    const bid = bidQueue[0];
    if (offer === undefined || bid === undefined || !compatible(offer, bid)) break;
    const traded = smaller(offer.left, bid.left);
    trades.push({
      offer: offer.index,
      bid: bid.index,
      quantity: traded,
      price: blend(offer.price, bid.price, rules.k),
    });
    last = { offer: offer.price, bid: bid.price };
    offer.left -= traded;
    bid.left -= traded;
    if (offer.left === 0n) offerQueue.shift();
    if (bid.left === 0n) bidQueue.shift();
  }
  if (rules.pricing !== "uniform" || last === null) return { trades, clearingPrice: null };
  let lo = last.offer;
  for (const bid of bids) if (bid.left > 0n && bid.price > lo) lo = bid.price;
  let hi = last.bid;
  for (const offer of offers) if (offer.left > 0n && offer.price < hi) hi = offer.price;
  const clearingPrice = blend(lo, hi, rules.k);
  for (const trade of trades) trade.price = clearingPrice;
  return { trades, clearingPrice };
}

/** Part i of a total T is r(c_i) − r(c_{i−1}), r(c) = ⌊(2·T·c + W) / 2W⌋, over running sums c of weights, W in all. */
export function split(total: bigint, weights: readonly bigint[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  const upTo = (sum: bigint): bigint => (whole === 0n ? 0n : (2n * total * sum + whole) / (2n * whole));
  let sum = 0n;
  return weights.map((weight) => {
    const before = upTo(sum);
    sum += weight;
    return upTo(sum) - before;
  });
}

/**
 * Ties that share: at the crossing at most one group of orders of one side and one price is filled in part. What it
 * trades is divided among its orders; then the two pointers run over what each order trades.
 */
function shareTies(
  offerOrders: readonly Order[],
  bidOrders: readonly Order[],
  offers: readonly Open[],
  bids: readonly Open[],
  clearingPrice: bigint,
): Trade[] {
  let groups = 0;
  for (const [orders, side] of [
    [offerOrders, offers],
    [bidOrders, bids],
  ] as const)
    for (const at of new Set(side.map(({ price }) => price))) {
      const group = side.filter(({ price }) => price === at);
      const weights = group.map(({ index }) => (orders[index] as Order).quantity);
      const left = group.reduce((sum, order) => sum + order.left, 0n);
      const traded = weights.reduce((sum, weight) => sum + weight, 0n) - left;
      if (left === 0n || traded === 0n) continue;
      groups++;
      for (const [place, part] of split(traded, weights).entries())
        (group[place] as Open).left = (weights[place] as bigint) - part;
    }
  if (groups > 1) throw new Error("more than one group is filled in part");
  const trading = (orders: readonly Order[], side: readonly Open[]): Open[] =>
    side
      .map(({ index, price, left }) => ({ index, price, left: (orders[index] as Order).quantity - left }))
      .filter(({ left }) => left > 0n);
  const offerQueue = ascending(trading(offerOrders, offers), price);
  const bidQueue = descending(trading(bidOrders, bids), price);
  const trades: Trade[] = [];
  while (offerQueue.length > 0 || bidQueue.length > 0) {
    const offer = offerQueue[0] as Open;
    const bid = bidQueue[0] as Open;
    const quantity = smaller(offer.left, bid.left);
    trades.push({ offer: offer.index, bid: bid.index, quantity, price: clearingPrice });
    offer.left -= quantity;
    bid.left -= quantity;
    if (offer.left === 0n) offerQueue.shift();
    if (bid.left === 0n) bidQueue.shift();
  }
  return trades;
}

/** Clears one carrier in one period. `storage`: discharge lots of storages, at their own price. */
export function clearByRules(
  offerOrders: readonly Order[],
  bidOrders: readonly Order[],
  rules: Rules,
  storage: readonly Order[] = [],
): Result {
  const offers = openOf(offerOrders);
  const bids = openOf(bidOrders);
  let trades: Trade[];
  let clearingPrice: bigint | null = null;
  let cycles: number[] = [];
  if (rules.mechanism === "value") ({ trades, cycles } = matchByValue(offers, bids, rules));
  else ({ trades, clearingPrice } = matchByMerit(offers, bids, rules));
  if (rules.ties === "prorata" && clearingPrice !== null)
    trades = shareTies(offerOrders, bidOrders, offers, bids, clearingPrice);
  const offersLeft = offers.map(({ left }) => left);
  const bidsLeft = bids.map(({ left }) => left);
  if (rules.pool === null) return { trades, offersLeft, bidsLeft, clearingPrice, cycles, pool: null };

  // Scenario 2 (eq. 3).
  const { price: poolPrice, lots: mode } = rules.pool;
  const origin: (number | null)[] = [];
  const lots: Open[] = [];
  for (const { index, left, price } of offers)
    if (
      left > 0n &&
      (offerOrders[index]?.poolLimit ?? price) <= poolPrice &&
      (offerOrders[index]?.consent ?? true)
    ) {
      lots.push({ index: lots.length, price: poolPrice, left });
      origin.push(index);
    }
  for (const { quantity, price } of storage) {
    lots.push({ index: lots.length, price, left: quantity });
    origin.push(null);
  }
  const quantities = lots.map(({ left }) => left);
  const sales: { lot: number; bid: number; quantity: bigint; price: bigint }[] = [];
  const lotsInOrder = ascending(lots, value);
  const standing = bids
    .filter(({ left }) => left > 0n)
    .map((bid) => ({ ...bid, price: bidOrders[bid.index]?.poolLimit ?? bid.price }));
  for (const bid of descending(standing, value))
    for (const lot of lotsInOrder) {
      if (lot.left === 0n || bid.left === 0n || bid.price < lot.price) continue;
      if (mode === "whole" && lot.left > bid.left) continue;
      const sold = smaller(lot.left, bid.left);
      sales.push({ lot: lot.index, bid: bid.index, quantity: sold, price: lot.price });
      lot.left -= sold;
      bid.left -= sold;
    }
  return {
    trades,
    offersLeft,
    bidsLeft,
    clearingPrice,
    cycles,
    pool: {
      lots: lots.map(({ index, price, left }) => ({
        offer: origin[index] as number | null,
        quantity: quantities[index] as bigint,
        price,
        unsold: left,
      })),
      sales,
      rest: bids.map(({ index, left }) => standing.find((bid) => bid.index === index)?.left ?? left),
    },
  };
}
