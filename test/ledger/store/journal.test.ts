// A journal on a real disk: what was acknowledged is there, in order, whatever the end looks like.
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Journal, type JournalDamage, readJournal } from "../../../src/ledger/store/journal.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";

const hasher = await openHasher();
const root = mkdtempSync(join(tmpdir(), "gridclear-journal-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function read(folder: string, files?: number) {
  const damage: JournalDamage[] = [];
  const entries: string[] = [];
  const reading = { folder, hasher, damaged: (each: JournalDamage) => damage.push(each) };
  for await (const entry of readJournal(files === undefined ? reading : { ...reading, files }))
    entries.push(new TextDecoder().decode(entry));
  return { entries, damage };
}

const bytes = (text: string) => new TextEncoder().encode(text);

async function written(name: string, texts: readonly string[]): Promise<string> {
  const folder = join(root, name);
  const journal = await Journal.open(folder, hasher);
  await Promise.all(texts.map((text) => journal.append(bytes(text))));
  await journal.close();
  return folder;
}

test("keeps entries in the order in which they came, over several openings", async () => {
  const folder = await written("order", ["one", "", "three"]);
  await written("order", ["four"]);
  expect(await read(folder)).toEqual({ entries: ["one", "", "three", "four"], damage: [] });
  expect((await read(folder, 1)).entries).toEqual(["four"]);
  expect(readdirSync(folder)).toEqual(["0000000001.gclj", "0000000002.gclj"]);
});

test("does not keep the caller's bytes, and entries that wait go with one flush", async () => {
  const folder = join(root, "copies");
  const journal = await Journal.open(folder, hasher);
  const mine = bytes("before");
  const done = journal.append(mine);
  mine.fill(0);
  await done;
  await journal.close();
  expect((await read(folder)).entries).toEqual(["before"]);
});

test("says where a cut-off end is, and reads all before it", async () => {
  const folder = await written("cut", ["one", "two"]);
  const file = join(folder, "0000000001.gclj");
  const whole = readFileSync(file).length;
  for (let length = 1; length < whole; length += 1) {
    const copy = join(root, `cut${length}`);
    await written(`cut${length}`, []);
    writeFileSync(join(copy, "0000000001.gclj"), readFileSync(file).subarray(0, length));
    const { entries, damage } = await read(copy);
    const isBoundary = length === whole / 2;
    expect(entries).toEqual(length >= whole / 2 ? ["one"] : []);
    expect(damage.map(({ kind }) => kind)).toEqual(isBoundary ? [] : ["cut"]);
  }
});

test("any bit that is changed is found; later files are read all the same", async () => {
  const folder = await written("bits", ["one", "two"]);
  await written("bits", ["three"]);
  const file = join(folder, "0000000001.gclj");
  const good = readFileSync(file);
  for (let bit = 0; bit < good.length * 8; bit += 1) {
    const bad = Uint8Array.from(good);
    bad[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(file, bad);
    const { entries, damage } = await read(folder);
    expect(damage.length).toBe(1);
    expect(entries).toEqual(bit < good.length * 4 ? ["three"] : ["one", "three"]);
  }
});

test("a folder that is none and a disk that fails are told", async () => {
  await expect(read(join(root, "nowhere"))).rejects.toThrow(/folder of a journal/);
  const file = join(root, "file");
  appendFileSync(file, "no folder");
  truncateSync(file, 3);
  await expect(Journal.open(file, hasher)).rejects.toThrow(/folder to keep a journal/);
});

test("a journal that failed once keeps nothing more", async () => {
  const journal = await Journal.open(join(root, "failed"), hasher);
  await journal.append(bytes("one"));
  await journal.close();
  // Its file is closed: the next write fails as one on a disk that is gone does.
  await expect(journal.append(bytes("two"))).rejects.toMatchObject({ code: "storage" });
  await expect(journal.append(bytes("three"))).rejects.toMatchObject({ code: "storage" });
  expect((await read(join(root, "failed"))).entries).toEqual(["one"]);
});
