import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { concat, fromHex, hex, sameBytes } from "../../../src/bytes.js";
import { GridclearError } from "../../../src/errors.js";
import {
  type Block,
  buildBlock,
  checkBlock,
  decodeBlock,
  decodeItems,
  encodeBlock,
  encodeItems,
  hashOfBlock,
} from "../../../src/ledger/format/block.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import {
  decodeHeader,
  emptyTotals,
  encodeHeader,
  type Header,
  headerBytes,
} from "../../../src/ledger/format/header.js";
import { encodeRecords } from "../../../src/ledger/format/layout.js";
import { readingLayout } from "../../../src/ledger/format/records.js";
import { sectionLayouts, sectionNames, storedSections } from "../../../src/ledger/format/sections.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { carriers } from "../../../src/units.js";
import { sampleChain, tradePeriod } from "../../support/sample.js";

const u53 = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER));

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const le = (value: bigint | number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, at) => Number((BigInt(value) >> BigInt(8 * at)) & 0xffn));

const codeOf = (act: () => unknown): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof GridclearError) return error.code;
    throw error;
  }
};

describe("items", () => {
  it("come back, and only whole ones are read", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (items) => {
        const bytes = encodeItems(items);
        expect(decodeItems(bytes).map(hex)).toEqual(items.map(hex));
        const whole = new Set(items.map((_, index) => encodeItems(items.slice(0, index)).length));
        for (let length = 0; length < bytes.length; length += 1)
          expect(codeOf(() => decodeItems(bytes.subarray(0, length)))).toBe(
            whole.has(length) ? null : "corrupt",
          );
      }),
      { numRuns: 200 },
    );
    expect(codeOf(() => decodeItems(Uint8Array.of(255, 255, 255, 255, 1)))).toBe("corrupt");
    expect(codeOf(() => encodeItems([new Uint8Array(1 << 24)]))).toBe("limit");
    expect(codeOf(() => decodeItems(new Uint8Array(4 * ((1 << 22) + 1))))).toBe("limit");
    const empty = new Uint8Array(0);
    expect(codeOf(() => encodeItems(Array((1 << 22) + 1).fill(empty)))).toBe("limit");
  });
});

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const header: fc.Arbitrary<Header> = fc
  .record({
    flags: fc.constantFrom(0, 1),
    marketId: hash,
    height: u53,
    period: u53,
    timestampMs: u53,
    previous: hash,
    history: hash,
    counts: fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 12, maxLength: 12 }),
    roots: fc.array(hash, { minLength: 12, maxLength: 12 }),
    totals: fc.array(u64, { minLength: 48, maxLength: 48 }),
  })
  .map(({ counts, roots, totals, ...rest }) => {
    const sums = emptyTotals();
    for (const [index, name] of carriers.entries())
      for (const [place, total] of Object.keys(sums[name]).entries())
        sums[name][total as "offered"] = totals[12 * index + place]!;
    const sections = Object.fromEntries(
      sectionNames.map((name, index) => {
        const count = counts[index]!;
        const bytes =
          index >= 7 ? 0 : sectionLayouts[name] === null ? count * 9 : count * sectionLayouts[name].bytes;
        return [name, { count, bytes, root: roots[index]! }];
      }),
    ) as Header["sections"];
    return { version: 2, ...rest, sections, totals: sums };
  });

