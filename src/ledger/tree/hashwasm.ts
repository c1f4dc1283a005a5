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
  /** Leaf hashes of `count` leaves, end to end. */
  const hashLeaves = (count: number, leafAt: (index: number) => Uint8Array): Uint8Array => {
    const hashes = new Uint8Array(count * hashBytes);
    let message = new Uint8Array(1);
    for (let index = 0; index < count; index += 1) {
      const leaf = leafAt(index);
      if (message.length < 1 + leaf.length) message = new Uint8Array(1 + leaf.length);
      message.set(leaf, 1);
      hashes.set(sha256(message.subarray(0, 1 + leaf.length)), index * hashBytes);
    }
    return hashes;
  };
  /** Root over leaf hashes, which are used up. */
  const hashNodes = (hashes: Uint8Array): Uint8Array => {
    if (hashes.length % hashBytes !== 0)
      return fail("invalid", "hashes", `whole hashes of ${hashBytes} bytes`, hashes.length);
    if (hashes.length === 0) return sha256(hashes);
    // Level by level, in place; a lone last node moves up as it is, which is RFC 6962's left-heavy split.
    const node = new Uint8Array(1 + 2 * hashBytes);
    node[0] = 1;
    for (let count = hashes.length / hashBytes; count > 1; count = Math.ceil(count / 2)) {
      for (let left = 0; left + 1 < count; left += 2) {
        node.set(hashes.subarray(left * hashBytes, (left + 2) * hashBytes), 1);
        hashes.set(sha256(node), (left / 2) * hashBytes);
      }
      if (count % 2 === 1)
        hashes.copyWithin(((count - 1) / 2) * hashBytes, (count - 1) * hashBytes, count * hashBytes);
    }
    return copyOf(hashes, 0, hashBytes);
  };
  return {
    sha256,
    merkleRoot: (bytes, leafBytes) => {
      if (!Number.isSafeInteger(leafBytes) || leafBytes < 1)
        return fail("invalid", "leafBytes", "a whole number above 0", leafBytes);
      const leafAt = (index: number) => bytes.subarray(index * leafBytes, (index + 1) * leafBytes);
      return hashNodes(hashLeaves(Math.ceil(bytes.length / leafBytes), leafAt));
    },
    leafHashes: (leaves) => hashLeaves(leaves.length, (index) => leaves[index]!),
    nodesRoot: (hashes) => hashNodes(copyOf(hashes)),
  };
}
