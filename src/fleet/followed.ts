/**
 * A microgrid as a gateway has it: followed from its intake by the code that the workers run, without a key. So it
 * knows the open period as exactly as they do. What it works out is held against what they publish, and a period counts
 * as sealed here once its block stands in the stream.
 */
import { type ConsumerMessages, DeliverPolicy } from "@nats-io/jetstream";
import { hex } from "../bytes.js";
import { asStorage, fail, GridclearError } from "../errors.js";
import type { Signatures } from "../ledger/keys/backend.js";
import type { MatchingEngine } from "../market/engine.js";
import { Grid } from "./grid.js";
import type { Line } from "./line.js";
import { loadGrid } from "./load.js";
import { isSameBlock, type PublishedBlock, type SealedBlock } from "./messages.js";
import { pause } from "./pause.js";
import { blockAt, blockFrom, blocksAsPublished, type Reader, readerOf } from "./reader.js";
import type { FleetLog } from "./shard.js";

/** What microgrids are followed with. */
export interface FollowParts {
  readonly line: Line;
  readonly engine: MatchingEngine;
  readonly signatures: Signatures;
  readonly log: FleetLog;
}

const retryMs = 500;
/** Blocks that are remembered: those that feeds and receipts ask for. */
const remembered = 16;

/** A microgrid that is followed. */
export class FollowedGrid {
  readonly grid: Grid;
  readonly reader: Reader;
  readonly #line: Line;
  readonly #log: FleetLog;
  readonly #end: AbortController;
  readonly #seen: Published;
  #messages: ConsumerMessages | null = null;
  #waiting: { readonly sequence: number; readonly go: () => void }[] = [];
  #failure: GridclearError | null = null;
  /** Resolves when it is followed no more. */
  readonly ended: Promise<void>;

  private constructor(grid: Grid, { line, log }: FollowParts, seen: Published, end: AbortController) {
    this.grid = grid;
    this.#line = line;
    this.#log = log;
    this.reader = readerOf(line);
    this.#seen = seen;
    this.#end = end;
    this.ended = this.#run();
  }

  /**
   * Takes up a microgrid where its last published block left it. Throws `invalid` for one that was never registered,
   * `state` for one that no worker has begun, and what is wrong with its chain.
   */
  static async open(follow: FollowParts, name: string): Promise<FollowedGrid> {
    const { line, engine, signatures } = follow;
    const beginning = await loadGrid(line, name, engine);
    const last = beginning.blocks.at(-1);
    if (last === undefined)
      return fail("state", name, "a microgrid that a worker has begun; try again", "none yet");
    const end = new AbortController();
    const seen = new Published(readerOf(line), name, last, end.signal);
    const sink = {
      keep: (block: SealedBlock) => seen.meet(block),
      publish: async () => {},
      read: async (height: number) => (await seen.at(height))?.bytes ?? null,
      snapshot: async () => {},
      answer: () => {},
    };
    const parts = { name, engine, signatures, key: null, snapshotEvery: null, sink, warn: () => {} };
    return new FollowedGrid(await Grid.open(parts, beginning), follow, seen, end);
  }

  /** The block that was published last. */
  get last(): PublishedBlock {
    return this.#seen.last;
  }

  /** Why it can't be followed any more; null as long as it is. */
  get failure(): GridclearError | null {
    return this.#failure;
  }

  /** A block as it was published; null: there is none of this height. */
  at(height: number): Promise<PublishedBlock | null> {
    return this.#seen.at(height);
  }

  /** Resolves when the message of a sequence was taken, or it can't be, or `waitMs` are over. */
  async reaches(sequence: number, waitMs: number): Promise<void> {
    if (this.grid.position >= sequence || this.#end.signal.aborted) return;
    const late = new AbortController();
    this.#waiting.push({ sequence, go: () => late.abort() });
    await pause(waitMs, late.signal);
  }

  /** Follows it no more. */
  close(): void {
    this.#end.abort();
    this.#messages?.stop();
    this.#wake(Number.POSITIVE_INFINITY);
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        if (error instanceof GridclearError) {
          this.#failure = error;
          this.close();
        } else if (!signal.aborted)
          this.#log.error({ grid: this.grid.name, error: String(error) }, "the servers were asked in vain");
      }
      await pause(retryMs, signal);
    }
  }

  /** Reads the intake from behind what was taken, until that breaks off. */
  async #read(): Promise<void> {
    const { names, js } = this.#line;
    const place = names.of(this.grid.name);
    const consumer = await js.consumers.get(names.intakeStream(place.shard), {
      filter_subjects: [place.intake],
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.grid.position + 1,
      inactive_threshold: 30_000,
    });
    const messages = await consumer.consume({ max_messages: 100, expires: 5_000 });
    this.#messages = messages;
    try {
      for await (const { subject, seq, data } of messages) {
        const kind = subject === place.gates ? "gate" : subject === place.requests ? "request" : null;
        if (this.#end.signal.aborted) return;
        if (kind === null) continue;
        await this.grid.take({ sequence: seq, kind, data }).catch((error: unknown) => {
          throw asStorage(error, this.grid.name, "a microgrid that is followed");
        });
        this.#wake(seq);
      }
    } finally {
      this.#messages = null;
      messages.stop();
    }
  }

  #wake(sequence: number): void {
    const due = this.#waiting.filter((each) => each.sequence <= sequence);
    this.#waiting = this.#waiting.filter((each) => each.sequence > sequence);
    for (const { go } of due) go();
  }
}

/** The published blocks of a microgrid: the next, when it is there, and those before. */
class Published {
  last: PublishedBlock;
  readonly #reader: Reader;
  readonly #grid: string;
  readonly #coming: AsyncGenerator<PublishedBlock>;
  readonly #known = new Map<number, PublishedBlock>();

  constructor(reader: Reader, grid: string, last: PublishedBlock, signal: AbortSignal) {
    this.#reader = reader;
    this.#grid = grid;
    this.last = last;
    const { sequence, height } = last;
    this.#coming = blocksAsPublished(reader, grid, { sequence, height: height + 1 }, signal);
    this.#remember(last);
  }

  /** Resolves when a block that was worked out here is published. Throws `conflict` where another is. */
  async meet(block: SealedBlock): Promise<void> {
    const { value } = await this.#coming.next();
    if (value === undefined) return fail("state", this.#grid, "one that is followed", "one that is let go");
    if (!isSameBlock(block, value))
      fail(
        "conflict",
        `${this.#grid}, block ${block.height}`,
        `${hex(value.hash)}, as published`,
        hex(block.hash),
      );
    this.last = value;
    this.#remember(value);
  }

  async at(height: number): Promise<PublishedBlock | null> {
    const known = this.#known.get(height);
    if (known !== undefined) return known;
    // Blocks are mostly read one after the other.
    const before = this.#known.get(height - 1);
    const next = before && (await blockFrom(this.#reader, this.#grid, before.sequence + 1));
    const found = next?.height === height ? next : await blockAt(this.#reader, this.#grid, height);
    if (found !== null) this.#remember(found);
    return found;
  }

  #remember(block: PublishedBlock): void {
    this.#known.set(block.height, block);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= remembered) return;
      if (oldest !== this.last.height) this.#known.delete(oldest);
    }
  }
}
