/**
 * Proofs as documents: that a block, or one record of it, is part of the ledger that a head stands for. Made from a
 * block and the hashes of all, opened and verified by anybody; and how documents of this kind are written and read.
 */
import { fromHex, fromUtf8, hex, sameBytes, toUtf8, wantBytes } from "../../bytes.js";
import { type Check, integer, needObject, object } from "../../check.js";
import { fail } from "../../errors.js";
import { isPrivate } from "../format/block.js";
import { decodeCanonical, encodeCanonical, type Json, maxDocumentBytes } from "../format/canonical.js";
import { blockHash, decodeHeader, type Header, headerBytes } from "../format/header.js";
import { checkRecords, readRecord } from "../format/layout.js";
import { saltBytes } from "../format/salting.js";
import { checkSection, leafOf, rowRecords, type SectionName, sectionLayouts } from "../format/sections.js";
import { type BookRecord, bookLayout, bookTraded, meterLayout } from "../format/state.js";
import { type Hasher, hashBytes } from "../tree/hasher.js";
import { leafHash } from "../tree/merkle.js";
import { type Anchor, type Inclusion, maxPathLength, rootOfPath } from "../tree/path.js";
import { parseCheckpoint } from "./checkpoint.js";

/** One record or item of a block: the leaf that holds it and the path from that to the root of its section. */
export interface RecordProof {
  readonly section: SectionName;
  /** Place of the record or item in the section. */
  readonly index: number;
  /**
   * The leaf: the row of records in which it stands ({@link recordOf} takes it out), or the item without its length. In
   * a private market the row of their salted hashes, or that of the item.
   */
  readonly row: Uint8Array;
  /** In a private market the salt and behind it the record or item itself; null in an open one. */
  readonly salted: Uint8Array | null;
  readonly path: readonly Uint8Array[];
}

/** The record or item that a proof is of: a view. Worth what the proof is: open that first. */
export function recordOf(record: RecordProof): Uint8Array {
  const { section, index, row, salted } = needObject(record, "record");
  const layout = sectionLayouts[checkSection(section, "section")];
  if (salted !== null) return salted.subarray(saltBytes);
  if (layout === null) return row;
  const at = (index % rowRecords) * layout.bytes;
  return row.subarray(at, at + layout.bytes);
}

/**
 * One meter of a book: the row of meters in which it stands, and the path from that to the root that the book's record
 * says. It hangs below the proof of that record.
 */
