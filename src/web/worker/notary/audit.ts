/**
 * A ledger of somebody else, checked from its first block on: hashes, links, signatures, and every period executed
 * again. At the first bad block it works out what should stand there. `gridclear verify` checks the same and says less.
 */
import { hex, sameBytes } from "../../../bytes.js";
import type { Engine } from "../../../core/engine.js";
import { fail, GridclearError } from "../../../errors.js";
import { type Block, decodeBlock, isWithheld } from "../../../ledger/format/block.js";
import { Chain } from "../../../ledger/format/chain.js";
import {
  blockHash,
  decodeHeader,
  encodeHeader,
  type Header,
  headerBytes,
  signedMarket,
} from "../../../ledger/format/header.js";
import type { Snapshot } from "../../../ledger/format/snapshot.js";
import type { Signatures } from "../../../ledger/keys/backend.js";
import { checkEvidence } from "../../../ledger/keys/coverage.js";
import { KeyDirectory } from "../../../ledger/keys/directory.js";
import type { Hasher } from "../../../ledger/tree/hasher.js";
import type { MarketContract } from "../../../market/contracts/contracts.js";
import { keyContracts } from "../../../market/period/snapshot.js";
import { openReplay, type Replay } from "../../../market/replay.js";
import { defaultTicks, marketTicks, ticksAfter } from "../../../report/columns.js";
import type { Heads } from "../../../report/heads.js";
import { Registry } from "../../../report/registry.js";
import { t } from "../../say.js";
import { pause, turnMs } from "../work.js";
import { type Broken, faultOf, judgeBlock, namedHash } from "./bad.js";
import { isEnd, type Raw, type RawLedger } from "./blocks.js";
import type { Names } from "./differences.js";
import { SharedBlocks } from "./shared.js";
import type { BadBlock, BlockLine, BlockState, Fault, Progress } from "./shown.js";
import { Signers } from "./signers.js";

/** What checking needs. */
export interface AuditTools {
  readonly engine: Engine;
  readonly hasher: Hasher;
  readonly signatures: Signatures;
  readonly signal: AbortSignal;
  tell(progress: Progress): void;
}

/** Checks one ledger, once. */
export class Audit {
  readonly chain: Chain;
  readonly signers = new Signers();
  readonly blocks: BlockLine[] = [];
  bad: BadBlock | null = null;
  isSigned = false;
  executed = 0;
  withheld = 0;
  orders = 0;
  trades = 0;
  readonly #raw: RawLedger;
  readonly #tools: AuditTools;
  readonly #replay: Replay;
  readonly #directory = new KeyDirectory();
  readonly #registry: Registry;
  readonly #snapshot: Snapshot | null;
  readonly #heads: Heads;
  readonly #shared = new SharedBlocks();
  #market: MarketContract | null = null;
  #first: Header | null = null;
  #replaying = false;

  constructor(raw: RawLedger, snapshot: Snapshot | null, heads: Heads, tools: AuditTools) {
    this.#raw = raw;
    this.#tools = tools;
    this.#snapshot = snapshot;
    this.#heads = heads;
    this.chain = new Chain(tools.hasher);
    this.#replay = openReplay(tools.engine, snapshot);
    this.#registry = Registry.after(snapshot);
    if (snapshot === null) return;
    const contracts = keyContracts(snapshot);
    this.#market = contracts[0] as MarketContract;
    if ((snapshot.header.flags & signedMarket) !== 0)
      for (const contract of contracts) this.#directory.take(contract);
  }

  /** Blocks before the first that is executed. */
  get skipped(): number {
    return this.#snapshot === null ? 0 : this.#snapshot.header.height + 1;
  }

  /** The platform's key as the ledger says it; null where it does not. */
  get platform(): Uint8Array | null {
    try {
      return this.#directory.platform;
    } catch {
      return null;
    }
  }

  /** Header of the first block; null before it. */
  get first(): Header | null {
    return this.#first;
  }

  get market(): MarketContract | null {
    return this.#market;
  }

