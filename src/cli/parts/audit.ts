import { copyFile, link, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hex, sameBytes } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { fail, GridclearError, placed } from "../../errors.js";
import { decodeBlock } from "../../ledger/format/block.js";
import { Chain } from "../../ledger/format/chain.js";
import { signedMarket } from "../../ledger/format/header.js";
import { KeyDirectory } from "../../ledger/keys/directory.js";
import { checkEvidence } from "../../ledger/keys/evidence.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { checkpointKey, isSignedBy, parseCheckpoint } from "../../ledger/proof/checkpoint.js";
import { checkHeadFile } from "../../ledger/store/head.js";
import { hasLedger, openNodeStore, type Store } from "../../ledger/store/node.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { openReplay } from "../../market/replay.js";

/** What verifying a ledger came to. */
export type Audit =
  | {
      readonly ok: true;
      readonly blocks: number;
      readonly orders: number;
      readonly trades: number;
      /** Hash of the last block and RFC 6962 root over all of them, hexadecimal. */
      readonly hash: string | null;
      readonly root: string;
      readonly signed: boolean;
      /** Height of a last block, never acknowledged, that was half written; null when there was none. */
      readonly halfWritten: number | null;
      readonly durationMs: number;
    }
  | {
      readonly ok: false;
      /** First bad height; null when the database can't be read at all. */
      readonly height: number | null;
      readonly reason: string;
    };

/**
 * Opening a LevelDB rewrites its log and drops what its checksums refuse: that would spoil the evidence. So a copy is
 * opened instead; tables never change once written and are linked, not copied. A market may write the ledger meanwhile.
 */
export async function withCopy<T>(directory: string, use: (copy: string) => Promise<T>): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), "gridclear-verify-"));
  try {
    for (let tries = 1; !(await copyAtOnce(directory, copy)); tries += 1) {
      if (tries === mostCopies)
        return fail("conflict", directory, "files that stay while they are copied", "others each time");
      for (const name of await readdir(copy)) await rm(join(copy, name));
    }
    return await use(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

const mostCopies = 20;

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== "LOCK" && !entry.name.startsWith("LOG"))
    .map((entry) => entry.name)
    .sort();
}

/**
 * Copies the files of a ledger; false when a writer made or removed one meanwhile, so that they may not fit together.
 * `HEAD` comes first: blocks written after it are merely more than it speaks for, while one that spoke for blocks not yet
 * in the copied log would make a good ledger look cut short.
 */
async function copyAtOnce(directory: string, copy: string): Promise<boolean> {
  const names = await filesOf(directory);
  for (const name of ["HEAD", ...names.filter((each) => each !== "HEAD")]) {
    const [from, to] = [join(directory, name), join(copy, name)];
    try {
      if (name.endsWith(".ldb")) await link(from, to).catch(() => copyFile(from, to));
      else await copyFile(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      if (names.includes(name)) return false;
    }
  }
  return (await filesOf(directory)).join() === names.join();
}

/**
 * Verifies a ledger on disk without changing it: every hash and link (by hash-wasm), every signature, every period
 * executed again. `progress` hears of every hundredth block. Throws `invalid` when there is no ledger, `storage` when
 * the disk can't be read; whatever is wrong with the ledger itself is in the result.
 */
export async function auditLedger(
  directory: string,
  progress: (done: number, of: number) => void = () => {},
): Promise<Audit> {
  if (!hasLedger(directory)) return fail("invalid", "LEDGER", "a directory with a ledger", directory);
  const start = performance.now();
  try {
    return await withCopy(directory, async (copy) => {
      const head = await readFile(join(copy, "HEAD")).catch(() => fail("corrupt", "HEAD", "a file", "none"));
      checkHeadFile(head, await openHasher());
      // Links only: every section is hashed below, and once is enough.
      const store = await openNodeStore(copy, { create: false, verify: "hashes" });
      try {
        return { ...(await auditStore(store, progress)), durationMs: Math.round(performance.now() - start) };
      } finally {
        await store.close();
      }
    });
  } catch (error) {
    if (!(error instanceof GridclearError) || error.code === "conflict") throw error;
    // The database names the copy it was opened from; who reads this knows the ledger.
    const reason = error.message.replaceAll(/\S*gridclear-verify-\w+/g, directory);
    return { ok: false, height: error.height, reason };
  }
}

type Good = Omit<Extract<Audit, { ok: true }>, "durationMs">;

async function auditStore(store: Store, progress: (done: number, of: number) => void): Promise<Good> {
  const hasher = await openHasher();
  const signatures = await openSignatures();
  const engine = await openEngine();
  const chain = new Chain(hasher);
  const directory = new KeyDirectory();
  const replay = openReplay(engine);
  let orders = 0;
  let trades = 0;
  let signed = false;
  const note = await store.getMeta(checkpointKey);
  const head = note === null ? null : parseCheckpoint(new TextDecoder().decode(note));
  let rootAtHead: Uint8Array | null = null;
  for await (const bytes of store.blocks()) {
    const height = chain.size;
    chain.append(bytes);
    if (chain.size === head?.checkpoint.size) rootAtHead = chain.root();
    const block = decodeBlock(bytes);
    signed = (block.header.flags & signedMarket) !== 0;
    try {
      await checkEvidence(block, directory, signatures, hasher);
    } catch (error) {
      throw placed(error, height);
    }
    replay.replay(block);
    orders += block.header.sections.orders.count;
    trades += block.header.sections.trades.count;
    if (chain.size % 100 === 0 || chain.size === store.size) progress(chain.size, store.size);
  }
  engine.close();
  if (head !== null) {
    const { size, root } = head.checkpoint;
    // A head that was signed can't be taken back: blocks missing under it, or others in their place, are seen here.
    if (rootAtHead === null)
      fail(
        "corrupt",
        `block ${chain.size}`,
        `a block: the head kept beside the ledger covers ${size}`,
        "none",
      );
    if (!sameBytes(rootAtHead, root)) fail("corrupt", `head of ${size} blocks`, hex(rootAtHead), hex(root));
    if (signed && !(await isSignedBy(hasher, signatures, head, directory.platform)))
      fail(
        "signature",
        "head",
        `a signature of the platform (${hex(directory.platform)})`,
        head.checkpoint.origin,
      );
  }
  return {
    ok: true,
    blocks: chain.size,
    orders,
    trades,
    hash: chain.head === null ? null : hex(chain.head.hash),
    root: hex(chain.root()),
    signed,
    halfWritten: store.recovered?.height ?? null,
  };
}
