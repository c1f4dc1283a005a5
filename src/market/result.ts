/** What a period came to, for its caller: the block, what it says in objects, and the paper's counters and arrays. */
import { hex } from "../bytes.js";
import { integer, needMethods, oneOf } from "../check.js";
import { type Block, buildBlock, encodeBlock, viewBlock } from "../ledger/format/block.js";
import { blockHash, headerBytes, type Totals } from "../ledger/format/header.js";
import { decodeRecords } from "../ledger/format/layout.js";
import {
  type FlowRecord,
  flowLayout,
  type OrderRecord,
  orderLayout,
  type PostingRecord,
  postingLayout,
  type ReadingRecord,
  readingLayout,
  type TradeRecord,
  tradeLayout,
} from "../ledger/format/records.js";
import type { Store } from "../ledger/store/store.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { type Carrier, carriers, maxQuantity } from "../units.js";
import type { AreaOutcome } from "./period/across.js";
import type { PeriodOutcome } from "./period/period.js";

/** The paper's counters of one carrier (market rules, "Counters"). */
export interface PaperCounters {
  /** Peer-to-peer trades; where areas have prices, all trades of the clearing, with stores and the grid too. */
  readonly num1: number;
  /** Orders not wholly filled after scenario 1. */
  readonly num2: number;
  /** Pool trades. */
  readonly num3: number;
  /** Bids not wholly filled after scenario 2. */
  readonly num4: number;
}

/** What came of an area in a period; money in amount ticks. */
export interface AreaResult {
  readonly name: string;
  /** Price ticks; null where it took no part in the clearing. */
  readonly price: number | null;
  /** Quantity ticks that it handed its parent in the clearing; below 0: took. */
  readonly flow: number;
  /** What the grid operator got for all that crossed the edge to the parent, in the clearing and after it. */
  readonly fees: bigint;
  /** What prices at its two ends differ by beyond the fee, for what crossed it in the clearing. */
  readonly rent: bigint;
}

/** What happened to one carrier in a period. */
export interface CarrierResult {
  readonly carrier: Carrier;
  /** Price ticks of a uniform clearing; null without. */
  readonly clearingPrice: number | null;
  readonly counters: PaperCounters;
  /** Quantity ticks. */
  readonly totals: Totals;
  /** Order numbers of the offers that joined the pool: the paper's supply_id_pool. */
  readonly pool: Uint32Array;
  /** Order numbers of the bids not wholly filled after scenario 2: the paper's consumer_id_rest. */
  readonly rest: Uint32Array;
  /**
   * By depth, and by registration: the areas that took part or whose edge was crossed, where each has a price of its
   * own; none else.
   */
  readonly areas: readonly AreaResult[];
}

/** Plain JSON data: what `JSON.stringify` makes of it, `JSON.parse` gives back. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/**
 * A sealed period. Quantities, prices and amounts are whole ticks (`formatTicks` and {@link Market.ticks} turn them
 * back).
 *
 * Its fields are plain data, so `structuredClone` and `postMessage` copy it, without the methods; `JSON.stringify`
 * writes what {@link toJSON} returns. Arrays and bytes are to read: the store may still be writing them.
 */
export class PeriodResult {
  readonly period: number;
  readonly height: number;
  readonly timestampMs: number;
  /** Hash of the block, 32 bytes. */
  readonly hash: Uint8Array;
  readonly block: Block;
  /** The block as stored. */
  readonly bytes: Uint8Array;
  /** By carrier code; empty at genesis. */
  readonly carriers: readonly CarrierResult[];
  /** Periods whose readings were settled in this one. */
  readonly settled: readonly number[];

  /** A market makes them. */
  constructor(
    block: Block,
    bytes: Uint8Array,
    hash: Uint8Array,
    outcome: Pick<PeriodOutcome, "carriers" | "settled" | "totals">,
  ) {
    const { header } = block;
    this.period = header.period;
    this.height = header.height;
    this.timestampMs = header.timestampMs;
    this.hash = hash;
    this.block = block;
    this.bytes = bytes;
    this.carriers = outcome.carriers.map(
      ({ carrier, clearingPrice, num1, num2, num3, num4, pool, rest, areas }) => ({
        carrier: carriers[carrier]!,
        clearingPrice,
        counters: { num1, num2, num3, num4 },
        totals: outcome.totals[carriers[carrier]!],
        pool,
        rest,
        areas: areas.map(areaResult),
      }),
    );
    this.settled = outcome.settled;
  }

