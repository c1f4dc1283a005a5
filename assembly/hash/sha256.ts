// SHA-256 (FIPS 180-4) of one message of any length, in one go or in pieces. Four messages at once are lanes.ts.
//
// Registers live in locals. Eight rounds are written out, so that the registers come back to their own names,
// and the loop goes around eight times: as fast as writing out all 64, at an eighth of the code.

/** Bytes of a digest. */
export const digestBytes: usize = 32;

/**
 * Bytes of a stream's state, aligned to 8:
 *
 *      0        32            40             104
 *      +--------+-------------+---------------+
 *      | h0..h7 | length, u64 | pending block |
 *      +--------+-------------+---------------+
 */
export const stateBytes: usize = 104;

const blockBytes: usize = 64;
const lengthAt: usize = 32;
const pendingAt: usize = 40;

/** The eight registers before the first block. */
export const initialRegisters: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
], 16);

/** The constant of each of the 64 rounds. */
export const roundConstants: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);

/** The 64 schedule words of the block at hand: u32 for one message, v128 for four. */
export const schedule: usize = memory.data(64 * 16, 16);

/** The next 16 words of one message with their constants added. */
const scheduleWithConstants: usize = memory.data(64, 16);

/** The stream of one-shot calls. */
const ownState: usize = memory.data(stateBytes, 16);

/**
 * SHA-256 of `bytes` bytes at `data`; writes the 32-byte digest to `out`, which may overlap the data.
 */
export function sha256(data: usize, bytes: usize, out: usize): void {
  shaInit(ownState);
  shaUpdate(ownState, data, bytes);
  shaFinal(ownState, out);
}

/** Begins a stream in the `stateBytes` at `state`, which the caller owns; any number may be open. */
export function shaInit(state: usize): void {
  // Eight bytes at a time, here and below: a short memory.copy or memory.fill costs as much as ten rounds.
  for (let i: usize = 0; i < 32; i += 8) store<u64>(state + i, load<u64>(initialRegisters + i));
  store<u64>(state, 0, lengthAt);
}

/** Adds `bytes` bytes at `data` to a stream. */
export function shaUpdate(state: usize, data: usize, bytes: usize): void {
  const length = load<u64>(state, lengthAt);
  store<u64>(state, length + bytes, lengthAt);
  const held = <usize>length & (blockBytes - 1);
  if (held != 0) {
    const room = blockBytes - held;
    if (bytes < room) {
      memory.copy(state + pendingAt + held, data, bytes);
      return;
    }
    memory.copy(state + pendingAt + held, data, room);
    compress(state, state + pendingAt, 1);
    data += room;
    bytes -= room;
  }
  const blocks = bytes / blockBytes;
  compress(state, data, blocks);
  const rest = bytes & (blockBytes - 1);
  if (rest != 0) memory.copy(state + pendingAt, data + blocks * blockBytes, rest);
}

/** Ends a stream and writes its digest to `out`. The state is used up: `shaInit` before the next message. */
export function shaFinal(state: usize, out: usize): void {
  const length = load<u64>(state, lengthAt);
  const pending = state + pendingAt;
  let held = <usize>length & (blockBytes - 1);
  store<u8>(pending + held, 0x80);
  for (held++; held & 7; held++) store<u8>(pending + held, 0);
  if (held == blockBytes) {
    compress(state, pending, 1);
    held = 0;
  }
  for (; held < blockBytes - 8; held += 8) store<u64>(pending + held, 0);
  store<u64>(pending, bswap(length << 3), blockBytes - 8);
  compress(state, pending, 1);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(out + i, bswap(load<u32>(state + i)));
}

