import { fail } from "../errors.js";
import { type Carrier, carriers } from "../units.js";

/** "No order", "the platform": the u32 that names nothing. */
export const none = 0xffff_ffff;

/** Sides of an order; the code is the index. */
export const sides: readonly ["offer", "bid"] = ["offer", "bid"];
/** Kinds of trade; the code is the index + 1. */
export const tradeKinds: readonly ["peer", "pool", "storage"] = ["peer", "pool", "storage"];
/** Kinds of flow; the code is the index + 1. */
export const flowKinds: readonly [
  "pooled",
  "charged",
  "discharged",
  "exported",
  "curtailed",
  "imported",
  "interrupted",
  "selfDischarged",
  "feederLoss",
  "feederCurtailed",
  "converted",
  "unserved",
  "idle",
] = [
  "pooled",
  "charged",
  "discharged",
  "exported",
  "curtailed",
  "imported",
  "interrupted",
  "selfDischarged",
  "feederLoss",
  "feederCurtailed",
  "converted",
  "unserved",
  "idle",
];
/** Kinds of posting; the code is the index + 1. */
export const postingKinds: readonly [
  "deposit",
  "withdrawal",
  "energy",
  "supplyFee",
  "useFee",
  "poolPurchase",
  "poolSale",
  "storage",
  "export",
  "import",
  "interruption",
  "imbalance",
  "correction",
  "default",
] = [
  "deposit",
  "withdrawal",
  "energy",
  "supplyFee",
  "useFee",
  "poolPurchase",
  "poolSale",
  "storage",
  "export",
  "import",
  "interruption",
  "imbalance",
  "correction",
  "default",
];
/** Kinds of state; the code is the index + 1. */
export const stateKinds: readonly ["balance", "charge", "collateral"] = ["balance", "charge", "collateral"];

/** Flags of a reading. */
export const readingEstimated = 1;
export const readingCorrection = 2;

/** One order as it was taken: its number is its place in the section. */
export interface OrderRecord {
  readonly participant: number;
  readonly carrier: Carrier;
  readonly side: (typeof sides)[number];
  /** Quantity ticks; 0 withdraws what the participant had in this carrier. */
  readonly quantity: number;
  /** Price ticks. */
  readonly price: number;
}

/** One trade, in order of execution within its carrier and class (peer, or pool and storage lots together). */
export interface TradeRecord {
  readonly kind: (typeof tradeKinds)[number];
  readonly carrier: Carrier;
  /** Order number of the offer; the device number for a storage lot. */
  readonly offer: number;
  /** Order number of the bid. */
  readonly bid: number;
  readonly quantity: number;
  readonly price: number;
  /** Place in the order of execution within carrier and class. */
  readonly position: number;
  /** Amount ticks. */
  readonly supplyFee: bigint;
  readonly useFee: bigint;
}

/** Energy that moved, or did not, other than by a trade. */
export interface FlowRecord {
  readonly kind: (typeof flowKinds)[number];
  readonly carrier: Carrier;
  /** Participant or device number; {@link none}: the platform. */
  readonly party: number;
  /** Order number, or {@link none}. */
  readonly order: number;
  readonly quantity: number;
  readonly lost: number;
  readonly price: number;
  /** Amount ticks, signed. */
  readonly amount: bigint;
  /** By kind, such as the state of charge after. */
  readonly extra: bigint;
}

/** What a two-way meter said of one participant, carrier and period. */
export interface ReadingRecord {
  readonly participant: number;
  readonly carrier: Carrier;
  /** {@link readingEstimated} | {@link readingCorrection}. */
  readonly flags: number;
  readonly version: number;
  readonly period: number;
  /** Quantity ticks drawn and fed in. */
  readonly in: number;
  readonly out: number;
}

/** One posting of double entry: `amount` from nothing to nothing, but from `credit` to `debit`. */
export interface PostingRecord {
  readonly kind: (typeof postingKinds)[number];
  /** null: of no carrier, as a deposit. */
  readonly carrier: Carrier | null;
  readonly debit: number;
  readonly credit: number;
  /** Index of the trade, flow or reading that caused it, or {@link none}. */
  readonly reference: number;
  /** Amount ticks, not negative. */
  readonly amount: bigint;
  /** The period it belongs to: an earlier one for settlements. */
  readonly period: number;
}

/** One entry of the state after a block, of which the block holds the root only. */
export interface StateRecord {
  readonly kind: (typeof stateKinds)[number];
  readonly number: number;
  readonly value: bigint;
  readonly extra: bigint;
}

