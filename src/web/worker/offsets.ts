/** What stands at a byte of a block, in words, told from the layouts of the format. */
import { type Block, decodeBlock } from "../../ledger/format/block.js";
import {
  descriptorLayout,
  descriptorsAt,
  headerBytes,
  headerLayout,
  totalsAt,
  totalsLayout,
} from "../../ledger/format/header.js";
import { type Field, type Layout, readRecord } from "../../ledger/format/layout.js";
import {
  type SectionName,
  type StoredSection,
  sectionLayouts,
  sectionNames,
  storedSections,
} from "../../ledger/format/sections.js";
import { amountTick, carriers, formatTicks, microTick } from "../../units.js";

/** Words for the header's fields; the others are called as they are in the format. */
const headerWords: Readonly<Record<string, string>> = {
  magic: "magic number",
  marketId: "market id",
  timestampMs: "timestamp",
  previous: "previous block’s hash",
  history: "root over the earlier blocks",
  bytes: "length",
};

/** Where the bytes of a section begin in a block. */
export function sectionStart(block: Block, wanted: StoredSection): number {
  let at = headerBytes;
  for (const name of storedSections) {
    if (name === wanted) return at;
    at += block.header.sections[name].bytes;
  }
  return at;
}

/** The field of a record that a byte of it belongs to. */
const fieldAt = (layout: Layout<unknown>, offset: number): Field | undefined =>
  layout.fields.find((field) => offset >= field.offset && offset < field.offset + field.bytes);

/** What the descriptors are about, in words; the others are called as they are in the format. */
const sectionWords: { readonly [name in SectionName]?: string } = {
  rules: "contracts in force",
  lastReadings: "last readings",
};

const wordOf = (layout: Layout<unknown>, offset: number): string => {
  const name = fieldAt(layout, offset)?.name;
  return name === undefined || name === null ? "reserved bytes" : (headerWords[name] ?? name);
};

function nameInHeader(offset: number): string {
  if (offset < descriptorsAt) return `header, ${wordOf(headerLayout, offset)}`;
  const inside = offset < totalsAt ? offset - descriptorsAt : offset - totalsAt;
  if (offset < totalsAt) {
    const section = sectionNames[Math.floor(inside / descriptorLayout.bytes)]!;
    const word = sectionWords[section] ?? section;
    return `header, ${wordOf(descriptorLayout, inside % descriptorLayout.bytes)} of the ${word}`;
  }
  const carrier = carriers[Math.floor(inside / totalsLayout.bytes)];
  return `header, total of ${carrier} ${wordOf(totalsLayout, inside % totalsLayout.bytes)}`;
}

/** A byte of a block: the section it lies in and where in it; null in the header. */
function inSection(block: Block, offset: number): { name: StoredSection; inside: number } | null {
  for (const name of storedSections) {
    const inside = offset - sectionStart(block, name);
    if (inside >= 0 && inside < block.header.sections[name].bytes) return { name, inside };
  }
  return null;
}

/** What stands at a byte of a block, in words: `trade 3, usePrice`. */
export function nameOfByte(block: Block, offset: number): string {
  if (offset < headerBytes) return nameInHeader(offset);
  const found = inSection(block, offset);
  if (found === null) return `byte ${offset}`;
  const { name, inside } = found;
  const layout = sectionLayouts[name] as Layout<unknown> | null;
  if (layout === null) return `${name}, byte ${inside}`;
  const index = Math.floor(inside / layout.bytes);
  return `${name.slice(0, -1)} ${index + 1}, ${wordOf(layout, inside % layout.bytes)}`;
}

/** Fields that hold energy, prices and money, as the page shows them: exact decimals with their unit. */
const units: Readonly<Record<string, (value: number | bigint) => string>> = {
  quantity: (value) => `${formatTicks(value, microTick)} kWh`,
  lost: (value) => `${formatTicks(value, microTick)} kWh`,
  in: (value) => `${formatTicks(value, microTick)} kWh`,
  out: (value) => `${formatTicks(value, microTick)} kWh`,
  price: (value) => `${formatTicks(value, microTick)} per kWh`,
  supplyPrice: (value) => `${formatTicks(value, microTick)} per kWh`,
  usePrice: (value) => `${formatTicks(value, microTick)} per kWh`,
  amount: (value) => formatTicks(value, amountTick(microTick, microTick)),
  supplyFee: (value) => formatTicks(value, amountTick(microTick, microTick)),
  useFee: (value) => formatTicks(value, amountTick(microTick, microTick)),
};

/**
 * The value of the record's field at a byte of a block, as text; empty where there is none. Throws what the decoder
 * throws.
 */
export function valueAtByte(bytes: Uint8Array, offset: number): string {
  const block = decodeBlock(bytes);
  const found = inSection(block, offset);
  const layout = found && (sectionLayouts[found.name] as Layout<unknown> | null);
  if (found === null || layout === null) return "";
  const name = fieldAt(layout, found.inside % layout.bytes)?.name;
  if (name === null || name === undefined) return "";
  const index = Math.floor(found.inside / layout.bytes);
  const record = readRecord(layout, block.sections[found.name], index) as Record<string, unknown>;
  const value = record[name];
  return typeof value === "number" || typeof value === "bigint"
    ? (units[name]?.(value) ?? String(value))
    : String(value);
}
