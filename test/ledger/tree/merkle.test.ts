import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { openEngine } from "../../../src/core/engine.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import {
  CompactRange,
  leafHash,
  merkleRoot,
  perfectSizes,
  splitPoint,
} from "../../../src/ledger/tree/merkle.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";

const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

// RFC 6962 §2.1, word for word: k is the largest power of two smaller than n.
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const n = leaves.length;
  if (n === 0) return sha256();
  if (n === 1) return sha256(Uint8Array.of(0), leaves[0]!);
  let k = 1;
  while (k * 2 < n) k *= 2;
  return sha256(Uint8Array.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

const leavesOf = (count: number, length: (index: number) => number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) =>
    Uint8Array.from({ length: length(index) }, (_, at) => (index * 131 + at * 17) & 0xff),
  );

let hasher: Hasher;
beforeAll(async () => {
  hasher = await openHasher();
});

describe("every hasher", () => {
  it("hashes leaves of any length, and the nodes above them, as the recursion does", async () => {
    const engine = await openEngine();
    // Lengths of one block and of several; beyond the core's 64 KiB; and more leaves than it hashes at once.
    const few = leavesOf(131, (index) => index);
    const long = leavesOf(5, (index) => 65_533 + index);
    const many = leavesOf(4_099, (index) => index % 3);
    for (const [each, leaves] of [engine, hasher, plainHasher].flatMap((one) => [
      ...[0, 1, 2, 3, 64, 100, 131].map((count) => [one, few.slice(0, count)] as const),
      [one, long] as const,
      [one, many] as const,
    ])) {
      const hashes = each.leafHashes(leaves);
      const wanted = leaves.map((leaf) => hex(sha256(Uint8Array.of(0), leaf)));
      expect(hex(hashes)).toBe(wanted.join(""));
      const before = hex(hashes);
      expect(hex(each.nodesRoot(hashes))).toBe(hex(rootOf(leaves)));
      // What was handed in is as it was.
      expect(hex(hashes)).toBe(before);
    }
    for (const each of [engine, hasher, plainHasher])
      expect(() => each.nodesRoot(new Uint8Array(33))).toThrow("32 bytes");
    const view = engine.match({
      offers: { quantity: Uint32Array.of(5), price: Int32Array.of(1) },
      bids: { quantity: Uint32Array.of(5), price: Int32Array.of(1) },
    }).trades.quantity;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const copy = Uint8Array.from(bytes);
    expect(hex(engine.leafHashes([bytes]))).toBe(hex(sha256(Uint8Array.of(0), copy)));
    expect(() => engine.leafHashes([copy, "x" as never])).toThrow("leaves[1]");
    engine.close();
  });
});

describe("hash-wasm's hasher", () => {
  it("agrees with node:crypto for every length from 0 to 300 and some long ones", () => {
    for (const length of [...Array(301).keys(), 16_384, 16_385, 100_000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 0xff);
      expect(hex(hasher.sha256(bytes))).toBe(hex(sha256(bytes)));
    }
  });

  it("agrees with the recursion for every number of records from 0 to 300", () => {
    for (const recordBytes of [1, 32, 40]) {
      const leaves = leavesOf(300, () => recordBytes);
      for (let count = 0; count <= 300; count += 1) {
        const records = new Uint8Array(leaves.slice(0, count).flatMap((leaf) => [...leaf]));
        expect(hex(hasher.merkleRoot(records, recordBytes))).toBe(hex(rootOf(leaves.slice(0, count))));
      }
    }
  });

  it("takes a last leaf that is shorter", () => {
    const bytes = Uint8Array.from({ length: 101 }, (_, at) => at);
    for (let length = 0; length <= 101; length += 1)
      for (const leafBytes of [7, 32, 200]) {
        const leaves: Uint8Array[] = [];
        for (let at = 0; at < length; at += leafBytes)
          leaves.push(bytes.subarray(at, Math.min(length, at + leafBytes)));
        expect(hex(hasher.merkleRoot(bytes.subarray(0, length), leafBytes))).toBe(hex(rootOf(leaves)));
      }
  });

  it("refuses leaves of no length", () => {
    for (const size of [0, -1, 1.5, Number.NaN])
      expect(() => hasher.merkleRoot(new Uint8Array(0), size)).toThrow();
  });

  it("keeps what it returned when called again", () => {
    const first = hasher.sha256(Uint8Array.of(1));
    const text = hex(first);
    hasher.sha256(Uint8Array.of(2));
    expect(hex(first)).toBe(text);
  });
});

