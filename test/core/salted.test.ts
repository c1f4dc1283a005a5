import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { scalarCore } from "../../src/core/scalar.js";
import { sectionLayouts } from "../../src/ledger/format/sections.js";
import { builds, hex, someBytes } from "../support/builds.js";

/** SHA-256(salt ‖ record) of each record as docs/ledger-format.md says it. */
function oracle(
  secret: Uint8Array,
  section: number,
  first: number,
  records: Uint8Array,
  size: number,
): string {
  let hashes = "";
  for (let at = 0; at < records.length; at += size) {
    const message = new DataView(new ArrayBuffer(5));
    message.setUint8(0, section);
    message.setUint32(1, first + at / size, true);
    const salt = createHmac("sha256", secret).update(new Uint8Array(message.buffer)).digest().subarray(0, 16);
    hashes += createHash("sha256")
      .update(salt)
      .update(records.subarray(at, at + size))
      .digest("hex");
  }
  return hashes;
}

const recordSizes = [...new Set(Object.values(sectionLayouts).flatMap((layout) => layout?.bytes ?? []))];

describe.each(builds)("salted hashes, $name build", (build) => {
  const check = (count: number, size: number, first: number, seed: number): void => {
    const secret = someBytes(32, seed);
    const records = someBytes(count * size, seed + 1);
    const section = seed % 256;
    expect(
      hex(build.saltedHashes(secret, section, first, records, size)),
      `${count} × ${size} from ${first}`,
    ).toBe(oracle(secret, section, first, records, size));
  };

  it("are those of node:crypto for all counts around lanes and rows, of every record there is", () => {
    expect(recordSizes.length).toBeGreaterThan(4);
    for (const size of recordSizes)
      for (const count of [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65])
        check(count, size, 0, size + count);
  });

  it("are those of node:crypto for records of 1 to 260 bytes, whatever blocks they fill", () => {
    for (let size = 1; size <= 260; size += 1) check(1 + (size % 9), size, 0, size);
  });

  it("are those of node:crypto wherever in the section the first record lies", () => {
    for (const first of [1, 255, 256, 65_535, 65_537, 2 ** 24 - 2, 2 ** 31 - 2, 2 ** 32 - 9])
      check(9, 36, first, first % 1000);
  });
});

const engines: [string, Engine][] = [
  ["simd", await openEngine()],
  ["scalar", await openEngine({ wasm: scalarCore() })],
];
describe.each(engines)("the engine's salted hashes, %s build", (_, engine) => {
  it("are those of node:crypto around the pieces in which records pass through the core", () => {
    for (const size of [16, 36, 1024]) {
      const piece = Math.floor(65_536 / size);
      for (const count of [0, 1, piece - 1, piece, piece + 1, 2 * piece + 3]) {
        const secret = someBytes(32, count);
        const records = someBytes(count * size, size);
        const got = engine.saltedHashes({ section: 3, records, recordBytes: size, secret });
        expect(hex(got), `${count} × ${size}`).toBe(oracle(secret, 3, 0, records, size));
      }
    }
  });

  it("are those of any section, secret and records", () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.integer({ min: 1, max: 100 }),
        fc.nat(70),
        (section, secret, recordBytes, count) => {
          const records = someBytes(count * recordBytes, count);
          const got = engine.saltedHashes({ section, records, recordBytes, secret });
          expect(hex(got)).toBe(oracle(secret, section, 0, records, recordBytes));
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });

  it("take records and a secret that lie in the core's own memory", () => {
    const book = {
      offers: {
        quantity: Uint32Array.from(someBytes(3000, 1), (byte) => 1 + byte),
        price: new Int32Array(3000),
      },
      bids: {
        quantity: Uint32Array.from(someBytes(3000, 2), (byte) => 1 + byte),
        price: new Int32Array(3000),
      },
    };
    const { quantity } = engine.clear(book).trades;
    expect(quantity.length).toBeGreaterThan(2400);
    const own = new Uint8Array(quantity.buffer, quantity.byteOffset, 2400 * 4);
    const copy = own.slice();
    const got = engine.saltedHashes({
      section: 1,
      records: own,
      recordBytes: 24,
      secret: own.subarray(0, 32),
    });
    expect(hex(got)).toBe(oracle(copy.subarray(0, 32), 1, 0, copy, 24));
  });

  it("need whole records, a section and a secret of 32 bytes, and no error shows the secret", () => {
    const good = { section: 1, records: new Uint8Array(72), recordBytes: 36, secret: new Uint8Array(32) };
    const refused = (changes: object): string => {
      try {
        engine.saltedHashes({ ...good, ...changes });
        return "taken";
      } catch (error) {
        return String(error);
      }
    };
    expect(refused({})).toBe("taken");
    expect(refused({ section: 256 })).toMatch(/section/);
    expect(refused({ section: -1 })).toMatch(/section/);
    expect(refused({ recordBytes: 0 })).toMatch(/recordBytes/);
    expect(refused({ recordBytes: 1025 })).toMatch(/recordBytes/);
    expect(refused({ records: new Uint8Array(71) })).toMatch(
      /records: wanted whole records of 36 bytes, got "71 bytes"/,
    );
    expect(refused({ records: [1] })).toMatch(/records/);
    expect(refused({ secret: "ab" })).toMatch(/secret/);
    expect(refused({ secret: new Uint8Array(31).fill(171) })).toMatch(/secret: wanted 32 bytes, got 31$/);
  });
});
