/**
 * What comes into a market from outside, and what becomes of it. Orders and readings are in exact decimals of the
 * market's units; columns, records and results are in whole ticks (`formatTicks` and {@link Market.ticks} turn them
 * back).
 */
import type { GridclearError } from "../../errors.js";
import type { Carrier } from "../../units.js";

/** An order in exact decimals: an offer sells, a bid buys. */
export interface Order {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  /**
   * Exact decimal in the market's unit, such as `"1.25"` kWh; `"0"`, at price `"0"`, takes back what stands on this
   * side.
   */
  readonly quantity: string;
  /** Limit per unit, such as `"0.43"`; negative prices are legal. */
  readonly price: string;
  /**
   * Its place among the orders of this participant and carrier in the period, from 0, withdrawals counted; a signature
   * covers it. Default: the next.
   */
  readonly revision?: number;
}

/** An order, or a withdrawal, that was taken. */
export interface AcceptedOrder {
  readonly status: "accepted";
  /** Its number in the block of `period`: its place in arrival order. */
  readonly sequence: number;
  readonly period: number;
  /** Its place among the orders of this participant and carrier in the period, from 0. */
  readonly revision: number;
  /** Number of the order that it replaced or withdrew. */
  readonly replaced: number | null;
  /** Its record, as it will stand in the block: 16 bytes of the caller's own. */
  readonly record: Uint8Array;
}

/** What became of an order or a withdrawal. */
export type OrderResult = AcceptedOrder | Refused;

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
  /** The revision of each, as in {@link Order.revision}. Default: the next of each participant and carrier. */
  readonly revision?: Uint16Array;
}

/** A gateway's signature over the root of a batch's records. */
export interface BatchProof {
  /** The gateway's public key, 32 bytes. */
  readonly gateway: Uint8Array;
  readonly signature: Uint8Array;
}

/** What became of a batch: the sequence of the first order taken, how many were, and why others were not, by place. */
export interface BatchResult {
  readonly first: number;
  readonly accepted: number;
  readonly period: number;
  readonly refused: readonly { readonly index: number; readonly error: GridclearError }[];
}

/** Orders under one signature: one by its participant, or many by a gateway. */
export interface SignedOrders {
  /** Their records, end to end ({@link Market.record}, {@link Market.records}). */
  readonly records: Uint8Array;
  readonly signature: Uint8Array;
  /** The gateway's public key; null when the participant signed, and there is one order. */
  readonly gateway: Uint8Array | null;
}

/** What became of orders under one signature: all were taken, or none. */
export interface SignedResult extends BatchResult {
  /** The records as they will stand in the block. */
  readonly records: Uint8Array;
}

/** What a two-way meter said, in exact decimals. */
export interface Reading {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly period: number;
  /** Energy drawn from the network. */
  readonly in: string;
  /** Energy fed into it. */
  readonly out: string;
  /** 1 (default) for the first reading, one more for each correction. */
  readonly version?: number;
}

/** What became of a contract or a reading. */
export type Taken = { readonly status: "accepted"; readonly period: number } | Refused;
