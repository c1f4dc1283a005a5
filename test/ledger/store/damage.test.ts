// Whatever becomes of a file of a closed ledger (cut, emptied, deleted, zeroed in part, grown), whoever opens it is
// told, or has every block as it was; and being told changes nothing.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { GridclearError } from "../../../src/errors.js";
import { openNodeStore, readNodeStore } from "../../../src/ledger/store/node.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { seeded } from "../../support/community.js";
import { sampleLedger, sampleMarket, tradePeriod } from "../../support/sample.js";

const hasher = await openHasher();
const blocks = sampleLedger(
  hasher,
  Array.from({ length: 7 }, (_, index) => tradePeriod(1001 + index, index)),
);
const folder = mkdtempSync(join(tmpdir(), "gridclear-damage-"));
const sound = join(folder, "sound");
const copy = join(folder, "copy");
const entries = [Uint8Array.of(1, 2, 3), new Uint8Array(900).fill(4)];
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => {
  const store = await openNodeStore(sound, { hasher, segmentBytes: 6000 });
  for (const [height, block] of blocks.entries()) await store.append(block, height);
  await store.putMeta("value", Uint8Array.of(7));
  await store.beginLog(sampleMarket.from + blocks.length, entries);
  await store.close();
});

const filesOf = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort();
const contents = (directory: string): string =>
  filesOf(directory)
    .filter((name) => !name.startsWith("LOCK"))
    .map((name) => `${name} ${readFileSync(join(directory, name)).toString("base64")}`)
    .join("\n");

/** What is wrong with a damaged ledger as one that opens it sees it; null when it holds all that it held. */
async function judged(open: typeof openNodeStore, isWriter: boolean): Promise<string | null> {
  try {
    const store = await open(copy, { hasher });
    try {
      if (store.size !== blocks.length) return `silently ${store.size} blocks`;
      for (const [height, block] of blocks.entries()) expect(await store.get(height)).toEqual(block);
      if (isWriter) expect((await store.log())?.entries ?? "no log").toEqual(entries);
      expect(await store.getMeta("value")).toEqual(Uint8Array.of(7));
      return null;
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof GridclearError) return error.code;
    throw error;
  }
}

/** Damages one file of a copy, and sees what comes of it. */
async function damaged(name: string, bytes: Buffer | null, what: string): Promise<void> {
  rmSync(copy, { recursive: true, force: true });
  cpSync(sound, copy, { recursive: true });
  if (bytes === null) rmSync(join(copy, name));
  else writeFileSync(join(copy, name), bytes);
  const before = contents(copy);
  // Readers don't see the log.
  const reader = await judged(readNodeStore, false);
  expect([null, "corrupt"], `${what} of ${name}, read`).toContain(reader);
  expect(contents(copy), `${what} of ${name}, read`).toBe(before);
  const writer = await judged(openNodeStore, true);
  expect([null, "corrupt"], `${what} of ${name}, opened`).toContain(writer);
  if (writer !== null) expect(contents(copy), `${what} of ${name}, opened`).toBe(before);
}

const segments = (): string[] => filesOf(sound).filter((name) => name.endsWith(".gclf"));
const changeable = (): string[] => [...segments(), "log", join("meta", "value")];

it("files of blocks, values and log that are cut", async () => {
  const random = seeded(11);
  for (const name of changeable()) {
    const bytes = readFileSync(join(sound, name));
    const cuts = [
      0,
      bytes.length - 1,
      ...Array.from({ length: 12 }, () => Math.floor(random() * bytes.length)),
    ];
    for (const cut of cuts) await damaged(name, bytes.subarray(0, cut), `${cut} bytes`);
  }
});

it("and files with zeros in them", async () => {
  const random = seeded(12);
  for (const name of changeable()) {
    const bytes = readFileSync(join(sound, name));
    for (let round = 0; round < 12; round += 1) {
      const from = Math.floor(random() * bytes.length);
      const to = Math.min(bytes.length, from + 1 + Math.floor(random() * 2000));
      await damaged(name, Buffer.from(bytes).fill(0, from, to), `zeros from ${from} to ${to}`);
    }
  }
});

it("and files that have grown", async () => {
  for (const name of [...segments(), "log"]) {
    const bytes = readFileSync(join(sound, name));
    for (const more of [1, 7, 8, 48, 600, 5000])
      for (const tail of [Buffer.alloc(more), Buffer.alloc(more, 0xa5), bytes.subarray(-more)])
        await damaged(name, Buffer.concat([bytes, tail]), `${more} bytes more`);
  }
});

it("and files of blocks that are gone", async () => {
  for (const name of segments()) {
    await damaged(name, null, "deleting");
    for (const open of [openNodeStore, readNodeStore])
      expect(await judged(open, open === openNodeStore)).toBe(
        segments().length === 1 ? "invalid" : "corrupt",
      );
  }
});
