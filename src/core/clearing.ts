/**
 * What a clearing gives back. Every column here is a view of the engine's memory: the next call of that engine writes
 * the next result into it, or, when memory has to grow, leaves it empty. Read what you need before, or keep
 * {@link copyClearing}'s copy.
 */
import { needObject } from "../check.js";
import type { AreaClearing } from "./areas.js";
import type { CoreMemory } from "./memory.js";

/** Peer-to-peer trades in order of execution; columns are views until the engine's next call. */
export interface TradeColumns {
  readonly count: number;
  /** Index of the offer, and of the bid. */
  readonly offer: Uint32Array;
  readonly bid: Uint32Array;
  /** Quantity ticks; price ticks per unit. Their product, the amount, fits a signed 64-bit integer. */
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
}

/** The result of scenario 1; columns are views until the engine's next call other than {@link Engine.sell}. */
export interface Matching {
  readonly trades: TradeColumns;
  /** What each order still wants. Writable: {@link Engine.sell} starts from what stands here. */
  readonly remaining: { readonly offers: Uint32Array; readonly bids: Uint32Array };
  /** Price ticks; null unless the pricing is `uniform` and something traded. */
  readonly clearingPrice: number | null;
}

/** The result of scenario 2; columns are views until the engine's next call. */
export interface Pooling {
  /** Lots in arrival order of their offers, storage lots last. */
  readonly lots: {
    readonly count: number;
    /** Index of the offer; {@link storageLot} for a storage lot. */
    readonly offer: Uint32Array;
    readonly quantity: Uint32Array;
    readonly price: Int32Array;
    /** What nobody took. */
    readonly unsold: Uint32Array;
  };
  /** Sales in order of execution; `lot` and `bid` are indices. */
  readonly trades: {
    readonly count: number;
    readonly lot: Uint32Array;
    readonly bid: Uint32Array;
    readonly quantity: Uint32Array;
    readonly price: Int32Array;
  };
  /** What each bid lacks in the end: the paper's `consumer_id_rest` has something here. */
  readonly rest: Uint32Array;
}

/** Views of what the core wrote for scenario 2: so many lots and sales, and the rest of so many bids. */
export function viewPooling(memory: CoreMemory, lots: number, sales: number, bids: number): Pooling {
  return {
    lots: {
      count: lots,
      offer: memory.u32("lotOffer", lots),
      quantity: memory.u32("lotQuantity", lots),
      price: memory.i32("lotPrice", lots),
      unsold: memory.u32("lotUnsold", lots),
    },
    trades: {
      count: sales,
      lot: memory.u32("saleLot", sales),
      bid: memory.u32("saleBid", sales),
      quantity: memory.u32("saleQuantity", sales),
      price: memory.i32("salePrice", sales),
    },
    rest: memory.u32("rest", bids),
  };
}

/** What stands in `lots.offer` for a storage lot. */
export const storageLot: number = 0xffff_ffff;

/** The paper's counters (market rules, "Counters"). */
export interface Counters {
  /** Peer-to-peer trades. */
  readonly num1: number;
  /** Orders not wholly filled after scenario 1. */
  readonly num2: number;
  /** Pool trades. */
  readonly num3: number;
  /** Bids not wholly filled after scenario 2. */
  readonly num4: number;
}

/** The result of a clearing; columns are views until the engine's next call: {@link copyClearing} makes them last. */
export interface Clearing extends Matching {
  /** null without a pool. */
  readonly pool: Pooling | null;
  readonly counters: Counters;
}

/**
 * A copy of a clearing in memory of its own, which stays what it is when the engine goes on; can be sent to a worker.
 *
 * @example
 * const kept = copyClearing(engine.clear(book));
 */
export function copyClearing(clearing: Clearing): Clearing;
export function copyClearing(clearing: AreaClearing): AreaClearing;
export function copyClearing(clearing: Clearing | AreaClearing): Clearing | AreaClearing {
  const { remaining } = needObject(clearing, "clearing");
  if ("areas" in clearing)
    return {
      ...clearing,
      trades: copyColumns(clearing.trades),
      remaining: copyColumns(remaining),
      areas: copyColumns(clearing.areas),
      counters: { ...clearing.counters },
    };
  const { trades, pool } = clearing;
  return {
    trades: copyColumns(trades),
    remaining: copyColumns(remaining),
    clearingPrice: clearing.clearingPrice,
    pool: pool && {
      lots: copyColumns(pool.lots),
      trades: copyColumns(pool.trades),
      rest: pool.rest.slice(),
    },
    counters: { ...clearing.counters },
  };
}

function copyColumns<Columns extends object>(columns: Columns): Columns {
  return Object.fromEntries(
    Object.entries(needObject(columns, "clearing columns")).map(([name, column]) => [
      name,
      typeof column === "number" ? column : (column as Uint32Array).slice(),
    ]),
  ) as Columns;
}
