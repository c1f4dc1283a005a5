/**
 * How a report reads a ledger: block by block, and nothing from a block whose hashes have not been checked. A statement
 * or a table of an altered ledger would be worse than none.
 */
import { isBytes } from "../bytes.js";
import { fail } from "../errors.js";
import { type Block, decodeBlock, isWithheld } from "../ledger/format/block.js";
import { type Blocks, Chain, checkBlocks } from "../ledger/format/chain.js";
import { decodeHeader, type Header } from "../ledger/format/header.js";
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
 * As {@link linkedBlocks}, for whoever needs the records of every block: throws `state` naming the first that is
 * withheld.
 */
export async function* checkedBlocks(
  blocks: Blocks,
  hasher: Hasher,
  chain: Chain = new Chain(hasher),
): AsyncGenerator<CheckedBlock> {
  for await (const { bytes, header, hash, isWithheld } of linkedBlocks(blocks, chain)) {
    if (isWithheld) fail("state", `block ${header.height}`, "its records and secret", "the header alone");
    yield { block: decodeBlock(bytes), bytes, hash };
  }
}