export interface MeterProof {
  /** Place of the meter in its book. */
  readonly index: number;
  /** Sixteen meters end to end; of the last row those that are left. */
  readonly row: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** The record of the meter that a proof is of: a view. Worth what the proof is: open that first. */
export function meterOf(meter: MeterProof): Uint8Array {
  const { index, row } = needObject(meter, "meter");
  const at = (index % rowRecords) * meterLayout.bytes;
  return wantBytes(row, "meter.row").subarray(at, at + meterLayout.bytes);
}

/**
 * A proof: row of records → section root → header → block hash → root over all block hashes (→ checkpoint). Without a
 * record it proves the block alone.
 */
export interface Proof {
  /** The bytes of the block's header. */
  readonly header: Uint8Array;
  readonly record: RecordProof | null;
  /** A meter of the book that `record` is; else null. */
  readonly meter: MeterProof | null;
  /** Number of blocks under the root that the proof leads to, and the path there. */
  readonly history: { readonly size: number; readonly path: readonly Uint8Array[] };
  /** The signed head that the proof leads to, when whoever made it had one. */
  readonly checkpoint: string | null;
}

/** What a proof says, once it holds together. */
export interface Proven extends Anchor {
  readonly header: Header;
  /** Hash of the block. */
  readonly hash: Uint8Array;
  readonly record: RecordProof | null;
  readonly meter: MeterProof | null;
}

/**
 * Works out what a proof leads to. Throws `corrupt` naming the link that does not hold, `invalid` for a record that no
 * section has. The root it ends at is only as good as its source: compare it with a head that you trust
 * ({@link verifyProof}), or check the checkpoint's signatures.
 */
export function openProof(proof: Proof, hasher: Hasher): Proven {
  const { record, meter = null, history } = needObject(proof, "proof");
  const header = decodeHeader(wantBytes(proof.header, "proof.header", headerBytes));
  const hash = blockHash(proof.header, hasher);
  if (record !== null) checkRow({ ...record, open: [record] }, header, hasher);
  if (meter !== null) checkMeter(meter, record, hasher);
  const root = rootOfPath(
    { leaf: leafHash(hash, hasher), index: header.height, size: history.size, path: history.path },
    hasher,
  );
  if (root === null)
    return fail("corrupt", "proof.history", `a path from block ${header.height} of ${history.size}`, "none");
  if (proof.checkpoint !== null) {
    const { checkpoint } = parseCheckpoint(proof.checkpoint);
    if (checkpoint.size !== history.size || !sameBytes(checkpoint.root, root))
      return fail(
        "corrupt",
        "proof.checkpoint",
        `size ${history.size}, root ${hex(root)}`,
        `size ${checkpoint.size}, root ${hex(checkpoint.root)}`,
      );
  }
  return { header, hash, record, meter, size: history.size, root };
}

/** Throws `corrupt` unless a meter stands where it is said to under the root of a book that is proved. */
function checkMeter({ index, row, path }: MeterProof, record: RecordProof | null, hasher: Hasher): void {
  if (record === null || record.section !== "books")
    fail("corrupt", "proof.meter", "the record of its book", record?.section ?? null);
  const book = readRecord(bookLayout, recordOf(record), 0);
  if (index >= book.meters) fail("corrupt", "proof.meter.index", `below ${book.meters}`, index);
  const place = Math.floor(index / rowRecords);
  const size = Math.ceil(book.meters / rowRecords);
  const wanted = Math.min(rowRecords, book.meters - place * rowRecords) * meterLayout.bytes;
  if (row.length !== wanted) fail("corrupt", "proof.meter.row", `${wanted} bytes`, row.length);
  const found = rootOverMeter({ leaf: leafHash(row, hasher), index: place, size, path }, book, hasher);
  if (found === null || !sameBytes(found, book.root))
    fail("corrupt", `proof of meter ${index}`, hex(book.root), found);
  checkRecords(meterLayout, row);
}

/** The root of a book to which a path leads; the trades of one hang beside all of its meters, and end the path. */
function rootOverMeter(inclusion: Inclusion, { flags }: BookRecord, hasher: Hasher): Uint8Array | null {
  if ((flags & bookTraded) === 0) return rootOfPath(inclusion, hasher);
  const { path } = inclusion;
  const leaf = rootOfPath({ ...inclusion, path: path.slice(0, -1) }, hasher);
  return leaf && rootOfPath({ leaf, index: 0, size: 2, path: path.slice(-1) }, hasher);
}

/** A leaf of a section and those of its records that are shown: what one path to the section's root proves at once. */
export interface RowProof extends Omit<RecordProof, "index" | "salted"> {
  /** At least one, by place. */
  readonly open: readonly Pick<RecordProof, "index" | "salted">[];
}

/** Throws `corrupt` unless records stand where they are said to stand under the section's root in the header. */
export function checkRow({ section, open, row, path }: RowProof, header: Header, hasher: Hasher): void {
  const { count, root } = header.sections[section];
  const layout = sectionLayouts[section];
  const first = open[0]!.index;
  const { place, leaves, start, end } = leafOf(section, first, count);
  const isSalted = isPrivate(header);
  const width = isSalted ? hashBytes : layout?.bytes;
  if (width !== undefined && row.length !== (end - start) * width)
    fail("corrupt", "proof.record.row", `${(end - start) * width} bytes`, row.length);
  const found = rootOfPath({ leaf: leafHash(row, hasher), index: place, size: leaves, path }, hasher);
  const holds = found !== null && sameBytes(found, root);
  for (const { index, salted } of open) {
    const at = (index - start) * hashBytes;
    // In a private market the record's salted hash is the one in the row; in an open one there is none.
    const own =
      salted === null
        ? !isSalted
        : isSalted &&
          (layout === null || salted.length === saltBytes + layout.bytes) &&
          sameBytes(hasher.sha256(salted), row.subarray(at, at + hashBytes));
    if (!holds || !own || index < start || index >= end)
      fail("corrupt", `proof of ${section}[${index}]`, hex(root), found);
  }
}

/** Opens a proof and holds it against a trusted head of the same size. Throws `corrupt` unless it leads there. */
export function verifyProof(proof: Proof, anchor: Anchor, hasher: Hasher): Proven {
  needObject(anchor, "anchor");
  const proven = openProof(proof, hasher);
  if (proven.size !== anchor.size || !sameBytes(proven.root, anchor.root))
    return fail(
      "corrupt",
      "proof.history",
      `size ${anchor.size}, root ${hex(anchor.root)}`,
      `size ${proven.size}, root ${hex(proven.root)}`,
    );
  return proven;
}

// --- As text ----------------------------------------------------------------------------------------------------

const format = "gridclear proof v2";

/** A proof as plain data, hashes and bytes in hexadecimal. */
export function proofToJson(proof: Proof): Json {
  const { record } = needObject(proof, "proof");
  return {
    format,
    header: hex(proof.header),
    record:
      record === null
        ? null
        : {
            section: record.section,
            index: record.index,
            row: hex(record.row),
            salted: record.salted && hex(record.salted),
            path: record.path.map(hex),
          },
    meter: proof.meter && {
      index: proof.meter.index,
      row: hex(proof.meter.row),
      path: proof.meter.path.map(hex),
    },
    history: { size: proof.history.size, path: proof.history.path.map(hex) },
    checkpoint: proof.checkpoint,
  };
}

/** Plain data to a proof; throws `corrupt` or `invalid` unless it is exactly what {@link proofToJson} gives. */
export function proofFromJson(json: unknown): Proof {
  const fields = object(json, "proof");
  if (fields.format !== format) return fail("corrupt", "proof.format", format, fields.format);
  const history = object(fields.history, "proof.history");
  const record = fields.record === null ? null : object(fields.record, "proof.record");
  const meter = fields.meter === null ? null : object(fields.meter, "proof.meter");
  if (fields.checkpoint !== null && typeof fields.checkpoint !== "string")
    return fail("corrupt", "proof.checkpoint", "a note or null", fields.checkpoint);
  return {
    header: fromHex(fields.header, "proof.header"),
    record:
      record === null
        ? null
        : {
            section: checkSection(record.section, "proof.record.section"),
            index: count(record.index, "proof.record.index"),
            row: fromHex(record.row, "proof.record.row"),
            salted: record.salted === null ? null : fromHex(record.salted, "proof.record.salted"),
            path: pathFromJson(record.path, "proof.record.path"),
          },
    meter: meter && {
      index: count(meter.index, "proof.meter.index"),
      row: fromHex(meter.row, "proof.meter.row"),
      path: pathFromJson(meter.path, "proof.meter.path"),
    },
    history: {
      size: count(history.size, "proof.history.size"),
      path: pathFromJson(history.path, "proof.history.path"),
    },
    checkpoint: fields.checkpoint,
  };
}

/** A proof as one line of canonical JSON. Throws `limit` beyond 256 KiB, which a batch of very many ranges may be. */
export function encodeProof(proof: Proof): string {
  return writeDocument(proofToJson(proof), "proof");
}

/** Reads a proof: exactly what {@link encodeProof} writes, else `corrupt`, `invalid` or `limit`. */
export function decodeProof(text: string): Proof {
  return readDocument(text, "proof", proofFromJson, proofToJson);
}

/** Canonical JSON with a newline: what proofs, receipts and contradictions are kept as. */
export function writeDocument(json: Json, field: string): string {
  return `${fromUtf8(encodeCanonical(json, field, maxDocumentBytes))}\n`;
}

/** Reads a document and makes sure that it is, to the last character, what writing its meaning gives. */
export function readDocument<T>(
  text: string,
  field: string,
  read: (json: Json) => T,
  write: (value: T) => Json,
): T {
  if (typeof text !== "string") return fail("corrupt", field, "text", text);
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  const value = read(decodeCanonical(toUtf8(body), field, maxDocumentBytes));
  if (writeDocument(write(value), field) !== `${body}\n`)
    return fail("corrupt", field, "the fields of its format and no others", text);
  return value;
}

/** Hashes of a path, at most {@link maxPathLength}, from hexadecimal strings; their length is for the path to check. */
export function pathFromJson(json: unknown, field: string): Uint8Array[] {
  if (!Array.isArray(json) || json.length > maxPathLength)
    return fail("corrupt", field, `at most ${maxPathLength} hashes`, json);
  return json.map((item: unknown, index) => fromHex(item, `${field}[${index}]`));
}

/** A whole number out of a document. */
export const count: Check<number> = /* @__PURE__ */ integer(0, Number.MAX_SAFE_INTEGER);