type Scalar = "u8" | "u16" | "u32" | "i32" | "u53" | "u64" | "i64" | "i128";
/** A byte that stands for a name: `names[code - first]`; {@link noCode} for null where `nullable`. */
interface Codes {
  readonly names: readonly string[];
  readonly first: number;
  readonly nullable?: boolean;
}
const noCode = 0xff;

/** One field of a record: where it lies and what may stand there. */
export interface Field {
  /** null: reserved, every byte zero. */
  readonly name: string | null;
  readonly offset: number;
  readonly bytes: number;
  readonly scalar: Scalar | null;
  readonly codes: Codes | null;
  /** Largest value where that is below the scalar's. */
  readonly max: number | null;
}

/** The layout of one kind of record: fixed size, little-endian, fields end to end. */
export interface Layout<T> {
  readonly name: string;
  /** Bytes of one record; at most 54, so that a leaf is one SHA-256 block. */
  readonly bytes: number;
  readonly fields: readonly Field[];
  /** Never there; it ties the layout to the type of its objects. */
  readonly record?: T;
}

const scalarBytes: Record<Scalar, number> = {
  u8: 1,
  u16: 2,
  u32: 4,
  i32: 4,
  u53: 8,
  u64: 8,
  i64: 8,
  i128: 16,
};
type Cell<T> = readonly [(keyof T & string) | null, Scalar | number | Codes, number?];

/** Lays the cells end to end: a name and a scalar, a name and codes, or null and a number of reserved bytes. */
function layout<T>(name: string, cells: readonly Cell<T>[]): Layout<T> {
  let offset = 0;
  const fields = cells.map(([cell, type, max]): Field => {
    const scalar = typeof type === "string" ? type : null;
    const codes = typeof type === "object" ? type : null;
    const bytes = scalar !== null ? scalarBytes[scalar] : typeof type === "number" ? type : 1;
    const field = { name: cell, offset, bytes, scalar, codes, max: max ?? null };
    offset += bytes;
    return field;
  });
  return { name, bytes: offset, fields };
}

const carrierCode: Codes = { names: carriers, first: 0 };

/** Orders: 16 bytes. */
export const orderLayout: Layout<OrderRecord> = /* @__PURE__ */ layout("orders", [
  ["participant", "u32"],
  ["carrier", carrierCode],
  ["side", { names: sides, first: 0 }],
  [null, 2],
  ["quantity", "u32"],
  ["price", "i32"],
]);
/** Trades: 40 bytes. */
export const tradeLayout: Layout<TradeRecord> = /* @__PURE__ */ layout("trades", [
  ["kind", { names: tradeKinds, first: 1 }],
  ["carrier", carrierCode],
  [null, 2],
  ["offer", "u32"],
  ["bid", "u32"],
  ["quantity", "u32"],
  ["price", "i32"],
  ["position", "u32"],
  ["supplyFee", "i64"],
  ["useFee", "i64"],
]);
/** Flows: 40 bytes. */
export const flowLayout: Layout<FlowRecord> = /* @__PURE__ */ layout("flows", [
  ["kind", { names: flowKinds, first: 1 }],
  ["carrier", carrierCode],
  [null, 2],
  ["party", "u32"],
  ["order", "u32"],
  ["quantity", "u32"],
  ["lost", "u32"],
  ["price", "i32"],
  ["amount", "i64"],
  ["extra", "u64"],
]);
/** Readings: 32 bytes. */
export const readingLayout: Layout<ReadingRecord> = /* @__PURE__ */ layout("readings", [
  ["participant", "u32"],
  ["carrier", carrierCode],
  ["flags", "u8", readingEstimated | readingCorrection],
  ["version", "u16"],
  ["period", "u53"],
  ["in", "u32"],
  ["out", "u32"],
  [null, 8],
]);
/** Postings: 32 bytes. */
export const postingLayout: Layout<PostingRecord> = /* @__PURE__ */ layout("postings", [
  ["kind", { names: postingKinds, first: 1 }],
  ["carrier", { ...carrierCode, nullable: true }],
  [null, 2],
  ["debit", "u32"],
  ["credit", "u32"],
  ["reference", "u32"],
  ["amount", "u64"],
  ["period", "u53"],
]);
/** State: 32 bytes. */
export const stateLayout: Layout<StateRecord> = /* @__PURE__ */ layout("state", [
  ["kind", { names: stateKinds, first: 1 }],
  [null, 3],
  ["number", "u32"],
  ["value", "i128"],
  ["extra", "u64"],
]);

