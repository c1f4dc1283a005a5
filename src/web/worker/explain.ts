/**
 * The walk through one small period: the same rules as the core, written to be followed rather than to be fast,
 * leaving a step behind at everything a person should see. Quadratic: for up to {@link mostWalked} orders.
 */
import type { Mechanism, MechanismRules } from "../../core/mechanisms.js";

/** Orders up to which a walk is made. */
export const mostWalked = 60;

/** One order: quantity and price in ticks. */
export interface WalkOrder {
  readonly quantity: number;
  readonly price: number;
  /** Limit in the pool; left out: the price. */
  readonly poolLimit?: number;
  /** false: an offer whose rest keeps out of the pool. */
  readonly consent?: boolean;
  /** true: a store's lot, which takes part in the pool alone, at its own price. These stand behind the offers. */
  readonly store?: boolean;
}

/** The rules a walk follows; `k` in ppm, prices in ticks. */
export interface WalkRules extends MechanismRules {
  readonly k: number;
  /** `price` is what buyers pay, `purchasePrice` what sellers get of it. */
  readonly pool: {
    readonly price: number;
    readonly purchasePrice: number;
    readonly lots: "whole" | "divisible";
  } | null;
}

/** Where in the period a step lies. */
export type Phase = "start" | "A" | "B" | "merit" | "pool" | "end";

/**
 * One step. `offers` and `bids` are the queues as they stand, `offerLeft` and `bidLeft` what every order has left
 * after the step. `offer`, `bid`, `quantity` and `price` tell of a trade, `passed` of those the one in turn had to
 * pass over before it, `idle` of those whose turn brought nothing.
 */
export interface Step {
  readonly kind: "start" | "queue" | "trade" | "pass" | "price" | "join" | "sale" | "end";
  readonly phase: Phase;
  readonly cycle: number;
  readonly offers: readonly number[];
  readonly bids: readonly number[];
  readonly offerLeft: readonly number[];
  readonly bidLeft: readonly number[];
  readonly offer: number;
  readonly bid: number;
  readonly quantity: number;
  readonly price: number;
  readonly passed: readonly number[];
  readonly idle: readonly number[];
}

/** One trade of a walk; the price of a uniform one is known at its end. */
export interface WalkTrade {
  readonly offer: number;
  readonly bid: number;
  readonly quantity: number;
  price: number;
}

/** A whole walk: its steps and the trades it came to, in order of execution. */
export interface Walk {
  readonly steps: readonly Step[];
  readonly trades: readonly WalkTrade[];
  readonly clearingPrice: number | null;
  /** Offers whose rest joined the pool, in arrival order. */
  readonly lots: readonly number[];
  readonly poolTrades: readonly WalkTrade[];
}

/** The limit of an order in the pool. */
export const poolLimitOf = ({ price, poolLimit = price }: WalkOrder): number => poolLimit;

/** Price between two, market-rules.md `blend`. */
function blend(low: number, high: number, k: number): number {
  const product = BigInt(high - low) * BigInt(k);
  const part = product / 1_000_000n;
  return low + Number(product < 0n && part * 1_000_000n !== product ? part - 1n : part);
}

/** Indices of what is left, by a key, stable. */
function queue(
  left: readonly number[],
  key: (index: number) => bigint,
  descending: boolean,
  takesPart: readonly boolean[] = left.map(() => true),
): number[] {
  const sign = descending ? -1 : 1;
  return left
    .map((_, index) => index)
    .filter((index) => left[index]! > 0 && takesPart[index])
    .sort((a, b) => (key(a) === key(b) ? a - b : key(a) < key(b) ? -sign : sign));
}

/** A walk while it is made: what everyone has left, how they line up, and the steps so far. */
class Walker {
  readonly steps: Step[] = [];
  readonly trades: WalkTrade[] = [];
  readonly poolTrades: WalkTrade[] = [];
  readonly lots: number[] = [];
  readonly offers: readonly WalkOrder[];
  readonly bids: readonly WalkOrder[];
  readonly rules: WalkRules;
  readonly offerLeft: number[];
  readonly bidLeft: number[];
  /** Whether an offer takes part before the pool: stores do not. */
  readonly inTurn: readonly boolean[];
  offerQueue: number[];
  bidQueue: number[];
  phase: Phase = "start";
  cycle = 0;

