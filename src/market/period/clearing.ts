import type { Matching } from "../../core/clearing.js";
import { tierRanges } from "../../core/rules.js";
import { carriers, ppm } from "../../units.js";
import { account, accountOf } from "../books/accounts.js";
import { fee, product, scaleDown } from "../books/amounts.js";
import { flowCode, postingCode, tradeCode } from "../books/journal.js";
import type { ClearingContract, Tariff } from "../contracts/contracts.js";
import { carrierCount } from "../contracts/terms.js";
import { bookLosses, closeBids } from "./grid.js";
import { lotterySequence } from "./lottery.js";
import { bidSide } from "./orders.js";
import { sellPool, settlePool } from "./pool.js";
import type { Round } from "./round.js";

/** What a period's results say of a carrier beside the records. */
export interface CarrierOutcome {
  readonly carrier: number;
  readonly clearingPrice: number | null;
  readonly num1: number;
  readonly num2: number;
  readonly num3: number;
  readonly num4: number;
  /** Order numbers of the offers that joined the pool, and of the bids with something left after scenario 2. */
  readonly pool: Uint32Array;
  readonly rest: Uint32Array;
}

/** One side of a carrier's book: order numbers with their columns, in sequence. */
export interface Side {
  readonly order: Uint32Array;
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
}

/** Both sides, and what each order still wants as the steps go on. */
export interface CarrierBook {
  readonly carrier: number;
  readonly rules: ClearingContract;
  readonly tariff: Tariff;
  readonly offers: Side;
  readonly bids: Side;
  readonly offersLeft: Uint32Array;
  readonly bidsLeft: Uint32Array;
}

/** Clears one carrier: both scenarios, router, storage, grid, and everything posted (market rules; docs/market.md). */
export function clearCarrier(round: Round, carrier: number): CarrierOutcome {
  const rules = round.terms.clearing[carrier];
  const tariff = round.terms.payment?.tariffs[carriers[carrier]!];
  if (rules === null || rules === undefined || tariff === undefined) return nothing(carrier);
  const { offers, bids } = gather(round, carrier, rules);
  const book: CarrierBook = {
    carrier,
    rules,
    tariff,
    offers,
    bids,
    offersLeft: offers.quantity.slice(),
    bidsLeft: bids.quantity.slice(),
  };
  const { trades, clearingPrice, remaining } = match(round, book);
  const num2 = countOpen(book.offersLeft) + countOpen(book.bidsLeft);
  const pool = sellPool(round, book, remaining);
  const num4 = countOpen(book.bidsLeft);
  const rest = bids.order.filter((_, index) => book.bidsLeft[index]! > 0);
  round.orders.draw(carrier, bids.order, book.bidsLeft);
  settlePool(round, book, pool);
  closeBids(round, book);
  round.orders.draw(carrier, noOrders, noOrders);
  for (const [index, left] of book.offersLeft.entries())
    if (left > 0) {
      const order = offers.order[index]!;
      round.journal.flow(flowCode.idle, carrier, round.orders.participant[order]!, order, left, 0, 0, 0, 0);
    }
  bookLosses(round, carrier, tariff);
  return { carrier, clearingPrice, num1: trades, num2, num3: pool.sales, num4, pool: pool.joined, rest };
}

const noOrders = new Uint32Array(0);

const nothing = (carrier: number): CarrierOutcome => ({
  carrier,
  clearingPrice: null,
  num1: 0,
  num2: 0,
  num3: 0,
  num4: 0,
  pool: new Uint32Array(0),
  rest: new Uint32Array(0),
});

function countOpen(left: Uint32Array): number {
  let count = 0;
  for (let index = 0; index < left.length; index += 1) if (left[index]! > 0) count += 1;
  return count;
}

/** The live orders of a carrier in their sequence; a converter's offer is cut to what it can make of what it bought. */
function gather(round: Round, carrier: number, rules: ClearingContract): { offers: Side; bids: Side } {
  const { orders, sums, journal } = round;
  const made = converterOutput(round, carrier);
  const offers: number[] = [];
  const bids: number[] = [];
  const cut = new Map<number, number>();
  for (let order = 0; order < orders.count; order += 1) {
    if (orders.carrier[order] !== carrier) continue;
    const participant = orders.participant[order]!;
    if (orders.live[participant * carrierCount + carrier] !== order) continue;
    if (orders.side[order] === bidSide) {
      bids.push(order);
      continue;
    }
    const output = made?.get(participant);
    if (output !== undefined) {
      const quantity = Math.min(orders.quantity[order]!, output.most);
      journal.flow(flowCode.converted, carrier, participant, order, quantity, 0, 0, 0, output.input);
      if (quantity === 0) continue;
      cut.set(order, quantity);
    }
    offers.push(order);
  }
  const side = (list: number[]): Side => {
    const order = Uint32Array.from(
      rules.ties === "lottery"
        ? lotterySequence(list, orders.participant, round.previous, round.engine)
        : list,
    );
    const quantity = order.map((each) => orders.quantity[each]!);
    const price = Int32Array.from(order, (each) => orders.price[each]!);
    return { order, quantity, price };
  };
  const both = { offers: side(offers), bids: side(bids) };
  if (cut.size > 0)
    for (const [index, order] of both.offers.order.entries())
      both.offers.quantity[index] = cut.get(order) ?? both.offers.quantity[index]!;
  for (let index = 0; index < both.offers.quantity.length; index += 1)
    sums.add(carrier, "offered", both.offers.quantity[index]!);
  for (let index = 0; index < both.bids.quantity.length; index += 1)
    sums.add(carrier, "asked", both.bids.quantity[index]!);
  return both;
}

