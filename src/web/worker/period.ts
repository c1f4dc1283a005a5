/** One period for the page: clears it and says what came of it, as curves, bands, orders and trades. */
import { fail } from "../../errors.js";
import { t } from "../say.js";
import { type Curve, makeCurve } from "./curves.js";
import { mostWalked, type WalkRules } from "./explain.js";
import { askedBy, eachTrade, type Outcome, outcomeOf, receivedFor, sum } from "./outcome.js";
import { type Asked, ordersOf, rulesOf, type Scene, sealedScene } from "./scene.js";
import type { SceneTrade } from "./trades.js";
import type { Work } from "./work.js";

/** One order as the page lists it; quantities in ticks, amounts in money ticks. */
export interface OrderLine {
  readonly index: number;
  readonly side: "offer" | "bid";
  readonly name: string;
  readonly kind: string;
  /** Number of the member of the day whose order it is; left out where there is none. */
  readonly member?: number;
  readonly quantity: number;
  readonly price: number;
  /** Limit in the pool; of a store, its price. */
  readonly poolLimit: number;
  readonly direct: number;
  readonly pooled: number;
  readonly left: number;
  readonly amount: number;
  readonly gain: number;
  /** Whether what is left may join the pool. */
  readonly consent: boolean;
  /** Whether it is a store's lot, sold through the pool only. */
  readonly store: boolean;
}

/**
 * A stretch of trades as a band: from the sellers' limit to the buyers', what sellers received and what buyers paid.
 * The two differ in the pool.
 */
export interface Band {
  readonly quantity: number;
  readonly low: number;
  readonly high: number;
  readonly received: number;
  readonly price: number;
  readonly pool: boolean;
  /** The trade it is, or −1 where it stands for several. */
  readonly trade: number;
}

/** Everything the period view shows of one clearing. */
export interface PeriodResult {
  readonly offers: number;
  readonly bids: number;
  /** Lots that stores offer through the pool; they stand behind the offers. */
  readonly lots: number;
  readonly offered: number;
  readonly asked: number;
  readonly direct: number;
  readonly pooled: number;
  readonly idle: number;
  readonly unserved: number;
  readonly amount: number;
  readonly sellersGain: number;
  readonly buyersGain: number;
  readonly trades: number;
  readonly poolTrades: number;
  readonly clearingPrice: number | null;
  readonly poolPrice: number | null;
  /** The rules it was cleared by. */
  readonly rules: WalkRules;
  readonly took: number;
  readonly supply: Curve;
  readonly demand: Curve;
  readonly bands: readonly Band[];
  /** All orders and trades, in arrival order and order of execution, when there are few; null when there are many. */
  readonly orders: readonly OrderLine[] | null;
  readonly tradeLines: readonly SceneTrade[] | null;
  /** Whether it can be walked through: not where it is large, or where more than its orders decided ({@link Scene}). */
  readonly walk: "small" | "large" | "cut" | "large and cut";
  /** Energy that members sold to the grid and bought from it; null where the period is in no block. */
  readonly grid: { readonly exported: number; readonly imported: number } | null;
}

const mostListed = 500;
const mostBands = 240;
const mostTrades = 100;
let scene: Scene | null = null;
let outcome: Outcome | null = null;

/** The period last cleared; null before the first. */
export const lastScene = (): Scene | null => scene;

function orderLine({ market }: Scene, made: Outcome, side: "offer" | "bid", index: number): OrderLine {
  const supply = side === "offer";
  const store = supply && index >= market.offers.price.length;
  const place = store ? index - market.offers.price.length : index;
  const limited = supply ? market.offers : market.bids;
  const columns = store ? market.lots : limited;
  const quantity = columns.quantity[place]!;
  const direct = (supply ? made.offerDirect : made.bidDirect)[index]!;
  const pooled = (supply ? made.offerPooled : made.bidPooled)[index]!;
  return {
    index,
    side,
    ...(supply ? market.offerOwner(index) : market.bidOwner(index)),
    quantity,
    price: columns.price[place]!,
    poolLimit: (store ? market.lots.price : limited.poolLimit)[place]!,
    direct,
    pooled,
    left: quantity - direct - pooled,
    amount: (supply ? made.offerAmount : made.bidAmount)[index]!,
    gain: (supply ? made.offerGain : made.bidGain)[index]!,
    consent: store || !supply || market.offers.consent[index] === 1,
    store,
  };
}

function tradeLines(now: Scene): SceneTrade[] {
  const lines: SceneTrade[] = [];
  eachTrade(now, (pool, offer, bid, quantity, price) => lines.push({ pool, offer, bid, quantity, price }));
  return lines;
}

