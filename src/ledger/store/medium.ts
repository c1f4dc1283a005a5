/**
 * The one store there is, over whatever keeps its bytes: it checks the chain on opening, lets writes take their turns,
 * and stops for good when one fails.
 */
import { concat, copyOf, sameBytes } from "../../bytes.js";
import { asStorage, fail, GridclearError } from "../../errors.js";
import { Chain, type Head, type Linkage } from "../format/chain.js";
import { type Mark, markOf } from "../format/ledgerfile.js";
import type { Hasher } from "../tree/hasher.js";
import { HashList } from "../tree/hashlist.js";
import { openHasher } from "../tree/hashwasm.js";
import { type Linked, linkedByHash } from "./linked.js";
import { checkLog, Log, type LogExtent, type LogMedium } from "./log.js";
import { checkSnapshot, keepSnapshot, type SnapshotMedium, snapshotHeights } from "./snapshots.js";
import type { Recovery, Store, StoredLog, StoreOptions } from "./store.js";

/**
 * What keeps a store's bytes: the one thing that differs between memory, a disk and a browser. Every write is flushed
 * when it resolves. Whatever it throws that is not a GridclearError counts as a failed medium.
 */
export interface Medium extends LogMedium {
  readonly snapshots: SnapshotMedium;
  /** Number of blocks written. */
  extent(): Promise<number>;
  read(height: number): Promise<Uint8Array | null>;
  /** The first bytes of a block, as many as a header has, or all where there are fewer. */
  header(height: number): Promise<Uint8Array | null>;
  /** Bytes there are of a further block whose write was cut off; null when there is none. */
  torn(): Promise<number | null>;
  /**
   * Appends a block in one flushed write, and with it a mark of the chain: `mark`, which counts the block, where both
   * are written or neither; else `before`, which is true whichever of the two lasts.
   */
  append(height: number, bytes: Uint8Array, mark: Mark, before: Mark): Promise<void>;
  /** Forgets the block at `height`, the last, or the one that was cut off there. It was never acknowledged. */
  drop(height: number): Promise<void>;
  /** The furthest mark; null before the first block. Throws `corrupt` when there must be one and it can't be read. */
  readMark(): Promise<Mark | null>;
  /** Marks that every block counts, and every group of the log: after opening, and before closing. */
  confirm(mark: Mark): Promise<void>;
  readMeta(key: string): Promise<Uint8Array | null>;
  writeMeta(key: string, value: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

const maxMetaBytes = 1 << 20;
const checksumBytes = 8;

/**
 * Opens a store on a medium: verifies what is there block by block, drops a last block that was never acknowledged
 * and is half written, and refuses everything worse. Closes the medium when it throws.
 */
export async function openOn(medium: Medium, options: StoreOptions = {}): Promise<Store> {
  try {
    return await MediumStore.open(medium, options);
  } catch (error) {
    // The first failure is the one to report; a medium that fails to close as well adds nothing.
    await medium.close().catch(() => {});
    throw failed(error);
  }
}

/** A failure of the medium as this package's own error. */
const failed = (error: unknown): GridclearError => asStorage(error, "store", "a working medium");

/**
 * Appends a block that was never acknowledged, unless part of it is missing. It is read in full, whatever is asked of
 * the others.
 */
function takesWhole(chain: Chain, bytes: Uint8Array): boolean {
  try {
    chain.append(bytes);
    return true;
  } catch (error) {
    if (error instanceof GridclearError && error.code === "corrupt") return false;
    throw error;
  }
}

/** What opening found on a medium. */
interface Found extends Linked {
  readonly recovered: Recovery | null;
  readonly log: LogExtent | null;
}

class MediumStore implements Store {
  readonly #medium: Medium;
  readonly #hasher: Hasher;
  #chain: Chain;
  readonly #hashes: HashList;
  #failed: GridclearError | null = null;
  #closed: Promise<void> | null = null;
  /** Ends when everything asked so far is done; writes take their turns on it. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #log: Log;
  readonly recovered: Recovery | null;

  private constructor(medium: Medium, hasher: Hasher, found: Found) {
    this.#medium = medium;
    this.#hasher = hasher;
    this.#chain = found.chain;
    this.#hashes = found.hashes;
    this.recovered = found.recovered;
    const parts = {
      medium,
      hasher,
      head: () => this.head,
      write: (task: () => Promise<void>) => this.#write(task),
      flush: (task: () => Promise<void>) => this.#flush(task),
    };
    this.#log = new Log(parts, found.log);
  }

  static async open(medium: Medium, options: StoreOptions): Promise<Store> {
    const hasher = options.hasher ?? (await openHasher());
    const mark = await medium.readMark();
    const extent = await medium.extent();
    const acknowledged = mark?.size ?? 0;
    const headersOnly = options.verify === "hashes";
    const linked =
      headersOnly && mark !== null
        ? await linkedByHash((height) => medium.header(height), mark, hasher)
        : null;
    // What does not hold as a whole is gone through header by header, to name the first that is bad.
    const { chain, hashes } = linked ?? { chain: new Chain(hasher), hashes: new HashList() };
    let recovered: Recovery | null = null;
    for (let height = chain.size; height < extent; height += 1) {
      const marked = height < acknowledged;
      const bytes = await (headersOnly && marked ? medium.header(height) : medium.read(height));
      if (bytes === null) return fail("corrupt", `block ${height}`, `${extent} blocks without a gap`, "none");
      if (marked) {
        const hash = chain.append(bytes, headersOnly);
        hashes.push(hash);
        if (chain.size === acknowledged && !sameBytes(hash, mark!.hash))
          fail("corrupt", `block ${height}: hash`, "the hash that was acknowledged", "another");
      } else if (takesWhole(chain, bytes)) hashes.push(chain.head!.hash);
      else {
        // Only the last can be half written; one before it was flushed before the next was begun.
        if (height < extent - 1) chain.append(bytes);
        await medium.drop(height);
        recovered = { height, bytes: bytes.length };
      }
    }
    if (extent < acknowledged)
      fail(
        "corrupt",
        `block ${extent}`,
        `the ${acknowledged} blocks that were acknowledged`,
        `${extent} blocks`,
      );
    const torn = await medium.torn();
    const log = await checkLog(medium, hasher, chain.head);
    if (torn !== null) {
      await medium.drop(extent);
      recovered = { height: extent, bytes: torn };
    }
    // A whole block that was written and not yet marked when the machine stopped: from now on it counts.
    if (chain.size > acknowledged) await medium.confirm(markOf(chain));
    return new MediumStore(medium, hasher, { chain, hashes, recovered, log });
  }

  get size(): number {
    return this.#chain.size;
  }

  get head(): Head | null {
    return this.#chain.head;
  }

  next(): Linkage {
    return this.#chain.next();
  }

  root(): Uint8Array {
    return this.#chain.root();
  }

  append(bytes: Uint8Array, height: number): Promise<void> {
    this.#log.split();
    return this.#write(async () => {
      if (height !== this.size) fail("conflict", "height", `${this.size}, the next`, height);
      const chain = this.#chain.copy();
      const hash = chain.appendUnread(bytes);
      await this.#flush(() => this.#medium.append(height, bytes, markOf(chain), markOf(this.#chain)));
      this.#chain = chain;
      this.#hashes.push(hash);
    });
  }

  hash(height: number): Uint8Array {
    if (!Number.isSafeInteger(height) || height < 0 || height >= this.size)
      return fail("invalid", "height", `0 to ${this.size - 1}`, height);
    return this.#hashes.at(height);
  }

  async get(height: number): Promise<Uint8Array | null> {
    this.#ready();
    if (!Number.isSafeInteger(height) || height < 0)
      return fail("invalid", "height", "a whole number", height);
    if (height >= this.size) return null;
    const bytes = await this.#read(() => this.#medium.read(height));
    return bytes ?? fail("corrupt", `block ${height}`, "a block", "none");
  }

  async *blocks(from: number = 0): AsyncGenerator<Uint8Array> {
    const end = this.size;
    for (let height = from; height < end; height += 1) yield (await this.get(height))!;
  }

  async getMeta(key: string): Promise<Uint8Array | null> {
    this.#ready();
    checkKey(key);
    const stored = await this.#read(() => this.#medium.readMeta(key));
    if (stored === null) return null;
    const value = stored.subarray(checksumBytes);
    if (!sameBytes(stored.subarray(0, checksumBytes), this.#checksum(key, value)))
      return fail("corrupt", `meta ${key}`, "the value that was put", "another");
    return copyOf(value);
  }

  putMeta(key: string, value: Uint8Array): Promise<void> {
    return this.#write(async () => {
      checkKey(key);
      if (value.length > maxMetaBytes)
        fail("limit", `meta ${key}`, `at most ${maxMetaBytes} bytes`, value.length);
      const stored = concat(this.#checksum(key, value), value);
      await this.#flush(() => this.#medium.writeMeta(key, stored));
    });
  }

  subtrees(): readonly Uint8Array[] {
    return this.#chain.subtrees;
  }

  async snapshots(): Promise<number[]> {
    this.#ready();
    return this.#read(() => snapshotHeights(this.#medium.snapshots, this.size));
  }

  async getSnapshot(height: number): Promise<Uint8Array | null> {
    this.#ready();
    return this.#read(() => this.#medium.snapshots.read(height));
  }

  putSnapshot(height: number, bytes: Uint8Array): Promise<void> {
    return this.#write(async () => {
      checkSnapshot(height, bytes, this.size);
      // The store is as good without it, so a failure here does not fail the store.
      await this.#read(() => keepSnapshot(this.#medium, height, bytes));
    });
  }

  async log(): Promise<StoredLog | null> {
    this.#ready();
    return this.#read(() => this.#log.read());
  }

  async beginLog(period: number, entries: readonly Uint8Array[]): Promise<void> {
    this.#ready();
    await this.#log.begin(period, entries);
  }

  async appendLog(entry: Uint8Array): Promise<void> {
    this.#ready();
    await this.#log.append(entry);
  }

  close(): Promise<void> {
    this.#closed ??= this.#turn.then(() => this.#finish()).catch((error) => Promise.reject(failed(error)));
    return this.#closed;
  }

  async #finish(): Promise<void> {
    try {
      if (this.#failed === null && this.size > 0) await this.#medium.confirm(markOf(this.#chain));
    } finally {
      await this.#medium.close();
    }
  }

  #checksum(key: string, value: Uint8Array): Uint8Array {
    return this.#hasher
      .sha256(concat(new TextEncoder().encode(`${key}\0`), value))
      .subarray(0, checksumBytes);
  }

  #ready(): void {
    if (this.#failed !== null) throw this.#failed;
    if (this.#closed !== null) fail("state", "store", "an open store", "a closed one");
  }

  /** One write at a time, in the order asked. */
  #write(task: () => Promise<void>): Promise<void> {
    if (this.#closed !== null) return Promise.reject(this.#refusal());
    const turn = this.#turn.then(() => {
      if (this.#failed !== null) throw this.#failed;
      return task();
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #refusal(): GridclearError {
    return new GridclearError("state", { field: "store", wanted: "an open store", got: "a closed one" });
  }

  /** What must not fail; when it does nobody knows what the medium holds, so the store is not used again. */
  async #flush(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#failed = failed(error);
      throw this.#failed;
    }
  }

  async #read<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      throw failed(error);
    }
  }
}

function checkKey(key: unknown): void {
  if (typeof key !== "string" || !/^[ -~]{1,128}$/.test(key))
    fail("invalid", "key", "1 to 128 printable ASCII characters", key);
}
