/**
 * Paths in Merkle trees (RFC 6962 §2.1.1, §2.1.2; verified as RFC 9162 §2.1.3.2 and §2.1.4.2 say). Sizes go to 2⁵³−1,
 * so this halves and takes remainders and has no bit operators, which see 32 bits only.
 */
import { isBytes, sameBytes, wantBytes } from "../../bytes.js";
import { needArray, needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { checkHasher, type Hasher, hashBytes } from "./hasher.js";
import { merkleRoot, nodeHash, splitPoint } from "./merkle.js";

/** Leaves `[start, end)` of a tree. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** What a ledger of `size` blocks hashes to, or any tree of `size` leaves: what a proof leads to. */
export interface Anchor {
  readonly size: number;
  readonly root: Uint8Array;
}

/** A leaf by its hash, its place in a tree of `size` leaves, and the path from it to the root. */
export interface Inclusion {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

/** Root of the subtree over leaves `[start, end)`, as RFC 6962 §2.1 defines it for those leaves alone. */
export type RangeRoot = (start: number, end: number) => Uint8Array;

/** Most hashes a proof about a tree of at most 2⁵³−1 leaves can need. */
export const maxPathLength: number = 54;

/**
 * The subtrees whose roots prove leaf `index` in a tree of `size` leaves, from the leaf upwards (RFC 6962 §2.1.1).
 * Throws `invalid` unless 0 ≤ index < size ≤ 2⁵³−1.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!isCount(size) || !isCount(index) || index >= size)
    return fail("invalid", "index", `a leaf of a tree of ${size}`, index);
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/**
 * The subtrees whose roots prove that a tree of `size2` leaves begins with the one of `size1` (RFC 6962 §2.1.2);
 * none when the sizes are equal. Throws `invalid` unless 1 ≤ size1 ≤ size2: every tree begins with the empty one, and
 * a proof of that would prove nothing.
 */
export function consistencyRanges(size1: number, size2: number): LeafRange[] {
  if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2)
    return fail("invalid", "size1", `1 to size2 (${size2})`, size1);
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size2;
  // Down the right edge of the old tree until a subtree ends exactly there.
  while (end !== size1) {
    const middle = start + splitPoint(end - start);
    if (size1 <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The verifier knows the old root; it needs this subtree's only when that is not the whole old tree.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** The root that a path leads to from its leaf; null when its length can't be that of a proof. */
export function rootOfPath(inclusion: Inclusion, hasher: Hasher): Uint8Array | null {
  checkHasher(hasher);
  const { leaf, index, size, path } = needObject(inclusion, "inclusion");
  if (!Array.isArray(path)) return null;
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes(leaf, ...path)) return null;
  let hash = leaf;
  const arrives = climb(index, size - 1, path, (sibling, isLeft) => {
    hash = isLeft ? nodeHash(sibling, hash, hasher) : nodeHash(hash, sibling, hasher);
  });
  return arrives ? hash : null;
}

/**
 * Goes up a path from leaf `at` of a tree whose last leaf is `last`, and gives `join` each sibling and whether it
 * stands on the left; false when the path does not end at the root.
 */
function climb(
  at: number,
  last: number,
  path: readonly Uint8Array[],
  join: (sibling: Uint8Array, isLeft: boolean) => void,
): boolean {
  for (const sibling of path) {
    if (last === 0) return false;
    const isLeft = isOdd(at) || at === last;
    join(sibling, isLeft);
    // A node without a right neighbour was promoted: go up to where it has a left one.
    while (isLeft && !isOdd(at) && at !== 0) {
      at = half(at);
      last = half(last);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0;
}

/** True when the path proves the leaf to stand at its place in the tree with `root` (RFC 9162 §2.1.3.2). */
export function verifyInclusion(inclusion: Inclusion, root: Uint8Array, hasher: Hasher): boolean {
  wantBytes(root, "root");
  const found = rootOfPath(inclusion, hasher);
  return found !== null && sameBytes(found, root);
}

/**
 * True when `path` proves that the tree `to` begins with the tree `from` (RFC 9162 §2.1.4.2). `from` without leaves is
 * false, whatever else: it would bind nothing.
 */
export function verifyConsistency(
  from: Anchor,
  to: Anchor,
  path: readonly Uint8Array[],
  hasher: Hasher,
): boolean {
  checkHasher(hasher);
  needArray(path, "path");
  const { size: size1, root: root1 } = needObject(from, "from");
  const { size: size2, root: root2 } = needObject(to, "to");
  if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2) return false;
  if (!areHashes(root1, root2, ...path)) return false;
  if (size1 === size2) return path.length === 0 && sameBytes(root1, root2);
  let at = size1 - 1;
  let last = size2 - 1;
  while (isOdd(at)) {
    at = half(at);
    last = half(last);
  }
  // An old tree of 2ᵏ leaves is itself the first subtree, and its root is not repeated in the path.
  const hashes = at === 0 ? [root1, ...path] : path;
  const [first, ...rest] = hashes;
  if (first === undefined) return false;
  let old = first;
  let now = first;
  const arrives = climb(at, last, rest, (sibling, isLeft) => {
    if (isLeft) old = nodeHash(sibling, old, hasher);
    now = isLeft ? nodeHash(sibling, now, hasher) : nodeHash(now, sibling, hasher);
  });
  return arrives && sameBytes(old, root1) && sameBytes(now, root2);
}

/** Roots of subtrees over leaves of `leafBytes` bytes lying end to end, the last perhaps shorter. */
export function leafRoots(bytes: Uint8Array, leafBytes: number, hasher: Hasher): RangeRoot {
  return (start, end) => hasher.merkleRoot(bytes.subarray(start * leafBytes, end * leafBytes), leafBytes);
}

/** Roots of subtrees over leaves of any length. */
export function itemRoots(items: readonly Uint8Array[], hasher: Hasher): RangeRoot {
  return (start, end) => merkleRoot(items.slice(start, end), hasher);
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);
const areHashes = (...values: readonly Uint8Array[]): boolean =>
  values.every((value) => isBytes(value) && value.length === hashBytes);