  get names(): Names {
    const snapshot = this.#snapshot;
    const ticks =
      this.#market === null
        ? snapshot === null
          ? defaultTicks
          : ticksAfter(snapshot)
        : marketTicks(this.#market);
    return { registry: this.#registry, ticks, currency: this.#market?.currency ?? "" };
  }

  /** Checks all blocks, or those up to the first bad one, and lists all of them. */
  async run(): Promise<void> {
    const { tell, signal } = this.#tools;
    const { blocks } = this.#raw;
    let paused = performance.now();
    for (const [height, raw] of blocks.entries()) {
      const broken = await this.#take(raw, height);
      if (broken !== null) {
        this.bad = this.#judge(broken);
        break;
      }
      if (performance.now() - paused < turnMs) continue;
      tell({ done: height + 1, of: blocks.length });
      await pause(signal);
      paused = performance.now();
    }
    this.#list();
  }

  /** Checks the next block; null: it holds. */
  async #take(raw: Raw, height: number): Promise<Broken | null> {
    const { chain } = this;
    const [linkage, before] = [chain.next(), chain.head];
    this.#replaying = false;
    const broken = (fault: Fault): Broken => {
      const { bytes } = raw;
      return { height, fault, bytes, isReplayed: this.#replaying, linkage, before, isReplaced: false };
    };
    if (raw.bytes === null) return broken(raw.fault!);
    try {
      await this.#check(raw.bytes, height);
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      return this.#isReplacedBefore(raw, height) ? this.#replaced(height - 1, raw) : broken(faultOf(error));
    }
    return raw.fault === null ? null : { ...broken(raw.fault), isReplaced: true };
  }

  async #check(bytes: Uint8Array, height: number): Promise<void> {
    const { chain } = this;
    const isKnown = height < this.skipped;
    chain.append(bytes, isKnown);
    const header = decodeHeader(bytes);
    this.#first ??= header;
    this.isSigned = (header.flags & signedMarket) !== 0;
    this.#heads.pass(chain, header);
    if (isKnown) {
      const { header: last } = this.#snapshot!;
      if (height === last.height && !sameBytes(bytes.subarray(0, headerBytes), encodeHeader(last)))
        fail("corrupt", t`the block before the snapshot`, t`the one of which it was taken`, t`another`);
      return;
    }
    if (isWithheld(header, bytes) || this.withheld > 0) {
      this.withheld += 1;
      return;
    }
    const block = decodeBlock(bytes);
    await checkEvidence(block, this.#directory, this.#tools.signatures, this.#tools.hasher);
    this.#enter(block);
    this.#replaying = true;
    this.#replay.replay(block);
    this.signers.add(block, this.#registry);
    this.#shared.add(block, this.names);
    this.executed += 1;
    this.orders += header.sections.orders.count;
    this.trades += header.sections.trades.count;
  }

  #enter(block: Block): void {
    for (const contract of this.#registry.add(block)) if (contract.kind === "market") this.#market = contract;
  }

  /** Whether it is the block before that does not hold: this one names another hash for it, and is named itself. */
  #isReplacedBefore({ bytes, claimed }: Raw, height: number): boolean {
    if (height === 0 || bytes === null || bytes.length < headerBytes) return false;
    const own = blockHash(bytes.subarray(0, headerBytes), this.#tools.hasher);
    const named = namedHash(this.#raw, height) ?? claimed;
    if (named === null || !sameBytes(own, named)) return false;
    return (
      !sameBytes(decodeHeader(bytes).previous, this.chain.next().previous) &&
      decodeHeader(bytes).height === height
    );
  }

  #replaced(height: number, after: Raw): Broken {
    const fault = {
      where: t`The hash of block ${height}, which block ${height + 1} names`,
      expected: hex(decodeHeader(after.bytes!).previous),
      found: hex(this.chain.next().previous),
    };
    const { bytes } = this.#raw.blocks[height]!;
    return {
      height,
      fault,
      bytes,
      isReplayed: true,
      linkage: this.chain.next(),
      before: null,
      isReplaced: true,
    };
  }

  #judge(broken: Broken): BadBlock {
    const { hasher } = this.#tools;
    return judgeBlock(broken, {
      ...{ raw: this.#raw, hasher, replay: this.#replay, first: this.#first },
      names: () => this.names,
      enter: (block) => this.#enter(block),
    });
  }

  /** Lists all blocks, those behind a bad one too. */
  #list(): void {
    const bad = this.bad?.height ?? this.#raw.blocks.length;
    for (const [height, { bytes }] of this.#raw.blocks.entries())
      this.blocks.push(this.#line(height, bytes, bad));
  }

  #line(height: number, bytes: Uint8Array | null, bad: number): BlockLine {
    const after: BlockState = height === bad ? "bad" : height > bad ? "after" : this.#stateOf(height);
    try {
      if (bytes === null) fail("corrupt", "block", "bytes", "none");
      const header = decodeHeader(bytes!);
      const { period, timestampMs, sections } = header;
      return {
        ...{ height, state: after, period, timestampMs },
        hash: hex(blockHash(bytes!.subarray(0, headerBytes), this.#tools.hasher)),
        previous: hex(header.previous),
        orders: sections.orders.count,
        trades: sections.trades.count,
        shared: this.#shared.at(height),
      };
    } catch {
      const none = { hash: "", previous: "", shared: null };
      const nothing = { ...none, period: 0, timestampMs: 0, orders: 0, trades: 0 };
      return { ...nothing, height, state: height === bad ? "bad" : "unreadable" };
    }
  }

  #stateOf(height: number): BlockState {
    if (height < this.skipped) return "skipped";
    return height < this.skipped + this.executed ? "executed" : "withheld";
  }

  /** What is wrong behind the last block: the end of the file, and heads that the ledger does not lead to. */
  endFaults(): Fault[] {
    const faults = [...this.#raw.faults];
    if (this.bad !== null) return faults;
    const hash = this.chain.head?.hash ?? new Uint8Array(32);
    if (faults.length === 0 && !isEnd(this.#raw.end, hash))
      faults.push({
        where: t`The hash at the end of the file`,
        expected: hex(hash),
        found: hex(this.#raw.end!.hash),
      });
    try {
      this.#heads.check(this.chain.size);
    } catch (error) {
      faults.push(faultOf(error));
    }
    return faults;
  }
}
