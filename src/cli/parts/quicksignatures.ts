/**
 * Ed25519 for whoever signs and checks all the time, on a machine that has other use for its processors: by Node's own
 * crypto in the thread that asks. WebCrypto hands each signature to another thread and back, and an import of a key
 * costs it half as much as a signature; a worker of a fleet signs twenty receipts for a batch of twenty orders.
 */
import { createPublicKey, KeyObject, sign, verify } from "node:crypto";
import type { Signatures, SigningKey } from "../../ledger/keys/backend.js";
import { openSignatures, strictSignatures } from "../../ledger/keys/signature.js";

/** Public keys that are at hand, oldest first: gateways sign every period. */
const rememberedKeys = 16_384;

/** Signatures that are checked at once, under the same strict rule; keys are WebCrypto's. */
export async function quickSignatures(): Promise<Signatures> {
  const { generate, importSeed, importPair } = await openSignatures();
  const known = new Map<string, KeyObject>();
  const keyOf = (publicKey: Uint8Array): KeyObject => {
    const x = Buffer.from(publicKey).toString("base64url");
    const found = known.get(x);
    if (found !== undefined) return found;
    const made = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    if (known.size >= rememberedKeys) known.delete(known.keys().next().value!);
    known.set(x, made);
    return made;
  };
  return strictSignatures({
    name: "webcrypto",
    generate: async (extractable) => quickKey(await generate({ extractable })),
    importSeed: async (seed, extractable) => quickKey(await importSeed(seed, { extractable })),
    importPair: async (pair) => quickKey(await importPair(pair)),
    equationHolds: async (publicKey, message, signature) => {
      try {
        return verify(null, message, keyOf(publicKey), signature);
      } catch {
        return false; // not a point of the curve
      }
    },
  });
}

/** A key that signs at once. */
export function quickKey(key: SigningKey): SigningKey {
  if (key.pair === null) return key;
  const secret = KeyObject.from(key.pair.privateKey);
  return { ...key, sign: async (message) => new Uint8Array(sign(null, message, secret)) };
}