/**
 * What the converters into a carrier can offer, by participant; null when there are none. What a participant bought of
 * one input goes through its best converter from there: more of the same kind don't multiply it.
 */
function converterOutput(round: Round, carrier: number): Map<number, { most: number; input: number }> | null {
  let made: Map<number, { most: number; input: number }> | null = null;
  const best = new Map<number, number>();
  for (const { contract, participant, input, output } of round.terms.converters) {
    if (contract === null || output !== carrier) continue;
    const slot = participant * carrierCount + input;
    best.set(slot, Math.max(best.get(slot) ?? 0, contract.ratio));
  }
  for (const [slot, ratio] of best) {
    made ??= new Map();
    const participant = Math.floor(slot / carrierCount);
    const bought = round.positions.bought[slot]!;
    const before = made.get(participant) ?? { most: 0, input: 0 };
    made.set(participant, {
      most: before.most + scaleDown(bought, ratio, ppm),
      input: before.input + bought,
    });
  }
  return made;
}

/** Scenario 1 with router, fees and postings: how many trades stood, and the engine's view of what is left. */
function match(
  round: Round,
  book: CarrierBook,
): { trades: number; clearingPrice: number | null; remaining: Matching["remaining"] | null } {
  const { carrier, rules, offers, bids } = book;
  if (offers.order.length === 0 && bids.order.length === 0)
    return { trades: 0, clearingPrice: null, remaining: null };
  // Room for every device's lot, so that selling does not move what matching left.
  round.engine.reserve(offers.order.length, bids.order.length, round.terms.devices.length);
  const { mechanism, pricing, k, maxCycles } = rules;
  const matching = round.engine.match({ offers, bids }, { mechanism, pricing, k, maxCycles });
  const { trades } = matching;
  book.offersLeft.set(matching.remaining.offers);
  book.bidsLeft.set(matching.remaining.bids);
  const count = trades.count;
  let kept = count;
  let quantity = trades.quantity;
  if (round.router.present[carrier]) {
    quantity = quantity.slice(0, count);
    kept = curtail(round, book, trades.offer, trades.bid, quantity, trades.price);
  }
  const { orders, journal, positions } = round;
  let traded = 0;
  let position = 0;
  let place = 0;
  for (const { tier, end } of tierRanges(book.tariff.commission, kept))
    for (; position < end; place += 1) {
      const energy = quantity[place]!;
      if (energy === 0) continue;
      const offer = offers.order[trades.offer[place]!]!;
      const bid = bids.order[trades.bid[place]!]!;
      const price = trades.price[place]!;
      const seller = orders.participant[offer]!;
      const buyer = orders.participant[bid]!;
      const amount = product(energy, price);
      const supplyFee = fee(amount, tier.supply);
      const useFee = fee(amount, tier.use);
      const trade = journal.trade(
        tradeCode.peer,
        carrier,
        offer,
        bid,
        energy,
        price,
        position,
        supplyFee,
        useFee,
      );
      journal.post(postingCode.energy, carrier, accountOf(buyer), accountOf(seller), trade, amount);
      journal.post(postingCode.supplyFee, carrier, accountOf(seller), account.commission, trade, supplyFee);
      journal.post(postingCode.useFee, carrier, accountOf(buyer), account.commission, trade, useFee);
      positions.sold[seller * carrierCount + carrier]! += energy;
      positions.bought[buyer * carrierCount + carrier]! += energy;
      traded += energy;
      position += 1;
    }
  round.sums.add(carrier, "traded", traded);
  const clearingPrice = kept === 0 ? null : matching.clearingPrice;
  return { trades: kept, clearingPrice, remaining: matching.remaining };
}

/** Cuts trades, in order of execution, to what the feeders still carry, and gives the rest back; returns how many stand. */
function curtail(
  round: Round,
  book: CarrierBook,
  offer: Uint32Array,
  bid: Uint32Array,
  quantity: Uint32Array,
  price: Int32Array,
): number {
  const { carrier, offers, bids } = book;
  const { orders, router, terms } = round;
  let kept = 0;
  for (let place = 0; place < quantity.length; place += 1) {
    const from = terms.feederOf[orders.participant[offers.order[offer[place]!]!]! * carrierCount + carrier]!;
    const to = terms.feederOf[orders.participant[bids.order[bid[place]!]!]! * carrierCount + carrier]!;
    const carried = router.carry(from, to, quantity[place]!);
    const cut = quantity[place]! - carried;
    if (cut > 0) {
      book.offersLeft[offer[place]!]! += cut;
      book.bidsLeft[bid[place]!]! += cut;
      bookCut(round, carrier, router.bottleneck(from, to), offers.order[offer[place]!]!, cut, price[place]!);
    }
    quantity[place] = carried;
    if (carried > 0) kept += 1;
  }
  return kept;
}

/** Shows what a feeder held back; `order` is the offer's number, 0xffffffff for a storage lot. */
export function bookCut(
  round: Round,
  carrier: number,
  feeder: number,
  order: number,
  quantity: number,
  price: number,
): void {
  round.journal.flow(flowCode.feederCurtailed, carrier, feeder, order, quantity, 0, price, 0, 0);
}
