/** Scenario 1 of a carrier: matching peer to peer, within what the feeders carry. */
import type { TradeColumns } from "../../core/clearing.js";
import type { Book } from "../../core/columns.js";
import type { ClearingRules } from "../../core/rules.js";
import { maxPrice } from "../../units.js";
import { carrierCount } from "../contracts/terms.js";
import { type CarrierBook, floorAt, type Side, slotAt } from "./book.js";
import type { Round } from "./round.js";

/** What scenario 1 came to. */
export interface Matched {
  /** Number of trades. */
  readonly trades: number;
  /** The one price of a uniform clearing; null without trades or of another pricing. */
  readonly clearingPrice: number | null;
}

/**
 * Matches, books the trades, and leaves in the book what the orders still want, and in the engine what scenario 2 sells
 * from; null, and the engine untouched, where there are no orders at all.
 */
export function matchPeers(round: Round, book: CarrierBook): Matched | null {
  const { carrier, rules, offers, bids } = book;
  if (offers.order.length === 0 && bids.order.length === 0) return null;
  // Room for every device's lot, so that selling does not move what matching left.
  round.engine.reserve(offers.order.length, bids.order.length, round.terms.devices.length);
  if (round.router.present[carrier]) return matchWithinFeeders(round, book);
  const { trades, clearingPrice, remaining } = round.engine.match(
    withPoolLimits(round, book),
    rulesOf(rules),
  );
  const { count } = trades;
  book.offersLeft.set(remaining.offers);
  book.bidsLeft.set(remaining.bids);
  bookTrades(round, book, { offers, bids }, trades);
  return { trades: count, clearingPrice };
}

/**
 * Books the trades that the engine has, as it writes them; the sides give its places their orders. The book has what is
 * left by now.
 */
function bookTrades(
  { engine, workspace }: Round,
  book: CarrierBook,
  { offers, bids }: { readonly offers: Side; readonly bids: Side },
  trades: TradeColumns,
): void {
  const { carrier, tariff, entries } = book;
  // Own columns: writing the records may move the engine's.
  const buyers = { participant: bids.participant, place: workspace.copied("bidPlace", trades.bid) };
  const sellers = { participant: offers.participant, place: workspace.copied("offerPlace", trades.offer) };
  const names = { offers: offers.order, bids: bids.order };
  const { commission } = tariff;
  const { bytes } = engine.tradeRecords({ carrier, commission, ...names, sales: 0 });
  const { offersLeft, bidsLeft } = book;
  const traded = { offers: { ...book.offers, left: offersLeft }, bids: { ...book.bids, left: bidsLeft } };
  entries.traded(bytes, { buyers, sellers }, traded);
}

const rulesOf = ({ mechanism, pricing, ties, k, maxCycles }: CarrierBook["rules"]): ClearingRules => ({
  mechanism,
  pricing,
  // A lottery decides the sequence of the orders: then the earlier one goes first.
  ties: ties === "lottery" ? "arrival" : ties,
  k,
  maxCycles,
});

/** The orders of a book as the engine takes them, with what their contracts say of the pool, if there is one. */
function withPoolLimits(round: Round, book: CarrierBook): Book {
  const { rules, offers, bids } = book;
  if (rules.pool === null) return { offers, bids };
  const { workspace } = round;
  const asked = workspace.i32("offerPoolLimit", offers.price.length);
  // Whoever may not join at all is left out by what remains of its offer (pool.ts).
  for (let place = 0; place < asked.length; place += 1)
    asked[place] = Math.min(floorAt(round, book, place), maxPrice);
  const paid = workspace.i32("bidPoolLimit", bids.price.length);
  for (let place = 0; place < paid.length; place += 1)
    paid[place] = Math.max(round.resolved.poolLimit[slotAt(book, bids, place)]!, bids.price[place]!);
  return { offers: { ...offers, poolLimit: asked }, bids: { ...bids, poolLimit: paid } };
}

/** So often a feeder may cut before the orders behind it are left out of the matching. */
const patience = 16;

/**
 * Matches again and again until the feeders carry every trade: where one cuts, the orders behind it count in the next
 * matching for no more than they traded in this one. So no trade that can't flow sets a price or keeps a buyer from
 * another seller. A feeder that still cuts after {@link patience} matchings has the orders behind it left out, so that
 * it cuts no more: there are at most `patience` + 2 × feeders matchings.
 */
