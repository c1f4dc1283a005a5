/**
 * The blocks of a ledger out of the files that hold it, whatever is wrong with them: the package's own readers stop at
 * the first bad byte, and here what follows has to be shown as well. What a block says is judged elsewhere.
 */
import { fromHex, hex, sameBytes } from "../../../bytes.js";
import { GridclearError } from "../../../errors.js";
import {
  type Checksum,
  decodeFileEnd,
  decodeFileHead,
  fileEndBytes,
  fileHeadBytes,
  isBlockLength,
  isWhole,
  type Mark,
  openChecksum,
  recordHeadBytes,
  recordLength,
} from "../../../ledger/format/ledgerfile.js";
import type { Hasher } from "../../../ledger/tree/hasher.js";
import { blockText, bytesOfJson } from "../../../report/export/blockjson.js";
import { t } from "../../say.js";
import type { Recognised } from "./kinds.js";
import type { Fault } from "./shown.js";

/** A block as it was found. */
export interface Raw {
  /** null: it can't be read. */
  readonly bytes: Uint8Array | null;
  /** What is wrong with how it is written, whatever it says; else null. */
  readonly fault: Fault | null;
  /** The hash that the file names for it; null where it names none. */
  readonly claimed: Uint8Array | null;
}

/** All blocks of a ledger, and what is wrong with the files around them. */
export interface RawLedger {
  readonly blocks: readonly Raw[];
  readonly faults: readonly Fault[];
  /** Number of blocks and hash of the last, as the file's end says; null where it has none. */
  readonly end: Mark | null;
}

const faultOf = (error: unknown): Fault =>
  error instanceof GridclearError
    ? { where: error.field, expected: error.wanted, found: error.got }
    : { where: t`The file`, expected: t`a ledger`, found: String(error) };

/** What is wrong with the end of a file, of which `size` blocks were read; null: nothing. */
function faultAtEnd(rest: Uint8Array, size: number, end: Mark | null, marked: boolean): Fault | null {
  if (end !== null)
    return end.size === size
      ? null
      : { where: t`The end of the file`, expected: t`${end.size} blocks`, found: t`${size} blocks` };
  if (rest.length === 0 && marked) return null;
  return {
    where: t`Block ${size}`,
    expected: t`a whole block, or the end of the ledger`,
    found: rest.length === 0 ? t`nothing: the file is cut off` : t`${rest.length} bytes that are neither`,
  };
}

/** Reads a ledger file, or a segment of a directory. */
function readBinary(bytes: Uint8Array, checksum: Checksum, isLone: boolean): RawLedger & { first: number } {
  const head = decodeFileHead(bytes.subarray(0, fileHeadBytes), checksum);
  const blocks: Raw[] = [];
  let at = fileHeadBytes;
  while (at + recordHeadBytes <= bytes.length) {
    const before = bytes.subarray(at, at + recordHeadBytes);
    const length = recordLength(before);
    if (!isBlockLength(length) || at + recordHeadBytes + length > bytes.length) break;
    const block = bytes.subarray(at + recordHeadBytes, at + recordHeadBytes + length);
    const where = t`Checksum of block ${head.first + blocks.length} in the file`;
    const fault = isWhole(before, block, checksum)
      ? null
      : { where, expected: t`that of the bytes which were written`, found: t`that of others` };
    blocks.push({ bytes: block, fault, claimed: null });
    at += recordHeadBytes + length;
  }
  const rest = bytes.subarray(at);
  const end = rest.length === fileEndBytes ? decodeFileEnd(rest, checksum) : null;
  const marks = head.marks.filter((mark): mark is Mark => mark !== null && mark !== "torn");
  const size = head.first + blocks.length;
  const faults = [faultAtEnd(rest, size, end, marks.length > 0 || !isLone)].filter((fault) => fault !== null);
  const reached = Math.max(0, ...marks.map((mark) => mark.size));
  if (reached > size)
    faults.push({
      where: t`Block ${size}`,
      expected: t`${reached} blocks, as the file’s head says`,
      found: t`${size} blocks`,
    });
  return { first: head.first, blocks, faults, end };
}

/** Reads the JSON document of an export, line by line. */
function readJson(text: string, hasher: Hasher): RawLedger {
  const blocks: Raw[] = [];
  const faults: Fault[] = [];
  const lines = text.split(/\r?\n/);
  const last = /^\],"root":"([0-9a-f]{64})"\}$/;
  if (lines[0] !== '{"format":"gridclear ledger","version":2,"blocks":[')
    faults.push({
      where: t`Line ${1}`,
      expected: '{"format":"gridclear ledger","version":2,"blocks":[',
      found: (lines[0] ?? "").slice(0, 80),
    });
  let isEnded = false;
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === "") continue;
    isEnded = last.test(line);
    if (isEnded) continue;
    blocks.push(lineOf(line.endsWith(",") ? line.slice(0, -1) : line, t`Line ${index + 1}`, hasher));
  }
  if (!isEnded)
    faults.push({
      where: t`The end of the file`,
      expected: t`its last line, with the root`,
      found: t`nothing: the file is cut off`,
    });
  return { blocks, faults, end: null };
}

/** The block that a line of JSON holds. */
export function lineOf(line: string, where: string, hasher: Hasher): Raw {
  let claimed: Uint8Array | null = null;
  try {
    const value: unknown = JSON.parse(line);
    const said = (value as { hash?: unknown } | null)?.hash;
    if (typeof said === "string" && /^[0-9a-f]{64}$/.test(said)) claimed = fromHex(said, "hash");
    let found: Uint8Array | null = null;
    const bytes = bytesOfJson(value, hasher, where, (_height, _wanted, other) => {
      found = other;
    });
    if (found !== null)
      return {
        bytes,
        claimed,
        fault: { where: t`${where}, hash`, expected: hex(found), found: hex(claimed!) },
      };
    const text = blockText(bytes, hasher);
    let at = 0;
    while (at < text.length && text[at] === line[at]) at += 1;
    const fault =
      text === line ? null : { where, expected: text.slice(at, at + 40), found: line.slice(at, at + 40) };
    return { bytes, claimed, fault };
  } catch (error) {
    const fault =
      error instanceof GridclearError
        ? faultOf(error)
        : { where, expected: t`a block as JSON`, found: line.slice(0, 40) };
    return { bytes: null, claimed, fault };
  }
}

/** The blocks of all files that hold blocks of one ledger: one file, or the segments of a directory. */
export async function readLedger(files: readonly Recognised[], hasher: Hasher): Promise<RawLedger> {
  const json = files.find(({ form }) => form === "json");
  if (json !== undefined) return readJson(json.text, hasher);
  const checksum = await openChecksum();
  const faults: Fault[] = [];
  const parts = files.flatMap((file) => {
    try {
      return [readBinary(file.bytes, checksum, files.length === 1)];
    } catch (error) {
      faults.push(faultOf(error));
      return [];
    }
  });
  parts.sort((a, b) => a.first - b.first);
  const blocks: Raw[] = [];
  for (const part of parts) {
    if (part.first !== blocks.length)
      faults.push({
        where: t`Block ${blocks.length}`,
        expected: t`the file that begins with it`,
        found: t`one that begins with block ${part.first}`,
      });
    blocks.push(...part.blocks);
    faults.push(...part.faults);
  }
  return { blocks, faults, end: parts.at(-1)?.end ?? null };
}

/** Whether a hash is the one that is named for the last block. */
export const isEnd = (end: Mark | null, hash: Uint8Array): boolean =>
  end === null || sameBytes(end.hash, hash);
