/** Scenario 1 of a carrier: matching peer to peer, within what the areas carry. */
import type { TradeColumns } from "../../core/clearing.js";
import type { Book } from "../../core/columns.js";
import type { ClearingRules } from "../../core/rules.js";
import { maxPrice } from "../../units.js";
import { accountsOf, type CarrierBook, floorAt, type Side, slotAt } from "./book.js";
import type { Round } from "./round.js";
import type { Router } from "./router.js";

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
  const { rules, offers, bids } = book;
  if (offers.order.length === 0 && bids.order.length === 0) return null;
  // Room for every device's lot, so that selling does not move what matching left.
  round.engine.reserve(offers.order.length, bids.order.length, round.terms.devices.length);
  if (book.router.present) return matchWithinAreas(round, book);
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
  const buyers = {
    account: accountsOf(workspace, "bidAccount", bids.participant),
    place: workspace.copied("bidPlace", trades.bid),
  };
  const sellers = {
    account: accountsOf(workspace, "offerAccount", offers.participant),
    place: workspace.copied("offerPlace", trades.offer),
  };
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

/** So often an edge may cut before the orders behind it are left out of the matching. */
const patience = 16;

/**
 * Matches again and again until the edges carry every trade: where one cuts, the orders behind it count in the next
 * matching for no more than they traded in this one. So no trade that can't flow sets a price or keeps a buyer from
 * another seller. An edge that still cuts after {@link patience} matchings has the orders behind it left out, so that
 * it cuts no more that way: there are at most `patience` + 2 × edges matchings.
 */
function matchWithinAreas(round: Round, book: CarrierBook): Matched {
  const { engine } = round;
  const { router, offers, bids } = book;
  const rules = rulesOf(book.rules);
  const supply = new Restricted(router, offers);
  const demand = new Restricted(router, bids);
  for (let run = 1; ; run += 1) {
    const sides = { offers: supply.restricted(), bids: demand.restricted() };
    const { trades, clearingPrice } = engine.match(sides, rules);
    router.clear();
    if (carryAll(router, trades, supply, demand)) {
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
    // The pool sells from what the engine holds: all orders, not only those that the areas let take part.
    if (run > 1 || book.rules.pool !== null) engine.match(withPoolLimits(round, book), rules);
    return { trades: count, clearingPrice: count === 0 ? null : clearingPrice };
  }
}

/** Carries trades in order of execution as far as the edges let them through; returns whether any was cut. */
function carryAll(
  router: Router,
  { count, offer, bid, quantity }: TradeColumns,
  supply: Restricted,
  demand: Restricted,
): boolean {
  supply.begin();
  demand.begin();
  let anyCut = false;
  for (let place = 0; place < count; place += 1) {
    const [seller, buyer] = [supply.placeOf(offer[place]!), demand.placeOf(bid[place]!)];
    const [from, to] = [supply.area[seller]!, demand.area[buyer]!];
    const carried = router.carry(from, to, quantity[place]!);
    const cut = quantity[place]! - carried;
    supply.traded[seller]! += carried;
    demand.traded[buyer]! += carried;
    if (cut === 0) continue;
    anyCut = true;
    const { place: edge, outward } = router.bottleneck(from, to);
    if (outward) supply.hold(seller, cut, edge);
    else demand.hold(buyer, cut, edge);
  }
  return anyCut;
}

/** One side of the book, of which orders behind full edges count for less and less. */
class Restricted {
  /** By place in the side: the area of the order, and what it traded in this matching. */
  readonly area: Uint16Array;
  readonly traded: Uint32Array;
  readonly #router: Router;
  readonly #side: Side;
  /** By place: for how much the order counts, how much edges held back of it, and which of them did so first. */
  readonly #most: Uint32Array;
  readonly #held: Float64Array;
  readonly #heldBy: Uint16Array;
  /** By area: whether the edge above it cut in this matching. */
  readonly #full: Uint8Array;
  /** By place in the last matching: place in the side. */
  #places: Uint32Array = new Uint32Array(0);

  constructor(router: Router, side: Side) {
    this.#router = router;
    this.#side = side;
    this.area = side.area;
    this.#most = side.quantity.slice();
    this.#held = new Float64Array(side.order.length);
    this.#heldBy = new Uint16Array(side.order.length);
    this.#full = new Uint8Array(router.tree.count);
    this.traded = new Uint32Array(side.order.length);
  }

  /** The orders that still count, for as much as they do. */
  restricted(): Side {
    const { order, participant, price, area } = this.#side;
    const most = this.#most;
    this.#places = Uint32Array.from(order.keys()).filter((place) => most[place]! > 0);
    return {
      order: this.#places.map((place) => order[place]!),
      participant: this.#places.map((place) => participant[place]!),
      quantity: this.#places.map((place) => most[place]!),
      price: Int32Array.from(this.#places, (place) => price[place]!),
      area: Uint16Array.from(this.#places, (place) => area[place]!),
    };
  }

  placeOf(matched: number): number {
    return this.#places[matched]!;
  }

  begin(): void {
    this.traded.fill(0);
    this.#full.fill(0);
  }

  /** An edge held back `cut` of a delivery of an order. */
  hold(place: number, cut: number, edge: number): void {
    if (this.#held[place] === 0) this.#heldBy[place] = edge;
    this.#held[place]! += cut;
    this.#full[edge] = 1;
  }

  /** Orders behind edges that cut count for what they traded, or without patience for nothing. */
  restrict(patient: boolean): void {
    const { parents } = this.#router.tree;
    const behind = this.#full;
    for (let place = 1; place < behind.length; place += 1) behind[place]! |= behind[parents[place]!]!;
    for (let place = 0; place < this.#most.length; place += 1)
      if (behind[this.area[place]!] === 1) this.#most[place] = patient ? this.traded[place]! : 0;
  }

  /** Leaves in `left` what each order still wants. */
  leave(left: Uint32Array): void {
    for (let place = 0; place < left.length; place += 1)
      left[place] = this.#side.quantity[place]! - this.traded[place]!;
  }

  /** Writes down what edges held back. */
  report({ entries }: CarrierBook): void {
    const { numbers } = this.#router.tree;
    const { order, price } = this.#side;
    for (let place = 0; place < this.#held.length; place += 1)
      if (this.#held[place]! > 0) {
        const area = numbers[this.#heldBy[place]!]!;
        entries.heldBack(area, order[place]!, this.#held[place]!, price[place]!);
      }
  }
}
