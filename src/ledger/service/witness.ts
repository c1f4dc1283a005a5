import { hex, sameBytes } from "../../bytes.js";
import { fail, GridclearError, placed } from "../../errors.js";
import { type Block, decodeBlock } from "../format/block.js";
import { Chain } from "../format/chain.js";
import { signedMarket } from "../format/header.js";
import type { Signatures, SigningKey } from "../keys/backend.js";
import { checkEvidence } from "../keys/coverage.js";
import { KeyDirectory } from "../keys/directory.js";
import {
  checkpointKey,
  cosign,
  isSignedBy,
  originOf,
  parseCheckpoint,
  type SignedCheckpoint,
  unsignedCheckpoint,
} from "../proof/checkpoint.js";
import type { Contradiction } from "../proof/contradiction.js";
import type { Store } from "../store/store.js";
import type { Hasher } from "../tree/hasher.js";
import { HistoryTree } from "../tree/history.js";
import { type Ask, serveLedger } from "./server.js";

/** Where a witness gets a ledger from. */
export interface LedgerSource {
  /** The newest head as the platform signed it; null where heads are not signed. */
  checkpoint(): Promise<string | null>;
  /** Bytes of the block at `height`; null when there is none yet. */
  block(height: number): Promise<Uint8Array | null>;
}

/** What a witness works with. */
export interface WitnessOptions {
  readonly hasher: Hasher;
  readonly signatures: Signatures;
  /** The name under which it cosigns, and its key. */
  readonly name: string;
  readonly key: SigningKey;
  /** Keeps the blocks it has followed and its last cosigned head; opened by the caller, closed by the caller. */
  readonly store: Store;
  /** The market expected; any when absent. */
  readonly marketId?: Uint8Array;
  /**
   * Re-executes a period and throws unless its block is what the rules make of its orders; called once a block, in order.
   * May resolve to the state's records after the block, which are then served.
   */
  replay(block: Block): Promise<Uint8Array | undefined>;
  /** Seconds since 1970-01-01T00:00Z. */
  now(): number;
}

/** What a round of following came to. `refused` names the first bad height and why; it has then cosigned nothing new. */
export type Followed =
  | { readonly status: "cosigned" | "unchanged"; readonly size: number; readonly note: string }
  | { readonly status: "waiting"; readonly size: number }
  | { readonly status: "refused"; readonly height: number; readonly reason: string };

/**
 * Follows a ledger block by block: checks form, hashes and links, every signature, re-executes each period, holds the
 * signed head against the root of what it has seen, and only then cosigns. After a block that does not re-execute, or a
 * fork that the platform signed, it refuses for good. Serves what it has followed.
 */
export class Witness {
  readonly #options: WitnessOptions;
  readonly #chain: Chain;
  readonly #history: HistoryTree;
  readonly #directory: KeyDirectory = new KeyDirectory();
  #marketId: Uint8Array | null;
  #signed = false;
  #note: string | null = null;
  #state: { readonly height: number; readonly records: Uint8Array } | null = null;
  #refusal: (Followed & { readonly status: "refused" }) | null = null;
  /** Two things the platform signed that can't both be true, once met. */
  contradiction: Contradiction | null = null;
  /** Answers questions about what has been followed. */
  readonly answer: Ask;

