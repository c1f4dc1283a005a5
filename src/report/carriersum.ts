/**
 * What only a community has of a carrier's trading, block by block: prices and how they stray, all that came over the
 * grid connection, welfare beside the best there was, and imports beside idle offers.
 */
import type { Totals } from "../ledger/format/header.js";
import { product } from "../market/books/amounts.js";
import { ExactSums, floored, squareRoot } from "./exact.js";
import type { Peak, Prices } from "./tradingsum.js";
import { bestWelfare, type Limits, overlapOf } from "./welfare.js";

/** The most so far of what each slot takes in a period, and what it takes in this one. */
export class Peaks {
  readonly #most = new Map<number, Peak>();
  readonly #now = new Map<number, number>();

  /** Adds to what a slot takes in the period at hand. */
  add(slot: number, quantity: number): void {
    this.#now.set(slot, (this.#now.get(slot) ?? 0) + quantity);
  }

  /** Ends the period at hand. */
  close(period: number): void {
    for (const [slot, quantity] of this.#now) this.take(slot, BigInt(quantity), period);
    this.#now.clear();
  }

  /** Takes all that a slot took in a period. */
  take(slot: number, quantity: bigint, period: number): void {
    if (quantity > (this.#most.get(slot)?.quantity ?? 0n)) this.#most.set(slot, { quantity, period });
  }

  of(slot: number): Peak | null {
    return this.#most.get(slot) ?? null;
  }
}

/** What bids paid others, by trades. */
class PriceSums {
  #lowest = Number.POSITIVE_INFINITY;
  #highest = Number.NEGATIVE_INFINITY;
  #volume = 0n;
  #paid = 0n;
  /** Σ over periods of volume × mean price of the period, and × that price squared. */
  #means = 0n;
  #squares = 0n;
  #volumeNow = 0;
  readonly #paidNow: ExactSums = new ExactSums(1);
  #paidBefore = 0n;

  add(quantity: number, price: number): void {
    this.#lowest = Math.min(this.#lowest, price);
    this.#highest = Math.max(this.#highest, price);
    this.#volumeNow += quantity;
    this.#paidNow.add(0, product(quantity, price));
  }

  close(): void {
    if (this.#volumeNow === 0) return;
    const volume = BigInt(this.#volumeNow);
    const all = this.#paidNow.get(0);
    const mean = floored(all - this.#paidBefore, volume);
    this.#paidBefore = all;
    this.#volumeNow = 0;
    this.#volume += volume;
    this.#paid = all;
    this.#means += volume * mean;
    this.#squares += volume * mean * mean;
  }

  result(): Prices | null {
    if (this.#volume === 0n) return null;
    const variance = this.#volume * this.#squares - this.#means * this.#means;
    return {
      mean: floored(this.#paid, this.#volume),
      lowest: this.#lowest,
      highest: this.#highest,
      deviation: squareRoot(variance) / this.#volume,
    };
  }
}

const noLimits = (): Limits => ({ price: [], quantity: [] });

/** The sums of one carrier; blocks come in order, each opened, filled and closed. */
export class CarrierSum {
  readonly prices: PriceSums = new PriceSums();
  /** The tariff in force, in price ticks. */
  retail = 0;
  imported = 0n;
  exported = 0n;
  /** mg of CO2 per kWh × quantity ticks, of all that was imported. */
  gridCo2 = 0n;
  bestWelfare = 0n;
  overlap = 0n;
  overlapLoss = 0n;
  readonly #welfare = new ExactSums(1);
  readonly #peaks = new Peaks();
  #offers: Limits = noLimits();
  #bids: Limits = noLimits();
  #idle: Limits = noLimits();
  #importedForBids = 0;

  /** Begins a block. */
  open(): void {
    this.#offers = noLimits();
    this.#bids = noLimits();
    this.#idle = noLimits();
    this.#importedForBids = 0;
  }

  /** An offer or a bid that counts for a quantity, and what is left of it. */
  order(isOffer: boolean, price: number, { quantity, left }: { quantity: number; left: number }): void {
    const side = isOffer ? this.#offers : this.#bids;
    side.price.push(price);
    side.quantity.push(quantity);
    if (!isOffer || left === 0 || price > this.retail) return;
    this.#idle.price.push(price);
    this.#idle.quantity.push(left);
  }

  /** A trade between two orders, by what its buyer would pay more than its seller wants. */
  tradedFor(quantity: number, gap: number): void {
    this.#welfare.add(0, product(quantity, gap));
  }

  importedForBid(quantity: number): void {
    this.#importedForBids += quantity;
  }

  /** Ends the block. */
  close(period: number, { imported, exported }: Totals, intensity: number): void {
    this.prices.close();
    this.imported += imported;
    this.exported += exported;
    this.gridCo2 += imported * BigInt(intensity);
    this.#peaks.take(0, imported, period);
    this.#peaks.take(1, exported, period);
    this.bestWelfare += bestWelfare(this.#offers, this.#bids);
    const { quantity, loss } = overlapOf(this.#idle, this.#importedForBids, this.retail);
    this.overlap += BigInt(quantity);
    this.overlapLoss += loss;
  }

  get welfare(): bigint {
    return this.#welfare.get(0);
  }

  get peakImport(): Peak | null {
    return this.#peaks.of(0);
  }

  get peakExport(): Peak | null {
    return this.#peaks.of(1);
  }
}
