import { mostWalked } from "../walk.js";
import { type Curve, makeCurve } from "./curves.js";
import { type Outcome, outcomeOf, sum } from "./outcome.js";
import { type Asked, clearMarket, marketOf, rulesOf, type Scene } from "./scene.js";
import type { Opened } from "./worker.js";

/** One order as the page lists it; quantities in ticks, amounts in money ticks. */
export interface OrderLine {
  readonly index: number;
  readonly side: "offer" | "bid";
  readonly name: string;
  readonly kind: string;
  readonly quantity: number;
  readonly price: number;
  readonly direct: number;
  readonly pooled: number;
  readonly left: number;
  readonly amount: number;
  readonly gain: number;
}

/** One trade as the page lists it. */
export interface TradeLine {
  readonly pool: boolean;
  readonly offer: number;
  readonly bid: number;
  readonly quantity: number;
  readonly price: number;
}

/** A stretch of trades as a band: from the sellers' limit to the buyers', and the price paid. */
export interface Band {
  readonly quantity: number;
  readonly low: number;
  readonly high: number;
  readonly price: number;
  readonly pool: boolean;
  /** The trade it is, or −1 where it stands for several. */
  readonly trade: number;
}

/** Everything the period view shows of one clearing. */
export interface PeriodResult {
  readonly offers: number;
  readonly bids: number;
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
  readonly took: number;
  readonly supply: Curve;
  readonly demand: Curve;
  readonly bands: readonly Band[];
  /** All orders and trades, in arrival order and order of execution, when there are few; null when there are many. */
  readonly orders: readonly OrderLine[] | null;
  readonly tradeLines: readonly TradeLine[] | null;
  readonly walkable: boolean;
}

const mostListed = 500;
const mostBands = 240;
let scene: Scene | null = null;
let outcome: Outcome | null = null;

function orderLine({ market }: Scene, made: Outcome, side: "offer" | "bid", index: number): OrderLine {
  const supply = side === "offer";
  const { quantity, price } = supply ? market.offers : market.bids;
  const direct = (supply ? made.offerDirect : made.bidDirect)[index]!;
  const pooled = (supply ? made.offerPooled : made.bidPooled)[index]!;
  return {
    index, side, ...(supply ? market.offerOwner(index) : market.bidOwner(index)),
    quantity: quantity[index]!, price: price[index]!, direct, pooled,
    left: quantity[index]! - direct - pooled,
    amount: (supply ? made.offerAmount : made.bidAmount)[index]!,
    gain: (supply ? made.offerGain : made.bidGain)[index]!,
  };
}

function* tradesOf({ clearing }: Scene): Generator<TradeLine> {
  const { trades, pool } = clearing;
  for (let index = 0; index < trades.count; index++)
    yield { pool: false, offer: trades.offer[index]!, bid: trades.bid[index]!, quantity: trades.quantity[index]!, price: trades.price[index]! };
  if (pool === null) return;
  for (let index = 0; index < pool.trades.count; index++)
    yield {
      pool: true, offer: pool.lots.offer[pool.trades.lot[index]!]!, bid: pool.trades.bid[index]!,
      quantity: pool.trades.quantity[index]!, price: pool.trades.price[index]!,
    };
}

function bandsOf(now: Scene): Band[] {
  const { offers, bids } = now.market;
  const all = now.clearing.trades.count + (now.clearing.pool?.trades.count ?? 0);
  const each = Math.ceil(all / mostBands);
  const bands: Band[] = [];
  let [members, quantity, low, high, paid, pool, place] = [0, 0, 0, 0, 0, false, 0];
  const close = (): void => {
    if (members > 0)
      bands.push({ quantity, low: low / quantity, high: high / quantity, price: paid / quantity, pool, trade: each === 1 ? place - 1 : -1 });
    [members, quantity, low, high, paid] = [0, 0, 0, 0, 0];
  };
  for (const trade of tradesOf(now)) {
    if (members === each || trade.pool !== pool) close();
    pool = trade.pool;
    members++;
    place++;
    quantity += trade.quantity;
    low += trade.quantity * offers.price[trade.offer]!;
    high += trade.quantity * bids.price[trade.bid]!;
    paid += trade.quantity * trade.price;
  }
  close();
  return bands;
}

export const periodCalls = {
  /** Clears the period the settings describe and says what came of it. */
  async period(engine: Opened, asked: Asked): Promise<PeriodResult> {
    const market = await marketOf(asked);
    scene = clearMarket(engine, market, rulesOf(asked.settings));
    const made = outcomeOf(scene);
    outcome = made;
    const { clearing } = scene;
    const { offers, bids } = market;
    const few = offers.price.length + bids.price.length <= mostListed;
    const now = scene;
    const [offered, asks] = [sum(offers.quantity), sum(bids.quantity)];
    const [direct, pooled] = [sum(made.bidDirect), sum(made.bidPooled)];
    return {
      offers: offers.price.length,
      bids: bids.price.length,
      offered,
      asked: asks,
      direct,
      pooled,
      idle: offered - direct - pooled,
      unserved: asks - direct - pooled,
      amount: sum(made.bidAmount),
      sellersGain: sum(made.offerGain),
      buyersGain: sum(made.bidGain),
      trades: clearing.trades.count,
      poolTrades: clearing.pool?.trades.count ?? 0,
      clearingPrice: clearing.clearingPrice,
      poolPrice: scene.rules.pool?.price ?? null,
      took: scene.took,
      supply: makeCurve(offers, (index) => made.offerDirect[index]! + made.offerPooled[index]!, false),
      demand: makeCurve(bids, (index) => made.bidDirect[index]! + made.bidPooled[index]!, true),
      bands: bandsOf(scene),
      orders: few
        ? [
            ...Array.from(offers.price, (_, index) => orderLine(now, made, "offer", index)),
            ...Array.from(bids.price, (_, index) => orderLine(now, made, "bid", index)),
          ]
        : null,
      tradeLines: few ? [...tradesOf(scene)] : null,
      walkable: offers.price.length + bids.price.length <= mostWalked,
    };
  },

  /** One order of the period last cleared, with its trades (the first hundred). */
  order(_engine: Opened, { side, index }: { side: "offer" | "bid"; index: number }) {
    if (scene === null || outcome === null) throw new Error("no period has been cleared yet");
    const trades: (TradeLine & { readonly other: string })[] = [];
    for (const trade of tradesOf(scene)) {
      if (trade[side] !== index) continue;
      const other = side === "offer" ? scene.market.bidOwner(trade.bid) : scene.market.offerOwner(trade.offer);
      trades.push({ ...trade, other: other.name });
      if (trades.length === 100) break;
    }
    return { line: orderLine(scene, outcome, side, index), trades };
  },
};
