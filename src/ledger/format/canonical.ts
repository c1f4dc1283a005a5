/**
 * Canonical JSON: one text for one value, so that what is hashed and signed of a contract, a proof or a receipt can be
 * written in one way only. A reader refuses whatever its writer would not have written.
 */
import { copyOf, fromUtf8, sameBytes, toUtf8, wantBytes } from "../../bytes.js";
import { fail } from "../../errors.js";

/** What canonical JSON can say: no fractions, no exponents, no undefined. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Most bytes of one canonical text where nothing else is said, such as a contract: 64 KiB. */
export const maxJsonBytes = 65_536;
/** Most bytes of a document that proves: 256 KiB, which the longest contract has room in, in hexadecimal. */
export const maxDocumentBytes = 262_144;
/** Deepest nesting of arrays and objects. */
export const maxJsonDepth = 16;
/** Most UTF-16 units of a key: names of participants are keys, of a community's shares. */
const maxKeyLength = 128;

// One text is written at a time, always into the same bytes: genesis may have a million contracts.
let bytes = /* @__PURE__ */ new Uint8Array(maxJsonBytes);
let length = 0;
/** Most bytes of the text that is being written. */
let most = maxJsonBytes;
/** The field of the value and the keys and indices from there to where the writer is; null while nobody writes. */
let path: (string | number)[] | null = null;

const place = (): string =>
  path!.reduce<string>((at, step) => at + (typeof step === "number" ? `[${step}]` : `.${step}`), "").slice(1);
const refuse = (wanted: string, got: unknown): never => fail("invalid", place(), wanted, got);

/** Hands the text of a value, of `atMost` bytes, to `read`, which must not keep it. */
function written<T>(value: unknown, field: string, atMost: number, read: (text: Uint8Array) => T): T {
  if (path !== null) fail("state", field, "one value written at a time", "a getter that writes another");
  length = 0;
  most = atMost;
  path = [field];
  try {
    write(value);
    return read(bytes.subarray(0, length));
  } finally {
    path = null;
  }
}

function write(node: unknown): void {
  if (typeof node === "string") writeString(node);
  else if (typeof node === "number") {
    if (!Number.isSafeInteger(node) || Object.is(node, -0)) refuse("a whole number within ±(2^53-1)", node);
    put(`${node}`);
  } else if (node === null || typeof node === "boolean") put(`${node}`);
  else if (typeof node === "object") writeBranch(node);
  else refuse("a JSON value without fractions", node);
}

function writeBranch(node: object): void {
  const depth = path!.length;
  if (depth > maxJsonDepth) fail("limit", place(), `at most ${maxJsonDepth} levels`, depth);
  if (Array.isArray(node)) {
    put("[");
    // By index, so that a hole is seen as the undefined it is.
    for (let index = 0; index < node.length; index += 1) {
      if (index > 0) put(",");
      writeAt(index, node[index]);
    }
    put("]");
    return;
  }
  const prototype = Object.getPrototypeOf(node);
  if ((prototype !== null && prototype !== Object.prototype) || Object.getOwnPropertySymbols(node).length > 0)
    refuse("a plain object", node);
  put("{");
  let comma = "";
  for (const key of sortedKeys(node)) {
    put(comma);
    comma = ",";
    if (key === "" || key.length > maxKeyLength || key === "__proto__")
      refuse(`keys of 1 to ${maxKeyLength} characters, none of them __proto__`, key);
    writeString(key);
    put(":");
    writeAt(key, (node as Record<string, unknown>)[key]);
  }
  put("}");
}

/** The keys of an object by their bytes. UTF-16 puts characters beyond 2¹⁶ before some that are below. */
function sortedKeys(node: object): string[] {
  const keys = Object.keys(node).sort();
  return keys.some((key) => /[\ud800-\uffff]/.test(key)) ? keys.sort(byCodePoints) : keys;
}

function byCodePoints(one: string, other: string): number {
  const [a, b] = [Array.from(one), Array.from(other)];
  const place = a.findIndex((character, index) => character !== b[index]);
  return place < 0 ? a.length - b.length : a[place]!.codePointAt(0)! - (b[place]?.codePointAt(0) ?? -1);
}

function writeAt(step: string | number, node: unknown): void {
  path!.push(step);
  write(node);
  path!.pop();
}

function writeString(text: string): void {
  if (writePlain(text)) return;
  // The encoder puts U+FFFD in place of a lone surrogate.
  if (fromUtf8(toUtf8(text)) !== text) refuse("well-formed Unicode", text);
  const escaped = toUtf8(JSON.stringify(text));
  reserve(escaped.length);
  bytes.set(escaped, length);
  length += escaped.length;
}

/**
 * Writes text in quotes if every character stands there as it is and is one byte; else what was written does not count.
 */
function writePlain(text: string): boolean {
  const before = length;
  // Before the scan: it should not run over megabytes.
  reserve(text.length + 2);
  put('"');
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) {
      length = before;
      return false;
    }
    bytes[length++] = code;
  }
  put('"');
  return true;
}

/** Writes ASCII. */
function put(text: string): void {
  reserve(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[length++] = text.charCodeAt(index);
}

function reserve(more: number): void {
  if (length + more > most) fail("limit", place(), `at most ${most} bytes`, length + more);
  if (length + more <= bytes.length) return;
  const grown = new Uint8Array(maxDocumentBytes);
  grown.set(bytes);
  bytes = grown;
}

/**
 * The one JSON text of a value, in UTF-8: keys sorted by their bytes, no blanks, whole numbers only, strings as
 * `JSON.stringify` escapes them. Throws `invalid` for what it can't say (fractions, −0, beyond ±(2⁵³−1), undefined,
 * lone surrogates, objects other than plain, the key `__proto__`, cycles), `limit` beyond {@link maxJsonDepth} or
 * `atMost` bytes, and `state` when a getter in the value writes canonical JSON itself.
 */
export function encodeCanonical(
  value: unknown,
  field: string = "json",
  atMost: typeof maxJsonBytes | typeof maxDocumentBytes = maxJsonBytes,
): Uint8Array {
  return written(value, field, atMost, copyOf);
}

/**
 * Reads canonical JSON. Throws `limit` when it is too long or too deep, `invalid` when it is not UTF-8, not JSON, or
 * not exactly the bytes that {@link encodeCanonical} writes for its value (so: sorted, no duplicates, no blanks).
 */
export function decodeCanonical(
  bytes: Uint8Array,
  field: string = "json",
  atMost: typeof maxJsonBytes | typeof maxDocumentBytes = maxJsonBytes,
): Json {
  if (wantBytes(bytes, field).length > atMost)
    return fail("limit", field, `at most ${atMost} bytes`, bytes.length);
  const text = fromUtf8(bytes);
  if (text === null) return fail("invalid", field, "UTF-8", bytes);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return fail("invalid", field, "JSON", text);
  }
  if (!written(value, field, atMost, (again) => sameBytes(again, bytes)))
    return fail("invalid", field, "canonical JSON (sorted keys, no blanks)", text);
  return value;
}
