// @ts-check
// Books to clear, drawn from a seed: the same on every machine and in the browser.

/**
 * @typedef {{ quantity: Uint32Array, price: Int32Array }} Columns
 * @typedef {{ offers: Columns, bids: Columns }} Book
 */

/** @param {number} seed not zero @returns {() => number} uniform in [0, 1), 32 bits (xorshift) */
export function randomFrom(seed) {
  let state = seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** Kinds of book and what makes each hard. */
export const kinds = /** @type {const} */ ({
  random: "quantities 1-20,000, prices 1-10,000, uniform",
  realistic:
    "half-minute household energy in micro-kWh, prices in micro-currency around a tariff, log-normal",
  few: "1,000 price levels",
  wide: "31-bit prices and quantities: values of 62 bits",
  staircase: "each offer a little bigger and dearer than the last, bids the mirror image",
  anticorrelated: "every value nearly alike: big orders cheap, small ones dear",
  equal: "all orders the same",
  giant: "one offer as big as all bids together, the rest tiny",
  negative: "prices from -10,000 to 10,000",
  scattered: "small dear offers among big cheap ones, and bids between: nothing prunes a search of phase B",
  uncrossed: "no bid reaches any offer: sorting and nothing else",
});

/**
 * A book of `orders` orders, half of them offers.
 * @param {keyof typeof kinds} kind @param {number} orders @param {number} [seed] @returns {Book}
 */
export function book(kind, orders, seed = 777) {
  const random = randomFrom(seed);
  const between = (/** @type {number} */ low, /** @type {number} */ high) =>
    low + Math.floor(random() * (high - low + 1));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const n = orders >>> 1;
  /** @type {Record<keyof typeof kinds, (i: number, offer: boolean) => [number, number]>} */
  const draw = {
    random: () => [between(1, 20_000), between(1, 10_000)],
    realistic: (_, offer) => [
      Math.min(100_000, 1 + Math.floor(Math.exp(offer ? 9 + normal() * 0.9 : 8.6 + normal() * 0.8))),
      100 * Math.max(1, Math.floor(offer ? 1600 + normal() * 500 : 2400 + normal() * 600)),
    ],
    few: () => [between(1, 20_000), between(1, 1_000)],
    wide: () => [between(1, 0x7fffffff), between(1, 0x7fffffff)],
    staircase: (i, offer) => [
      offer ? 1 + i : 2 + i,
      offer ? 1 + Math.floor((i * 1e6) / n) : 1 + Math.floor((i * 1e6) / n),
    ],
    anticorrelated: (_, offer) => {
      const quantity = between(offer ? 900 : 400, offer ? 1_100 : 9_000);
      return [
        quantity,
        offer ? Math.floor(5e6 / quantity) : Math.max(1, Math.floor((4e6 - between(0, 999)) / quantity)),
      ];
    },
    equal: (_, offer) => (offer ? [1_000, 500] : [1_000, 500]),
    giant: (i, offer) => (offer && i === 0 ? [0x7fffffff, 1] : [between(1, 100), between(1, 10_000)]),
    negative: () => [between(1, 20_000), between(-10_000, 10_000)],
    scattered: (i, offer) =>
      offer
        ? i & 1
          ? [between(1, 49), between(6_000, 9_000)]
          : [between(51, 99), between(1, 4_000)]
        : [between(100, 120), between(4_000, 5_999)],
    uncrossed: (_, offer) => [between(1, 20_000), offer ? between(10_001, 20_000) : between(1, 10_000)],
  };
  const side = (/** @type {boolean} */ offer) => {
    const quantity = new Uint32Array(n);
    const price = new Int32Array(n);
    for (let i = 0; i < n; i++) [quantity[i], price[i]] = draw[kind](i, offer);
    return { quantity, price };
  };
  return { offers: side(true), bids: side(false) };
}

/** @param {number} length @param {number} [seed] @returns {Uint8Array<ArrayBuffer>} */
export function bytes(length, seed = 4711) {
  const random = randomFrom(seed);
  const words = new Uint32Array((length + 3) >>> 2);
  for (let i = 0; i < words.length; i++) words[i] = random() * 4294967296;
  return new Uint8Array(words.buffer, 0, length);
}
