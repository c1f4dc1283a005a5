/**
 * The layout of a ledger file: a head of 4,096 bytes, then the blocks end to end, each behind its length and a
 * checksum, and, when the file is whole, an end with the number of blocks and the hash of the last. A ledger may go on
 * in a further file, whose head says from which height. The segments of the disk store are such files, and the last of
 * them has no end yet; docs/ledger-format.md has the bytes.
 *
 * The checksum (CRC-32, the one of zip and PNG) tells a record that was cut off or rotted without hashing it. What a
 * block says is only ever believed for its hash.
 */
import { createCRC32 } from "hash-wasm";
import { concat, copyOf, hex, sameBytes, toUtf8, viewOf } from "../../bytes.js";
import { fail } from "../../errors.js";
import { hashBytes } from "../tree/hasher.js";
import type { Chain } from "./chain.js";
import { headerBytes, maxBlockBytes } from "./header.js";

/** CRC-32 of byte strings end to end (ISO 3309, polynomial 0xedb88320 reflected), as in zip files. */
export type Checksum = (...parts: readonly Uint8Array[]) => number;

/** Opens hash-wasm's CRC-32. */
export async function openChecksum(): Promise<Checksum> {
  const crc = await createCRC32();
  return (...parts) => {
    crc.init();
    for (const part of parts) crc.update(part);
    return viewOf(crc.digest("binary")).getUint32(0);
  };
}

/** Bytes before the first block. */
export const fileHeadBytes = 4096;
/** Bytes of a record before its block: length u32, checksum u32. */
export const recordHeadBytes = 8;
/**
 * Bytes of the end of a whole file: a length of zero and a checksum like a record's, number of blocks u64, last hash.
 */
export const fileEndBytes: number = recordHeadBytes + 8 + hashBytes;

// "GCLF" | version 2, three zeros | first height u64 | zeros | mark 0 at 512 | mark 1 at 1024 | zeros to 4096. A mark
// has a disk sector for itself: number of blocks u64 | hash of the last 32 | checksum u32 | zeros.
const magicBytes = 8;
const firstAt = 8;

/** Files of such a head, by the four letters that they begin with: blocks, or the log of a period (docs/stores.md). */
export type FileKind = "GCLF" | "GCLL";
const fileVersion = 2;
/** Bytes that a mark has for itself: one disk sector. */
const markBytes = 512;
const markAt = (slot: number): number => markBytes * (1 + slot);
const markChecksumAt = 8 + hashBytes;

/** How far a chain went when this was written: what is read later must reach as far. */
export interface Mark {
  /** Number of blocks. */
  readonly size: number;
  /** Hash of the last of them; 32 zeros when there are none. */
  readonly hash: Uint8Array;
}

/** How far a chain goes now. */
export const markOf = (chain: Chain): Mark => ({
  size: chain.size,
  hash: chain.head?.hash ?? new Uint8Array(hashBytes),
});

/** Head of a file whose first block has the height `first`, or of the log of the period `first`; without marks. */
export function encodeFileHead(first: number, kind: FileKind = "GCLF"): Uint8Array {
  const head = new Uint8Array(fileHeadBytes);
  head.set(toUtf8(kind));
  head[kind.length] = fileVersion;
  viewOf(head).setBigUint64(firstAt, BigInt(first), true);
  return head;
}

/** A mark, and where in the file it is written: the two places take turns, so a torn write spoils only the new one. */
export function encodeMark(
  mark: Mark,
  checksum: Checksum,
): { readonly at: number; readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(markBytes);
  const view = viewOf(bytes);
  view.setBigUint64(0, BigInt(mark.size), true);
  bytes.set(mark.hash, 8);
  view.setUint32(markChecksumAt, checksum(bytes.subarray(0, markChecksumAt)), true);
  return { at: markAt(mark.size % 2), bytes };
}

/** What the head of a ledger file says. */
export interface FileHead {
  readonly first: number;
  /** The two marks; null where nothing was ever written. `torn` where what stands there is no mark. */
  readonly marks: readonly (Mark | null | "torn")[];
}

/** Reads a head. Throws `corrupt` when it is not one, to the last byte that no mark fills. */
export function decodeFileHead(
  bytes: Uint8Array,
  checksum: Checksum,
  field = "ledger file",
  kind: FileKind = "GCLF",
): FileHead {
  const found = bytes.subarray(0, magicBytes);
  if (bytes.length < fileHeadBytes || !sameBytes(found, encodeFileHead(0, kind).subarray(0, magicBytes)))
    return fail("corrupt", field, `"${kind}" of version ${fileVersion}`, hex(found));
  const first = Number(viewOf(bytes).getBigUint64(firstAt, true));
  const marks = [0, 1].map((slot) =>
    decodeMark(bytes.subarray(markAt(slot), markAt(slot) + markBytes), checksum),
  );
  const blank = copyOf(bytes, 0, fileHeadBytes);
  blank.fill(0, markAt(0), markAt(2));
  if (!Number.isSafeInteger(first) || !sameBytes(blank, encodeFileHead(first, kind)))
    return fail("corrupt", field, "a head with nothing but first height and marks", "other bytes");
  return { first, marks };
}

function decodeMark(bytes: Uint8Array, checksum: Checksum): Mark | null | "torn" {
  if (bytes.every((byte) => byte === 0)) return null;
  const size = Number(viewOf(bytes).getBigUint64(0, true));
  if (!Number.isSafeInteger(size)) return "torn";
  const mark = { size, hash: copyOf(bytes, 8, 8 + hashBytes) };
  return sameBytes(encodeMark(mark, checksum).bytes, bytes) ? mark : "torn";
}

/** What stands before a block. */
export function encodeRecordHead(block: Uint8Array, checksum: Checksum): Uint8Array {
  const head = new Uint8Array(recordHeadBytes);
  const view = viewOf(head);
  view.setUint32(0, block.length, true);
  view.setUint32(4, checksum(head.subarray(0, 4), block), true);
  return head;
}

/** Length that a record's head claims, checked against nothing; 0 is an end. */
export const recordLength = (head: Uint8Array): number => viewOf(head).getUint32(0, true);

/** Whether a length can be a block's. */
export const isBlockLength = (length: number): boolean => length >= headerBytes && length <= maxBlockBytes;

/** Whether a record is as it was written. */
export const isWhole = (head: Uint8Array, block: Uint8Array, checksum: Checksum): boolean =>
  block.length === recordLength(head) && sameBytes(encodeRecordHead(block, checksum), head);

/** The end of a whole file: what a mark says, counting all blocks from genesis. */
export function encodeFileEnd(mark: Mark, checksum: Checksum): Uint8Array {
  const body = new Uint8Array(8 + hashBytes);
  viewOf(body).setBigUint64(0, BigInt(mark.size), true);
  body.set(mark.hash, 8);
  const head = new Uint8Array(recordHeadBytes);
  viewOf(head).setUint32(4, checksum(head.subarray(0, 4), body), true);
  return concat(head, body);
}

/** Reads the end of a file; null when the bytes are none. */
export function decodeFileEnd(bytes: Uint8Array, checksum: Checksum): Mark | null {
  if (bytes.length !== fileEndBytes) return null;
  const size = Number(viewOf(bytes).getBigUint64(recordHeadBytes, true));
  if (!Number.isSafeInteger(size)) return null;
  const mark = { size, hash: copyOf(bytes, recordHeadBytes + 8) };
  return sameBytes(encodeFileEnd(mark, checksum), bytes) ? mark : null;
}
