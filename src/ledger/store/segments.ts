/**
 * The segments of a ledger on disk, read: which blocks there are and where each stands. A segment is a ledger file
 * (format/ledgerfile.ts) that begins at some height; the last has no end yet.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../../errors.js";
import { headerBytes } from "../format/header.js";
import {
  type Checksum,
  decodeFileEnd,
  decodeFileHead,
  encodeFileEnd,
  type FileHead,
  fileEndBytes,
  fileHeadBytes,
  isBlockLength,
  isWhole,
  type Mark,
  recordHeadBytes,
  recordLength,
} from "../format/ledgerfile.js";
import { isCutOff } from "./cutoff.js";
import { DiskFile, writeAgain } from "./disk.js";

/** Name of a segment: sixteen digits of its first height. */
export const segmentPattern: RegExp = /^(\d{16})\.gclf$/;

/** Name of the segment whose first block has this height. */
export const segmentName = (first: number): string => `${first.toString().padStart(16, "0")}.gclf`;

/** Names of the segments of a directory, in order; empty when it has none or is none. */
export function segmentsOf(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => segmentPattern.test(name))
      .sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

/** One file of blocks and where each stands. */
export interface Segment {
  readonly path: string;
  readonly first: number;
  readonly head: FileHead;
  /** Where each record begins, and after the last where the next would. */
  readonly starts: number[];
  /** Whether the file has its end: the ledger goes on in another. */
  ended: boolean;
  /** The file that was read; null of one that this process made. */
  readonly inode: number | null;
}

/** Bytes after the last whole record of the last segment: a block on its way, or what a crash left of one. */
interface Tail {
  readonly bytes: number;
  /** Whether a write that was cut off could have left it: too short, or with sectors that never arrived. */
  readonly cutOff: boolean;
  /** The bytes, where they are no more than those of an end. */
  readonly short: Uint8Array | null;
}

/**
 * Whether what follows the last block of a segment is what a write of its end that was cut off can have left: nothing,
 * or the end with zeros in place of what never arrived. The next segment was made with a mark that says the same.
 */
function isPartOfEnd(tail: Tail | null, next: Segment, checksum: Checksum): boolean {
  if (tail === null) return true;
  const mark = next.head.marks.find((each) => each !== null && each !== "torn" && each.size === next.first);
  if (mark === undefined || mark === null || mark === "torn" || tail.short === null) return false;
  const end = encodeFileEnd(mark, checksum);
  return tail.short.every((byte, index) => byte === 0 || byte === end[index]);
}

/**
 * Finds the records of a segment by their lengths; the content of the last is checked, that of the others is the
 * chain's to check.
 */
function scan(path: string, checksum: Checksum, isLast: boolean): { segment: Segment; tail: Tail | null } {
  const file = new DiskFile(path, "r");
  try {
    // The head first: its marks then never speak of blocks that were appended after the length was taken.
    const readHead = (): FileHead => decodeFileHead(file.readNow(0, fileHeadBytes), checksum, path);
    let head = readHead();
    // A mark that is being written while it is read looks like none; the next time it is there.
    for (let tries = 0; tries < 3 && head.marks.includes("torn"); tries += 1) head = readHead();
    const { size } = file;
    const starts = [fileHeadBytes];
    const { inode } = file;
    const segment: Segment = { path, first: head.first, head, starts, ended: false, inode };
    let at = fileHeadBytes;
    while (at + recordHeadBytes <= size) {
      const length = recordLength(file.readNow(at, recordHeadBytes));
      if (!isBlockLength(length) || at + recordHeadBytes + length > size) break;
      at += recordHeadBytes + length;
      starts.push(at);
    }
    if (isLast && starts.length > 1 && at === size) {
      const last = starts[starts.length - 2]!;
      const record = file.readNow(last, at - last);
      if (!isWhole(record.subarray(0, recordHeadBytes), record.subarray(recordHeadBytes), checksum)) {
        starts.pop();
        at = last;
      }
    }
    if (at === size) return { segment, tail: null };
    const rest = file.readNow(at, size - at);
    segment.ended = decodeFileEnd(rest, checksum)?.size === endOf(segment);
    if (segment.ended) return { segment, tail: null };
    const short = rest.length <= fileEndBytes ? rest : null;
    return { segment, tail: { bytes: rest.length, cutOff: isCutOff(rest, at, checksum), short } };
  } finally {
    file.close();
  }
}

/** What a directory holds, as it stood when it was read. */
export class Segments {
  readonly #list: Segment[];
  readonly #tail: Tail | null;
  readonly #checksum: Checksum;
  readonly #reading = new Map<Segment, DiskFile>();

  constructor(list: Segment[], tail: Tail | null, checksum: Checksum) {
    this.#list = list;
    this.#checksum = checksum;
    this.#tail = tail;
  }

