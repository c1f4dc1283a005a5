/**
 * A statement bundle: what a ledger holds of one member, as one document that anybody checks without the ledger. It has
 * every header of a stretch of blocks, and of their records the member's own, each with a path to its header; of a
 * private market's other records it has salted hashes alone. Which records are whose is for `report/bundle.ts` to say.
 */
import { fromHex, hex, sameBytes, toUtf8 } from "../../bytes.js";
import { identifier, needArray, needObject, object } from "../../check.js";
import { fail } from "../../errors.js";
import { encodeCanonical, type Json } from "../format/canonical.js";
import { blockHash, decodeHeader, type Header, marketId } from "../format/header.js";
import { readRecord } from "../format/layout.js";
import { checkSection, type SectionName, sectionNames } from "../format/sections.js";
import { nameLayout } from "../format/state.js";
import { type Hasher, hashBytes } from "../tree/hasher.js";
import { CompactRange, perfectSizes } from "../tree/merkle.js";
import type { Anchor } from "../tree/path.js";
import {
  checkRow,
  count,
  openProof,
  pathFromJson,
  type RowProof,
  readDocument,
  recordOf,
  writeDocument,
} from "./proof.js";

/** Whose statement a bundle is: the id, and the number that stands for it in records. */
export interface Member {
  readonly id: string;
  readonly number: number;
}

/** A block of a bundle: the bytes of its header, and the leaves that hold the member's records. */
export interface BundleBlock {
  readonly header: Uint8Array;
  readonly rows: readonly RowProof[];
}

/**
 * What a bundle begins with: the market contract, whose hash is the market's id, and roots of the perfect subtrees that
 * tile the blocks before its first, largest first, so that each of its blocks can be proved for itself.
 */
export interface BundleHead {
  readonly market: Json;
  readonly subtrees: readonly Uint8Array[];
}

/**
 * What a bundle ends with: the member, where the last block stands under a head of `size` blocks, and that head where
 * it is known as a note.
 */
export interface BundleEnd {
  readonly member: Member;
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly checkpoint: string | null;
}

/** A bundle taken apart, none of it checked yet ({@link openBundle}). */
export interface Bundle extends BundleHead, BundleEnd {
  /**
   * Blocks that follow each other, at least one. A first one that is not genesis is the one before the statement: it
   * shows what the member had then, and nothing else.
   */
  readonly blocks: readonly BundleBlock[];
}

/** A record or item of a bundle that is under the root of its section. */
export interface BundleRecord {
  readonly section: SectionName;
  readonly index: number;
  /** A view. */
  readonly bytes: Uint8Array;
}

/** What a bundle says, once it holds together, and the head that it leads to. */
export interface OpenedBundle extends BundleHead, Anchor {
  readonly member: Member;
  readonly marketId: Uint8Array;
  readonly blocks: readonly { readonly header: Header; readonly records: readonly BundleRecord[] }[];
}

/**
 * Works out what a bundle says. Throws `corrupt` naming what does not hold together: the market's id, a link between
 * headers, a record's path, the name that the member's number stands for, the path to the head. The root at its end is
 * only as good as its source: compare it with a head that you trust.
 */
export function openBundle(bundle: Bundle, hasher: Hasher): OpenedBundle {
  const { market, subtrees, member, blocks, size, path, checkpoint } = needObject(bundle, "bundle");
  needArray(blocks, "bundle.blocks");
  needObject(member, "bundle.member");
  const id = marketId(encodeCanonical(market), hasher);
  let before: { readonly header: Header; readonly hash: Uint8Array } | null = null;
  const opened = blocks.map(({ header: bytes, rows }) => {
    const header = decodeHeader(bytes);
    const block = `bundle block ${header.height}`;
    if (!sameBytes(header.marketId, id)) fail("corrupt", `${block}: market`, hex(id), hex(header.marketId));
    if (before !== null && !follows(header, before.header, before.hash))
      fail("corrupt", block, `the block after ${before.header.height}`, "another");
    before = { header, hash: blockHash(bytes, hasher) };
    return { header, records: recordsIn(rows, header, hasher) };
  });
  const last = opened.at(-1) ?? fail("corrupt", "bundle", "a block", "none");
  checkSubtrees(subtrees, opened[0]!.header, hasher);
  checkName(member, last.records, hasher);
  const { header } = blocks.at(-1)!;
  const { root } = openProof(
    { header, record: null, meter: null, history: { size, path }, checkpoint },
    hasher,
  );
  return { market, subtrees, member, marketId: id, blocks: opened, size, root };
}

/** Throws `corrupt` unless the subtrees come to the root over the blocks before the first. */
function checkSubtrees(subtrees: readonly Uint8Array[], { height, history }: Header, hasher: Hasher): void {
  const wanted = perfectSizes(height).length;
  if (
    needArray(subtrees, "bundle.subtrees").length !== wanted ||
    subtrees.some(({ length }) => length !== hashBytes)
  )
    fail("corrupt", "bundle subtrees", `${wanted} hashes for ${height} blocks`, subtrees.length);
  const found = new CompactRange(hasher, height, subtrees).root();
  if (!sameBytes(found, history)) fail("corrupt", "bundle subtrees", hex(history), hex(found));
}

const follows = (header: Header, before: Header, hash: Uint8Array): boolean =>
  header.height === before.height + 1 &&
  header.period === before.period + 1 &&
  header.timestampMs >= before.timestampMs &&
  header.flags === before.flags &&
  sameBytes(header.previous, hash);

