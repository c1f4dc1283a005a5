/**
 * What a run's blocks say of the periods before: each member's last order and what became of it, what stores hold, and
 * what each carrier cost. Strategies that learn and devices that are run by prices look at nothing else, so an
 * interrupted run goes on as it would have.
 */
import type { Block } from "../ledger/format/block.js";
import { flowCode, tradeCode } from "../ledger/format/records.js";
import { carriers } from "../units.js";
import type { Outcome } from "./members/quote.js";
import { HourlyPrices, priceDays } from "./prices.js";
import { readRecords } from "./records.js";
import type { Scenario } from "./scenario.js";

const dayMs = 86_400_000;

/** Flows that end with what a storage device holds then. */
const chargeFlows: ReadonlySet<number> = new Set([
  flowCode.charged,
  flowCode.gridCharged,
  flowCode.discharged,
  flowCode.selfDischarged,
  flowCode.used,
]);

/** The periods of a run so far; blocks come in order, each once. */
export class History {
  /** What energy cost hour by hour. */
  readonly prices: HourlyPrices;
  readonly #memory: number;
  readonly #chargeMemory: number;
  /** By storage device: what it held, and after which period. */
  readonly #charges = new Map<number, { readonly charge: number; readonly place: number }>();
  readonly #place: Float64Array;
  readonly #price: Int32Array;
  readonly #quantity: Float64Array;
  readonly #served: Float64Array;
  readonly #marketPrice: number[] = carriers.map(() => 0);
  readonly #marketPlace: number[] = carriers.map(() => Number.NEGATIVE_INFINITY);

  /** Of a run of nobody's past yet. */
  constructor(scenario: Scenario, members: number) {
    const slots = members * carriers.length;
    this.prices = new HourlyPrices(scenario);
    this.#memory = dayMs / scenario.periodMs;
    this.#chargeMemory = priceDays * this.#memory;
    this.#place = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);
    this.#price = new Int32Array(slots);
    this.#quantity = new Float64Array(slots);
    this.#served = new Float64Array(slots);
  }

  /** The last order of a member for a carrier before a period, and what became of it; null when none is remembered. */
  last(member: number, carrier: number, place: number): Outcome | null {
    const slot = member * carriers.length + carrier;
    const then = this.#place[slot]!;
    if (place - then > this.#memory) return null;
    return {
      place: then,
      price: this.#price[slot]!,
      quantity: this.#quantity[slot]!,
      served: this.#served[slot]!,
    };
  }

  /**
   * Mean price of a carrier's trades, those with the grid aside, in the last period before `place` that had any; null
   * when none is remembered.
   */
  price(carrier: number, place: number): number | null {
    return place - this.#marketPlace[carrier]! > this.#memory ? null : this.#marketPrice[carrier]!;
  }

  /**
   * What a storage device holds as far as is known before a period, in ticks, by its number; null when nothing has
   * befallen it for eight days.
   */
  charge(device: number, place: number): number | null {
    const last = this.#charges.get(device);
    return last === undefined || place - last.place > this.#chargeMemory ? null : last.charge;
  }

  /** Adds the block of the period at a place. */
  add(block: Block, place: number): void {
    const volume = carriers.map(() => 0);
    const paid = carriers.map(() => 0);
    readRecords(block, {
      order: ({ slot, quantity, price }) => {
        this.#place[slot] = place;
        this.#price[slot] = price;
        this.#quantity[slot] = quantity;
        this.#served[slot] = 0;
      },
      trade: ({ kind, carrier, quantity, supplyPrice, usePrice, seller, buyer }) => {
        // Where areas have prices the grid trades as well: what is imported or exported was not served.
        if (kind === tradeCode.grid) return;
        volume[carrier]! += quantity;
        paid[carrier]! += quantity * usePrice;
        // What the pool sold above a bid's limit, or bought below an offer's, was not the order's doing: its contract
        // agreed to that.
        if (buyer >= 0 && usePrice <= this.#price[buyer]!) this.#served[buyer]! += quantity;
        if (seller >= 0 && supplyPrice >= this.#price[seller]!) this.#served[seller]! += quantity;
      },
      flow: ({ kind, carrier, party, quantity, price, extra }) => {
        const slot = party * carriers.length + carrier;
        if (kind === flowCode.stored && price >= this.#price[slot]!) this.#served[slot]! += quantity;
        else if (chargeFlows.has(kind)) this.#charges.set(party, { charge: extra, place });
      },
    });
    this.prices.add(block, place);
    for (const [carrier, sum] of volume.entries())
      if (sum > 0) {
        this.#marketPrice[carrier] = Math.floor(paid[carrier]! / sum);
        this.#marketPlace[carrier] = place;
      }
  }
}