describe("Merkle root", () => {
  it("is the public one for the leaves of Certificate Transparency's reference tests", () => {
    const leaves = [
      "",
      "00",
      "10",
      "2021",
      "3031",
      "40414243",
      "5051525354555657",
      "606162636465666768696a6b6c6d6e6f",
    ];
    const roots = [
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    const bytes = leaves.map((leaf) => Uint8Array.from(Buffer.from(leaf, "hex")));
    for (const [size, root] of roots.entries())
      expect(hex(merkleRoot(bytes.slice(0, size), hasher))).toBe(root);
  });

  it("agrees with the recursion for every size from 0 to 300, leaves of any length", () => {
    const leaves = leavesOf(300, (index) => (index * 37) % 90);
    const range = new CompactRange(hasher);
    for (let size = 0; size <= 300; size += 1) {
      expect(hex(merkleRoot(leaves.slice(0, size), hasher))).toBe(hex(rootOf(leaves.slice(0, size))));
      expect(hex(range.root())).toBe(hex(rootOf(leaves.slice(0, size))));
      expect(range.size).toBe(size);
      if (size < 300) range.append(leafHash(leaves[size]!, hasher));
    }
  });

  it("tells a leaf from a node, and a lone last node from its double", () => {
    const [a, b, c] = leavesOf(3, () => 32) as [Uint8Array, Uint8Array, Uint8Array];
    const inner = new Uint8Array([...leafHash(a, hasher), ...leafHash(b, hasher)]);
    expect(hex(merkleRoot([inner], hasher))).not.toBe(hex(merkleRoot([a, b], hasher)));
    expect(hex(merkleRoot([a, b, c, c], hasher))).not.toBe(hex(merkleRoot([a, b, c], hasher)));
  });
});

describe("compact range", () => {
  // A tree of n equal leaves needs one hash a level, so its root can be had for any n. BigInt throughout.
  const leaf = Uint8Array.of(42);
  const perfect = new Map<bigint, Uint8Array>();
  function equalRoot(n: bigint): Uint8Array {
    if (n === 1n) return sha256(Uint8Array.of(0), leaf);
    let k = 1n;
    while (k * 2n < n) k *= 2n;
    const known = k * 2n === n ? perfect.get(n) : undefined;
    if (known !== undefined) return known;
    const root = sha256(Uint8Array.of(1), equalRoot(k), equalRoot(n - k));
    if (k * 2n === n) perfect.set(n, root);
    return root;
  }
  const powersIn = (n: bigint): bigint[] =>
    Array.from({ length: 54 }, (_, bit) => 1n << BigInt(53 - bit)).filter((power) => (n & power) !== 0n);

  it("holds beyond 2^32 leaves, to 2^53-1", () => {
    const sizes = [31n, 32n, 33n, 52n].flatMap((bits) =>
      [-3n, -2n, -1n, 0n, 1n, 2n].map((d) => (1n << bits) + d),
    );
    sizes.push((1n << 53n) - 2n, 0x1555_5555_5555_55n, 0x1_0000_0001_0000n);
    for (const size of sizes) {
      const range = new CompactRange(hasher, Number(size), powersIn(size).map(equalRoot));
      expect(hex(range.root())).toBe(hex(equalRoot(size)));
      range.append(leafHash(leaf, hasher));
      expect(hex(range.root())).toBe(hex(equalRoot(size + 1n)));
      expect(range.subtrees.map(hex)).toEqual(powersIn(size + 1n).map((power) => hex(equalRoot(power))));
    }
  });

  it("refuses leaf 2^53", () => {
    const size = Number.MAX_SAFE_INTEGER;
    const range = new CompactRange(hasher, size, powersIn(BigInt(size)).map(equalRoot));
    expect(() => range.append(leafHash(leaf, hasher))).toThrow(/at most 2\^53-1/);
  });

  it("resumes from its subtrees at any size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 50 }), (size, more) => {
        const leaves = leavesOf(size + more, () => 5);
        const range = new CompactRange(hasher);
        for (const data of leaves.slice(0, size)) range.append(leafHash(data, hasher));
        const resumed = new CompactRange(hasher, range.size, range.subtrees);
        const copy = range.copy();
        for (const data of leaves.slice(size)) resumed.append(leafHash(data, hasher));
        expect(hex(resumed.root())).toBe(hex(rootOf(leaves)));
        expect(hex(copy.root())).toBe(hex(rootOf(leaves.slice(0, size))));
      }),
      { numRuns: 60 },
    );
  });

  it("refuses subtrees that do not belong to the size", () => {
    const hash = new Uint8Array(32);
    expect(() => new CompactRange(hasher, 3, [hash])).toThrow(/2 hashes/);
    expect(() => new CompactRange(hasher, 1, [new Uint8Array(31)])).toThrow(/32 bytes/);
    for (const size of [-1, 0.5, 2 ** 53, Number.NaN])
      expect(() => new CompactRange(hasher, size, [])).toThrow();
  });
});

describe("splits", () => {
  it("are those of BigInt at any size", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n, max: (1n << 53n) - 1n }), (n) => {
        let k = 1n;
        while (k * 2n < n) k *= 2n;
        expect(BigInt(splitPoint(Number(n)))).toBe(k);
        const sizes = perfectSizes(Number(n)).map(BigInt);
        expect(sizes.reduce((sum, size) => sum + size, 0n)).toBe(n);
        for (const [index, size] of sizes.entries()) {
          expect(size & (size - 1n)).toBe(0n);
          if (index > 0) expect(size < sizes[index - 1]!).toBe(true);
        }
      }),
    );
  });
  it("are refused where there are none", () => {
    for (const size of [0, 1, 2 ** 53, 2.5, Number.NaN]) expect(() => splitPoint(size)).toThrow();
  });
});
