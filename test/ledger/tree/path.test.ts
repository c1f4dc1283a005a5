// Merkle proofs against an oracle that is the RFC's recursive definition, every size to 300 and every index; then
// trees of more than 2³² leaves, all alike, whose roots the same definition gives by size.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sameBytes } from "../../../src/bytes.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { HistoryTree } from "../../../src/ledger/tree/history.js";
import {
  consistencyRanges,
  inclusionRanges,
  itemRoots,
  leafRoots,
  maxPathLength,
  rootOfPath,
  verifyConsistency,
  verifyInclusion,
} from "../../../src/ledger/tree/path.js";

const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};
const leaf = (data: Uint8Array): Uint8Array => sha256(Uint8Array.of(0), data);
const node = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(Uint8Array.of(1), left, right);

/** RFC 6962 §2.1, with k the largest power of two below n. */
const split = (n: bigint): bigint => {
  let k = 1n;
  while (k * 2n < n) k *= 2n;
  return k;
};
const cut = (n: number): number => Number(split(BigInt(n)));
const records = Array.from({ length: 300 }, (_, i) => sha256(Uint8Array.of(i & 255, i >> 8)));
const roots = new Map<number, Uint8Array>();
/** MTH(D[start:end]), remembered, because the definition alone is quadratic. */
const MTH = (start: number, end: number): Uint8Array => {
  const name = start * 1000 + end;
  let root = roots.get(name);
  if (root === undefined) {
    const middle = end - start > 1 ? start + cut(end - start) : start;
    root = end - start === 1 ? leaf(records[start]!) : node(MTH(start, middle), MTH(middle, end));
    roots.set(name, root);
  }
  return root;
};
/** RFC 6962 §2.1.1: PATH(m, D[start:end]). */
const PATH = (m: number, start: number, end: number): Uint8Array[] => {
  if (end - start === 1) return [];
  const k = cut(end - start);
  return m < k
    ? [...PATH(m, start, start + k), MTH(start + k, end)]
    : [...PATH(m - k, start + k, end), MTH(start, start + k)];
};
/** RFC 6962 §2.1.2: SUBPROOF(m, D[start:end], whole). */
const SUBPROOF = (m: number, start: number, end: number, whole: boolean): Uint8Array[] => {
  if (m === end - start) return whole ? [] : [MTH(start, end)];
  const k = cut(end - start);
  return m <= k
    ? [...SUBPROOF(m, start, start + k, whole), MTH(start + k, end)]
    : [...SUBPROOF(m - k, start + k, end, false), MTH(start, start + k)];
};

const hasher: Hasher = await openHasher();
const joined = Uint8Array.from(records.flatMap((record) => [...record]));
const hexes = (path: readonly Uint8Array[]): string[] =>
  path.map((hash) => Buffer.from(hash).toString("hex"));

