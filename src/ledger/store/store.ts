/** What opening a store had to drop: a last block that was only half written when the machine stopped. */
export interface Recovery {
  readonly height: number;
  /** Bytes that were there of it. */
  readonly bytes: number;
}

/**
 * A durable sequence of blocks. One writer; blocks are appended at the end and never change.
 *
 * After a failed write the store is failed: every later call throws `storage`, and what was acknowledged is found by
 * opening it again. A failed flush is never retried.
 */
export interface Store {
  /** Number of blocks: the height of the next. */
  readonly size: number;
  /** What was dropped on opening; null when nothing was. */
  readonly recovered: Recovery | null;
  /**
   * Appends the block at `height` (= {@link Store.size}). Durable when it resolves; wholly there or not at all when it
   * does not. Throws `conflict` for another height, `storage` when the write failed.
   */
  append(bytes: Uint8Array, height: number): Promise<void>;
  /** The block at `height`, fresh bytes; null when there is none. */
  get(height: number): Promise<Uint8Array | null>;
  /** Blocks in order from `from` (0) to the size at the time of the call. */
  blocks(from?: number): AsyncIterable<Uint8Array>;
  /** A value kept beside the blocks, such as cosignatures, under a key of 1 to 128 printable ASCII characters; null when there is none. */
  getMeta(key: string): Promise<Uint8Array | null>;
  /** Keeps a value beside the blocks; durable when it resolves. At most 1 MiB. */
  putMeta(key: string, value: Uint8Array): Promise<void>;
  /** Lets go of the store; waits for what is under way. */
  close(): Promise<void>;
}
