// What happens to the files of a ledger on disk: bytes that change, writes that end half way, writers that don't know
// of each other, readers beside a writer.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { GridclearError } from "../../../src/errors.js";
import { openNodeStore, readNodeStore } from "../../../src/ledger/store/node.js";
import type { Store } from "../../../src/ledger/store/store.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { sampleLedger, tradePeriod } from "../../support/sample.js";
import { readRecords, recordOf, segmentFiles, writeRecords } from "../../support/segments.js";

let hasher: Hasher;
let blocks: Uint8Array[];
let folder: string;
let places = 0;
beforeAll(async () => {
  hasher = await openHasher();
  blocks = sampleLedger(
    hasher,
    Array.from({ length: 40 }, (_, index) => (index % 4 === 3 ? {} : tradePeriod(1001 + index, index))),
  );
  folder = await mkdtemp(join(tmpdir(), "gridclear-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

const place = (): string => join(folder, `ledger-${places++}`);
const errorOf = (promise: Promise<unknown>): Promise<GridclearError | null> =>
  promise.then(
    () => null,
    (error: unknown) => {
      if (error instanceof GridclearError) return error;
      throw error;
    },
  );

async function write(directory: string, from: number, to: number, segmentBytes?: number): Promise<Store> {
  const store = await openNodeStore(directory, {
    hasher,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  });
  for (let height = from; height < to; height += 1) await store.append(blocks[height]!, height);
  return store;
}

async function sizeOf(directory: string): Promise<number> {
  const store = await readNodeStore(directory, { hasher });
  await store.close();
  return store.size;
}

/** A ledger as a process that died left it: the last block flushed, no mark that counts it, the lock still there. */
async function abandoned(count: number): Promise<string> {
  const directory = place();
  const store = await write(directory, 0, count);
  const left = place();
  cpSync(directory, left, { recursive: true });
  await store.close();
  const lock = join(left, "LOCK");
  const holder = JSON.parse(readFileSync(lock, "utf8"));
  // A process that started at another moment than the one that has its number now.
  writeFileSync(lock, JSON.stringify({ ...holder, started: "1", token: "gone" }));
  return left;
}

const contents = (directory: string): string =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(directory, name)).isFile() && !name.startsWith("LOCK"))
    .sort()
    .map((name) => `${name} ${readFileSync(join(directory, name)).toString("base64")}`)
    .join("\n");

describe("a changed byte", () => {
  it("is found wherever it stands, by who reads and by who writes, and nothing is changed by finding it", async () => {
    const sound = place();
    await (await write(sound, 0, 4)).close();
    const name = segmentFiles(sound)[0]!.slice(sound.length + 1);
    const bytes = readFileSync(join(sound, name));
    const flipped = place();
    cpSync(sound, flipped, { recursive: true });
    // Every byte of the records, and every thirteenth of the head, which is zeros but for first height and marks.
    for (let at = 0; at < bytes.length; at += at < 4096 && at > 40 && (at < 500 || at > 1080) ? 13 : 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      writeFileSync(join(flipped, name), changed);
      expect(await errorOf(readNodeStore(flipped, { hasher })), `byte ${at}`).toMatchObject({
        code: "corrupt",
      });
      const error = await errorOf(
        openNodeStore(flipped, { hasher }).then(async (store) => {
          // One of two marks is enough to write on.
          expect([store.size, at >= 512 && at < 1536]).toEqual([4, true]);
          await store.close();
        }),
      );
      if (error !== null) {
        expect(error.code, `byte ${at}`).toBe("corrupt");
        expect(readFileSync(join(flipped, name)).equals(changed)).toBe(true);
      }
    }
  }, 240_000);

  it("in a block names its height", async () => {
    const directory = place();
    await (await write(directory, 0, 6)).close();
    const records = readRecords(directory);
    for (const height of [0, 3, 5]) {
      const changed = records.map((record) => Buffer.from(record));
      changed[height]![500]! ^= 4;
      writeRecords(directory, changed);
      const error = await errorOf(readNodeStore(directory, { hasher }));
      expect(error?.message).toMatch(new RegExp(`^block ${height}\\b`));
    }
  });

  it("in what was kept beside the blocks is found when it is read", async () => {
    const directory = place();
    const store = await write(directory, 0, 1);
    await store.putMeta("checkpoint", Uint8Array.of(1, 2, 3));
    await store.close();
    const file = join(directory, "meta", "checkpoint");
    const bytes = readFileSync(file);
    bytes[9]! ^= 1;
    writeFileSync(file, bytes);
    const opened = await openNodeStore(directory, { hasher });
    expect(await errorOf(opened.getMeta("checkpoint"))).toMatchObject({ code: "corrupt" });
    await opened.close();
  });
});

describe("a write that ended half way", () => {
  it("is cut off at any byte: what was acknowledged stays, what was cut is kept until the next block", async () => {
    const whole = await abandoned(5);
    const file = segmentFiles(whole)[0]!;
    const bytes = readFileSync(file);
    const end = bytes.length;
    const start = end - readRecords(whole)[4]!.length;
    for (let cut = start; cut < end; cut += cut < start + 12 || cut > end - 3 ? 1 : 97) {
      const directory = place();
      cpSync(whole, directory, { recursive: true });
      writeFileSync(segmentFiles(directory)[0]!, bytes.subarray(0, cut));
      const store = await openNodeStore(directory, { hasher });
      expect(store.size).toBe(4);
      const kept = join(directory, "torn-4");
      if (cut === start) expect([store.recovered, existsSync(kept)]).toEqual([null, false]);
      else {
        expect(store.recovered).toEqual({ height: 4, bytes: Math.max(0, cut - start - 8) });
        expect(readFileSync(kept).equals(bytes.subarray(start, cut))).toBe(true);
      }
      await store.append(blocks[4]!, 4);
      expect(existsSync(kept)).toBe(false);
      await store.close();
      expect(readFileSync(segmentFiles(directory)[0]!).subarray(4096).equals(bytes.subarray(4096))).toBe(
        true,
      );
    }
  });

  it("is kept no longer than until the next block, whoever writes that", async () => {
    const directory = place();
    await (await write(directory, 0, 3)).close();
    writeRecords(directory, [...readRecords(directory), recordOf(blocks[3]!).subarray(0, 200)]);
    // Cut off and kept, and then the process ends before a block takes its place.
    await (await openNodeStore(directory, { hasher })).close();
    const kept = join(directory, "torn-3");
    expect(readFileSync(kept).equals(recordOf(blocks[3]!).subarray(0, 200))).toBe(true);
    const store = await openNodeStore(directory, { hasher });
    await store.putMeta("checkpoint", Uint8Array.of(1));
    expect(existsSync(kept)).toBe(true);
    await store.append(blocks[3]!, 3);
    expect(existsSync(kept)).toBe(false);
    await store.close();
  });

  it("with sectors that never arrived is cut off too, and bytes that are all there and wrong are refused", async () => {
    // A block that does not end in zeros, so that no part of it looks as if it had never arrived.
    const whole = await abandoned(6);
    const bytes = readFileSync(segmentFiles(whole)[0]!);
    const start = bytes.length - readRecords(whole)[5]!.length;
    const firstSector = Math.ceil(start / 512) * 512;
    const zeroed = Buffer.from(bytes).fill(0, firstSector, Math.min(firstSector + 512, bytes.length));
    const rotten = Buffer.from(bytes);
    rotten[start + 8 + 100]! ^= 1;
    const lost = place();
    cpSync(whole, lost, { recursive: true });
    writeFileSync(segmentFiles(lost)[0]!, zeroed);
    const store = await openNodeStore(lost, { hasher });
    expect([store.size, store.recovered?.height]).toEqual([5, 5]);
    await store.close();
    writeFileSync(segmentFiles(whole)[0]!, rotten);
    const before = contents(whole);
    expect(await errorOf(openNodeStore(whole, { hasher }))).toMatchObject({
      code: "corrupt",
      field: "block 5",
    });
    expect(contents(whole)).toBe(before);
  });

  it("of the mark alone, or of the block alone, loses nothing", async () => {
    // The mark written with a block counts the blocks before it, so either may reach the disk without the other.
    for (const markOf of [3, 5]) {
      const directory = await abandoned(5);
      const file = segmentFiles(directory)[0]!;
      const bytes = readFileSync(file);
      const other = readFileSync(segmentFiles(await abandoned(markOf))[0]!);
      other.copy(bytes, 512, 512, 1536);
      writeFileSync(file, bytes);
      const store = await openNodeStore(directory, { hasher });
      expect([store.size, store.recovered]).toEqual([5, null]);
      await store.close();
    }
  });

  it("never hides a block that was acknowledged: a shorter chain than the mark says is refused", async () => {
    const directory = await abandoned(6);
    const records = readRecords(directory);
    writeRecords(directory, records.slice(0, 4));
    const before = contents(directory);
    expect(await errorOf(openNodeStore(directory, { hasher }))).toMatchObject({
      code: "corrupt",
      field: "block 4",
    });
    expect(contents(directory)).toBe(before);
    // A ledger that was closed counts its last block too.
    const closed = place();
    await (await write(closed, 0, 6)).close();
    writeRecords(closed, records.slice(0, 5));
    expect(await errorOf(openNodeStore(closed, { hasher }))).toMatchObject({
      code: "corrupt",
      field: "block 5",
    });
  });

  it("is refused also where the other mark can't be read, whichever place that has", async () => {
    for (const count of [6, 7]) {
      const directory = place();
      await (await write(directory, 0, count)).close();
      writeRecords(directory, readRecords(directory).slice(0, count - 1));
      const [file] = segmentFiles(directory);
      const bytes = readFileSync(file!);
      // The marks of an even and of an odd number of blocks have a sector each.
      bytes[512 * (1 + ((count + 1) % 2))]! ^= 1;
      writeFileSync(file!, bytes);
      expect(await errorOf(openNodeStore(directory, { hasher }))).toMatchObject({
        code: "corrupt",
        field: `block ${count - 1}`,
      });
    }
  });
});

describe("segments", () => {
  it("are whole files that never change once the next has begun, and give back every block", async () => {
    const directory = place();
    const store = await write(directory, 0, 20, 8000);
    const old = segmentFiles(directory).slice(0, -1);
    expect(old.length).toBeGreaterThan(3);
    const before = old.map((file) => readFileSync(file).toString("base64"));
    for (let height = 20; height < 40; height += 1) await store.append(blocks[height]!, height);
    await store.close();
    expect(old.map((file) => readFileSync(file).toString("base64"))).toEqual(before);
    for (const open of [openNodeStore, readNodeStore]) {
      const again = await open(directory, { hasher });
      expect(again.size).toBe(40);
      for (let height = 39; height >= 0; height -= 1) expect(await again.get(height)).toEqual(blocks[height]);
      await again.close();
    }
  });

  it("that are missing are named, first, middle and last", async () => {
    const directory = place();
    await (await write(directory, 0, 20, 8000)).close();
    for (const file of [0, 2, -1].map((index) => segmentFiles(directory).at(index)!)) {
      const kept = readFileSync(file);
      rmSync(file);
      const height = Number(/(\d+)\.gclf$/.exec(file)![1]);
      for (const open of [openNodeStore, readNodeStore])
        expect(await errorOf(open(directory, { hasher }))).toMatchObject({
          code: "corrupt",
          field: `block ${height}`,
        });
      writeFileSync(file, kept);
    }
    await (await openNodeStore(directory, { hasher })).close();
  });

  it("begin in two steps, and a crash between them is mended", async () => {
    const directory = place();
    await (await write(directory, 0, 20, 8000)).close();
    const files = segmentFiles(directory);
    const last = files.at(-1)!;
    const height = Number(/(\d+)\.gclf$/.exec(last)![1]);
    // As it was after the new file was made and before the old one got its end.
    writeFileSync(last, readFileSync(last).subarray(0, 4096));
    const head = readFileSync(last);
    head.fill(0, 512, 1536);
    const [old] = [files.at(-2)!];
    const end = readFileSync(old).subarray(-48);
    const mark = Buffer.alloc(512);
    end.copy(mark, 0, 8, 48);
    mark.writeUInt32LE(crc32(mark.subarray(0, 40)), 40);
    mark.copy(head, 512 * (1 + (height % 2)));
    writeFileSync(last, head);
    writeFileSync(old, readFileSync(old).subarray(0, -48));
    const reader = await readNodeStore(directory, { hasher });
    expect(reader.size).toBe(height);
    await reader.close();
    const store = await write(directory, height, 20, 8000);
    await store.close();
    expect(readFileSync(old).subarray(-48).equals(end)).toBe(true);
    expect(await sizeOf(directory)).toBe(20);
  });

  it("are not made anew beside values whose blocks are gone", async () => {
    const directory = place();
    const store = await write(directory, 0, 3);
    await store.putMeta("checkpoint", Uint8Array.of(1));
    await store.close();
    rmSync(segmentFiles(directory)[0]!);
    expect(await errorOf(openNodeStore(directory, { hasher }))).toMatchObject({
      code: "corrupt",
      field: "block 0",
    });
  });

  it("are not made in a folder that is somebody's", async () => {
    const directory = place();
    await (await write(directory, 0, 1)).close();
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    writeFileSync(join(directory, "000005.log"), "mine");
    expect(await errorOf(openNodeStore(directory, { hasher }))).toMatchObject({
      code: "invalid",
      field: directory,
    });
    expect(readdirSync(directory)).toEqual(["000005.log"]);
  });
});

describe("two writers", () => {
  it("can't both be: not with the lock deleted either", async () => {
    const directory = place();
    const first = await write(directory, 0, 2);
    expect(await errorOf(openNodeStore(directory, { hasher }))).toMatchObject({ code: "conflict" });
    rmSync(join(directory, "LOCK"));
    const second = await openNodeStore(directory, { hasher });
    await second.append(blocks[2]!, 2);
    expect(await errorOf(first.append(blocks[2]!, 2))).toMatchObject({ code: "conflict" });
    expect(await errorOf(first.putMeta("a", Uint8Array.of(1)))).toMatchObject({ code: "conflict" });
    await errorOf(first.close());
    await second.append(blocks[3]!, 3);
    await second.close();
    expect(await sizeOf(directory)).toBe(4);
  });

  it("stop at the next write once the lock is another's, before that other has written", async () => {
    const directory = place();
    const first = await write(directory, 0, 2);
    rmSync(join(directory, "LOCK"));
    const second = await openNodeStore(directory, { hasher });
    expect(await errorOf(first.append(blocks[2]!, 2))).toMatchObject({ code: "conflict" });
    await first.close();
    await second.append(blocks[2]!, 2);
    await second.close();
    expect(await sizeOf(directory)).toBe(3);
  });

  it("keep a lock that somebody has touched or written anew as it was, and lose one that says another name", async () => {
    const directory = place();
    const store = await write(directory, 0, 1);
    const lock = join(directory, "LOCK");
    const own = readFileSync(lock);
    utimesSync(lock, 1, 1);
    await store.append(blocks[1]!, 1);
    rmSync(lock);
    writeFileSync(lock, own);
    await store.append(blocks[2]!, 2);
    // In place, and as long as it was.
    const other = Buffer.from(own);
    const at = own.indexOf('"token":"') + 9;
    other[at] = other[at] === 0x30 ? 0x31 : 0x30;
    writeFileSync(lock, other);
    expect(await errorOf(store.append(blocks[3]!, 3))).toMatchObject({ code: "conflict" });
    await store.close();
    expect(readFileSync(lock).equals(other)).toBe(true);
  });

  it.skipIf(process.platform === "win32")("lose a lock to one in its place that looks like it", async () => {
    const directory = place();
    const store = await write(directory, 0, 1);
    const lock = join(directory, "LOCK");
    const old = join(folder, "old-lock");
    renameSync(lock, old);
    writeFileSync(lock, readFileSync(old, "utf8").replace(/"token":"./, '"token":"-'));
    // To the nanosecond, which Node can't.
    spawnSync("touch", ["-r", old, lock]);
    const looks = (path: string) => [statSync(path).size, statSync(path).mtimeMs];
    expect(looks(lock)).toEqual(looks(old));
    expect(await errorOf(store.append(blocks[1]!, 1))).toMatchObject({ code: "conflict" });
    await store.close();
  });

  it("never write behind each other's back: a file that has grown is not appended to", async () => {
    const directory = place();
    const store = await write(directory, 0, 2);
    const file = segmentFiles(directory)[0]!;
    writeFileSync(file, Buffer.concat([readFileSync(file), recordOf(blocks[2]!)]));
    expect(await errorOf(store.append(blocks[2]!, 2))).toMatchObject({ code: "conflict" });
    await store.close();
  });

  it("take over only from the dead", async () => {
    const directory = await abandoned(3);
    const lock = join(directory, "LOCK");
    const dead = JSON.parse(readFileSync(lock, "utf8"));
    const child = spawnSync(process.execPath, ["-e", "console.log(process.pid)"], { encoding: "utf8" });
    for (const holder of [
      { ...dead, host: "elsewhere.example" },
      { ...dead, pid: process.ppid, started: null },
      "not JSON",
    ]) {
      writeFileSync(lock, JSON.stringify(holder));
      const error = await errorOf(openNodeStore(directory, { hasher }));
      expect(error).toMatchObject({ code: "conflict" });
      expect(readFileSync(lock, "utf8")).toBe(JSON.stringify(holder));
    }
    writeFileSync(
      lock,
      JSON.stringify({ host: hostname(), pid: Number(child.stdout), started: null, token: "t" }),
    );
    const store = await openNodeStore(directory, { hasher });
    expect(store.size).toBe(3);
    await store.close();
    expect(readdirSync(directory).filter((name) => name.startsWith("LOCK"))).toEqual([]);
  });

  it("leave a process alone that they may not ask whether it lives", async () => {
    const directory = await abandoned(2);
    const lock = join(directory, "LOCK");
    const holder = JSON.parse(readFileSync(lock, "utf8"));
    // Of somebody else's process the system says no more than that there is one.
    const foreign = JSON.stringify({ ...holder, pid: process.ppid, started: null });
    writeFileSync(lock, foreign);
    const ask = vi.spyOn(process, "kill").mockImplementation(() => {
      throw Object.assign(new Error("not permitted"), { code: "EPERM" });
    });
    try {
      expect(await errorOf(openNodeStore(directory, { hasher }))).toMatchObject({ code: "conflict" });
      expect(ask).toHaveBeenCalledWith(process.ppid, 0);
      expect(readFileSync(lock, "utf8")).toBe(foreign);
    } finally {
      ask.mockRestore();
    }
  });
});

describe("a folder that the system refuses", () => {
  it("is a failure of storage that names it, whoever opens it", async () => {
    const directory = place();
    await (await write(directory, 0, 3, 1)).close();
    const [first] = segmentFiles(directory);
    // A folder where the writer has its log, which is not a reader's to read; then one where the first blocks were.
    mkdirSync(join(directory, "log"));
    expect(await errorOf(openNodeStore(directory, { hasher }))).toMatchObject({
      code: "storage",
      field: directory,
    });
    expect(await sizeOf(directory)).toBe(3);
    rmSync(first!);
    mkdirSync(first!);
    for (const open of [openNodeStore, readNodeStore])
      expect(await errorOf(open(directory, { hasher }))).toMatchObject({ code: "storage", field: directory });
    const under = join(segmentFiles(directory)[1]!, "ledger");
    expect(await errorOf(openNodeStore(under, { hasher }))).toMatchObject({ code: "storage", field: under });
  });
});

describe("readers", () => {
  it("beside a writer see a chain that was acknowledged, and change nothing", async () => {
    const directory = place();
    const store = await openNodeStore(directory, { hasher, segmentBytes: 30_000 });
    await store.append(blocks[0]!, 0);
    let reads = 0;
    let writing = true;
    const read = async (): Promise<void> => {
      while (writing) {
        const least = store.size;
        const reader = await readNodeStore(directory, { hasher });
        expect(reader.size).toBeGreaterThanOrEqual(least);
        expect(await reader.get(least - 1)).toEqual(blocks[least - 1]);
        await reader.close();
        reads += 1;
      }
    };
    const readers = [read(), read(), read()];
    for (let height = 1; height < blocks.length; height += 1) {
      await store.append(blocks[height]!, height);
      if (height % 5 === 0) await store.putMeta("checkpoint", Uint8Array.of(height));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    writing = false;
    await Promise.all(readers);
    expect(reads).toBeGreaterThan(10);
    await store.close();
    expect(await sizeOf(directory)).toBe(blocks.length);
  });

  it("can't write", async () => {
    const directory = place();
    await (await write(directory, 0, 2)).close();
    const before = contents(directory);
    const reader = await readNodeStore(directory, { hasher });
    expect(await errorOf(reader.append(blocks[2]!, 2))).toMatchObject({ code: "state" });
    await reader.close();
    const another = await readNodeStore(directory, { hasher });
    expect(await errorOf(another.putMeta("a", Uint8Array.of(1)))).toMatchObject({ code: "state" });
    await another.close();
    expect(contents(directory)).toBe(before);
    expect(await errorOf(readNodeStore(join(directory, "nothing"), { hasher }))).toMatchObject({
      code: "invalid",
    });
  });

  // Root may write anywhere, so what reads here is a process of nobody's.
  it.skipIf(process.getuid?.() !== 0)("need no leave to write", async () => {
    const directory = place();
    await (await write(directory, 0, 3)).close();
    const script = join(folder, "reader.mjs");
    await build({
      stdin: {
        contents: `import { readNodeStore } from "./src/ledger/store/node.js";
          const store = await readNodeStore(process.argv[2]);
          console.log(store.size);`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: script,
      logLevel: "error",
    });
    for (const path of [folder, directory]) chmodSync(path, 0o555);
    const { stdout, stderr } = spawnSync(process.execPath, [script, directory], {
      uid: 65534,
      gid: 65534,
      encoding: "utf8",
    });
    chmodSync(folder, 0o755);
    expect([stdout.trim(), stderr]).toEqual(["3", ""]);
  });
});
