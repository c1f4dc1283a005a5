/**
 * The chain of blocks: what the next block has to say of those before it, and the verifying of a whole ledger as it
 * streams by, one block at a time.
 */
import { hex, sameBytes } from "../../bytes.js";
import { needArray, needIterable, needObject } from "../../check.js";
import { fail, GridclearError, placed } from "../../errors.js";
import { checkHasher, type Hasher, hashBytes } from "../tree/hasher.js";
import { CompactRange, leafHash } from "../tree/merkle.js";
import { type Block, blockBytes, checkBlock, decodeItems, isWithheld, viewBlock } from "./block.js";
import { blockHash, decodeHeader, encodeHeader, type Header, headerBytes, marketId } from "./header.js";

/** The end of a chain: what the next block has to follow. */
export interface Head {
  readonly height: number;
  readonly period: number;
  readonly timestampMs: number;
  /** Hash of the block at `height`. */
  readonly hash: Uint8Array;
}

/** The fields of a next block that the chain, not the market, decides. */
export interface Linkage {
  readonly height: number;
  readonly previous: Uint8Array;
  readonly history: Uint8Array;
}

/** The append rules of a chain of blocks and what they need to remember: the head and the edge of the history tree. */
export class Chain {
  readonly #hasher: Hasher;
  #history: CompactRange;
  #head: Head | null = null;
  #first: Header | null = null;

  /** The chain before its first block. Throws `invalid` for what is no hasher. */
  constructor(hasher: Hasher) {
    checkHasher(hasher);
    this.#hasher = hasher;
    this.#history = new CompactRange(hasher);
  }

  /**
   * A chain that goes on after the block that `header` heads, without those before it: `subtrees` tile the blocks
   * below. What it says is worth what whoever vouches for the header is. Throws `corrupt` unless they come to its
   * history.
   */
  static after(header: Header, subtrees: readonly Uint8Array[], hasher: Hasher): Chain {
    const chain = new Chain(hasher);
    const { height, period, timestampMs } = needObject(header, "header");
    chain.#history = new CompactRange(hasher, height, needArray(subtrees, "subtrees"));
    const root = chain.#history.root();
    if (!sameBytes(root, header.history)) fail("corrupt", "history root", hex(header.history), hex(root));
    const hash = blockHash(encodeHeader(header), hasher);
    chain.#history.append(leafHash(hash, hasher));
    chain.#first = header;
    chain.#head = { height, period, timestampMs, hash };
    return chain;
  }

  /** Roots of the perfect subtrees that tile the blocks so far, largest first. */
  get subtrees(): readonly Uint8Array[] {
    return this.#history.subtrees;
  }

  /** Number of blocks. */
  get size(): number {
    return this.#history.size;
  }

  /** The last block; null before genesis. */
  get head(): Head | null {
    return this.#head;
  }

  /** RFC 6962 root over all block hashes so far: the root of a checkpoint of this size. */
  root(): Uint8Array {
    return this.#history.root();
  }

  /** What the next block must say of the chain. */
  next(): Linkage {
    const previous = this.#head?.hash ?? new Uint8Array(hashBytes);
    return { height: this.size, previous, history: this.root() };
  }

  /**
   * Takes the next block by its bytes and returns its hash; nothing changes when it throws. Checks the header against
   * the chain and, unless `headerOnly` or withheld (a private market's header alone), the sections against the header.
   * Throws `corrupt` (or `unsupported`) naming the height.
   */
  append(bytes: Uint8Array, headerOnly: boolean = false): Uint8Array {
    return this.#take(bytes, headerOnly ? "header" : "sections");
  }

  /** The same of a block whose sections are left unread: they are as long as the header says, or withheld. */
  appendUnread(bytes: Uint8Array): Uint8Array {
    return this.#take(bytes, "length");
  }

