/** One shard at work: its microgrids are taken up, fed from the shard's intake, and closed when it is time. */
import { asStorage, GridclearError } from "../errors.js";
import type { Signatures, SigningKey } from "../ledger/keys/backend.js";
import type { MatchingEngine } from "../market/engine.js";
import { Slots } from "../slots.js";
import { type Closed, Closing } from "./closing.js";
import { Grid, type GridSink, type IntakeMessage } from "./grid.js";
import { Intake, type IntakeEntry } from "./intake.js";
import { gridsOf, type Line } from "./line.js";
import { loadGrid } from "./load.js";
import type { SealedBlock } from "./messages.js";
import { Outbox } from "./outbox.js";
import { pause } from "./pause.js";
import { Publisher, type WaysOut } from "./publisher.js";
import { blockAt, readerOf } from "./reader.js";

/** Where a worker keeps what it sealed, on a disk of its own. */
export interface OwnStore {
  /**
   * Resolves when the block is on the disk; at once where it is there already. With genesis comes the registration that
   * it follows from. Throws `conflict` where another block of that microgrid and height is there, `storage` when the
   * disk failed.
   */
  keep(grid: string, block: SealedBlock, registered: Uint8Array | null): Promise<void>;
}

/** What a shard is worked with. */
export interface ShardParts {
  readonly line: Line;
  readonly engine: MatchingEngine;
  readonly signatures: Signatures;
  readonly key: SigningKey;
  readonly store: OwnStore;
  readonly snapshotEvery: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly counts: ShardCounts;
  readonly log: FleetLog;
}

/** Where a worker writes what happens; pino's loggers are such. */
export interface FleetLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a worker counts over all its shards. */
export interface ShardCounts {
  /** Blocks that stand in the stream by this worker, and blocks that somebody else had published, the same. */
  sealed: number;
  same: number;
  /** Requests and gates taken. */
  taken: number;
}

/** Messages that are in work at most; the rest waits with the server. */
const mostInWork = 2_000;
const mostLoading = 8;
const gateEveryMs = 50;
const lookEveryMs = 2_000;
const retryMs = 500;
/** Snapshots of a shard that are on their way at once; they share a stream with all others. */
const mostSnapshots = 16;
/** While microgrids are taken up, those that are at work by then are fed anew so often. */
const feedMs = 3_000;
/** After so long a microgrid that stands still is taken up again: what its stream had lost may have been put back. */
const failedMs = 30_000;

interface Failure {
  readonly error: GridclearError;
  readonly atMs: number;
}

interface Held extends Closed {
  /** Settles when all messages that were handed to it are taken. */
  done: Promise<void>;
}

/** A shard that is worked. */
export class Shard {
  readonly index: number;
  readonly #parts: ShardParts;
  readonly #end = new AbortController();
  readonly #held = new Map<string, Held>();
  readonly #failures = new Map<string, Failure>();
  #inWork = 0;
  #roomFor: (() => void)[] = [];
  readonly #out: WaysOut;
  readonly #closing: Closing;
  #running: Promise<unknown> = Promise.resolve();
  #consuming: { stop(): void } | null = null;
  /** Whether microgrids were taken up that the reading does not feed. */
  #isStale = false;

  constructor(parts: ShardParts, index: number) {
    this.#parts = parts;
    this.index = index;
    this.#out = { blocks: new Outbox(parts.line), snapshots: new Slots(mostSnapshots) };
    this.#closing = new Closing(parts, new Outbox(parts.line), (name, error) => this.#fails(name, error));
  }

  /** The microgrids at work. */
  get size(): number {
    return this.#held.size;
  }

  /** Why microgrids stand still, by name. */
  get failures(): ReadonlyMap<string, Failure> {
    return this.#failures;
  }

  /** How long the period that is furthest behind should have been closed, in milliseconds. */
  lagMs(nowMs: number): number {
    let most = 0;
    for (const { grid } of this.#held.values()) {
      const { periodMs } = grid.market.contract;
      most = Math.max(most, nowMs - grid.lastMs - periodMs);
    }
    return most;
  }

