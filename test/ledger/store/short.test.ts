// A system that reads and writes fewer bytes than were asked for, as Linux does beyond 2 GiB: everything is read and
// written all the same.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { DiskFile } from "../../../src/ledger/store/disk.js";
import { openNodeStore, readNodeStore } from "../../../src/ledger/store/node.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { sampleLedger, tradePeriod } from "../../support/sample.js";
import { readRecords, recordOf, writeRecords } from "../../support/segments.js";

const most = 100;
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  type Now = (file: number, bytes: Uint8Array, at: number, length: number, place: number) => number;
  type Done = (error: Error | null, count: number) => void;
  type Aside = (...given: [...Parameters<Now>, Done]) => void;
  const now =
    (act: Now): Now =>
    (file, bytes, at, length, place) =>
      act(file, bytes, at, Math.min(length, most), place);
  const aside =
    (act: Aside): Aside =>
    (file, bytes, at, length, place, done) =>
      act(file, bytes, at, Math.min(length, most), place, done);
  return {
    ...fs,
    readSync: now(fs.readSync),
    writeSync: now(fs.writeSync),
    read: aside(fs.read),
    write: aside(fs.write),
  };
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

it("a long record, which another thread writes, is written and read in pieces", async () => {
  const directory = mkdtempSync(join(tmpdir(), "gridclear-short-"));
  const path = join(directory, "file");
  const parts = [10, 300_001].map((length, part) =>
    Uint8Array.from({ length }, (_, at) => (part + at * 7) % 251),
  );
  const file = new DiskFile(path, "w");
  await file.write(parts, 50);
  expect(file.size).toBe(300_061);
  file.close();
  const wanted = Buffer.concat([Buffer.alloc(50), ...parts]);
  expect(readFileSync(path).equals(wanted)).toBe(true);
  const again = new DiskFile(path, "r");
  // Closed while the reading is under way: the descriptor is let go of after it, or the next file would be read.
  const read = again.read(0, 400_000);
  again.close();
  const others = Array.from({ length: 4 }, () => new DiskFile(join(directory, "other"), "w"));
  for (const other of others) await other.write([Uint8Array.of(9, 9, 9)], 0);
  expect(Buffer.from(await read).equals(wanted)).toBe(true);
  expect(() => again.size).toThrow("EBADF");
  for (const other of others) other.close();
  rmSync(directory, { recursive: true });
});