describe("every tree to 300 leaves", () => {
  // 45 150 paths twice over: a bare condition instead of `expect`, and one in five tried in ways that must fail.
  const hold = (good: boolean): void => {
    if (!good) expect.fail("a path that is not the RFC's, or a verdict on it that is wrong");
  };
  const alike = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
    a.length === b.length && a.every((hash, i) => sameBytes(hash, b[i]!));

  test("inclusion: the paths are the RFC's, from three sources, and every one verifies", () => {
    const tree = new HistoryTree(hasher);
    const fixed = leafRoots(joined, 32, hasher);
    const items = itemRoots(records, hasher);
    for (let size = 1; size <= 300; size++) {
      tree.append(records[size - 1]!);
      const root = MTH(0, size);
      hold(alike([tree.root()], [root]));
      for (let index = 0; index < size; index++) {
        const path = PATH(index, 0, size);
        const first = leaf(records[index]!);
        hold(alike(tree.inclusion(index), path));
        hold(verifyInclusion({ leaf: first, index, size, path }, root, hasher) === true);
        if ((index + size) % 5 === 0) {
          hold(
            verifyInclusion({ leaf: first, index: (index + 1) % (size + 1), size, path }, root, hasher) ===
              false,
          );
          hold(verifyInclusion({ leaf: first, index, size, path: [...path, root] }, root, hasher) === false);
          if (path.length > 0)
            hold(verifyInclusion({ leaf: first, index, size, path: path.slice(1) }, root, hasher) === false);
        }
        if (size % 50 !== 7) continue;
        // Without a tree kept, every root is worked out from the leaves: the same paths for less to hash.
        const ranges = inclusionRanges(index, size);
        hold(
          alike(
            ranges.map(({ start, end }) => fixed(start, end)),
            path,
          ),
        );
        hold(
          alike(
            ranges.map(({ start, end }) => items(start, end)),
            path,
          ),
        );
      }
    }
  });

  test("a path that stops short leads nowhere, even to an inner node that is right", () => {
    for (const size of [2, 3, 8, 13])
      for (let index = 0; index < size; index++) {
        const path = PATH(index, 0, size);
        const first = leaf(records[index]!);
        expect(rootOfPath({ leaf: first, index, size, path }, hasher)).toEqual(MTH(0, size));
        for (let length = 0; length < path.length; length++)
          expect(rootOfPath({ leaf: first, index, size, path: path.slice(0, length) }, hasher)).toBeNull();
      }
  });

  test("consistency: the paths are the RFC's and every one verifies; size 0 never does", () => {
    const tree = new HistoryTree(hasher);
    for (const record of records) tree.append(record);
    for (let size2 = 1; size2 <= 300; size2++) {
      const root2 = MTH(0, size2);
      for (let size1 = 1; size1 <= size2; size1++) {
        const path = SUBPROOF(size1, 0, size2, true);
        const root1 = MTH(0, size1);
        hold(alike(tree.consistency(size1, size2), path));
        hold(
          verifyConsistency({ size: size1, root: root1 }, { size: size2, root: root2 }, path, hasher) ===
            true,
        );
        if ((size1 + size2) % 5 !== 0) continue;
        hold(
          verifyConsistency(
            { size: size1, root: root1 },
            { size: size2, root: root2 },
            [...path, root2],
            hasher,
          ) === false,
        );
        if (size1 === size2) continue;
        hold(
          verifyConsistency(
            { size: size1, root: root1 },
            { size: size2, root: root2 },
            path.slice(0, -1),
            hasher,
          ) === false,
        );
        hold(
          verifyConsistency({ size: size2, root: root1 }, { size: size1, root: root2 }, path, hasher) ===
            false,
        );
        hold(
          verifyConsistency({ size: size1, root: root2 }, { size: size2, root: root1 }, path, hasher) ===
            false,
        );
      }
      hold(
        verifyConsistency({ size: 0, root: sha256() }, { size: size2, root: root2 }, [], hasher) === false,
      );
      hold(
        verifyConsistency({ size: 0, root: sha256() }, { size: size2, root: root2 }, [root2], hasher) ===
          false,
      );
    }
    hold(verifyConsistency({ size: 0, root: sha256() }, { size: 0, root: sha256() }, [], hasher) === false);
    expect(() => consistencyRanges(0, 5)).toThrow("size1");
  });
});

