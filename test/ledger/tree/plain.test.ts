// The light client's SHA-256 against node:crypto, and its Merkle roots against hash-wasm's.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";
import { merkleTreeHash, splitLeaves } from "../../oracle/merkle.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const wanted = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test("every length to 300, at every offset in its buffer", () => {
  const buffer = Uint8Array.from({ length: 310 }, (_, i) => (i * 167 + 13) & 255);
  for (let length = 0; length <= 300; length++) {
    const bytes = buffer.subarray(length % 7, (length % 7) + length);
    expect(hex(plainHasher.sha256(bytes))).toBe(wanted(bytes));
  }
});

test("any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000, size: "max" }), (bytes) => {
      expect(hex(plainHasher.sha256(bytes))).toBe(wanted(bytes));
    }),
    { numRuns: 300 },
  );
  const large = new Uint8Array(3_000_001).fill(0xa7);
  expect(hex(plainHasher.sha256(large))).toBe(wanted(large));
});

test("Merkle roots over leaves of any size, the last one whole or shorter", async () => {
  const other = await openHasher();
  const buffer = Uint8Array.from({ length: 40 * 130 }, (_, i) => (i * 31 + (i >> 8)) & 255);
  for (const leafBytes of [1, 16, 32, 40, 256, 640, 9000])
    for (const length of [0, 1, 2, 15, 16, 17, 639, 640, 641, 1279, 1280, 1281, 2600, 5200]) {
      const bytes = buffer.subarray(0, length);
      const root = hex(plainHasher.merkleRoot(bytes, leafBytes));
      expect(root).toBe(hex(other.merkleRoot(bytes, leafBytes)));
      expect(root).toBe(hex(merkleTreeHash(splitLeaves(bytes, leafBytes), plainHasher.sha256)));
    }
  for (const hasher of [plainHasher, other])
    for (const size of [0, -1, 1.5, Number.NaN, "4" as never])
      expect(() => hasher.merkleRoot(buffer, size)).toThrow("leafBytes");
});
