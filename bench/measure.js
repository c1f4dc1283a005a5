// @ts-check
// Interleaved rounds, statistics and hashes of results; nothing here knows Node or a page. Every contender runs once a
// round, so that a noisy spell of the machine hits all alike.

/**
 * One way to do a piece of work.
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => unknown} run does the work once; its result goes to `hash`
 * @property {(result: any) => string | number} [hash] of the result; contenders of one work with a hash must agree
 * @property {number} [rounds] at most so many rounds, for the slow
 */

/**
 * What was measured of one contender on one size of one work.
 * @typedef {object} Row
 * @property {string} work
 * @property {string} contender
 * @property {number} size
 * @property {number} bestMs
 * @property {number} medianMs
 * @property {number} p95Ms
 * @property {number} samples
 * @property {string} [hash]
 * @property {number} [perSecond] units a second at the best time
 * @property {string} [unit] what is counted: orders, leaves, bytes, blocks ...
 * @property {Record<string, number>} [more] further figures that belong to the row
 */

/** @param {number[]} times any unit, at least one @returns {{ best: number, median: number, p95: number }} */
export function statistics(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (/** @type {number} */ share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { best: sorted[0], median: at(0.5), p95: at(0.95) };
}

/**
 * @param {{ work: string, size: number, unit: string, count?: number }} about `count` units of work a run, `size`
 * unless told
 * @param {string} contender @param {number[]} timesMs @param {string | number | undefined} hash
 * @returns {Row}
 */
export function row(about, contender, timesMs, hash) {
  const { best, median, p95 } = statistics(timesMs);
  return {
    work: about.work,
    contender,
    size: about.size,
    bestMs: best,
    medianMs: median,
    p95Ms: p95,
    samples: timesMs.length,
    perSecond: ((about.count ?? about.size) * 1000) / best,
    unit: about.unit,
    ...(hash === undefined ? {} : { hash: String(hash) }),
  };
}

/**
 * Interleaved rounds: one warm-up each, whose result is hashed, then rounds in rotating order until the budget is
 * spent.
 * @param {{ work: string, size: number, unit: string, count?: number }} about
 * @param {Contender[]} contenders
 * @param {{ budgetMs: number, rounds?: number, least?: number }} options
 * @returns {Row[]}
 */
export function rounds(about, contenders, { budgetMs, rounds: most = 200, least = 3 }) {
  const hashes = contenders.map((contender) => {
    const result = contender.run();
    return contender.hash?.(result);
  });
  /** @type {number[][]} */
  const times = contenders.map(() => []);
  const started = performance.now();
  for (let round = 0; round < most; round++) {
    if (round >= least && performance.now() - started > budgetMs) break;
    for (let turn = 0; turn < contenders.length; turn++) {
      const place = (turn + round) % contenders.length;
      const { run, rounds: few = Infinity } = contenders[place];
      if (round >= few) continue;
      // Nobody pays for another's garbage where the collector can be called.
      if (about.size >= 50_000) globalThis.gc?.();
      const start = performance.now();
      run();
      times[place].push(performance.now() - start);
    }
  }
  return contenders.map(({ name }, i) => row(about, name, times[i], hashes[i]));
}

/**
 * FNV-1a over 32-bit words: cheap enough for a million trades, and the same in every contender.
 * @param {...(ArrayLike<number>)} columns @returns {string}
 */
export function hashOf(...columns) {
  let hash = 0x811c9dc5;
  for (const column of columns)
    for (let i = 0; i < column.length; i++) hash = Math.imul(hash ^ column[i], 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** @param {Uint8Array} bytes @returns {string} */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Contenders that claim the same work on the same size and got different results.
 * @param {Row[]} rows @returns {string[]} one line each
 */
export function disagreements(rows) {
  /** @type {Map<string, Row>} */
  const first = new Map();
  const lines = [];
  for (const one of rows) {
    if (one.hash === undefined) continue;
    const key = `${one.work} at ${one.size}`;
    const other = first.get(key);
    if (!other) first.set(key, one);
    else if (other.hash !== one.hash)
      lines.push(`${key}: ${other.contender} got ${other.hash}, ${one.contender} got ${one.hash}`);
  }
  return lines;
}
