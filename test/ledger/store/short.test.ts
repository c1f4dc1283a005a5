// A system that hands out fewer bytes than were asked for, as Linux does beyond 2 GiB: everything is read all the same.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { openNodeStore, readNodeStore } from "../../../src/ledger/store/node.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { sampleLedger, tradePeriod } from "../../support/sample.js";
import { readRecords, recordOf, writeRecords } from "../../support/segments.js";

const most = 100;
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const readSync = (file: number, into: Uint8Array, at: number, length: number, from: number): number =>
    fs.readSync(file, into, at, Math.min(length, most), from);
  return { ...fs, readSync };
});
vi.mock("node:fs/promises", async (original) => {
  const fs = await original<typeof import("node:fs/promises")>();
  const open = async (...given: Parameters<typeof fs.open>): Promise<FileHandle> => {
    const file = await fs.open(...given);
    const read = file.read.bind(file) as (...given: unknown[]) => unknown;
    const short = (into: Uint8Array, at: number, length: number, from: number) =>
      read(into, at, Math.min(length, most), from);
    return Object.assign(file, { read: short });
  };
  return { ...fs, open };
});

it("a ledger is opened, read and mended in pieces", async () => {
  const hasher = await openHasher();
  const directory = mkdtempSync(join(tmpdir(), "gridclear-short-"));
  const periods = Array.from({ length: 4 }, (_, index) => tradePeriod(1001 + index, index));
  const blocks = sampleLedger(hasher, periods);
  const store = await openNodeStore(directory, { hasher });
  for (const [height, block] of blocks.slice(0, 4).entries()) await store.append(block, height);
  expect(await store.get(2)).toEqual(blocks[2]);
  await store.close();
  const cut = recordOf(blocks[4]!).subarray(0, -1);
  expect(cut.length).toBeGreaterThan(5 * most);
  writeRecords(directory, [...readRecords(directory), cut]);
  const mended = await openNodeStore(directory, { hasher });
  expect(mended.recovered).toEqual({ height: 4, bytes: cut.length - 8 });
  expect(readFileSync(join(directory, "torn-4")).equals(cut)).toBe(true);
  await mended.close();
  const read = await readNodeStore(directory, { hasher });
  for (let height = 0; height < 4; height += 1) expect(await read.get(height)).toEqual(blocks[height]);
  expect(read.size).toBe(4);
  await read.close();
  rmSync(directory, { recursive: true });
});
