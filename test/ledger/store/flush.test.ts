// Every write, flush and rename of a store on disk is watched: when a call of the store resolves, nothing that it wrote
// is without a flush, no file was given its name before its bytes were flushed, and no name before its folder was.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { openMemoryStore } from "../../../src/ledger/store/memory.js";
import { openNodeStore, readNodeStore } from "../../../src/ledger/store/node.js";
import type { Store } from "../../../src/ledger/store/store.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { sampleLedger, tradePeriod } from "../../support/sample.js";
import { readRecords, recordOf, segmentFiles, writeRecords } from "../../support/segments.js";

/** Files and folders with changes that no flush has reached, bytes written by file, names that came too early. */
const seen = vi.hoisted(() => ({
  unflushed: new Set<string>(),
  written: new Map<string, number>(),
  early: [] as string[],
  open: 0,
  flushes: 0,
}));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const paths = new Map<number, string>();
  const pathOf = (file: number): string => paths.get(file) ?? expect.fail(`${file} is not open`);
  const flush =
    (act: typeof fs.fsync) =>
    (file: number, done: (error: Error | null) => void): void =>
      act(file, (error) => {
        if (error === null) seen.unflushed.delete(pathOf(file));
        seen.flushes += 1;
        done(error);
      });
  const wrote = (file: number, length: number): void => {
    const path = pathOf(file);
    seen.unflushed.add(path);
    seen.written.set(path, (seen.written.get(path) ?? 0) + length);
  };
  return {
    ...fs,
    openSync: (path: string, flags: string): number => {
      const file = fs.openSync(path, flags);
      paths.set(file, path);
      seen.open += 1;
      return file;
    },
    closeSync: (file: number): void => {
      fs.closeSync(file);
      paths.delete(file);
      seen.open -= 1;
    },
    writeSync: (file: number, bytes: Uint8Array, from: number, length: number, at: number): number => {
      wrote(file, length);
      return fs.writeSync(file, bytes, from, length, at);
    },
    write: (file: number, ...given: [Uint8Array, number, number, number, () => void]): void => {
      wrote(file, given[2]);
      fs.write(file, ...given);
    },
    ftruncateSync: (file: number, length: number): void => {
      fs.ftruncateSync(file, length);
      seen.unflushed.add(pathOf(file));
    },
    fdatasync: flush(fs.fdatasync),
    fsync: flush(fs.fsync),
    renameSync: (from: string, to: string): void => {
      if (seen.unflushed.has(from)) seen.early.push(to);
      fs.renameSync(from, to);
      seen.unflushed.add(dirname(to));
    },
  };
});
vi.mock("node:fs/promises", async (original) => {
  const fs = await original<typeof import("node:fs/promises")>();
  return {
    ...fs,
    mkdir: async (path: string, options: { readonly recursive: boolean }) => {
      const made = await fs.mkdir(path, options);
      // The ledger's own folder is made before there is anything in it to lose.
      if (made !== undefined && path.endsWith("meta")) seen.unflushed.add(dirname(path));
      return made;
    },
  };
});

const hasher = await openHasher();
const blocks = sampleLedger(
  hasher,
  Array.from({ length: 14 }, (_, index) => tradePeriod(1001 + index, index)),
);
const folders: string[] = [];
const folder = (): string => {
  folders.push(mkdtempSync(join(tmpdir(), "gridclear-flush-")));
  return folders.at(-1)!;
};
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true });
});
beforeEach(() => {
  seen.unflushed.clear();
  seen.written.clear();
  seen.early.length = 0;
});

/** Waits for a call and sees that it wrote, and that all of it has reached the disk. */
async function lasts<T>(call: Promise<T>): Promise<T> {
  const before = seen.flushes;
  const answer = await call;
  expect([...seen.unflushed], "without a flush").toEqual([]);
  expect(seen.early, "named before they were flushed").toEqual([]);
  expect(seen.flushes).toBeGreaterThan(before);
  return answer;
}

const filled = async (path: string, count: number, segmentBytes?: number): Promise<Store> => {
  const options = segmentBytes === undefined ? { hasher } : { hasher, segmentBytes };
  const store = await openNodeStore(path, options);
  for (let height = 0; height < count; height += 1) await lasts(store.append(blocks[height]!, height));
  return store;
};

