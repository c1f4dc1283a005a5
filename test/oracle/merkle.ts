/** A hash function: any implementation but the one under test. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Merkle Tree Hash, word for word as RFC 6962 §2.1 defines it, by recursion: MTH({}) = HASH(), MTH({d0}) =
 * HASH(0x00 ‖ d0), MTH(D[n]) = HASH(0x01 ‖ MTH(D[0:k]) ‖ MTH(D[k:n])) where k is the largest power of two below n.
 */
export function merkleTreeHash(entries: readonly Uint8Array[], hash: Hash): Uint8Array {
  const [first] = entries;
  if (first === undefined) return hash(new Uint8Array(0));
  if (entries.length === 1) return hash(join(Uint8Array.of(0), first));
  let k = 1;
  while (2 * k < entries.length) k *= 2;
  return hash(
    join(Uint8Array.of(1), merkleTreeHash(entries.slice(0, k), hash), merkleTreeHash(entries.slice(k), hash)),
  );
}

/** Leaves lying end to end, each for itself; what is left at the end is one more. */
export function splitLeaves(bytes: Uint8Array, leafBytes: number): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let rest = bytes; rest.length > 0; rest = rest.slice(leafBytes)) leaves.push(rest.slice(0, leafBytes));
  return leaves;
}
