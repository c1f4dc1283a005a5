/**
 * The header of a block: all that its hash covers, and with the roots in it the whole block. Its fields, a descriptor
 * for each section and the totals of each carrier are three layouts, one behind the other.
 */
import { concat, toUtf8, viewOf, wantBytes } from "../../bytes.js";
import { needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { type Carrier, carriers } from "../../units.js";
import { checkHasher, type Hasher } from "../tree/hasher.js";
import { checkRecords, type Layout, layout, readRecord, writeRecord } from "./layout.js";
import { isStateSection, type SectionName, sectionLayouts, sectionNames } from "./sections.js";

/** Version of the format written; every version ever written is read for ever (docs/ledger-format.md). */
export const formatVersion = 2;
/** Flag of a market whose orders, readings and contracts carry signatures. */
export const signedMarket = 1;
/** Flag of a market whose records go under their roots by salted hashes, and whose blocks have a secret beside them. */
export const privateMarket = 2;

/** What a header adds up per carrier, in order; quantity ticks. */
export const totalNames = [
  "offered",
  "asked",
  "traded",
  "pooled",
  "sold",
  "charged",
  "discharged",
  "exported",
  "imported",
  "interrupted",
  "unserved",
  "lost",
] as const;
/** Totals of one carrier in quantity ticks, each 0 … 2⁶⁴−1. */
export type Totals = Readonly<Record<(typeof totalNames)[number], bigint>>;

/** What a header says of a section. */
export interface SectionDescriptor {
  /** Number of records or items. */
  readonly count: number;
  /** Length in the block; 0 for what is carried over. */
  readonly bytes: number;
  /** RFC 6962 root over its records or items; SHA-256 of nothing when there are none. */
  readonly root: Uint8Array;
}

/** What a header says of a section that it does not hold. */
export type Rooted = Pick<SectionDescriptor, "count" | "root">;

/** The header of a block: everything that its hash covers. */
export interface Header {
  readonly version: number;
  readonly flags: number;
  /** SHA-256("gridclear market v2\0" ‖ canonical JSON of the market contract). */
  readonly marketId: Uint8Array;
  readonly height: number;
  /** The period sealed: that of genesis plus the height. */
  readonly period: number;
  /** Milliseconds since 1970-01-01T00:00Z; never below the previous block's. */
  readonly timestampMs: number;
  /** Hash of the previous block; zeros at genesis. */
  readonly previous: Uint8Array;
  /** RFC 6962 root over the hashes of the blocks below this height. */
  readonly history: Uint8Array;
  readonly sections: Readonly<Record<SectionName, SectionDescriptor>>;
  readonly totals: Readonly<Record<Carrier, Totals>>;
}

/** The fields that stand before the descriptors, and the magic number before them. */
type HeaderFields = Omit<Header, "sections" | "totals"> & { readonly magic: number };

/** "GCLB" as a little-endian u32. */
const magic = 0x424c_4347;
const knownFlags: number = signedMarket | privateMarket;

/** The first fields of a header, from its beginning. */
export const headerLayout: Layout<HeaderFields> = /* @__PURE__ */ layout("header", [
  ["magic", "u32"],
  ["version", "u16"],
  ["flags", "u16", knownFlags],
  ["marketId", "hash"],
  ["height", "u53"],
  ["period", "u53"],
  ["timestampMs", "u53"],
  ["previous", "hash"],
  ["history", "hash"],
]);
/** One of the descriptors, which stand behind the fields in the order of {@link sectionNames}. */
export const descriptorLayout: Layout<SectionDescriptor> = /* @__PURE__ */ layout("sections", [
  ["count", "u32"],
  ["bytes", "u32"],
  ["root", "hash"],
]);
/** The totals of one carrier, which stand behind the descriptors in the order of the carriers. */
export const totalsLayout: Layout<Totals> = /* @__PURE__ */ layout(
  "totals",
  totalNames.map((name) => [name, "u64"] as const),
);
/** Where the descriptors and the totals begin in a header, in bytes. */
export const descriptorsAt: number = headerLayout.bytes;
export const totalsAt: number = descriptorsAt + sectionNames.length * descriptorLayout.bytes;
/** Bytes of a header: 992. */
export const headerBytes: number = totalsAt + carriers.length * totalsLayout.bytes;

/** Largest section and largest block, in bytes. */
export const maxSectionBytes = 0x3fff_ffff;
export const maxBlockBytes = 0x7fff_ffff;
/**
 * Longest item of a section with items of variable length, and most of them: millions of empty ones would cost far more
 * than their bytes.
 */
export const maxItemBytes = 0xff_ffff;
export const maxItems = 0x40_0000;

/** Header to its bytes. Throws `invalid` naming the field that does not fit. */
export function encodeHeader(header: Header): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = viewOf(bytes);
  needObject(header, "header");
  if (header.version !== formatVersion)
    fail("unsupported", "header.version", `${formatVersion}`, header.version);
  writeRecord(headerLayout, view, 0, { ...header, magic });
  for (const [code, name] of sectionNames.entries()) {
    const path = `header.sections.${name}`;
    writeRecord(
      descriptorLayout,
      view,
      descriptorsAt + code * descriptorLayout.bytes,
      header.sections[name],
      path,
    );
    checkDescriptor(name, header.sections[name], "invalid");
  }
  for (const [code, carrier] of carriers.entries()) {
    const path = `header.totals.${carrier}`;
    writeRecord(totalsLayout, view, totalsAt + code * totalsLayout.bytes, header.totals[carrier], path);
  }
  return bytes;
}