  constructor(offers: readonly WalkOrder[], bids: readonly WalkOrder[], rules: WalkRules) {
    this.offers = offers;
    this.bids = bids;
    this.rules = rules;
    this.offerLeft = offers.map((order) => order.quantity);
    this.bidLeft = bids.map((order) => order.quantity);
    this.inTurn = offers.map((order) => order.store !== true);
    this.offerQueue = offers.flatMap((_, index) => (this.inTurn[index] ? [index] : []));
    this.bidQueue = bids.map((_, index) => index);
  }

  step(kind: Step["kind"], more: Partial<Step> = {}): void {
    const { phase, cycle } = this;
    this.steps.push({
      kind,
      phase,
      cycle,
      offers: [...this.offerQueue],
      bids: [...this.bidQueue],
      offerLeft: [...this.offerLeft],
      bidLeft: [...this.bidLeft],
      offer: -1,
      bid: -1,
      quantity: 0,
      price: 0,
      passed: [],
      idle: [],
      ...more,
    });
  }

  compatible(offer: number, bid: number): boolean {
    return this.bids[bid]!.price >= this.offers[offer]!.price;
  }

  blended(offer: number, bid: number): number {
    return blend(this.offers[offer]!.price, this.bids[bid]!.price, this.rules.k);
  }

  trade(one: WalkTrade, passed: readonly number[]): void {
    this.offerLeft[one.offer]! -= one.quantity;
    this.bidLeft[one.bid]! -= one.quantity;
    this.trades.push(one);
    this.step("trade", { ...one, passed });
  }

  /** Buyers by what they still need × their limit, largest first. */
  lineUpBids(limitOf: (bid: WalkOrder) => number): void {
    const { bids, bidLeft } = this;
    this.bidQueue = queue(bidLeft, (index) => BigInt(bidLeft[index]!) * BigInt(limitOf(bids[index]!)), true);
  }

  lineUp(): void {
    const { offers, offerLeft, inTurn } = this;
    const key = (index: number): bigint => BigInt(offerLeft[index]!) * BigInt(offers[index]!.price);
    this.offerQueue = queue(offerLeft, key, false, inTurn);
    this.lineUpBids(({ price }) => price);
  }
}

/** One leader's turn: it walks the others and takes each that fits whole and agrees. Returns whether it took any. */
function takeTurn(walker: Walker, leader: number, supplyLeads: boolean, before: () => void): boolean {
  const { offers, bids, offerLeft, bidLeft, rules } = walker;
  const [others, leaderLeft, otherLeft] = supplyLeads
    ? [walker.bidQueue, offerLeft, bidLeft]
    : [walker.offerQueue, bidLeft, offerLeft];
  let passed: number[] = [];
  let took = false;
  for (const other of others) {
    if (otherLeft[other] === 0 || leaderLeft[leader] === 0) continue;
    const [offer, bid] = supplyLeads ? [leader, other] : [other, leader];
    if (!walker.compatible(offer, bid) || otherLeft[other]! > leaderLeft[leader]!) {
      passed.push(other);
      continue;
    }
    if (!took) before();
    took = true;
    const given = supplyLeads ? bids[bid]!.price : offers[offer]!.price;
    const price = rules.pricing === "blend" ? walker.blended(offer, bid) : given;
    walker.trade({ offer, bid, quantity: otherLeft[other]!, price }, passed);
    passed = [];
  }
  return took;
}

/** One phase of `value`: the leaders in turn. Returns how many trades it made. */
function lead(walker: Walker, phase: "A" | "B"): number {
  walker.phase = phase;
  walker.lineUp();
  if (walker.offerQueue.length === 0 || walker.bidQueue.length === 0) return 0;
  walker.step("queue");
  const supplyLeads = phase === "A";
  const [leaders, left] = supplyLeads
    ? [walker.offerQueue, walker.offerLeft]
    : [walker.bidQueue, walker.bidLeft];
  const before = walker.trades.length;
  let idle: number[] = [];
  const tellIdle = (): void => {
    if (idle.length > 0) walker.step("pass", { idle });
    idle = [];
  };
  for (const leader of leaders)
    if (!takeTurn(walker, leader, supplyLeads, tellIdle) && left[leader]! > 0) idle.push(leader);
  tellIdle();
  return walker.trades.length - before;
}

