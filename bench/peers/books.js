// @ts-check
// Order books from npm. They match continuously, order by order, so they do other work than an auction and their trades
// are not compared; what is compared is the price of getting all orders of a period matched.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** @typedef {import("../inputs.js").Book} Book */

/**
 * Feeds a book to a package that exports `OrderBook`, offers and bids taking turns.
 * @param {"nodejs-order-book" | "hft-limit-order-book"} name @param {Book} book @returns {() => number} trades made
 */
export function orderBook(name, { offers, bids }) {
  const { OrderBook } = require(name);
  const n = offers.quantity.length;
  const offerIds = Array.from({ length: n }, (_, i) => `o${i}`);
  const bidIds = Array.from({ length: n }, (_, i) => `b${i}`);
  return () => {
    const book = new OrderBook();
    let done = 0;
    for (let i = 0; i < n; i++) {
      book.limit({ side: "sell", id: offerIds[i], size: offers.quantity[i], price: offers.price[i] });
      done += book.limit({ side: "buy", id: bidIds[i], size: bids.quantity[i], price: bids.price[i] }).done
        .length;
    }
    return done;
  };
}
