import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.js";
import { GridclearError } from "../../../src/errors.js";
import {
  type Block,
  buildBlock,
  decodeItems,
  encodeBlock,
  encodeItems,
  hashOfBlock,
} from "../../../src/ledger/format/block.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import { Chain, verifyChain } from "../../../src/ledger/format/chain.js";
import { encodeHeader, type Header } from "../../../src/ledger/format/header.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { merkleRoot } from "../../../src/ledger/tree/merkle.js";
import { readLedgerFile, writeLedgerFile } from "../../../src/report/export/file.js";
import { type Period, sampleChain, sampleLedger, tradePeriod } from "../../support/sample.js";

let hasher: Hasher;
let chain: Block[];
let blocks: Uint8Array[];
let checkpoint: { size: number; root: Uint8Array };

beforeAll(async () => {
  hasher = await openHasher();
  chain = sampleChain([{}, tradePeriod(1002), tradePeriod(1003, 5), {}], hasher);
  blocks = chain.map(encodeBlock);
  checkpoint = {
    size: blocks.length,
    root: merkleRoot(
      chain.map((block) => hashOfBlock(block, hasher)),
      hasher,
    ),
  };
});

/** The first bad height and the field, or null. */
const badOf = async (
  ledger: Iterable<Uint8Array>,
  options?: Parameters<typeof verifyChain>[2],
): Promise<[number, string] | null> => {
  const verdict = await verifyChain(ledger, hasher, options);
  return verdict.ok ? null : [verdict.height, verdict.error.field];
};
const readFile = async (file: Uint8Array): Promise<unknown> => {
  try {
    for await (const _ of readLedgerFile([file], hasher));
    return null;
  } catch (error) {
    return error;
  }
};
const fileOf = async (ledger: Iterable<Uint8Array>): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeLedgerFile(ledger, hasher)) pieces.push(piece);
  return concat(...pieces);
};

