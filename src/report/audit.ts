/**
 * Verifying a whole ledger: every hash and link, every signature, every period executed again from its orders, and the
 * signed head held against the blocks. It takes the blocks from wherever they come (a store, an exported file, a
 * server) and changes nothing. `gridclear verify` is this over a ledger on disk.
 */
import { fromUtf8, hex } from "../bytes.js";
import { needMethods, onlyKeys } from "../check.js";
import { type Engine, openEngine } from "../core/engine.js";
import { fail, GridclearError, placed } from "../errors.js";
import { type Block, decodeBlock, isWithheld } from "../ledger/format/block.js";
import { type Blocks, Chain, checkBlocks } from "../ledger/format/chain.js";
import { decodeHeader, type Header, signedMarket } from "../ledger/format/header.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import type { Signatures } from "../ledger/keys/backend.js";
import { checkEvidence } from "../ledger/keys/coverage.js";
import { KeyDirectory } from "../ledger/keys/directory.js";
import { openSignatures } from "../ledger/keys/signature.js";
import {
  type Checkpoint,
  checkpointKey,
  isSignedBy,
  parseCheckpoint,
  type SignedCheckpoint,
} from "../ledger/proof/checkpoint.js";
import type { Store } from "../ledger/store/store.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { openHasher } from "../ledger/tree/hashwasm.js";
import { keyContracts } from "../market/period/snapshot.js";
import { openReplay, type Replay } from "../market/replay.js";
import { readSnapshot } from "../market/snapshots.js";
import { linkedBlocks } from "./blocks.js";
import { checkCheckpoint, Heads } from "./heads.js";

/** A ledger that holds in every respect. */
export interface GoodLedger {
  readonly ok: true;
  readonly blocks: number;
  /** Bytes of all blocks together; of one that is withheld those of its header. */
  readonly bytes: number;
  readonly orders: number;
  readonly trades: number;
  /** Hash of the last block, hexadecimal; null without blocks. */
  readonly hash: string | null;
  /** RFC 6962 root over the hashes of all blocks, hexadecimal. */
  readonly root: string;
  /** Whether the market is a signed one, so that signatures were checked. */
  readonly signed: boolean;
  /** Height of the snapshot at which executing began; null: at genesis. Orders and trades are those after it. */
  readonly from: number | null;
  /**
   * Blocks of a private market of which only the header was there. Of those, records and signatures could not be
   * checked, and from the first of them on no period could be executed again.
   */
  readonly withheld: number;
  /**
   * Blocks of a private market before the snapshot at which executing began of which only the header is there, as where
   * old periods are erased.
   */
  readonly erased: number;
  /** Blocks whose periods were executed again and whose signatures were checked: all, unless some are withheld. */
  readonly executed: number;
  /**
   * Whether the signature of the head kept beside the blocks was checked; null where no head is kept or heads are not
   * signed.
   */
  readonly headSigned: boolean | null;
  /** Height of a last block, never acknowledged, that the store dropped as half written; null when there was none. */
  readonly halfWritten: number | null;
}

/** A ledger that does not hold. */
export interface BadLedger {
  readonly ok: false;
  /** Height of the first bad block; null where no single block is to blame. */
  readonly height: number | null;
  /** What was wanted and what was found, in a sentence. */
  readonly reason: string;
}

/** What verifying a ledger came to. */
export type Audit = GoodLedger | BadLedger;

/** Options of {@link auditBlocks} and {@link auditStore}; whatever is left out is opened, and closed again. */
export interface AuditOptions {
  /** Default: hash-wasm's, which shares no code with the core. */
  readonly hasher?: Hasher;
  /** Default: WebCrypto's. Where it has no Ed25519, pass `await openSignatures({ fallback: plainEd25519 })`. */
  readonly signatures?: Signatures;
  /** Executes the periods again. */
  readonly engine?: Engine;
  /** The newest signed head that was kept beside the blocks, as a note; the blocks must lead to it. Default: none. */
  readonly note?: string | null;
  /**
   * A head that the caller trusts, whoever signed it: the ledger must be of its market and lead to it. Default: none.
   */
  readonly checkpoint?: Checkpoint;
  /**
   * The platform's public key, by which the head's signature is checked where genesis is withheld, which says it
   * otherwise.
   */
  readonly platformKey?: Uint8Array;
  /** Called after every hundredth block and after the last, with the number of blocks done. */
  readonly progress?: (done: number) => void;
}

