// What happens to the file of a log: writes that end at any byte, bytes that change, disks that refuse, processes that
// die.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { GridclearError } from "../../../src/errors.js";
import { openNodeStore, readNodeStore, removeNodeStore } from "../../../src/ledger/store/node.js";
import type { Store } from "../../../src/ledger/store/store.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { bundled, writtenBy } from "../../support/child.js";
import { sampleLedger, sampleMarket, tradePeriod } from "../../support/sample.js";
import { logFile, recordsOf, segmentFiles } from "../../support/segments.js";

/** What the disk does at the `at`-th write or flush from now (from 0): fails, after so many bytes of a write. */
const disk = { at: Number.POSITIVE_INFINITY, code: "ENOSPC", bytes: 0, calls: 0, flushes: 0, writes: 0 };
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const refusal = (): Error =>
    Object.assign(new Error(`${disk.code}: the disk refuses`), { code: disk.code });
  const isDue = (): boolean => {
    disk.calls += 1;
    return disk.calls - 1 === disk.at;
  };
  const flush =
    (act: typeof fs.fsync) =>
    (file: number, done: (error: Error | null) => void): void => {
      disk.flushes += 1;
      if (isDue()) setImmediate(() => done(refusal()));
      else act(file, done);
    };
  return {
    ...fs,
    fdatasync: flush(fs.fdatasync),
    fsync: flush(fs.fsync),
    writeSync: (file: number, bytes: Uint8Array, from: number, length: number, at: number): number => {
      disk.writes += 1;
      if (!isDue()) return fs.writeSync(file, bytes, from, length, at);
      fs.writeSync(file, bytes, from, Math.min(length, disk.bytes), at);
      throw refusal();
    },
  };
});

let hasher: Hasher;
let blocks: Uint8Array[];
let folder: string;
let places = 0;
const place = (): string => join(folder, `ledger-${places++}`);
const period = sampleMarket.from + 3;
const errorOf = (promise: Promise<unknown>): Promise<GridclearError | null> =>
  promise.then(
    () => null,
    (error: unknown) => {
      if (error instanceof GridclearError) return error;
      throw error;
    },
  );
beforeAll(async () => {
  hasher = await openHasher();
  blocks = sampleLedger(
    hasher,
    [0, 1, 2, 3].map((index) => tradePeriod(1001 + index, index)),
  );
  folder = mkdtempSync(join(tmpdir(), "gridclear-log-"));
});
beforeEach(() =>
  Object.assign(disk, { at: Number.POSITIVE_INFINITY, bytes: 0, calls: 0, flushes: 0, writes: 0 }),
);
afterAll(() => rmSync(folder, { recursive: true }));

/** A ledger of three blocks, on which the log of the next period was begun. */
async function begun(directory: string): Promise<Store> {
  const store = await openNodeStore(directory, { hasher });
  for (let height = 0; height < 3; height += 1) await store.append(blocks[height]!, height);
  await store.beginLog(period, []);
  return store;
}
/** Entries of bytes that no two share, of growing length. */
const entryOf = (number: number): Uint8Array =>
  Uint8Array.from({ length: 1 + 3 * number }, (_, at) => 1 + ((number * 31 + at * 7) % 250));
const entries = async (directory: string): Promise<readonly Uint8Array[]> => {
  const store = await openNodeStore(directory, { hasher });
  const log = await store.log();
  await store.close();
  return log?.entries ?? [];
};
/** A copy of a ledger as its process left it when it died; other bytes in its log. */
function left(directory: string, log: Uint8Array | null = null): string {
  const copy = place();
  cpSync(directory, copy, { recursive: true });
  rmSync(join(copy, "LOCK"), { force: true });
  if (log !== null) writeFileSync(logFile(copy), log);
  return copy;
}

