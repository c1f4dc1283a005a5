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
  type StoredSection,
  sectionLayouts,
  sectionNames,
  storedSections,
} from "../../ledger/format/sections.js";
import { amountTick, carriers, formatTicks, microTick } from "../../units.js";
import { fieldWord, sectionWords, totalWord } from "../blockwords.js";
import { t } from "../say.js";
import { carrierNames } from "../words.js";

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

const wordOf = (layout: Layout<unknown>, offset: number): string => {
  const name = fieldAt(layout, offset)?.name;
  return name === undefined || name === null ? t`reserved bytes` : fieldWord(name);
};

function nameInHeader(offset: number): string {
  if (offset < descriptorsAt) return t`header, ${wordOf(headerLayout, offset)}`;
  const inside = offset < totalsAt ? offset - descriptorsAt : offset - totalsAt;
  if (offset < totalsAt) {
    const section = sectionNames[Math.floor(inside / descriptorLayout.bytes)]!;
    const word = wordOf(descriptorLayout, inside % descriptorLayout.bytes);
    return t`header, ${word} of the ${sectionWords[section]}`;
  }
  const carrier = carriers[Math.floor(inside / totalsLayout.bytes)]!;
  const total = fieldAt(totalsLayout, inside % totalsLayout.bytes)?.name ?? "";
  return t`header, total of ${carrierNames[carrier]}, ${totalWord(total)}`;
}

/** A byte of a block: the section it lies in and where in it; null in the header. */
function inSection(block: Block, offset: number): { name: StoredSection; inside: number } | null {
  for (const name of storedSections) {
    const inside = offset - sectionStart(block, name);
    if (inside >= 0 && inside < block.header.sections[name].bytes) return { name, inside };
  }
  return null;
}

/** A field of the record at a place of a section. */
function recordWord(section: StoredSection, place: number, field: string): string {
  switch (section) {
    case "orders":
      return t`order ${place}, ${field}`;
    case "trades":
      return t`trade ${place}, ${field}`;
    case "flows":
      return t`flow ${place}, ${field}`;
    case "readings":
      return t`reading ${place}, ${field}`;
    case "postings":
      return t`payment ${place}, ${field}`;
    default:
      return t`${sectionWords[section]}, record ${place}, ${field}`;
  }
}

/** What stands at a byte of a block, in words: `trade 3, price for the buyer`. */
export function nameOfByte(block: Block, offset: number): string {
  if (offset < headerBytes) return nameInHeader(offset);
  const found = inSection(block, offset);
  if (found === null) return t`byte ${offset}`;
  const { name, inside } = found;
  const layout = sectionLayouts[name] as Layout<unknown> | null;
  if (layout === null) return t`${sectionWords[name]}, byte ${inside}`;
  const index = Math.floor(inside / layout.bytes);
  return recordWord(name, index + 1, wordOf(layout, inside % layout.bytes));
}

/** Fields that hold energy, prices and money, as the page shows them: exact decimals with their unit. */
const units: Readonly<Record<string, (value: number | bigint) => string>> = {
  quantity: (value) => `${formatTicks(value, microTick)} kWh`,
  lost: (value) => `${formatTicks(value, microTick)} kWh`,
  in: (value) => `${formatTicks(value, microTick)} kWh`,
  out: (value) => `${formatTicks(value, microTick)} kWh`,
  price: (value) => t`${formatTicks(value, microTick)} per kWh`,
  supplyPrice: (value) => t`${formatTicks(value, microTick)} per kWh`,
  usePrice: (value) => t`${formatTicks(value, microTick)} per kWh`,
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
