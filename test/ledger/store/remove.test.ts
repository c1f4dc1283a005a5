// Removing a ledger: its own files, all of them, and nothing else.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openNodeStore, removeNodeStore } from "../../../src/ledger/store/node.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { sampleLedger, tradePeriod } from "../../support/sample.js";

let hasher: Hasher;
let folder: string;
beforeAll(async () => {
  hasher = await openHasher();
  folder = mkdtempSync(join(tmpdir(), "gridclear-remove-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A ledger of four segments with a value beside it. */
async function ledger(name: string): Promise<string> {
  const directory = join(folder, name);
  const store = await openNodeStore(directory, { hasher, segmentBytes: 1 });
  const periods = [0, 1, 2].map((index) => tradePeriod(1001 + index, index));
  for (const [height, block] of sampleLedger(hasher, periods).entries()) await store.append(block, height);
  await store.putMeta("checkpoint", Uint8Array.of(1));
  await store.close();
  return directory;
}

it("leaves the directory, empty, in which another can begin", async () => {
  const directory = await ledger("whole");
  writeFileSync(join(directory, "torn-2"), "cut off");
  writeFileSync(join(directory, "0000000000000009.gclf.new"), "half of a segment");
  await removeNodeStore(directory);
  expect(readdirSync(directory)).toEqual([]);
  await removeNodeStore(directory);
  await ledger("whole");
});

it("removes nothing beside a file of somebody, and nothing of a ledger that is being written", async () => {
  const directory = await ledger("shared");
  const before = readdirSync(directory);
  for (const name of ["letter.txt", "LOCK.txt", "1.gclf", "torn-x", "metadata"]) {
    writeFileSync(join(directory, name), "dear diary");
    await expect(removeNodeStore(directory)).rejects.toMatchObject({
      code: "invalid",
      got: JSON.stringify(name),
    });
    rmSync(join(directory, name));
  }
  expect(readdirSync(directory)).toEqual(before);
  const store = await openNodeStore(directory, { hasher });
  await expect(removeNodeStore(directory)).rejects.toMatchObject({ code: "conflict" });
  expect((await store.get(2))!.length).toBeGreaterThan(0);
  await store.close();
  expect(readdirSync(directory)).toEqual(before);
});

it("says so where there is no directory", async () => {
  await expect(removeNodeStore(join(folder, "nowhere"))).rejects.toMatchObject({ code: "storage" });
  expect(existsSync(join(folder, "nowhere"))).toBe(false);
});

it("a ledger begins over what a crash left of its first file", async () => {
  const directory = join(folder, "begun");
  mkdirSync(directory);
  writeFileSync(join(directory, "0000000000000000.gclf.new"), "half of a segment");
  const store = await openNodeStore(directory, { hasher });
  await store.append(sampleLedger(hasher, [tradePeriod(1001, 0)])[0]!, 0);
  await store.close();
  expect(readdirSync(directory)).toEqual(["0000000000000000.gclf"]);
  expect(readFileSync(join(directory, "0000000000000000.gclf")).length).toBeGreaterThan(4096);
});