/** Takes `blocks` 64-byte blocks at `data` into the eight words at `state`. */
function compress(state: usize, data: usize, blocks: usize): void {
  for (; blocks != 0; blocks--, data += blockBytes) {
    for (let i: usize = 0; i < 64; i += 4) {
      const word = bswap(load<u32>(data + i));
      store<u32>(schedule + i, word);
      store<u32>(scheduleWithConstants + i, word + load<u32>(roundConstants + i));
    }
    let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8), d = load<u32>(state, 12);
    let e = load<u32>(state, 16), f = load<u32>(state, 20), g = load<u32>(state, 24), h = load<u32>(state, 28);
    let x = b ^ c, y: u32 = 0;
    for (let k = roundConstants; k < roundConstants + 256; k += 64) {
      const more = k < roundConstants + 192;
      h = first(e, f, g, h, load<u32>(scheduleWithConstants)); d += h; y = a ^ b; h += second(a, b, x, y);
      g = first(d, e, f, g, load<u32>(scheduleWithConstants, 4)); c += g; x = h ^ a; g += second(h, a, y, x);
      f = first(c, d, e, f, load<u32>(scheduleWithConstants, 8)); b += f; y = g ^ h; f += second(g, h, x, y);
      e = first(b, c, d, e, load<u32>(scheduleWithConstants, 12)); a += e; x = f ^ g; e += second(f, g, y, x);
      if (more) extend(0, k);
      d = first(a, b, c, d, load<u32>(scheduleWithConstants, 16)); h += d; y = e ^ f; d += second(e, f, x, y);
      c = first(h, a, b, c, load<u32>(scheduleWithConstants, 20)); g += c; x = d ^ e; c += second(d, e, y, x);
      b = first(g, h, a, b, load<u32>(scheduleWithConstants, 24)); f += b; y = c ^ d; b += second(c, d, x, y);
      a = first(f, g, h, a, load<u32>(scheduleWithConstants, 28)); e += a; x = b ^ c; a += second(b, c, y, x);
      if (more) extend(16, k);
      h = first(e, f, g, h, load<u32>(scheduleWithConstants, 32)); d += h; y = a ^ b; h += second(a, b, x, y);
      g = first(d, e, f, g, load<u32>(scheduleWithConstants, 36)); c += g; x = h ^ a; g += second(h, a, y, x);
      f = first(c, d, e, f, load<u32>(scheduleWithConstants, 40)); b += f; y = g ^ h; f += second(g, h, x, y);
      e = first(b, c, d, e, load<u32>(scheduleWithConstants, 44)); a += e; x = f ^ g; e += second(f, g, y, x);
      if (more) extend(32, k);
      d = first(a, b, c, d, load<u32>(scheduleWithConstants, 48)); h += d; y = e ^ f; d += second(e, f, x, y);
      c = first(h, a, b, c, load<u32>(scheduleWithConstants, 52)); g += c; x = d ^ e; c += second(d, e, y, x);
      b = first(g, h, a, b, load<u32>(scheduleWithConstants, 56)); f += b; y = c ^ d; b += second(c, d, x, y);
      a = first(f, g, h, a, load<u32>(scheduleWithConstants, 60)); e += a; x = b ^ c; a += second(b, c, y, x);
      if (more) extend(48, k);
    }
    store<u32>(state, load<u32>(state) + a);
    store<u32>(state, load<u32>(state, 4) + b, 4);
    store<u32>(state, load<u32>(state, 8) + c, 8);
    store<u32>(state, load<u32>(state, 12) + d, 12);
    store<u32>(state, load<u32>(state, 16) + e, 16);
    store<u32>(state, load<u32>(state, 20) + f, 20);
    store<u32>(state, load<u32>(state, 24) + g, 24);
    store<u32>(state, load<u32>(state, 28) + h, 28);
  }
}

/** Replaces the four words at `at` of the 16 in schedule by those 16 rounds later, and adds the constants behind k. */
// @ts-ignore: decorator
@inline
function extend(at: usize, k: usize): void {
  extendOne(at, k);
  extendOne(at + 4, k);
  extendOne(at + 8, k);
  extendOne(at + 12, k);
}

// @ts-ignore: decorator
@inline
function extendOne(at: usize, k: usize): void {
  const word = load<u32>(schedule + at) + sigma0(load<u32>(schedule + ((at + 4) & 63))) +
    load<u32>(schedule + ((at + 36) & 63)) + sigma1(load<u32>(schedule + ((at + 56) & 63)));
  store<u32>(schedule + at, word);
  store<u32>(scheduleWithConstants + at, word + load<u32>(k + at, 64));
}

/** Makes words 16 to 63 of the schedule of one message from the 16 before them. */
export function expand(): void {
  for (let w = schedule; w < schedule + 192; w += 4) {
    store<u32>(w, load<u32>(w) + sigma0(load<u32>(w, 4)) + load<u32>(w, 36) + sigma1(load<u32>(w, 56)), 64);
  }
}

/** h + word + Ch(e, f, g) + Σ1(e); e comes last, so what depends on it is added last. */
// @ts-ignore: decorator
@inline
function first(e: u32, f: u32, g: u32, h: u32, word: u32): u32 {
  return h + word + (g ^ (e & (f ^ g))) + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25));
}

/** Σ0(a) + Maj(a, b, c), where x = b ^ c and y = a ^ b: each round's y is the next one's x. */
// @ts-ignore: decorator
@inline
function second(a: u32, b: u32, x: u32, y: u32): u32 {
  return (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + (b ^ (y & x));
}

// @ts-ignore: decorator
@inline
function sigma0(x: u32): u32 {
  return rotr(x, 7) ^ rotr(x, 18) ^ (x >> 3);
}

// @ts-ignore: decorator
@inline
function sigma1(x: u32): u32 {
  return rotr(x, 17) ^ rotr(x, 19) ^ (x >> 10);
}
