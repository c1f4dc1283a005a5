// SHA-256 of four messages of equal length at once, one in each 32-bit lane of a v128. Compiled only where there is
// SIMD; sha256.ts has the registers and constants, merkle.ts the messages.
//
//   schedule   word 0: | lane 0 | lane 1 | lane 2 | lane 3 |   word 1: | lane 0 | …      16 bytes a word, 64 words
//   registers  a:      | lane 0 | lane 1 | lane 2 | lane 3 |   b: …
import { roundConstants, initialRegisters, schedule, expand } from "./sha256";

/** Messages hashed at once. */
export const laneCount: u32 = 4;

const registers: usize = memory.data(8 * 16, 16);

/**
 * Schedule (constants added) of a 65-byte message's second block: only word 0 and words 16 to 63 depend on its one
 * byte.
 */
const secondSchedule: usize = memory.data(64 * 16, 16);

/** Words 16 to 63 of that schedule, for each value of the byte: 48 u32 a row. Filled at first use. */
const secondRows: usize = memory.data(256 * 192, 64);
let hasSecond: bool = false;

/** The ends of four messages when they can't be read in 16-byte steps where they lie. */
const ends: usize = memory.data(4 * 64, 16);

/**
 * Digests of prefix ‖ `bytes` bytes at `data + i * stride`, for i in 0 … lanes - 1 (1 to 4 of them); writes 32 bytes
 * each, end to end, to `out`, which may be the place of messages already read. Reads one byte before `data`, unless
 * there is no prefix (-1), and nothing from `end` on.
 */
export function hashLanes(
  prefix: i32, data: usize, stride: usize, lanes: u32, bytes: usize, end: usize, out: usize,
): void {
  // Lanes too many hash the last message again and write the same bytes to the same place.
  const last = lanes - 1;
  const lane1 = <usize>min<u32>(1, last), lane2 = <usize>min<u32>(2, last), lane3 = <usize>last;
  // The prefix moves everything by one byte, so reading begins one byte early and the prefix replaces it.
  const prefixed = <usize>(prefix >= 0);
  let p0 = data - prefixed, p1 = p0 + lane1 * stride, p2 = p0 + lane2 * stride, p3 = p0 + lane3 * stride;

  splatRegisters(initialRegisters);
  const length = bytes + prefixed;
  const blocks = length >> 6;
  for (let i: usize = 0; i < blocks; i++) {
    readWords(p0, p1, p2, p3, 4);
    if (i == 0 && prefix >= 0) setPrefix(prefix);
    compressLanes();
    p0 += 64; p1 += 64; p2 += 64; p3 += 64;
  }
  if (length == 65 && prefix >= 0) compressSecond(p0, p1, p2, p3);
  else compressEnd(p0, p1, p2, p3, length, blocks == 0 ? prefix : -1, end);

  const high = registers, low = registers + 64;
  transpose(v128.load(high), v128.load(high, 16), v128.load(high, 32), v128.load(high, 48), high);
  transpose(v128.load(low), v128.load(low, 16), v128.load(low, 32), v128.load(low, 48), low);
  writeDigest(out, 0);
  writeDigest(out + (lane1 << 5), 16);
  writeDigest(out + (lane2 << 5), 32);
  writeDigest(out + (lane3 << 5), 48);
}

/**
 * The first 16 bytes of HMAC-SHA256 over `code` as u8 and `index + i` as u32, for lanes i in 0 … 3, written to
 * `out + i * stride`. At `inner` and `outer` lie the registers after the key's two blocks.
 */
