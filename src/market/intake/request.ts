import type { GridclearError } from "../../errors.js";
import type { Carrier } from "../../units.js";

/** An order in exact decimals: an offer sells, a bid buys. */
export interface Order {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  /** Exact decimal in the market's unit, such as `"1.25"` kWh; above 0. */
  readonly quantity: string;
  /** Limit per unit, such as `"0.43"`; negative prices are legal. */
  readonly price: string;
  /**
   * Its place among the orders of this participant and carrier in the period, from 0, which its signature covers.
   * Default: the next.
   */
  readonly revision?: number;
}

/** What became of an order or a withdrawal. */
export type OrderResult =
  | {
      readonly status: "accepted";
      /** Its number in the block of `period`: its place in arrival order. */
      readonly sequence: number;
      readonly period: number;
      /** Its place among the orders of this participant and carrier in the period, from 0. */
      readonly revision: number;
      /** Number of the order that it replaced or withdrew. */
      readonly replaced: number | null;
    }
  | Refused;

/** A well-formed request that was not granted, or one that was not well-formed. */
export interface Refused {
  readonly status: "refused";
  readonly error: GridclearError;
}

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
  /**
   * The place of each among the orders of its participant and carrier in the period, from 0; in signed batches.
   * Default: as if the batch had the first of them.
   */
  readonly revision?: Uint16Array;
}

/** What became of a batch: the sequence of the first order taken, how many were, and why others were not, by place. */
export interface BatchResult {
  readonly first: number;
  readonly accepted: number;
  readonly refused: readonly { readonly index: number; readonly error: GridclearError }[];
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

/** What became of a contract or a reading. */
export type Taken = { readonly status: "accepted"; readonly period: number } | Refused;