  /** The block's orders as objects, decoded anew by each call; so are the others. */
  orders(): OrderRecord[] {
    return decodeRecords(orderLayout, this.block.sections.orders);
  }

  trades(): TradeRecord[] {
    return decodeRecords(tradeLayout, this.block.sections.trades);
  }

  flows(): FlowRecord[] {
    return decodeRecords(flowLayout, this.block.sections.flows);
  }

  readings(): ReadingRecord[] {
    return decodeRecords(readingLayout, this.block.sections.readings);
  }

  postings(): PostingRecord[] {
    return decodeRecords(postingLayout, this.block.sections.postings);
  }

  /**
   * The period in plain JSON data: the hash in hexadecimal, amounts and totals as decimal strings of ticks, all
   * records.
   */
  toJSON(): { readonly [name: string]: Plain } {
    const { period, height, timestampMs, hash, settled } = this;
    return {
      period,
      height,
      timestampMs,
      hash: hex(hash),
      carriers: this.carriers.map((each) => plain(each)),
      settled: [...settled],
      orders: this.orders().map(plain),
      trades: this.trades().map(plain),
      flows: this.flows().map(plain),
      readings: this.readings().map(plain),
      postings: this.postings().map(plain),
    };
  }
}

const areaResult = ({ name, price, flow, fee, rent, crossed }: AreaOutcome): AreaResult => ({
  name,
  price,
  flow,
  fees: BigInt(fee) * BigInt(crossed),
  rent: BigInt(rent) * BigInt(Math.abs(flow)),
});

/** Plain data of a record or a part of a result: bigints as decimal strings, columns as arrays. */
function plain(value: object): Plain {
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]): [string, Plain] => {
      if (typeof entry === "bigint") return [name, `${entry}`];
      if (Array.isArray(entry)) return [name, entry.map(plain)];
      if (ArrayBuffer.isView(entry)) return [name, [...(entry as Uint32Array)]];
      return [name, typeof entry === "object" && entry !== null ? plain(entry) : entry];
    }),
  );
}

/** What a block says beside what follows from its period. */
export interface SealParts {
  readonly hasher: Hasher;
  readonly store: Store;
  readonly signed: boolean;
  /** Of a private market's period; null in an open market. */
  readonly secret: Uint8Array | null;
  readonly marketId: Uint8Array;
  readonly period: number;
  readonly timestampMs: number;
  readonly evidence: Uint8Array;
}

/** Builds the block of a period and its result; storing it is the caller's. */
export function seal(parts: SealParts, outcome: PeriodOutcome): PeriodResult {
  const { hasher, store, evidence, ...said } = parts;
  const { state, published: totals } = outcome;
  const sections = { ...outcome.sections, evidence };
  const draft = { ...said, ...store.next(), sections, state, totals };
  const built = buildBlock(draft, hasher);
  const bytes = encodeBlock(built);
  // The sections as views of those bytes, so that a result holds its block once.
  const block = viewBlock(built.header, bytes);
  return new PeriodResult(block, bytes, blockHash(bytes.subarray(0, headerBytes), hasher), outcome);
}

/** The paper's arrays (§4.2(2)) in fixed size, −1 in every empty slot; entries are order numbers. */
export interface PaperArrays {
  readonly suppy_success1: Int32Array;
  readonly consumer_success1: Int32Array;
  readonly supply_id_pool: Int32Array;
  readonly consumer_id_rest: Int32Array;
}

/** A carrier's results as the paper's arrays of `size` slots; what does not fit is left out. */
export function paperArrays(result: PeriodResult, carrier: Carrier, size: number): PaperArrays {
  needMethods(result, "result", "the result of a period", ["trades"]);
  oneOf(...carriers)(carrier, "carrier");
  integer(0, maxQuantity)(size, "size");
  const filled = (values: Iterable<number>): Int32Array => {
    const slots = new Int32Array(size).fill(-1);
    let place = 0;
    for (const value of values) if (place < size) slots[place++] = value;
    return slots;
  };
  const peer = result.trades().filter((trade) => trade.kind === "peer" && trade.carrier === carrier);
  const own = result.carriers.find((each) => each.carrier === carrier);
  return {
    suppy_success1: filled(peer.map((trade) => trade.offer)),
    consumer_success1: filled(peer.map((trade) => trade.bid)),
    supply_id_pool: filled(own?.pool ?? []),
    consumer_id_rest: filled(own?.rest ?? []),
  };
}