  start(): void {
    this.#running = Promise.all([
      this.#repeat(lookEveryMs, () => this.#look()),
      this.#repeat(retryMs, () => this.#consume()),
      this.#repeat(gateEveryMs, () => this.#closing.round([...this.#held.values()])),
    ]);
  }

  /** Lets go of the shard; resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#end.abort();
    this.#consuming?.stop();
    for (const go of this.#roomFor.splice(0)) go();
    await this.#running;
    await Promise.all([...this.#held.values()].map(({ done }) => done));
  }

  /** Does something again and again until the shard is let go; what it throws is logged. */
  async #repeat(pauseMs: number, act: () => Promise<void>): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await act();
      } catch (error) {
        if (!signal.aborted)
          this.#parts.log.error(
            { shard: this.index, error: String(error) },
            "the servers were asked in vain",
          );
      }
      if (!signal.aborted) await pause(pauseMs, signal);
    }
  }

  /** Takes up the microgrids that are registered and not at work. */
  async #look(): Promise<void> {
    const nowMs = this.#parts.now();
    const names = (await gridsOf(this.#parts.line, this.index)).filter(
      (name) => !this.#held.has(name) && nowMs - (this.#failures.get(name)?.atMs ?? -failedMs) >= failedMs,
    );
    if (names.length === 0) return;
    const rest = [...names];
    let fedMs = nowMs;
    const work = async (): Promise<void> => {
      for (let name = rest.shift(); name !== undefined && !this.#end.signal.aborted; name = rest.shift()) {
        await this.#takeUp(name);
        // Those that came first need not wait for the last of thousands.
        if (Math.abs(this.#parts.now() - fedMs) < feedMs) continue;
        fedMs = this.#parts.now();
        this.#feedAll();
      }
    };
    await Promise.all(Array.from({ length: mostLoading }, work));
    this.#feedAll();
  }

  /** Reads again from where the furthest behind stands, for all that are at work by now. */
  #feedAll(): void {
    this.#isStale = true;
    this.#consuming?.stop();
  }

  async #takeUp(name: string): Promise<void> {
    const { line, engine, signatures, key, snapshotEvery, log } = this.#parts;
    try {
      const { lastSequence, registered, ...beginning } = await loadGrid(line, name, engine);
      const sink = this.#sinkOf(name, lastSequence, registered);
      const warn = (error: GridclearError): void =>
        log.error({ grid: name, error: error.message }, "a snapshot was not kept");
      const grid = await Grid.open({ name, engine, signatures, key, snapshotEvery, sink, warn }, beginning);
      this.#held.set(name, { grid, done: Promise.resolve(), asked: null, expected: null });
      this.#failures.delete(name);
    } catch (error) {
      // Servers that do not answer are asked again; what a microgrid's own chain says is not.
      if (!(error instanceof GridclearError) || this.#end.signal.aborted) throw error;
      this.#fails(name, error);
    }
  }

  #sinkOf(name: string, lastSequence: number, registered: Uint8Array): GridSink {
    const { line, store, counts } = this.#parts;
    const publisher = new Publisher(line, name, lastSequence, this.#out, this.#end.signal);
    return {
      keep: (block) => store.keep(name, block, block.height === 0 ? registered : null),
      publish: async (block) => {
        const published = await publisher.publish(block);
        counts[published === "first" ? "sealed" : "same"] += 1;
      },
      read: async (height) => (await blockAt(readerOf(line), name, height))?.bytes ?? null,
      snapshot: (height, bytes) => publisher.snapshot(height, bytes),
      answer: (reply, bytes) => {
        // Whoever waits in vain asks again: the request is kept, and its answer follows from the stream.
        if (!line.nc.isClosed()) line.nc.publish(reply, bytes);
      },
    };
  }

  /**
   * Reads the intake until a microgrid is taken up that has to read further back. Only those that were at work when the
   * reading began are fed: the others would miss what was read before they came.
   */
  async #consume(): Promise<void> {
    const { line } = this.#parts;
    const fed = new Map(this.#held);
    if (fed.size === 0) return;
    this.#isStale = false;
    const from = Math.min(...[...fed.values()].map(({ grid }) => grid.position)) + 1;
    const intake = await Intake.open(line, this.index, from);
    this.#consuming = intake;
    try {
      // Where some were taken up while the reading was being opened, there was none yet that could be ended.
      if (this.#end.signal.aborted || this.#isStale) return;
      for await (const message of intake.messages()) {
        await this.#hand(fed, message);
        if (this.#end.signal.aborted) return;
      }
    } finally {
      this.#consuming = null;
      intake.stop();
    }
  }

  async #hand(fed: ReadonlyMap<string, Held>, { subject, seq, data }: IntakeEntry): Promise<void> {
    const name = this.#parts.line.names.gridOf(subject);
    const held = fed.get(name);
    if (held === undefined) return;
    const kind = subject.endsWith(".gate") ? "gate" : subject.endsWith(".request") ? "request" : null;
    if (kind === null) return;
    this.#inWork += 1;
    const message: IntakeMessage = { sequence: seq, kind, data };
    held.done = held.done.then(() => this.#take(name, held, message));
    if (this.#inWork < mostInWork) return;
    await new Promise<void>((resolve) => {
      this.#roomFor.push(resolve);
    });
  }

  async #take(name: string, held: Held, message: IntakeMessage): Promise<void> {
    try {
      if (!this.#end.signal.aborted && this.#held.get(name) === held) {
        await held.grid.take(message);
        this.#parts.counts.taken += 1;
      }
    } catch (error) {
      if (!this.#end.signal.aborted) this.#fails(name, asStorage(error, name, "a microgrid that goes on"));
    }
    this.#inWork -= 1;
    if (this.#inWork < mostInWork) for (const go of this.#roomFor.splice(0)) go();
  }

  /** A microgrid stands still; the others go on. */
  #fails(name: string, error: GridclearError): void {
    this.#failures.set(name, { error, atMs: this.#parts.now() });
    this.#held.delete(name);
    this.#parts.log.error({ grid: name, error: error.message }, "a microgrid stands still");
  }
}
