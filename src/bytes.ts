/**
 * Bytes and other typed arrays: telling them apart whatever realm they come from, copying, comparing, and the text
 * forms (hexadecimal, base64, UTF-8) in which they travel.
 */
import { fail, notShown } from "./errors.js";

/** Bytes of an Ed25519 seed (RFC 8032's private key), of a public key and of a signature (RFC 8032 §5.1). */
export const seedBytes = 32;
export const publicKeyBytes = 32;
export const signatureBytes = 64;

/** Classes of the typed arrays that this package takes. */
interface Arrays {
  readonly Uint8Array: typeof Uint8Array;
  readonly Uint16Array: typeof Uint16Array;
  readonly Uint32Array: typeof Uint32Array;
  readonly Int32Array: typeof Int32Array;
  readonly BigInt64Array: typeof BigInt64Array;
}
const arrays: Arrays = { Uint8Array, Uint16Array, Uint32Array, Int32Array, BigInt64Array };
/** The name of a typed array's kind. */
export type ArrayKind = keyof Arrays;
/** The typed array of a kind. */
export type ArrayOf<Kind extends ArrayKind> = InstanceType<Arrays[Kind]>;

/**
 * Whether a value is a typed array of this kind, of whatever realm: pages in frames, `vm` contexts and test
 * environments such as jsdom have classes of their own, which `instanceof` does not recognise. A subclass is one of its
 * kind.
 */
export function isArrayOf<Kind extends ArrayKind>(value: unknown, kind: Kind): value is ArrayOf<Kind> {
  // The getter that all typed arrays inherit reads the kind from inside the array: no property can pretend it.
  kindOf ??= Object.getOwnPropertyDescriptor(
    Object.getPrototypeOf(Uint8Array.prototype),
    Symbol.toStringTag,
  )?.get;
  return kindOf?.call(value) === kind;
}
let kindOf: ((this: unknown) => unknown) | undefined;

/** Whether a value is a `Uint8Array`, of whatever realm. A Node `Buffer` is one. */
export function isBytes(value: unknown): value is Uint8Array {
  return isArrayOf(value, "Uint8Array");
}

/** Bytes as they came, of one length where that is given; anything else throws `invalid`. */
export function wantBytes(value: unknown, field: string, length?: number): Uint8Array {
  const isSized = isBytes(value) && value.length === (length ?? value.length);
  return isSized
    ? value
    : fail("invalid", field, `${length ?? "any"} bytes (Uint8Array)`, isBytes(value) ? value.length : value);
}

/** Whether the memory behind a view is gone: a buffer that was transferred, a WebAssembly memory that has grown. */
export function isDetached(view: ArrayBufferView): boolean {
  if (view.byteLength > 0) return false;
  try {
    new Uint8Array(view.buffer);
    return false;
  } catch {
    return true;
  }
}

/**
 * The bytes from `start` to `end` (half-open; default: all) in memory of their own. `slice` would not do: on a Node
 * `Buffer` it is a view of the same memory. Nothing else in this package may copy bytes.
 */
export function copyOf(bytes: Uint8Array, start = 0, end: number = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** A typed array in memory of its own, as {@link copyOf} copies bytes; what is none comes back as it is. */
export function copyOfArray<Value>(value: Value): Value {
  for (const [kind, make] of Object.entries(arrays))
    if (isArrayOf(value, kind as ArrayKind)) return new make(value as never) as Value;
  return value;
}

/** A view of the same bytes for reading and writing numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether two byte strings are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** Bytes in lower-case hexadecimal. Throws `invalid` for what are none. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of wantBytes(bytes, "bytes")) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Bytes from lower-case hexadecimal, the one form {@link hex} writes. Throws `invalid` for anything else. */
export function fromHex(text: unknown, field: string): Uint8Array {
  if (typeof text !== "string" || text.length % 2 === 1 || !/^[0-9a-f]*$/.test(text))
    return fail("invalid", field, "lower-case hexadecimal", text);
  return Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    Number.parseInt(text.slice(2 * at, 2 * at + 2), 16),
  );
}

/** {@link fromHex} for a secret such as a seed: what came is in no error. */
export function fromSecretHex(text: unknown, field: string): Uint8Array {
  return typeof text === "string" && text.length % 2 === 0 && /^[0-9a-f]*$/.test(text)
    ? fromHex(text, field)
    : fail("invalid", field, "lower-case hexadecimal", notShown);
}

// Made when first used: worklets have neither class, and what clears there needs neither.
let encoder: TextEncoder | undefined;
let decoder: TextDecoder | undefined;

/** Text in UTF-8. */
export function toUtf8(text: string): Uint8Array {
  encoder ??= new TextEncoder();
  return encoder.encode(text);
}

/** UTF-8 to text; a byte order mark stays part of the text. Null unless every byte is valid. */
export function fromUtf8(bytes: Uint8Array): string | null {
  decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes in base64 with padding (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Base64 to bytes; null unless it is exactly what {@link toBase64} writes (padding there, unused bits zero). */
export function fromBase64(text: string): Uint8Array | null {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  return btoa(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null;
}

/** Byte strings end to end, in fresh bytes. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
