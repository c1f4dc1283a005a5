/**
 * Canonical JSON: one text for one value, so that what is hashed and signed of a contract, a proof or a receipt can be written
 * in one way only. A reader refuses whatever its writer would not have written.
 */
import { fromUtf8, sameBytes, toUtf8 } from "../../bytes.js";
import { fail } from "../../errors.js";

/** What canonical JSON can say: no fractions, no exponents, no undefined. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Most bytes of one canonical text: 64 KiB. */
export const maxJsonBytes = 65_536;
/** Deepest nesting of arrays and objects. */
export const maxJsonDepth = 16;

// Keys are plain ASCII without quote and backslash: every language sorts and writes them alike.
const keyPattern = /^[ !#-[\]-~]{1,64}$/;
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/**
 * The one JSON text of a value, in UTF-8: keys sorted by their bytes, no blanks, whole numbers only, strings as
 * `JSON.stringify` escapes them. Throws `invalid` for what it can't say (fractions, −0, beyond ±(2⁵³−1), undefined,
 * lone surrogates, objects other than plain, the key `__proto__`, cycles) and `limit` beyond {@link maxJsonDepth} or
 * {@link maxJsonBytes}.
 */
export function encodeCanonical(value: unknown, field: string = "json"): Uint8Array {
  const parts: string[] = [];
  let length = 0;
  const put = (text: string): void => {
    length += text.length;
    if (length > maxJsonBytes) fail("limit", field, `at most ${maxJsonBytes} bytes`, length);
    parts.push(text);
  };
  const string = (text: string, path: string): void => {
    // Before the scan and the escaping: neither should run over megabytes.
    if (text.length > maxJsonBytes) fail("limit", path, `at most ${maxJsonBytes} bytes`, text.length);
    if (loneSurrogate.test(text)) fail("invalid", path, "well-formed Unicode", text);
    put(JSON.stringify(text));
  };
  const write = (node: unknown, path: string, depth: number): void => {
    if (node === null || typeof node === "boolean") put(`${node}`);
    else if (typeof node === "string") string(node, path);
    else if (typeof node === "number") {
      if (!Number.isSafeInteger(node) || Object.is(node, -0))
        fail("invalid", path, "a whole number within ±(2^53-1)", node);
      put(`${node}`);
    } else if (typeof node === "object") branch(node, path, depth);
    else fail("invalid", path, "a JSON value without fractions", node);
  };
  const branch = (node: object, path: string, depth: number): void => {
    if (depth >= maxJsonDepth) fail("limit", path, `at most ${maxJsonDepth} levels`, depth + 1);
    if (Array.isArray(node)) {
      put("[");
      // By index, so that a hole is seen as the undefined it is.
      for (let index = 0; index < node.length; index += 1) {
        if (index > 0) put(",");
        write(node[index], `${path}[${index}]`, depth + 1);
      }
      put("]");
      return;
    }
    const prototype = Object.getPrototypeOf(node);
    if (
      (prototype !== null && prototype !== Object.prototype) ||
      Object.getOwnPropertySymbols(node).length > 0
    )
      fail("invalid", path, "a plain object", node);
    put("{");
    for (const [index, key] of Object.keys(node).sort().entries()) {
      if (!keyPattern.test(key) || key === "__proto__")
        fail("invalid", path, "keys of 1 to 64 printable ASCII characters, no quote, no backslash", key);
      put(`${index > 0 ? "," : ""}"${key}":`);
      write((node as Record<string, unknown>)[key], `${path}.${key}`, depth + 1);
    }
    put("}");
  };
  write(value, field, 0);
  const bytes = toUtf8(parts.join(""));
  if (bytes.length > maxJsonBytes) fail("limit", field, `at most ${maxJsonBytes} bytes`, bytes.length);
  return bytes;
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
  const again = encodeCanonical(value, field);
  if (!sameBytes(again, bytes))
    return fail(
      "invalid",
      field,
      "canonical JSON (sorted keys, no blanks, one way to write everything)",
      text,
    );
  return value;
}
