/**
 * The log of a ledger on disk: one file for the open period, which only grows, and is replaced as a whole when the next
 * period begins. It has the head and the records of a segment (format/ledgerfile.ts); a record holds what was flushed
 * at once.
 */
import { rmSync } from "node:fs";
import { concat } from "../../bytes.js";
import { fail } from "../../errors.js";
import { maxSectionBytes } from "../format/header.js";
import {
  type Checksum,
  decodeFileHead,
  encodeFileHead,
  encodeMark,
  encodeRecordHead,
  type FileHead,
  fileHeadBytes,
  isWhole,
  recordHeadBytes,
  recordLength,
} from "../format/ledgerfile.js";
import { hashBytes } from "../tree/hasher.js";
import { isCutOff } from "./cutoff.js";
import { DiskFile, replaceFile, writeAgain } from "./disk.js";
import type { LogExtent } from "./log.js";

/** Letters at the beginning of the file. */
const kind = "GCLL";
/** Longest record: entries of at most so many bytes, and a checksum. */
const maxRecordBytes = maxSectionBytes + 64;

/** A log as it was found: where its records begin, and after the last where the next would. */
interface Found {
  readonly period: number;
  readonly starts: number[];
  /** How many of them the marks count. */
  marked: number;
  /** Whether bytes follow that a write which was cut off left. */
  torn: boolean;
}

/** Reads where the records are. Throws `corrupt`, changing nothing, for all that no crash leaves. */
function scan(path: string, checksum: Checksum): Found | null {
  const file = openToRead(path);
  if (file === null) return null;
  try {
    const head = decodeFileHead(file.readNow(0, fileHeadBytes), checksum, "log", kind);
    const { size } = file;
    const starts = [fileHeadBytes];
    let at = fileHeadBytes;
    while (at < size) {
      const recordHead = file.readNow(at, Math.min(recordHeadBytes, size - at));
      const length = recordHead.length < recordHeadBytes ? 0 : recordLength(recordHead);
      if (length === 0 || length > maxRecordBytes || at + recordHeadBytes + length > size) break;
      const record = file.readNow(at + recordHeadBytes, length);
      if (!isWhole(recordHead, record, checksum)) break;
      at += recordHeadBytes + length;
      starts.push(at);
    }
    const groups = starts.length - 1;
    const marked = markOf(head);
    if (groups < marked)
      fail("corrupt", "log", `the ${marked} records that were flushed, as they were`, groups);
    if (at < size) {
      // One record at a time is under way, so what follows the last whole one is no longer than one.
      const rest = Math.min(size - at, recordHeadBytes + maxRecordBytes + 1);
      if (!isCutOff(file.readNow(at, rest), at, checksum))
        fail("corrupt", `log, group ${groups}`, "the bytes that were written", "others");
    }
    return { period: head.first, starts, marked, torn: at < size };
  } finally {
    file.close();
  }
}

function openToRead(path: string): DiskFile | null {
  try {
    return new DiskFile(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * How many records were flushed for certain when the head was written. Throws `corrupt` when neither mark can be read.
 */
function markOf({ marks }: FileHead): number {
  const sizes = marks.flatMap((mark) => (mark === null || mark === "torn" ? [] : [mark.size]));
  return sizes.length > 0 ? Math.max(...sizes) : fail("corrupt", "log", "a mark that can be read", "none");
}

/** The log in a directory; its owner holds the lock. */
export class LogFile {
  readonly #path: string;
  readonly #checksum: Checksum;
  /** null: there is none. */
  #found: Found | null;
  #file: DiskFile | null = null;

  private constructor(path: string, checksum: Checksum, found: Found | null) {
    this.#path = path;
    this.#checksum = checksum;
    this.#found = found;
  }

  /** Reads the log that is there, if one is; nothing is changed before something is written. Throws `corrupt`. */
  static open(path: string, checksum: Checksum): LogFile {
    return new LogFile(path, checksum, scan(path, checksum));
  }

  get extent(): LogExtent | null {
    return this.#found && { period: this.#found.period, groups: this.#found.starts.length - 1 };
  }

  async read(index: number): Promise<Uint8Array | null> {
    const { starts } = this.#found ?? { starts: [] };
    const [start, end] = [starts[index], starts[index + 1]];
    if (start === undefined || end === undefined) return null;
    const record = await this.#open().read(start, end - start);
    return record.subarray(recordHeadBytes);
  }

  /** Makes the file of a period, with a first record; until it is there whole, the one before is. */
  async begin(period: number, group: Uint8Array): Promise<void> {
    this.close();
    const head = encodeFileHead(period, kind);
    const mark = this.#markOf(1);
    head.set(mark.bytes, mark.at);
    const file = concat(head, encodeRecordHead(group, this.#checksum), group);
    await replaceFile(this.#path, file);
    this.#found = { period, starts: [fileHeadBytes, file.length], marked: 1, torn: false };
  }

  async append(group: Uint8Array): Promise<void> {
    const found = this.#found ?? fail("state", "log", "a log that was begun", "none");
    const { starts } = found;
    const file = this.#open();
    const end = starts.at(-1)!;
    if (found.torn) {
      // Flushed for itself: what is left of a write that was cut off would look like rot behind a new record.
      file.truncate(end);
      await file.flush();
      found.torn = false;
    }
    const { size } = file;
    if (size !== end) fail("conflict", this.#path, `${end} bytes, as this writer left it`, size);
    const record = concat(encodeRecordHead(group, this.#checksum), group);
    await file.write([record], end);
    // One flush for both. The mark counts the records before this one, so it is true whichever reaches the disk first.
    await this.#mark(starts.length - 1);
    starts.push(end + record.length);
  }

  /** Writes again the records that no mark counts: after a flush that failed they may only seem to be there. */
  async writeAgain(): Promise<void> {
    if (this.#found === null) return;
    const { starts, marked } = this.#found;
    if (starts.length - 1 > marked) await writeAgain(this.#path, starts[marked]!, starts.at(-1)!);
  }

  /** Marks every record: a log that was closed counts its last one too. */
  async confirm(): Promise<void> {
    const { groups } = this.extent ?? { groups: 0 };
    if (groups > (this.#found?.marked ?? 0)) await this.#mark(groups);
  }

  /** Writes a mark that counts so many records, and flushes the file. */
  async #mark(groups: number): Promise<void> {
    const file = this.#open();
    const { at, bytes } = this.#markOf(groups);
    await file.write([bytes], at);
    await file.flush();
    this.#found!.marked = groups;
  }

  async drop(): Promise<void> {
    this.close();
    rmSync(this.#path, { force: true });
    this.#found = null;
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  /** The mark that counts so many records, and where it stands. */
  #markOf(groups: number): { readonly at: number; readonly bytes: Uint8Array } {
    return encodeMark({ size: groups, hash: new Uint8Array(hashBytes) }, this.#checksum);
  }

  #open(): DiskFile {
    this.#file ??= new DiskFile(this.#path, "r+");
    return this.#file;
  }
}