/** Merit order: the cheapest offer and the highest bid, while they agree. Returns the one price, where there is one. */
function walkMerit(walker: Walker): number | null {
  const { offers, bids, offerLeft, bidLeft, trades, steps, rules } = walker;
  walker.phase = "merit";
  walker.offerQueue = queue(offerLeft, (index) => BigInt(offers[index]!.price), false, walker.inTurn);
  walker.bidQueue = queue(bidLeft, (index) => BigInt(bids[index]!.price), true);
  const { offerQueue, bidQueue } = walker;
  if (offerQueue.length === 0 || bidQueue.length === 0) return null;
  walker.step("queue");
  let [o, b] = [0, 0];
  while (o < offerQueue.length && b < bidQueue.length && walker.compatible(offerQueue[o]!, bidQueue[b]!)) {
    const [offer, bid] = [offerQueue[o]!, bidQueue[b]!];
    const price = rules.pricing === "blend" ? walker.blended(offer, bid) : 0;
    walker.trade({ offer, bid, quantity: Math.min(offerLeft[offer]!, bidLeft[bid]!), price }, []);
    if (offerLeft[offer] === 0) o++;
    if (bidLeft[bid] === 0) b++;
  }
  const last = trades.at(-1);
  if (rules.pricing !== "uniform" || last === undefined) return null;
  const openBids = bidQueue.filter((bid) => bidLeft[bid]! > 0).map((bid) => bids[bid]!.price);
  const openOffers = offerQueue.filter((offer) => offerLeft[offer]! > 0).map((offer) => offers[offer]!.price);
  const price = blend(
    Math.max(offers[last.offer]!.price, ...openBids),
    Math.min(bids[last.bid]!.price, ...openOffers),
    rules.k,
  );
  for (const each of trades) each.price = price;
  for (const [index, step] of steps.entries()) if (step.kind === "trade") steps[index] = { ...step, price };
  walker.step("price", { price });
  return price;
}

/** The pool: what is left of those who may and will join, and the stores, at the pool's price or their own. */
function walkPool(
  walker: Walker,
  { price, purchasePrice, lots: form }: NonNullable<WalkRules["pool"]>,
): void {
  const { offers, bids, offerLeft, bidLeft, lots, poolTrades } = walker;
  walker.phase = "pool";
  const priceOf = (index: number): number => (walker.inTurn[index] ? price : offers[index]!.price);
  for (const [index, order] of offers.entries()) {
    const joins = order.store === true || (poolLimitOf(order) <= purchasePrice && order.consent !== false);
    if (offerLeft[index]! > 0 && joins) lots.push(index);
  }
  const joined = offers.map((_, index) => lots.includes(index));
  const outside = offerLeft.flatMap((left, index) => (left > 0 && !joined[index] ? [index] : []));
  const key = (index: number): bigint => BigInt(offerLeft[index]!) * BigInt(priceOf(index));
  walker.offerQueue = queue(offerLeft, key, false, joined);
  walker.lineUpBids(poolLimitOf);
  if (lots.length > 0 || outside.length > 0) walker.step("join", { price, passed: lots, idle: outside });
  for (const bid of walker.bidQueue)
    for (const offer of walker.offerQueue) {
      if (poolLimitOf(bids[bid]!) < priceOf(offer)) continue;
      const [left, open] = [offerLeft[offer]!, bidLeft[bid]!];
      const quantity = form === "whole" ? (left <= open ? left : 0) : Math.min(left, open);
      if (quantity === 0) continue;
      offerLeft[offer]! -= quantity;
      bidLeft[bid]! -= quantity;
      const sale: WalkTrade = { offer, bid, quantity, price: priceOf(offer) };
      poolTrades.push(sale);
      walker.step("sale", sale);
    }
}

/** How each mechanism is walked; returns the one price where there is one. */
const walks: Readonly<Record<Mechanism, (walker: Walker) => number | null>> = {
  value(walker) {
    for (let made = 1; made > 0; ) {
      walker.cycle++;
      made = lead(walker, "A") + lead(walker, "B");
    }
    return null;
  },
  merit: walkMerit,
};

/** Walks a period by the rules of docs/market-rules.md. */
export function walkPeriod(offers: readonly WalkOrder[], bids: readonly WalkOrder[], rules: WalkRules): Walk {
  const walker = new Walker(offers, bids, rules);
  walker.step("start");
  const clearingPrice = walks[rules.mechanism](walker);
  if (rules.pool !== null) walkPool(walker, rules.pool);
  walker.phase = "end";
  walker.step("end");
  const { steps, trades, lots, poolTrades } = walker;
  return { steps, trades, clearingPrice, lots, poolTrades };
}