test("blocks, over several segments", async () => {
  const path = folder();
  const store = await filled(path, 5, 1);
  expect(segmentFiles(path).length).toBe(5);
  await lasts(store.close());
});

test("a last block that no mark counts is written again: it may have been read out of what a failed flush left", async () => {
  const path = folder();
  const store = await filled(path, 3);
  const left = folder();
  cpSync(path, left, { recursive: true });
  rmSync(join(left, "LOCK"));
  await store.close();
  for (const [counted, where] of [
    [true, path],
    [false, left],
  ] as const) {
    seen.written.clear();
    const again = await openNodeStore(where, { hasher });
    const wrote = seen.written.get(segmentFiles(where)[0]!) ?? 0;
    if (counted) expect(wrote).toBe(0);
    else expect(wrote).toBeGreaterThanOrEqual(recordOf(blocks[2]!).length);
    expect([...seen.unflushed]).toEqual([]);
    expect(again.size).toBe(3);
    await again.close();
  }
});

test("values beside the blocks, the first with its folder", async () => {
  const store = await filled(folder(), 1);
  await lasts(store.putMeta("a", Uint8Array.of(1)));
  await lasts(store.putMeta("a", Uint8Array.of(2)));
  await store.close();
});

test("a log, begun and added to", async () => {
  const store = await filled(folder(), 2);
  const period = 1002;
  await lasts(store.beginLog(period, [Uint8Array.of(1)]));
  await lasts(store.appendLog(Uint8Array.of(2)));
  await lasts(store.close());
});

test("what a crash left is cut off, and kept aside", async () => {
  const path = folder();
  await (await filled(path, 4)).close();
  writeRecords(path, [...readRecords(path), recordOf(blocks[4]!).subarray(0, -1)]);
  const store = await lasts(openNodeStore(path, { hasher }));
  expect(store.recovered?.height).toBe(4);
  await store.close();
});

test("a last block that was never acknowledged is dropped from the list too", async () => {
  const path = folder();
  await (await filled(path, 3)).close();
  // Whole, and following nothing: the block before it was another.
  const lost = blocks[5]!;
  writeRecords(path, [...readRecords(path), recordOf(lost)]);
  const store = await lasts(openNodeStore(path, { hasher }));
  expect(store.size).toBe(3);
  await lasts(store.append(blocks[3]!, 3));
  expect(await store.get(3)).toEqual(blocks[3]);
  expect(await store.get(4)).toBeNull();
  await store.close();
});

test("whoever lost the lock writes no value and no mark", async () => {
  for (const call of [
    (store: Store) => store.putMeta("a", Uint8Array.of(1)),
    (store: Store) => store.close(),
  ]) {
    const path = folder();
    const store = await filled(path, 2);
    writeFileSync(join(path, "LOCK"), '{"token":"another","pid":1,"host":"elsewhere","since":0}\n');
    const before = seen.flushes;
    await call(store).catch(() => {});
    expect(seen.flushes).toBe(before);
    expect([...seen.unflushed]).toEqual([]);
    await store.close().catch(() => {});
  }
});

test("few files stay open to read, and none when the store is closed", async () => {
  const path = folder();
  await (await filled(path, 14, 1)).close();
  const before = seen.open;
  const store = await readNodeStore(path, { hasher });
  for (let height = 0; height < 14; height += 1) expect(await store.get(height)).toEqual(blocks[height]);
  expect(seen.open - before).toBeLessThanOrEqual(8);
  await store.close();
  expect(seen.open).toBe(before);
});

test("a value that was kept or read is the caller's own", async () => {
  for (const store of [await filled(folder(), 1), await openMemoryStore({ hasher })]) {
    const given = Uint8Array.of(1, 2, 3);
    await store.putMeta("a", given);
    given.fill(8);
    const mine = (await store.getMeta("a"))!;
    expect(mine.buffer.byteLength).toBe(3);
    mine.fill(9);
    expect(await store.getMeta("a")).toEqual(Uint8Array.of(1, 2, 3));
    await store.close();
  }
});
