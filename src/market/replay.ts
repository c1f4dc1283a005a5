/**
 * A ledger executed again: what follows from what its blocks record is worked out anew, by the code that the live
 * market runs, and compared to the last record.
 */
import { hex, sameBytes } from "../bytes.js";
import { fail, placed } from "../errors.js";
import { type Block, hashOfBlock } from "../ledger/format/block.js";
import { blockHash, encodeHeader, privateMarket, signedMarket, totalNames } from "../ledger/format/header.js";
import { type Layout, readRecord } from "../ledger/format/layout.js";
import {
  flowLayout,
  orderLayout,
  postingLayout,
  readingLayout,
  tradeLayout,
} from "../ledger/format/records.js";
import { type StateSection, stateSections } from "../ledger/format/sections.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import { hashBytes } from "../ledger/tree/hasher.js";
import { carriers } from "../units.js";
import { checkEngine, type MatchingEngine } from "./engine.js";
import { executePeriod, type PeriodOutcome } from "./period/period.js";
import { restoreState } from "./period/snapshot.js";
import { MarketState } from "./period/state.js";

/** What one block came to when executed again. */
export interface Replayed {
  readonly hash: Uint8Array;
  /** Its orders, trades, flows and postings are views that hold until the next block is replayed. */
  readonly outcome: PeriodOutcome;
  /**
   * The records of a section of what is carried over, end to end, to be read; null once a further block was replayed.
   */
  readonly records: (section: StateSection) => Uint8Array | null;
}

/** Executes a ledger again, block by block from genesis, and compares everything that follows from what it records. */
export class Replay {
  /** The market's state after the last block; of no use after a replay that threw. */
  readonly state: MarketState;
  readonly #engine: MatchingEngine;
  #height = 0;
  #period = 0;
  #timestampMs = 0;
  #hash: Uint8Array = new Uint8Array(hashBytes);
  #failed = false;
  #expected: PeriodOutcome | null = null;

  /** `snapshot`: where to begin, decoded, its header found in the chain; null: at genesis. */
  constructor(engine: MatchingEngine, snapshot: Snapshot | null = null) {
    this.#engine = engine;
    this.state = snapshot === null ? new MarketState() : restoreState(snapshot, engine);
    if (snapshot === null) return;
    const { header } = snapshot;
    this.#hash = blockHash(encodeHeader(header), engine);
    this.#height = header.height + 1;
    this.#period = header.period;
    this.#timestampMs = header.timestampMs;
  }

  /** Number of blocks replayed: the height of the next. */
  get height(): number {
    return this.#height;
  }

  /** Period of the last block. */
  get period(): number {
    return this.#period;
  }

  /** Timestamp of the last block. */
  get timestampMs(): number {
    return this.#timestampMs;
  }

  /** Hash of the last block; zeros before the first. */
  get hash(): Uint8Array {
    return this.#hash;
  }

  /**
   * What followed from the contracts, orders and readings of the block that was replayed last, also where that was not
   * what stands in it; null where they are refused. Views, as those of {@link Replayed}.
   */
  get expected(): PeriodOutcome | null {
    return this.#expected;
  }