/** Options of {@link auditStore}, which knows the signed head by itself. */
export interface StoreAuditOptions extends Omit<AuditOptions, "note"> {
  /**
   * Begins at the snapshot of this height that the store keeps: it is checked against the header of its block, which is
   * found in the chain; of the blocks up to there the headers and links are checked alone. Default: at genesis, and
   * where that is erased at the oldest snapshot.
   */
  readonly from?: number;
}

const optionNames = [
  "hasher",
  "signatures",
  "engine",
  "platformKey",
  "checkpoint",
  "progress",
] as const satisfies readonly (keyof AuditOptions)[];

/**
 * Verifies a ledger by its blocks, in order from genesis. Whatever is wrong with the ledger stands in the result; what
 * `blocks` throws as `storage` (a disk or a server that fails) is thrown, and so is `invalid` for what are no blocks
 * and for an option that is unknown: a misspelt `note` must not leave the signed head unchecked.
 *
 * @example
 * const audit = await auditBlocks(market.store.blocks());
 * if (!audit.ok) console.error(audit.height, audit.reason);
 */
export async function auditBlocks(blocks: Blocks, options: AuditOptions = {}): Promise<Audit> {
  checkBlocks(blocks);
  onlyKeys(options, "options", [...optionNames, "note"]);
  return verdict(options, async (tools) => judge(blocks, options.note ?? null, tools));
}

/**
 * Verifies the ledger in a store, with the signed head that it keeps; throws as {@link auditBlocks} does. Every section
 * is hashed here, so the store may have been opened with `verify: "hashes"`.
 */
export async function auditStore(store: Store, options: StoreAuditOptions = {}): Promise<Audit> {
  needMethods(store, "store", "an open store", ["blocks", "getMeta"]);
  onlyKeys(options, "options", [...optionNames, "from"]);
  const from = options.from ?? (await beginningOf(store));
  if (from !== undefined && !(await store.snapshots()).includes(from))
    fail(
      "invalid",
      "from",
      `the height of a snapshot: ${(await store.snapshots()).join(", ") || "none"}`,
      from,
    );
  return verdict(options, async (tools) => {
    const note = await store.getMeta(checkpointKey);
    const text =
      note === null ? null : (fromUtf8(note) ?? fail("corrupt", "checkpoint", "UTF-8", "other bytes"));
    const snapshot = from === undefined ? null : await readSnapshot(store, from, tools.hasher);
    return {
      ...(await judge(store.blocks(), text, tools, snapshot)),
      halfWritten: store.recovered?.height ?? null,
    };
  });
}

/** Height of the oldest snapshot of a store whose genesis is its header alone; undefined: genesis is there. */
async function beginningOf(store: Store): Promise<number | undefined> {
  const genesis = store.size === 0 ? null : await store.get(0);
  const isErased = genesis !== null && isWithheld(decodeHeader(genesis), genesis);
  return isErased ? (await store.snapshots()).at(-1) : undefined;
}

interface Tools {
  readonly hasher: Hasher;
  readonly signatures: Signatures;
  readonly engine: Engine;
  readonly platformKey: Uint8Array | null;
  readonly checkpoint: Checkpoint | null;
  readonly progress: (done: number) => void;
}

