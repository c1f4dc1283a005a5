/**
 * The book of one carrier in one period: the live orders in their sequence, what each still wants as the steps go on,
 * and the entries that the steps write.
 */
import { carriers, ppm } from "../../units.js";
import { accountOf } from "../books/accounts.js";
import { scaleDown } from "../books/amounts.js";
import type { TradeSides } from "../books/payments.js";
import type { Workspace } from "../books/workspace.js";
import { pricesAreas } from "../contracts/areas.js";
import type { ClearingContract, PeriodTariff } from "../contracts/contracts.js";
import { carrierCount, type Terms } from "../contracts/terms.js";
import { GridTrades } from "./across.js";
import { Entries } from "./entries.js";
import { bidSide } from "./orders.js";
import type { Round } from "./round.js";
import { Router } from "./router.js";

/** One side of a carrier's book: order numbers with their columns, in sequence. */
export interface Side {
  readonly order: Uint32Array;
  readonly participant: Uint32Array;
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
  /** Place of the participant's area in the tree of the carrier. */
  readonly area: Uint16Array;
}

/** Both sides, and what each order still wants; columns are views, until another carrier's book opens. */
export interface CarrierBook {
  readonly carrier: number;
  readonly rules: ClearingContract;
  readonly tariff: PeriodTariff;
  readonly offers: Side;
  readonly bids: Side;
  readonly offersLeft: Uint32Array;
  readonly bidsLeft: Uint32Array;
  readonly entries: Entries;
  /** The areas, as the deliveries of this period meet them. */
  readonly router: Router;
  /** Where each area has its own price: trades with the grid after the clearing, to be written. Null where not. */
  readonly across: GridTrades | null;
}

/** Whether nobody has an order. */
export const isEmpty = ({ offers, bids }: CarrierBook): boolean =>
  offers.order.length + bids.order.length === 0;

/** Place of an order's participant and the book's carrier in the columns of terms. */
export const slotAt = ({ carrier }: CarrierBook, { participant }: Side, place: number): number =>
  participant[place]! * carrierCount + carrier;

/** The accounts of participants, in a column of the workspace. */
export function accountsOf(
  workspace: Workspace,
  name: "offerAccount" | "bidAccount",
  participant: Uint32Array,
): Uint32Array {
  const column = workspace.u32(name, participant.length);
  for (let place = 0; place < column.length; place += 1) column[place] = accountOf(participant[place]!);
  return column;
}

/**
 * The sides of trades that stand in the engine's columns, of which they have copies: writing the records may move the
 * engine's.
 */
export function sidesOf(
  workspace: Workspace,
  { sellers, buyers }: { readonly sellers: Uint32Array; readonly buyers: Uint32Array },
  trades: { readonly offer: Uint32Array; readonly bid: Uint32Array },
): TradeSides {
  return {
    sellers: { account: sellers, place: workspace.copied("offerPlace", trades.offer) },
    buyers: { account: buyers, place: workspace.copied("bidPlace", trades.bid) },
  };
}

/** The price from which on what is left of an offer may be sold outside scenario 1; infinite where it may not. */
export const floorAt = ({ resolved }: Round, book: CarrierBook, place: number): number =>
  resolved.floorOf(slotAt(book, book.offers, place), book.offers.price[place]!);

/**
 * Opens the book of a carrier; null without a clearing contract or tariff. A converter's offer is cut to what it makes,
 * its bid to what it will sell.
 */
export function openBook(round: Round, carrier: number): CarrierBook | null {
  const rules = round.terms.clearing[carrier];
  const tariff = round.terms.tariffs?.[carriers[carrier]!];
  if (rules === null || rules === undefined || tariff === undefined) return null;
  const entries = new Entries(round, carrier);
  const { offers, bids, cut } = gather(round, carrier, entries);
  const { workspace } = round;
  const side = (name: "offer" | "bid", numbers: Uint32Array): Side => {
    const order = rules.ties === "lottery" ? round.lottery.sequence(numbers, round.orders) : numbers;
    const participant = workspace.u32(`${name}Participant`, order.length);
    const quantity = workspace.u32(`${name}Quantity`, order.length);
    const price = workspace.i32(`${name}Price`, order.length);
    for (let place = 0; place < order.length; place += 1) {
      participant[place] = round.orders.participantOf(order[place]!);
      quantity[place] = round.orders.quantityOf(order[place]!);
      price[place] = round.orders.priceOf(order[place]!);
    }
    const area = workspace.u16(`${name}Area`, order.length);
    placeInAreas(round.terms, carrier, participant, area);
    if (cut.size > 0)
      for (const [place, number] of order.entries()) quantity[place] = cut.get(number) ?? quantity[place]!;
    return { order, participant, quantity, price, area };
  };
  const router = new Router(round.terms.areas, carrier, round.period);
  const sides = { offers: side("offer", offers), bids: side("bid", bids) };
  const isPriced = round.terms.areas.count(carrier) > 0 && pricesAreas(rules);
  const across = isPriced ? new GridTrades(round, carrier, tariff) : null;
  const book = { carrier, rules, tariff, entries, router, across, ...sides };
  entries.opened(book.offers.quantity, book.bids.quantity);
  return {
    ...book,
    offersLeft: workspace.copied("offerLeft", book.offers.quantity),
    bidsLeft: workspace.copied("bidLeft", book.bids.quantity),
  };
}

/** Leaves in `places` where the areas of participants stand in the tree of a carrier. */
function placeInAreas(
  { areas, areaOf }: Terms,
  carrier: number,
  participants: Uint32Array,
  places: Uint16Array,
): void {
  places.fill(0);
  if (areas.count(carrier) < 2) return;
  for (let at = 0; at < places.length; at += 1)
    places[at] = areas.placeOf(areaOf[participants[at]! * carrierCount + carrier]!);
}

/** The live orders of a carrier by arrival, and what the offers and bids of converters are cut to. */
function gather(
  round: Round,
  carrier: number,
  entries: Entries,
): { offers: Uint32Array; bids: Uint32Array; cut: Map<number, number> } {
  const { orders } = round;
  const made = converterOutput(round, carrier);
  const numbers = orders.ofCarrier(carrier);
  const offers = round.workspace.u32("gatheredOffers", numbers.length);
  const bids = round.workspace.u32("gatheredBids", numbers.length);
  const cut = new Map<number, number>();
  let offerCount = 0;
  let bidCount = 0;
  for (let at = 0; at < numbers.length; at += 1) {
    const order = numbers[at]!;
    const participant = orders.participantOf(order);
    if (orders.live[participant * carrierCount + carrier] !== order) continue;
    if (orders.sideOf(order) === bidSide) {
      const most = round.linked.get(participant * carrierCount + carrier);
      if (most !== undefined && most < orders.quantityOf(order)) {
        entries.linked(order, most);
        if (most === 0) continue;
        cut.set(order, most);
      }
      bids[bidCount++] = order;
      continue;
    }
    const output = made?.get(participant);
    if (output !== undefined) {
      const quantity = Math.min(orders.quantityOf(order), output.most);
      entries.converted(order, quantity, output.input);
      if (quantity === 0) continue;
      cut.set(order, quantity);
    }
    offers[offerCount++] = order;
  }
  return { offers: offers.subarray(0, offerCount), bids: bids.subarray(0, bidCount), cut };
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
