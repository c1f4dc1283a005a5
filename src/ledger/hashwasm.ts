import { createSHA256 } from "hash-wasm";
import { fail } from "../errors.js";
import type { Hasher } from "./hasher.js";
import { CompactRange, leafHash } from "./merkle.js";

/**
 * A {@link Hasher} on the `hash-wasm` library: shares no code with the core that seals, so one checks the other.
 * Synchronous once open; holds one small WebAssembly instance, freed with the object.
 *
 * @example
 * const hasher = await openHasher();
 * hasher.sha256(new TextEncoder().encode("abc"));
 */
export async function openHasher(): Promise<Hasher> {
  const state = await createSHA256();
  const sha256 = (bytes: Uint8Array): Uint8Array => state.init().update(bytes).digest("binary");
  const hasher: Hasher = {
    sha256,
    merkleRoot(records: Uint8Array, recordBytes: number): Uint8Array {
      if (!Number.isSafeInteger(recordBytes) || recordBytes < 1)
        return fail("invalid", "recordBytes", "a whole number above 0", recordBytes);
      if (records.length % recordBytes !== 0)
        return fail("invalid", "records", `a multiple of ${recordBytes} bytes`, records.length);
      const range = new CompactRange(hasher);
      for (let at = 0; at < records.length; at += recordBytes)
        range.append(leafHash(hasher, records.subarray(at, at + recordBytes)));
      return range.root();
    },
  };
  return hasher;
}
