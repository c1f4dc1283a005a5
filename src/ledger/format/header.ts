import { concat } from "../../bytes.js";
import { fail } from "../../errors.js";
import { type Carrier, carriers } from "../../units.js";
import { type Hasher, hashBytes } from "../tree/hasher.js";

/** Version of the format written; every version ever written is read for ever (docs/ledger-format.md). */
export const formatVersion = 1;
/** Flag of a market whose orders, readings and contracts carry signatures. */
export const signedMarket = 1;

/** The sections of a block, in order. `state` is a root only. */
export const sectionNames: readonly [
  "contracts",
  "orders",
  "evidence",
  "trades",
  "flows",
  "readings",
  "postings",
  "state",
] = ["contracts", "orders", "evidence", "trades", "flows", "readings", "postings", "state"];
/** One section of a block. */
export type SectionName = (typeof sectionNames)[number];

/** Bytes of one record by section; 0: variable, each item behind its length as a u32. */
export const sectionRecordBytes: Readonly<Record<SectionName, number>> = {
  contracts: 0,
  orders: 16,
  evidence: 0,
  trades: 40,
  flows: 40,
  readings: 32,
  postings: 32,
  state: 32,
};

/** What a header adds up per carrier, in order; quantity ticks. */
export const totalNames: readonly [
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
] = [
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
];
/** Totals of one carrier in quantity ticks, each 0 … 2⁶⁴−1. */
export type Totals = Readonly<Record<(typeof totalNames)[number], bigint>>;

/** What a header says of a section. */
export interface SectionDescriptor {
  /** Number of records or items. */
  readonly count: number;
  /** Length in the block; 0 for `state`. */
  readonly bytes: number;
  /** RFC 6962 root over its records or items; SHA-256 of nothing when there are none. */
  readonly root: Uint8Array;
}

/** The header of a block: everything that its hash covers. */
export interface Header {
  readonly version: number;
  readonly flags: number;
  /** SHA-256("gridclear market v1\0" ‖ canonical JSON of the market contract). */
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
  /** Root over the contracts in force. */
  readonly rules: Uint8Array;
  readonly sections: Readonly<Record<SectionName, SectionDescriptor>>;
  readonly totals: Readonly<Record<Carrier, Totals>>;
}

// magic 0 | version 4 | flags 6 | market 8 | height 40 | period 48 | timestamp 56 | previous 64 | history 96 | rules 128
// | sections 160 (8 × 40) | totals 480 (4 × 12 × 8) | end 864
const at = {
  version: 4,
  flags: 6,
  market: 8,
  height: 40,
  period: 48,
  timestamp: 56,
  previous: 64,
  history: 96,
  rules: 128,
  sections: 160,
  totals: 480,
} as const;
const descriptorBytes = 40;
/** Bytes of a header. */
export const headerBytes = 864;
/** Largest section and largest block, in bytes. */
export const maxSectionBytes = 0x3fff_ffff;
export const maxBlockBytes = 0x7fff_ffff;
/** Longest item of a section with items of variable length, and most of them: millions of empty ones would cost far more than their bytes. */
export const maxItemBytes = 0xff_ffff;
export const maxItems = 0x40_0000;
const magic = [0x47, 0x43, 0x4c, 0x42]; // "GCLB"
const knownFlags = signedMarket;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function wholeNumber(value: unknown, top: number, path: string): number {
  if (
    !Number.isSafeInteger(value) ||
    Object.is(value, -0) ||
    (value as number) < 0 ||
    (value as number) > top
  )
    return fail("invalid", path, `a whole number from 0 to ${top}`, value);
  return value as number;
}

/** Header to its 864 bytes. Throws `invalid` naming the field that does not fit. */
export function encodeHeader(header: Header): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = viewOf(bytes);
  const hash = (value: Uint8Array, offset: number, path: string): void => {
    if (!(value instanceof Uint8Array) || value.length !== hashBytes)
      fail("invalid", path, `${hashBytes} bytes`, value);
    bytes.set(value, offset);
  };
  const u53 = (value: number, offset: number, path: string): void =>
    view.setBigUint64(offset, BigInt(wholeNumber(value, Number.MAX_SAFE_INTEGER, path)), true);
  if (header.version !== formatVersion)
    fail("unsupported", "header.version", `${formatVersion}`, header.version);
  bytes.set(magic);
  view.setUint16(at.version, header.version, true);
  view.setUint16(at.flags, wholeNumber(header.flags, knownFlags, "header.flags"), true);
  hash(header.marketId, at.market, "header.marketId");
  u53(header.height, at.height, "header.height");
  u53(header.period, at.period, "header.period");
  u53(header.timestampMs, at.timestamp, "header.timestampMs");
  hash(header.previous, at.previous, "header.previous");
  hash(header.history, at.history, "header.history");
  hash(header.rules, at.rules, "header.rules");
  for (const [index, name] of sectionNames.entries()) {
    const { count, bytes: length, root } = header.sections[name];
    const offset = at.sections + index * descriptorBytes;
    checkDescriptor(name, count, length, "invalid");
    view.setUint32(offset, count, true);
    view.setUint32(offset + 4, length, true);
    hash(root, offset + 8, `header.sections.${name}.root`);
  }
  let offset = at.totals;
  for (const carrier of carriers)
    for (const name of totalNames) {
      const value = header.totals[carrier][name];
      if (typeof value !== "bigint" || value < 0n || value >= 1n << 64n)
        fail("invalid", `header.totals.${carrier}.${name}`, "a bigint from 0 to 2^64-1", value);
      view.setBigUint64(offset, value, true);
      offset += 8;
    }
  return bytes;
}

