/**
 * How a report reads a ledger: block by block, and nothing from a block whose hashes have not been checked. A statement
 * or a table of an altered ledger would be worse than none.
 */
import { isBytes } from "../bytes.js";
import { fail } from "../errors.js";
import { type Block, decodeBlock } from "../ledger/format/block.js";
import { type Blocks, Chain, checkBlocks } from "../ledger/format/chain.js";
import type { Hasher } from "../ledger/tree/hasher.js";

/** A block whose sections have the roots of its header, and whose header follows the block before. */
export interface CheckedBlock {
  readonly block: Block;
  /** The same block as it came. */
  readonly bytes: Uint8Array;
  /** SHA-256 of its header. */
  readonly hash: Uint8Array;
}

/**
 * Follows blocks with `chain`: the first `known` by their headers and links alone, each as null; the others as
 * {@link checkedBlocks} does.
 */
export async function* followedBlocks(
  blocks: Blocks,
  chain: Chain,
  known: number,
): AsyncGenerator<Block | null> {
  checkBlocks(blocks);
  for await (const bytes of blocks) {
    if (!isBytes(bytes)) fail("invalid", `block ${chain.size}`, "its bytes, as a Uint8Array", bytes);
    const headerOnly = chain.size < known;
    chain.append(bytes, headerOnly);
    yield headerOnly ? null : decodeBlock(bytes);
  }
}

/**
 * Hands blocks on, each after its hashes and its links to the one before were checked. `chain` is brought forward with
 * them; one of the caller's own tells size and root afterwards. Throws `corrupt` (or `unsupported`) naming the first
 * bad height, `invalid` for what are no blocks at all.
 */
export async function* checkedBlocks(
  blocks: Blocks,
  hasher: Hasher,
  chain: Chain = new Chain(hasher),
): AsyncGenerator<CheckedBlock> {
  checkBlocks(blocks);
  for await (const bytes of blocks) {
    if (!isBytes(bytes)) fail("invalid", `block ${chain.size}`, "its bytes, as a Uint8Array", bytes);
    const hash = chain.append(bytes);
    yield { block: decodeBlock(bytes), bytes, hash };
  }
}
