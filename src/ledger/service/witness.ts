/**
 * The witness: follows a ledger that somebody else runs, executes every period again, and cosigns heads that hold. What
 * it says of a ledger never runs ahead of what it keeps of it.
 */
import { fromUtf8, hex, sameBytes, toUtf8 } from "../../bytes.js";
import { needArray, needMethods, needObject } from "../../check.js";
import { fail, GridclearError, placed } from "../../errors.js";
import { decodeBlock } from "../format/block.js";
import { Chain } from "../format/chain.js";
import { headerBytes, signedMarket } from "../format/header.js";
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
import { type Contradiction, findFork, type ProveBlock } from "../proof/contradiction.js";
import { HistoryTree } from "../tree/history.js";
import type { Followed, LedgerSource, WitnessOptions, WitnessStart } from "./following.js";
import { checkVerifier } from "./options.js";
import { type Ask, type CarriedRecords, serveLedger } from "./server.js";

export type { Followed, LedgerSource, WitnessOptions, WitnessStart } from "./following.js";

/** A block that has been checked and executed, and is kept as soon as the store takes it. */
interface Checked {
  readonly height: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  /** What is carried over after it, when replaying gave it. */
  readonly state: CarriedRecords | null;
}

/**
 * Follows a ledger block by block: checks form, hashes and links, every signature, re-executes each period, holds the
 * signed head against the root of what it has seen, and only then cosigns. After a block that does not re-execute, or a
 * fork that the platform signed, it refuses for good. Serves what it keeps.
 */
export class Witness {
  readonly #options: WitnessOptions;
  #chain: Chain;
  /** The blocks kept. The chain is ahead of it by the one block that waits for the store, if there is one. */
  readonly #history: HistoryTree;
  readonly #directory: KeyDirectory = new KeyDirectory();
  #marketId: Uint8Array | null;
  #signed = false;
  #note: string | null = null;
  #waiting: Checked | null = null;
  #newest: Checked | null = null;
  #refusal: (Followed & { readonly status: "refused" }) | null = null;
  /** Why it can neither go on nor refuse; null while it can. */
  #failure: unknown = null;
  /** What our own store threw last: never the ledger's fault. */
  #storeError: unknown = null;
  /** The round under way; the next begins after it. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Two things the platform signed that can't both be true, once met. */
  contradiction: Contradiction | null = null;
  /** Answers questions about the blocks kept. */
  readonly answer: Ask;

  private constructor(options: WitnessOptions) {
    this.#options = options;
    this.#chain = new Chain(options.hasher);
    this.#history = new HistoryTree(options.hasher);
    this.#marketId = options.marketId ?? null;
    this.answer = serveLedger({
      hasher: options.hasher,
      history: this.#history,
      block: async (height) => (height < this.size ? options.store.get(height) : null),
      checkpoint: () => this.#note,
      state: (height, section) =>
        this.#newest?.height === height ? (this.#newest.state?.(section) ?? null) : null,
    });
  }

