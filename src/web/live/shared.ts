/**
 * What members shared, worked out of records that were proved: of everybody out of whole blocks, where those are
 * everybody's, and of one member out of its own records. A period is settled some blocks after it was metered, and
 * again when a reading is corrected, so that it stands here as the newest block that settled it left it.
 */
import type { Block } from "../../ledger/format/block.js";
import { decodeRecords, readRecord } from "../../ledger/format/layout.js";
import {
  type FlowRecord,
  flowLayout,
  type ReadingRecord,
  readingLayout,
} from "../../ledger/format/records.js";
import type { BundleRecord } from "../../ledger/proof/bundle.js";
import type { Carrier } from "../../units.js";

/** A metered period of a carrier, and the height of the block that settled it last. */
interface Settled {
  readonly carrier: Carrier;
  readonly period: number;
  height: number;
}

/** What members shared in a period, in quantity ticks, and what was paid for it, in amount ticks. */
export interface SharedPeriod extends Settled {
  quantity: bigint;
  amount: bigint;
}

/** One member's part, in quantity ticks; of the grid null where the meter's reading was not seen. */
export interface OwnPeriod extends Settled {
  received: bigint;
  supplied: bigint;
  fromGrid: bigint | null;
  toGrid: bigint | null;
  /** What it got for it less what it paid, in amount ticks. */
  amount: bigint;
}

/** Periods that are remembered, of everybody and of a member each. */
const mostPeriods = 240;

const isShared = ({ kind }: FlowRecord): boolean => kind === "shared" || kind === "unshared";
/** Energy and money of a flow, below zero where it takes back. */
const signed = ({ kind, quantity, amount }: FlowRecord): [quantity: bigint, amount: bigint] =>
  kind === "shared" ? [BigInt(quantity), amount] : [-BigInt(quantity), -amount];

/**
 * What is known of metered periods, by carrier. A period of which the first settlement may not have been read is left
 * out: a correction says only what it changes.
 */
class Periods<T extends Settled> {
  readonly #entries = new Map<string, T>();
  readonly #fresh: (settled: Settled) => T;
  /** The first period that may be entered anew; null: no block was read yet. */
  #from: number | null = null;

  constructor(fresh: (settled: Settled) => T) {
    this.#fresh = fresh;
  }

  /** Takes the period of a block that is read. */
  read(period: number): void {
    this.#from ??= period;
  }

  /** The entry of a flow, made where there is none; null of a period that is left out. The oldest gives way. */
  of({ carrier, extra }: FlowRecord): T | null {
    const key = `${carrier} ${extra}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const period = Number(extra);
    if (this.#from === null || period < this.#from) return null;
    const entry = this.#fresh({ carrier, period, height: 0 });
    this.#entries.set(key, entry);
    const [oldest] = this.#entries;
    if (this.#entries.size > mostPeriods && oldest !== undefined) {
      this.#entries.delete(oldest[0]);
      this.#from = Math.max(this.#from, oldest[1].period + 1);
    }
    return entry;
  }

  /** Those of a carrier, the newest period first. */
  newest(carrier: Carrier): T[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.carrier === carrier)
      .sort((a, b) => b.period - a.period);
  }
}

/** What was shared, block by block. */
export class LiveShared {
  /** Blocks that were read to their end. */
  readTo = 0;
  readonly #all = new Periods<SharedPeriod>((settled) => ({ ...settled, quantity: 0n, amount: 0n }));
  readonly #own = new Periods<OwnPeriod>((settled) => ({
    ...settled,
    ...{ received: 0n, supplied: 0n, fromGrid: null, toGrid: null, amount: 0n },
  }));
  /** By carrier and period: what the member's meter said last. */
  readonly #meters = new Map<string, Pick<ReadingRecord, "in" | "out">>();

  /** Takes a block whose records were proved. */
  add({ header: { height, period }, sections }: Block): void {
    this.#all.read(period);
    for (const flow of decodeRecords(flowLayout, sections.flows)) {
      const entry = isShared(flow) ? this.#all.of(flow) : null;
      if (entry === null) continue;
      const [quantity, amount] = signed(flow);
      entry.height = height;
      entry.quantity += quantity;
      entry.amount += amount;
    }
  }

  /** Takes the proved records that a member has in a block of a period; they are of the member with this number. */
  addOwn(
    member: number,
    { height, period }: { readonly height: number; readonly period: number },
    records: readonly BundleRecord[],
  ): void {
    this.#own.read(period);
    for (const { section, bytes } of records) {
      if (section === "readings") this.#meter(readRecord(readingLayout, bytes, 0), period);
      if (section === "flows") this.#share(readRecord(flowLayout, bytes, 0), member, height);
    }
  }

  #meter({ carrier, age, in: drawn, out }: ReadingRecord, period: number): void {
    const key = `${carrier} ${period - age}`;
    this.#meters.set(key, { in: drawn, out });
    if (this.#meters.size > 4 * mostPeriods) this.#meters.delete(this.#meters.keys().next().value!);
  }

  #share(flow: FlowRecord, member: number, height: number): void {
    const entry = isShared(flow) ? this.#own.of(flow) : null;
    if (entry === null) return;
    const [quantity, amount] = signed(flow);
    entry.height = height;
    // Who both draws and injects may receive from itself: nothing is paid then.
    if (flow.party === member) {
      entry.received += quantity;
      entry.amount -= amount;
    }
    if (flow.order === member) {
      entry.supplied += quantity;
      entry.amount += amount;
    }
  }

  /** What members shared of a carrier, the newest period first. */
  of(carrier: Carrier): SharedPeriod[] {
    return this.#all.newest(carrier);
  }

  /** The member's part of a carrier, the newest period first. */
  ownOf(carrier: Carrier): OwnPeriod[] {
    return this.#own.newest(carrier).map((entry) => {
      const meter = this.#meters.get(`${carrier} ${entry.period}`);
      return meter === undefined
        ? entry
        : {
            ...entry,
            fromGrid: BigInt(meter.in) - entry.received,
            toGrid: BigInt(meter.out) - entry.supplied,
          };
    });
  }
}
