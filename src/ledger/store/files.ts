/**
 * The bytes of a ledger in a directory of files that only grow (docs/stores.md): blocks end to end in segments, small
 * values as a file each. A segment is a ledger file (format/ledgerfile.ts), the last without its end. Whoever reads
 * opens nothing for writing, so a ledger can be read beside its writer, and from a disk that can't be written.
 */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../../errors.js";
import {
  type Checksum,
  decodeFileHead,
  encodeFileEnd,
  encodeFileHead,
  encodeMark,
  encodeRecordHead,
  fileHeadBytes,
  type Mark,
  openChecksum,
  recordHeadBytes,
} from "../format/ledgerfile.js";
import { DiskFile, replaceFile, syncFolder } from "./disk.js";
import { type Lock, lockName, takeLock } from "./lock.js";
import type { LogExtent } from "./log.js";
import { LogFile } from "./logfile.js";
import type { Medium } from "./medium.js";
import { endOf, type Segment, Segments, segmentName, segmentPattern } from "./segments.js";
import type { SnapshotMedium } from "./snapshots.js";
import { metaFolder, readMeta, snapshotFiles, snapshotFolder, writeMeta } from "./valuefiles.js";

const logName = "log";
const tornPrefix = "torn-";
const tornPattern = /^torn-\d+$/;
/** Names that a ledger's files have; a `.new` is what a crash left of one that was being written. */
const ownPattern =
  /^(?:meta|snapshots|(?:\d{16}\.gclf|torn-\d+|log)(?:\.new)?|LOCK(?:\.(?:dead\.)?[0-9a-f-]{36})?)$/;

/** The first of these names that is none of a ledger's own files; undefined when all are. */
export const foreignAmong = (names: readonly string[]): string | undefined =>
  names.find((name) => !ownPattern.test(name));

/** A segment of this size takes no further block; the next begins a new one. */
export const defaultSegmentBytes: number = 1 << 26;
/** A directory opened to be read: nothing in it can change, and a block that is on its way is not there yet. */
export async function readingMedium(directory: string): Promise<Medium> {
  const segments = await Segments.read(directory, await openChecksum());
  segments.checkMarks();
  const refuse = async (): Promise<never> =>
    fail("state", "store", "a store opened to write", "one opened to read");
  return {
    extent: async () => segments.extent,
    read: (height) => segments.readBlock(height),
    header: (height) => segments.readHeader(height),
    // What is cut off may be a block on its way.
    async torn() {
      segments.torn();
      return null;
    },
    readMark: async () => segments.mark(),
    readMeta: (key) => readMeta(directory, key),
    append: refuse,
    // What does not follow the chain was never acknowledged; its writer drops it, who reads passes over it.
    drop: async () => {},
    confirm: async () => {},
    writeMeta: refuse,
    snapshots: snapshotFiles(directory, () =>
      fail("state", "store", "a store opened to write", "one opened to read"),
    ),
    // What is logged belongs to the writer until it stands in a block.
    logExtent: async () => null,
    readLog: async () => null,
    beginLog: refuse,
    appendLog: refuse,
    dropLog: refuse,
    close: async () => segments.close(),
  };
}