  /**
   * Executes the period of the next block and compares records, roots and totals. The block's own roots and links are
   * the chain's to check (`Chain.append`), signatures `checkEvidence`'s.
   *
   * @throws GridclearError `corrupt` (or what the rules refuse) naming block, record and field of the first
   *   difference: `block 7: trades[3].usePrice: wanted 440000, got 430000`. After that, only a new replay goes on.
   */
  replay(block: Block): Replayed {
    if (this.#failed) fail("state", "replay", "one that has not failed", "one that has");
    // The bytes of a block are the likely mistake; nothing was executed yet, so the next call goes on.
    if (typeof block?.header !== "object" || typeof block.sections !== "object")
      fail("invalid", "block", "a block, as `decodeBlock` gives it", block);
    this.#failed = true;
    this.#expected = null;
    const { header } = block;
    let outcome: PeriodOutcome;
    try {
      outcome = this.#execute(block);
      this.#expected = outcome;
      this.#compare(block, outcome);
    } catch (error) {
      throw placed(error, this.#height);
    }
    this.#hash = hashOfBlock(block, this.#engine);
    this.#height += 1;
    this.#period = header.period;
    this.#timestampMs = header.timestampMs;
    this.#failed = false;
    const height = this.#height;
    const records = (section: StateSection): Uint8Array | null =>
      this.#height === height && !this.#failed ? this.state.records(section, this.#engine) : null;
    return { hash: this.#hash, outcome, records };
  }

  #execute({ header, sections, secret }: Block): PeriodOutcome {
    if (header.height !== this.#height) fail("corrupt", "height", `${this.#height}`, header.height);
    if (this.#height > 0 && header.period !== this.#period + 1)
      fail("corrupt", "period", `${this.#period + 1}`, header.period);
    if (!sameBytes(header.previous, this.#hash))
      fail("corrupt", "previous hash", hex(this.#hash), hex(header.previous));
    const { contracts, orders, readings } = sections;
    return executePeriod(
      this.state,
      { period: header.period, beganMs: this.#timestampMs, contracts, orders, readings, secret },
      this.#engine,
    );
  }

  #compare({ header, sections }: Block, outcome: PeriodOutcome): void {
    const { signed, privacy } = this.state.terms.market!;
    const flags = (signed ? signedMarket : 0) | (privacy === "private" ? privateMarket : 0);
    if (header.flags !== flags) fail("corrupt", "flags", `${flags}`, header.flags);
    if (!sameBytes(sections.contracts, outcome.sections.contracts))
      fail("corrupt", "contracts", "canonical contracts", "other bytes");
    compareRecords(orderLayout, sections.orders, outcome.sections.orders);
    compareRecords(tradeLayout, sections.trades, outcome.sections.trades);
    compareRecords(flowLayout, sections.flows, outcome.sections.flows);
    compareRecords(readingLayout, sections.readings, outcome.sections.readings);
    compareRecords(postingLayout, sections.postings, outcome.sections.postings);
    for (const carrier of carriers)
      for (const name of totalNames)
        if (header.totals[carrier][name] !== outcome.published[carrier][name])
          fail(
            "corrupt",
            `totals.${carrier}.${name}`,
            `${outcome.published[carrier][name]}`,
            header.totals[carrier][name],
          );
    for (const name of stateSections) {
      const { count, root } = outcome.state[name];
      const found = header.sections[name];
      if (found.count !== count) fail("corrupt", `${name} records`, `${count}`, found.count);
      if (!sameBytes(found.root, root)) fail("corrupt", `${name} root`, hex(root), hex(found.root));
    }
  }
}

/**
 * Opens a replay at genesis, or after the block of a snapshot (`decodeSnapshot` of gridclear/format) whose header the
 * caller found in the chain. The engine stays the caller's to close. Throws `invalid` unless it is one, `corrupt` for a
 * snapshot that no market would have written.
 */
export function openReplay(engine: MatchingEngine, snapshot: Snapshot | null = null): Replay {
  checkEngine(engine);
  return new Replay(engine, snapshot);
}

/** Throws `corrupt` naming the first record and field in which a section differs from its re-execution. */
function compareRecords<T>(layout: Layout<T>, found: Uint8Array, wanted: Uint8Array): void {
  const common = Math.min(found.length, wanted.length);
  const a = new DataView(found.buffer, found.byteOffset, common);
  const b = new DataView(wanted.buffer, wanted.byteOffset, common);
  let byte = 0;
  // Four bytes at once: almost always nothing differs.
  while (byte + 4 <= common && a.getInt32(byte) === b.getInt32(byte)) byte += 4;
  while (byte < common && found[byte] === wanted[byte]) byte += 1;
  if (byte === common && found.length === wanted.length) return;
  const index = Math.floor(byte / layout.bytes);
  const { name } = layout;
  if (index * layout.bytes >= common)
    fail("corrupt", name, `${wanted.length / layout.bytes} records`, found.length / layout.bytes);
  const offset = byte - index * layout.bytes;
  const field = layout.fields.find((each) => offset < each.offset + each.bytes)?.name ?? "reserved";
  const value = (bytes: Uint8Array): unknown =>
    (readRecord(layout, bytes, index) as { [name: string]: unknown })[field];
  fail("corrupt", `${name}[${index}].${field}`, `${value(wanted)}`, value(found));
}