export function saltLanes(inner: usize, outer: usize, code: u32, index: u32, out: usize, stride: usize): void {
  splatRegisters(inner);
  const numbers = swapBytes(i32x4.add(i32x4.splat(index), i32x4(0, 1, 2, 3)));
  v128.store(schedule, v128.or(i32x4.splat(code << 24), i32x4.shr_u(numbers, 8)));
  v128.store(schedule, v128.or(i32x4.shl(numbers, 24), i32x4.splat(0x00800000)), 16);
  endSchedule(32, 64 + 5);
  compressLanes();
  // The digests stand word by word across the lanes, as the schedule of the outer message wants them.
  for (let i: usize = 0; i < 128; i += 16) v128.store(schedule + i, v128.load(registers + i));
  v128.store(schedule, i32x4.splat(0x80000000), 128);
  endSchedule(144, 64 + 32);
  splatRegisters(outer);
  compressLanes();
  transpose(v128.load(registers), v128.load(registers, 16), v128.load(registers, 32), v128.load(registers, 48), registers);
  for (let i: usize = 0; i < 64; i += 16, out += stride) v128.store(out, swapBytes(v128.load(registers + i)));
}

/** Four times the eight words at `from`. */
// @ts-ignore: decorator
@inline
function splatRegisters(from: usize): void {
  for (let i: usize = 0; i < 8; i++) v128.store(registers + (i << 4), v128.load32_splat(from + (i << 2)));
}

/** Zeros from `zero` in the schedule on, and the length in bytes of all four messages. */
// @ts-ignore: decorator
@inline
function endSchedule(zero: usize, length: usize): void {
  for (; zero < 224; zero += 16) v128.store(schedule + zero, i32x4.splat(0));
  v128.store(schedule, i32x4.splat(<i32>(length >> 29)), 224);
  v128.store(schedule, i32x4.splat(<i32>(length << 3)), 240);
}

// @ts-ignore: decorator
@inline
function writeDigest(out: usize, lane: usize): void {
  const high = swapBytes(v128.load(registers + lane)), low = swapBytes(v128.load(registers + lane, 64));
  v128.store(out, high);
  v128.store(out, low, 16);
}

/**
 * The last `length % 64` bytes of messages of `length` bytes, their padding and length. `prefix` is -1 if behind us.
 */
function compressEnd(p0: usize, p1: usize, p2: usize, p3: usize, length: usize, prefix: i32, end: usize): void {
  const rest = length & 63;
  const quarters = (rest + 15) >> 4;
  if (p3 + (quarters << 4) > end) {
    memory.copy(ends, p0, rest);
    memory.copy(ends + 64, p1, rest);
    memory.copy(ends + 128, p2, rest);
    memory.copy(ends + 192, p3, rest);
    p0 = ends; p1 = ends + 64; p2 = ends + 128; p3 = ends + 192;
  }
  readWords(p0, p1, p2, p3, quarters);
  if (prefix >= 0) setPrefix(prefix);
  // The bit behind the message; what was read beyond it is another record.
  const odd = (<u32>rest & 3) << 3;
  const word = schedule + ((rest >> 2) << 4);
  const kept: u32 = odd == 0 ? 0 : 0xffffffff << (32 - odd);
  v128.store(word, v128.or(v128.and(v128.load(word), i32x4.splat(kept)), i32x4.splat(0x80000000 >>> odd)));
  let zero = word + 16 - schedule;
  if (rest >= 56) {
    for (; zero < 256; zero += 16) v128.store(schedule + zero, i32x4.splat(0));
    compressLanes();
    zero = 0;
  }
  endSchedule(zero, length);
  compressLanes();
}

/** The second block of 65-byte messages, whose last bytes lie at p0 … p3. */
function compressSecond(p0: usize, p1: usize, p2: usize, p3: usize): void {
  if (!hasSecond) fillSecond();
  const b0 = <usize>load<u8>(p0), b1 = <usize>load<u8>(p1), b2 = <usize>load<u8>(p2), b3 = <usize>load<u8>(p3);
  const bytes = i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(<i32>b0), 1, <i32>b1), 2, <i32>b2), 3, <i32>b3);
  v128.store(secondSchedule, i32x4.add(i32x4.shl(bytes, 24), i32x4.splat(0x00800000 + load<u32>(roundConstants))));
  const r0 = secondRows + b0 * 192, r1 = secondRows + b1 * 192, r2 = secondRows + b2 * 192, r3 = secondRows + b3 * 192;
  roundsOfSecond(r0, r1, r2, r3);
}

