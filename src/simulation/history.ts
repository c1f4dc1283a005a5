/**
 * What a run's blocks say of the orders before: each member's last and what became of it, and what each carrier cost.
 * Strategies that learn look at nothing else, so an interrupted run learns the same again.
 */
import type { Block } from "../ledger/format/block.js";
import { flowCode, tradeCode } from "../ledger/format/records.js";
import { carriers } from "../units.js";
import type { Outcome } from "./members/quote.js";
import { readRecords } from "./records.js";

/** The orders of a run so far; blocks come in order, each once. */
export class History {
  readonly #memory: number;
  readonly #place: Float64Array;
  readonly #price: Int32Array;
  readonly #quantity: Float64Array;
  readonly #served: Float64Array;
  readonly #marketPrice: number[] = carriers.map(() => 0);
  readonly #marketPlace: number[] = carriers.map(() => Number.NEGATIVE_INFINITY);

  /** @param memory how many periods back anybody remembers */
  constructor(members: number, memory: number) {
    const slots = members * carriers.length;
    this.#memory = memory;
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

  /** Adds the block of the period at a place. */
  add(block: Block, place: number): void {
    const volume = carriers.map(() => 0);
    const paid = carriers.map(() => 0);
    readRecords(block, {
      order: (slot, quantity, price) => {
        this.#place[slot] = place;
        this.#price[slot] = price;
        this.#quantity[slot] = quantity;
        this.#served[slot] = 0;
      },
      trade: ({ kind, carrier, quantity, usePrice, seller, buyer }) => {
        // Where areas have prices the grid trades as well: what is imported or exported was not served.
        if (kind === tradeCode.grid) return;
        volume[carrier]! += quantity;
        paid[carrier]! += quantity * usePrice;
        if (buyer >= 0) this.#served[buyer]! += quantity;
        if (seller >= 0) this.#served[seller]! += quantity;
      },
      flow: ({ kind, carrier, party, quantity }) => {
        if (kind === flowCode.stored) this.#served[party * carriers.length + carrier]! += quantity;
      },
    });
    for (const [carrier, sum] of volume.entries())
      if (sum > 0) {
        this.#marketPrice[carrier] = Math.floor(paid[carrier]! / sum);
        this.#marketPlace[carrier] = place;
      }
  }
}
