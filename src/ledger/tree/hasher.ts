/** Hashing as everything else here asks for it, whoever does it. */
import { needMethods } from "../../check.js";

/**
 * What the ledger needs of a hash: SHA-256 and the RFC 6962 trees. The engine is one (fast, for sealing); `openHasher`
 * (hashwasm.ts) makes another from other code, for verifying; `plainHasher` (plain.ts) is a third, for light clients.
 */
export interface Hasher {
  /** SHA-256 of `bytes` (FIPS 180-4): 32 fresh bytes. */
  sha256(bytes: Uint8Array): Uint8Array;
  /**
   * RFC 6962 §2.1 root over leaves of `leafBytes` bytes end to end; the last leaf may be shorter. 32 fresh bytes; of no
   * bytes the SHA-256 of nothing. Throws `invalid` for a length that is no whole number above 0. Whether the bytes are
   * whole records is for whoever knows their layout to check.
   */
  merkleRoot(bytes: Uint8Array, leafBytes: number): Uint8Array;
  /** RFC 6962 §2.1 hashes of leaves of any length, SHA-256(0x00 ‖ leaf) each, end to end: 32 fresh bytes a leaf. */
  leafHashes(leaves: readonly Uint8Array[]): Uint8Array;
  /**
   * RFC 6962 §2.1 root over leaves whose hashes lie end to end: 32 fresh bytes; of none the SHA-256 of nothing. Throws
   * `invalid` unless they are whole hashes.
   */
  nodesRoot(hashes: Uint8Array): Uint8Array;
  /**
   * The salted hashes of a private section's records (format/salting.ts), end to end: 32 fresh bytes a record.
   * `section` is the section's code, `records` are whole ones of `recordBytes` bytes, the secret has 32. Only a hasher
   * that makes them in one call, as the engine does, has this; of the others they are asked one by one, and are the
   * same.
   */
  saltedHashes?(of: {
    readonly section: number;
    readonly records: Uint8Array;
    readonly recordBytes: number;
    readonly secret: Uint8Array;
  }): Uint8Array;
}

/** Throws `invalid` for what is no hasher, a promise of one for instance. */
export function checkHasher(hasher: unknown): void {
  needMethods(hasher, "hasher", "a hasher, as `await openHasher()` gives it", [
    "sha256",
    "merkleRoot",
    "leafHashes",
    "nodesRoot",
  ]);
}

/** Length of every hash in the ledger, in bytes. */
export const hashBytes = 32;
