/**
 * The book of one carrier in one period: the live orders in their sequence, what each still wants as the steps go on,
 * and the entries that the steps write.
 */
import { carriers, ppm } from "../../units.js";
import { scaleDown } from "../books/amounts.js";
import type { ClearingContract, Tariff } from "../contracts/contracts.js";
import { carrierCount } from "../contracts/terms.js";
import { Entries } from "./entries.js";
import { lotterySequence } from "./lottery.js";
import { bidSide } from "./orders.js";
import type { Round } from "./round.js";

/** One side of a carrier's book: order numbers with their columns, in sequence. */
export interface Side {
  readonly order: Uint32Array;
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
}

/** Both sides, and what each order still wants. */
export interface CarrierBook {
  readonly carrier: number;
  readonly rules: ClearingContract;
  readonly tariff: Tariff;
  readonly offers: Side;
  readonly bids: Side;
  readonly offersLeft: Uint32Array;
  readonly bidsLeft: Uint32Array;
  readonly entries: Entries;
}

/** Opens the book of a carrier; null without a clearing contract or tariff. A converter's offer is cut to what it makes. */
export function openBook(round: Round, carrier: number): CarrierBook | null {
  const rules = round.terms.clearing[carrier];
  const tariff = round.terms.payment?.tariffs[carriers[carrier]!];
  if (rules === null || rules === undefined || tariff === undefined) return null;
  const entries = new Entries(round, carrier);
  const { offers, bids, cut } = gather(round, carrier, entries);
  const side = (list: number[]): Side => {
    const order = Uint32Array.from(rules.ties === "lottery" ? lotterySequence(list, round) : list);
    const quantity = order.map((each) => cut.get(each) ?? round.orders.quantity[each]!);
    const price = Int32Array.from(order, (each) => round.orders.price[each]!);
    return { order, quantity, price };
  };
  const book = { carrier, rules, tariff, entries, offers: side(offers), bids: side(bids) };
  entries.opened(book.offers.quantity, book.bids.quantity);
  return { ...book, offersLeft: book.offers.quantity.slice(), bidsLeft: book.bids.quantity.slice() };
}

/** The live orders of a carrier by arrival, and what the offers of converters are cut to. */
function gather(
  round: Round,
  carrier: number,
  entries: Entries,
): { offers: number[]; bids: number[]; cut: Map<number, number> } {
  const { orders } = round;
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
      entries.converted(order, quantity, output.input);
      if (quantity === 0) continue;
      cut.set(order, quantity);
    }
    offers.push(order);
  }
  return { offers, bids, cut };
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
