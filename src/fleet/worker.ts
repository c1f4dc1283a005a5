/** A worker: takes its share of the shards, works them, and says every second how it does. */
import { fail } from "../errors.js";
import { Leases } from "./leases.js";
import { pause } from "./pause.js";
import { Shard, type ShardCounts, type ShardParts } from "./shard.js";

/** What a worker is run with. */
export interface WorkerOptions extends Omit<ShardParts, "counts"> {
  /** Its name, another for each: workers of one name would take each other's shards for their own. */
  readonly id: string;
  /** A worker that has not said for so long that it lives loses its shards, in milliseconds. Default 5000. */
  readonly leaseMs?: number;
}

/** How a worker does. */
export interface WorkerStatus extends Readonly<ShardCounts> {
  readonly id: string;
  readonly shards: readonly number[];
  readonly grids: number;
  /** How long the period that is furthest behind should have been closed. */
  readonly lagMs: number;
  /** Microgrids that stand still, with why; the first few. */
  readonly failures: readonly { readonly grid: string; readonly error: string }[];
  /** How many stand still. */
  readonly failed: number;
}

const beatMs = 1_000;
const shownFailures = 20;
const defaultLeaseMs = 5_000;

/** A worker at work. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #leases: Leases;
  readonly #shards = new Map<number, Shard>();
  readonly #ending = new Set<Promise<void>>();
  readonly #counts: ShardCounts = { sealed: 0, same: 0, taken: 0 };
  readonly #end = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(options: WorkerOptions) {
    const { line, id, leaseMs = defaultLeaseMs } = options;
    this.#options = options;
    this.#leases = new Leases({ line, id, leaseMs, now: () => performance.now() });
  }

  /** Starts a worker. Throws `invalid` for a name that is no word. */
  static start(options: WorkerOptions): Worker {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(options.id))
      fail("invalid", "id", "a name of letters, digits, _ and -, 64 at most", options.id);
    const worker = new Worker(options);
    worker.#running = worker.#run();
    return worker;
  }

  /** How it does. */
  status(): WorkerStatus {
    const shards = [...this.#shards.values()];
    const failures = shards.flatMap((shard) => [...shard.failures]);
    const nowMs = this.#options.now();
    return {
      id: this.#options.id,
      shards: shards.map(({ index }) => index).sort((a, b) => a - b),
      grids: shards.reduce((sum, { size }) => sum + size, 0),
      ...this.#counts,
      lagMs: shards.reduce((most, shard) => Math.max(most, shard.lagMs(nowMs)), 0),
      failures: failures.slice(0, shownFailures).map(([grid, { error }]) => ({ grid, error: error.message })),
      failed: failures.length,
    };
  }

  /** Lets go of all shards, so that others take them at once. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
    await Promise.all([...this.#ending, ...[...this.#shards.values()].map((shard) => shard.stop())]);
    this.#shards.clear();
    await this.#leases.leave().catch(() => {});
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.#leases.beat(this.status());
        this.#work(await this.#leases.step());
      } catch (error) {
        // Whoever hears nothing from the servers goes on: a lease only saves work.
        this.#options.log.error({ error: String(error) }, "no leases were to be had");
      }
      await pause(beatMs, signal);
    }
  }

  #work(mine: ReadonlySet<number>): void {
    const { log } = this.#options;
    for (const [index, shard] of this.#shards)
      if (!mine.has(index)) {
        this.#shards.delete(index);
        log.info({ shard: index }, "a shard was given up");
        // Not waited for: servers that do not answer would keep this worker from saying that it lives.
        const ending = shard.stop().then(() => {
          this.#ending.delete(ending);
        });
        this.#ending.add(ending);
      }
    for (const index of mine) {
      if (this.#shards.has(index) || this.#end.signal.aborted) continue;
      const shard = new Shard({ ...this.#options, counts: this.#counts }, index);
      this.#shards.set(index, shard);
      shard.start();
      log.info({ shard: index }, "a shard was taken");
    }
  }
}
