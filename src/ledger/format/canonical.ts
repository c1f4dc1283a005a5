/**
 * Canonical JSON: one text for one value, so that what is hashed and signed of a contract, a proof or a receipt can be written
 * in one way only. A reader refuses whatever its writer would not have written.
 */
import { copyOf, fromUtf8, sameBytes, toUtf8 } from "../../bytes.js";
import { fail } from "../../errors.js";

/** What canonical JSON can say: no fractions, no exponents, no undefined. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Most bytes of one canonical text: 64 KiB. */
export const maxJsonBytes = 65_536;
/** Deepest nesting of arrays and objects. */
export const maxJsonDepth = 16;

/** Longest key of an object. */
const maxKeyLength = 64;
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

const quote = 0x22;
const backslash = 0x5c;
/** Whether a character stands in a string as it is and is one byte: printable ASCII but the two that are escaped. */
const isPlain = (code: number): boolean =>
  code >= 0x20 && code <= 0x7e && code !== quote && code !== backslash;

/** Writes one value after the other, each from the beginning of the same bytes: genesis has a million contracts. */
class Writer {
  readonly #bytes = new Uint8Array(maxJsonBytes);
  #length = 0;
  #field = "";
  /** Keys and indices from the value to where the writer is. */
  readonly #path: (string | number)[] = [];

  /** The text of a value: a view that the next call overwrites. */
  write(value: unknown, field: string): Uint8Array {
    this.#length = 0;
    this.#field = field;
    this.#path.length = 0;
    this.#value(value);
    return this.#bytes.subarray(0, this.#length);
  }

  #value(node: unknown): void {
    if (typeof node === "string") this.#string(node);
    else if (typeof node === "number") {
      if (!Number.isSafeInteger(node) || Object.is(node, -0))
        this.#refuse("a whole number within ±(2^53-1)", node);
      this.#ascii(`${node}`);
    } else if (node === null || typeof node === "boolean") this.#ascii(`${node}`);
    else if (typeof node === "object") this.#branch(node);
    else this.#refuse("a JSON value without fractions", node);
  }

  #branch(node: object): void {
    const depth = this.#path.length;
    if (depth >= maxJsonDepth) fail("limit", this.#place(), `at most ${maxJsonDepth} levels`, depth + 1);
    if (Array.isArray(node)) {
      this.#ascii("[");
      // By index, so that a hole is seen as the undefined it is.
      for (let index = 0; index < node.length; index += 1) {
        if (index > 0) this.#ascii(",");
        this.#path.push(index);
        this.#value(node[index]);
        this.#path.pop();
      }
      this.#ascii("]");
      return;
    }
    const prototype = Object.getPrototypeOf(node);
    if (
      (prototype !== null && prototype !== Object.prototype) ||
      Object.getOwnPropertySymbols(node).length > 0
    )
      this.#refuse("a plain object", node);
    const keys = Object.keys(node).sort();
    this.#ascii("{");
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index]!;
      if (index > 0) this.#ascii(",");
      // Plain ASCII without quote and backslash: every language sorts and writes such keys alike.
      if (key === "" || key.length > maxKeyLength || key === "__proto__" || !this.#plain(key))
        this.#refuse("keys of 1 to 64 printable ASCII characters, no quote, no backslash", key);
      this.#ascii(":");
      this.#path.push(key);
      this.#value((node as Record<string, unknown>)[key]);
      this.#path.pop();
    }
    this.#ascii("}");
  }

  #string(text: string): void {
    if (this.#plain(text)) return;
    if (loneSurrogate.test(text)) this.#refuse("well-formed Unicode", text);
    const escaped = toUtf8(JSON.stringify(text));
    this.#room(escaped.length);
    this.#bytes.set(escaped, this.#length);
    this.#length += escaped.length;
  }

  /** Writes text in quotes, if every character of it is plain. */
  #plain(text: string): boolean {
    // Before the scan: it should not run over megabytes.
    this.#room(text.length + 2);
    let at = this.#length;
    this.#bytes[at++] = quote;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (!isPlain(code)) return false;
      this.#bytes[at++] = code;
    }
    this.#bytes[at++] = quote;
    this.#length = at;
    return true;
  }

  #ascii(text: string): void {
    this.#room(text.length);
    for (let index = 0; index < text.length; index += 1) this.#bytes[this.#length++] = text.charCodeAt(index);
  }

  #room(bytes: number): void {
    const length = this.#length + bytes;
    if (length > maxJsonBytes) fail("limit", this.#place(), `at most ${maxJsonBytes} bytes`, length);
  }

  #refuse(wanted: string, got: unknown): never {
    return fail("invalid", this.#place(), wanted, got);
  }

  #place(): string {
    return this.#path.reduce<string>(
      (place, step) => (typeof step === "number" ? `${place}[${step}]` : `${place}.${step}`),
      this.#field,
    );
  }
}

/** A writer that nobody writes with: a getter of what is written may itself write. */
let idle: Writer | null = null;

/** Hands the text of a value to `read`, which must not keep it. */
function written<T>(value: unknown, field: string, read: (text: Uint8Array) => T): T {
  const writer = idle ?? new Writer();
  idle = null;
  try {
    return read(writer.write(value, field));
  } finally {
    idle = writer;
  }
}

/**
 * The one JSON text of a value, in UTF-8: keys sorted by their bytes, no blanks, whole numbers only, strings as
 * `JSON.stringify` escapes them. Throws `invalid` for what it can't say (fractions, −0, beyond ±(2⁵³−1), undefined,
 * lone surrogates, objects other than plain, the key `__proto__`, cycles) and `limit` beyond {@link maxJsonDepth} or
 * {@link maxJsonBytes}.
 */
export function encodeCanonical(value: unknown, field: string = "json"): Uint8Array {
  return written(value, field, copyOf);
}

/** Deepest nesting in a JSON text, by brackets outside strings: found before a parser sees it. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth -= 1;
  }
  return deepest;
}

/**
 * Reads canonical JSON. Throws `limit` when it is too long or too deep, `invalid` when it is not UTF-8, not JSON, or
 * not exactly the bytes that {@link encodeCanonical} writes for its value (so: sorted, no duplicates, no blanks).
 */
export function decodeCanonical(bytes: Uint8Array, field: string = "json"): Json {
  if (bytes.length > maxJsonBytes) return fail("limit", field, `at most ${maxJsonBytes} bytes`, bytes.length);
  const text = fromUtf8(bytes);
  if (text === null) return fail("invalid", field, "UTF-8", bytes);
  if (nesting(text) > maxJsonDepth)
    return fail("limit", field, `at most ${maxJsonDepth} levels`, nesting(text));
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return fail("invalid", field, "JSON", text);
  }
  if (!written(value, field, (again) => sameBytes(again, bytes)))
    return fail(
      "invalid",
      field,
      "canonical JSON (sorted keys, no blanks, one way to write everything)",
      text,
    );
  return value;
}