describe("a log whose process died", () => {
  it("at any byte of a write has what was flushed before, and goes on behind it", async () => {
    const directory = place();
    const store = await begun(directory);
    let before = Buffer.alloc(0);
    for (let number = 0; number < 6; number += 1) {
      await store.appendLog(entryOf(number));
      const after = readFileSync(logFile(directory));
      const flushed = Array.from({ length: number }, (_, index) => entryOf(index));
      // The mark of this write may have reached the disk before the record did, or not at all.
      for (const head of number === 0 ? [] : [before.subarray(0, 4096), after.subarray(0, 4096)])
        for (let cut = before.length; cut <= after.length; cut += 1) {
          const copy = left(directory, Buffer.concat([head, after.subarray(4096, cut)]));
          const whole = cut === after.length;
          expect(await entries(copy), `cut at ${cut}`).toEqual(
            whole ? [...flushed, entryOf(number)] : flushed,
          );
          if (cut % 5 !== 0) continue;
          const again = await openNodeStore(copy, { hasher });
          await again.appendLog(entryOf(40));
          await again.close();
          expect((await entries(copy)).at(-1)).toEqual(entryOf(40));
          expect((await entries(copy)).length).toBe(number + (whole ? 2 : 1));
        }
      before = after;
    }
    await store.close();
  });

  it("with sectors of the last write missing has what was flushed before", async () => {
    const directory = place();
    const store = await begun(directory);
    await store.appendLog(entryOf(1));
    const before = readFileSync(logFile(directory));
    // Written at once: one group, of which any sector may be missing while later ones are there.
    await Promise.all([
      store.appendLog(entryOf(300)),
      store.appendLog(entryOf(301)),
      store.appendLog(entryOf(2)),
    ]);
    const after = readFileSync(logFile(directory));
    await store.close();
    for (let sector = Math.ceil(before.length / 512); 512 * sector < after.length; sector += 1) {
      const torn = Buffer.from(after).fill(0, 512 * sector, Math.min(512 * (sector + 1), after.length));
      before.copy(torn, 0, 0, 4096);
      expect(await entries(left(directory, torn)), `sector ${sector}`).toEqual([entryOf(1)]);
    }
  });

  it("while the next was begun has the old one or the new one, whole", async () => {
    const directory = place();
    const store = await begun(directory);
    await store.appendLog(entryOf(1));
    await store.append(blocks[3]!, 3);
    const old = left(directory);
    writeFileSync(join(old, "log.new"), "half of a lo");
    await store.beginLog(period + 1, [entryOf(2)]);
    await store.close();
    expect(await entries(old)).toEqual([entryOf(1)]);
    const again = await openNodeStore(old, { hasher });
    await again.beginLog(period + 1, [entryOf(2), entryOf(3)]);
    await again.close();
    expect(await entries(old)).toEqual([entryOf(2), entryOf(3)]);
    expect(readdirSync(old).filter((name) => name.startsWith("log"))).toEqual(["log"]);
  });
});

