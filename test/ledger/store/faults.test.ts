import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import type { GridclearError } from "../../../src/errors.js";
import { type Medium, openOn } from "../../../src/ledger/store/medium.js";
import { type MemoryMedium, memoryMedium } from "../../../src/ledger/store/memory.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import type { Store } from "../../../src/ledger/store/store.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { bundled, writtenBy } from "../../support/child.js";
import { type Period, sampleLedger, sampleMarket, tradePeriod } from "../../support/sample.js";

const errorOf = (promise: Promise<unknown>): Promise<GridclearError | null> =>
  promise.then(
    () => null,
    (error: GridclearError) => error,
  );
const periods = (count: number): Period[] =>
  Array.from({ length: count }, (_, index) => (index % 4 === 3 ? {} : tradePeriod(1001 + index, index)));

let hasher: Hasher;
let blocks: Uint8Array[];
let folder: string;
beforeAll(async () => {
  hasher = await openHasher();
  blocks = sampleLedger(hasher, periods(200));
  folder = await mkdtemp(join(tmpdir(), "gridclear-faults-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** How a write goes wrong: nothing of it is there, part of it, or all of it though its flush failed. */
type Fault = "nothing" | "part" | "all";

/** A medium whose `at`-th write (from 0) goes wrong, and which counts the writes it is asked for. */
function faulty(medium: MemoryMedium, at: number, fault: Fault): Medium & { writes: number } {
  const go = async (partly: () => Promise<void>, wholly: () => Promise<void>): Promise<void> => {
    const number = faults.writes;
    faults.writes += 1;
    if (number !== at) return wholly();
    if (fault === "part") await partly();
    if (fault === "all") await wholly();
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  };
  const faults: Medium & { writes: number } = {
    writes: 0,
    extent: () => medium.extent(),
    read: (height) => medium.read(height),
    header: (height) => medium.header(height),
    snapshots: medium.snapshots,
    torn: () => medium.torn(),
    drop: (height) => medium.drop(height),
    readMark: () => medium.readMark(),
    readMeta: (key) => medium.readMeta(key),
    close: () => medium.close(),
    append: (height, bytes, mark, before) =>
      go(
        () => medium.append(height, bytes.subarray(0, bytes.length >> 1), before, before),
        () => medium.append(height, bytes, mark, before),
      ),
    // A mark has two slots and a value is put by a transaction: part of either is none of it.
    confirm: (mark) =>
      go(
        async () => {},
        () => medium.confirm(mark),
      ),
    writeMeta: (key, value) =>
      go(
        async () => {},
        () => medium.writeMeta(key, value),
      ),
    logExtent: () => medium.logExtent(),
    readLog: (index) => medium.readLog(index),
    // A log is begun by renaming a file and grows by whole groups: part of either is none of it.
    beginLog: (period, group) =>
      go(
        async () => {},
        () => medium.beginLog(period, group),
      ),
    appendLog: (log, group) =>
      go(
        async () => {},
        () => medium.appendLog(log, group),
      ),
    dropLog: () =>
      go(
        async () => {},
        () => medium.dropLog(),
      ),
  };
  return faults;
}

describe("a write that fails", () => {
  it("stops the store, takes nothing back and leaves nothing half-done", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 25 }),
        fc.constantFrom<Fault>("nothing", "part", "all"),
        fc.boolean(),
        async (at, fault, withMeta) => {
          const medium = memoryMedium();
          const bad = faulty(medium, at, fault);
          const store = await openOn(bad, { hasher });
          let acknowledged = 0;
          let error: GridclearError | null = null;
          while (error === null && acknowledged < blocks.length) {
            error = await errorOf(store.append(blocks[acknowledged]!, acknowledged));
            if (error === null) {
              acknowledged += 1;
              if (withMeta) error = await errorOf(store.putMeta("last", Uint8Array.of(acknowledged)));
            }
          }
          expect(error).toMatchObject({ code: "storage" });
          expect(error?.message).toContain("no space left on device");
          expect(store.size).toBe(acknowledged);

          // Nothing is tried again, and nothing is served.
          const { writes } = bad;
          expect(await errorOf(store.append(blocks[acknowledged]!, acknowledged))).toBe(error);
          expect(await errorOf(store.putMeta("x", new Uint8Array(1)))).toBe(error);
          expect(await errorOf(store.get(0))).toBe(error);
          expect(await errorOf(store.getMeta("last"))).toBe(error);
          expect(
            await errorOf(
              store
                .blocks()
                [Symbol.asyncIterator]()
                .next()
                .then(() => store.get(0)),
            ),
          ).toBe(error);
          expect(bad.writes).toBe(writes);
          await store.close();

          const again = await openOn(medium, { hasher });
          expect(again.size).toBeGreaterThanOrEqual(acknowledged);
          expect(again.size).toBeLessThanOrEqual(acknowledged + 1);
          for (let height = 0; height < again.size; height += 1)
            expect(await again.get(height)).toEqual(blocks[height]);
          if (again.recovered !== null)
            expect([fault, again.recovered.height]).toEqual(["part", acknowledged]);
          await again.append(blocks[again.size]!, again.size);
          await again.close();
        },
      ),
      { numRuns: 150 },
    );
  });

  it("of blocks and log in any mixture: what was acknowledged is there, in its order, and nothing that never came", async () => {
    const step = fc.oneof(
      { weight: 1, arbitrary: fc.constant("block" as const) },
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 5 }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 20 }),
        fc.nat({ max: 30 }),
        fc.constantFrom<Fault>("nothing", "all"),
        async (steps, at, fault) => {
          const medium = memoryMedium();
          const store = await openOn(faulty(medium, at, fault), { hasher });
          const asked: { period: number; entry: number; answer: Promise<GridclearError | null> }[] = [];
          const sealed: Promise<GridclearError | null>[] = [];
          let height = 0;
          let number = 0;
          const seal = (): void => {
            sealed.push(errorOf(store.append(blocks[height]!, height)));
            height += 1;
            void errorOf(store.beginLog(sampleMarket.from + height, []));
          };
          seal();
          for (const each of steps)
            if (each === "block") seal();
            else {
              for (let count = 0; count < each; count += 1) {
                const answer = errorOf(store.appendLog(Uint8Array.of(number)));
                asked.push({ period: sampleMarket.from + height, entry: number, answer });
                number += 1;
              }
              if (each % 2 === 0) await asked.at(-1)!.answer;
            }
          const kept = (await Promise.all(sealed)).filter((error) => error === null).length;
          await errorOf(store.close());
          const again = await openOn(medium, { hasher });
          expect(again.size).toBeGreaterThanOrEqual(kept);
          const open = sampleMarket.from + again.size;
          const log = await again.log();
          const found = log?.period === open ? log.entries.map(([entry]) => entry!) : [];
          const ofOpen = asked.filter(({ period }) => period === open);
          const acknowledged: number[] = [];
          for (const { entry, answer } of ofOpen) if ((await answer) === null) acknowledged.push(entry);
          // What is there is a beginning of what was asked for, and at least what was acknowledged.
          expect(found).toEqual(ofOpen.slice(0, found.length).map(({ entry }) => entry));
          expect(found.slice(0, acknowledged.length)).toEqual(acknowledged);
          await again.close();
        },
      ),
      { numRuns: 200 },
    );
  });

  it("fails what waits behind it", async () => {
    const medium = memoryMedium();
    const store = await openOn(faulty(medium, 2, "nothing"), { hasher });
    const results = await Promise.all(
      blocks.slice(0, 6).map((bytes, height) => errorOf(store.append(bytes, height))),
    );
    expect(results.map((error) => error?.code ?? null)).toEqual([
      null,
      null,
      "storage",
      "storage",
      "storage",
      "storage",
    ]);
    expect(medium.blocks.length).toBe(2);
    await store.close();
  });

  it("is told when it happens while opening, and lets go of the medium", async () => {
    const medium = memoryMedium();
    medium.blocks.push(blocks[0]!); // whole and not acknowledged: opening writes the mark
    medium.held = true;
    expect(await errorOf(openOn(faulty(medium, 0, "nothing"), { hasher }))).toMatchObject({
      code: "storage",
    });
    expect(medium.held).toBe(false);
  });

  it("is told when reading fails, as corrupt when the bytes are bad", async () => {
    const medium = memoryMedium();
    const store = await openOn(medium, { hasher });
    await store.append(blocks[0]!, 0);
    await store.putMeta("a", Uint8Array.of(1, 2));
    medium.meta.get("a")![9]! ^= 1;
    expect(await errorOf(store.getMeta("a"))).toMatchObject({ code: "corrupt", field: "meta a" });
    medium.read = () => Promise.reject(new Error("input/output error"));
    expect(await errorOf(store.get(0))).toMatchObject({ code: "storage" });
    await store.close();
  });
});