function fillSecond(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    store<u32>(schedule, (byte << 24) | 0x00800000);
    for (let i: usize = 4; i < 60; i += 4) store<u32>(schedule + i, 0);
    store<u32>(schedule, 65 * 8, 60);
    expand();
    const row = secondRows + <usize>byte * 192;
    for (let i: usize = 0; i < 192; i += 4) store<u32>(row + i, load<u32>(schedule + i, 64) + load<u32>(roundConstants + i, 64));
  }
  for (let i: usize = 1; i < 16; i++) {
    v128.store(secondSchedule + (i << 4), i32x4.splat(load<u32>(schedule + (i << 2)) + load<u32>(roundConstants + (i << 2))));
  }
  hasSecond = true;
}

/** Reads `quarters` times 16 bytes of each message as big-endian words, word by word across the lanes. */
// @ts-ignore: decorator
@inline
function readWords(p0: usize, p1: usize, p2: usize, p3: usize, quarters: usize): void {
  for (let i: usize = 0; i < quarters << 4; i += 16) {
    transpose(
      swapBytes(v128.load(p0 + i)), swapBytes(v128.load(p1 + i)),
      swapBytes(v128.load(p2 + i)), swapBytes(v128.load(p3 + i)), schedule + (i << 2),
    );
  }
}

// @ts-ignore: decorator
@inline
function setPrefix(prefix: u32): void {
  v128.store(schedule, v128.or(v128.and(v128.load(schedule), i32x4.splat(0x00ffffff)), i32x4.splat(prefix << 24)));
}

/** Takes the block whose first 16 words stand in schedule. */
function compressLanes(): void {
  let a = v128.load(registers), b = v128.load(registers, 16), c = v128.load(registers, 32), d = v128.load(registers, 48);
  let e = v128.load(registers, 64), f = v128.load(registers, 80), g = v128.load(registers, 96), h = v128.load(registers, 112);
  let x = v128.xor(b, c), y: v128;
  // The word for 16 rounds later is made between the rounds: they wait for one another, it waits for neither.
  for (let i: usize = 0; i < 768; i += 128) {
    const w = schedule + i, k = roundConstants + (i >> 2);
    h = first(e, f, g, h, word(w, k, 0)); d = i32x4.add(d, h); extend(w, 0); y = v128.xor(a, b); h = second(h, a, b, x, y);
    g = first(d, e, f, g, word(w, k, 1)); c = i32x4.add(c, g); extend(w, 1); x = v128.xor(h, a); g = second(g, h, a, y, x);
    f = first(c, d, e, f, word(w, k, 2)); b = i32x4.add(b, f); extend(w, 2); y = v128.xor(g, h); f = second(f, g, h, x, y);
    e = first(b, c, d, e, word(w, k, 3)); a = i32x4.add(a, e); extend(w, 3); x = v128.xor(f, g); e = second(e, f, g, y, x);
    d = first(a, b, c, d, word(w, k, 4)); h = i32x4.add(h, d); extend(w, 4); y = v128.xor(e, f); d = second(d, e, f, x, y);
    c = first(h, a, b, c, word(w, k, 5)); g = i32x4.add(g, c); extend(w, 5); x = v128.xor(d, e); c = second(c, d, e, y, x);
    b = first(g, h, a, b, word(w, k, 6)); f = i32x4.add(f, b); extend(w, 6); y = v128.xor(c, d); b = second(b, c, d, x, y);
    a = first(f, g, h, a, word(w, k, 7)); e = i32x4.add(e, a); extend(w, 7); x = v128.xor(b, c); a = second(a, b, c, y, x);
  }
  for (let i: usize = 768; i < 1024; i += 128) {
    const w = schedule + i, k = roundConstants + (i >> 2);
    h = first(e, f, g, h, word(w, k, 0)); d = i32x4.add(d, h); y = v128.xor(a, b); h = second(h, a, b, x, y);
    g = first(d, e, f, g, word(w, k, 1)); c = i32x4.add(c, g); x = v128.xor(h, a); g = second(g, h, a, y, x);
    f = first(c, d, e, f, word(w, k, 2)); b = i32x4.add(b, f); y = v128.xor(g, h); f = second(f, g, h, x, y);
    e = first(b, c, d, e, word(w, k, 3)); a = i32x4.add(a, e); x = v128.xor(f, g); e = second(e, f, g, y, x);
    d = first(a, b, c, d, word(w, k, 4)); h = i32x4.add(h, d); y = v128.xor(e, f); d = second(d, e, f, x, y);
    c = first(h, a, b, c, word(w, k, 5)); g = i32x4.add(g, c); x = v128.xor(d, e); c = second(c, d, e, y, x);
    b = first(g, h, a, b, word(w, k, 6)); f = i32x4.add(f, b); y = v128.xor(c, d); b = second(b, c, d, x, y);
    a = first(f, g, h, a, word(w, k, 7)); e = i32x4.add(e, a); x = v128.xor(b, c); a = second(a, b, c, y, x);
  }
  addRegisters(a, b, c, d, e, f, g, h);
}