function bandsOf(now: Scene): Band[] {
  const { bids } = now.market;
  const each = Math.ceil(now.trades.count / mostBands);
  const bands: Band[] = [];
  let [members, quantity, low, high, received, paid, pool, place] = [0, 0, 0, 0, 0, 0, false, 0];
  const close = (): void => {
    if (members > 0)
      bands.push({
        quantity,
        low: low / quantity,
        high: high / quantity,
        received: received / quantity,
        price: paid / quantity,
        pool,
        trade: each === 1 ? place - 1 : -1,
      });
    [members, quantity, low, high, received, paid] = [0, 0, 0, 0, 0, 0];
  };
  eachTrade(now, (pooled, offer, bid, traded, price) => {
    if (members === each || pooled !== pool) close();
    pool = pooled;
    members++;
    place++;
    quantity += traded;
    low += traded * askedBy(now, pooled, offer);
    high += traded * (pooled ? bids.poolLimit : bids.price)[bid]!;
    received += traded * receivedFor(now, pooled, offer, price);
    paid += traded * price;
  });
  close();
  return bands;
}

/** One order with its trades, the first hundred, at what the order paid or got. */
export interface OrderShown {
  readonly line: OrderLine;
  readonly trades: readonly (SceneTrade & { readonly other: string })[];
  /** Price of the pool, in price ticks; null without one. */
  readonly poolPrice: number | null;
}

/** All orders as lines (offers, stores' lots, bids), where they are not too many to list. */
function orderLines(now: Scene, made: Outcome, stores: number): OrderLine[] {
  const { offers, bids } = now.market;
  return [
    ...Array.from({ length: offers.price.length + stores }, (_, index) =>
      orderLine(now, made, "offer", index),
    ),
    ...Array.from(bids.price, (_, index) => orderLine(now, made, "bid", index)),
  ];
}

const walkOf = (isLarge: boolean, isCut: boolean): PeriodResult["walk"] =>
  isLarge ? (isCut ? "large and cut" : "large") : isCut ? "cut" : "small";

/** Clears the period the settings describe and says what came of it. */
export async function period(work: Work<number>, asked: Asked): Promise<PeriodResult> {
  const found = await ordersOf(work, asked);
  const now = sealedScene(work.engine, found, rulesOf(asked.settings));
  const made = outcomeOf(now);
  [scene, outcome] = [now, made];
  const { market, trades, sealed } = now;
  const { offers, bids, lots } = market;
  const stores = now.rules.pool ? lots.price.length : 0;
  const few = offers.price.length + bids.price.length <= mostListed;
  const [offered, asks] = [sum(offers.quantity), sum(bids.quantity)];
  const [direct, pooled] = [sum(made.bidDirect), sum(made.bidPooled)];
  return {
    offers: offers.price.length,
    bids: bids.price.length,
    lots: stores,
    offered,
    asked: asks,
    direct,
    pooled,
    idle: offered - sum(made.offerDirect, offers.price.length) - sum(made.offerPooled, offers.price.length),
    unserved: asks - direct - pooled,
    amount: sum(made.bidAmount),
    sellersGain: sum(made.offerGain),
    buyersGain: sum(made.bidGain),
    trades: trades.direct,
    poolTrades: trades.count - trades.direct,
    clearingPrice: now.clearingPrice,
    grid: sealed && { exported: sealed.exported, imported: sealed.imported },
    poolPrice: now.rules.pool?.price ?? null,
    rules: now.rules,
    took: now.took,
    supply: makeCurve(offers, (index) => made.offerDirect[index]! + made.offerPooled[index]!, false),
    demand: makeCurve(bids, (index) => made.bidDirect[index]! + made.bidPooled[index]!, true),
    bands: bandsOf(now),
    orders: few ? orderLines(now, made, stores) : null,
    tradeLines: few ? tradeLines(now) : null,
    walk: walkOf(offers.price.length + bids.price.length > mostWalked, now.cut),
  };
}

/** One order of the period last cleared. Throws `state` before the first. */
export function order(
  _work: Work,
  { side, index }: { readonly side: "offer" | "bid"; readonly index: number },
): OrderShown {
  if (scene === null || outcome === null)
    return fail("state", "period", t`one that has been cleared`, t`none`);
  const now = scene;
  const trades: (SceneTrade & { readonly other: string })[] = [];
  eachTrade(now, (pool, offer, bid, quantity, price) => {
    if ((side === "offer" ? offer : bid) !== index || trades.length === mostTrades) return;
    const sells = side === "offer";
    const other = sells ? now.market.bidOwner(bid) : now.market.offerOwner(offer);
    const each = sells ? receivedFor(now, pool, offer, price) : price;
    trades.push({ pool, offer, bid, quantity, price: each, other: other.name });
  });
  return { line: orderLine(now, outcome, side, index), trades, poolPrice: now.rules.pool?.price ?? null };
}
