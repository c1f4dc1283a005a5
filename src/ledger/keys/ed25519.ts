/**
 * `gridclear/ed25519`: Ed25519 in plain JavaScript, for platforms whose WebCrypto lacks it (Chrome before 137). It is
 * as large as the light client and is no part of it, so that only those load it who ask for it.
 *
 * @module gridclear/ed25519
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { concat, copyOf, publicKeyBytes, sameBytes, seedBytes } from "../../bytes.js";
import { fail, notShown } from "../../errors.js";
import type { SignatureBackend, Signatures, SigningKey } from "./backend.js";

export type { SignatureBackend, Signatures, SigningKey };

const { Point } = ed25519;

/**
 * S·B = R + k·A with k reduced mod L, as WebCrypto's libraries compute it: R is re-encoded and compared byte by byte.
 */
async function equationHolds(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const encodedR = signature.subarray(0, publicKeyBytes);
  const hashed = concat(encodedR, publicKey, message) as Uint8Array<ArrayBuffer>;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", hashed));
  const k = readScalar(digest) % Point.Fn.ORDER;
  let a: InstanceType<typeof Point>;
  try {
    a = Point.fromBytes(publicKey);
  } catch {
    return false; // not a point of the curve
  }
  // The library's own `verify` multiplies by the cofactor, which accepts more than WebCrypto does.
  const r = Point.BASE.multiplyUnsafe(readScalar(signature.subarray(publicKeyBytes))).subtract(
    a.multiplyUnsafe(k),
  );
  return sameBytes(r.toBytes(), encodedR);
}

function readScalar(littleEndian: Uint8Array): bigint {
  let value = 0n;
  for (let i = littleEndian.length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(littleEndian[i]!);
  return value;
}

function nobleKey(seed: Uint8Array, extractable: boolean): SigningKey {
  return {
    publicKey: ed25519.getPublicKey(seed),
    pair: null,
    sign: async (message) => ed25519.sign(message, seed),
    exportSeed: async () =>
      extractable
        ? copyOf(seed)
        : fail("refused", "key", "an extractable key", "one that never leaves the browser"),
  };
}

/**
 * Ed25519 by the arithmetic of `@noble/curves`, to be passed to `openSignatures` of `gridclear/verify`. SHA-512 and
 * random bytes still come from WebCrypto.
 *
 * @example
 * const signatures = await openSignatures({ fallback: plainEd25519 });
 */
export const plainEd25519: SignatureBackend = {
  name: "noble",
  generate: async (extractable) => nobleKey(crypto.getRandomValues(new Uint8Array(seedBytes)), extractable),
  importSeed: async (seed, extractable) => nobleKey(copyOf(seed), extractable),
  importPair: async () =>
    fail("unsupported", "pair", "a seed, because this WebCrypto lacks Ed25519", notShown),
  equationHolds,
};
