// SHA-256 (FIPS 180-4) of one message of any length, in one go or in pieces. Four messages at once are lanes.ts.
//
// Registers and the 16 words at hand live in locals, and all 64 rounds are written out, so that constants stand in the
// code: it takes a third less time than words and constants in memory, for 1 kB more of compressed code.

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

/** Takes `blocks` 64-byte blocks at `data` into the eight words at `state`. The numbers are those of roundConstants. */
function compress(state: usize, data: usize, blocks: usize): void {
  for (; blocks != 0; blocks--, data += blockBytes) {
    let w0 = bswap(load<u32>(data, 0)), w1 = bswap(load<u32>(data, 4)), w2 = bswap(load<u32>(data, 8)), w3 = bswap(load<u32>(data, 12));
    let w4 = bswap(load<u32>(data, 16)), w5 = bswap(load<u32>(data, 20)), w6 = bswap(load<u32>(data, 24)), w7 = bswap(load<u32>(data, 28));
    let w8 = bswap(load<u32>(data, 32)), w9 = bswap(load<u32>(data, 36)), w10 = bswap(load<u32>(data, 40)), w11 = bswap(load<u32>(data, 44));
    let w12 = bswap(load<u32>(data, 48)), w13 = bswap(load<u32>(data, 52)), w14 = bswap(load<u32>(data, 56)), w15 = bswap(load<u32>(data, 60));
    let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8), d = load<u32>(state, 12);
    let e = load<u32>(state, 16), f = load<u32>(state, 20), g = load<u32>(state, 24), h = load<u32>(state, 28);
    let x = b ^ c, y: u32 = 0;
    h = first(e, f, g, h, w0 + 0x428a2f98); d += h; y = a ^ b; h += second(a, b, x, y); w0 = later(w0, w1, w9, w14);
    g = first(d, e, f, g, w1 + 0x71374491); c += g; x = h ^ a; g += second(h, a, y, x); w1 = later(w1, w2, w10, w15);
    f = first(c, d, e, f, w2 + 0xb5c0fbcf); b += f; y = g ^ h; f += second(g, h, x, y); w2 = later(w2, w3, w11, w0);
    e = first(b, c, d, e, w3 + 0xe9b5dba5); a += e; x = f ^ g; e += second(f, g, y, x); w3 = later(w3, w4, w12, w1);
    d = first(a, b, c, d, w4 + 0x3956c25b); h += d; y = e ^ f; d += second(e, f, x, y); w4 = later(w4, w5, w13, w2);
    c = first(h, a, b, c, w5 + 0x59f111f1); g += c; x = d ^ e; c += second(d, e, y, x); w5 = later(w5, w6, w14, w3);
    b = first(g, h, a, b, w6 + 0x923f82a4); f += b; y = c ^ d; b += second(c, d, x, y); w6 = later(w6, w7, w15, w4);
    a = first(f, g, h, a, w7 + 0xab1c5ed5); e += a; x = b ^ c; a += second(b, c, y, x); w7 = later(w7, w8, w0, w5);
    h = first(e, f, g, h, w8 + 0xd807aa98); d += h; y = a ^ b; h += second(a, b, x, y); w8 = later(w8, w9, w1, w6);
    g = first(d, e, f, g, w9 + 0x12835b01); c += g; x = h ^ a; g += second(h, a, y, x); w9 = later(w9, w10, w2, w7);
    f = first(c, d, e, f, w10 + 0x243185be); b += f; y = g ^ h; f += second(g, h, x, y); w10 = later(w10, w11, w3, w8);
    e = first(b, c, d, e, w11 + 0x550c7dc3); a += e; x = f ^ g; e += second(f, g, y, x); w11 = later(w11, w12, w4, w9);
    d = first(a, b, c, d, w12 + 0x72be5d74); h += d; y = e ^ f; d += second(e, f, x, y); w12 = later(w12, w13, w5, w10);
    c = first(h, a, b, c, w13 + 0x80deb1fe); g += c; x = d ^ e; c += second(d, e, y, x); w13 = later(w13, w14, w6, w11);
    b = first(g, h, a, b, w14 + 0x9bdc06a7); f += b; y = c ^ d; b += second(c, d, x, y); w14 = later(w14, w15, w7, w12);
    a = first(f, g, h, a, w15 + 0xc19bf174); e += a; x = b ^ c; a += second(b, c, y, x); w15 = later(w15, w0, w8, w13);
    h = first(e, f, g, h, w0 + 0xe49b69c1); d += h; y = a ^ b; h += second(a, b, x, y); w0 = later(w0, w1, w9, w14);
    g = first(d, e, f, g, w1 + 0xefbe4786); c += g; x = h ^ a; g += second(h, a, y, x); w1 = later(w1, w2, w10, w15);
    f = first(c, d, e, f, w2 + 0x0fc19dc6); b += f; y = g ^ h; f += second(g, h, x, y); w2 = later(w2, w3, w11, w0);
    e = first(b, c, d, e, w3 + 0x240ca1cc); a += e; x = f ^ g; e += second(f, g, y, x); w3 = later(w3, w4, w12, w1);
    d = first(a, b, c, d, w4 + 0x2de92c6f); h += d; y = e ^ f; d += second(e, f, x, y); w4 = later(w4, w5, w13, w2);
    c = first(h, a, b, c, w5 + 0x4a7484aa); g += c; x = d ^ e; c += second(d, e, y, x); w5 = later(w5, w6, w14, w3);
    b = first(g, h, a, b, w6 + 0x5cb0a9dc); f += b; y = c ^ d; b += second(c, d, x, y); w6 = later(w6, w7, w15, w4);
    a = first(f, g, h, a, w7 + 0x76f988da); e += a; x = b ^ c; a += second(b, c, y, x); w7 = later(w7, w8, w0, w5);
    h = first(e, f, g, h, w8 + 0x983e5152); d += h; y = a ^ b; h += second(a, b, x, y); w8 = later(w8, w9, w1, w6);
    g = first(d, e, f, g, w9 + 0xa831c66d); c += g; x = h ^ a; g += second(h, a, y, x); w9 = later(w9, w10, w2, w7);
    f = first(c, d, e, f, w10 + 0xb00327c8); b += f; y = g ^ h; f += second(g, h, x, y); w10 = later(w10, w11, w3, w8);
    e = first(b, c, d, e, w11 + 0xbf597fc7); a += e; x = f ^ g; e += second(f, g, y, x); w11 = later(w11, w12, w4, w9);
    d = first(a, b, c, d, w12 + 0xc6e00bf3); h += d; y = e ^ f; d += second(e, f, x, y); w12 = later(w12, w13, w5, w10);
    c = first(h, a, b, c, w13 + 0xd5a79147); g += c; x = d ^ e; c += second(d, e, y, x); w13 = later(w13, w14, w6, w11);
    b = first(g, h, a, b, w14 + 0x06ca6351); f += b; y = c ^ d; b += second(c, d, x, y); w14 = later(w14, w15, w7, w12);
    a = first(f, g, h, a, w15 + 0x14292967); e += a; x = b ^ c; a += second(b, c, y, x); w15 = later(w15, w0, w8, w13);
    h = first(e, f, g, h, w0 + 0x27b70a85); d += h; y = a ^ b; h += second(a, b, x, y); w0 = later(w0, w1, w9, w14);
    g = first(d, e, f, g, w1 + 0x2e1b2138); c += g; x = h ^ a; g += second(h, a, y, x); w1 = later(w1, w2, w10, w15);
    f = first(c, d, e, f, w2 + 0x4d2c6dfc); b += f; y = g ^ h; f += second(g, h, x, y); w2 = later(w2, w3, w11, w0);
    e = first(b, c, d, e, w3 + 0x53380d13); a += e; x = f ^ g; e += second(f, g, y, x); w3 = later(w3, w4, w12, w1);
    d = first(a, b, c, d, w4 + 0x650a7354); h += d; y = e ^ f; d += second(e, f, x, y); w4 = later(w4, w5, w13, w2);
    c = first(h, a, b, c, w5 + 0x766a0abb); g += c; x = d ^ e; c += second(d, e, y, x); w5 = later(w5, w6, w14, w3);
    b = first(g, h, a, b, w6 + 0x81c2c92e); f += b; y = c ^ d; b += second(c, d, x, y); w6 = later(w6, w7, w15, w4);
    a = first(f, g, h, a, w7 + 0x92722c85); e += a; x = b ^ c; a += second(b, c, y, x); w7 = later(w7, w8, w0, w5);
    h = first(e, f, g, h, w8 + 0xa2bfe8a1); d += h; y = a ^ b; h += second(a, b, x, y); w8 = later(w8, w9, w1, w6);
    g = first(d, e, f, g, w9 + 0xa81a664b); c += g; x = h ^ a; g += second(h, a, y, x); w9 = later(w9, w10, w2, w7);
    f = first(c, d, e, f, w10 + 0xc24b8b70); b += f; y = g ^ h; f += second(g, h, x, y); w10 = later(w10, w11, w3, w8);
    e = first(b, c, d, e, w11 + 0xc76c51a3); a += e; x = f ^ g; e += second(f, g, y, x); w11 = later(w11, w12, w4, w9);
    d = first(a, b, c, d, w12 + 0xd192e819); h += d; y = e ^ f; d += second(e, f, x, y); w12 = later(w12, w13, w5, w10);
    c = first(h, a, b, c, w13 + 0xd6990624); g += c; x = d ^ e; c += second(d, e, y, x); w13 = later(w13, w14, w6, w11);
    b = first(g, h, a, b, w14 + 0xf40e3585); f += b; y = c ^ d; b += second(c, d, x, y); w14 = later(w14, w15, w7, w12);
    a = first(f, g, h, a, w15 + 0x106aa070); e += a; x = b ^ c; a += second(b, c, y, x); w15 = later(w15, w0, w8, w13);
    h = first(e, f, g, h, w0 + 0x19a4c116); d += h; y = a ^ b; h += second(a, b, x, y); g = first(d, e, f, g, w1 + 0x1e376c08); c += g; x = h ^ a; g += second(h, a, y, x);
    f = first(c, d, e, f, w2 + 0x2748774c); b += f; y = g ^ h; f += second(g, h, x, y); e = first(b, c, d, e, w3 + 0x34b0bcb5); a += e; x = f ^ g; e += second(f, g, y, x);
    d = first(a, b, c, d, w4 + 0x391c0cb3); h += d; y = e ^ f; d += second(e, f, x, y); c = first(h, a, b, c, w5 + 0x4ed8aa4a); g += c; x = d ^ e; c += second(d, e, y, x);
    b = first(g, h, a, b, w6 + 0x5b9cca4f); f += b; y = c ^ d; b += second(c, d, x, y); a = first(f, g, h, a, w7 + 0x682e6ff3); e += a; x = b ^ c; a += second(b, c, y, x);
    h = first(e, f, g, h, w8 + 0x748f82ee); d += h; y = a ^ b; h += second(a, b, x, y); g = first(d, e, f, g, w9 + 0x78a5636f); c += g; x = h ^ a; g += second(h, a, y, x);
    f = first(c, d, e, f, w10 + 0x84c87814); b += f; y = g ^ h; f += second(g, h, x, y); e = first(b, c, d, e, w11 + 0x8cc70208); a += e; x = f ^ g; e += second(f, g, y, x);
    d = first(a, b, c, d, w12 + 0x90befffa); h += d; y = e ^ f; d += second(e, f, x, y); c = first(h, a, b, c, w13 + 0xa4506ceb); g += c; x = d ^ e; c += second(d, e, y, x);
    b = first(g, h, a, b, w14 + 0xbef9a3f7); f += b; y = c ^ d; b += second(c, d, x, y); a = first(f, g, h, a, w15 + 0xc67178f2); e += a; x = b ^ c; a += second(b, c, y, x);
    add(state, a); add(state + 4, b); add(state + 8, c); add(state + 12, d);
    add(state + 16, e); add(state + 20, f); add(state + 24, g); add(state + 28, h);
  }
}

// @ts-ignore: decorator
@inline
function add(at: usize, value: u32): void {
  store<u32>(at, load<u32>(at) + value);
}

/** The word 16 after w, from those 1, 9 and 14 after it. */
// @ts-ignore: decorator
@inline
function later(w: u32, w1: u32, w9: u32, w14: u32): u32 {
  return w + sigma0(w1) + w9 + sigma1(w14);
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