// The child is the real thing: the Node store in a process of its own, killed or starved of disk.
describe.skipIf(process.platform === "win32")("a process that writes", () => {
  let script: string;
  beforeAll(async () => {
    script = await bundled(new URL("writer.ts", import.meta.url), "store-writer");
    await writeFile(join(folder, "blocks.json"), JSON.stringify(blocks.map(hex)));
  });
  afterAll(() => rm(script, { force: true }));

  /** Runs the writer until it ends or has acknowledged `kill` blocks; the lines it wrote. */
  const write = async (directory: string, kill: number, limit?: string): Promise<string[]> => {
    const args = [script, directory, join(folder, "blocks.json")];
    const limited = `trap '' XFSZ; ulimit -f ${limit}; exec "$0" "$@"`;
    const text = await (limit === undefined
      ? writtenBy(process.execPath, args, kill)
      : writtenBy("bash", ["-c", limited, process.execPath, ...args], kill));
    return text.trim().split("\n");
  };
  const check = async (store: Store, acknowledged: number): Promise<void> => {
    expect(store.size).toBeGreaterThanOrEqual(acknowledged);
    for (let height = 0; height < store.size; height += 1)
      expect(await store.get(height)).toEqual(blocks[height]);
  };

  it("may be killed at any moment: what it acknowledged is there, and the next goes on", async () => {
    const directory = join(folder, "killed");
    for (const more of [1, 2, 7, 20, 3]) {
      const lines = await write(directory, more);
      const acknowledged = lines.filter((line) => /^\d+$/.test(line)).map(Number);
      const store = await openNodeStore(directory, { hasher });
      await check(store, Math.max(...acknowledged) + 1);
      await store.close();
    }
  });

  it("stops cleanly on a full disk, and loses nothing that it acknowledged", async () => {
    const directory = join(folder, "full");
    const lines = await write(directory, Number.POSITIVE_INFINITY, "64");
    const acknowledged = lines.filter((line) => /^\d+$/.test(line)).length;
    expect(acknowledged).toBeGreaterThan(10);
    expect(acknowledged).toBeLessThan(blocks.length);
    expect(lines.slice(acknowledged)).toEqual([
      "append storage",
      "append again storage",
      "get storage",
      "closed",
    ]);
    const store = await openNodeStore(directory, { hasher });
    await check(store, acknowledged);
    await store.append(blocks[store.size]!, store.size);
    await store.close();
  });
});
