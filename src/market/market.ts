import type { GridclearError } from "../errors.js";
import type { Block } from "../ledger/block.js";
import type { Totals } from "../ledger/header.js";
import type { Carrier } from "../units.js";
import type { Contract } from "./contracts.js";

/** An order in exact decimals: an offer sells, a bid buys. A quantity of `"0"` withdraws. */
export interface Order {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  /** Exact decimal in the market's unit, such as `"1.25"` kWh. */
  readonly quantity: string;
  /** Exact decimal per unit, such as `"0.43"`; negative prices are legal. */
  readonly price: string;
  /** Ed25519 signature of the order's statement (64 bytes); needed in a signed market. */
  readonly signature?: Uint8Array;
}

/** What became of an order or a withdrawal. */
export type OrderResult =
  | {
      readonly status: "accepted";
      /** Its number in the block of `period`: its place in arrival order. */
      readonly sequence: number;
      readonly period: number;
      /** Number of the order it replaced. */
      readonly replaced: number | null;
    }
  | { readonly status: "refused"; readonly error: GridclearError };

/** Many orders at once, in ticks: columns of one length. */
export interface OrderBatch {
  /** Participant numbers. */
  readonly participant: Uint32Array;
  /** Carrier codes. */
  readonly carrier: Uint8Array;
  /** 0 offer, 1 bid. */
  readonly side: Uint8Array;
  /** Quantity ticks; 0 withdraws. */
  readonly quantity: Uint32Array;
  /** Price ticks. */
  readonly price: Int32Array;
}

/** What a two-way meter said, in exact decimals. */
export interface Reading {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly period: number;
  /** Energy drawn from, and fed into, the network. */
  readonly in: string;
  readonly out: string;
  /** 1 (default) for the first reading, one more for each correction. */
  readonly version?: number;
}

/** The paper's counters of one carrier: peer trades, orders open after scenario 1, pool trades, bids open after scenario 2. */
export interface Counters {
  readonly num1: number;
  readonly num2: number;
  readonly num3: number;
  readonly num4: number;
}

/** What happened to one carrier in a period. */
export interface CarrierResult {
  readonly carrier: Carrier;
  /** Price tick of a uniform clearing; null without. */
  readonly clearingPrice: number | null;
  readonly counters: Counters;
  readonly totals: Totals;
  /** Order numbers of the offers that joined the pool (the paper's supply_id_pool). */
  readonly pool: Uint32Array;
  /** Order numbers of the bids not wholly filled after scenario 2 (the paper's consumer_id_rest). */
  readonly rest: Uint32Array;
}
