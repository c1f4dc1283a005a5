import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { merkleTreeHash, splitLeaves } from "../oracle/merkle.js";
import { builds, hex, someBytes } from "../support/builds.js";

const hash = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const oracle = (records: Uint8Array, recordBytes: number): string =>
  hex(merkleTreeHash(splitLeaves(records, recordBytes), hash));

describe.each(builds)("Merkle roots, $name build", (build) => {
  const check = (count: number, recordBytes: number): void => {
    const records = someBytes(count * recordBytes, count * 131 + recordBytes);
    const got = hex(build.merkleRoot(records, recordBytes));
    expect(got, `${count} records of ${recordBytes} bytes`).toBe(oracle(records, recordBytes));
  };

  it("of no records is SHA-256 of nothing", () => {
    expect(hex(build.merkleRoot(new Uint8Array(0), 40))).toBe(hex(hash(new Uint8Array(0))));
  });

  it.each([16, 32, 40, 54, 64])(
    "equals the definition for every size from 0 to 300, records of %i bytes",
    (bytes) => {
      for (let count = 0; count <= 300; count++) check(count, bytes);
    },
  );

  it("equals the definition for records of 1 to 130 bytes", () => {
    for (let bytes = 1; bytes <= 130; bytes++)
      for (const count of [1, 2, 3, 4, 5, 6, 7, 9, 12, 30 + (bytes % 7)]) check(count, bytes);
  });

  it("equals the definition where records fill one, two or more blocks and where they just do not", () => {
    for (const bytes of [
      54, 55, 56, 62, 63, 64, 65, 118, 119, 120, 126, 127, 128, 182, 183, 191, 192, 1000, 4096,
    ])
      for (const count of [1, 2, 3, 4, 5, 8, 11]) check(count, bytes);
  });

  it("equals the definition around the sizes that are hashed subtree by subtree", () => {
    for (const count of [1023, 1024, 1025, 1026, 2047, 2048, 2049, 3000, 4097]) {
      check(count, 40);
      check(count, 64);
      check(count, 7);
    }
  });

  it("equals the definition where the last leaf is shorter, by every length of it", () => {
    for (const leafBytes of [256, 512, 640])
      for (const whole of [0, 1, 3, 4, 5])
        for (let rest = 1; rest < leafBytes; rest += whole === 0 ? 1 : 7) {
          const bytes = someBytes(whole * leafBytes + rest, rest);
          expect(hex(build.merkleRoot(bytes, leafBytes)), `${whole} × ${leafBytes} + ${rest}`).toBe(
            oracle(bytes, leafBytes),
          );
        }
  });

  it("equals the definition for rows of sixteen records around the sizes of rows and subtrees", () => {
    for (const recordBytes of [16, 32, 40])
      for (const count of [0, 1, 15, 16, 17, 31, 33, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 50_001]) {
        const bytes = someBytes(count * recordBytes, count);
        const leafBytes = 16 * recordBytes;
        expect(hex(build.merkleRoot(bytes, leafBytes)), `${count} × ${recordBytes}`).toBe(
          oracle(bytes, leafBytes),
        );
      }
  });

  it("has every leaf at its place", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 9000 }),
        fc.integer({ min: 1, max: 700 }),
        fc.nat(),
        (length, bytes, seed) => {
          const records = someBytes(length, seed);
          const leaves = splitLeaves(records, bytes).map((record) => merkleTreeHash([record], hash));
          expect(hex(build.leafHashes(records, bytes))).toBe(leaves.map(hex).join(""));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("tells every value of the byte that spills into a 65-byte message's second block", () => {
    const records = someBytes(256 * 64, 5);
    for (let i = 0; i < 256; i++) records[i * 64 + 63] = i;
    expect(hex(build.merkleRoot(records, 64))).toBe(oracle(records, 64));
  });

  it("goes on from subtree roots as from leaf hashes", () => {
    const records = someBytes(300 * 40, 6);
    const roots = [0, 64, 128, 192, 256].map((first) =>
      build.merkleRoot(records.slice(first * 40, (first + 64) * 40), 40),
    );
    const joined = new Uint8Array(roots.length * 32);
    for (const [i, root] of roots.entries()) joined.set(root, i * 32);
    expect(hex(build.nodesRoot(joined))).toBe(oracle(records, 40));
    expect(hex(build.nodesRoot(build.leafHashes(records, 40)))).toBe(oracle(records, 40));
  });

  it("changes with every bit of the records and with their order", () => {
    const records = someBytes(5 * 40, 7);
    const seen = new Set([hex(build.merkleRoot(records, 40))]);
    for (let bit = 0; bit < records.length * 8; bit++) {
      const changed = records.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      seen.add(hex(build.merkleRoot(changed, 40)));
    }
    const swapped = records.slice();
    swapped.copyWithin(0, 40, 80);
    swapped.set(records.subarray(0, 40), 40);
    seen.add(hex(build.merkleRoot(swapped, 40)));
    // A lone last record counted twice must not give the same root (CVE-2012-2459).
    const doubled = new Uint8Array(6 * 40);
    doubled.set(records);
    doubled.set(records.subarray(160), 200);
    seen.add(hex(build.merkleRoot(doubled, 40)));
    expect(seen.size).toBe(records.length * 8 + 3);
  });
});

it("gives the same bytes with and without SIMD", () => {
  const [simd, scalar] = builds;
  fc.assert(
    fc.property(
      fc.nat({ max: 200_000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.nat(),
      (length, bytes, seed) => {
        const records = someBytes(length, seed);
        expect(hex(simd!.merkleRoot(records, bytes))).toBe(hex(scalar!.merkleRoot(records, bytes)));
      },
    ),
    { numRuns: 100 },
  );
});
