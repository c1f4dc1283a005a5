/** Scenario 1 of a carrier: matching peer to peer, within what the areas carry. */
import type { TradeColumns } from "../../core/clearing.js";
import type { Book } from "../../core/columns.js";
import type { ClearingRules } from "../../core/rules.js";
import { maxPrice } from "../../units.js";
import { accountsOf, type CarrierBook, floorAt, isEmpty, type Side, sidesOf, slotAt } from "./book.js";
import { carryAll, dropCut, Restricted } from "./cuts.js";
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
 * from. Where there are no orders at all the engine stays untouched.
 */
export function matchPeers(round: Round, book: CarrierBook): Matched {
  const { rules, offers, bids } = book;
  if (isEmpty(book)) return { trades: 0, clearingPrice: null };
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
  const accounts = {
    sellers: accountsOf(workspace, "offerAccount", offers.participant),
    buyers: accountsOf(workspace, "bidAccount", bids.participant),
  };
  const sides = sidesOf(workspace, accounts, trades);
  const names = { offers: offers.order, bids: bids.order };
  const { commission } = tariff;
  const { bytes } = engine.tradeRecords({ carrier, commission, ...names, peers: trades.count, sales: 0 });
  const { offersLeft, bidsLeft } = book;
  const traded = { offers: { ...book.offers, left: offersLeft }, bids: { ...book.bids, left: bidsLeft } };
  entries.traded(bytes, sides, traded);
}

/** The rules of a carrier as the engine takes them. */
export const rulesOf = ({ mechanism, pricing, ties, k, maxCycles }: CarrierBook["rules"]): ClearingRules => ({
  mechanism,
  pricing,
  // A lottery decides the sequence of the orders: then the earlier one goes first.
  ties: ties === "lottery" ? "arrival" : ties,
  k,
  maxCycles,
});

/** The orders of a book as the engine takes them, with what their contracts say of the pool, if there is one. */
export function withPoolLimits(round: Round, book: CarrierBook): Book {
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

/** Most matchings of a carrier in a period, so that whatever areas there are its clearing has an end. */
const mostMatchings = 16;

/**
 * Matches again and again until the edges carry every trade: where one cuts, the orders behind it count in the next
 * matching for no more than they traded in this one. So no trade that can't flow keeps a buyer from another seller.
 * What the last of {@link mostMatchings} matchings trades beyond the limits is cut off and not tried again.
 */
function matchWithinAreas(round: Round, book: CarrierBook): Matched {
  const { engine } = round;
  const { router, offers, bids } = book;
  const rules = rulesOf(book.rules);
  const supply = new Restricted(router.tree, offers);
  const demand = new Restricted(router.tree, bids);
  const all = withPoolLimits(round, book);
  for (let run = 1; ; run += 1) {
    const sides = { offers: supply.counting, bids: demand.counting };
    const { trades, clearingPrice } = engine.match(run === 1 ? all : sides, rules);
    router.clear();
    const cut = carryAll(router, trades, supply, demand);
    if (cut && run < mostMatchings) {
      supply.restrict();
      demand.restrict();
      continue;
    }
    supply.leave(book.offersLeft);
    demand.leave(book.bidsLeft);
    const flowing = cut ? dropCut(trades) : trades;
    bookTrades(round, book, sides, flowing);
    supply.report(book);
    demand.report(book);
    // The pool sells from what the engine holds: all orders, not only those that the areas let take part.
    if (run > 1 && book.rules.pool !== null) engine.match(all, rules);
    return { trades: flowing.count, clearingPrice: flowing.count === 0 ? null : clearingPrice };
  }
}
