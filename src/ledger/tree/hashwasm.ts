/**
 * SHA-256 by the `hash-wasm` library, for whoever verifies whole ledgers.
 */
import { createSHA256 } from "hash-wasm";
import { copyOf } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { type Hasher, hashBytes } from "./hasher.js";

/**
 * A {@link Hasher} on the `hash-wasm` library: shares no code with the core that seals, so one checks the other.
 * Synchronous once open; holds one small WebAssembly instance, freed with the object.
 *
 * @example
 * const hasher = await openHasher();
 * hasher.sha256(new TextEncoder().encode("abc"));
 */
export async function openHasher(): Promise<Hasher> {
  const state = await createSHA256().catch((cause: unknown) => {
    throw new GridclearError(
      "unsupported",
      {
        field: "WebAssembly",
        wanted: "a platform that compiles it from bytes; without it, plainHasher of gridclear/verify",
        got: `${cause}`,
      },
      { cause },
    );
  });
  const sha256 = (bytes: Uint8Array): Uint8Array => state.init().update(bytes).digest("binary");
  const merkleRoot = (bytes: Uint8Array, leafBytes: number): Uint8Array => {
    if (!Number.isSafeInteger(leafBytes) || leafBytes < 1)
      return fail("invalid", "leafBytes", "a whole number above 0", leafBytes);
    let count = Math.ceil(bytes.length / leafBytes);
    if (count === 0) return sha256(new Uint8Array(0));
    const hashes = new Uint8Array(count * hashBytes);
    const leaf = new Uint8Array(1 + Math.min(leafBytes, bytes.length));
    for (let index = 0; index < count; index += 1) {
      const own = bytes.subarray(index * leafBytes, (index + 1) * leafBytes);
      leaf.set(own, 1);
      hashes.set(sha256(leaf.subarray(0, 1 + own.length)), index * hashBytes);
    }
    // Level by level, in place; a lone last node moves up as it is, which is RFC 6962's left-heavy split.
    const node = new Uint8Array(1 + 2 * hashBytes);
    node[0] = 1;
    for (; count > 1; count = Math.ceil(count / 2)) {
      for (let left = 0; left + 1 < count; left += 2) {
        node.set(hashes.subarray(left * hashBytes, (left + 2) * hashBytes), 1);
        hashes.set(sha256(node), (left / 2) * hashBytes);
      }
      if (count % 2 === 1)
        hashes.copyWithin(((count - 1) / 2) * hashBytes, (count - 1) * hashBytes, count * hashBytes);
    }
    return copyOf(hashes, 0, hashBytes);
  };
  return { sha256, merkleRoot };
}
