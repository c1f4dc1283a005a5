/** What a store is, whatever keeps its bytes: the contract that memory, the disk and the browser fulfil alike. */
import { boolean, needMethods, oneOf, onlyKeys } from "../../check.js";
import type { Head, Linkage } from "../format/chain.js";
import type { Hasher } from "../tree/hasher.js";

/** What opening a store had to drop: a last block, never acknowledged, that was only half written. */
export interface Recovery {
  readonly height: number;
  /** Bytes that were there of it. */
  readonly bytes: number;
}

/** How to open a store. */
export interface StoreOptions {
  /** Default: `openHasher`'s, which shares no code with the core. */
  readonly hasher?: Hasher;
  /**
   * What opening verifies: `all` (default), or `hashes`, that the headers are those which the last one commits to,
   * without reading the sections.
   */
  readonly verify?: "all" | "hashes";
  /** Whether to make the store when it is not there; default true. Otherwise `invalid` is thrown. */
  readonly create?: boolean;
}

/**
 * Throws `invalid` naming an option that is unknown or of the wrong kind. `more` are the options that one kind of store
 * has besides.
 */
export function checkStoreOptions(options: StoreOptions, ...more: string[]): void {
  onlyKeys(options, "options", ["hasher", "verify", "create", ...more]);
  const { hasher, verify, create } = options;
  if (hasher !== undefined)
    needMethods(hasher, "hasher", "a hasher, as `await openHasher()` gives it", ["sha256", "merkleRoot"]);
  if (verify !== undefined) oneOf("all", "hashes")(verify, "verify");
  if (create !== undefined) boolean(create, "create");
}

/** What was logged for a period whose block is not there yet, in the order in which it was appended. */
export interface StoredLog {
  readonly period: number;
  readonly entries: readonly Uint8Array[];
}

/**
 * A durable chain of blocks, and the log of what was acknowledged since the last. One writer; blocks are appended at
 * the end and never change. Opening one verifies the whole chain and the log, and throws `corrupt`, naming the first
 * bad height, unless all of it holds.
 *
 * Writes happen in the order of the calls, whatever they write.
 *
 * After a failed write the store is failed: every later call but `close` throws `storage`; what was acknowledged is
 * found by opening it again. A failed flush is never retried.
 */
export interface Store {
  /** Number of blocks: the height of the next. */
  readonly size: number;
  /** The last block; null before genesis. */
  readonly head: Head | null;
  /** What was dropped on opening; null when nothing was. */
  readonly recovered: Recovery | null;
  /** What the next block must say of the chain. */
  next(): Linkage;
  /** RFC 6962 root over all block hashes: the root of a checkpoint of this size. */
  root(): Uint8Array;
  /**
   * Appends the block at `height` (= {@link Store.size}). Durable when it resolves; wholly there or not at all when it
   * does not. Throws `conflict` for another height, `corrupt` for a block that does not follow (nothing is written;
   * sections are not re-hashed here), `storage` when the write failed.
   */
  append(bytes: Uint8Array, height: number): Promise<void>;
  /** Hash of the block at a height below the size, fresh 32 bytes. Throws `invalid` for another height. */
  hash(height: number): Uint8Array;
  /** The block at `height`, fresh bytes; null when there is none. */
  get(height: number): Promise<Uint8Array | null>;
  /** Blocks in order from height `from` (default 0) to the size at the time of the call. */
  blocks(from?: number): AsyncIterable<Uint8Array>;
  /**
   * A value kept beside the blocks, such as cosignatures; null when there is none. Keys are 1 to 128 printable ASCII
   * characters. Throws `corrupt` when the value is not what was put.
   */
  getMeta(key: string): Promise<Uint8Array | null>;
  /** Keeps a value of at most 1 MiB beside the blocks; durable when it resolves. */
  putMeta(key: string, value: Uint8Array): Promise<void>;
  /** Roots of the perfect subtrees that tile the blocks, largest first: a snapshot of the next height has them. */
  subtrees(): readonly Uint8Array[];
  /** Heights of the snapshots kept, the newest first. */
  snapshots(): Promise<number[]>;
  /** A snapshot as it was put, unchecked (`decodeSnapshot` checks it); null when there is none. */
  getSnapshot(height: number): Promise<Uint8Array | null>;
  /**
   * Keeps a snapshot of the state after a block, and of those before only one, and where old blocks are erased the
   * oldest too; durable when it resolves. When it throws `storage`, the store goes on without it. Throws `invalid` for
   * a height without a block, `limit` beyond 2 GiB.
   */
  putSnapshot(height: number, bytes: Uint8Array): Promise<void>;
  /**
   * The log: what {@link beginLog} and {@link appendLog} wrote last, fresh bytes; null when there is nothing in it. A
   * store that was opened to read shows none.
   */
  log(): Promise<StoredLog | null>;
  /**
   * Begins the log of the next block's period with these entries, in place of the log before. Durable when it resolves;
   * the new log, whole, or the one before is there when it does not. Throws `conflict` for another period, `state`
   * before the first block.
   */
  beginLog(period: number, entries: readonly Uint8Array[]): Promise<void>;
  /**
   * Adds an entry of at most 2²⁴−1 bytes to the log. Durable when it resolves; entries that wait for the disk are
   * flushed together. Throws `state` when no log was begun for the next block's period, `limit` for a longer entry,
   * `storage` when the write failed.
   */
  appendLog(entry: Uint8Array): Promise<void>;
  /** Lets go of the store after what is under way; calling it again does nothing. */
  close(): Promise<void>;
}