describe("a log that was cut or changed", () => {
  it("is refused, whichever byte it is, and nothing is changed by refusing it", async () => {
    const directory = place();
    const store = await begun(directory);
    for (let number = 0; number < 5; number += 1) await store.appendLog(entryOf(number));
    const dying = readFileSync(logFile(directory));
    await store.close();
    const closed = readFileSync(logFile(directory));
    const all = Array.from({ length: 5 }, (_, index) => entryOf(index));
    const copy = left(directory);
    for (const [sound, step] of [
      [dying, 1],
      [closed, 5],
    ] as const)
      for (let at = 0; at < sound.length; at += at > 40 && at < 4096 && (at < 500 || at > 1080) ? 71 : step) {
        const changed = Buffer.from(sound);
        changed[at]! ^= 1 << (at % 8);
        writeFileSync(logFile(copy), changed);
        const store = await openNodeStore(copy, { hasher }).catch((error: GridclearError) => error);
        if (store instanceof GridclearError) {
          expect(store.code, `byte ${at}`).toBe("corrupt");
          expect(store.field).toMatch(/^log/);
          expect(readFileSync(logFile(copy)).equals(changed)).toBe(true);
          continue;
        }
        // One of two marks is enough; the entries are all there.
        expect([at >= 512 && at < 1536, (await store.log())!.entries], `byte ${at}`).toEqual([true, all]);
        await store.close();
      }
  });

  it("is refused when it is shorter than what was flushed, and what was closed counts its last entry", async () => {
    const directory = place();
    const store = await begun(directory);
    for (let number = 0; number < 5; number += 1) await store.appendLog(entryOf(number));
    const dying = readFileSync(logFile(directory));
    await store.close();
    const closed = readFileSync(logFile(directory));
    const last = dying.length - recordsOf(logFile(directory)).at(-1)!.length;
    for (const [sound, from] of [
      [dying, last],
      [closed, closed.length],
    ] as const)
      for (let cut = 0; cut < from; cut += cut > 20 && cut < 4090 ? 509 : 3) {
        const copy = left(directory, sound.subarray(0, cut));
        expect(await errorOf(openNodeStore(copy, { hasher })), `cut at ${cut}`).toMatchObject({
          code: "corrupt",
        });
        expect(readFileSync(logFile(copy)).length).toBe(cut);
      }
  });

  it("tells of a last block that the disk lost, which nothing else counted", async () => {
    const directory = place();
    const store = await begun(directory);
    await store.append(blocks[3]!, 3);
    await store.beginLog(period + 1, [entryOf(1)]);
    const copy = left(directory);
    await store.close();
    const [segment] = segmentFiles(copy);
    const bytes = readFileSync(segment!);
    writeFileSync(segment!, bytes.subarray(0, bytes.length - recordsOf(segment!).at(-1)!.length));
    expect(await errorOf(openNodeStore(copy, { hasher }))).toMatchObject({ code: "corrupt", field: "log" });
  });

  it("is no ledger without its blocks, and goes with them", async () => {
    const directory = place();
    const store = await begun(directory);
    await store.appendLog(entryOf(1));
    await store.close();
    const copy = left(directory);
    rmSync(segmentFiles(copy)[0]!);
    expect(await errorOf(openNodeStore(copy, { hasher }))).toMatchObject({
      code: "corrupt",
      field: "block 0",
    });
    writeFileSync(join(directory, "log.new"), "half");
    await removeNodeStore(directory);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("is not appended to when another has written to it", async () => {
    const directory = place();
    const store = await begun(directory);
    await store.appendLog(entryOf(1));
    writeFileSync(logFile(directory), Buffer.concat([readFileSync(logFile(directory)), Buffer.alloc(4)]));
    expect(await errorOf(store.appendLog(entryOf(2)))).toMatchObject({ code: "conflict" });
    await store.close();
  });
});

describe("a log beside readers", () => {
  it("is not theirs: they see the blocks, and nothing changes", async () => {
    const directory = place();
    const store = await begun(directory);
    await store.appendLog(entryOf(1));
    const before = readFileSync(logFile(directory));
    const reader = await readNodeStore(directory, { hasher });
    expect([reader.size, await reader.log()]).toEqual([3, null]);
    expect(await errorOf(reader.beginLog(period, [entryOf(1)]))).toMatchObject({ code: "state" });
    expect(await errorOf(reader.appendLog(entryOf(1)))).toMatchObject({ code: "state" });
    await reader.close();
    expect(readFileSync(logFile(directory)).equals(before)).toBe(true);
    await store.close();
  });
});

describe("a disk that refuses", () => {
  it("stops the store at whichever write or flush, and what was acknowledged is there", async () => {
    for (const code of ["ENOSPC", "EIO"])
      for (const bytes of [0, 3, 11, 1000])
        for (let at = 0; ; at += 1) {
          const directory = place();
          const store = await begun(directory);
          Object.assign(disk, { at, code, bytes, calls: 0 });
          const acknowledged: Uint8Array[] = [];
          let error: GridclearError | null = null;
          for (let number = 0; number < 4 && error === null; number += 1) {
            error = await errorOf(store.appendLog(entryOf(number)));
            if (error === null) acknowledged.push(entryOf(number));
          }
          if (error === null) {
            expect(at).toBeGreaterThan(8);
            disk.at = Number.POSITIVE_INFINITY;
            await store.close();
            break;
          }
          expect(error).toMatchObject({ code: "storage" });
          expect(error.message).toContain(code);
          const { calls } = disk;
          expect(await errorOf(store.appendLog(entryOf(9)))).toBe(error);
          expect(await errorOf(store.append(blocks[3]!, 3))).toBe(error);
          expect(disk.calls).toBe(calls);
          disk.at = Number.POSITIVE_INFINITY;
          await store.close();
          // The entry of the failed write may be there: its promise said that nobody knows.
          const found = await entries(directory);
          expect(found.slice(0, acknowledged.length)).toEqual(acknowledged);
          expect(found.slice(acknowledged.length)).toEqual(
            found.length > acknowledged.length ? [entryOf(acknowledged.length)] : [],
          );
        }
  });

  it("is asked for one flush, however many wait", async () => {
    const store = await begun(place());
    await store.appendLog(entryOf(0));
    Object.assign(disk, { flushes: 0, writes: 0 });
    await store.appendLog(entryOf(1));
    expect([disk.flushes, disk.writes]).toEqual([1, 2]);
    const first = store.appendLog(entryOf(2));
    // The first is on its way by now: what comes meanwhile goes together.
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([
      first,
      ...Array.from({ length: 500 }, (_, number) => store.appendLog(entryOf(number % 9))),
    ]);
    expect(disk.flushes).toBe(3);
    expect((await store.log())!.entries.length).toBe(503);
    await store.close();
  });
});

describe.skipIf(process.platform === "win32")("a process that logs", () => {
  let script: string;
  beforeAll(async () => {
    script = await bundled(new URL("logwriter.ts", import.meta.url), "log-writer");
  });
  afterAll(() => rmSync(script, { force: true }));

  /** Runs the writer until it has acknowledged so many entries and kills it; how many it acknowledged. */
  const write = async (directory: string, kill: number): Promise<number> => {
    const text = await writtenBy(process.execPath, [script, directory], kill);
    return Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1));
  };

  it("may be killed at any moment: what it acknowledged is there, in its order", async () => {
    const directory = place();
    await (await begun(directory)).close();
    for (const kill of [1, 3, 20, 200]) {
      const acknowledged = await write(directory, kill);
      const found = (await entries(directory)).map((entry) => new DataView(entry.buffer).getUint32(0));
      expect(found.length).toBeGreaterThan(acknowledged);
      expect(found).toEqual(Array.from({ length: found.length }, (_, index) => index));
    }
    expect(existsSync(join(directory, "LOCK"))).toBe(false);
  });
});
