/** The same orders by two sets of rules, A and B, and who gains and who loses by B against A. */
import { againstOf } from "../settings/against.js";
import { type Curve, makeCurve } from "./curves.js";
import type { Market } from "./market.js";
import { type Outcome, outcomeOf, sum } from "./outcome.js";
import { type Asked, clearMarket, ordersOf, rulesOf, type Scene } from "./scene.js";
import { sameTrades } from "./trades.js";
import type { Work } from "./work.js";

/** What one set of rules made of the orders; quantities in ticks, amounts in money ticks. */
export interface Side {
  readonly trades: number;
  readonly poolTrades: number;
  readonly served: number;
  readonly direct: number;
  readonly unserved: number;
  readonly sellersGain: number;
  readonly buyersGain: number;
  readonly meanPrice: number | null;
  readonly lowest: number | null;
  readonly highest: number | null;
  /** Price of all trades where they have one. */
  readonly clearingPrice: number | null;
  /** All offers and all bids, with what these rules sold of each. */
  readonly supply: Curve;
  readonly demand: Curve;
}

/** How a group of orders fares under B against A. */
export interface Group {
  readonly side: Mover["side"];
  /** What kind of participants they are of, in words; null for all of the side. */
  readonly kind: string | null;
  readonly orders: number;
  readonly better: number;
  readonly worse: number;
  /** Sum of what they gain or lose, in money ticks. */
  readonly difference: number;
}

/** One order that gains or loses much. */
export interface Mover {
  readonly side: "offer" | "bid";
  readonly name: string;
  readonly difference: number;
}

export interface Comparison {
  readonly orders: number;
  /**
   * What the period itself sold by A, in quantity ticks, where lines that were full or plants had a say there; null
   * where the orders alone decided, or no block has them.
   */
  readonly sealed: number | null;
  readonly sides: readonly [Side, Side];
  readonly groups: readonly Group[];
  readonly winners: readonly Mover[];
  readonly losers: readonly Mover[];
  /** Orders by what B changes for them: `counts[i]` between `edges[i]` and `edges[i + 1]`. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Orders up to which the groups are also by kind of participant. */
const mostNamed = 20_000;
const binsPerSide = 10;
const mostMovers = 6;

function sideOf({ trades, market, clearingPrice }: Scene, outcome: Outcome): Side {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const each of trades.price) {
    if (each < lowest) lowest = each;
    if (each > highest) highest = each;
  }
  const direct = sum(outcome.bidDirect);
  const served = direct + sum(outcome.bidPooled);
  const none = served === 0;
  return {
    trades: trades.direct,
    poolTrades: trades.count - trades.direct,
    served,
    direct,
    unserved: sum(market.bids.quantity) - served,
    sellersGain: sum(outcome.offerGain),
    buyersGain: sum(outcome.bidGain),
    meanPrice: none ? null : sum(outcome.bidAmount) / served,
    lowest: none ? null : lowest,
    highest: none ? null : highest,
    clearingPrice,
    supply: makeCurve(
      market.offers,
      (index) => outcome.offerDirect[index]! + outcome.offerPooled[index]!,
      false,
    ),
    demand: makeCurve(market.bids, (index) => outcome.bidDirect[index]! + outcome.bidPooled[index]!, true),
  };
}

/** The ends of a column: places of its largest and smallest values, without sorting all of it. */
function ends(column: Float64Array, size: number): { top: number[]; bottom: number[] } {
  const top: number[] = [];
  const bottom: number[] = [];
  const put = (list: number[], index: number, before: (a: number, b: number) => boolean): void => {
    if (list.length === mostMovers && !before(column[index]!, column[list.at(-1)!]!)) return;
    const place = list.findIndex((other) => before(column[index]!, column[other]!));
    list.splice(place < 0 ? list.length : place, 0, index);
    list.length = Math.min(list.length, mostMovers);
  };
  for (let index = 0; index < size; index++) {
    if (column[index]! > 0) put(top, index, (a, b) => a > b);
    if (column[index]! < 0) put(bottom, index, (a, b) => a < b);
  }
  return { top, bottom };
}