/** Throws unless count and length of a section can belong together. */
function checkDescriptor(name: SectionName, count: number, bytes: number, code: "invalid" | "corrupt"): void {
  const path = `header.sections.${name}`;
  const size = sectionRecordBytes[name];
  if (!Number.isInteger(count) || count < 0 || count > 0xffff_fffe)
    fail(code, `${path}.count`, "a whole number below 2^32-1", count);
  if (!Number.isInteger(bytes) || bytes < 0 || bytes > maxSectionBytes)
    fail(code, `${path}.bytes`, `at most ${maxSectionBytes}`, bytes);
  if (size === 0 && count > maxItems) fail(code, `${path}.count`, `at most ${maxItems}`, count);
  if (name === "state") {
    if (bytes !== 0) fail(code, `${path}.bytes`, "0: the state is not stored", bytes);
  } else if (size === 0 ? bytes < 4 * count || (count === 0 && bytes > 0) : bytes !== size * count)
    fail(code, `${path}.bytes`, size === 0 ? `at least ${4 * count}, 0 for none` : `${size * count}`, bytes);
}

/**
 * Reads a header from the first 864 bytes of `bytes`; hashes in it are copies. Strict: throws `corrupt` naming the
 * field that no header can have, `unsupported` for a version that this build does not know.
 */
export function decodeHeader(bytes: Uint8Array): Header {
  if (bytes.length < headerBytes) return fail("corrupt", "header", `${headerBytes} bytes`, bytes.length);
  if (magic.some((byte, index) => bytes[index] !== byte))
    return fail("corrupt", "header.magic", '"GCLB"', bytes.subarray(0, 4).join(" "));
  const view = viewOf(bytes);
  const version = view.getUint16(at.version, true);
  if (version !== formatVersion) return fail("unsupported", "header.version", `${formatVersion}`, version);
  const flags = view.getUint16(at.flags, true);
  if (flags > knownFlags) return fail("corrupt", "header.flags", `at most ${knownFlags}`, flags);
  const hash = (offset: number): Uint8Array => new Uint8Array(bytes.subarray(offset, offset + hashBytes));
  const u53 = (offset: number, path: string): number => {
    const value = view.getBigUint64(offset, true);
    return value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : fail("corrupt", path, "at most 2^53-1", value);
  };
  const section = (name: SectionName): SectionDescriptor => {
    const offset = at.sections + sectionNames.indexOf(name) * descriptorBytes;
    const count = view.getUint32(offset, true);
    const length = view.getUint32(offset + 4, true);
    checkDescriptor(name, count, length, "corrupt");
    return { count, bytes: length, root: hash(offset + 8) };
  };
  const totals = (carrier: Carrier): Totals => {
    const offset = at.totals + carriers.indexOf(carrier) * totalNames.length * 8;
    const entries = totalNames.map((name, index) => [name, view.getBigUint64(offset + index * 8, true)]);
    return Object.fromEntries(entries) as Totals;
  };
  return {
    version,
    flags,
    marketId: hash(at.market),
    height: u53(at.height, "header.height"),
    period: u53(at.period, "header.period"),
    timestampMs: u53(at.timestamp, "header.timestampMs"),
    previous: hash(at.previous),
    history: hash(at.history),
    rules: hash(at.rules),
    sections: Object.fromEntries(sectionNames.map((name) => [name, section(name)])) as Header["sections"],
    totals: Object.fromEntries(carriers.map((carrier) => [carrier, totals(carrier)])) as Header["totals"],
  };
}

const tagged = (hasher: Hasher, tag: string, bytes: Uint8Array): Uint8Array =>
  hasher.sha256(concat(new TextEncoder().encode(tag), bytes));

/** Hash of a block, from the 864 bytes of its header: SHA-256("gridclear block v1\0" ‖ header). */
export function blockHash(hasher: Hasher, header: Uint8Array): Uint8Array {
  if (header.length !== headerBytes) return fail("invalid", "header", `${headerBytes} bytes`, header.length);
  return tagged(hasher, "gridclear block v1\0", header);
}

/** Id of a market, from the canonical JSON of its contract: SHA-256("gridclear market v1\0" ‖ contract). */
export function marketId(hasher: Hasher, contract: Uint8Array): Uint8Array {
  return tagged(hasher, "gridclear market v1\0", contract);
}

/** Totals of nothing, for headers of empty periods. */
export function emptyTotals(): Record<Carrier, Record<(typeof totalNames)[number], bigint>> {
  const zero = () => Object.fromEntries(totalNames.map((name) => [name, 0n]));
  return Object.fromEntries(carriers.map((carrier) => [carrier, zero()])) as ReturnType<typeof emptyTotals>;
}
