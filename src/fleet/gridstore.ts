/**
 * The store that a market of a fleet seals into: the end of a chain, beginning at genesis or at a snapshot. It keeps
 * nothing itself. Whoever runs the market is handed each block before the market goes on, and has it on the disk by
 * then; blocks are read where they were published. What a market acknowledges stands in the fleet's stream before the
 * market sees it, so there is no log to keep.
 */
import { copyOf } from "../bytes.js";
import { fail } from "../errors.js";
import { Chain, type Head, type Linkage } from "../ledger/format/chain.js";
import { decodeHeader } from "../ledger/format/header.js";
import { decodeSnapshot } from "../ledger/format/snapshot.js";
import type { Recovery, Store, StoredLog } from "../ledger/store/store.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import type { PublishedBlock, PublishedSnapshot } from "./messages.js";

/** Where a chain is taken up. */
export interface ChainBeginning {
  /** The block of genesis; null: there is none yet. */
  readonly first: Uint8Array | null;
  /** A snapshot that holds, or null: from genesis on. */
  readonly snapshot: PublishedSnapshot | null;
  /** The blocks from the snapshot's own on, or from genesis on. */
  readonly blocks: readonly PublishedBlock[];
}

/** A block that a market is sealing. */
export interface Sealing {
  readonly height: number;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  /** Root over the hashes of all blocks up to this one. */
  readonly root: Uint8Array;
  readonly carried: readonly Uint8Array[];
}

/** What a store does with blocks, which are elsewhere. */
export interface Blocks {
  /** Resolves when a block that follows is on the disk. */
  readonly keep: (sealing: Sealing) => Promise<void>;
  /** A block as it was published; null: there is none of this height yet. */
  readonly read: (height: number) => Promise<Uint8Array | null>;
}

/** One writer's end of a chain. */
export class GridStore implements Store {
  readonly recovered: Recovery | null = null;
  readonly #chain: Chain;
  readonly #blocks: Blocks;
  readonly #snapshots = new Map<number, Uint8Array>();
  /** What a market reads when it is opened; let go afterwards. */
  readonly #read = new Map<number, Uint8Array>();
  #log: StoredLog | null = null;
  #kept = 0;

  private constructor(chain: Chain, blocks: Blocks) {
    this.#chain = chain;
    this.#blocks = blocks;
  }

  /** Takes up a chain. Throws `corrupt` naming the block that does not follow, or for a snapshot that does not hold. */
  static open({ first, snapshot, blocks }: ChainBeginning, hasher: Hasher, elsewhere: Blocks): GridStore {
    const document = snapshot && decodeSnapshot(snapshot.bytes, hasher);
    const chain =
      document === null ? new Chain(hasher) : Chain.after(document.header, document.subtrees, hasher);
    const store = new GridStore(chain, elsewhere);
    if (first !== null) store.#read.set(0, first);
    if (snapshot !== null) store.#snapshots.set(snapshot.height, snapshot.bytes);
    for (const { height, bytes } of blocks) {
      if (height >= chain.size) chain.append(bytes);
      store.#read.set(height, bytes);
    }
    store.#kept = chain.size;
    const last = blocks.at(-1);
    if (last !== undefined)
      store.#log = { period: decodeHeader(last.bytes).period + 1, entries: last.carried };
    return store;
  }

  /** Lets go of the blocks that were there to open the market. */
  forget(): void {
    this.#read.clear();
  }

  /** The snapshot that the market has put since it was last asked; null: none. */
  takeSnapshot(): { readonly height: number; readonly bytes: Uint8Array } | null {
    const [taken] = [...this.#snapshots].slice(-1);
    this.#snapshots.clear();
    return taken === undefined ? null : { height: taken[0], bytes: taken[1] };
  }

  /** Number of blocks that are on the disk: one that is on its way there does not count. */
  get size(): number {
    return this.#kept;
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

  subtrees(): readonly Uint8Array[] {
    return this.#chain.subtrees;
  }

  async append(bytes: Uint8Array, height: number): Promise<void> {
    if (height !== this.size) fail("conflict", "height", `${this.size}`, height);
    const hash = this.#chain.append(bytes);
    const root = this.#chain.root();
    const own = copyOf(bytes);
    // The market begins the log of the next period in the same turn: what it carries over belongs to this block.
    await Promise.resolve();
    await this.#blocks.keep({ height, hash, bytes: own, root, carried: this.#log?.entries ?? [] });
    this.#kept = height + 1;
  }

  hash(height: number): Uint8Array {
    const { head } = this;
    return head?.height === height
      ? copyOf(head.hash)
      : fail("invalid", "height", "that of the head", height);
  }

  async get(height: number): Promise<Uint8Array | null> {
    const bytes = this.#read.get(height);
    if (bytes !== undefined) return copyOf(bytes);
    return height >= 0 && height < this.size ? this.#blocks.read(height) : null;
  }

  async *blocks(from: number = 0): AsyncIterable<Uint8Array> {
    for (let height = from; height < this.size; height += 1)
      yield (await this.get(height)) ?? fail("state", `block ${height}`, "one that is at hand", "none");
  }

  async getMeta(): Promise<Uint8Array | null> {
    return null;
  }

  async putMeta(key: string): Promise<void> {
    fail("unsupported", "meta", "nothing kept beside a fleet's blocks", key);
  }

  async snapshots(): Promise<number[]> {
    return [...this.#snapshots.keys()];
  }

  async getSnapshot(height: number): Promise<Uint8Array | null> {
    return this.#snapshots.get(height) ?? null;
  }

  async putSnapshot(height: number, bytes: Uint8Array): Promise<void> {
    this.#snapshots.set(height, bytes);
  }

  async log(): Promise<StoredLog | null> {
    return this.#log;
  }

  async beginLog(period: number, entries: readonly Uint8Array[]): Promise<void> {
    this.#log = { period, entries: entries.map((entry) => copyOf(entry)) };
  }

  async appendLog(): Promise<void> {}

  async close(): Promise<void> {}
}
