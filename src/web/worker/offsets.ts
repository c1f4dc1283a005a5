import { type Block, decodeBlock } from "../../ledger/format/block.js";
import { headerBytes } from "../../ledger/format/header.js";
import { type Layout, readRecord } from "../../ledger/format/layout.js";
import {
  flowLayout,
  orderLayout,
  postingLayout,
  readingLayout,
  tradeLayout,
} from "../../ledger/format/records.js";
import { type StoredSection, sectionNames, storedSections } from "../../ledger/format/sections.js";

/** Layouts of the sections whose records have one size. */
export const layouts: Partial<Record<StoredSection, Layout<unknown>>> = {
  orders: orderLayout,
  trades: tradeLayout,
  flows: flowLayout,
  readings: readingLayout,
  postings: postingLayout,
};

// docs/ledger-format.md, "Header": where each field begins.
const headerFields: readonly (readonly [offset: number, name: string])[] = [
  [0, "magic number"],
  [4, "version"],
  [6, "flags"],
  [8, "market id"],
  [40, "height"],
  [48, "period"],
  [56, "timestamp"],
  [64, "previous block’s hash"],
  [96, "root over the earlier blocks"],
  [128, "root over the contracts in force"],
  [160, "sections"],
  [480, "totals"],
];
const descriptorBytes = 40;

/** Where the bytes of a section begin in a block. */
export function sectionStart(block: Block, wanted: StoredSection): number {
  let at = headerBytes;
  for (const name of storedSections) {
    if (name === wanted) return at;
    at += block.header.sections[name].bytes;
  }
  return at;
}

/** What stands at a byte of a block, in words: `trade 3, price`. */
export function nameOfByte(block: Block, offset: number): string {
  if (offset < headerBytes) {
    const [start, name] = headerFields.findLast(([begins]) => begins <= offset)!;
    if (name !== "sections") return `header, ${name}`;
    const inside = offset - start;
    const part = inside % descriptorBytes < 4 ? "count" : inside % descriptorBytes < 8 ? "length" : "root";
    return `header, ${part} of the ${sectionNames[Math.floor(inside / descriptorBytes)]}`;
  }
  for (const name of storedSections) {
    const start = sectionStart(block, name);
    const inside = offset - start;
    if (inside >= block.header.sections[name].bytes) continue;
    const layout = layouts[name];
    if (layout === undefined) return `${name}, byte ${inside}`;
    const index = Math.floor(inside / layout.bytes);
    const place = inside % layout.bytes;
    const field = layout.fields.find((each) => place >= each.offset && place < each.offset + each.bytes);
    return `${name.slice(0, -1)} ${index}, ${field?.name ?? "reserved bytes"}`;
  }
  return `byte ${offset}`;
}

/** The value of the record's field at a byte of a block, as text; empty where there is none. */
export function valueAtByte(bytes: Uint8Array, offset: number): string {
  const block = decodeBlock(bytes);
  for (const name of storedSections) {
    const layout = layouts[name];
    const inside = offset - sectionStart(block, name);
    if (layout === undefined || inside < 0 || inside >= block.header.sections[name].bytes) continue;
    const field = layout.fields.find(
      ({ offset: at, bytes: size }) => inside % layout.bytes >= at && inside % layout.bytes < at + size,
    );
    if (!field?.name) return "";
    const record = readRecord(layout, block.sections[name], Math.floor(inside / layout.bytes)) as Record<
      string,
      unknown
    >;
    return String(record[field.name]);
  }
  return "";
}
