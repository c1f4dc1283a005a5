/** Making proofs: of one record of a block, and of a block under the root over all. Opening them is `proof.ts`. */
import { concat, copyOf, hex, sameBytes, wantBytes } from "../../bytes.js";
import { needMethods, needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { type Block, contentsOf, saltedLeafBytes, saltedSection } from "../format/block.js";
import { bookTradesRoot, partsOfBook, rootOfBook } from "../format/books.js";
import { encodeHeader, type Header } from "../format/header.js";
import { readRecord } from "../format/layout.js";
import { saltsOf } from "../format/salting.js";
import {
  checkSection,
  isStateSection,
  leafOf,
  rowBytes,
  rowRecords,
  type SectionName,
  sectionLayouts,
} from "../format/sections.js";
import { bookLayout, meterLayout } from "../format/state.js";
import { checkHasher, type Hasher, hashBytes } from "../tree/hasher.js";
import type { HistoryTree } from "../tree/history.js";
import { inclusionRanges, itemRoots, type LeafRange, leafRoots, type RangeRoot } from "../tree/path.js";
import { type MeterProof, type Proof, type RecordProof, type RowProof, recordOf } from "./proof.js";

/** Which record of a block to prove. */
export interface RecordPlace {
  readonly section: SectionName;
  /** Place in the section. */
  readonly index: number;
  /**
   * All records of a section of what is carried over, end to end, as replaying the chain gives them: they are not
   * stored in blocks, and without them none can be proved.
   */
  readonly state?: Uint8Array | undefined;
}

/**
 * Proves one record of a block that has been checked. Throws `invalid` when there is no such record, `corrupt` when
 * `state` is not what the header says.
 */
export function proveRecord(block: Block, place: RecordPlace, hasher: Hasher): RecordProof {
  const { section, index, state } = needObject(place, "place");
  const [proof] = rowsProver(block, { section, state }, hasher)([index]);
  const { open, ...rest } = proof!;
  return { ...rest, ...open[0]! };
}

/**
 * Proves records of one section by their places, rising: those of a row together, as {@link proveRecord} proves one.
 * Whoever asks again has what the proofs have in common hashed once.
 */
export function rowsProver(
  block: Block,
  { section, state }: Pick<RecordPlace, "section" | "state">,
  hasher: Hasher,
): (indexes: readonly number[]) => RowProof[] {
  checkHasher(hasher);
  needObject(needObject(block, "block").header, "block.header");
  checkSection(section, "section");
  const { count } = block.header.sections[section];
  let tree: SectionTree | null = null;
  return (indexes) => {
    for (const index of indexes)
      if (!Number.isSafeInteger(index) || index < 0 || index >= count)
        return fail(
          "invalid",
          `${section} number`,
          count === 0 ? "none: the section is empty" : `0 to ${count - 1}`,
          index,
        );
    if (indexes.length === 0) return [];
    tree ??= treeOf(block, { section, state }, hasher);
    const { leaf, rootOf, salted } = tree;
    const { leaves } = leafOf(section, 0, count);
    return [...new Set(indexes.map((index) => leafOf(section, index, count).place))].map((place) => ({
      section,
      row: copyOf(leaf(place)),
      path: inclusionRanges(place, leaves).map((range) => rootOf(range)),
      open: indexes
        .filter((index) => leafOf(section, index, count).place === place)
        .map((index) => ({ index, salted: salted(index) })),
    }));
  };
}

/** The tree of a section, with what is needed to prove records of it. */
interface SectionTree {
  leaf(place: number): Uint8Array;
  rootOf(range: LeafRange): Uint8Array;
  salted(index: number): Uint8Array | null;
}

function treeOf(
  block: Block,
  { section, state }: Pick<RecordPlace, "section" | "state">,
  hasher: Hasher,
): SectionTree {
  const { count, root } = block.header.sections[section];
  const carried = isStateSection(section);
  const stored = carried ? state : block.sections[section];
  if (stored === undefined)
    return fail("invalid", "state", `the records of ${section} after the block`, stored);
  const { secret } = block;
  const held = leavesOf(section, stored, secret, hasher);
  const { leaves } = leafOf(section, 0, count);
  if (carried && (held.count !== count || !sameBytes(held.rangeRoot(0, leaves), root)))
    return fail("corrupt", section, `${count} records with root ${hex(root)}`, `${held.count} with another`);
  const saltAt = secret === null ? null : saltsOf(secret, section, hasher);
  const contents = secret === null ? [] : contentsOf(section, stored);
  const roots = new Map<string, Uint8Array>();
  return {
    leaf: (place) => held.leaf(place),
    rootOf: ({ start, end }) => {
      const known = roots.get(`${start} ${end}`) ?? held.rangeRoot(start, end);
      roots.set(`${start} ${end}`, known);
      return known;
    },
    salted: (index) => saltAt && concat(saltAt(index), contents[index]!),
  };
}

/**
 * Proves a meter of a book, below the proof of that book's record; `held` is all that the book holds, its meters end to
 * end and its trades behind them, as replaying the chain gives it. Throws `invalid` when there is no such meter,
 * `corrupt` when they are not the book's, `refused` in a private market: meters are not salted, and a row would show
 * those of sixteen members.
 */
export function proveMeter(book: RecordProof, held: Uint8Array, index: number, hasher: Hasher): MeterProof {
  checkHasher(hasher);
  if (needObject(book, "book").section !== "books")
    return fail("invalid", "book", "the proof of a book", book.section);
  if (book.salted !== null) return fail("refused", "meter", "one of an open market", "a private market's");
  const record = readRecord(bookLayout, recordOf(book), 0);
  const { meters: count, root } = record;
  if (!Number.isSafeInteger(index) || index < 0 || index >= count)
    return fail("invalid", "meter", count === 0 ? "none: the book is empty" : `0 to ${count - 1}`, index);
  const width = rowBytes(meterLayout);
  const { meters, trades } = partsOfBook(record, wantBytes(held, "meters"));
  const rangeRoot = leafRoots(meters, width, hasher);
  const beside = trades === null ? null : bookTradesRoot(trades, hasher);
  const rows = Math.ceil(count / rowRecords);
  const isWhole =
    meters.length === count * meterLayout.bytes && (trades !== null || held.length === meters.length);
  if (!isWhole || !sameBytes(rootOfBook(rangeRoot(0, rows), beside, hasher), root))
    return fail("corrupt", "meters", `${count} with root ${hex(root)}`, "others");
  const place = Math.floor(index / rowRecords);
  return {
    index,
    row: copyOf(meters, place * width, Math.min(meters.length, (place + 1) * width)),
    path: [
      ...inclusionRanges(place, rows).map(({ start, end }) => rangeRoot(start, end)),
      ...(beside === null ? [] : [beside]),
    ],
  };
}

/** What a section's tree is made of. */
interface Leaves {
  /** Number of records or items. */
  readonly count: number;
  leaf(place: number): Uint8Array;
  readonly rangeRoot: RangeRoot;
}

function leavesOf(
  section: SectionName,
  bytes: Uint8Array,
  secret: Uint8Array | null,
  hasher: Hasher,
): Leaves {
  const layout = sectionLayouts[section];
  if (layout === null && secret === null) {
    const items = contentsOf(section, bytes);
    return { count: items.length, leaf: (place) => items[place]!, rangeRoot: itemRoots(items, hasher) };
  }
  const leaves = secret === null ? bytes : saltedSection(section, bytes, secret, hasher);
  const width = secret === null ? rowBytes(layout!) : saltedLeafBytes(section);
  return {
    count: leaves.length / (secret === null ? layout!.bytes : hashBytes),
    leaf: (place) => leaves.subarray(place * width, (place + 1) * width),
    rangeRoot: leafRoots(leaves, width, hasher),
  };
}

/** Proves a block, with or without a record of it, under the root over the first `size` blocks. */
export function proveBlock(
  history: HistoryTree,
  header: Header,
  record: RecordProof | null,
  size?: number,
): Proof {
  needMethods(history, "history", "a HistoryTree", ["inclusion"]);
  if (record !== null) wantBytes(needObject(record, "record").row, "record.row");
  const under = size === undefined ? history.size : size;
  return {
    header: encodeHeader(header),
    record,
    meter: null,
    history: { size: under, path: history.inclusion(header.height, under) },
    checkpoint: null,
  };
}