const scalarRange: Record<Scalar, readonly [bigint, bigint]> = {
  u8: [0n, 0xffn],
  u16: [0n, 0xffffn],
  u32: [0n, 0xffff_ffffn],
  i32: [-0x8000_0000n, 0x7fff_ffffn],
  u53: [0n, 0x1f_ffff_ffff_ffffn],
  u64: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  i128: [-(2n ** 127n), 2n ** 127n - 1n],
};
const isBig = (scalar: Scalar): boolean => scalar === "u64" || scalar === "i64" || scalar === "i128";

/** What stands in a field for `value`, refused with the field's path unless it fits exactly. */
function check(field: Field, value: unknown, path: string): bigint | number {
  if (field.codes !== null) {
    const { names, first, nullable } = field.codes;
    if (nullable && value === null) return noCode;
    const index = typeof value === "string" ? names.indexOf(value) : -1;
    return index >= 0 ? first + index : fail("invalid", path, `one of ${names.join(", ")}`, value);
  }
  const scalar = field.scalar!;
  const [low, high] = scalarRange[scalar];
  const top = field.max === null ? high : BigInt(field.max);
  if (isBig(scalar)) {
    if (typeof value !== "bigint" || value < low || value > top)
      return fail("invalid", path, `a bigint from ${low} to ${top}`, value);
    return value;
  }
  if (
    !Number.isInteger(value) ||
    Object.is(value, -0) ||
    (value as number) < Number(low) ||
    (value as number) > Number(top)
  )
    return fail("invalid", path, `a whole number from ${low} to ${top}`, value);
  return value as number;
}

function write(view: DataView, at: number, field: Field, value: bigint | number): void {
  switch (field.scalar) {
    case "u16":
      return view.setUint16(at, value as number, true);
    case "u32":
      return view.setUint32(at, value as number, true);
    case "i32":
      return view.setInt32(at, value as number, true);
    case "u53":
      return view.setBigUint64(at, BigInt(value), true);
    case "u64":
      return view.setBigUint64(at, value as bigint, true);
    case "i64":
      return view.setBigInt64(at, value as bigint, true);
    case "i128":
      view.setBigUint64(at, BigInt.asUintN(64, value as bigint), true);
      return view.setBigInt64(at + 8, (value as bigint) >> 64n, true);
    default:
      return view.setUint8(at, value as number);
  }
}

