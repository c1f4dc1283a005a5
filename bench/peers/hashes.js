// @ts-check
// SHA-256 from elsewhere: what people use now, on the same bytes.
import { createHash } from "node:crypto";
import { digest as asDigest } from "@chainsafe/as-sha256";
import { sha256 as noble } from "@noble/hashes/sha2.js";
import { createSHA256 } from "hash-wasm";

/** @typedef {{ name: string, digest: (bytes: Uint8Array) => Uint8Array }} Hash */

/** @returns {Promise<Hash[]>} */
export async function hashes() {
  const hashWasm = await createSHA256();
  return [
    { name: "hash-wasm", digest: (bytes) => hashWasm.init().update(bytes).digest("binary") },
    { name: "@noble/hashes", digest: noble },
    { name: "@chainsafe/as-sha256", digest: asDigest },
    { name: "node:crypto", digest: (bytes) => createHash("sha256").update(bytes).digest() },
  ];
}

/**
 * An RFC 6962 root over leaves lying end to end, the last perhaps shorter, with a hash that takes one message at a
 * time, in buffers that are reused.
 * @param {Uint8Array} bytes @param {number} leafBytes @param {(bytes: Uint8Array) => Uint8Array} digest
 * @returns {Uint8Array}
 */
export function merkleRoot(bytes, leafBytes, digest) {
  let count = Math.ceil(bytes.length / leafBytes);
  if (count === 0) return digest(bytes);
  const nodes = new Uint8Array(count * 32);
  const leaf = new Uint8Array(leafBytes + 1);
  for (let i = 0; i < count; i++) {
    const own = bytes.subarray(i * leafBytes, (i + 1) * leafBytes);
    leaf.set(own, 1);
    nodes.set(digest(own.length === leafBytes ? leaf : leaf.subarray(0, own.length + 1)), i * 32);
  }
  const pair = new Uint8Array(65).fill(1, 0, 1);
  while (count > 1) {
    const pairs = count >>> 1;
    for (let i = 0; i < pairs; i++) {
      pair.set(nodes.subarray(i * 64, i * 64 + 64), 1);
      nodes.set(digest(pair), i * 32);
    }
    if (count & 1) nodes.copyWithin(pairs * 32, (count - 1) * 32, count * 32);
    count = pairs + (count & 1);
  }
  return nodes.slice(0, 32);
}
