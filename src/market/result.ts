import type { Block } from "../ledger/format/block.js";
import type { Totals } from "../ledger/format/header.js";
import { decodeRecords } from "../ledger/format/layout.js";
import {
  type FlowRecord,
  flowLayout,
  type OrderRecord,
  orderLayout,
  type PostingRecord,
  postingLayout,
  type TradeRecord,
  tradeLayout,
} from "../ledger/format/records.js";
import { type Carrier, carriers } from "../units.js";
import type { PeriodOutcome } from "./period/period.js";

/** The paper's counters of one carrier (market rules, "Counters"). */
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

/** What happened to one carrier in a period. */
export interface CarrierResult {
  readonly carrier: Carrier;
  /** Price ticks of a uniform clearing; null without. */
  readonly clearingPrice: number | null;
  readonly counters: Counters;
  /** Quantity ticks. */
  readonly totals: Totals;
  /** Order numbers of the offers that joined the pool: the paper's supply_id_pool. */
  readonly pool: Uint32Array;
  /** Order numbers of the bids not wholly filled after scenario 2: the paper's consumer_id_rest. */
  readonly rest: Uint32Array;
}

/** A sealed period. */
export interface PeriodResult {
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
  /** The block's records as objects; each call decodes them anew. */
  orders(): OrderRecord[];
  trades(): TradeRecord[];
  flows(): FlowRecord[];
  postings(): PostingRecord[];
}

/** Puts the results of a period together. */
export function resultOf(
  block: Block,
  bytes: Uint8Array,
  hash: Uint8Array,
  outcome: Pick<PeriodOutcome, "carriers" | "settled">,
): PeriodResult {
  const { header, sections } = block;
  return {
    period: header.period,
    height: header.height,
    timestampMs: header.timestampMs,
    hash,
    block,
    bytes,
    carriers: outcome.carriers.map(({ carrier, clearingPrice, num1, num2, num3, num4, pool, rest }) => ({
      carrier: carriers[carrier]!,
      clearingPrice,
      counters: { num1, num2, num3, num4 },
      totals: header.totals[carriers[carrier]!],
      pool,
      rest,
    })),
    settled: outcome.settled,
    orders: () => decodeRecords(orderLayout, sections.orders),
    trades: () => decodeRecords(tradeLayout, sections.trades),
    flows: () => decodeRecords(flowLayout, sections.flows),
    postings: () => decodeRecords(postingLayout, sections.postings),
  };
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