describe("header", () => {
  it("comes back from its 992 bytes", () => {
    fc.assert(
      fc.property(header, (value) => {
        const bytes = encodeHeader(value);
        expect(bytes.length).toBe(headerBytes);
        expect(decodeHeader(bytes)).toEqual(value);
      }),
    );
  });

  it("has its fields where the page says", () => {
    const [value] = fc.sample(header, { numRuns: 1, seed: 3 }) as [Header];
    const bytes = encodeHeader(value);
    const part = (at: number, length: number): number[] => [...bytes.subarray(at, at + length)];
    expect(part(0, 6)).toEqual([0x47, 0x43, 0x4c, 0x42, 2, 0]);
    expect(part(6, 2)).toEqual(le(value.flags, 2));
    expect(part(8, 32)).toEqual([...value.marketId]);
    expect(part(40, 24)).toEqual([value.height, value.period, value.timestampMs].flatMap((n) => le(n, 8)));
    expect(part(64, 64)).toEqual([...value.previous, ...value.history]);
    for (const [index, name] of sectionNames.entries()) {
      const { count, bytes: length, root } = value.sections[name];
      expect(part(128 + 40 * index, 40)).toEqual([...le(count, 4), ...le(length, 4), ...root]);
    }
    expect(part(608, 384)).toEqual(
      carriers.flatMap((name) => Object.values(value.totals[name]).flatMap((total) => le(total, 8))),
    );
  });

  it("decodes only what encodes to the same bytes, from any bytes at all", () => {
    fc.assert(
      fc.property(
        header,
        fc.nat({ max: headerBytes - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (value, place, mask) => {
          const bytes = encodeHeader(value);
          bytes[place]! ^= mask;
          const code = codeOf(() => expect(hex(encodeHeader(decodeHeader(bytes)))).toBe(hex(bytes)));
          expect([null, "corrupt", "unsupported"]).toContain(code);
        },
      ),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => {
        expect(["corrupt", "unsupported"]).toContain(codeOf(() => decodeHeader(bytes)));
      }),
    );
  });

  it("refuses counts and lengths that do not belong together", () => {
    const [value] = fc.sample(header, { numRuns: 1, seed: 5 }) as [Header];
    const bytes = encodeHeader(value);
    for (const [index, name] of sectionNames.entries()) {
      const view = new DataView(bytes.slice().buffer);
      view.setUint32(128 + 40 * index + 4, name === "contracts" || name === "evidence" ? 1 : 7, true);
      view.setUint32(128 + 40 * index, 1, true);
      expect(() => decodeHeader(new Uint8Array(view.buffer))).toThrow(`header.sections.${name}`);
      view.setUint32(128 + 40 * index, 0xffff_ffff, true);
      expect(() => decodeHeader(new Uint8Array(view.buffer))).toThrow(`header.sections.${name}`);
      view.setUint32(128 + 40 * index, 1, true);
      view.setUint32(128 + 40 * index + 4, 0xffff_ffff, true);
      expect(() => decodeHeader(new Uint8Array(view.buffer))).toThrow(`header.sections.${name}.bytes`);
    }
  });

  it("refuses to write what does not fit", () => {
    const [value] = fc.sample(header, { numRuns: 1, seed: 5 }) as [Header];
    const wrong: [Partial<Header>, string][] = [
      [{ version: 1 }, "header.version"],
      [{ flags: 4 }, "header.flags"],
      [{ height: -1 }, "header.height"],
      [{ period: 0.5 }, "header.period"],
      [{ timestampMs: 2 ** 53 }, "header.timestampMs"],
      [{ previous: new Uint8Array(31) }, "header.previous"],
      [{ marketId: "00" as never }, "header.marketId"],
      [{ totals: { ...value.totals, gas: { ...value.totals.gas, lost: -1n } } }, "header.totals.gas.lost"],
      [
        { totals: { ...value.totals, heat: { ...value.totals.heat, sold: 5 as never } } },
        "header.totals.heat.sold",
      ],
    ];
    for (const [change, named] of wrong) expect(() => encodeHeader({ ...value, ...change })).toThrow(named);
  });

  it("lends nothing: its hashes are its own, even from a Buffer", () => {
    const [value] = fc.sample(header, { numRuns: 1, seed: 7 }) as [Header];
    const bytes = Buffer.from(encodeHeader(value));
    const decoded = decodeHeader(bytes);
    bytes.fill(0);
    expect(decoded).toEqual(value);
  });
});

describe("block", () => {
  let hasher: Hasher;
  let block: Block;
  let bytes: Uint8Array;
  beforeAll(async () => {
    hasher = await openHasher();
    block = sampleChain([tradePeriod(1001)], hasher)[1]!;
    bytes = encodeBlock(block);
  });

  it("comes back, with its roots", () => {
    const decoded = decodeBlock(bytes);
    expect(decoded.header).toEqual(block.header);
    for (const name of storedSections)
      expect(sameBytes(decoded.sections[name], block.sections[name])).toBe(true);
    expect(() => checkBlock(decoded, hasher)).not.toThrow();
    expect(hashOfBlock(decoded, hasher)).toEqual(hashOfBlock(block, hasher));
    expect(encodeBlock(decoded)).toEqual(bytes);
  });

  it("is refused unless its length is what the header says", () => {
    for (const length of [0, 3, 991, 992, bytes.length - 1])
      expect(codeOf(() => decodeBlock(bytes.subarray(0, length)))).toBe("corrupt");
    expect(codeOf(() => decodeBlock(concat(bytes, Uint8Array.of(0))))).toBe("corrupt");
  });

  it("is refused with any bit of any section flipped, naming the section", () => {
    for (const name of storedSections) {
      const section = block.sections[name];
      for (let at = 0; at < section.length; at += 1)
        for (const mask of [1, 128]) {
          const changed = section.slice();
          changed[at]! ^= mask;
          const bad = { ...block, sections: { ...block.sections, [name]: changed } };
          expect(() => checkBlock(bad, hasher)).toThrow(name);
        }
    }
  });

  it("is refused with well-rooted records that may not be, and contracts that are not canonical", () => {
    const { header: head } = block;
    const rebuilt = (sections: Partial<Block["sections"]>): Block =>
      buildBlock(
        {
          ...head,
          signed: false,
          sections: { ...block.sections, ...sections },
          state: {},
        },
        hasher,
      );
    const orderSection = block.sections.orders.slice();
    orderSection[5] = 2;
    expect(() => checkBlock(rebuilt({ orders: orderSection }), hasher)).toThrow("orders[0]");
    const reading = {
      participant: 1,
      carrier: "heat",
      flags: 0,
      version: 1,
      in: 7,
      out: 0,
      amount: 0n,
    } as const;
    const aged = (age: number): Block =>
      rebuilt({
        readings: encodeRecords(readingLayout, [
          { ...reading, age: 1 },
          { ...reading, age },
        ]),
      });
    expect(() => checkBlock(aged(head.period), hasher)).not.toThrow();
    expect(() => checkBlock(aged(head.period + 1), hasher)).toThrow(
      `readings[1].age: wanted at most ${head.period}, got ${head.period + 1}`,
    );
    const contracts = encodeItems([encodeCanonical({ a: 1 }), new TextEncoder().encode('{"a": 1}')]);
    expect(() => checkBlock(rebuilt({ contracts }), hasher)).toThrow("contracts[1]");
    expect(() =>
      checkBlock(rebuilt({ contracts: encodeItems([encodeCanonical({ a: 1 })]) }), hasher),
    ).not.toThrow();
  });

  it("survives any bytes behind a good header", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (garbage) => {
        const code = codeOf(() => checkBlock(decodeBlock(concat(bytes.subarray(0, 992), garbage)), hasher));
        expect(code).toBe("corrupt");
      }),
    );
  });
});

describe("byte strings", () => {
  it("go to hexadecimal and back, one way only", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (value) => {
        expect(fromHex(hex(value), "x")).toEqual(value);
      }),
    );
    for (const text of ["0", "AB", "0x", " 00", "zz", 5, null, "00\n"])
      expect(codeOf(() => fromHex(text, "x"))).toBe("invalid");
  });
});
