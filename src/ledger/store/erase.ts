/**
 * Erasing what old blocks of a private market hold: a segment is written anew with their headers alone, flushed, and
 * renamed over the old one. A crash leaves each segment as it was or erased, which is a ledger either way.
 */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { asStorage, fail } from "../../errors.js";
import { isPrivate, isWithheld } from "../format/block.js";
import { decodeHeader, headerBytes } from "../format/header.js";
import {
  type Checksum,
  encodeRecordHead,
  fileHeadBytes,
  openChecksum,
  recordHeadBytes,
} from "../format/ledgerfile.js";
import { DiskFile, syncFolder } from "./disk.js";
import { type Lock, lockName, takeLock } from "./lock.js";
import { endOf, type Segment, Segments } from "./segments.js";
import { snapshotFiles } from "./valuefiles.js";

/** What was erased. */
export interface Erased {
  /** Blocks whose records and secrets were there before. */
  readonly blocks: number;
  /** Bytes that the ledger is shorter by. */
  readonly bytes: number;
}

/** Erases below a height in a directory that holds a ledger (node.ts says what it does and throws). */
export async function eraseSegments(directory: string, below: number): Promise<Erased> {
  const lock = takeLock(join(directory, lockName));
  try {
    return await erase(directory, below, lock);
  } catch (error) {
    throw asStorage(error, directory, "a ledger that can be rewritten");
  } finally {
    lock.release();
  }
}

async function erase(directory: string, below: number, lock: Lock): Promise<Erased> {
  const checksum = await openChecksum();
  const segments = await Segments.read(directory, checksum);
  try {
    if (segments.torn() !== null)
      fail("state", directory, "a ledger without a torn tail: open it once", "one");
    if (below >= segments.extent) fail("invalid", "below", `a height below ${segments.extent}`, below);
    const snapshots = snapshotFiles(directory, () => lock.check());
    const heights = await snapshots.list();
    if (!heights.some((height) => height >= below))
      fail("state", "snapshots", `one of height ${below} or later`, heights.join(", ") || "none");
    let [blocks, bytes] = [0, 0];
    for (const segment of segments.below(below).filter((each) => holdsRecords(each, below))) {
      const found = await rewrite({ segment, segments, below, checksum, lock });
      blocks += found.blocks;
      bytes += found.bytes;
    }
    // A snapshot has the secret of its block, and the state of then.
    for (const height of heights) if (height < below) await snapshots.drop(height);
    await syncFolder(directory);
    return { blocks, bytes };
  } finally {
    segments.close();
  }
}

/** Whether a segment has more than the header of a block below a height. */
const holdsRecords = ({ first, starts }: Segment, below: number): boolean =>
  starts
    .slice(1, 1 + below - first)
    .some((end, place) => end - starts[place]! > recordHeadBytes + headerBytes);

interface Rewriting {
  readonly segment: Segment;
  readonly segments: Segments;
  readonly below: number;
  readonly checksum: Checksum;
  readonly lock: Lock;
}

/** Writes a segment anew without what it holds of the blocks below. */
async function rewrite({ segment, segments, below, checksum, lock }: Rewriting): Promise<Erased> {
  const { path, first, starts } = segment;
  let erased = 0;
  const kept = async (height: number): Promise<Uint8Array> => {
    const bytes = (await segments.readBlock(height))!;
    const header = decodeHeader(bytes);
    if (!isPrivate(header)) fail("refused", `block ${height}`, "one of a private market", "an open one");
    if (height >= below || isWithheld(header, bytes)) return bytes;
    erased += 1;
    return bytes.subarray(0, headerBytes);
  };
  const old = new DiskFile(path, "r");
  const fresh = new DiskFile(`${path}.new`, "w");
  try {
    let at = fileHeadBytes;
    await fresh.write([await old.read(0, fileHeadBytes)], 0);
    for (let height = first; height < endOf(segment); height += 1) {
      const block = await kept(height);
      const head = encodeRecordHead(block, checksum);
      await fresh.write([head, block], at);
      at += head.length + block.length;
    }
    // What follows the last block is the end, where the ledger goes on in another segment.
    const after = starts.at(-1)!;
    const end = await old.read(after, old.size - after);
    await fresh.write([end], at);
    await fresh.flush();
    lock.check();
    renameSync(`${path}.new`, path);
    await syncFolder(join(path, ".."));
    return { blocks: erased, bytes: old.size - (at + end.length) };
  } finally {
    old.close();
    fresh.close();
  }
}
