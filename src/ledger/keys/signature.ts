/**
 * Ed25519 signatures under one strict rule, the same on every platform: by WebCrypto where it has Ed25519, where not by
 * the backend that is passed in. The rule is put around a backend here, once, because libraries differ in what they
 * accept.
 */
import {
  copyOf,
  fromHex,
  isBytes,
  publicKeyBytes,
  sameBytes,
  seedBytes,
  signatureBytes,
  wantBytes,
} from "../../bytes.js";
import { onlyKeys } from "../../check.js";
import { fail, notShown } from "../../errors.js";
import type { SignatureBackend, Signatures, SigningKey } from "./backend.js";

// Little-endian constants of edwards25519, most significant byte last.
const fieldPrime = littleEndian("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
const groupOrder = littleEndian("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
/** The y of the eight points of small order; some share a y and differ in the sign bit, which is masked off. */
const smallOrderY = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000001",
  "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
  "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
  "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
].map(littleEndian);

function littleEndian(digits: string): Uint8Array {
  return fromHex(digits, "constant").reverse();
}

/** a < b for little-endian numbers of one length. */
function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = a.length - 1; i >= 0; i -= 1) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}

/** A point's encoding names a y below p that is none of the small-order points'. */
function isStrictPoint(encoded: Uint8Array): boolean {
  const y = copyOf(encoded);
  y[y.length - 1]! &= 0x7f;
  return isBelow(y, fieldPrime) && !smallOrderY.some((small) => sameBytes(small, y));
}

/**
 * The part of the strict rule on which libraries differ: A and R canonical and not of small order (y compared with
 * the sign bit masked), S < L. Keys and signatures of other sizes are false.
 */
export function isStrictEncoding(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    publicKey.length === publicKeyBytes &&
    signature.length === signatureBytes &&
    isStrictPoint(publicKey) &&
    isStrictPoint(signature.subarray(0, publicKeyBytes)) &&
    isBelow(signature.subarray(publicKeyBytes), groupOrder)
  );
}

const inFlight = 64;

/** Puts the strict rule and the argument checks around a backend. */
export function strictSignatures(backend: SignatureBackend): Signatures {
  const verify: Signatures["verify"] = async (publicKey, message, signature) =>
    isStrictEncoding(wantBytes(publicKey, "publicKey"), wantBytes(signature, "signature")) &&
    backend.equationHolds(publicKey, wantBytes(message, "message"), signature);
  return {
    backend: backend.name,
    generate: (options) => backend.generate(options?.extractable ?? true),
    importSeed: async (seed, options) => {
      const length = isBytes(seed) ? seed.length : notShown;
      return length === seedBytes
        ? backend.importSeed(seed, options?.extractable ?? true)
        : fail("invalid", "seed", `${seedBytes} bytes (Uint8Array)`, length);
    },
    importPair: (pair) => backend.importPair(pair),
    verify,
    findInvalid: async (checks) => {
      let waiting: Promise<boolean>[] = [];
      let first = 0;
      const settle = async (): Promise<number> => {
        const bad = (await Promise.all(waiting)).indexOf(false);
        if (bad >= 0) return first + bad;
        first += waiting.length;
        waiting = [];
        return -1;
      };
      for (const check of checks) {
        waiting.push(verify(check.publicKey, check.message, check.signature));
        if (waiting.length === inFlight) {
          const bad = await settle();
          if (bad >= 0) return bad;
        }
      }
      return settle();
    },
  };
}

/**
 * Signatures by WebCrypto where it knows Ed25519 (it is asked to check a known signature), else by `fallback`:
 * `plainEd25519` of `gridclear/ed25519`. Throws `unsupported` where there is neither, `invalid` for an option that is
 * unknown.
 */
export async function openSignatures(options?: {
  readonly fallback?: SignatureBackend;
}): Promise<Signatures> {
  if (options !== undefined) onlyKeys(options, "options", ["fallback"]);
  const { fallback } = options ?? {};
  if (await webcryptoWorks()) return strictSignatures(webcryptoBackend);
  if (fallback !== undefined) return strictSignatures(fallback);
  return fail("unsupported", "signatures", platformWithEd25519, "none");
}

const platformWithEd25519 =
  'a platform with Ed25519, or as fallback import { plainEd25519 } from "gridclear/ed25519"';

// --- WebCrypto --------------------------------------------------------------------------------------------------

const algorithm = "Ed25519";
/** DER of a PKCS #8 Ed25519 private key up to its 32 bytes (RFC 8410 §7). */
const pkcs8Prefix = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

/** A copy in an ArrayBuffer of its own, which is what WebCrypto's types want; of a few bytes, most often. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** Whether WebCrypto imports, signs and verifies: with the seed of zeros, whose public key begins 3b6a27bc. */
async function webcryptoWorks(): Promise<boolean> {
  const nothing = new Uint8Array(0);
  try {
    const { publicKey, sign } = await webcryptoBackend.importSeed(new Uint8Array(seedBytes), true);
    const [first, second] = publicKey;
    const known = first === 0x3b && second === 0x6a;
    return known && (await webcryptoBackend.equationHolds(publicKey, nothing, await sign(nothing)));
  } catch {
    return false;
  }
}

/** Imported public keys, oldest first: importing costs about as much as verifying, and meters sign every period. */
const imported = new Map<string, Promise<CryptoKey>>();
const importedAtMost = 4096;

function importPublicKey(publicKey: Uint8Array): Promise<CryptoKey> {
  const name = String.fromCharCode(...publicKey);
  const known = imported.get(name);
  if (known !== undefined) return known;
  const key = crypto.subtle.importKey("raw", own(publicKey), algorithm, true, ["verify"]);
  if (imported.size >= importedAtMost) imported.delete(imported.keys().next().value!);
  imported.set(name, key);
  return key;
}

async function webcryptoKey(pair: CryptoKeyPair): Promise<SigningKey> {
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return {
    publicKey,
    pair,
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, own(message))),
    exportSeed: async () => {
      if (!pair.privateKey.extractable)
        return fail("refused", "key", "an extractable key", "one that never leaves the browser");
      const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
      return copyOf(pkcs8, pkcs8Prefix.length, pkcs8Prefix.length + seedBytes);
    },
  };
}

const webcryptoBackend: SignatureBackend = {
  name: "webcrypto",
  generate: async (extractable) =>
    webcryptoKey(
      (await crypto.subtle.generateKey(algorithm, extractable, ["sign", "verify"])) as CryptoKeyPair,
    ),
  importSeed: async (seed, extractable) => {
    const pkcs8 = new Uint8Array(pkcs8Prefix.length + seedBytes);
    pkcs8.set(pkcs8Prefix);
    pkcs8.set(seed, pkcs8Prefix.length);
    // The public half is only to be had from an extractable key's JWK; the kept key is as extractable as asked.
    const readable = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]);
    // `d` is the seed: it goes no further.
    const { d: _, key_ops: __, ...jwk } = await crypto.subtle.exportKey("jwk", readable);
    const privateKey = extractable
      ? readable
      : await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
    const publicKey = await crypto.subtle.importKey("jwk", jwk, algorithm, true, ["verify"]);
    return webcryptoKey({ privateKey, publicKey });
  },
  importPair: (pair) =>
    webcryptoKey(pair).catch(() => fail("invalid", "pair", "a key pair of this WebCrypto", notShown)),
  equationHolds: async (publicKey, message, signature) => {
    let key: CryptoKey;
    try {
      key = await importPublicKey(publicKey);
    } catch {
      return false; // not a point of the curve
    }
    return crypto.subtle.verify(algorithm, key, own(signature), own(message));
  },
};