/** Throws unless count and length of a section can belong together. */
function checkDescriptor(
  name: SectionName,
  { count, bytes }: SectionDescriptor,
  code: "invalid" | "corrupt",
): void {
  const path = `header.sections.${name}`;
  const size = sectionLayouts[name]?.bytes ?? null;
  if (count > 0xffff_fffe) fail(code, `${path}.count`, "a whole number below 2^32-1", count);
  if (bytes > maxSectionBytes) fail(code, `${path}.bytes`, `at most ${maxSectionBytes}`, bytes);
  if (size === null && count > maxItems) fail(code, `${path}.count`, `at most ${maxItems}`, count);
  if (isStateSection(name)) {
    if (bytes !== 0) fail(code, `${path}.bytes`, "0: what is carried over is not stored", bytes);
  } else if (size === null) {
    if (bytes < 4 * count || (count === 0 && bytes > 0))
      fail(code, `${path}.bytes`, `at least ${4 * count}, 0 for none`, bytes);
  } else if (bytes !== size * count) fail(code, `${path}.bytes`, `${size * count}`, bytes);
}

/**
 * Reads a header from the first {@link headerBytes} of `bytes`; hashes in it are copies. Strict: throws `corrupt`
 * naming the field that no header can have, `unsupported` for a version that this build does not know.
 */
export function decodeHeader(bytes: Uint8Array): Header {
  if (wantBytes(bytes, "header").length < headerBytes)
    return fail("corrupt", "header", `${headerBytes} bytes`, bytes.length);
  const head = bytes.subarray(0, headerLayout.bytes);
  const { magic: found, ...fields } = readRecord(headerLayout, head, 0);
  if (found !== magic) return fail("corrupt", "header.magic", '"GCLB"', head.subarray(0, 4).join(" "));
  const { version } = fields;
  if (version !== formatVersion) return fail("unsupported", "header.version", `${formatVersion}`, version);
  checkRecords(headerLayout, head, () => "header");
  const descriptors = bytes.subarray(descriptorsAt, totalsAt);
  const totals = bytes.subarray(totalsAt, headerBytes);
  const sections = sectionNames.map((name, code): [SectionName, SectionDescriptor] => {
    const descriptor = readRecord(descriptorLayout, descriptors, code);
    checkDescriptor(name, descriptor, "corrupt");
    return [name, descriptor];
  });
  return {
    ...fields,
    sections: Object.fromEntries(sections) as Header["sections"],
    totals: Object.fromEntries(
      carriers.map((carrier, code) => [carrier, readRecord(totalsLayout, totals, code)]),
    ) as Header["totals"],
  };
}

function tagged(tag: string, bytes: Uint8Array, hasher: Hasher): Uint8Array {
  checkHasher(hasher);
  return hasher.sha256(concat(toUtf8(tag), bytes));
}

/** Hash of a block, from the bytes of its header: SHA-256("gridclear block v2\0" ‖ header). */
export function blockHash(header: Uint8Array, hasher: Hasher): Uint8Array {
  return tagged("gridclear block v2\0", wantBytes(header, "header", headerBytes), hasher);
}

/** Id of a market, from the canonical JSON of its contract: SHA-256("gridclear market v2\0" ‖ contract). */
export function marketId(contract: Uint8Array, hasher: Hasher): Uint8Array {
  return tagged("gridclear market v2\0", wantBytes(contract, "contract"), hasher);
}

/** Totals of nothing, for headers of empty periods. */
export function emptyTotals(): Record<Carrier, Record<(typeof totalNames)[number], bigint>> {
  const zero = () => Object.fromEntries(totalNames.map((name) => [name, 0n]));
  return Object.fromEntries(carriers.map((carrier) => [carrier, zero()])) as ReturnType<typeof emptyTotals>;
}