  /** Reads which blocks there are. Throws `corrupt` when the segments don't follow each other. */
  static async read(directory: string, checksum: Checksum): Promise<Segments> {
    const list: Segment[] = [];
    let tail: Tail | null = null;
    // Listed again after each file that was read: a writer may have begun the next meanwhile.
    for (let names = segmentsOf(directory); list.length < names.length; names = segmentsOf(directory)) {
      const name = names[list.length]!;
      const isLast = list.length === names.length - 1;
      const reread = (): void => {
        const again = scan(list.at(-1)!.path, checksum, false);
        list[list.length - 1] = again.segment;
        tail = again.tail;
      };
      // Another was begun by now, so this one has its last block.
      if (list.at(-1)?.ended === false) reread();
      const wanted = list.length === 0 ? 0 : endOf(list.at(-1)!);
      if (name !== segmentName(wanted))
        return fail("corrupt", `block ${wanted}`, `a segment ${segmentName(wanted)}`, name);
      const found = scan(join(directory, name), checksum, isLast);
      // A new segment is made before the old one gets its end, and takes blocks only after.
      if (list.at(-1)?.ended === false && (endOf(found.segment) > wanted || !isLast)) reread();
      const before = list.at(-1);
      const mayLackEnd =
        endOf(found.segment) === wanted && isLast && isPartOfEnd(tail, found.segment, checksum);
      if (before?.ended === false && !mayLackEnd)
        return fail("corrupt", `block ${wanted}`, `an end in ${before.path}`, "none");
      if (found.segment.first !== wanted)
        return fail("corrupt", `block ${wanted}`, `a segment from height ${wanted}`, found.segment.first);
      list.push(found.segment);
      tail = found.tail;
    }
    if (list.at(-1)?.ended === true)
      return fail("corrupt", `block ${endOf(list.at(-1)!)}`, "a further segment", "none");
    return new Segments(list, tail, checksum);
  }

  /**
   * Bytes of a block whose write was cut off; null when there are none. Throws `corrupt` when what follows the last
   * block has rotted.
   */
  torn(): number | null {
    if (this.#tail === null) return null;
    if (!this.#tail.cutOff)
      return fail("corrupt", `block ${this.extent}`, "the bytes that were written", "others");
    return Math.max(0, this.#tail.bytes - recordHeadBytes);
  }

  get last(): Segment | null {
    return this.#list.at(-1) ?? null;
  }

  /** The segment before the last; null when there is none. */
  get lastButOne(): Segment | null {
    return this.#list.at(-2) ?? null;
  }

  add(segment: Segment): void {
    this.#list.push(segment);
  }

  /** The segments that have blocks below a height. */
  below(height: number): readonly Segment[] {
    return this.#list.filter(({ first }) => first < height);
  }

  get extent(): number {
    return this.last === null ? 0 : endOf(this.last);
  }

  /** The furthest mark of the last segment, which is made with one; null before there is a segment. */
  mark(): Mark | null {
    const { last } = this;
    if (last === null) return null;
    const marks = last.head.marks.filter((mark) => mark !== null && mark !== "torn");
    if (marks.length === 0) return fail("corrupt", last.path, "a mark that can be read", "none");
    return marks.reduce((most, mark) => (mark.size > most.size ? mark : most));
  }

  /**
   * Throws `corrupt` unless every mark is one. Whoever writes is content with one of two; a mark is written within a
   * disk sector, so only a changed byte makes it none, and whoever verifies wants to know.
   */
  checkMarks(): void {
    for (const { path, head } of this.#list)
      if (head.marks.includes("torn")) fail("corrupt", path, "marks that can be read", "other bytes");
  }

  /**
   * Writes again what only the newest flush was about: the last block where no mark counts it, or the end of the
   * segment before one that has none yet. After a flush that failed a system may show bytes that it will never write.
   */
  async writeAgain(): Promise<void> {
    const { last, lastButOne } = this;
    if (last === null || (this.mark()?.size === endOf(last) && endOf(last) > last.first)) return;
    if (endOf(last) > last.first) await writeAgain(last.path, last.starts.at(-2)!, last.starts.at(-1)!);
    else if (lastButOne?.ended === true)
      await writeAgain(lastButOne.path, lastButOne.starts.at(-1)!, Number.POSITIVE_INFINITY);
  }

  async readBlock(height: number): Promise<Uint8Array | null> {
    const segment = this.#list.findLast((each) => each.first <= height);
    if (segment === undefined || height >= endOf(segment)) return null;
    const start = segment.starts[height - segment.first]!;
    const wanted = segment.starts[height - segment.first + 1]! - start;
    const record = await this.#open(segment).read(start, wanted);
    if (record.length < wanted) return fail("corrupt", `block ${height}`, `${wanted} bytes`, record.length);
    const block = record.subarray(recordHeadBytes);
    return isWhole(record.subarray(0, recordHeadBytes), block, this.#checksum)
      ? block
      : fail("corrupt", `block ${height}`, "the bytes that were written", "others");
  }

  /** The header of a block alone, unchecked: its hash is the chain's to check. */
  async readHeader(height: number): Promise<Uint8Array | null> {
    const segment = this.#list.findLast((each) => each.first <= height);
    if (segment === undefined || height >= endOf(segment)) return null;
    const start = segment.starts[height - segment.first]! + recordHeadBytes;
    return this.#open(segment).readNow(start, headerBytes);
  }

  /** A few files stay open for reading; the one used longest ago makes room. */
  #open(segment: Segment): DiskFile {
    const file = this.#reading.get(segment) ?? openSegment(segment);
    this.#reading.delete(segment);
    this.#reading.set(segment, file);
    const [oldest] = this.#reading.keys();
    if (this.#reading.size > 8 && oldest !== undefined) {
      this.#reading.get(oldest)?.close();
      this.#reading.delete(oldest);
    }
    return file;
  }

  close(): void {
    for (const file of this.#reading.values()) file.close();
    this.#reading.clear();
  }
}

/** Throws `storage` where another file took the place of the one that was read: then nothing stands where it did. */
function openSegment({ path, inode }: Segment): DiskFile {
  const file = new DiskFile(path, "r");
  if (inode === null || file.inode === inode) return file;
  file.close();
  return fail(
    "storage",
    path,
    "the file that was there when the ledger was opened",
    "another: open it again",
  );
}

/** One more than the height of a segment's last block. */
export const endOf = (segment: Segment): number => segment.first + segment.starts.length - 1;