describe("chain", () => {
  it("verifies, in full and by headers, and agrees with a root over its hashes", async () => {
    for (const headersOnly of [false, true]) {
      const verdict = await verifyChain(blocks, hasher, { headersOnly, checkpoint });
      expect(verdict).toMatchObject({ ok: true, size: 5, root: checkpoint.root });
      expect(verdict.ok && verdict.head).toEqual({
        height: 4,
        period: 1004,
        timestampMs: chain[4]!.header.timestampMs,
        hash: hashOfBlock(chain[4]!, hasher),
      });
    }
    expect(await verifyChain([], hasher)).toMatchObject({ ok: true, size: 0, head: null });
  });

  it("agrees with an earlier checkpoint, and not with another ledger's", async () => {
    const early = {
      size: 2,
      root: merkleRoot(
        chain.slice(0, 2).map((block) => hashOfBlock(block, hasher)),
        hasher,
      ),
    };
    expect(await badOf(blocks, { checkpoint: early })).toBe(null);
    expect(await badOf(blocks, { checkpoint: { ...early, size: 3 } })).toEqual([
      2,
      "block 2: checkpoint root",
    ]);
    expect(await badOf(blocks, { checkpoint: { size: 0, root: early.root } })).toEqual([
      0,
      "block 0: checkpoint root",
    ]);
  });

  it("finds blocks left out, put in, swapped, repeated and cut off", async () => {
    const [a, b, c, d, e] = blocks as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const other = sampleLedger(hasher, [{}, tradePeriod(1002, 1), {}, {}]);
    const cases: [Uint8Array[], height: number][] = [
      [[b, c, d, e], 0],
      [[a, c, d, e], 1],
      [[a, b, d, c, e], 2],
      [[a, b, b, c, d, e], 2],
      [[a, a, b, c, d, e], 1],
      [[a, b, c, d, e, e], 5],
      [[a, b, other[2]!, d, e], 3],
      [[a, b, c, other[3]!, e], 3],
      [[a, b, c, d, other[4]!], 4],
      [[a, b, c, d, new Uint8Array(0)], 4],
      [[a, b, c, d, e.subarray(0, 500)], 4],
    ];
    for (const [ledger, height] of cases) expect((await badOf(ledger))?.[0]).toBe(height);
    expect(await badOf([a, b, c])).toBe(null);
    expect(await badOf([a, b, c], { checkpoint })).toEqual([3, "block 3"]);
    // Another last block is a good chain; only somebody who knows the head can tell.
    expect(await badOf([a, b, c, d])).toBe(null);
    expect(await badOf(other, { checkpoint })).toEqual([4, "block 4: checkpoint root"]);
  });

  it("names the rule that a block breaks", async () => {
    const rebuilt = (change: Partial<Header>, of: number = 3): Uint8Array[] => {
      const { header, sections } = chain[of]!;
      return blocks.with(of, concat(encodeHeader({ ...header, ...change }), ...Object.values(sections)));
    };
    const zeros = new Uint8Array(32);
    const cases: [Uint8Array[], string][] = [
      [rebuilt({ height: 4 }), "block 3: height"],
      [rebuilt({ period: 1004 }), "block 3: period"],
      [rebuilt({ timestampMs: chain[2]!.header.timestampMs - 1 }), "block 3: timestamp"],
      [rebuilt({ previous: zeros }), "block 3: previous hash"],
      [rebuilt({ history: zeros }), "block 3: history root"],
      [rebuilt({ marketId: zeros }), "block 3: market id"],
      [rebuilt({ flags: 1 }), "block 3: flags"],
      [rebuilt({ marketId: zeros }, 0), "block 0: market id"],
      [rebuilt({ previous: hashOfBlock(chain[1]!, hasher) }, 0), "block 0: previous hash"],
    ];
    for (const [ledger, field] of cases) expect((await badOf(ledger))?.[1]).toBe(field);
    const changed = (await badOf(rebuilt({ timestampMs: chain[2]!.header.timestampMs })))?.[1];
    expect(changed).toBe("block 4: previous hash");
  });

  it("begins with the market contract", async () => {
    const { header, sections } = chain[0]!;
    const genesis = (contracts: Uint8Array[]): Uint8Array =>
      encodeBlock(
        buildBlock(
          {
            ...header,
            signed: false,
            state: {},
            sections: { ...sections, contracts: encodeItems(contracts) },
          },
          hasher,
        ),
      );
    const [market] = decodeItems(sections.contracts);
    const second = encodeCanonical({ kind: "other" });
    expect(await badOf([genesis([market!, second])])).toBe(null);
    expect(await badOf([genesis([second, market!])])).toEqual([0, "block 0: market id"]);
    expect(await badOf([genesis([])])).toEqual([0, "block 0: contracts"]);
  });

  it("stays as it was when it refuses", () => {
    const grown = new Chain(hasher);
    for (const bytes of blocks.slice(0, 3)) grown.append(bytes);
    const before = [grown.size, grown.head, grown.root(), grown.next()];
    for (const bytes of [blocks[4]!, blocks[2]!, new Uint8Array(9), blocks[3]!.subarray(0, -1)])
      expect(() => grown.append(bytes)).toThrow(GridclearError);
    expect([grown.size, grown.head, grown.root(), grown.next()]).toEqual(before);
    const copy = grown.copy();
    copy.append(blocks[3]!);
    expect(grown.size).toBe(3);
    grown.append(blocks[3]!);
    expect(copy.next()).toEqual(grown.next());
  });

  it("takes equal timestamps, which a clock that jumped back leaves behind", async () => {
    const still: Period[] = [{}, {}, {}].map(() => ({ timestampMs: 1_700_000_000_000 }) as Period);
    expect(await badOf(sampleLedger(hasher, still))).toBe(null);
  });
});

describe("tampering", () => {
  it("is found at every byte of a small ledger file, and in every block of it against its head", async () => {
    const file = await fileOf(blocks);
    for (let at = 0; at < file.length; at += 1) {
      const changed = file.slice();
      changed[at]! ^= 1 << (at % 8);
      expect(await readFile(changed), `byte ${at}`).toBeInstanceOf(GridclearError);
    }
    for (const [height, block] of blocks.entries())
      for (let at = 0; at < block.length; at += 1) {
        const changed = block.slice();
        changed[at]! ^= 1 << ((at + 3) % 8);
        const bad = await badOf(blocks.with(height, changed), { checkpoint });
        expect(bad, `block ${height}, byte ${at}`).not.toBe(null);
        expect([height, height + 1]).toContain(bad![0]);
      }
  });

  it("is found in 1000 single flipped bits of a larger ledger", async () => {
    const periods = Array.from({ length: 24 }, (_, index) =>
      index % 5 === 4 ? {} : tradePeriod(1001 + index, index),
    );
    const file = await fileOf(sampleLedger(hasher, periods, true));
    expect(await readFile(file)).toBe(null);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: file.length * 8 - 1 }), async (bit) => {
        const changed = file.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(await readFile(changed)).toBeInstanceOf(GridclearError);
      }),
      { numRuns: 1000 },
    );
  });
});