  /**
   * Opens a witness on its store, checking and re-executing again what lies there after the snapshot that it begins
   * from, if there is one. Throws `invalid` naming an option that is unknown or of the wrong kind, `corrupt` naming a
   * bad height.
   */
  static async open(options: WitnessOptions): Promise<Witness> {
    const names = ["hasher", "signatures", "name", "key", "store", "marketId", "from", "replay", "now"];
    checkVerifier(options, names);
    needMethods(options.key, "key", "a key that signs", ["sign"]);
    needMethods(options.store, "store", "an open store", ["append", "blocks"]);
    needMethods(options, "options", "the functions replay and now", ["replay", "now"]);
    const witness = new Witness(options);
    if (options.from !== undefined) await witness.#begin(options.from);
    for await (const bytes of options.store.blocks(witness.size))
      try {
        witness.#keep(await witness.#check(bytes));
      } catch (error) {
        const got = witness.#refusal?.reason ?? (error as Error).message;
        throw new GridclearError("corrupt", { field: "store", wanted: "good blocks", got }, { cause: error });
      }
    const kept = await options.store.getMeta(checkpointKey);
    if (kept === null) return witness;
    const note = fromUtf8(kept) ?? fail("corrupt", "the head last cosigned", "UTF-8", "other bytes");
    const { size, root } = parseCheckpoint(note).checkpoint;
    if (size > witness.size || !sameBytes(root, witness.#history.root(size)))
      return fail("corrupt", "the head last cosigned", `one of the ${witness.size} blocks kept`, note);
    witness.#note = note;
    return witness;
  }

  /** Begins after the block of a snapshot. Throws `corrupt` unless it is of the store's own chain. */
  async #begin(from: WitnessStart): Promise<void> {
    const { hasher, store } = this.#options;
    const { snapshot, contracts } = needObject(from, "from");
    const { header, subtrees } = needObject(snapshot, "from.snapshot");
    needArray(contracts, "from.contracts");
    const { height, marketId } = header;
    this.#chain = Chain.after(header, subtrees, hasher);
    for (let below = 0; below <= height && below < store.size; below += 1)
      this.#history.append(store.hash(below));
    if (this.size <= height || !sameBytes(this.#history.root(), this.#chain.root()))
      fail("corrupt", "from.snapshot", `one of the ${store.size} blocks kept`, `another of height ${height}`);
    this.#expect(marketId);
    this.#signed = (header.flags & signedMarket) !== 0;
    if (this.#signed) for (const contract of contracts) this.#directory.take(contract);
  }

  /** Throws `corrupt` for another market than the one followed, which the first block says if nobody else did. */
  #expect(marketId: Uint8Array): void {
    this.#marketId ??= marketId;
    if (!sameBytes(this.#marketId, marketId))
      fail("corrupt", "market id", hex(this.#marketId), hex(marketId));
  }

  /** Number of blocks kept. */
  get size(): number {
    return this.#history.size;
  }

  /** The head last cosigned, with the cosignature; null before the first. */
  get note(): string | null {
    return this.#note;
  }

  /**
   * One round: takes the source's head, fetches and checks what is new, and cosigns. A round that is asked for while
   * another is under way begins after it. Errors of the source and of the store are thrown; after one of them the next
   * round goes on where this one stopped.
   */
  follow(source: LedgerSource): Promise<Followed> {
    const round = this.#turn.then(() => this.#round(source));
    this.#turn = round.catch(() => {});
    return round;
  }

  async #round(source: LedgerSource): Promise<Followed> {
    if (this.#refusal !== null) return this.#refusal;
    if (this.#failure !== null)
      throw new GridclearError(
        "state",
        { field: "witness", wanted: "one opened again", got: "one that broke off while it checked a block" },
        { cause: this.#failure },
      );
    const note = await source.checkpoint();
    let head: SignedCheckpoint | null = null;
    try {
      await this.#store();
      head = note === null ? null : parseCheckpoint(note);
      // Genesis says whose signature a head needs; a head without it is not worth fetching blocks for.
      if (this.size === 0 && !(await this.#fetch(source))) return { status: "waiting", size: 0 };
      if (head !== null) await this.#checkHead(head);
      return await this.#follow(source, head);
    } catch (error) {
      return await this.#refused(error, source, head);
    }
  }

  async #follow(source: LedgerSource, head: SignedCheckpoint | null): Promise<Followed> {
    const target = head?.checkpoint.size ?? Number.POSITIVE_INFINITY;
    if (target < this.size) return this.#judgeStale(head!);
    while (this.size < target) {
      if (await this.#fetch(source)) continue;
      if (head === null) break;
      return fail("corrupt", `block ${this.size}`, `a block: the head covers ${target}`, null);
    }
    return this.#cosign(head);
  }

  /** What a round that failed comes to: a refusal where the ledger is at fault, else the error. */
  async #refused(error: unknown, source: LedgerSource, head: SignedCheckpoint | null): Promise<Followed> {
    const ours = this.#failure !== null || error === this.#storeError;
    if (ours || !(error instanceof GridclearError) || error.code === "storage") throw error;
    if (head !== null && error.code === "corrupt") await this.#seekFork(source, head);
    const refused = { status: "refused", height: error.height ?? this.size, reason: error.message } as const;
    if (this.contradiction !== null) this.#refusal ??= refused;
    return this.#refusal ?? refused;
  }

  /** Fetches, checks and keeps the next block; false when there is none. */
  async #fetch(source: LedgerSource): Promise<boolean> {
    const bytes = await source.block(this.size);
    if (bytes === null) return false;
    // A private block's header alone can't be executed: refused before anything of it counts.
    if (bytes.length === headerBytes) decodeBlock(bytes);
    this.#waiting = await this.#check(bytes);
    await this.#store();
    return true;
  }

  /** Keeps the checked block that waits. When the store does not take it, it goes on waiting. */
  async #store(): Promise<void> {
    const checked = this.#waiting;
    if (checked === null) return;
    try {
      await this.#options.store.append(checked.bytes, checked.height);
    } catch (error) {
      this.#storeError = error;
      throw error;
    }
    this.#waiting = null;
    this.#keep(checked);
  }

  #keep(checked: Checked): void {
    this.#history.append(checked.hash);
    this.#newest = checked;
  }

  /** Checks the next block in every way there is; throws naming its height. */
  async #check(bytes: Uint8Array): Promise<Checked> {
    const { hasher, signatures, replay } = this.#options;
    const height = this.#chain.size;
    const hash = this.#chain.append(bytes);
    try {
      const block = decodeBlock(bytes);
      this.#expect(block.header.marketId);
      this.#signed = (block.header.flags & signedMarket) !== 0;
      await checkEvidence(block, this.#directory, signatures, hasher);
      return { height, bytes, hash, state: (await replay(block)) ?? null };
    } catch (error) {
      // Keys and accounts are those of half a period now: whatever comes next could not be judged.
      const reason = placed(error, height);
      if (reason instanceof GridclearError && reason.code !== "storage")
        this.#refusal = { status: "refused", height, reason: reason.message };
      else this.#failure = reason;
      throw reason;
    }
  }

  async #cosign(head: SignedCheckpoint | null): Promise<Followed> {
    const { hasher, name, key, now, store } = this.#options;
    const size = this.size;
    const root = this.#history.root();
    if (head === null && this.#signed)
      return fail("signature", "checkpoint", "a head signed by the platform", null);
    if (head !== null && !sameBytes(head.checkpoint.root, root))
      return fail(
        "corrupt",
        `head of ${size} blocks`,
        `the root ${hex(root)} of the blocks served`,
        hex(head.checkpoint.root),
      );
    if (this.#note !== null && parseCheckpoint(this.#note).checkpoint.size === size)
      return { status: "unchanged", size, note: this.#note };
    const note = head?.note ?? unsignedCheckpoint({ origin: originOf(this.#marketId!), size, root });
    const cosigned = await cosign(note, { name, key, time: now() }, hasher);
    await store.putMeta(checkpointKey, toUtf8(cosigned));
    this.#note = cosigned;
    return { status: "cosigned", size, note: cosigned };
  }

  /** A head that is behind is only old, unless it says something else of the past. */
  #judgeStale(head: SignedCheckpoint): Followed {
    const { size, root } = head.checkpoint;
    if (!sameBytes(root, this.#history.root(size)))
      return fail("corrupt", `fork at ${size} blocks`, hex(this.#history.root(size)), hex(root));
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

  /**
   * Looks for what shows that a head forks from the one cosigned before: of one size, both are enough; of another, a
   * proof from the longer's blocks, which are our own or the source's.
   */
  async #seekFork(source: LedgerSource, head: SignedCheckpoint): Promise<void> {
    const { hasher, signatures } = this.#options;
    if (!this.#signed || this.#note === null) return;
    if (!(await isSignedBy(head, this.#directory.platform, signatures, hasher))) return;
    const mine = parseCheckpoint(this.#note);
    const ours: ProveBlock = async (size, height) =>
      fromUtf8((await this.answer(`proof/${size}/${height}`))!);
    const theirs: ProveBlock = async (size, height) => (await source.proof?.(size, height)) ?? null;
    const prove = mine.checkpoint.size > head.checkpoint.size ? ours : theirs;
    this.contradiction ??= await findFork([mine, head], prove, hasher);
  }
}