/**
 * Takes the block whose first 16 words, constants added, stand in secondSchedule and whose others stand in four rows.
 */
function roundsOfSecond(r0: usize, r1: usize, r2: usize, r3: usize): void {
  let a = v128.load(registers), b = v128.load(registers, 16), c = v128.load(registers, 32), d = v128.load(registers, 48);
  let e = v128.load(registers, 64), f = v128.load(registers, 80), g = v128.load(registers, 96), h = v128.load(registers, 112);
  let x = v128.xor(b, c), y: v128;
  for (let i: usize = 0; i < 1024; i += 128) {
    const w = secondSchedule + i;
    if (i >= 256) {
      const row = (i - 256) >> 2;
      transpose(v128.load(r0 + row), v128.load(r1 + row), v128.load(r2 + row), v128.load(r3 + row), w);
      transpose(v128.load(r0 + row, 16), v128.load(r1 + row, 16), v128.load(r2 + row, 16), v128.load(r3 + row, 16), w + 64);
    }
    h = first(e, f, g, h, v128.load(w)); d = i32x4.add(d, h); y = v128.xor(a, b); h = second(h, a, b, x, y);
    g = first(d, e, f, g, v128.load(w, 16)); c = i32x4.add(c, g); x = v128.xor(h, a); g = second(g, h, a, y, x);
    f = first(c, d, e, f, v128.load(w, 32)); b = i32x4.add(b, f); y = v128.xor(g, h); f = second(f, g, h, x, y);
    e = first(b, c, d, e, v128.load(w, 48)); a = i32x4.add(a, e); x = v128.xor(f, g); e = second(e, f, g, y, x);
    d = first(a, b, c, d, v128.load(w, 64)); h = i32x4.add(h, d); y = v128.xor(e, f); d = second(d, e, f, x, y);
    c = first(h, a, b, c, v128.load(w, 80)); g = i32x4.add(g, c); x = v128.xor(d, e); c = second(c, d, e, y, x);
    b = first(g, h, a, b, v128.load(w, 96)); f = i32x4.add(f, b); y = v128.xor(c, d); b = second(b, c, d, x, y);
    a = first(f, g, h, a, v128.load(w, 112)); e = i32x4.add(e, a); x = v128.xor(b, c); a = second(a, b, c, y, x);
  }
  addRegisters(a, b, c, d, e, f, g, h);
}

