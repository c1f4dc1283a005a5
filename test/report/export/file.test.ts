import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat, copyOf, hex } from "../../../src/bytes.js";
import { openEngine } from "../../../src/core/engine.js";
import { scalarCore } from "../../../src/core/scalar.js";
import { GridclearError } from "../../../src/errors.js";
import { encodeBlock } from "../../../src/ledger/format/block.js";
import { verifyChain } from "../../../src/ledger/format/chain.js";
import { headerBytes } from "../../../src/ledger/format/header.js";
import {
  type Checksum,
  encodeFileEnd,
  encodeFileHead,
  encodeRecordHead,
  openChecksum,
} from "../../../src/ledger/format/ledgerfile.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { readLedgerFile, writeLedgerFile } from "../../../src/report/export/file.js";
import { someBytes } from "../../support/builds.js";
import { type Period, sampleChain, sampleLedger, tradePeriod } from "../../support/sample.js";

let hasher: Hasher;
let blocks: Uint8Array[];
let file: Uint8Array;
const collect = async (pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> => {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
};
const fileOf = async (ledger: Iterable<Uint8Array>): Promise<Uint8Array> =>
  concat(...(await collect(writeLedgerFile(ledger, hasher))));
const errorOf = (bytes: Uint8Array): Promise<unknown> =>
  collect(readLedgerFile([bytes], hasher)).then(
    () => null,
    (error: unknown) => error,
  );

/** A file of any records, each with its right checksum, so that only their hashes can tell what is wrong. */
const rawFile = (records: readonly Uint8Array[], hash: Uint8Array, checksum: Checksum): Uint8Array =>
  concat(
    encodeFileHead(0),
    ...records.flatMap((bytes) => [encodeRecordHead(bytes, checksum), bytes]),
    encodeFileEnd({ size: records.length, hash }, checksum),
  );

beforeAll(async () => {
  hasher = await openHasher();
  blocks = sampleLedger(hasher, [{}, tradePeriod(1002), tradePeriod(1003, 7)]);
  file = await fileOf(blocks);
});

describe("ledger file", () => {
  it("gives back its blocks, in whatever pieces it arrives", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 1200 }), { maxLength: 30 }), async (lengths) => {
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const length of lengths) {
          pieces.push(file.subarray(at, at + length));
          at = Math.min(at + length, file.length);
        }
        pieces.push(file.subarray(at));
        expect(await collect(readLedgerFile(pieces, hasher))).toEqual(blocks);
      }),
      { numRuns: 50 },
    );
    const bytewise = Array.from(file, (byte) => Uint8Array.of(byte));
    expect(await collect(readLedgerFile(bytewise, hasher))).toEqual(blocks);
  });

  it("may hold no blocks", async () => {
    expect(await collect(readLedgerFile([await fileOf([])], hasher))).toEqual([]);
  });

  it("is found cut at every place, and is found to go on", async () => {
    for (let length = 0; length < file.length; length += 1)
      expect(await errorOf(file.subarray(0, length)), `${length}`).toMatchObject({ code: "corrupt" });
    expect(await errorOf(concat(file, Uint8Array.of(0)))).toMatchObject({ code: "corrupt" });
  });

  it("takes no room for lengths that are only promised", async () => {
    const promise = concat(file.subarray(0, 4096), Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0));
    const before = process.memoryUsage().arrayBuffers;
    expect(await errorOf(promise)).toMatchObject({ code: "corrupt" });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 24);
    for (const length of [
      [1, 0, 0, 0],
      [0x5f, 3, 0, 0],
      [0xff, 0xff, 0xff, 0xff],
    ])
      expect(
        await errorOf(concat(file.subarray(0, 4096), Uint8Array.from(length), new Uint8Array(4))),
      ).toMatchObject({
        field: "block 0: length",
      });
  });

  it("survives any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.boolean(), async (garbage, begun) => {
        const error = await errorOf(begun ? concat(file.subarray(0, 4096), garbage) : garbage);
        expect(error).toBeInstanceOf(GridclearError);
      }),
      { numRuns: 300 },
    );
  });
});

