/**
 * How a report reads a ledger: block by block, and nothing from a block whose hashes have not been checked. A statement
 * or a table of an altered ledger would be worse than none.
 */
import { isBytes, sameBytes } from "../bytes.js";
import { integer, needObject } from "../check.js";
import { fail } from "../errors.js";
import { type Block, decodeShown, isWithheld } from "../ledger/format/block.js";
import { type Blocks, Chain, checkBlocks } from "../ledger/format/chain.js";
import { decodeHeader, encodeHeader, type Header, headerBytes } from "../ledger/format/header.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import type { Hasher } from "../ledger/tree/hasher.js";

/** A block whose sections have the roots of its header, and whose header follows the block before. */
export interface CheckedBlock {
  readonly block: Block;
  /** The same block as it came. */
  readonly bytes: Uint8Array;
  /** SHA-256 of its header. */
  readonly hash: Uint8Array;
}

/** A block as it came, after its links, and its sections unless they are withheld, were checked. */
export interface LinkedBlock {
  readonly bytes: Uint8Array;
  readonly header: Header;
  /** SHA-256 of its header. */
  readonly hash: Uint8Array;
  /** Whether the header alone is there, as everybody sees a private market. */
  readonly isWithheld: boolean;
}

/**
 * Hands blocks on, each after its hashes and its links to the one before were checked, also those of which only the
 * header is there; of the first `known` the header and links alone. `chain` is brought forward with them; one of the
 * caller's own tells size and root afterwards. Throws `corrupt` (or `unsupported`) naming the first bad height,
 * `invalid` for what are no blocks at all.
 */
export async function* linkedBlocks(
  blocks: Blocks,
  chain: Chain,
  known: number = 0,
): AsyncGenerator<LinkedBlock> {
  checkBlocks(blocks);
  for await (const bytes of blocks) {
    if (!isBytes(bytes)) fail("invalid", `block ${chain.size}`, "its bytes, as a Uint8Array", bytes);
    const hash = chain.append(bytes, chain.size < known);
    const header = decodeHeader(bytes);
    yield { bytes, header, hash, isWithheld: isWithheld(header, bytes) };
  }
}

/**
 * The blocks after that of a snapshot, as {@link linkedBlocks} hands them on; all of them without one. Of those before,
 * headers and links are checked and nothing is handed on. Throws `invalid` for a snapshot of another ledger.
 */
export async function* blocksAfter(
  blocks: Blocks,
  chain: Chain,
  snapshot: Snapshot | null,
): AsyncGenerator<LinkedBlock> {
  const last = snapshot === null ? -1 : snapshot.header.height;
  for await (const linked of linkedBlocks(blocks, chain, last + 1)) {
    const { height } = linked.header;
    if (height > last) yield linked;
    else if (height === last) checkHeader(snapshot!, linked.bytes);
  }
  if (chain.size <= last)
    fail("invalid", "snapshot", `one of a height below ${chain.size}, the number of blocks`, last);
}

function checkHeader({ header }: Snapshot, block: Uint8Array): void {
  if (!sameBytes(block.subarray(0, headerBytes), encodeHeader(header)))
    fail("invalid", "snapshot", `one with the header of block ${header.height}`, "another");
}

/**
 * As {@link blocksAfter}, for whoever needs the records of every block: throws `state` naming the first that is
 * withheld.
 */
export async function* checkedBlocks(
  blocks: Blocks,
  hasher: Hasher,
  chain: Chain = new Chain(hasher),
  snapshot: Snapshot | null = null,
): AsyncGenerator<CheckedBlock> {
  for await (const linked of blocksAfter(blocks, chain, snapshot)) yield shown(linked);
}

/** A block with its records. Throws `state` where they are withheld. */
export function shown({ bytes, hash }: LinkedBlock): CheckedBlock {
  return { block: decodeShown(bytes), bytes, hash };
}

/** Heights of the blocks that a report is about, half-open, and where it begins to read records. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Checked, of a height below `from`; null: records are read from genesis. */
  readonly snapshot: Snapshot | null;
}

/** The stretch that options name. Throws `invalid` naming the one that is out of range. */
export function stretchOf(options: Partial<Stretch>): Stretch {
  const { from = 0, to = Number.MAX_SAFE_INTEGER, snapshot = null } = options;
  integer(0, Number.MAX_SAFE_INTEGER)(from, "from");
  integer(from + 1, Number.MAX_SAFE_INTEGER)(to, "to");
  const height =
    snapshot === null ? -1 : needObject(needObject(snapshot, "snapshot").header, "snapshot").height;
  if (height >= from && snapshot !== null)
    fail("invalid", "snapshot", `one of a height below ${from}`, height);
  return { from, to, snapshot };
}