/** The records of a block's rows, in the order of the block: so that none can stand there twice. */
function recordsIn(rows: readonly RowProof[], header: Header, hasher: Hasher): BundleRecord[] {
  let [code, next] = [-1, 0];
  return rows.flatMap((row) => {
    const { section, open } = row;
    const own = sectionNames.indexOf(section);
    for (const { index } of open) {
      if (own < code || (own === code && index < next))
        fail("corrupt", `bundle block ${header.height}`, "records in their order", `${section}[${index}]`);
      [code, next] = [own, index + 1];
    }
    checkRow(row, header, hasher);
    return open.map((each) => ({ section, index: each.index, bytes: recordOf({ ...row, ...each }) }));
  });
}

/** Throws `corrupt` unless the names after the last block say that the number stands for the id. */
function checkName({ id, number }: Member, records: readonly BundleRecord[], hasher: Hasher): void {
  const name = hasher.sha256(toUtf8(id));
  const isNamed = records.some(({ section, bytes }) => {
    if (section !== "names") return false;
    const found = readRecord(nameLayout, bytes, 0);
    return found.kind === "participant" && found.number === number && sameBytes(found.name, name);
  });
  if (!isNamed) fail("corrupt", "bundle member", `a name that ${number} stands for`, id);
}

// --- As text ----------------------------------------------------------------------------------------------------

const format = "gridclear bundle v2";

const headToJson = ({ market, subtrees }: BundleHead): Json => ({
  format,
  market,
  subtrees: subtrees.map(hex),
});

const rowToJson = ({ section, row, path, open }: RowProof): Json => ({
  open: open.map(({ index, salted }) => [index, salted && hex(salted)]),
  path: path.map(hex),
  row: hex(row),
  section,
});

const endToJson = ({ size, path, checkpoint, member: { id, number } }: BundleEnd): Json => ({
  checkpoint,
  member: { id, number },
  path: path.map(hex),
  size,
});

const headerToJson = (header: Uint8Array): Json => ({ header: hex(header) });

/** The first line of a bundle. */
export function encodeBundleHead(head: BundleHead): string {
  return writeDocument(headToJson(head), "bundle");
}

/** The lines of a block: its header, then its rows. Throws `limit` for a row of more than 256 KiB. */
export function encodeBundleBlock({ header, rows }: BundleBlock): string {
  const lines = [headerToJson(header), ...rows.map(rowToJson)];
  return lines.map((line) => writeDocument(line, "bundle")).join("");
}

/** The last line of a bundle. */
export function encodeBundleEnd(end: BundleEnd): string {
  return writeDocument(endToJson(end), "bundle");
}

/** Reads a bundle: exactly what the `encodeBundle` functions write, else `corrupt`, `invalid` or `limit`. */
export function decodeBundle(text: string): Bundle {
  const lines = (typeof text === "string" ? text : "").replace(/\n$/, "").split("\n");
  const [first = "", last = ""] = [lines.shift(), lines.pop()];
  const head = readDocument(first, "bundle line 1", headFromJson, headToJson);
  const blocks: { header: Uint8Array; rows: RowProof[] }[] = [];
  for (const [index, line] of lines.entries()) {
    const field = `bundle line ${index + 2}`;
    if (line.startsWith(headerStart))
      blocks.push({ header: readDocument(line, field, headerFromJson, headerToJson), rows: [] });
    else {
      const row = readDocument(line, field, rowFromJson, rowToJson);
      (blocks.at(-1) ?? fail("corrupt", field, "a header before its rows", "a row")).rows.push(row);
    }
  }
  return { ...head, blocks, ...readDocument(last, "bundle end", endFromJson, endToJson) };
}

const headerStart = '{"header":';
const headerFromJson = (json: Json): Uint8Array => fromHex(object(json, "bundle").header, "bundle header");

function headFromJson(json: Json): BundleHead {
  const fields = object(json, "bundle");
  if (fields.format !== format) return fail("corrupt", "bundle.format", format, fields.format);
  return {
    market: object(fields.market, "bundle.market") as Json,
    subtrees: pathFromJson(fields.subtrees, "bundle.subtrees"),
  };
}

function rowFromJson(json: Json): RowProof {
  const { open, path, row, section } = object(json, "bundle row");
  if (!Array.isArray(open) || open.length === 0)
    return fail("corrupt", "bundle row", "records that are shown", open);
  return {
    section: checkSection(section, "bundle section"),
    row: fromHex(row, "bundle row"),
    path: pathFromJson(path, "bundle path"),
    open: open.map((each: unknown) => {
      const [index, salted] = Array.isArray(each) && each.length === 2 ? (each as unknown[]) : [];
      return {
        index: count(index, "bundle record"),
        salted: salted === null ? null : fromHex(salted, "bundle record"),
      };
    }),
  };
}

function endFromJson(json: Json): BundleEnd {
  const { size, path, checkpoint, member } = object(json, "bundle end");
  const { id, number } = object(member, "bundle.member");
  if (checkpoint !== null && typeof checkpoint !== "string")
    return fail("corrupt", "bundle.checkpoint", "a note or null: the last line", checkpoint);
  return {
    size: count(size, "bundle.size"),
    path: pathFromJson(path, "bundle.path"),
    checkpoint,
    member: { id: identifier(id, "bundle.member.id"), number: count(number, "bundle.member.number") },
  };
}
