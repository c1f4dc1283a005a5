/**
 * A block: the header of one sealed period and the sections whose roots it holds, with the secret of a private market's
 * period beside it. Builds blocks, turns them into bytes and back, and checks that sections are what their header says.
 */
import { hex, isBytes, sameBytes, viewOf, wantBytes } from "../../bytes.js";
import { needArray, needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { checkHasher, type Hasher, hashBytes } from "../tree/hasher.js";
import { merkleRoot } from "../tree/merkle.js";
import { decodeCanonical } from "./canonical.js";
import {
  blockHash,
  decodeHeader,
  encodeHeader,
  formatVersion,
  type Header,
  headerBytes,
  maxBlockBytes,
  maxItemBytes,
  maxItems,
  maxSectionBytes,
  privateMarket,
  type Rooted,
  type SectionDescriptor,
  signedMarket,
} from "./header.js";
import { checkRecords, offsetsOf, recordCount } from "./layout.js";
import { readingLayout } from "./records.js";
import { checkSecret, saltedHashes, secretBytes } from "./salting.js";
import {
  recordsRoot,
  rowRecords,
  type SectionName,
  type StateSection,
  type StoredSection,
  sectionLayouts,
  sectionNames,
  stateSections,
  storedSections,
} from "./sections.js";

/** The bytes of every stored section; empty where there is nothing. */
export type Sections = Readonly<Record<StoredSection, Uint8Array>>;

/** Of a block of which the header alone is there. */
export const noSections: Sections = /* @__PURE__ */ Object.fromEntries(
  storedSections.map((name) => [name, new Uint8Array(0)]),
) as Sections;

/** One sealed period: a header and the sections whose roots it holds. */
export interface Block {
  readonly header: Header;
  readonly sections: Sections;
  /**
   * The secret of a private market's period, 32 bytes, without which nobody can check its records; null in an open
   * market.
   */
  readonly secret: Uint8Array | null;
}

/** What a block is built from; the roots are computed. Sections left out are empty. */
export interface BlockDraft {
  readonly signed: boolean;
  /** The secret of the period, 32 random bytes, makes it a private market's; default null, an open one's. */
  readonly secret?: Uint8Array | null;
  readonly marketId: Uint8Array;
  readonly height: number;
  readonly period: number;
  readonly timestampMs: number;
  readonly previous: Uint8Array;
  readonly history: Uint8Array;
  readonly sections: Partial<Sections>;
  /**
   * What is carried over after this block: the records of each section, end to end, or what is kept of them, number and
   * root.
   */
  readonly state: Readonly<Partial<Record<StateSection, Uint8Array | Rooted>>>;
  readonly totals: Header["totals"];
}

/**
 * Items of variable length to section bytes: each behind its length as a u32. Throws `limit` for one beyond 2²⁴−1 bytes
 * and for more than 2²².
 */
export function encodeItems(items: readonly Uint8Array[]): Uint8Array {
  if (needArray(items, "items").length > maxItems)
    fail("limit", "section", `at most ${maxItems} items`, items.length);
  let length = 0;
  for (const item of items) {
    if (wantBytes(item, "item").length > maxItemBytes)
      fail("limit", "item", `at most ${maxItemBytes} bytes`, item.length);
    length += 4 + item.length;
  }
  if (length > maxSectionBytes) fail("limit", "section", `at most ${maxSectionBytes} bytes`, length);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const item of items) {
    view.setUint32(at, item.length, true);
    bytes.set(item, at + 4);
    at += 4 + item.length;
  }
  return bytes;
}

/** The items of a `contracts` or `evidence` section, as views. Throws `corrupt` unless they fill it exactly. */
export function decodeItems(bytes: Uint8Array, field: string = "section"): Uint8Array[] {
  const view = viewOf(wantBytes(bytes, field));
  const items: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const room = bytes.length - at - 4;
    const length = room >= 0 ? view.getUint32(at, true) : 0;
    if (room < 0 || length > room || length > maxItemBytes)
      return fail("corrupt", `${field}[${items.length}]`, `a length of at most ${Math.max(room, 0)}`, length);
    if (items.length === maxItems) fail("limit", field, `at most ${maxItems} items`, "more");
    items.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return items;
}

