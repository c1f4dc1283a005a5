/**
 * SHA-256 in plain TypeScript (FIPS 180-4 §6.2), for light clients: a kilobyte, no WebAssembly and so no leave to ask
 * of a page's content security policy, and answers at once. The core seals and `hash-wasm` verifies whole ledgers; this
 * is the third and shares code with neither.
 */
import { concat } from "../../bytes.js";
import { fail } from "../../errors.js";
import { type Hasher, hashBytes } from "./hasher.js";
import { CompactRange, leafHash, merkleRoot } from "./merkle.js";

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** The first 32 bits behind the point of a prime's root; exact, however well a platform's `**` guesses it. */
function rootBits(prime: number, degree: 2 | 3): number {
  const power = BigInt(degree);
  const scaled = BigInt(prime) << (32n * power);
  let root = BigInt(Math.floor(prime ** (1 / degree) * 2 ** 32));
  while (root ** power > scaled) root -= 1n;
  while ((root + 1n) ** power <= scaled) root += 1n;
  return Number(BigInt.asIntN(32, root));
}
/** FIPS 180-4 §4.2.2 and §5.3.3: worked out, because nothing compresses worse than their digits. */
const roundConstants = /* @__PURE__ */ Int32Array.from(firstPrimes(64), (prime) => rootBits(prime, 3));
const initialState = /* @__PURE__ */ Int32Array.from(firstPrimes(8), (prime) => rootBits(prime, 2));

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** SHA-256 of `bytes`: 32 fresh bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  // 0x80, zeros, and the length in bits as a big-endian u64, to whole blocks of 64 bytes.
  const tail = new Uint8Array((bytes.length % 64) + 9 > 64 ? 128 : 64);
  const whole = bytes.length - (bytes.length % 64);
  tail.set(bytes.subarray(whole));
  tail[bytes.length % 64] = 0x80;
  const tailView = new DataView(tail.buffer);
  tailView.setUint32(tail.length - 8, Math.floor(bytes.length / 0x2000_0000));
  tailView.setUint32(tail.length - 4, (bytes.length * 8) >>> 0);
  const state = initialState.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, whole);
  for (let at = 0; at < whole; at += 64) compress(state, view, at);
  for (let at = 0; at < tail.length; at += 64) compress(state, tailView, at);
  const digest = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 8; i += 1) digest.setInt32(4 * i, state[i]!);
  return new Uint8Array(digest.buffer);
}

/** Scratch of one block; nothing of it lasts. */
const schedule = /* @__PURE__ */ new Int32Array(64);

function compress(state: Int32Array, view: DataView, at: number): void {
  for (let t = 0; t < 16; t += 1) schedule[t] = view.getInt32(at + 4 * t);
  for (let t = 16; t < 64; t += 1) {
    const w15 = schedule[t - 15]!;
    const w2 = schedule[t - 2]!;
    const sigma0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const sigma1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    schedule[t] = (schedule[t - 16]! + sigma0 + schedule[t - 7]! + sigma1) | 0;
  }
  // By index: taking a typed array apart by pattern walks its iterator.
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let t = 0; t < 64; t += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + sum1 + choice + roundConstants[t]! + schedule[t]!) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + sum0 + majority) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

/** The light client's {@link Hasher}: plain TypeScript, ready at once, no WebAssembly. */
export const plainHasher: Hasher = {
  sha256,
  merkleRoot(bytes, leafBytes) {
    if (!Number.isSafeInteger(leafBytes) || leafBytes < 1)
      return fail("invalid", "leafBytes", "a whole number above 0", leafBytes);
    const leaves: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += leafBytes) leaves.push(bytes.subarray(at, at + leafBytes));
    return merkleRoot(leaves, plainHasher);
  },
  leafHashes: (leaves) => concat(...leaves.map((leaf) => leafHash(leaf, plainHasher))),
  nodesRoot(hashes) {
    const range = new CompactRange(plainHasher);
    for (let at = 0; at < hashes.length; at += hashBytes) range.append(hashes.subarray(at, at + hashBytes));
    return range.root();
  },
};
