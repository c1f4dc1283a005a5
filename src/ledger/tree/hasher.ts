/** Hashing as everything else here asks for it, whoever does it. */

/**
 * What the ledger needs of a hash: SHA-256 and the RFC 6962 root over records of one size. The engine is one (fast, for
 * sealing); `openHasher` (hashwasm.ts) makes another from other code, for verifying; `plainHasher` (plain.ts) is a third,
 * for light clients.
 */
export interface Hasher {
  /** SHA-256 of `bytes` (FIPS 180-4): 32 fresh bytes. */
  sha256(bytes: Uint8Array): Uint8Array;
  /**
   * RFC 6962 §2.1 root of records of `recordBytes` bytes each, lying end to end: 32 fresh bytes. No records: SHA-256 of
   * nothing.
   */
  merkleRoot(records: Uint8Array, recordBytes: number): Uint8Array;
}

/** Length of every hash in the ledger, in bytes. */
export const hashBytes = 32;