/**
 * The records of a section's bytes, or its items without their lengths: views. Throws `corrupt` unless they are whole.
 */
export function contentsOf(name: SectionName, bytes: Uint8Array): Uint8Array[] {
  const layout = sectionLayouts[name];
  if (layout === null) return decodeItems(bytes, name);
  const length = recordCount(layout, bytes);
  return Array.from({ length }, (_, index) =>
    bytes.subarray(index * layout.bytes, (index + 1) * layout.bytes),
  );
}

/**
 * The salted hashes by which a section's records or items go under its root, end to end. Records, by far the most, are
 * not taken apart where the hasher salts them in one call. Throws `corrupt` unless the section is whole.
 */
export function saltedSection(
  name: SectionName,
  bytes: Uint8Array,
  secret: Uint8Array,
  hasher: Hasher,
): Uint8Array {
  const layout = sectionLayouts[name];
  if (layout === null || hasher.saltedHashes === undefined)
    return saltedHashes(name, contentsOf(name, bytes), secret, hasher);
  recordCount(layout, bytes);
  const section = sectionNames.indexOf(name);
  return hasher.saltedHashes({ section, records: bytes, recordBytes: layout.bytes, secret });
}

/** Bytes of a leaf of a private section's tree: a row of salted hashes, or that of an item. */
export function saltedLeafBytes(name: SectionName): number {
  return hashBytes * (sectionLayouts[name] === null ? 1 : rowRecords);
}

/** Count, length and root of a section, salted when there is a secret. Throws `corrupt` unless it is whole. */
export function describeSection(
  name: SectionName,
  bytes: Uint8Array,
  secret: Uint8Array | null,
  hasher: Hasher,
): SectionDescriptor {
  const layout = sectionLayouts[name];
  const { length } = bytes;
  // Not taken apart: these are by far the most, and hashed where they lie.
  if (layout !== null && secret === null)
    return { count: recordCount(layout, bytes), bytes: length, root: recordsRoot(layout, bytes, hasher) };
  if (secret === null) {
    const items = decodeItems(bytes, name);
    return { count: items.length, bytes: length, root: merkleRoot(items, hasher) };
  }
  const hashes = saltedSection(name, bytes, secret, hasher);
  const root = hasher.merkleRoot(hashes, saltedLeafBytes(name));
  return { count: hashes.length / hashBytes, bytes: length, root };
}

/**
 * Builds a block: counts, lengths and roots from the sections. The section bytes and the secret are kept, not copied.
 */
export function buildBlock(draft: BlockDraft, hasher: Hasher): Block {
  checkHasher(hasher);
  needObject(needObject(draft, "draft").sections, "draft.sections");
  const empty = new Uint8Array(0);
  const { secret = null } = draft;
  if (secret !== null) checkSecret(secret);
  const sections = Object.fromEntries(
    storedSections.map((name) => [name, draft.sections[name] ?? empty]),
  ) as Sections;
  const described = Object.fromEntries(
    storedSections.map((name) => [name, describeSection(name, sections[name], secret, hasher)]),
  ) as Record<StoredSection, SectionDescriptor>;
  const carried = Object.fromEntries(
    stateSections.map((name) => {
      const given = needObject(draft.state, "draft.state")[name] ?? empty;
      const { count, root } = isBytes(given) ? describeSection(name, given, secret, hasher) : given;
      return [name, { count, bytes: 0, root }];
    }),
  ) as Record<StateSection, SectionDescriptor>;
  const { marketId, height, period, timestampMs, previous, history, totals } = draft;
  const header: Header = {
    version: formatVersion,
    flags: (draft.signed ? signedMarket : 0) | (secret === null ? 0 : privateMarket),
    marketId,
    height,
    period,
    timestampMs,
    previous,
    history,
    sections: { ...described, ...carried },
    totals,
  };
  return { header, sections, secret };
}

/** Whether a header is a private market's. */
export const isPrivate = ({ flags }: Header): boolean => (flags & privateMarket) !== 0;

/** Length of the block that a header heads, in bytes, with the secret that stands behind it in a private market. */
export function blockBytes(header: Header): number {
  needObject(needObject(header, "header").sections, "header.sections");
  const beside = isPrivate(header) ? secretBytes : 0;
  return storedSections.reduce((sum, name) => sum + header.sections[name].bytes, headerBytes + beside);
}