/** A directory opened to be written, by this process alone. Throws `conflict` when another holds it. */
export async function writingMedium(directory: string, segmentBytes: number): Promise<Medium> {
  await mkdir(directory, { recursive: true });
  await refuseForeign(directory);
  const lock = takeLock(join(directory, lockName));
  try {
    return await WritingMedium.open(directory, lock, segmentBytes);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Throws `invalid` for a directory that is no ledger and holds something, which then belongs to somebody, and `corrupt`
 * for a ledger whose blocks are gone.
 */
async function refuseForeign(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.some((name) => segmentPattern.test(name))) return;
  if (names.includes(metaFolder) || names.includes(snapshotFolder))
    fail("corrupt", "block 0", "the blocks that these values were kept beside", "none");
  if (names.includes(logName)) fail("corrupt", "block 0", "the blocks that this log was kept beside", "none");
  const foreign = foreignAmong(names);
  if (foreign !== undefined) fail("invalid", directory, "a ledger, or an empty directory", foreign);
}

/**
 * Removes the files of the ledger in a directory, which stays, and only those. Throws `conflict` when another holds the
 * ledger, `invalid` for a directory that holds anything else or can't be read; nothing is removed then.
 */
export async function removeLedger(directory: string): Promise<void> {
  const foreign = foreignAmong(await readdir(directory));
  if (foreign !== undefined)
    fail("invalid", directory, "a directory with a ledger and nothing else", foreign);
  const lock = takeLock(join(directory, lockName));
  try {
    // The first blocks first: what is left of a removal that was cut off is then no ledger, and not a shorter one.
    for (const name of (await readdir(directory)).sort())
      if (ownPattern.test(name) && name !== lockName)
        await rm(join(directory, name), { recursive: true, force: true });
  } finally {
    lock.release();
  }
}

/** What a {@link WritingMedium} is made of. */
interface WritingParts {
  readonly directory: string;
  readonly lock: Lock;
  readonly segmentBytes: number;
  readonly checksum: Checksum;
  readonly segments: Segments;
  readonly log: LogFile;
  /** Names of the files in which what was cut off is kept. */
  readonly aside: readonly string[];
}

class WritingMedium implements Medium {
  readonly #directory: string;
  readonly #lock: Lock;
  readonly #segmentBytes: number;
  readonly #checksum: Checksum;
  readonly #segments: Segments;
  readonly #log: LogFile;
  /** The file that blocks are appended to; null before the first block. */
  #file: DiskFile | null = null;
  /**
   * The files in which records that were cut off are kept until a block is flushed in their place, earlier ones too.
   */
  readonly #aside: Set<string>;
  readonly snapshots: SnapshotMedium;

  private constructor(parts: WritingParts) {
    this.#directory = parts.directory;
    this.#lock = parts.lock;
    this.#segmentBytes = parts.segmentBytes;
    this.#checksum = parts.checksum;
    this.#segments = parts.segments;
    this.#log = parts.log;
    this.#aside = new Set(parts.aside);
    this.snapshots = snapshotFiles(parts.directory, () => parts.lock.check());
  }

  static async open(directory: string, lock: Lock, segmentBytes: number): Promise<Medium> {
    const checksum = await openChecksum();
    const log = LogFile.open(join(directory, logName), checksum);
    const segments = await Segments.read(directory, checksum);
    const aside = (await readdir(directory)).filter((name) => tornPattern.test(name));
    await segments.writeAgain();
    await log.writeAgain();
    if (segments.last !== null) await syncFolder(directory);
    return new WritingMedium({ directory, lock, segmentBytes, checksum, segments, log, aside });
  }

  async extent(): Promise<number> {
    return this.#segments.extent;
  }

  read(height: number): Promise<Uint8Array | null> {
    return this.#segments.readBlock(height);
  }

  header(height: number): Promise<Uint8Array | null> {
    return this.#segments.readHeader(height);
  }

  async torn(): Promise<number | null> {
    return this.#segments.torn();
  }

  async drop(height: number): Promise<void> {
    this.#lock.check();
    const { last } = this.#segments;
    const start = last?.starts[height - last.first];
    if (last === null || start === undefined)
      return fail("state", "store", "a block of the last segment", height);
    const file = new DiskFile(last.path, "r+");
    try {
      const aside = `${tornPrefix}${height}`;
      await replaceFile(join(this.#directory, aside), await file.read(start, file.size - start));
      this.#aside.add(aside);
      file.truncate(start);
      await file.flush();
    } finally {
      file.close();
    }
    last.starts.length = height - last.first + 1;
  }

  async append(height: number, bytes: Uint8Array, _mark: Mark, before: Mark): Promise<void> {
    this.#lock.check();
    const segment = await this.#segmentFor(height, before);
    const file = this.#file!;
    const start = segment.starts.at(-1)!;
    const { size } = file;
    if (size !== start) fail("conflict", segment.path, `${start} bytes, as this writer left it`, size);
    const mark = encodeMark(before, this.#checksum);
    await file.write([encodeRecordHead(bytes, this.#checksum), bytes], start);
    await file.write([mark.bytes], mark.at);
    // One flush for both. The mark speaks of the blocks before this one, which are flushed already, so it is true
    // whichever of the two reaches the disk first.
    await file.flush();
    segment.starts.push(start + recordHeadBytes + bytes.length);
    for (const name of this.#aside) await rm(join(this.#directory, name), { force: true });
    this.#aside.clear();
  }

  /** The segment that takes the block at `height`, open for writing. */
  async #segmentFor(height: number, before: Mark): Promise<Segment> {
    const { last } = this.#segments;
    if (last === null || (last.starts.at(-1)! >= this.#segmentBytes && endOf(last) > last.first))
      await this.#begin(height, before);
    const segment = this.#segments.last!;
    // Also after a crash between the two steps of beginning a segment.
    const { lastButOne } = this.#segments;
    if (lastButOne?.ended === false) await this.#end(lastButOne, before);
    this.#file ??= new DiskFile(segment.path, "r+");
    return segment;
  }

  /** Makes the segment whose first block has this height. */
  async #begin(height: number, before: Mark): Promise<void> {
    this.#file?.close();
    this.#file = null;
    const path = join(this.#directory, segmentName(height));
    const head = encodeFileHead(height);
    const mark = encodeMark(before, this.#checksum);
    head.set(mark.bytes, mark.at);
    await replaceFile(path, head);
    const starts = [fileHeadBytes];
    this.#segments.add({
      path,
      first: height,
      head: decodeFileHead(head, this.#checksum),
      starts,
      ended: false,
      inode: null,
    });
  }

  /** Writes the end of a segment, which states the chain up to there: where the next segment begins. */
  async #end(segment: Segment, mark: Mark): Promise<void> {
    const file = new DiskFile(segment.path, "r+");
    try {
      await file.write([encodeFileEnd(mark, this.#checksum)], segment.starts.at(-1)!);
      await file.flush();
    } finally {
      file.close();
    }
    segment.ended = true;
  }

  async readMark(): Promise<Mark | null> {
    return this.#segments.mark();
  }

  async confirm(mark: Mark): Promise<void> {
    const { last } = this.#segments;
    if (last === null) return;
    this.#lock.check();
    this.#file ??= new DiskFile(last.path, "r+");
    const { at, bytes } = encodeMark(mark, this.#checksum);
    await this.#file.write([bytes], at);
    await this.#file.flush();
    await this.#log.confirm();
  }

  async logExtent(): Promise<LogExtent | null> {
    return this.#log.extent;
  }

  readLog(index: number): Promise<Uint8Array | null> {
    return this.#log.read(index);
  }

  async beginLog(period: number, group: Uint8Array): Promise<void> {
    this.#lock.check();
    await this.#log.begin(period, group);
  }

  async appendLog(_log: LogExtent, group: Uint8Array): Promise<void> {
    this.#lock.check();
    await this.#log.append(group);
  }

  async dropLog(): Promise<void> {
    this.#lock.check();
    await this.#log.drop();
  }

  readMeta(key: string): Promise<Uint8Array | null> {
    return readMeta(this.#directory, key);
  }

  async writeMeta(key: string, value: Uint8Array): Promise<void> {
    this.#lock.check();
    await writeMeta(this.#directory, key, value);
  }

  async close(): Promise<void> {
    try {
      this.#file?.close();
      this.#log.close();
      this.#segments.close();
    } finally {
      this.#lock.release();
    }
  }
}
