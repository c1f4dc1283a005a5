// Erasing old blocks of a private market on disk: what stays, what a crash at any step leaves, and what is refused.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { headerBytes } from "../../../src/ledger/format/header.js";
import { eraseBlocks, openNodeStore, readNodeStore } from "../../../src/ledger/store/node.js";
import type { Store } from "../../../src/ledger/store/store.js";
import { keepSnapshotAt } from "../../../src/market/snapshots.js";
import { auditStore } from "../../../src/report/audit.js";
import { runScenario } from "../../support/scenario.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-erased-"));
afterAll(() => rmSync(folder, { recursive: true }));
const whole = join(folder, "whole");
const periods = 12;
const below = 8;
let engine: Engine;
let blocks: Uint8Array[];

async function collected(store: Store): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const bytes of store.blocks()) all.push(bytes);
  return all;
}

/** A ledger in segments of a few blocks each, with a snapshot before and one after what is to be erased. */
beforeAll(async () => {
  engine = await openEngine();
  const { store } = await runScenario(engine, 31, { participants: 6, periods, isPrivate: true });
  blocks = await collected(store);
  const kept = await openNodeStore(whole, { hasher: engine, segmentBytes: 9_000 });
  for (const [height, bytes] of blocks.entries()) await kept.append(bytes, height);
  await keepSnapshotAt(kept, 3, engine, () => {});
  await keepSnapshotAt(kept, below, engine, () => {});
  await kept.close();
});

const copy = (name: string): string => {
  const path = join(folder, name);
  cpSync(whole, path, { recursive: true });
  return path;
};
/** Names of the segments with blocks that are to be erased. */
const segments = (path: string): string[] =>
  readdirSync(path)
    .filter((name) => /^\d+\.gclf$/.test(name) && Number(name.slice(0, 16)) < below)
    .sort();
const filesOf = (path: string): Map<string, string> =>
  new Map(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .map((file) => [file.slice(path.length), readFileSync(file).toString("latin1")]),
  );

