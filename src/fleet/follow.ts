/**
 * Following a microgrid's blocks and believing nobody: for a page in a browser, which reads the fleet's streams over
 * NATS's WebSocket with a connection that may do no more. Needs no clock, no key and nothing of Node.
 */
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { fromUtf8, hex, sameBytes } from "../bytes.js";
import { fail } from "../errors.js";
import { decodeBlock, decodeItems } from "../ledger/format/block.js";
import { Chain } from "../ledger/format/chain.js";
import { decodeHeader, encodeHeader, type Header, headerBytes, marketId } from "../ledger/format/header.js";
import { decodeSnapshot } from "../ledger/format/snapshot.js";
import type { Signatures } from "../ledger/keys/backend.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { needHead, platformOf } from "./heads.js";
import { checkSettings, offline } from "./line.js";
import { decodeSnapshotMessage, type PublishedBlock } from "./messages.js";
import { Names } from "./names.js";
import { blockFrom, blocksAsPublished, type Reader } from "./reader.js";

/** How long a server may take to answer, in milliseconds. */
const answerMs = 5_000;

/**
 * Opens a fleet to read. Throws `state` where none was begun, `storage` where no server answers.
 */
export async function openReader(nc: NatsConnection, prefix: string, hasher: Hasher): Promise<Reader> {
  const bucket = Names.bucket(prefix);
  const { direct } = await jetstreamManager(nc, { timeout: answerMs, checkAPI: false });
  const settings = await direct
    .getMessage(`KV_${bucket}`, { last_by_subj: `$KV.${bucket}.settings` })
    .catch((error: unknown) => {
      throw offline(error);
    });
  if (settings === null) return fail("state", `fleet ${prefix}`, "a fleet that was begun", "none");
  const { shards } = checkSettings(JSON.parse(fromUtf8(settings.data) ?? "null"), "settings");
  return { nc, direct, names: new Names(prefix, shards, hasher) };
}

/** What blocks are verified with. */
export interface FollowOptions {
  readonly hasher: Hasher;
  readonly signatures: Signatures;
  /** The market expected, 32 bytes: the hash of its contract, which names the platform's key. */
  readonly marketId: Uint8Array;
}

/** A block that holds. */
export interface VerifiedBlock {
  readonly header: Header;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  /** The head up to this block, as the platform signed it. */
  readonly note: string;
}

/**
 * The blocks of a microgrid as they are published, from behind the newest snapshot on, until `signal` is aborted. Each
 * was checked: it follows the one before, its records are those that its header has the roots of, and the head that it
 * comes with covers all blocks up to it and was signed by the platform. Where they begin, the platform's signature
 * stands for all that was before. Throws `corrupt` or `signature` naming the block for one that does not hold.
 */
export async function* followBlocks(
  reader: Reader,
  grid: string,
  options: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<VerifiedBlock> {
  const { hasher, signatures } = options;
  const genesis = await firstBlock(reader, grid, options);
  const check = { platform: platformOf(genesis.bytes), signatures, hasher };
  const begun = await beginning(reader, grid, hasher);
  const chain = begun?.chain ?? new Chain(hasher);
  if (begun !== null) await needHead(begun.block, chain.root(), check);
  const from = { sequence: begun?.block.sequence ?? 0, height: chain.size };
  for await (const block of blocksAsPublished(reader, grid, from, signal)) {
    const { bytes } = block;
    const hash = chain.append(bytes);
    await needHead(block, chain.root(), check);
    yield { header: decodeHeader(bytes), hash, bytes, note: block.note! };
  }
}

/** The block of genesis. Throws `state` where there is none yet, `corrupt` for another market's. */
async function firstBlock(
  reader: Reader,
  grid: string,
  { hasher, marketId: wanted }: FollowOptions,
): Promise<PublishedBlock> {
  const block = await blockFrom(reader, grid, 1);
  if (block === null) return fail("state", grid, "a microgrid that a worker has begun", "none yet");
  const [contract] = decodeItems(decodeBlock(block.bytes).sections.contracts);
  const found = marketId(contract ?? new Uint8Array(), hasher);
  return sameBytes(found, wanted) ? block : fail("corrupt", `${grid}, market`, hex(wanted), hex(found));
}

/** The newest snapshot and the block that it is of; null where there is none, or it is not of that block. */
async function beginning(
  reader: Reader,
  grid: string,
  hasher: Hasher,
): Promise<{ readonly chain: Chain; readonly block: PublishedBlock } | null> {
  const { names, direct } = reader;
  const place = names.of(grid);
  const message = await direct
    .getMessage(names.snapshotStream, { last_by_subj: place.snapshots })
    .catch((error: unknown) => {
      throw offline(error);
    });
  if (message === null) return null;
  const snapshot = decodeSnapshotMessage(message.data);
  const { header, subtrees } = decodeSnapshot(snapshot.bytes, hasher);
  const block = await blockFrom(reader, grid, snapshot.sequence);
  const isIts =
    block?.sequence === snapshot.sequence &&
    sameBytes(block.bytes.subarray(0, headerBytes), encodeHeader(header));
  return isIts ? { chain: Chain.after(header, subtrees, hasher), block } : null;
}
