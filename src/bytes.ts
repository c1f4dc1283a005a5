import { fail } from "./errors.js";

/** Bytes of an Ed25519 public key and of a signature (RFC 8032 §5.1). */
export const publicKeyBytes = 32;
export const signatureBytes = 64;

/** Whether two byte strings are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** Bytes in lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
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