function read(view: DataView, at: number, field: Field): unknown {
  if (field.codes !== null) {
    const code = view.getUint8(at);
    return code === noCode ? null : field.codes.names[code - field.codes.first];
  }
  switch (field.scalar) {
    case "u16":
      return view.getUint16(at, true);
    case "u32":
      return view.getUint32(at, true);
    case "i32":
      return view.getInt32(at, true);
    case "u53":
      return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
    case "u64":
      return view.getBigUint64(at, true);
    case "i64":
      return view.getBigInt64(at, true);
    case "i128":
      return view.getBigUint64(at, true) + (view.getBigInt64(at + 8, true) << 64n);
    default:
      return view.getUint8(at);
  }
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Number of records in `bytes`. Throws `corrupt` when they are not whole records. */
export function recordCount(layout: Layout<unknown>, bytes: Uint8Array): number {
  if (bytes.length % layout.bytes !== 0)
    return fail("corrupt", layout.name, `a multiple of ${layout.bytes} bytes`, bytes.length);
  return bytes.length / layout.bytes;
}

/** Writes one record at `at`; `path` names it in errors. Throws `invalid` unless every field is there and fits exactly. */
export function writeRecord<T>(
  layout: Layout<T>,
  view: DataView,
  at: number,
  record: T,
  path: string = layout.name,
): void {
  for (const field of layout.fields) {
    if (field.name === null) {
      for (let byte = 0; byte < field.bytes; byte += 1) view.setUint8(at + field.offset + byte, 0);
    } else {
      const value = (record as Record<string, unknown>)[field.name];
      write(view, at + field.offset, field, check(field, value, `${path}.${field.name}`));
    }
  }
}

/** Records to bytes, end to end. Throws `invalid` naming record and field. */
export function encodeRecords<T>(layout: Layout<T>, records: readonly T[]): Uint8Array {
  const bytes = new Uint8Array(records.length * layout.bytes);
  const view = viewOf(bytes);
  records.forEach((record, index) => {
    writeRecord(layout, view, index * layout.bytes, record, `${layout.name}[${index}]`);
  });
  return bytes;
}

/** Throws `corrupt` unless `bytes` are whole records with zeros where reserved and every code and number in its range. */
export function checkRecords(layout: Layout<unknown>, bytes: Uint8Array): void {
  const count = recordCount(layout, bytes);
  const view = viewOf(bytes);
  for (const field of layout.fields) {
    const { name, offset, codes, scalar, max } = field;
    const last = bytes.length - layout.bytes + offset;
    if (name === null) {
      for (let at = offset; at <= last; at += layout.bytes)
        for (let byte = at; byte < at + field.bytes; byte += 1)
          if (bytes[byte] !== 0)
            fail(
              "corrupt",
              `${layout.name}[${Math.floor(at / layout.bytes)}]`,
              "zeros where reserved",
              bytes[byte],
            );
    } else if (codes !== null) {
      const end = codes.first + codes.names.length;
      for (let at = offset; at <= last; at += layout.bytes) {
        const code = bytes[at]!;
        if ((code < codes.first || code >= end) && !(codes.nullable && code === noCode))
          fail(
            "corrupt",
            `${layout.name}[${Math.floor(at / layout.bytes)}].${name}`,
            `a code from ${codes.first} to ${end - 1}`,
            code,
          );
      }
    } else if (scalar === "u53" || max !== null) {
      const top = max ?? Number.MAX_SAFE_INTEGER;
      for (let at = offset; at <= last; at += layout.bytes)
        if ((read(view, at, field) as number) > top)
          fail(
            "corrupt",
            `${layout.name}[${Math.floor(at / layout.bytes)}].${name}`,
            `at most ${top}`,
            read(view, at, field),
          );
    }
  }
  if (count > none) fail("limit", layout.name, `at most ${none} records`, count);
}

/** One record of checked bytes ({@link checkRecords}) as an object. Throws `invalid` when there is none at `index`. */
export function readRecord<T>(layout: Layout<T>, bytes: Uint8Array, index: number): T {
  const count = recordCount(layout, bytes);
  if (!Number.isInteger(index) || index < 0 || index >= count)
    return fail("invalid", `${layout.name} index`, `0 to ${count - 1}`, index);
  const view = viewOf(bytes);
  const record: Record<string, unknown> = {};
  for (const field of layout.fields)
    if (field.name !== null) record[field.name] = read(view, index * layout.bytes + field.offset, field);
  return record as T;
}

/** Bytes to records; strict: throws `corrupt` as {@link checkRecords} does. */
export function decodeRecords<T>(layout: Layout<T>, bytes: Uint8Array): T[] {
  checkRecords(layout, bytes);
  return Array.from({ length: recordCount(layout, bytes) }, (_, index) => readRecord(layout, bytes, index));
}

/** A column of numbers of checked bytes: codes as they stand, u32 and i32 as they are; for code that must be fast. */
export function readColumn<T, A extends Uint8Array | Uint32Array | Int32Array>(
  layout: Layout<T>,
  bytes: Uint8Array,
  name: keyof T & string,
  into: A,
): A {
  const count = recordCount(layout, bytes);
  const field = layout.fields.find((candidate) => candidate.name === name);
  if (field === undefined || field.bytes > 4)
    return fail("invalid", "column", "a field of at most 4 bytes", name);
  if (into.length < count) return fail("invalid", "into", `room for ${count}`, into.length);
  const view = viewOf(bytes);
  const raw = { ...field, codes: null };
  for (let index = 0, at = field.offset; index < count; index += 1, at += layout.bytes)
    into[index] = read(view, at, raw) as number;
  return into;
}

/** Records being written one by one into bytes that grow as needed. */
export class RecordWriter<T> {
  readonly layout: Layout<T>;
  #bytes: Uint8Array;
  #view: DataView;
  #count = 0;

  constructor(layout: Layout<T>, capacity: number = 64) {
    this.layout = layout;
    this.#bytes = new Uint8Array(capacity * layout.bytes);
    this.#view = viewOf(this.#bytes);
  }

  /** Number of records so far. */
  get count(): number {
    return this.#count;
  }

  /** Appends a record and returns its index. Throws `invalid` and leaves nothing behind when a field does not fit. */
  push(record: T): number {
    const at = this.#count * this.layout.bytes;
    if (at + this.layout.bytes > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, 16 * this.layout.bytes));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = viewOf(grown);
    }
    writeRecord(this.layout, this.#view, at, record, `${this.layout.name}[${this.#count}]`);
    this.#count += 1;
    return this.#count - 1;
  }

  /** The records so far, end to end: a view, valid until the next push. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#count * this.layout.bytes);
  }
}
