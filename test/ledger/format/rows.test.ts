// Roots over rows: one definition for every layout, size, build and hasher.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { hex } from "../../../src/bytes.js";
import { openEngine } from "../../../src/core/engine.js";
import { scalarCore } from "../../../src/core/scalar.js";
import type { Layout } from "../../../src/ledger/format/layout.js";
import { orderLayout } from "../../../src/ledger/format/records.js";
import { leafOf, recordsRoot, sectionLayouts } from "../../../src/ledger/format/sections.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";
import { merkleTreeHash } from "../../oracle/merkle.js";
import { someBytes } from "../../support/builds.js";

const engines = [
  await openEngine(),
  await openEngine({ threads: 2 }),
  await openEngine({ wasm: scalarCore() }),
];
const hashers = [...engines, await openHasher(), plainHasher];
afterAll(() => {
  for (const engine of engines) engine.close();
});
const layouts = Object.values(sectionLayouts).filter((layout): layout is Layout<never> => layout !== null);

/** The root as docs/ledger-format.md says it: records, sixteen to a row, the rows as leaves. */
function rootByHand(records: Uint8Array, recordBytes: number): string {
  const rows: Uint8Array[] = [];
  for (let record = 0; record * recordBytes < records.length; record += 16) {
    const end = Math.min(records.length / recordBytes, record + 16);
    rows.push(records.slice(record * recordBytes, end * recordBytes));
  }
  const hash = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
  return hex(merkleTreeHash(rows, hash));
}

describe("the root over rows of records", () => {
  test.each([0, 1, 15, 16, 17, 31, 32, 33, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1])(
    "of %i records is the same from every build and hasher",
    (count) => {
      for (const layout of layouts) {
        const records = someBytes(count * layout.bytes, count);
        const want = rootByHand(records, layout.bytes);
        for (const hasher of hashers) expect(hex(recordsRoot(layout, records, hasher))).toBe(want);
      }
    },
  );

  test("of any number of records is the same from every build and hasher", () => {
    fc.assert(
      fc.property(fc.nat({ max: 3000 }), fc.constantFrom(...layouts), fc.nat(), (count, layout, seed) => {
        const records = someBytes(count * layout.bytes, seed);
        const want = rootByHand(records, layout.bytes);
        for (const hasher of hashers) expect(hex(recordsRoot(layout, records, hasher))).toBe(want);
      }),
      { numRuns: 40 },
    );
  });

  test("refuses records that are not whole", () => {
    for (const length of [1, 15, 17, 255, 257])
      expect(() => recordsRoot(orderLayout, new Uint8Array(length), plainHasher)).toThrow(
        `orders: wanted a multiple of 16 bytes, got ${length}`,
      );
  });
});

test("every record lies in one leaf, and the leaves have all records", () => {
  for (let count = 1; count <= 100; count += 1)
    for (const section of ["trades", "evidence"] as const) {
      const seen: number[] = [];
      for (let index = 0; index < count; ) {
        const { place, leaves, start, end } = leafOf(section, index, count);
        expect([start <= index, index < end, place < leaves]).toEqual([true, true, true]);
        expect(end - start <= (section === "trades" ? 16 : 1)).toBe(true);
        seen.push(place);
        expect(leafOf(section, end - 1, count)).toEqual({ place, leaves, start, end });
        index = end;
        if (index === count) expect(seen).toEqual(Array.from({ length: leaves }, (_, i) => i));
      }
    }
});
