/**
 * Merkle trees by RFC 6962 §2.1: hashes of leaves and nodes, roots, and the edge of a tree that only grows.
 */
import { copyOf } from "../../bytes.js";
import { fail } from "../../errors.js";
import { type Hasher, hashBytes } from "./hasher.js";

/** Hash of a leaf: SHA-256(0x00 ‖ data) (RFC 6962 §2.1). */
export function leafHash(data: Uint8Array, hasher: Pick<Hasher, "sha256">): Uint8Array {
  const message = new Uint8Array(1 + data.length);
  message.set(data, 1);
  return hasher.sha256(message);
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array, hasher: Hasher): Uint8Array {
  const message = new Uint8Array(1 + 2 * hashBytes);
  message[0] = 1;
  message.set(left, 1);
  message.set(right, 1 + hashBytes);
  return hasher.sha256(message);
}

/** Root of the tree without leaves: SHA-256 of nothing (RFC 6962 §2.1). */
function emptyRoot(hasher: Hasher): Uint8Array {
  return hasher.sha256(new Uint8Array(0));
}

/** RFC 6962 §2.1 root over leaves of any length; fresh 32 bytes. */
export function merkleRoot(leaves: readonly Uint8Array[], hasher: Hasher): Uint8Array {
  return hasher.nodesRoot(hasher.leafHashes(leaves));
}

/** Largest power of two below `size`: where RFC 6962 splits a tree of `size` > 1 leaves. Exact to 2⁵³−1. */
export function splitPoint(size: number): number {
  if (!Number.isSafeInteger(size) || size < 2) return fail("invalid", "size", "2 to 2^53-1", size);
  // Not `1 << (31 - Math.clz32(...))`: bit operators see 32 bits only.
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** Sizes of the perfect subtrees that tile `[0, size)` from the left: the powers of two in `size`, largest first. */
export function perfectSizes(size: number): number[] {
  if (!Number.isSafeInteger(size) || size < 0) return fail("invalid", "size", "0 to 2^53-1", size);
  const sizes: number[] = [];
  for (let power = 1, rest = size; rest > 0; power *= 2) {
    if (rest % 2 === 1) sizes.push(power);
    rest = Math.floor(rest / 2);
  }
  return sizes.reverse();
}

/**
 * The left edge of an RFC 6962 tree that only grows: the roots of the perfect subtrees that tile `[0, size)`, largest
 * first. At most 53 hashes, whatever the size; appending and the root take O(log size) hashes.
 */
export class CompactRange {
  readonly #hasher: Hasher;
  #size: number;
  #roots: Uint8Array[];

  /**
   * An empty range, or one of `size` leaves resumed from its subtree roots (as {@link CompactRange.subtrees} gives
   * them).
   */
  constructor(hasher: Hasher, size: number = 0, subtrees: readonly Uint8Array[] = []) {
    const wanted = perfectSizes(size).length;
    if (subtrees.length !== wanted || subtrees.some((hash) => hash.length !== hashBytes))
      fail("invalid", "subtrees", `${wanted} hashes of ${hashBytes} bytes for ${size} leaves`, subtrees);
    this.#hasher = hasher;
    this.#size = size;
    this.#roots = [...subtrees];
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Roots of the perfect subtrees, largest first; a fresh array of hashes that must not be written to. */
  get subtrees(): readonly Uint8Array[] {
    return [...this.#roots];
  }

  /** Appends one leaf by its leaf hash (which is kept, not copied). Throws `limit` beyond 2⁵³−1 leaves. */
  append(leaf: Uint8Array): void {
    if (leaf.length !== hashBytes) fail("invalid", "leaf", `${hashBytes} bytes`, leaf.length);
    if (this.#size === Number.MAX_SAFE_INTEGER) fail("limit", "size", "at most 2^53-1 leaves", this.#size);
    let hash = leaf;
    // Each trailing one bit of the size is a perfect subtree as large as the one just completed.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2)
      hash = nodeHash(this.#roots.pop()!, hash, this.#hasher);
    this.#roots.push(hash);
    this.#size += 1;
  }

  /** Root over all leaves so far: the subtrees folded from the right, so that a lone last node is promoted. */
  root(): Uint8Array {
    const last = this.#roots.length - 1;
    if (last < 0) return emptyRoot(this.#hasher);
    let hash = this.#roots[last]!;
    for (let index = last - 1; index >= 0; index -= 1)
      hash = nodeHash(this.#roots[index]!, hash, this.#hasher);
    return copyOf(hash);
  }

  /** An independent copy. */
  copy(): CompactRange {
    return new CompactRange(this.#hasher, this.#size, this.#roots);
  }
}
