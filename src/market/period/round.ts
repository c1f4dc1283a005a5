import type { Matching, Pooling } from "../../core/clearing.js";
import type { Book, OrderColumns } from "../../core/columns.js";
import type { ClearingRules, PoolRules } from "../../core/rules.js";
import { totalNames } from "../../ledger/format/header.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import type { Accounts } from "../books/accounts.js";
import { exactSum } from "../books/amounts.js";
import type { Journal } from "../books/journal.js";
import { carrierCount, type Terms } from "../contracts/terms.js";
import type { Orders } from "./orders.js";
import type { Router } from "./router.js";

/** What the market needs of the engine: both scenarios in stages, and hashes. */
export interface MatchingEngine extends Hasher {
  /** Makes room, so that nothing moves between the stages. */
  reserve(offers: number, bids: number, storageLots?: number): void;
  /** Scenario 1. */
  match(book: Book, rules: ClearingRules): Matching;
  /** Scenario 2 from what the last matching has in `remaining`. */
  sell(pool: PoolRules, lots?: OrderColumns): Pooling;
}

const places = Object.fromEntries(totalNames.map((name, index) => [name, index])) as {
  readonly [name in (typeof totalNames)[number]]: number;
};

/** Sums of a period per carrier, in the header's order; exact at any size. */
export class Sums {
  readonly #values: Float64Array = new Float64Array(carrierCount * totalNames.length);
  /** What was carried out of the doubles before it could be rounded. */
  readonly #carried: bigint[] = Array.from({ length: this.#values.length }, () => 0n);

  /** Adds a quantity of at most 2⁵³−1. */
  add(carrier: number, name: (typeof totalNames)[number], quantity: number): void {
    const place = carrier * totalNames.length + places[name];
    const sum = this.#values[place]! + quantity;
    if (sum <= exactSum) this.#values[place] = sum;
    else {
      this.#carried[place]! += BigInt(this.#values[place]!) + BigInt(quantity);
      this.#values[place] = 0;
    }
  }

  get(carrier: number, name: (typeof totalNames)[number]): bigint {
    const place = carrier * totalNames.length + places[name];
    return this.#carried[place]! + BigInt(this.#values[place]!);
  }
}

/** What the participants got and gave in a period, by (participant, carrier), in quantity ticks. */
export class Positions {
  /** By their orders. */
  readonly bought: Float64Array;
  readonly sold: Float64Array;
  /** By their storage devices. */
  readonly drawn: Float64Array;
  readonly delivered: Float64Array;

  constructor(slots: number) {
    this.bought = new Float64Array(slots);
    this.sold = new Float64Array(slots);
    this.drawn = new Float64Array(slots);
    this.delivered = new Float64Array(slots);
  }
}

/** Everything that the steps of one period work on. */
export interface Round {
  readonly period: number;
  readonly terms: Terms;
  readonly accounts: Accounts;
  /** State of charge by device number, in quantity ticks. */
  readonly charges: number[];
  readonly orders: Orders;
  readonly journal: Journal;
  readonly router: Router;
  readonly sums: Sums;
  readonly positions: Positions;
  readonly engine: MatchingEngine;
  /** Hash of the previous block: the seed of the lottery. */
  readonly previous: Uint8Array;
}