/** Opens what `options` leaves out and runs `judge`; a ledger that does not hold is an answer, not an error. */
async function verdict(options: AuditOptions, judge: (tools: Tools) => Promise<GoodLedger>): Promise<Audit> {
  const checkpoint =
    options.checkpoint === undefined ? null : checkCheckpoint(options.checkpoint, "checkpoint");
  const hasher = options.hasher ?? (await openHasher());
  const signatures = options.signatures ?? (await openSignatures());
  const engine = options.engine ?? (await openEngine());
  try {
    const { platformKey = null, progress = () => {} } = options;
    return await judge({ hasher, signatures, engine, platformKey, checkpoint, progress });
  } catch (error) {
    if (!(error instanceof GridclearError) || error.code === "storage") throw error;
    return { ok: false, height: error.height, reason: error.message };
  } finally {
    if (options.engine === undefined) engine.close();
  }
}

async function judge(
  blocks: Blocks,
  note: string | null,
  tools: Tools,
  snapshot: Snapshot | null = null,
): Promise<GoodLedger> {
  const { hasher, checkpoint, progress } = tools;
  const chain = new Chain(hasher);
  const execution = new Execution(tools, snapshot);
  const known = execution.height;
  const head = note === null ? null : parseCheckpoint(note);
  const heads = new Heads([
    ...(head === null ? [] : [{ name: "kept beside the ledger", head: head.checkpoint }]),
    ...(checkpoint === null ? [] : [{ name: "that is trusted", head: checkpoint }]),
  ]);
  let length = 0;
  let orders = 0;
  let trades = 0;
  let withheld = 0;
  let erased = 0;
  let signed = snapshot !== null && isSigned(snapshot.header);
  for await (const { bytes, header, isWithheld: isHeader } of linkedBlocks(blocks, chain, known)) {
    heads.pass(chain, header);
    length += bytes.length;
    if (chain.size <= known) {
      if (isHeader) erased += 1;
      continue;
    }
    signed = isSigned(header);
    if (isHeader) withheld += 1;
    else if (withheld === 0) await execution.execute(decodeBlock(bytes));
    orders += header.sections.orders.count;
    trades += header.sections.trades.count;
    if (chain.size % 100 === 0) progress(chain.size);
  }
  if (chain.size % 100 !== 0) progress(chain.size);
  heads.check(chain.size);
  return {
    ok: true,
    blocks: chain.size,
    bytes: length,
    orders,
    trades,
    hash: chain.head === null ? null : hex(chain.head.hash),
    root: hex(chain.root()),
    signed,
    from: snapshot?.header.height ?? null,
    withheld,
    erased,
    executed: execution.height - known,
    headSigned: head === null || !signed ? null : await execution.checkHead(head),
    halfWritten: null,
  };
}

const isSigned = ({ flags }: Header): boolean => (flags & signedMarket) !== 0;

/** What takes a block's records: its signatures, and its period executed again. */
class Execution {
  readonly #tools: Tools;
  readonly #directory = new KeyDirectory();
  readonly #replay: Replay;

  constructor(tools: Tools, snapshot: Snapshot | null) {
    this.#tools = tools;
    this.#replay = openReplay(tools.engine, snapshot);
    for (const contract of snapshot !== null && isSigned(snapshot.header) ? keyContracts(snapshot) : [])
      this.#directory.take(contract);
  }

  /** Height of the next block. */
  get height(): number {
    return this.#replay.height;
  }

  async execute(block: Block): Promise<void> {
    const { signatures, hasher } = this.#tools;
    await checkEvidence(block, this.#directory, signatures, hasher).catch((error) => {
      throw placed(error, block.header.height);
    });
    this.#replay.replay(block);
  }

  /** Checks the signature of a head; false where nobody says by whose key. Throws `signature` for a wrong one. */
  async checkHead(head: SignedCheckpoint): Promise<boolean> {
    const { platformKey, signatures, hasher } = this.#tools;
    const key = this.height > 0 ? this.#directory.platform : platformKey;
    if (key === null) return false;
    return (
      (await isSignedBy(head, key, signatures, hasher)) ||
      fail("signature", "head", `a signature of the platform (${hex(key)})`, head.checkpoint.origin)
    );
  }
}
