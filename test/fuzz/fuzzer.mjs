// @ts-check
// The fuzzer: changes inputs that reached something new, for some seconds, and keeps those that reach something else.

/**
 * @typedef {object} Fuzzing
 * @property {(bytes: Uint8Array) => Promise<unknown>} take Throws what is a finding.
 * @property {readonly Uint8Array[]} first Where to begin.
 * @property {Record<string, { b: Record<string, number[]> }>} counters Of branches, counted up by the program.
 * @property {number} seconds
 * @property {number} seed
 * @property {(bytes: Uint8Array) => void} trying Told of each input before it is taken.
 */

/** Longest input that is made. */
export const mostBytes = 20_000;
/** Longest input that is kept in the repository, and how many of a parser. */
const keptBytes = 600;
const keptInputs = 16;

/** What has made programs stumble. */
const tokens = [
  "-",
  "+",
  ".",
  ",",
  ";",
  "\t",
  "\r\n",
  "\n",
  '"',
  '""',
  "'",
  "\\",
  "\\u0000",
  "\\ud800",
  "/",
  "//",
  "/*",
  "{",
  "}",
  "[",
  "]",
  ":",
  "0",
  "00",
  "-0",
  "1e9",
  "1e400",
  "0x10",
  "9007199254740993",
  "99999999999999999999",
  "NaN",
  "null",
  "true",
  "__proto__",
  "constructor",
  "\u0000",
  "\ufeff",
  "\ufffe",
  "é",
  "e\u0301",
  "2026-03-29T02:30",
  "=cmd",
  "%00",
  "%2e%2e/",
  "..",
].map((text) => new TextEncoder().encode(text));

/** @param {Fuzzing} fuzzing */
export async function fuzz({ take, first, counters, seconds, seed, trying }) {
  // xorshift: the same inputs from the same seed, as far as the time goes.
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  const below = (/** @type {number} */ count) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
  const arrays = Object.values(counters).flatMap(({ b }) => Object.values(b));
  /** How often each counter was reached, as a power of two, at most so far. */
  const most = new Map();
  let branches = 0;

  /** Whether the last input reached more than any before; sets the counters to nothing. */
  const reachedMore = () => {
    let more = false;
    for (let at = 0; at < arrays.length; at += 1) {
      const array = arrays[at];
      if (array === undefined) continue;
      for (let branch = 0; branch < array.length; branch += 1) {
        const count = array[branch] ?? 0;
        if (count === 0) continue;
        array[branch] = 0;
        const level = 32 - Math.clz32(count);
        const key = at * 64 + branch;
        const before = most.get(key) ?? 0;
        if (level <= before) continue;
        if (before === 0) branches += 1;
        most.set(key, level);
        more = true;
      }
    }
    return more;
  };

  /** @param {Uint8Array} bytes @param {readonly Uint8Array[]} pool */
  const changed = (bytes, pool) => {
    let result = Uint8Array.from(bytes);
    for (let times = 1 + below(4); times > 0; times -= 1) {
      const at = below(result.length + 1);
      const other = pool[below(pool.length)] ?? result;
      const token = tokens[below(tokens.length)] ?? result;
      const put = (/** @type {Uint8Array} */ piece, /** @type {number} */ over) =>
        Uint8Array.from([...result.subarray(0, at), ...piece, ...result.subarray(at + over)]);
      switch (below(9)) {
        case 0:
          if (at < result.length) result[at] = (result[at] ?? 0) ^ (1 << below(8));
          break;
        case 1:
          if (at < result.length) result[at] = below(256);
          break;
        case 2:
          result = put(new Uint8Array(0), 1 + below(1 + below(40)));
          break;
        case 3:
          result = put(result.subarray(at, at + 1 + below(40)), 0);
          break;
        case 4:
          result = put(token, 0);
          break;
        case 5:
          result = put(token, token.length);
          break;
        case 6: {
          const from = below(other.length + 1);
          result = put(other.subarray(from, from + below(200)), below(2) * below(200));
          break;
        }
        case 7: {
          // A number of four bytes, a little more or less, or as large as it goes.
          if (at + 4 > result.length) break;
          const view = new DataView(result.buffer, at, 4);
          view.setUint32(0, below(3) === 0 ? 0xffff_ffff : view.getUint32(0, true) + below(9) - 4, true);
          break;
        }
        default: {
          // A digit of a text becomes another number.
          const digit = result.findIndex((byte, index) => index >= at && byte >= 48 && byte <= 57);
          if (digit >= 0) result[digit] = 48 + below(10);
        }
      }
    }
    return result.length > mostBytes ? result.subarray(0, mostBytes) : result;
  };

  let slowestMs = 0;
  let inputs = 0;
  const run = async (/** @type {Uint8Array} */ bytes) => {
    trying(bytes);
    const began = performance.now();
    try {
      await take(bytes);
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : `${error}`;
      return { why, input: Buffer.from(bytes).toString("base64") };
    }
    slowestMs = Math.max(slowestMs, performance.now() - began);
    inputs += 1;
    return null;
  };

  // What was reached as the program was loaded is not the parser's.
  reachedMore();
  most.clear();
  branches = 0;
  /** @type {Uint8Array[]} */
  const pool = [];
  for (const bytes of first) {
    const finding = await run(bytes);
    if (finding !== null) return { finding };
    reachedMore();
    pool.push(bytes);
  }
  const known = pool.length;
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    // What was found last is changed more often.
    const from = below(3) === 0 ? pool.length - 1 - below(Math.min(8, pool.length)) : below(pool.length);
    const bytes = changed(pool[from] ?? new Uint8Array(0), pool);
    const finding = await run(bytes);
    if (finding !== null) return { finding };
    if (reachedMore()) pool.push(bytes);
  }
  const kept = pool.slice(known);
  const corpus = kept
    .filter(({ length }) => length <= keptBytes)
    .slice(-keptInputs)
    .map((bytes) => Buffer.from(bytes).toString("base64"));
  return { inputs, branches, kept: kept.length, slowestMs, corpus };
}