  private constructor(options: WitnessOptions) {
    this.#options = options;
    this.#chain = new Chain(options.hasher);
    this.#history = new HistoryTree(options.hasher);
    this.#marketId = options.marketId ?? null;
    this.answer = serveLedger({
      hasher: options.hasher,
      history: this.#history,
      block: (height) => options.store.get(height),
      checkpoint: () => this.#note,
      state: (height) => (this.#state?.height === height ? this.#state.records : null),
    });
  }

  /** Opens a witness on its store, checking and re-executing again what lies there. Throws `corrupt` naming a bad height. */
  static async open(options: WitnessOptions): Promise<Witness> {
    const witness = new Witness(options);
    for await (const bytes of options.store.blocks())
      await witness.#check(bytes).catch((error: Error) => {
        const reason = witness.#refusal?.reason ?? error.message;
        throw new GridclearError(
          "corrupt",
          { field: "store", wanted: "good blocks", got: reason },
          { cause: error },
        );
      });
    const kept = await options.store.getMeta(checkpointKey);
    if (kept === null) return witness;
    const note = new TextDecoder("utf-8", { fatal: true }).decode(kept);
    const { size, root } = parseCheckpoint(note).checkpoint;
    if (size > witness.size || !sameBytes(root, witness.#history.root(size)))
      return fail("corrupt", "the head last cosigned", `one of the ${witness.size} blocks kept`, note);
    witness.#note = note;
    return witness;
  }

  /** Number of blocks followed. */
  get size(): number {
    return this.#history.size;
  }

  /** The head last cosigned, with the cosignature; null before the first. */
  get note(): string | null {
    return this.#note;
  }

  /** One round: takes the source's head, fetches and checks what is new, and cosigns. Errors of the source itself are thrown. */
  async follow(source: LedgerSource): Promise<Followed> {
    if (this.#refusal !== null) return this.#refusal;
    const note = await source.checkpoint();
    try {
      return await this.#follow(source, note);
    } catch (error) {
      if (this.#refusal !== null) return this.#refusal;
      if (!(error instanceof GridclearError) || error.code === "storage") throw error;
      const refused = { status: "refused", height: this.size, reason: error.message } as const;
      if (this.contradiction !== null) this.#refusal = refused;
      return refused;
    }
  }

  async #follow(source: LedgerSource, note: string | null): Promise<Followed> {
    const head = note === null ? null : parseCheckpoint(note);
    const target = head?.checkpoint.size ?? Number.POSITIVE_INFINITY;
    // Genesis says whose signature a head needs; a head without it is not worth fetching blocks for.
    if (this.size === 0 && !(await this.#fetch(source))) return { status: "waiting", size: 0 };
    if (head !== null) await this.#checkHead(head);
    if (target < this.size) return this.#judgeStale(head!);
    while (this.size < target) {
      if (await this.#fetch(source)) continue;
      if (head === null) break;
      return fail("corrupt", `block ${this.size}`, `a block: the head covers ${target}`, null);
    }
    return this.#cosign(head);
  }

  /** Fetches, checks and keeps the next block; false when there is none. */
  async #fetch(source: LedgerSource): Promise<boolean> {
    const height = this.size;
    const bytes = await source.block(height);
    if (bytes === null) return false;
    await this.#check(bytes);
    await this.#options.store.append(bytes, height);
    return true;
  }

  /** Checks the next block in every way there is; throws naming its height. */
  async #check(bytes: Uint8Array): Promise<void> {
    const { hasher, signatures, replay } = this.#options;
    const height = this.#chain.size;
    const hash = this.#chain.append(bytes);
    try {
      const block = decodeBlock(bytes);
      this.#marketId ??= block.header.marketId;
      if (!sameBytes(this.#marketId, block.header.marketId))
        fail("corrupt", "market id", hex(this.#marketId), hex(block.header.marketId));
      this.#signed = (block.header.flags & signedMarket) !== 0;
      await checkEvidence(block, this.#directory, signatures, hasher);
      const records = await replay(block);
      this.#state = records === undefined ? null : { height, records };
    } catch (error) {
      const reason = placed(error, height);
      this.#refusal = { status: "refused", height, reason: (reason as Error).message };
      throw reason;
    }
    this.#history.append(hash);
  }

  async #cosign(head: SignedCheckpoint | null): Promise<Followed> {
    const { hasher, name, key, now, store } = this.#options;
    const size = this.size;
    const root = this.#history.root();
    const origin = originOf(this.#marketId!);
    if (head === null && this.#signed)
      return fail("signature", "checkpoint", "a head signed by the platform", null);
    const note = head?.note ?? unsignedCheckpoint({ origin, size, root });
    if (head !== null) {
      if (!sameBytes(head.checkpoint.root, root)) {
        this.#keepFork(head);
        return fail(
          "corrupt",
          `head of ${size} blocks`,
          `the root ${hex(root)} of the blocks served`,
          hex(head.checkpoint.root),
        );
      }
    }
    if (this.#note !== null && parseCheckpoint(this.#note).checkpoint.size === size)
      return { status: "unchanged", size, note: this.#note };
    const cosigned = await cosign(note, { name, key, time: now() }, hasher);
    await store.putMeta(checkpointKey, new TextEncoder().encode(cosigned));
    this.#note = cosigned;
    return { status: "cosigned", size, note: cosigned };
  }

  /** A head that is behind is only old, unless it is signed and says something else of the past. */
  #judgeStale(head: SignedCheckpoint): Followed {
    const { size, root } = head.checkpoint;
    if (!sameBytes(root, this.#history.root(size))) {
      this.#keepFork(head);
      return fail("corrupt", `fork at ${size} blocks`, hex(this.#history.root(size)), hex(root));
    }
    return {
      status: "refused",
      height: size,
      reason: `stale head: wanted at least ${this.size} blocks, got ${size}`,
    };
  }

  async #checkHead(head: SignedCheckpoint): Promise<void> {
    const { hasher, signatures } = this.#options;
    const origin = originOf(this.#marketId!);
    if (head.checkpoint.origin !== origin)
      fail("corrupt", "checkpoint.origin", origin, head.checkpoint.origin);
    if (this.#signed && !(await isSignedBy(head, this.#directory.platform, signatures, hasher)))
      fail(
        "signature",
        "checkpoint",
        `a signature of the platform (${hex(this.#directory.platform)})`,
        head.note,
      );
  }

  /** Two signed heads of one size that differ are evidence. */
  #keepFork(head: SignedCheckpoint): void {
    if (!this.#signed || this.#note === null) return;
    const mine = parseCheckpoint(this.#note).checkpoint;
    if (mine.size === head.checkpoint.size && !sameBytes(mine.root, head.checkpoint.root))
      this.contradiction = { kind: "fork", heads: [this.#note, head.note], proof: null };
  }
}
