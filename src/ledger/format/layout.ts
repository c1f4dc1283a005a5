/**
 * Records of fixed size, described once: a layout says which field lies where and what may stand in it, and everything
 * that reads, writes or checks such records goes by it. Code that must be fast takes the offsets and codes of a layout
 * by name ({@link offsetsOf}, {@link codesOf}) and reads numbers itself, so that no offset is written as a number
 * anywhere.
 */
import { copyOf, hex, isBytes, viewOf, wantBytes } from "../../bytes.js";
import { needArray, needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { hashBytes } from "../tree/hasher.js";

type Whole = "u8" | "u16" | "u32" | "i32" | "u53" | "u64" | "i64" | "i128";
/** `hash`: 32 bytes as they are. The others are little-endian numbers; `u53` takes eight bytes. */
type Scalar = Whole | "hash";
/** A byte that stands for a name: `names[code - first]`; `noCode` for null where `nullable`. */
export interface Codes {
  readonly names: readonly string[];
  readonly first: number;
  readonly nullable?: boolean;
}
/** The code of null in a field of codes that may be null. */
export const noCode = 0xff;

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
  /** Bytes of one record. */
  readonly bytes: number;
  readonly fields: readonly Field[];
  /** Never there; it ties the layout to the type of its objects. */
  readonly record?: T;
}

/** Where each field of a record begins, in bytes from the record's own beginning. */
export type Offsets<T> = { readonly [name in keyof T & string]: number };

/** The codes of a field that stands for names, by name. */
export type CodesByName<T, Name extends keyof T> = { readonly [name in T[Name] & string]: number };

const scalarBytes: Record<Scalar, number> = {
  u8: 1,
  u16: 2,
  u32: 4,
  i32: 4,
  u53: 8,
  u64: 8,
  i64: 8,
  i128: 16,
  hash: hashBytes,
};
type Cell<T> = readonly [(keyof T & string) | null, Scalar | number | Codes, number?];

