/**
 * The most that a carrier's orders could have come to in a period, the yardstick for what they came to; and how evenly
 * what people saved is spread. Both are plain functions of numbers (docs/indicators.md has the formulas).
 */
import { product } from "../market/books/amounts.js";
import { ppm } from "../units.js";
import { ExactSums } from "./exact.js";

/** Orders of one side, by place: limits in price ticks and quantities in quantity ticks. */
export interface Limits {
  readonly price: number[];
  readonly quantity: number[];
}

/** Places of orders, the lowest limit first, or the highest. */
function ranked({ price }: Limits, lowestFirst: boolean): Uint32Array {
  const places = Uint32Array.from(price, (_, place) => place);
  return places.sort((a, b) => (lowestFirst ? price[a]! - price[b]! : price[b]! - price[a]!));
}

/**
 * Σ quantity × (limit of the bid − limit of the offer) of the merit order without areas, in amount ticks: the cheapest
 * offer serves the dearest bid, whatever part of it it can, for as long as that is worth something. No set of trades
 * between these orders comes to more.
 */
export function bestWelfare(offers: Limits, bids: Limits): bigint {
  const [cheap, dear] = [ranked(offers, true), ranked(bids, false)];
  const sum = new ExactSums(1);
  let [offer, bid] = [0, 0];
  let supply = offers.quantity[cheap[0]!] ?? 0;
  let demand = bids.quantity[dear[0]!] ?? 0;
  while (offer < cheap.length && bid < dear.length) {
    const gap = bids.price[dear[bid]!]! - offers.price[cheap[offer]!]!;
    if (gap <= 0) break;
    const quantity = Math.min(supply, demand);
    sum.add(0, product(quantity, gap));
    supply -= quantity;
    demand -= quantity;
    if (supply === 0) supply = offers.quantity[cheap[++offer]!] ?? 0;
    if (demand === 0) demand = bids.quantity[dear[++bid]!] ?? 0;
  }
  return sum.get(0);
}

/** What offers nobody took could have replaced of what was imported. */
export interface Overlap {
  /** The smaller of both, in quantity ticks. */
  readonly quantity: number;
  /** What the cheapest of those offers would have saved against the retail tariff, in amount ticks. */
  readonly loss: bigint;
}

/**
 * The overlap of what is left of offers and what was imported for bids at the same time.
 *
 * @param idle what is left of offers whose limit is at most the retail tariff
 */
export function overlapOf(idle: Limits, imported: number, retail: number): Overlap {
  const loss = new ExactSums(1);
  let open = imported;
  for (const place of ranked(idle, true)) {
    if (open === 0) break;
    const quantity = Math.min(open, idle.quantity[place]!);
    loss.add(0, product(quantity, retail - idle.price[place]!));
    open -= quantity;
  }
  return { quantity: imported - open, loss: loss.get(0) };
}

/**
 * The Gini coefficient in ppm: 0 where all have the same, near 1,000,000 where one has everything. Values below zero
 * count by their size in the divisor, so that it stays within 0 and 1; null where all are zero, or there are none.
 */
export function gini(values: readonly bigint[]): number | null {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const count = BigInt(sorted.length);
  let differences = 0n;
  let sizes = 0n;
  for (const [index, value] of sorted.entries()) {
    differences += (2n * BigInt(index) + 1n - count) * value;
    sizes += value < 0n ? -value : value;
  }
  return sizes === 0n ? null : Number((differences * BigInt(ppm)) / (count * sizes));
}
