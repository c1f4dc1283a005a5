// The power goes at every moment of a store's life. Each call to the system is written down as it is made; what the
// disk holds after any of them is worked out from that: all that was flushed, and of the rest all, nothing, half of
// each write, zeros in its place, or any sectors of it, with the new names or without. Whatever it is, the store opens
// and has everything that was acknowledged by then.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openNodeStore, readNodeStore } from "../../../src/ledger/store/node.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { seeded } from "../../support/community.js";
import { sampleLedger, sampleMarket, tradePeriod } from "../../support/sample.js";

/** What was done, in order. A file is a number; `flush` names all that it makes last. */
type Step =
  | { readonly kind: "name"; readonly path: string; readonly file: number | null }
  | { readonly kind: "rename"; readonly from: string; readonly to: string }
  | { readonly kind: "write"; readonly file: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "cut"; readonly file: number; readonly length: number }
  | { readonly kind: "flush"; readonly file: number }
  | { readonly kind: "flushNames"; readonly folder: string }
  | { readonly kind: "told"; readonly blocks: number; readonly entries: number; readonly value: number };
const disk = vi.hoisted(() => ({ steps: [] as unknown[], files: 0, between: () => {} }));
const done = (step: Step): number => disk.steps.push(step);

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const open = new Map<number, { readonly path: string; readonly file: number | null }>();
  const names = new Map<string, number>();
  const fileOf = (descriptor: number): number => open.get(descriptor)!.file!;
  const flush =
    (act: typeof fs.fsync) =>
    (descriptor: number, answer: (error: Error | null) => void): void =>
      act(descriptor, (error) => {
        const { path, file } = open.get(descriptor)!;
        done(file === null ? { kind: "flushNames", folder: path } : { kind: "flush", file });
        answer(error);
      });
  return {
    ...fs,
    readdirSync: (path: string): string[] => {
      disk.between();
      return fs.readdirSync(path);
    },
    fstatSync: (file: number) => {
      disk.between();
      return fs.fstatSync(file);
    },
    readSync: (file: number, bytes: Uint8Array, from: number, length: number, at: number): number => {
      disk.between();
      return fs.readSync(file, bytes, from, length, at);
    },
    openSync: (path: string, flags: string): number => {
      disk.between();
      const descriptor = fs.openSync(path, flags);
      if (flags === "w") {
        disk.files += 1;
        names.set(path, disk.files);
        done({ kind: "name", path, file: disk.files });
      }
      open.set(descriptor, { path, file: names.get(path) ?? null });
      return descriptor;
    },
    writeSync: (file: number, bytes: Uint8Array, from: number, length: number, at: number): number => {
      done({
        kind: "write",
        file: fileOf(file),
        at,
        bytes: Uint8Array.from(bytes.subarray(from, from + length)),
      });
      return fs.writeSync(file, bytes, from, length, at);
    },
    ftruncateSync: (file: number, length: number): void => {
      done({ kind: "cut", file: fileOf(file), length });
      fs.ftruncateSync(file, length);
    },
    fdatasync: flush(fs.fdatasync),
    fsync: flush(fs.fsync),
    renameSync: (from: string, to: string): void => {
      fs.renameSync(from, to);
      if (!names.has(from)) return;
      names.set(to, names.get(from)!);
      names.delete(from);
      done({ kind: "rename", from, to });
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), "gridclear-power-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hasher = await openHasher();
const blocks = sampleLedger(
  hasher,
  Array.from({ length: 9 }, (_, index) => tradePeriod(1001 + index, index)),
);
const entryOf = (number: number): Uint8Array => new Uint8Array(700 + 90 * number).fill(1 + number);
const told = { kind: "told", blocks: 0, entries: 0, value: 0 } as const;

/** A store's life: blocks over several files, logs, values; what it acknowledged is written down as it did. */
async function live(directory: string): Promise<Uint8Array[]> {
  const store = await openNodeStore(directory, { hasher, segmentBytes: 4000 });
  for (const [height, block] of blocks.entries()) {
    await store.append(block, height);
    done({ ...told, blocks: height + 1, value: height >> 2 });
    await store.beginLog(sampleMarket.from + height + 1, []);
    for (let entries = 1; entries <= height % 3; entries += 1) {
      await store.appendLog(entryOf(entries));
      done({ ...told, blocks: height + 1, entries, value: height >> 2 });
    }
    if (height % 4 !== 3) continue;
    await store.putMeta("value", Uint8Array.of((height + 1) >> 2));
    done({ ...told, blocks: height + 1, entries: height % 3, value: (height + 1) >> 2 });
  }
  await store.close();
  return blocks.map((_, height) => store.hash(height));
}

type Rest = "all" | "nothing" | "half" | "zeros" | "sectors";
const rests: readonly Rest[] = ["all", "nothing", "half", "zeros", "sectors", "sectors", "sectors"];

/** What of a write that was not flushed reached the disk. */
function arrived(bytes: Uint8Array, at: number, rest: Rest, random: () => number): Uint8Array | null {
  if (rest === "nothing") return null;
  if (rest === "half") return bytes.subarray(0, bytes.length >> 1);
  if (rest === "zeros") return new Uint8Array(bytes.length);
  if (rest === "all") return bytes;
  const some = Uint8Array.from(bytes);
  for (let from = 0; from < some.length; ) {
    const to = Math.min(some.length, from + 512 - ((at + from) % 512));
    if (random() < 0.5) some.fill(0, from, to);
    from = to;
  }
  return some;
}

/** A write over what was there: sectors that did not arrive are as they were. */
function overwrite(old: Buffer, at: number, bytes: Uint8Array, isMark: boolean, written: Uint8Array): Buffer {
  const grown =
    old.length >= at + bytes.length
      ? old
      : Buffer.concat([old, Buffer.alloc(at + bytes.length - old.length)]);
  // A mark fills a sector: it is there or it is not.
  if (isMark && bytes.length === written.length && !bytes.every((byte, index) => byte === written[index]))
    return old;
  grown.set(bytes, at);
  return grown;
}

/** The files of the disk when the power went after so many steps. */
function after(
  steps: readonly Step[],
  rest: Rest,
  namesLast: boolean,
  random: () => number,
): Map<string, Buffer> {
  const lastFlush = new Map<number | string, number>();
  for (const [index, step] of steps.entries()) {
    if (step.kind === "flush") lastFlush.set(step.file, index);
    if (step.kind === "flushNames") lastFlush.set(step.folder, index);
  }
  const isFlushed = (key: number | string, index: number): boolean => (lastFlush.get(key) ?? -1) > index;
  const files = new Map<number, Buffer>();
  const names = new Map<string, number>();
  for (const [index, step] of steps.entries()) {
    if (step.kind === "name" && (namesLast || isFlushed(dirname(step.path), index)))
      names.set(step.path, step.file!);
    if (step.kind === "rename" && (namesLast || isFlushed(dirname(step.to), index))) {
      // The new file may have had no name that lasted before this one.
      const made = steps.findLast(
        (each, at) => at < index && each.kind === "name" && each.path === step.from,
      );
      if (made?.kind === "name") names.set(step.to, made.file!);
      names.delete(step.from);
    }
    if (step.kind === "write") {
      const { file, at, bytes } = step;
      const found = isFlushed(file, index) ? bytes : arrived(bytes, at, rest, random);
      const isMark = at < 4096 && bytes.length === 512;
      if (found !== null)
        files.set(file, overwrite(Buffer.from(files.get(file) ?? []), at, found, isMark, bytes));
    }
    if (step.kind === "cut" && (isFlushed(step.file, index) || rest !== "nothing"))
      files.set(step.file, Buffer.from((files.get(step.file) ?? Buffer.alloc(0)).subarray(0, step.length)));
  }
  return new Map([...names].map(([path, file]) => [path, files.get(file) ?? Buffer.alloc(0)]));
}

/** The files of a ledger put into a folder. */
function place(files: ReadonlyMap<string, Buffer>, folder: string): void {
  for (const [path, bytes] of files) {
    const at = join(folder, relative(directory, path));
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, bytes);
  }
}