  #take(bytes: Uint8Array, checked: "header" | "length" | "sections"): Uint8Array {
    const height = this.size;
    try {
      const header = decodeHeader(bytes);
      const isHeader = checked === "header" || isWithheld(header, bytes);
      const wanted = blockBytes(header);
      if (!isHeader && bytes.length !== wanted) fail("corrupt", "block", `${wanted} bytes`, bytes.length);
      this.#checkLinks(header);
      if (!isHeader && checked === "sections") {
        const block = viewBlock(header, bytes);
        checkBlock(block, this.#hasher);
        this.#checkGenesis(block);
      }
      const hash = blockHash(bytes.subarray(0, headerBytes), this.#hasher);
      this.#history.append(leafHash(hash, this.#hasher));
      this.#first ??= header;
      this.#head = { height, period: header.period, timestampMs: header.timestampMs, hash };
      return hash;
    } catch (error) {
      throw placed(error, height);
    }
  }

  /** An independent copy. */
  copy(): Chain {
    const chain = new Chain(this.#hasher);
    chain.#history = this.#history.copy();
    chain.#head = this.#head;
    chain.#first = this.#first;
    return chain;
  }

  #checkLinks(header: Header): void {
    const { height, previous, history } = this.next();
    const wrong = (field: string, wanted: unknown, got: unknown): never =>
      fail("corrupt", field, `${wanted}`, got);
    if (header.height !== height) wrong("height", height, header.height);
    if (!sameBytes(header.previous, previous)) wrong("previous hash", hex(previous), hex(header.previous));
    if (!sameBytes(header.history, history)) wrong("history root", hex(history), hex(header.history));
    if (this.#head !== null && this.#first !== null) {
      const { period, timestampMs } = this.#head;
      if (header.period !== period + 1) wrong("period", period + 1, header.period);
      if (header.timestampMs < timestampMs) wrong("timestamp", `at least ${timestampMs}`, header.timestampMs);
      if (!sameBytes(header.marketId, this.#first.marketId))
        wrong("market id", hex(this.#first.marketId), hex(header.marketId));
      if (header.flags !== this.#first.flags) wrong("flags", this.#first.flags, header.flags);
    }
  }

  /** Genesis names its market by the first of its contracts, so that the id can't be made up. */
  #checkGenesis(block: Block): void {
    if (block.header.height > 0) return;
    const [contract] = decodeItems(block.sections.contracts);
    if (contract === undefined) fail("corrupt", "contracts", "the market contract first", "none");
    const id = marketId(contract!, this.#hasher);
    if (!sameBytes(id, block.header.marketId))
      fail("corrupt", "market id", hex(id), hex(block.header.marketId));
  }
}

/** What became of verifying a chain. */
export type ChainVerdict =
  | { readonly ok: true; readonly size: number; readonly head: Head | null; readonly root: Uint8Array }
  | { readonly ok: false; readonly height: number; readonly error: GridclearError };

/** How to verify a chain. */
export interface ChainCheck {
  /** Leaves the sections unread (they are then as good as whoever checks them later); default false. */
  readonly headersOnly?: boolean;
  /**
   * A head known from elsewhere: the chain has to reach it and agree with it. Without one nothing vouches for the last
   * header.
   */
  readonly checkpoint?: { readonly size: number; readonly root: Uint8Array };
}

/** The blocks of a ledger in order from genesis, each as its bytes: a store's `blocks()`, a file's, an array. */
export type Blocks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Throws `invalid` unless a value can be gone through as {@link Blocks}; a store itself can't, its `blocks()` can. */
export function checkBlocks(blocks: unknown): void {
  needIterable(blocks, "blocks", "blocks of a ledger, such as `store.blocks()`");
}

/** Verifies a whole chain as it streams by, holding one block at a time: the first bad height and why, or the head. */
export async function verifyChain(
  blocks: Blocks,
  hasher: Hasher,
  check: ChainCheck = {},
): Promise<ChainVerdict> {
  checkBlocks(blocks);
  const { headersOnly = false, checkpoint } = needObject(check, "check");
  const chain = new Chain(hasher);
  let height = 0;
  const agree = (): void => {
    if (
      checkpoint === undefined ||
      chain.size !== checkpoint.size ||
      sameBytes(chain.root(), checkpoint.root)
    )
      return;
    fail("corrupt", `block ${height}: checkpoint root`, hex(checkpoint.root), hex(chain.root()));
  };
  try {
    agree();
    for await (const bytes of blocks) {
      chain.append(bytes, headersOnly);
      agree();
      height = chain.size;
    }
    if (checkpoint !== undefined && chain.size < checkpoint.size)
      fail(
        "corrupt",
        `block ${height}`,
        `the ${checkpoint.size} blocks of the checkpoint`,
        `${height} blocks`,
      );
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    return { ok: false, height, error };
  }
  return { ok: true, size: chain.size, head: chain.head, root: chain.root() };
}
