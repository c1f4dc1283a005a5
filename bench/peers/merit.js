// @ts-check
// Merit order as one writes it by hand in JavaScript: over objects, over typed arrays, and by counting prices.

/**
 * @typedef {import("../inputs.js").Book} Book
 * @typedef {{ count: number, offer: Uint32Array, bid: Uint32Array, quantity: Uint32Array, price: Int32Array }} Trades
 * @typedef {{ trades: Trades, remaining: { offers: Uint32Array, bids: Uint32Array } }} Cleared
 */

/** @param {number} rows @returns {Trades} */
export const tradesFor = (rows) => ({
  count: 0,
  offer: new Uint32Array(rows),
  bid: new Uint32Array(rows),
  quantity: new Uint32Array(rows),
  price: new Int32Array(rows),
});

/** @param {number} low @param {number} high @param {number} k ppm */
const blend = (low, high, k) => low + Math.floor(((high - low) * k) / 1_000_000);

/**
 * Two pointers over orders sorted by index.
 * @param {Book} book @param {ArrayLike<number>} offerOrder @param {ArrayLike<number>} bidOrder @param {number} k
 * @returns {Cleared}
 */
function sweep({ offers, bids }, offerOrder, bidOrder, k) {
  const supply = offers.quantity.slice();
  const demand = bids.quantity.slice();
  const trades = tradesFor(supply.length + demand.length);
  let i = 0;
  let j = 0;
  let n = 0;
  let low = 0;
  let high = 0;
  while (i < offerOrder.length && j < bidOrder.length) {
    const offer = offerOrder[i];
    const bid = bidOrder[j];
    if (bids.price[bid] < offers.price[offer]) break;
    low = offers.price[offer];
    high = bids.price[bid];
    const quantity = Math.min(supply[offer], demand[bid]);
    trades.offer[n] = offer;
    trades.bid[n] = bid;
    trades.quantity[n++] = quantity;
    supply[offer] -= quantity;
    demand[bid] -= quantity;
    if (supply[offer] === 0) i++;
    if (demand[bid] === 0) j++;
  }
  trades.count = n;
  if (n > 0) {
    if (j < bidOrder.length) low = Math.max(low, bids.price[bidOrder[j]]);
    if (i < offerOrder.length) high = Math.min(high, offers.price[offerOrder[i]]);
    trades.price.fill(blend(low, high, k), 0, n);
  }
  return { trades, remaining: { offers: supply, bids: demand } };
}

/** Objects and `Array.sort`: the first thing one writes. @param {Book} book @param {number} k */
export function meritObjects(book, k) {
  const objects = (/** @type {import("../inputs.js").Columns} */ { quantity, price }) =>
    Array.from(quantity, (size, id) => ({ id, quantity: size, price: price[id] }));
  const offers = objects(book.offers).sort((a, b) => a.price - b.price);
  const bids = objects(book.bids).sort((a, b) => b.price - a.price);
  return sweep(
    book,
    offers.map(({ id }) => id),
    bids.map(({ id }) => id),
    k,
  );
}

/**
 * Indices by a key that is a small enough integer, price and index packed in one double and sorted natively.
 * @param {number} count @param {(i: number) => number} key
 */
export function orderPacked(count, key) {
  const packed = new Float64Array(count);
  const scale = 2 ** (32 - Math.clz32(Math.max(1, count - 1)));
  for (let i = 0; i < count; i++) packed[i] = key(i) * scale + i;
  packed.sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const rest = packed[i] % scale;
    order[i] = rest < 0 ? rest + scale : rest;
  }
  return order;
}

/**
 * Typed arrays and `Float64Array.sort`: the best one gets without writing a sort.
 * @param {Book} book
 * @param {number} k
 */
export function meritTyped(book, k) {
  const offerPrice = book.offers.price;
  const bidPrice = book.bids.price;
  const offerOrder = orderPacked(offerPrice.length, (i) => offerPrice[i]);
  const bidOrder = orderPacked(bidPrice.length, (i) => -bidPrice[i]);
  return sweep(book, offerOrder, bidOrder, k);
}

/** @param {Int32Array} price @param {boolean} descending @returns {Uint32Array} */
function orderCounted(price, descending) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < price.length; i++) {
    if (price[i] < low) low = price[i];
    if (price[i] > high) high = price[i];
  }
  const starts = new Uint32Array(price.length ? high - low + 2 : 1);
  for (let i = 0; i < price.length; i++) starts[(descending ? high - price[i] : price[i] - low) + 1]++;
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  const order = new Uint32Array(price.length);
  for (let i = 0; i < price.length; i++) order[starts[descending ? high - price[i] : price[i] - low]++] = i;
  return order;
}

/** Counting sort: the best one can do when prices are few. @param {Book} book @param {number} k */
export const meritCounting = (book, k) =>
  sweep(book, orderCounted(book.offers.price, false), orderCounted(book.bids.price, true), k);
