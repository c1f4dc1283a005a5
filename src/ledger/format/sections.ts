/**
 * The sections of a block: their names in the order in which they stand, and what each is made of. Whoever writes,
 * reads, proves, exports or shows a section asks here.
 */
import { type Check, integer, oneOf } from "../../check.js";
import { checkHasher, type Hasher } from "../tree/hasher.js";
import { fieldsOf, type Layout, recordCount } from "./layout.js";
import {
  type FlowRecord,
  flowLayout,
  type OrderRecord,
  orderLayout,
  type PostingRecord,
  postingLayout,
  type ReadingRecord,
  readingLayout,
  type TradeRecord,
  tradeLayout,
} from "./records.js";
import {
  type BookRecord,
  bookLayout,
  type LastReadingRecord,
  lastReadingLayout,
  type NameRecord,
  nameLayout,
  type StateRecord,
  stateLayout,
} from "./state.js";

/** The sections that stand in a block, in order. */
export const storedSections = [
  "contracts",
  "orders",
  "evidence",
  "trades",
  "flows",
  "readings",
  "postings",
] as const;
/**
 * The sections of what the market carries over to the next period, in order: of them a block holds count and root only.
 * Together they are all that the next period needs.
 */
export const stateSections = ["state", "rules", "names", "books", "lastReadings"] as const;
/** The sections of a block, in order; the code of a section is the index. */
export const sectionNames: readonly [...typeof storedSections, ...typeof stateSections] = [
  ...storedSections,
  ...stateSections,
];
/** One section that stands in a block. */
export type StoredSection = (typeof storedSections)[number];
/** One section of what is carried over. */
export type StateSection = (typeof stateSections)[number];
/** One section of a block. */
export type SectionName = (typeof sectionNames)[number];
/** The sections of items of variable length. */
export type ItemSection = "contracts" | "evidence";
/** The sections of records of one size that stand in a block. */
export type RecordSection = Exclude<StoredSection, ItemSection>;

/** A section's name, or `invalid`. */
export const checkSection: Check<SectionName> = /* @__PURE__ */ oneOf(...sectionNames);

/** The layout of a section's records; null for items of variable length, each behind its length as a u32. */
export const sectionLayouts: {
  readonly contracts: null;
  readonly orders: Layout<OrderRecord>;
  readonly evidence: null;
  readonly trades: Layout<TradeRecord>;
  readonly flows: Layout<FlowRecord>;
  readonly readings: Layout<ReadingRecord>;
  readonly postings: Layout<PostingRecord>;
  readonly state: Layout<StateRecord>;
  readonly rules: null;
  readonly names: Layout<NameRecord>;
  readonly books: Layout<BookRecord>;
  readonly lastReadings: Layout<LastReadingRecord>;
} = {
  contracts: null,
  orders: orderLayout,
  evidence: null,
  trades: tradeLayout,
  flows: flowLayout,
  readings: readingLayout,
  postings: postingLayout,
  state: stateLayout,
  rules: null,
  names: nameLayout,
  books: bookLayout,
  lastReadings: lastReadingLayout,
};

/** Whether a section is one of what is carried over, which no block holds. */
export function isStateSection(name: SectionName): name is StateSection {
  return (stateSections as readonly SectionName[]).includes(name);
}

/** The stored sections of records of one size, in order. */
export const recordSections: readonly RecordSection[] = /* @__PURE__ */ storedSections.filter(
  (name): name is RecordSection => sectionLayouts[name] !== null,
);

/** Records of a row: so many records end to end are one leaf of the tree over them; the last row may have fewer. */
export const rowRecords = 16;

/** Bytes of a whole row of a layout's records. */
export function rowBytes(layout: Layout<unknown>): number {
  fieldsOf(layout);
  return rowRecords * layout.bytes;
}

/**
 * Root over records of a layout, end to end: the RFC 6962 §2.1 root whose leaves are their rows. Throws `corrupt`
 * unless the records are whole; what stands in them is not looked at.
 */
export function recordsRoot(layout: Layout<unknown>, records: Uint8Array, hasher: Hasher): Uint8Array {
  checkHasher(hasher);
  recordCount(layout, records);
  return hasher.merkleRoot(records, rowBytes(layout));
}

/** The leaf of a section's tree in which a record or item lies. */
export interface Leaf {
  /** Its place among the `leaves` of the section. */
  readonly place: number;
  readonly leaves: number;
  /** The records or items in it, from `start` up to but not including `end`. */
  readonly start: number;
  readonly end: number;
}

/** The leaf with record or item `index` of a section of `count`: its row, or the item itself. */
export function leafOf(section: SectionName, index: number, count: number): Leaf {
  integer(0, count - 1)(index, `${section} number`);
  const wide = sectionLayouts[checkSection(section, "section")] === null ? 1 : rowRecords;
  const place = Math.floor(index / wide);
  return {
    place,
    leaves: Math.ceil(count / wide),
    start: place * wide,
    end: Math.min(count, (place + 1) * wide),
  };
}