function matchWithinFeeders(round: Round, book: CarrierBook): Matched {
  const { engine, router } = round;
  const { carrier, offers, bids } = book;
  const rules = rulesOf(book.rules);
  const supply = new Restricted(round, carrier, offers);
  const demand = new Restricted(round, carrier, bids);
  for (let run = 1; ; run += 1) {
    const sides = { offers: supply.restricted(), bids: demand.restricted() };
    const { trades, clearingPrice } = engine.match(sides, rules);
    router.clear(carrier);
    if (carryAll(round, trades, supply, demand)) {
      supply.restrict(run < patience);
      demand.restrict(run < patience);
      continue;
    }
    const { count } = trades;
    supply.leave(book.offersLeft);
    demand.leave(book.bidsLeft);
    bookTrades(round, book, sides, trades);
    supply.report(book);
    demand.report(book);
    // The pool sells from what the engine holds: all orders, not only those that the feeders let take part.
    if (run > 1 || book.rules.pool !== null) engine.match(withPoolLimits(round, book), rules);
    return { trades: count, clearingPrice: count === 0 ? null : clearingPrice };
  }
}

/** Carries trades in order of execution as far as the feeders let them through; returns whether any was cut. */
function carryAll(
  { router }: Round,
  { count, offer, bid, quantity }: TradeColumns,
  supply: Restricted,
  demand: Restricted,
): boolean {
  supply.begin();
  demand.begin();
  let anyCut = false;
  for (let place = 0; place < count; place += 1) {
    const [seller, buyer] = [supply.placeOf(offer[place]!), demand.placeOf(bid[place]!)];
    const [from, to] = [supply.feeder[seller]!, demand.feeder[buyer]!];
    const carried = router.carry(from, to, quantity[place]!);
    const cut = quantity[place]! - carried;
    supply.traded[seller]! += carried;
    demand.traded[buyer]! += carried;
    if (cut === 0) continue;
    anyCut = true;
    if (router.bottleneck(from, to) === from) supply.hold(seller, cut);
    else demand.hold(buyer, cut);
  }
  return anyCut;
}

/** One side of the book, of which orders behind full feeders count for less and less. */
class Restricted {
  /** By place in the side: the feeder that the order lies behind, and what it traded in this matching. */
  readonly feeder: Int32Array;
  readonly traded: Uint32Array;
  readonly #side: Side;
  /** By place: for how much the order counts, and how much feeders held back of it. */
  readonly #most: Uint32Array;
  readonly #held: Float64Array;
  /** Feeders that cut in this matching. */
  readonly #full = new Set<number>();
  /** By place in the last matching: place in the side. */
  #places: Uint32Array = new Uint32Array(0);

  constructor({ terms }: Round, carrier: number, side: Side) {
    this.#side = side;
    this.#most = side.quantity.slice();
    this.#held = new Float64Array(side.order.length);
    this.traded = new Uint32Array(side.order.length);
    this.feeder = Int32Array.from(
      side.participant,
      (participant) => terms.feederOf[participant * carrierCount + carrier]!,
    );
  }

  /** The orders that still count, for as much as they do. */
  restricted(): Side {
    const { order, participant, price } = this.#side;
    const most = this.#most;
    this.#places = Uint32Array.from(order.keys()).filter((place) => most[place]! > 0);
    return {
      order: this.#places.map((place) => order[place]!),
      participant: this.#places.map((place) => participant[place]!),
      quantity: this.#places.map((place) => most[place]!),
      price: Int32Array.from(this.#places, (place) => price[place]!),
    };
  }

  placeOf(matched: number): number {
    return this.#places[matched]!;
  }

  begin(): void {
    this.traded.fill(0);
    this.#full.clear();
  }

  /** The feeder of an order held back `cut` of a delivery. */
  hold(place: number, cut: number): void {
    this.#held[place]! += cut;
    this.#full.add(this.feeder[place]!);
  }

  /** Orders behind feeders that cut count for what they traded, or without patience for nothing. */
  restrict(patient: boolean): void {
    for (let place = 0; place < this.#most.length; place += 1)
      if (this.#full.has(this.feeder[place]!)) this.#most[place] = patient ? this.traded[place]! : 0;
  }

  /** Leaves in `left` what each order still wants. */
  leave(left: Uint32Array): void {
    for (let place = 0; place < left.length; place += 1)
      left[place] = this.#side.quantity[place]! - this.traded[place]!;
  }

  /** Writes down what feeders held back. */
  report({ entries }: CarrierBook): void {
    for (let place = 0; place < this.#held.length; place += 1)
      if (this.#held[place]! > 0) {
        const { order, price } = this.#side;
        entries.heldBack(this.feeder[place]!, order[place]!, this.#held[place]!, price[place]!);
      }
  }
}
