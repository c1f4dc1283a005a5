// The light client's SHA-256 against node:crypto, and its Merkle roots against hash-wasm's.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";

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

test("Merkle roots of records of any size", async () => {
  const other = await openHasher();
  const buffer = Uint8Array.from({ length: 40 * 130 }, (_, i) => (i * 31 + (i >> 8)) & 255);
  for (const recordBytes of [1, 16, 32, 40])
    for (const count of [0, 1, 2, 3, 5, 64, 65, 129]) {
      const records = buffer.subarray(0, count * recordBytes);
      expect(hex(plainHasher.merkleRoot(records, recordBytes))).toBe(
        hex(other.merkleRoot(records, recordBytes)),
      );
    }
  expect(() => plainHasher.merkleRoot(buffer, 7)).toThrow("recordBytes");
});
