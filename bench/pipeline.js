// @ts-check
// A period from orders to the hash of its header, as it runs in Node and in a page: nothing here knows either.
import { rowBytes, tradeLayout } from "gridclear/format";
import { bytes } from "./inputs.js";

/** Bytes of a leaf of the trades' tree: a row of records. */
export const tradeRow = rowBytes(tradeLayout);

/** Price tick of the pool in the bench; half of the random orders' range. */
export const poolPrice = 5_000;
/** One tier: a tenth of a per mille from each side. */
export const commission = [{ share: 1_000_000, supply: 100, use: 100 }];

const tag = new TextEncoder().encode("gridclear block v2\0");
const headerBytes = 864;
/** Where the root of the trades stands in the text that is hashed: section 3 of the header (docs/ledger-format.md). */
export const rootOffset = tag.length + 160 + 3 * 40 + 8;

/** Tag and header of a block; apart from the trades' root it holds drawn bytes, which cost the same to hash. */
export function blockText() {
  const text = new Uint8Array(tag.length + headerBytes);
  text.set(tag);
  text.set(bytes(headerBytes), tag.length);
  return text;
}

/**
 * @param {import("gridclear").Engine} engine @param {import("./inputs.js").Book} book
 * @returns {() => Uint8Array} hash of the header
 */
export function gridclearPeriod(engine, book) {
  const text = blockText();
  const bids = Uint32Array.from(book.bids.quantity, (_, i) => book.offers.quantity.length + i);
  const rules = { mechanism: /** @type {const} */ ("value"), pool: { price: poolPrice } };
  return () => {
    engine.clear(book, rules);
    const records = engine.tradeRecords({ carrier: 0, bids, commission });
    text.set(engine.merkleRoot(records.bytes, tradeRow), rootOffset);
    return engine.sha256(text);
  };
}