/** What B changes for every order against A, in money ticks. */
interface Differences {
  readonly offers: Float64Array;
  readonly bids: Float64Array;
}

/** Orders in groups: all of a side, and by kind of participant where every one is named. */
function groupsOf(market: Market, { offers, bids }: Differences): Group[] {
  type Counted = { -readonly [K in keyof Group]: Group[K] };
  const groups = new Map<string, Counted>();
  const join = (side: Group["side"], kind: string | null, difference: number): void => {
    const key = `${side} ${kind ?? ""}`;
    const group: Counted = groups.get(key) ?? { side, kind, orders: 0, better: 0, worse: 0, difference: 0 };
    groups.set(key, group);
    group.orders++;
    if (difference > 0) group.better++;
    if (difference < 0) group.worse++;
    group.difference += difference;
  };
  const named = offers.length + bids.length <= mostNamed;
  offers.forEach((difference, index) => {
    join("offer", null, difference);
    if (named) join("offer", market.offerOwner(index).kind, difference);
  });
  bids.forEach((difference, index) => {
    join("bid", null, difference);
    if (named) join("bid", market.bidOwner(index).kind, difference);
  });
  // All of a side before its kinds, sellers first.
  const order = ({ side, kind }: Group): string =>
    `${kind === null ? 0 : 1}${side === "offer" ? 0 : 1}${kind ?? ""}`;
  return [...groups.values()].sort((a, b) => order(a).localeCompare(order(b), "en"));
}

/** Orders that gain or lose, by how much. */
function binsOf({ offers, bids }: Differences): { edges: number[]; counts: number[] } {
  let most = 0;
  for (const column of [offers, bids])
    for (const value of column) if (Math.abs(value) > most) most = Math.abs(value);
  const bins = 2 * binsPerSide;
  const edges = Array.from({ length: bins + 1 }, (_, index) => ((index - binsPerSide) / binsPerSide) * most);
  const counts = new Array<number>(bins).fill(0);
  if (most > 0)
    for (const column of [offers, bids])
      for (const value of column)
        if (value !== 0) counts[Math.min(bins - 1, Math.floor(((value + most) / (2 * most)) * bins))]!++;
  return { edges, counts };
}

/** Who gains most and who loses most. */
function moversOf(market: Market, { offers, bids }: Differences): { winners: Mover[]; losers: Mover[] } {
  const [sellers, buyers] = [ends(offers, offers.length), ends(bids, bids.length)];
  const movers = (sold: readonly number[], bought: readonly number[]): Mover[] =>
    [
      ...sold.map(
        (index): Mover => ({
          side: "offer",
          name: market.offerOwner(index).name,
          difference: offers[index]!,
        }),
      ),
      ...bought.map(
        (index): Mover => ({ side: "bid", name: market.bidOwner(index).name, difference: bids[index]! }),
      ),
    ]
      .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
      .slice(0, mostMovers);
  return { winners: movers(sellers.top, buyers.top), losers: movers(sellers.bottom, buyers.bottom) };
}

/** Clears the same orders by the rules of the settings and by those against them, and says what changes for whom. */
export async function compare(work: Work<number>, asked: Asked): Promise<Comparison> {
  const { market, sealed } = await ordersOf(work, asked);
  const { engine } = work;
  const scenes = [asked.settings, againstOf(asked.settings)].map((settings) =>
    clearMarket(engine, market, rulesOf(settings)),
  );
  const [first, second] = scenes.map(outcomeOf) as [Outcome, Outcome];
  const minus = (a: Float64Array, b: Float64Array): Float64Array =>
    a.map((value, index) => value - b[index]!);
  const differences: Differences = {
    offers: minus(second.offerGain, first.offerGain).subarray(0, market.offers.price.length),
    bids: minus(second.bidGain, first.bidGain),
  };
  return {
    orders: differences.offers.length + differences.bids.length,
    sealed:
      sealed === null || sameTrades(sealed.trades, scenes[0]!.trades) ? null : sum(sealed.trades.quantity),
    sides: [sideOf(scenes[0]!, first), sideOf(scenes[1]!, second)],
    groups: groupsOf(market, differences),
    ...moversOf(market, differences),
    ...binsOf(differences),
  };
}
