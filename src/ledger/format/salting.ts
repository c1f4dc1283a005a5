/**
 * Hashes that give nothing away. In a private market a record goes under its root by the hash of it behind a salt of
 * its own, so that nobody who does not know the salt can find the record by trying what it might say. All salts of a
 * period follow from one secret, which lies beside the block and is no part of it.
 */
import { concat, viewOf } from "../../bytes.js";
import { fail } from "../../errors.js";
import { type Hasher, hashBytes } from "../tree/hasher.js";
import { type SectionName, sectionNames } from "./sections.js";

/** Bytes of a period's secret, and of a salt. */
export const secretBytes = 32;
export const saltBytes = 16;
/** Bytes that SHA-256 takes at once, to which HMAC fills up its key. */
const hmacBlock = 64;

/** Throws `invalid` unless a value is as long as a secret. */
export function checkSecret(secret: Uint8Array): void {
  if (secret.length !== secretBytes) fail("invalid", "secret", `${secretBytes} bytes`, secret.length);
}

/**
 * The salts of a section: of record or item `index` the first 16 bytes of HMAC-SHA256 (RFC 2104), with the period's
 * secret as key, over the section's code as u8 and the index as u32.
 */
export function saltsOf(
  secret: Uint8Array,
  section: SectionName,
  hasher: Hasher,
): (index: number) => Uint8Array {
  const key = new Uint8Array(hmacBlock);
  key.set(secret);
  const outer = key.map((byte) => byte ^ 0x5c);
  // The key and the message end to end.
  const inner = concat(
    key.map((byte) => byte ^ 0x36),
    Uint8Array.of(sectionNames.indexOf(section), 0, 0, 0, 0),
  );
  return (index) => {
    viewOf(inner).setUint32(hmacBlock + 1, index, true);
    return hasher.sha256(concat(outer, hasher.sha256(inner))).subarray(0, saltBytes);
  };
}

/**
 * The salted hashes by which a section's records or items go under its root, SHA-256(salt ‖ content) each, end to end:
 * fresh bytes.
 */
export function saltedHashes(
  section: SectionName,
  contents: readonly Uint8Array[],
  secret: Uint8Array,
  hasher: Hasher,
): Uint8Array {
  const saltAt = saltsOf(secret, section, hasher);
  const hashes = new Uint8Array(contents.length * hashBytes);
  contents.forEach((content, index) => {
    hashes.set(hasher.sha256(concat(saltAt(index), content)), index * hashBytes);
  });
  return hashes;
}
