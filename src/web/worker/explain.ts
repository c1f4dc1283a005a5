/**
 * The walk through one small period: the same rules as the core, written to be followed rather than to be fast,
 * leaving a step behind at everything a person should see. Quadratic: for up to {@link mostWalked} orders.
 */
import type { MechanismRules } from "../../core/mechanisms.js";

/** Orders up to which a walk is made. */
export const mostWalked = 60;

/** One order: quantity and price in ticks. */
export interface WalkOrder {
  readonly quantity: number;
  readonly price: number;
  /** false: an offer whose rest keeps out of the pool. */
  readonly consent?: boolean;
  /** true: a store's lot, which takes part in the pool alone, at its own price. These stand behind the offers. */
  readonly store?: boolean;
}

/** The rules a walk follows; `k` in ppm, prices in ticks. */
export interface WalkRules extends MechanismRules {
  readonly k: number;
  readonly pool: { readonly price: number; readonly lots: "whole" | "divisible" } | null;
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

/** A whole walk: its steps and the trades it came to, in order of execution. */
export interface Walk {
  readonly steps: readonly Step[];
  readonly trades: readonly { offer: number; bid: number; quantity: number; price: number }[];
  readonly clearingPrice: number | null;
  /** Offers whose rest joined the pool, in arrival order. */
  readonly lots: readonly number[];
  readonly poolTrades: readonly { offer: number; bid: number; quantity: number; price: number }[];
}

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

/** Walks a period by the rules of market-rules.md. */
export function walkPeriod(offers: readonly WalkOrder[], bids: readonly WalkOrder[], rules: WalkRules): Walk {
  const offerLeft = offers.map((order) => order.quantity);
  const inTurn = offers.map((order) => order.store !== true);
  const bidLeft = bids.map((order) => order.quantity);
  const steps: Step[] = [];
  const trades: Walk["trades"][number][] = [];
  const poolTrades: Walk["poolTrades"][number][] = [];
  let offerQueue = offers.flatMap((_, index) => (inTurn[index] ? [index] : []));
  let bidQueue = bids.map((_, index) => index);
  let phase: Phase = "start";
  let cycle = 0;
  const step = (kind: Step["kind"], more: Partial<Step> = {}): void => {
    steps.push({
      kind,
      phase,
      cycle,
      offers: [...offerQueue],
      bids: [...bidQueue],
      offerLeft: [...offerLeft],
      bidLeft: [...bidLeft],
      offer: -1,
      bid: -1,
      quantity: 0,
      price: 0,
      passed: [],
      idle: [],
      ...more,
    });
  };
  const compatible = (offer: number, bid: number): boolean => bids[bid]!.price >= offers[offer]!.price;
  const trade = (
    offer: number,
    bid: number,
    quantity: number,
    price: number,
    passed: readonly number[],
  ): void => {
    offerLeft[offer]! -= quantity;
    bidLeft[bid]! -= quantity;
    trades.push({ offer, bid, quantity, price });
    step("trade", { offer, bid, quantity, price, passed });
  };
  const lineUp = (): void => {
    offerQueue = queue(
      offerLeft,
      (index) => BigInt(offerLeft[index]!) * BigInt(offers[index]!.price),
      false,
      inTurn,
    );
    bidQueue = queue(bidLeft, (index) => BigInt(bidLeft[index]!) * BigInt(bids[index]!.price), true);
  };

  /** One phase of `value`: the leaders in turn, each walking the others; returns how many trades it made. */
  const lead = (name: "A" | "B"): number => {
    phase = name;
    lineUp();
    if (offerQueue.length === 0 || bidQueue.length === 0) return 0;
    step("queue");
    const supplyLeads = name === "A";
    const [leaders, leaderLeft] = supplyLeads ? [offerQueue, offerLeft] : [bidQueue, bidLeft];
    const [others, otherLeft] = supplyLeads ? [bidQueue, bidLeft] : [offerQueue, offerLeft];
    const before = trades.length;
    let idle: number[] = [];
    for (const leader of leaders) {
      let passed: number[] = [];
      const first = trades.length;
      for (const other of others) {
        if (otherLeft[other] === 0 || leaderLeft[leader] === 0) continue;
        const [offer, bid] = supplyLeads ? [leader, other] : [other, leader];
        if (!compatible(offer, bid) || otherLeft[other]! > leaderLeft[leader]!) {
          passed.push(other);
          continue;
        }
        if (idle.length > 0) step("pass", { idle });
        idle = [];
        const given = supplyLeads ? bids[bid]!.price : offers[offer]!.price;
        const price =
          rules.pricing === "blend" ? blend(offers[offer]!.price, bids[bid]!.price, rules.k) : given;
        trade(offer, bid, otherLeft[other]!, price, passed);
        passed = [];
      }
      if (trades.length === first && leaderLeft[leader]! > 0) idle.push(leader);
    }
    if (idle.length > 0) step("pass", { idle });
    return trades.length - before;
  };

  /** Merit order: the cheapest offer and the highest bid, while they agree. */
  const merit = (): number | null => {
    phase = "merit";
    offerQueue = queue(offerLeft, (index) => BigInt(offers[index]!.price), false, inTurn);
    bidQueue = queue(bidLeft, (index) => BigInt(bids[index]!.price), true);
    if (offerQueue.length === 0 || bidQueue.length === 0) return null;
    step("queue");
    let [o, b] = [0, 0];
    while (o < offerQueue.length && b < bidQueue.length && compatible(offerQueue[o]!, bidQueue[b]!)) {
      const [offer, bid] = [offerQueue[o]!, bidQueue[b]!];
      const price = rules.pricing === "blend" ? blend(offers[offer]!.price, bids[bid]!.price, rules.k) : 0;
      trade(offer, bid, Math.min(offerLeft[offer]!, bidLeft[bid]!), price, []);
      if (offerLeft[offer] === 0) o++;
      if (bidLeft[bid] === 0) b++;
    }
    const last = trades.at(-1);
    if (rules.pricing !== "uniform" || last === undefined) return null;
    const openBids = bidQueue.filter((bid) => bidLeft[bid]! > 0).map((bid) => bids[bid]!.price);
    const openOffers = offerQueue
      .filter((offer) => offerLeft[offer]! > 0)
      .map((offer) => offers[offer]!.price);
    const price = blend(
      Math.max(offers[last.offer]!.price, ...openBids),
      Math.min(bids[last.bid]!.price, ...openOffers),
      rules.k,
    );
    for (const each of trades) each.price = price;
    for (let index = 0; index < steps.length; index++)
      if (steps[index]!.kind === "trade") steps[index] = { ...steps[index]!, price };
    step("price", { price });
    return price;
  };

  step("start");
  let clearingPrice: number | null = null;
  if (rules.mechanism === "value") {
    let made = 1;
    while (made > 0) {
      cycle++;
      made = lead("A") + lead("B");
    }
  } else clearingPrice = merit();

  const lots: number[] = [];
  if (rules.pool !== null) {
    const { price, lots: form } = rules.pool;
    phase = "pool";
    const priceOf = (index: number): number => (inTurn[index] ? price : offers[index]!.price);
    offers.forEach((order, index) => {
      const joins = order.store === true || (order.price <= price && order.consent !== false);
      if (offerLeft[index]! > 0 && joins) lots.push(index);
    });
    const joined = offers.map((_, index) => lots.includes(index));
    const outside = offerLeft.flatMap((left, index) => (left > 0 && !joined[index] ? [index] : []));
    offerQueue = queue(
      offerLeft,
      (index) => BigInt(offerLeft[index]!) * BigInt(priceOf(index)),
      false,
      joined,
    );
    bidQueue = queue(bidLeft, (index) => BigInt(bidLeft[index]!) * BigInt(bids[index]!.price), true);
    if (lots.length > 0 || outside.length > 0) step("join", { price, passed: lots, idle: outside });
    for (const bid of bidQueue) {
      for (const offer of offerQueue) {
        if (bids[bid]!.price < priceOf(offer)) continue;
        const [left, open] = [offerLeft[offer]!, bidLeft[bid]!];
        const quantity = form === "whole" ? (left <= open ? left : 0) : Math.min(left, open);
        if (quantity === 0) continue;
        offerLeft[offer]! -= quantity;
        bidLeft[bid]! -= quantity;
        poolTrades.push({ offer, bid, quantity, price: priceOf(offer) });
        step("sale", { offer, bid, quantity, price: priceOf(offer) });
      }
    }
  }
  phase = "end";
  step("end");
  return { steps, trades, clearingPrice, lots, poolTrades };
}