// @ts-ignore: decorator
@inline
function addRegisters(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): void {
  v128.store(registers, i32x4.add(v128.load(registers), a));
  v128.store(registers, i32x4.add(v128.load(registers, 16), b), 16);
  v128.store(registers, i32x4.add(v128.load(registers, 32), c), 32);
  v128.store(registers, i32x4.add(v128.load(registers, 48), d), 48);
  v128.store(registers, i32x4.add(v128.load(registers, 64), e), 64);
  v128.store(registers, i32x4.add(v128.load(registers, 80), f), 80);
  v128.store(registers, i32x4.add(v128.load(registers, 96), g), 96);
  v128.store(registers, i32x4.add(v128.load(registers, 112), h), 112);
}

/** Word i of the schedule at w plus constant i at k. */
// @ts-ignore: decorator
@inline
function word(w: usize, k: usize, i: usize): v128 {
  return i32x4.add(v128.load(w + (i << 4)), v128.load32_splat(k + (i << 2)));
}

/** Makes word i + 16 of the schedule at w. */
// @ts-ignore: decorator
@inline
function extend(w: usize, i: usize): void {
  const at = w + (i << 4);
  const near = v128.load(at, 16), far = v128.load(at, 224);
  const sigma0 = v128.xor(twoTurns(near, 7, 18), i32x4.shr_u(near, 3));
  const sigma1 = v128.xor(twoTurns(far, 17, 19), i32x4.shr_u(far, 10));
  v128.store(at, i32x4.add(i32x4.add(v128.load(at), sigma0), i32x4.add(v128.load(at, 144), sigma1)), 256);
}

/** h + word + Ch(e, f, g) + Σ1(e). In both sums what comes last is added last: worth a tenth. */
// @ts-ignore: decorator
@inline
function first(e: v128, f: v128, g: v128, h: v128, wordAndConstant: v128): v128 {
  const choice = v128.xor(g, v128.and(e, v128.xor(f, g)));
  return i32x4.add(i32x4.add(i32x4.add(h, wordAndConstant), choice), threeTurns(e, 6, 11, 25));
}

/** h + Maj(a, b, c) + Σ0(a), where x = b ^ c and y = a ^ b: each round's y is the next one's x. */
// @ts-ignore: decorator
@inline
function second(h: v128, a: v128, b: v128, x: v128, y: v128): v128 {
  return i32x4.add(i32x4.add(h, v128.xor(b, v128.and(y, x))), threeTurns(a, 2, 13, 22));
}

/** Exclusive or of right rotations, as one chain: V8 keeps all shifts of a balanced tree alive at once. */
// @ts-ignore: decorator
@inline
function threeTurns(x: v128, i: i32, j: i32, k: i32): v128 {
  return v128.xor(v128.xor(twoTurns(x, i, j), i32x4.shr_u(x, k)), i32x4.shl(x, 32 - k));
}

// @ts-ignore: decorator
@inline
function twoTurns(x: v128, i: i32, j: i32): v128 {
  const turned = v128.xor(i32x4.shr_u(x, i), i32x4.shl(x, 32 - i));
  return v128.xor(v128.xor(turned, i32x4.shr_u(x, j)), i32x4.shl(x, 32 - j));
}

// @ts-ignore: decorator
@inline
function swapBytes(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Writes the 4 × 4 words of four rows to `to`, columns as rows. */
// @ts-ignore: decorator
@inline
function transpose(r0: v128, r1: v128, r2: v128, r3: v128, to: usize): void {
  const even = i32x4.shuffle(r0, r1, 0, 4, 1, 5), odd = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const evenHigh = i32x4.shuffle(r0, r1, 2, 6, 3, 7), oddHigh = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(even, odd, 0, 2));
  v128.store(to, i64x2.shuffle(even, odd, 1, 3), 16);
  v128.store(to, i64x2.shuffle(evenHigh, oddHigh, 0, 2), 32);
  v128.store(to, i64x2.shuffle(evenHigh, oddHigh, 1, 3), 48);
}