/**
 * Whether the bytes of a block of this header are the header alone: what a private market shows to everybody, and what
 * is left of a period once it is erased. In an open market there is no such thing.
 */
export function isWithheld(header: Header, bytes: Uint8Array): boolean {
  return isPrivate(header) && bytes.length === headerBytes;
}

/**
 * Block to bytes: header ‖ sections, and the secret behind them where there is one. Throws `limit` beyond
 * {@link maxBlockBytes}.
 */
export function encodeBlock(block: Block): Uint8Array {
  const length = blockBytes(needObject(block, "block").header);
  if (length > maxBlockBytes) return fail("limit", "block", `at most ${maxBlockBytes} bytes`, length);
  const bytes = new Uint8Array(length);
  bytes.set(encodeHeader(block.header));
  let at = headerBytes;
  for (const name of storedSections) {
    bytes.set(block.sections[name], at);
    at += block.header.sections[name].bytes;
  }
  if (block.secret !== null) bytes.set(block.secret, at);
  return bytes;
}

/**
 * Bytes to a block whose sections and secret are views into them. Checks the header and that the lengths fill the bytes
 * exactly, not the roots ({@link checkBlock}). Throws `corrupt` or `unsupported`.
 */
export function decodeBlock(bytes: Uint8Array): Block {
  const header = decodeHeader(bytes);
  const length = blockBytes(header);
  if (bytes.length !== length) return fail("corrupt", "block", `${length} bytes`, bytes.length);
  return viewBlock(header, bytes);
}

/** As {@link decodeBlock}, of a block with its records. Throws `state` where its header is all there is. */
export function decodeShown(bytes: Uint8Array): Block {
  const header = decodeHeader(bytes);
  if (isWithheld(header, bytes))
    fail("state", `block ${header.height}`, "its records and secret", "the header alone");
  return decodeBlock(bytes);
}

/** A block whose sections and secret are views into its bytes, which are as long as its header says. */
export function viewBlock(header: Header, bytes: Uint8Array): Block {
  let at = headerBytes;
  const sections = Object.fromEntries(
    storedSections.map((name) => {
      const start = at;
      at += header.sections[name].bytes;
      return [name, bytes.subarray(start, at)];
    }),
  ) as Sections;
  return { header, sections, secret: isPrivate(header) ? bytes.subarray(at) : null };
}

/** Hash of a block: of its header, whose roots cover the rest. */
export function hashOfBlock(block: Block, hasher: Hasher): Uint8Array {
  return blockHash(encodeHeader(needObject(block, "block").header), hasher);
}

const readingAge = /* @__PURE__ */ offsetsOf(readingLayout).age;

/** Throws `corrupt` naming the first reading that is older than the periods before its block's. */
function checkAges(readings: Uint8Array, period: number): void {
  const view = viewOf(readings);
  for (let at = readingAge, index = 0; at < readings.length; at += readingLayout.bytes, index += 1) {
    const age = view.getUint32(at, true);
    if (age > period) fail("corrupt", `readings[${index}].age`, `at most ${period}`, age);
  }
}

/**
 * Throws `corrupt` naming the section unless every stored section has the count and the root that the header says and
 * holds nothing but well-formed records and canonical contracts.
 */
export function checkBlock(block: Block, hasher: Hasher): void {
  checkHasher(hasher);
  const { header, sections } = needObject(block, "block");
  needObject(header, "block.header");
  needObject(sections, "block.sections");
  for (const name of storedSections) {
    const bytes = sections[name];
    const wanted = header.sections[name];
    const found = describeSection(name, bytes, block.secret, hasher);
    if (found.count !== wanted.count || found.bytes !== wanted.bytes)
      fail(
        "corrupt",
        name,
        `${wanted.count} records in ${wanted.bytes} bytes`,
        `${found.count} in ${found.bytes}`,
      );
    if (!sameBytes(found.root, wanted.root))
      fail("corrupt", `${name} root`, hex(wanted.root), hex(found.root));
    const layout = sectionLayouts[name];
    if (layout !== null) checkRecords(layout, bytes);
  }
  checkAges(sections.readings, header.period);
  for (const [index, item] of decodeItems(sections.contracts).entries())
    decodeCanonical(item, `contracts[${index}]`);
}