describe("trees of up to 2⁵³−1 equal leaves", () => {
  // All leaves alike: the root of a subtree depends on its size alone, and BigInt knows every size.
  const known = new Map<bigint, Uint8Array>();
  const rootOfSize = (n: bigint): Uint8Array => {
    let root = known.get(n);
    if (root === undefined) {
      root = n === 1n ? leaf(new Uint8Array(0)) : node(rootOfSize(split(n)), rootOfSize(n - split(n)));
      known.set(n, root);
    }
    return root;
  };
  const pathOf = (m: bigint, n: bigint): Uint8Array[] => {
    if (n === 1n) return [];
    const k = split(n);
    return m < k ? [...pathOf(m, k), rootOfSize(n - k)] : [...pathOf(m - k, n - k), rootOfSize(k)];
  };
  const subproofOf = (m: bigint, n: bigint, whole: boolean): Uint8Array[] => {
    if (m === n) return whole ? [] : [rootOfSize(n)];
    const k = split(n);
    return m <= k
      ? [...subproofOf(m, k, whole), rootOfSize(n - k)]
      : [...subproofOf(m - k, n - k, false), rootOfSize(k)];
  };
  const edges = [2 ** 31, 2 ** 32, 2 ** 33, 2 ** 40 + 2 ** 32, 2 ** 52, 2 ** 53 - 2].flatMap((n) => [
    n - 1,
    n,
    n + 1,
  ]);
  const size = fc.oneof(
    fc.constantFrom(...edges),
    fc.maxSafeNat().map((n) => Math.max(1, n)),
  );
  const rootOf = (start: number, end: number): Uint8Array => rootOfSize(BigInt(end) - BigInt(start));

  test("inclusion", () => {
    fc.assert(
      fc.property(size, size, fc.nat(60), (n, m, bend) => {
        const index = m % n;
        const path = inclusionRanges(index, n).map(({ start, end }) => rootOf(start, end));
        expect(path.length).toBeLessThanOrEqual(maxPathLength);
        expect(hexes(path)).toEqual(hexes(pathOf(BigInt(index), BigInt(n))));
        const [first, root] = [rootOfSize(1n), rootOfSize(BigInt(n))];
        expect(verifyInclusion({ leaf: first, index, size: n, path }, root, hasher)).toBe(true);
        if (path.length > 0) {
          const bent = path.map((hash, i) => (i === bend % path.length ? sha256(hash) : hash));
          expect(verifyInclusion({ leaf: first, index, size: n, path: bent }, root, hasher)).toBe(false);
          expect(verifyInclusion({ leaf: first, index, size: n, path: path.slice(1) }, root, hasher)).toBe(
            false,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("consistency", () => {
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [size1, size2] = a < b ? [a, b] : [b, a];
        const path = consistencyRanges(size1, size2).map(({ start, end }) => rootOf(start, end));
        expect(path.length).toBeLessThanOrEqual(maxPathLength);
        expect(hexes(path)).toEqual(hexes(subproofOf(BigInt(size1), BigInt(size2), true)));
        const [root1, root2] = [rootOfSize(BigInt(size1)), rootOfSize(BigInt(size2))];
        expect(
          verifyConsistency({ size: size1, root: root1 }, { size: size2, root: root2 }, path, hasher),
        ).toBe(true);
        expect(
          verifyConsistency({ size: size1, root: root2 }, { size: size2, root: root1 }, path, hasher),
        ).toBe(size1 === size2);
        if (path.length > 0)
          expect(
            verifyConsistency(
              { size: size1, root: root1 },
              { size: size2, root: root2 },
              path.slice(1),
              hasher,
            ),
          ).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test("sizes that no number holds exactly are refused", () => {
    const hash = sha256();
    for (const bad of [2 ** 53, Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY]) {
      expect(verifyInclusion({ leaf: hash, index: 0, size: bad, path: [] }, hash, hasher)).toBe(false);
      expect(verifyInclusion({ leaf: hash, index: bad, size: 2 ** 53 - 1, path: [] }, hash, hasher)).toBe(
        false,
      );
      expect(verifyConsistency({ size: 1, root: hash }, { size: bad, root: hash }, [], hasher)).toBe(false);
      expect(() => inclusionRanges(0, bad)).toThrow("index");
      expect(() => consistencyRanges(1, bad)).toThrow("size1");
    }
  });
});

describe("what is no place in a tree, and no hash", () => {
  const path = PATH(2, 0, 5);
  const good = { leaf: MTH(2, 3), index: 2, size: 5, path };
  const root = MTH(0, 5);
  const [root3, root5] = [MTH(0, 3), MTH(0, 5)];
  const bridge = SUBPROOF(3, 0, 5, true);
  const odd = [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, "2", null, undefined, 2n];
  const noHash = [
    root.slice(1),
    Uint8Array.of(...root, 0),
    new Uint8Array(0),
    hexes([root])[0],
    [...root],
    null,
    undefined,
  ];

  test("has no ranges", () => {
    expect(() => inclusionRanges(5, 5)).toThrow("index");
    expect(() => inclusionRanges(0, 0)).toThrow("index");
    expect(() => consistencyRanges(6, 5)).toThrow("size1");
    for (const value of odd as number[]) {
      expect(() => inclusionRanges(value, 5)).toThrow("index");
      expect(() => inclusionRanges(0, value)).toThrow("index");
      expect(() => consistencyRanges(value, 5)).toThrow("size1");
      expect(() => consistencyRanges(1, value)).toThrow("size1");
    }
  });

  test("leads nowhere", () => {
    expect(rootOfPath(good, hasher)).toEqual(root);
    for (const value of [5, 6, ...odd] as number[])
      expect(rootOfPath({ ...good, index: value }, hasher), `index ${value}`).toBeNull();
    for (const value of [0, 2, ...odd] as number[])
      expect(rootOfPath({ ...good, size: value }, hasher), `size ${value}`).toBeNull();
    for (const value of noHash as Uint8Array[]) {
      expect(rootOfPath({ ...good, leaf: value }, hasher)).toBeNull();
      for (const place of path.keys())
        expect(rootOfPath({ ...good, path: path.with(place, value) }, hasher)).toBeNull();
    }
    for (const value of [null, undefined, "", {}, new Uint8Array(64)] as unknown as Uint8Array[][])
      expect(rootOfPath({ ...good, path: value }, hasher)).toBeNull();
  });

  test("proves no consistency", () => {
    const proves = (from: object, to: object, hashes: readonly unknown[] = bridge): boolean =>
      verifyConsistency(
        { size: 3, root: root3, ...from },
        { size: 5, root: root5, ...to },
        hashes as Uint8Array[],
        hasher,
      );
    expect(proves({}, {})).toBe(true);
    for (const value of odd) {
      expect(proves({ size: value }, {}), `size1 ${value}`).toBe(false);
      expect(proves({}, { size: value }), `size2 ${value}`).toBe(false);
    }
    for (const value of noHash) {
      expect(proves({ root: value }, {})).toBe(false);
      expect(proves({}, { root: value })).toBe(false);
      for (const place of bridge.keys())
        expect(proves({}, {}, bridge.with(place, value as never))).toBe(false);
    }
    expect(proves({ size: 5, root: root5 }, {}, [])).toBe(true);
    expect(proves({ size: 5, root: root5 }, {}, [root5])).toBe(false);
    expect(proves({ size: 5, root: root3 }, {}, [])).toBe(false);
  });
});
