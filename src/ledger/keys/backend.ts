/**
 * What signing and checking signatures means here, whoever does it: keys, the strict rule as it is asked for, and what
 * a backend has to bring. It stands apart, so that the backends and whatever opens them need not know each other.
 */
import { needMethods } from "../../check.js";

/**
 * A key that signs. The platform keeps the secret: in a page it lies in WebCrypto and can't be read; on disk it is
 * a 32-byte seed.
 */
export interface SigningKey {
  /** The 32-byte public key, canonical (RFC 8032 §5.1.5). */
  readonly publicKey: Uint8Array;
  /** The key as WebCrypto holds it, for IndexedDB; null where WebCrypto lacks Ed25519. */
  readonly pair: CryptoKeyPair | null;
  /** A 64-byte Ed25519 signature over `message`. */
  sign(message: Uint8Array): Promise<Uint8Array>;
  /** The 32-byte seed (RFC 8032's private key). Throws `refused` when the key was made non-extractable. */
  exportSeed(): Promise<Uint8Array>;
}

/** One question to {@link Signatures.verify}. */
export interface SignatureCheck {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** What makes and checks Ed25519 signatures here: WebCrypto, or the fallback of `openSignatures`. */
export interface Signatures {
  readonly backend: "webcrypto" | "noble";
  /** A new key. `extractable: false` (for pages) keeps the seed out of reach of scripts. Default true. */
  generate(options?: { readonly extractable?: boolean }): Promise<SigningKey>;
  /** The key of a 32-byte seed. Throws `invalid` on another length. */
  importSeed(seed: Uint8Array, options?: { readonly extractable?: boolean }): Promise<SigningKey>;
  /** A key pair that came back from IndexedDB. Throws `unsupported` where WebCrypto lacks Ed25519. */
  importPair(pair: CryptoKeyPair): Promise<SigningKey>;
  /**
   * True when the signature satisfies the strict rule: sizes 32 and 64, strict encodings (`isStrictEncoding`), and the
   * cofactorless equation S·B = R + SHA-512(R‖A‖M)·A of RFC 8032 §5.1.7. Both backends give the same verdict on
   * every input; nothing throws on bytes.
   */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** Place of the first check that fails, −1 when all hold; many are in flight at once, memory stays bounded. */
  findInvalid(checks: Iterable<SignatureCheck>): Promise<number>;
}

/** Throws `invalid` for what are no {@link Signatures}, a promise of them for instance. */
export function checkSignatures(signatures: unknown): void {
  needMethods(signatures, "signatures", "signatures, as `await openSignatures()` gives them", ["verify"]);
}

/** What a backend brings; `openSignatures` puts the strict rule around it. */
export interface SignatureBackend {
  readonly name: Signatures["backend"];
  generate(extractable: boolean): Promise<SigningKey>;
  importSeed(seed: Uint8Array, extractable: boolean): Promise<SigningKey>;
  importPair(pair: CryptoKeyPair): Promise<SigningKey>;
  /** The cofactorless equation alone, on a key and a signature whose encodings have been checked. */
  equationHolds(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}