/** Lays the cells end to end: a name and a scalar, a name and codes, or null and a number of reserved bytes. */
export function layout<T>(name: string, cells: readonly Cell<T>[]): Layout<T> {
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

/**
 * Offsets of a layout's fields, for code that reads many records: once at module load, then
 * `view.getUint32(at + offer, true)`, `at` being where the record begins.
 *
 * @example
 * const { offer, bid, quantity } = offsetsOf(tradeLayout);
 */
export function offsetsOf<T>(layout: Layout<T>): Offsets<T> {
  return Object.fromEntries(
    fieldsOf(layout).flatMap(({ name, offset }) => (name === null ? [] : [[name, offset]])),
  ) as Offsets<T>;
}

/**
 * Codes of the names that may stand in a field of a layout, for code that reads or writes many records. Throws
 * `invalid` for a field that is no code.
 *
 * @example
 * const { peer, pool } = codesOf(tradeLayout, "kind");
 */
export function codesOf<T, Name extends keyof T & string>(
  layout: Layout<T>,
  name: Name,
): CodesByName<T, Name> {
  const codes = fieldsOf(layout).find((field) => field.name === name)?.codes;
  if (!codes) return fail("invalid", `${layout.name}.${name}`, "a field of codes", name);
  return Object.fromEntries(codes.names.map((word, index) => [word, codes.first + index])) as CodesByName<
    T,
    Name
  >;
}

/** The fields of a layout; throws `invalid` for what is none. */
export const fieldsOf = (layout: Layout<unknown>): readonly Field[] =>
  needArray(needObject(layout, "layout").fields, "layout.fields");

const ranges: { [scalar in Whole]?: readonly [bigint, bigint] } = {};

/** Least and largest value of a scalar; worked out when first asked for, so that readers need not carry it. */
function rangeOf(scalar: Whole): readonly [bigint, bigint] {
  const known = ranges[scalar];
  if (known !== undefined) return known;
  const half = 1n << (BigInt(scalar.slice(1)) - 1n);
  const range = scalar.startsWith("i") ? ([-half, half - 1n] as const) : ([0n, 2n * half - 1n] as const);
  ranges[scalar] = range;
  return range;
}

const isBig = (scalar: Scalar): boolean => scalar === "u64" || scalar === "i64" || scalar === "i128";

/** What stands in a field for `value`, refused with the field's path unless it fits exactly. */
function check(field: Field, value: unknown, path: string): bigint | number | Uint8Array {
  if (field.codes !== null) {
    const { names, first, nullable } = field.codes;
    if (nullable && value === null) return noCode;
    const index = typeof value === "string" ? names.indexOf(value) : -1;
    return index >= 0 ? first + index : fail("invalid", path, `one of ${names.join(", ")}`, value);
  }
  const scalar = field.scalar!;
  if (scalar === "hash")
    return isBytes(value) && value.length === hashBytes
      ? value
      : fail("invalid", path, `${hashBytes} bytes`, isBytes(value) ? `${value.length} bytes` : value);
  const [low, high] = rangeOf(scalar);
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

const bytesAt = (view: DataView, at: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, hashBytes);

function write(view: DataView, at: number, field: Field, value: bigint | number | Uint8Array): void {
  const { scalar } = field;
  if (scalar === "hash") bytesAt(view, at).set(value as Uint8Array);
  else if (scalar === "u16") view.setUint16(at, value as number, true);
  else if (scalar === "u32") view.setUint32(at, value as number, true);
  else if (scalar === "i32") view.setInt32(at, value as number, true);
  else if (scalar === "i64") view.setBigInt64(at, value as bigint, true);
  else if (scalar === "u53" || scalar === "u64") view.setBigUint64(at, BigInt(value as number), true);
  else if (scalar === "i128") {
    view.setBigUint64(at, BigInt.asUintN(64, value as bigint), true);
    view.setBigInt64(at + 8, (value as bigint) >> 64n, true);
  } else view.setUint8(at, value as number);
}

function read(view: DataView, at: number, field: Field): unknown {
  const { scalar, codes } = field;
  if (codes !== null) {
    const code = view.getUint8(at);
    return code === noCode ? null : codes.names[code - codes.first];
  }
  if (scalar === "u16") return view.getUint16(at, true);
  if (scalar === "u32") return view.getUint32(at, true);
  if (scalar === "i32") return view.getInt32(at, true);
  if (scalar === "i64") return view.getBigInt64(at, true);
  if (scalar === "u64") return view.getBigUint64(at, true);
  if (scalar === "u53") return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
  if (scalar === "i128") return view.getBigUint64(at, true) + (view.getBigInt64(at + 8, true) << 64n);
  if (scalar === "hash") return copyOf(bytesAt(view, at));
  return view.getUint8(at);
}

/** Number of records in `bytes`. Throws `corrupt` when they are not whole records. */
export function recordCount(layout: Layout<unknown>, bytes: Uint8Array): number {
  fieldsOf(layout);
  if (wantBytes(bytes, layout.name).length % layout.bytes !== 0)
    return fail("corrupt", layout.name, `a multiple of ${layout.bytes} bytes`, bytes.length);
  return bytes.length / layout.bytes;
}

/**
 * Writes one record at `at`; `path` names it in errors. Throws `invalid` unless every field is there and fits exactly.
 */
export function writeRecord<T>(
  layout: Layout<T>,
  view: DataView,
  at: number,
  record: T,
  path: string = layout.name,
): void {
  needObject(record, path);
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
  fieldsOf(layout);
  const bytes = new Uint8Array(needArray(records, "records").length * layout.bytes);
  const view = viewOf(bytes);
  records.forEach((record, index) => {
    writeRecord(layout, view, index * layout.bytes, record, `${layout.name}[${index}]`);
  });
  return bytes;
}

/**
 * Throws `corrupt` unless `bytes` are whole records with zeros where reserved and every code and number in its range.
 * `place` names a record in errors.
 */
export function checkRecords(
  layout: Layout<unknown>,
  bytes: Uint8Array,
  place: (index: number) => string = (index) => `${layout.name}[${index}]`,
): void {
  const count = recordCount(layout, bytes);
  const view = viewOf(bytes);
  for (const field of layout.fields) {
    const isGood = checkOf(field, bytes, view);
    if (isGood === null) continue;
    for (let index = 0, at = field.offset; index < count; index += 1, at += layout.bytes)
      if (!isGood(at)) refuse(field, place(index), bytes, view, at);
  }
}

/** Whether what stands at a place fits a field; null where all bytes do. */
function checkOf(field: Field, bytes: Uint8Array, view: DataView): ((at: number) => boolean) | null {
  const { name, codes, scalar } = field;
  if (name === null)
    return (at) => {
      for (let byte = at; byte < at + field.bytes; byte += 1) if (bytes[byte] !== 0) return false;
      return true;
    };
  if (codes !== null) {
    const { first, nullable } = codes;
    const end = first + codes.names.length;
    return (at) => {
      const code = bytes[at]!;
      return (code >= first && code < end) || (nullable === true && code === noCode);
    };
  }
  if (scalar !== "u53" && field.max === null) return null;
  const top = field.max ?? Number.MAX_SAFE_INTEGER;
  return (at) => (read(view, at, field) as number) <= top;
}

function refuse(field: Field, place: string, bytes: Uint8Array, view: DataView, at: number): never {
  const { name, codes, max } = field;
  if (name === null) {
    const reserved = bytes.subarray(at, at + field.bytes);
    return fail("corrupt", place, "zeros where reserved", hex(reserved));
  }
  const wanted =
    codes === null
      ? `at most ${max ?? Number.MAX_SAFE_INTEGER}`
      : `a code from ${codes.first} to ${codes.first + codes.names.length - 1}`;
  return fail("corrupt", `${place}.${name}`, wanted, codes === null ? read(view, at, field) : bytes[at]);
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
