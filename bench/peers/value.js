// @ts-check
// The paper's scenario 1 in JavaScript: as the rules read, quadratic, and over typed arrays with a binary tree.
import { orderPacked, tradesFor } from "./merit.js";

/** @typedef {import("../inputs.js").Book} Book @typedef {import("./merit.js").Cleared} Cleared */

/** Objects, `Array.sort` and two nested loops: the rules as they read. @param {Book} book @returns {Cleared} */
export function valueObjects(book) {
  const objects = (/** @type {import("../inputs.js").Columns} */ { quantity, price }) =>
    Array.from(quantity, (left, id) => ({ id, left, price: price[id] }));
  const offers = objects(book.offers);
  const bids = objects(book.bids);
  const trades = tradesFor(offers.length + bids.length);
  const trade = (
    /** @type {number} */ offer,
    /** @type {number} */ bid,
    /** @type {number} */ quantity,
    /** @type {number} */ price,
  ) => {
    const n = trades.count++;
    trades.offer[n] = offer;
    trades.bid[n] = bid;
    trades.quantity[n] = quantity;
    trades.price[n] = price;
  };
  const rising = () =>
    offers.filter(({ left }) => left > 0).sort((a, b) => a.left * a.price - b.left * b.price);
  const falling = () =>
    bids.filter(({ left }) => left > 0).sort((a, b) => b.left * b.price - a.left * a.price);
  for (let before = -1; before !== trades.count; ) {
    before = trades.count;
    const demand = falling();
    for (const offer of rising())
      for (const bid of demand)
        if (bid.left > 0 && bid.left <= offer.left && bid.price >= offer.price) {
          trade(offer.id, bid.id, bid.left, bid.price);
          offer.left -= bid.left;
          bid.left = 0;
          if (offer.left === 0) break;
        }
    const supply = rising();
    for (const bid of falling())
      for (const offer of supply)
        if (offer.left > 0 && offer.left <= bid.left && bid.price >= offer.price) {
          trade(offer.id, bid.id, offer.left, offer.price);
          bid.left -= offer.left;
          offer.left = 0;
          if (bid.left === 0) break;
        }
  }
  return {
    trades,
    remaining: {
      offers: Uint32Array.from(offers, ({ left }) => left),
      bids: Uint32Array.from(bids, ({ left }) => left),
    },
  };
}

/**
 * Typed arrays: packed doubles sorted natively, a binary tree of (least quantity, extreme price) to find the first fit.
 * Exact while value × 2^(bits of the index) stays below 2^53.
 * @param {Book} book @returns {Cleared}
 */
export function valueTyped(book) {
  const supply = book.offers.quantity.slice();
  const demand = book.bids.quantity.slice();
  const trades = tradesFor(supply.length + demand.length);
  let offers = queue(supply, book.offers.price, 1);
  let bids = queue(demand, book.bids.price, -1);
  for (let cycle = 1; ; cycle++) {
    const before = trades.count;
    walk(offers, bids, supply, demand, book, true, trades);
    if (cycle > 1 && trades.count === before) break;
    const between = trades.count;
    offers = queue(supply, book.offers.price, 1);
    bids = bids.filter((bid) => demand[bid] > 0);
    walk(bids, offers, demand, supply, book, false, trades);
    if (trades.count === between) break;
    offers = queue(supply, book.offers.price, 1);
    bids = queue(demand, book.bids.price, -1);
  }
  return { trades, remaining: { offers: supply, bids: demand } };
}

/** Open orders by what remains × price. @param {Uint32Array} left @param {Int32Array} price @param {1 | -1} sign */
function queue(left, price, sign) {
  const open = new Uint32Array(left.length);
  let n = 0;
  for (let i = 0; i < left.length; i++) if (left[i] > 0) open[n++] = i;
  const order = orderPacked(n, (i) => sign * left[open[i]] * price[open[i]]);
  return order.map((place) => open[place]);
}

/**
 * @param {Uint32Array} walkers @param {Uint32Array} taken @param {Uint32Array} left of the walkers' side
 * @param {Uint32Array} quantity of the taken side @param {Book} book @param {boolean} offersWalk
 * @param {import("./merit.js").Trades} trades
 */
function walk(walkers, taken, left, quantity, book, offersWalk, trades) {
  const count = taken.length;
  if (count === 0) return;
  const limits = offersWalk ? book.offers.price : book.bids.price;
  const prices = offersWalk ? book.bids.price : book.offers.price;
  let leaves = 1;
  while (leaves < count) leaves <<= 1;
  // Prices are kept so that greater is better: negated when bids look for cheap offers.
  const sign = offersWalk ? 1 : -1;
  const least = new Uint32Array(2 * leaves).fill(0xffffffff);
  const best = new Int32Array(2 * leaves).fill(-0x80000000);
  for (let i = 0; i < count; i++) {
    least[leaves + i] = quantity[taken[i]];
    best[leaves + i] = sign * prices[taken[i]];
  }
  for (let i = leaves - 1; i > 0; i--) {
    least[i] = Math.min(least[2 * i], least[2 * i + 1]);
    best[i] = Math.max(best[2 * i], best[2 * i + 1]);
  }
  for (let w = 0; w < walkers.length; w++) {
    const walker = walkers[w];
    const limit = sign * limits[walker];
    let rest = left[walker];
    let node = 1;
    while (rest > 0) {
      if (least[node] <= rest && best[node] >= limit) {
        if (node < leaves) {
          node <<= 1;
          continue;
        }
        const other = taken[node - leaves];
        const n = trades.count++;
        trades.offer[n] = offersWalk ? walker : other;
        trades.bid[n] = offersWalk ? other : walker;
        trades.quantity[n] = quantity[other];
        trades.price[n] = prices[other];
        rest -= quantity[other];
        quantity[other] = 0;
        least[node] = 0xffffffff;
        best[node] = -0x80000000;
        for (let up = node >> 1; up > 0; up >>= 1) {
          const l = Math.min(least[2 * up], least[2 * up + 1]);
          const b = Math.max(best[2 * up], best[2 * up + 1]);
          if (least[up] === l && best[up] === b) break;
          least[up] = l;
          best[up] = b;
        }
      }
      // On to the next subtree on the right: climb while this is a right child.
      node++;
      node >>= 31 - Math.clz32(node & -node);
      if (node === 1) break;
    }
    left[walker] = rest;
  }
}
