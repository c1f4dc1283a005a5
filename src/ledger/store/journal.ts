/**
 * A journal: what one machine has sealed of the blocks of many ledgers, in the order in which it was sealed, in files
 * that only grow. One flush takes all blocks that wait for the disk, so that thousands of ledgers cost a few flushes a
 * second. It is a store to put a ledger together again from, not one to open a market on.
 */
import { type FileHandle, mkdir, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { concat, copyOf, sameBytes, viewOf } from "../../bytes.js";
import { asStorage } from "../../errors.js";
import { encodeRecords, type Layout, layout, offsetsOf } from "../format/layout.js";
import type { Hasher } from "../tree/hasher.js";

/** What stands before each entry: its length, and the first eight bytes of its SHA-256. */
interface EntryHead {
  readonly length: number;
  readonly check0: number;
  readonly check1: number;
}
const headLayout: Layout<EntryHead> = /* @__PURE__ */ layout("journal", [
  ["length", "u32"],
  ["check0", "u32"],
  ["check1", "u32"],
]);
const headAt = /* @__PURE__ */ offsetsOf(headLayout);
/** Where the two halves of a checksum stand in a hash: as they stand in the head, one behind the other. */
const halves = [0, 4] as const;

/** A file takes so many bytes before the next is begun. */
const fileBytes = 64 * 1024 * 1024;
const extension = ".gclj";

function headOf(entry: Uint8Array, hasher: Hasher): EntryHead {
  const view = viewOf(hasher.sha256(entry));
  const [check0, check1] = halves.map((at) => view.getUint32(at, true)) as [number, number];
  return { length: entry.length, check0, check1 };
}

interface Waiting {
  readonly entry: Uint8Array;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** A journal that is written. One writer; a failed write is final. */
export class Journal {
  readonly #folder: string;
  readonly #hasher: Hasher;
  #file: FileHandle;
  #number: number;
  #written = 0;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  private constructor(folder: string, hasher: Hasher, file: FileHandle, number: number) {
    this.#folder = folder;
    this.#hasher = hasher;
    this.#file = file;
    this.#number = number;
  }

  /** Opens a journal to write, in a file of its own behind those that are there. Throws `storage` where it can't. */
  static async open(folder: string, hasher: Hasher): Promise<Journal> {
    try {
      await mkdir(folder, { recursive: true });
      const number = ((await filesOf(folder)).at(-1) ?? 0) + 1;
      return new Journal(folder, hasher, await begun(folder, number), number);
    } catch (error) {
      throw asStorage(error, folder, "a folder to keep a journal in");
    }
  }

  /** Adds an entry; resolves when it is on the disk. Throws `storage` when the disk failed, then and ever after. */
  append(entry: Uint8Array): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    return new Promise((done, failed) => {
      this.#waiting.push({ entry: copyOf(entry), done, failed });
      this.#flushing ??= this.#flush();
    });
  }

  /** Closes the journal after what is under way. */
  async close(): Promise<void> {
    await this.#flushing;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    // What is asked for in this turn goes with the first flush.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.splice(0);
      try {
        if (this.#failure !== null) throw this.#failure.error;
        await this.#write(taken.map(({ entry }) => entry));
        for (const { done } of taken) done();
      } catch (error) {
        this.#failure ??= { error: asStorage(error, this.#folder, "a journal that can be written") };
        for (const { failed } of taken) failed(this.#failure.error);
      }
    }
    this.#flushing = null;
  }

  async #write(entries: readonly Uint8Array[]): Promise<void> {
    if (this.#written >= fileBytes) {
      await this.#file.close();
      this.#number += 1;
      this.#file = await begun(this.#folder, this.#number);
      this.#written = 0;
    }
    const bytes = concat(
      ...entries.flatMap((entry) => [encodeRecords(headLayout, [headOf(entry, this.#hasher)]), entry]),
    );
    await this.#file.appendFile(bytes);
    await this.#file.datasync();
    this.#written += bytes.length;
  }
}

/** A new file of a journal, its name on the disk too. */
async function begun(folder: string, number: number): Promise<FileHandle> {
  const file = await open(join(folder, `${`${number}`.padStart(10, "0")}${extension}`), "ax");
  const directory = await open(folder, "r");
  await directory.sync();
  await directory.close();
  return file;
}

async function filesOf(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith(extension))
    .map((name) => Number(name.slice(0, -extension.length)))
    .filter((number) => Number.isSafeInteger(number) && number > 0)
    .sort((a, b) => a - b);
}

/** What is wrong with a journal's file, and where. */
export interface JournalDamage {
  readonly file: string;
  /** Byte at which what follows can't be read. */
  readonly at: number;
  /** `cut`: it ends there in the middle, as a crash leaves an entry that was never acknowledged. */
  readonly kind: "changed" | "cut";
}

/** How to read a journal. */
export interface JournalReading {
  readonly folder: string;
  readonly hasher: Hasher;
  /** Only so many of the newest files. Default: all. */
  readonly files?: number;
  /** Called where something can't be read; the rest of that file is passed over. */
  readonly damaged: (damage: JournalDamage) => void;
}

/** The entries of a journal, in order. Throws `storage` where the folder can't be read. */
export async function* readJournal({
  folder,
  hasher,
  files = Number.POSITIVE_INFINITY,
  damaged,
}: JournalReading): AsyncGenerator<Uint8Array> {
  let numbers: number[];
  try {
    numbers = await filesOf(folder);
  } catch (error) {
    throw asStorage(error, folder, "the folder of a journal");
  }
  for (const number of numbers.slice(-files)) {
    const file = join(folder, `${`${number}`.padStart(10, "0")}${extension}`);
    const bytes = await readFile(file).catch((error: unknown) => {
      throw asStorage(error, file, "a file of a journal");
    });
    yield* entriesIn(bytes, hasher, (at, kind) => damaged({ file, at, kind }));
  }
}

function* entriesIn(
  bytes: Uint8Array,
  hasher: Hasher,
  damaged: (at: number, kind: JournalDamage["kind"]) => void,
): Generator<Uint8Array> {
  const view = viewOf(bytes);
  for (let at = 0; at < bytes.length; ) {
    const start = at + headLayout.bytes;
    const length = start <= bytes.length ? view.getUint32(at + headAt.length, true) : 0;
    if (start > bytes.length || start + length > bytes.length) return damaged(at, "cut");
    const entry = bytes.subarray(start, start + length);
    const head = encodeRecords(headLayout, [headOf(entry, hasher)]);
    if (!sameBytes(bytes.subarray(at, start), head)) return damaged(at, "changed");
    yield entry;
    at = start + length;
  }
}
