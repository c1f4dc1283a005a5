import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

// What the tests know of the files of a ledger on disk, from docs/stores.md and docs/ledger-format.md alone.

const headBytes = 4096;

/** A record: length, CRC-32 over length and block, block. A block of fewer bytes than its record says was cut off. */
export function recordOf(block: Uint8Array, length = block.length): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(length);
  head.writeUInt32LE(crc32(block, crc32(head.subarray(0, 4))), 4);
  return Buffer.concat([head, block]);
}

/** The files of blocks in a directory, in order. */
export const segmentFiles = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".gclf"))
    .sort()
    .map((name) => join(directory, name));

/** The log of the open period in a directory. */
export const logFile = (directory: string): string => join(directory, "log");

/** The records of the first segment. */
export const readRecords = (directory: string): Buffer[] => recordsOf(segmentFiles(directory)[0]!);

/** The records of a file behind its head. */
export function recordsOf(path: string): Buffer[] {
  const file = readFileSync(path);
  const records: Buffer[] = [];
  for (let at = headBytes; at < file.length; ) {
    const end = at + 8 + file.readUInt32LE(at);
    records.push(file.subarray(at, end));
    at = end;
  }
  return records;
}

/** Writes these records behind the head of the first segment. */
export function writeRecords(directory: string, records: readonly Uint8Array[]): void {
  const file = segmentFiles(directory)[0]!;
  writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, headBytes), ...records]));
}

/**
 * Replaces the block at `height` in a closed ledger, or adds it there, as a write that was cut off if it is no whole
 * block.
 */
export async function damage(directory: string, height: number, bytes: Uint8Array | null): Promise<void> {
  const records: Uint8Array[] = readRecords(directory);
  const isNext = height === records.length;
  if (bytes === null) records.splice(height, 1);
  else
    records[height] =
      isNext && !isBlock(bytes) ? recordOf(bytes, Math.max(992, bytes.length + 1)) : recordOf(bytes);
  writeRecords(directory, records);
}

/** Changes a group of entries in the log of a closed ledger, or takes it out; its checksum is made to fit. */
export function damageLog(
  directory: string,
  index: number,
  change: (group: Uint8Array) => Uint8Array | null,
): void {
  const path = logFile(directory);
  const records = recordsOf(path);
  const changed = change(Uint8Array.from(records[index]!.subarray(8)));
  records.splice(index, 1, ...(changed === null ? [] : [recordOf(changed)]));
  writeFileSync(path, Buffer.concat([readFileSync(path).subarray(0, headBytes), ...records]));
}

/** Whether the lengths of a header's sections add up to what is there. */
function isBlock(bytes: Uint8Array): boolean {
  if (bytes.length < 992) return false;
  const view = Buffer.from(bytes);
  let length = 992;
  for (let section = 0; section < 12; section += 1) length += view.readUInt32LE(128 + 40 * section + 4);
  return length === bytes.length;
}
