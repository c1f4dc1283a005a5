/**
 * The hashes of all blocks of a ledger with the tree over them, for whoever proves blocks to others.
 */
import { copyOf } from "../../bytes.js";
import { fail } from "../../errors.js";
import { checkHasher, type Hasher } from "./hasher.js";
import { leafHash, nodeHash, perfectSizes, splitPoint } from "./merkle.js";
import { consistencyRanges, inclusionRanges } from "./path.js";

/**
 * The Merkle tree over block hashes with all its inner nodes kept (64 bytes a block): what serves proofs about any
 * block and any earlier size in O(log² n) hashes.
 */
export class HistoryTree {
  readonly #hasher: Hasher;
  /** `#levels[k][i]`: root of the perfect subtree over leaves `[i·2ᵏ, (i+1)·2ᵏ)`. */
  readonly #levels: Uint8Array[][] = [[]];

  /** The tree without blocks. Throws `invalid` for what is no hasher. */
  constructor(hasher: Hasher) {
    checkHasher(hasher);
    this.#hasher = hasher;
  }

  /** Number of blocks. */
  get size(): number {
    return this.#levels[0]!.length;
  }

  /** Appends the next block by its 32-byte hash. */
  append(blockHash: Uint8Array): void {
    this.#levels[0]!.push(leafHash(blockHash, this.#hasher));
    for (let level = 0; this.#levels[level]!.length % 2 === 0; level += 1) {
      const nodes = this.#levels[level]!;
      if (this.#levels[level + 1] === undefined) this.#levels.push([]);
      this.#levels[level + 1]!.push(
        nodeHash(nodes[nodes.length - 2]!, nodes[nodes.length - 1]!, this.#hasher),
      );
    }
  }

  /** Root over the first `size` blocks. Throws `invalid` beyond what is there, and for none. */
  root(size: number = this.size): Uint8Array {
    this.#check(size);
    return copyOf(this.#rangeRoot(0, size));
  }

  /** Roots of the perfect subtrees that tile the first `size` blocks, largest first; hashes not to be written to. */
  subtrees(size: number = this.size): readonly Uint8Array[] {
    if (size !== 0) this.#check(size);
    let start = 0;
    return perfectSizes(size).map((length) => {
      start += length;
      return this.#rangeRoot(start - length, start);
    });
  }

  /** Path from block `height` to the root over the first `size` blocks. */
  inclusion(height: number, size: number = this.size): Uint8Array[] {
    this.#check(size);
    return inclusionRanges(height, size).map(({ start, end }) => this.#rangeRoot(start, end));
  }

  /** Path that proves the first `size1` blocks to be the beginning of the first `size2`. */
  consistency(size1: number, size2: number = this.size): Uint8Array[] {
    this.#check(size2);
    return consistencyRanges(size1, size2).map(({ start, end }) => this.#rangeRoot(start, end));
  }

  #check(size: number): void {
    if (!Number.isSafeInteger(size) || size < 1 || size > this.size)
      fail("invalid", "size", `1 to ${this.size}`, size);
  }

  #rangeRoot(start: number, end: number): Uint8Array {
    const length = end - start;
    const level = Math.log2(length);
    if (Number.isInteger(level) && start % length === 0) return this.#levels[level]![start / length]!;
    const middle = start + splitPoint(length);
    return nodeHash(this.#rangeRoot(start, middle), this.#rangeRoot(middle, end), this.#hasher);
  }
}