const python = spawnSync("python3", ["--version"]).status === 0;
describe.skipIf(!python)("a verifier in Python, written from docs/ledger-format.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "gridclear-python-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const script = fileURLToPath(new URL("../../ledger/verify.py", import.meta.url));
  const judge = (files: readonly Uint8Array[]): Record<string, unknown>[] => {
    const paths = files.map((_, index) => join(folder, `${index}.gclf`));
    for (const [index, path] of paths.entries()) writeFileSync(path, files[index]!);
    const { status, stdout, stderr } = spawnSync("python3", [script, ...paths], { encoding: "utf8" });
    expect(stderr).toBe("");
    const verdicts = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(status).toBe(verdicts.every(({ ok }) => ok) ? 0 : 1);
    return verdicts;
  };

  it("accepts what we write and finds the same hashes", async () => {
    const longer = sampleLedger(
      hasher,
      Array.from({ length: 20 }, (_, index) => (index % 3 === 0 ? {} : tradePeriod(1001 + index, index))),
      true,
    );
    for (const ledger of [[], blocks.slice(0, 1), blocks, longer]) {
      const ours = await verifyChain(ledger, hasher);
      if (!ours.ok) throw ours.error;
      expect(judge([await fileOf(ledger)])).toEqual([
        {
          ok: true,
          size: ledger.length,
          head: ours.head === null ? null : hex(ours.head.hash),
          root: hex(ours.root),
        },
      ]);
    }
  });

  it("accepts private ledgers, whole and by their headers, and finds every changed byte of one", async () => {
    const secretOf = (height: number): Uint8Array => new Uint8Array(32).fill(height + 1);
    const chain = sampleChain([{}, tradePeriod(1002), {}], hasher, false, secretOf).map(encodeBlock);
    const ours = await verifyChain(chain, hasher);
    if (!ours.ok) throw ours.error;
    const good = { ok: true, size: 4, head: hex(ours.head!.hash), root: hex(ours.root) };
    const headers = chain.map((bytes) => bytes.subarray(0, headerBytes));
    const files = [chain, headers, [...headers.slice(0, 2), ...chain.slice(2)]].map(fileOf);
    expect(judge(await Promise.all(files))).toEqual([
      good,
      { ...good, withheld: 4 },
      { ...good, withheld: 2 },
    ]);
    const block = chain[2]!;
    const checksum = await openChecksum();
    const broken: Uint8Array[] = [];
    for (let at = 0; at < block.length; at += at < headerBytes ? 29 : 3) {
      const changed = copyOf(block);
      changed[at]! ^= 1 << (at % 8);
      const records = chain.map((bytes, height) => (height === 2 ? changed : bytes));
      broken.push(rawFile(records, ours.head!.hash, checksum));
    }
    for (const verdict of judge(broken)) expect(verdict).toMatchObject({ ok: false });
  });

  it("accepts private ledgers that either build of the core sealed, of sections around lanes and rows", async () => {
    const secretOf = (height: number): Uint8Array => someBytes(32, height);
    const times = (count: number): Period => {
      const { sections, ...rest } = tradePeriod(1001);
      const many = Object.entries(sections ?? {}).map(([name, bytes]) => [
        name,
        concat(...Array.from({ length: count }, () => bytes)),
      ]);
      return { ...rest, sections: Object.fromEntries(many) };
    };
    const periods = [1, 2, 3, 4, 5, 15, 16, 17, 31, 33, 1900].map(times);
    for (const by of [await openEngine(), await openEngine({ wasm: scalarCore() })]) {
      const chain = sampleChain(periods, by, false, secretOf).map(encodeBlock);
      const ours = await verifyChain(chain, hasher);
      if (!ours.ok) throw ours.error;
      expect(judge([await fileOf(chain)])).toEqual([
        { ok: true, size: periods.length + 1, head: hex(ours.head!.hash), root: hex(ours.root) },
      ]);
    }
  });

  it("refuses what we refuse, at the same height", async () => {
    const files: Uint8Array[] = [];
    const heights: number[] = [];
    let at = 4096;
    for (const [height, block] of blocks.entries()) {
      for (let place = 0; place < block.length; place += place < 500 ? 3 : 7) {
        const changed = file.slice();
        changed[at + 8 + place]! ^= 1 << (place % 8);
        const ours = (await errorOf(changed)) as GridclearError;
        const named = Number(/^block (\d+)\b/.exec(ours.field)?.[1]);
        expect(named).toBe(height);
        files.push(changed);
        heights.push(named);
      }
      at += 8 + block.length;
    }
    expect(judge(files).map(({ ok, height }) => [ok, height])).toEqual(
      heights.map((height) => [false, height]),
    );
  });
});