describe("erasing", () => {
  it("leaves the headers, the head, and all that comes later, and nothing else in any file", async () => {
    const path = copy("plain");
    expect(segments(path).length).toBeGreaterThan(2);
    const { blocks: count, bytes } = await eraseBlocks(path, below);
    expect(count).toBe(below);
    const store = await readNodeStore(path, { hasher: engine });
    const found = await collected(store);
    for (const [height, was] of blocks.entries())
      expect(found[height], `block ${height}`).toEqual(height < below ? was.subarray(0, headerBytes) : was);
    expect(await store.snapshots()).toEqual([below]);
    expect(await auditStore(store, { hasher: engine, engine })).toMatchObject({
      ok: true,
      from: below,
      erased: below,
      withheld: 0,
      executed: periods - below,
    });
    await store.close();
    expect(bytes).toBe(blocks.slice(0, below).reduce((sum, { length }) => sum + length - headerBytes, 0));
    // No record and no secret of what was erased stands in a file.
    const files = [...filesOf(path).values()];
    for (const bytes of blocks.slice(0, below)) {
      const { secret, sections } = decodeBlock(bytes);
      for (const part of [secret!, sections.orders, sections.trades, sections.readings])
        if (part.length > 0)
          expect(files.some((file) => file.includes(Buffer.from(part).toString("latin1")))).toBe(false);
    }
    expect(await eraseBlocks(path, below)).toEqual({ blocks: 0, bytes: 0 });
  });

  it("leaves a ledger that is good wherever it is cut off, and does the rest when it is done again", async () => {
    const done = copy("done");
    await eraseBlocks(done, below);
    const wanted = filesOf(done);
    const names = segments(whole);
    const fresh = names.map((name) => readFileSync(join(done, name)));
    // Segments are replaced one after the other: so many are new, and of the next some bytes are written beside it.
    for (let renamed = 0; renamed <= names.length; renamed += 1)
      for (const part of [0, 0.3, 1]) {
        const path = copy(`cut-${renamed}-${part}`);
        for (let at = 0; at < renamed; at += 1) writeFileSync(join(path, names[at]!), fresh[at]!);
        const next = fresh[renamed];
        if (next !== undefined)
          writeFileSync(
            join(path, `${names[renamed]}.new`),
            next.subarray(0, Math.floor(next.length * part)),
          );
        const store = await openNodeStore(path, { hasher: engine });
        expect(store.size).toBe(blocks.length);
        const whole = decodeBlock((await store.get(blocks.length - 1))!);
        expect(whole.header.height).toBe(blocks.length - 1);
        await store.close();
        await eraseBlocks(path, below);
        const found = filesOf(path);
        expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
        for (const [name, bytes] of wanted)
          expect(hex(Buffer.from(found.get(name)!, "latin1"))).toBe(hex(Buffer.from(bytes, "latin1")));
        rmSync(path, { recursive: true });
      }
  }, 60_000);

  it("can be written on, and never shows a reader that began before a false verdict", async () => {
    const path = copy("read");
    const reader = await readNodeStore(path, { hasher: engine, verify: "hashes" });
    await eraseBlocks(path, below);
    const verdict = await auditStore(reader, { hasher: engine, engine }).catch((error) => error);
    // What it had open it reads to the end; of the rest it is told that the file is another by now.
    if (verdict instanceof Error) expect(verdict).toMatchObject({ code: "storage" });
    else expect(verdict).toMatchObject({ ok: true });
    await reader.close();
    const writer = await openNodeStore(path, { hasher: engine });
    await writer.putMeta("a", Uint8Array.of(1));
    await writer.close();
    const again = await readNodeStore(path, { hasher: engine });
    expect(await auditStore(again, { hasher: engine, engine })).toMatchObject({ ok: true, erased: below });
    await again.close();
  });

  it("keeps the oldest snapshot, where what is left is executed from, whatever snapshots follow", async () => {
    const path = copy("oldest");
    await eraseBlocks(path, below);
    const executedFrom = async (height: number): Promise<void> => {
      const reader = await readNodeStore(path, { hasher: engine });
      expect(await auditStore(reader, { hasher: engine, engine })).toMatchObject({
        ok: true,
        from: height,
        executed: periods - height,
      });
      await reader.close();
    };
    const writer = await openNodeStore(path, { hasher: engine });
    for (const height of [9, 10, 11]) await keepSnapshotAt(writer, height, engine, () => {});
    expect(await writer.snapshots()).toEqual([11, 10, below]);
    await keepSnapshotAt(writer, 11, engine, () => {});
    expect(await writer.snapshots()).toEqual([11, 10, below]);
    await writer.close();
    await executedFrom(below);
    // Erasing further replaces it.
    await eraseBlocks(path, 10);
    await executedFrom(10);
    const again = await openNodeStore(path, { hasher: engine });
    for (const height of [11, 12]) await keepSnapshotAt(again, height, engine, () => {});
    expect(await again.snapshots()).toEqual([12, 11, 10]);
    await again.close();
    await executedFrom(10);
  });

  it("drops all but two snapshots of a ledger that is whole", async () => {
    const path = copy("two");
    const writer = await openNodeStore(path, { hasher: engine });
    for (const height of [9, 10]) await keepSnapshotAt(writer, height, engine, () => {});
    expect(await writer.snapshots()).toEqual([10, 9]);
    await writer.close();
  });

  it("is refused of an open market, without a snapshot to begin at, of the newest block, and beside a writer", async () => {
    const path = copy("refused");
    const before = filesOf(path);
    await expect(eraseBlocks(path, below + 1)).rejects.toMatchObject({ code: "state", field: "snapshots" });
    await expect(eraseBlocks(path, blocks.length)).rejects.toMatchObject({ code: "invalid", field: "below" });
    await expect(eraseBlocks(path, -1)).rejects.toMatchObject({ code: "invalid" });
    const writer = await openNodeStore(path, { hasher: engine });
    await expect(eraseBlocks(path, below)).rejects.toMatchObject({ code: "conflict" });
    await writer.close();
    const open = join(folder, "open");
    const { store } = await runScenario(engine, 3, { participants: 2, periods: 3 });
    const kept = await openNodeStore(open, { hasher: engine });
    for (const [height, bytes] of (await collected(store)).entries()) await kept.append(bytes, height);
    await keepSnapshotAt(kept, 2, engine, () => {});
    await kept.close();
    await expect(eraseBlocks(open, 2)).rejects.toMatchObject({ code: "refused", field: "block 0" });
    expect(filesOf(path)).toEqual(before);
  });
});