const directory = join(folder, "live");
let steps: Step[];
let hashes: Uint8Array[];
beforeAll(async () => {
  hashes = await live(directory);
  steps = disk.steps.splice(0) as Step[];
});

it("opens with all that was acknowledged, wherever the power went", async () => {
  const random = seeded(20_261_127);
  const seen = new Set<string>();
  let states = 0;
  for (let point = 0; point <= steps.length; point += 1)
    for (const rest of rests)
      for (const namesLast of [true, false]) {
        const past = steps.slice(0, point);
        const files = after(past, rest, namesLast, random);
        const latest = past.findLast((step) => step.kind === "told");
        const acknowledged = latest?.kind === "told" ? latest : told;
        const key = JSON.stringify([
          acknowledged,
          ...[...files]
            .sort()
            .map(([path, bytes]) => [path, Buffer.from(hasher.sha256(bytes)).toString("hex")]),
        ]);
        if (seen.has(key)) continue;
        seen.add(key);
        states += 1;
        const copy = join(folder, "copy");
        place(files, copy);
        await holds(copy, acknowledged, `after step ${point}, ${rest}, names ${namesLast}`);
        rmSync(copy, { recursive: true, force: true });
      }
  expect(states).toBeGreaterThan(250);
}, 180_000);

it("is read beside its writer, whatever that does between two calls of the reader", async () => {
  const copy = join(folder, "beside");
  const random = seeded(1);
  const pictures = Array.from({ length: steps.length + 1 }, (_, point) =>
    after(steps.slice(0, point), "all", true, random),
  );
  /** Turns the folder from one picture to another, as far as they differ. */
  const turn = (from: ReadonlyMap<string, Buffer>, to: ReadonlyMap<string, Buffer>): void => {
    const changed = [...to].filter(([path, bytes]) => from.get(path)?.equals(bytes) !== true);
    place(new Map(changed), copy);
  };
  const first = steps.findIndex((step) => step.kind === "told") + 1;
  for (const stride of [1, 3])
    for (let begin = first; begin < steps.length; begin += 2) {
      let point = begin;
      turn(new Map(), pictures[point]!);
      disk.between = () => {
        const next = Math.min(steps.length, point + stride);
        turn(pictures[point]!, pictures[next]!);
        point = next;
      };
      const name = `from step ${begin}, ${stride} at a time`;
      const reader = await readNodeStore(copy, { hasher })
        .catch((error: Error) => expect.fail(`${name}: ${error.message}`))
        .finally(() => {
          disk.between = () => {};
        });
      const told = steps.slice(0, begin).findLast((step) => step.kind === "told");
      expect(reader.size, name).toBeGreaterThanOrEqual(told?.kind === "told" ? told.blocks : 0);
      expect(reader.hash(reader.size - 1), name).toEqual(hashes[reader.size - 1]);
      await reader.close();
      rmSync(copy, { recursive: true });
    }
}, 180_000);

/** Holds what a store has against what was acknowledged, and lets it go on. */
async function holds(
  directory: string,
  acknowledged: { readonly blocks: number; readonly entries: number; readonly value: number },
  at: string,
): Promise<void> {
  const store = await openNodeStore(directory, { hasher }).catch((error: Error) =>
    expect.fail(`${at}: ${error.message}`),
  );
  const { size } = store;
  expect([acknowledged.blocks, acknowledged.blocks + 1], at).toContain(size);
  for (let height = 0; height < size; height += 1)
    expect(await store.get(height), at).toEqual(blocks[height]);
  if (size === acknowledged.blocks && acknowledged.entries > 0) {
    const log = (await store.log())!;
    expect(log.period, at).toBe(sampleMarket.from + size);
    expect(log.entries.length, at).toBeGreaterThanOrEqual(acknowledged.entries);
    for (const [index, entry] of log.entries.entries()) expect(entry, at).toEqual(entryOf(index + 1));
  }
  const value = await store.getMeta("value");
  expect([acknowledged.value, acknowledged.value + 1], at).toContain(value?.[0] ?? 0);
  if (size < blocks.length) await store.append(blocks[size]!, size);
  await store.close();
}
