// @ts-check
// Blocks to store: well-formed orders of a given number, linked as a chain, with roots by the engine.
import { buildBlock, encodeBlock } from "../dist/ledger/format/block.js";
import { Chain } from "../dist/ledger/format/chain.js";
import { totalNames } from "../dist/ledger/format/header.js";
import { carriers } from "../dist/units.js";
import { randomFrom } from "./inputs.js";

const none = new Uint8Array(0);
const totals = /** @type {any} */ (
  Object.fromEntries(
    carriers.map((carrier) => [carrier, Object.fromEntries(totalNames.map((name) => [name, 0n]))]),
  )
);

/** @param {number} orders @param {() => number} random @returns {Uint8Array} order records of 16 bytes */
function orderRecords(orders, random) {
  const records = new Uint8Array(orders * 16);
  const view = new DataView(records.buffer);
  for (let i = 0; i < orders; i++) {
    view.setUint32(i * 16, i, true);
    view.setUint8(i * 16 + 5, i & 1);
    view.setUint32(i * 16 + 8, 1 + Math.floor(random() * 20_000), true);
    view.setInt32(i * 16 + 12, 1 + Math.floor(random() * 10_000), true);
  }
  return records;
}

/**
 * @param {import("../dist/ledger/tree/hasher.js").Hasher} hasher
 * @param {number} count
 * @param {number} blockBytes about so long
 * @returns {Uint8Array[]}
 */
export function chainOf(hasher, count, blockBytes) {
  const random = randomFrom(99);
  const orders = Math.floor((blockBytes - 864) / 16);
  const chain = new Chain(hasher);
  const marketId = new Uint8Array(32).fill(7);
  return Array.from({ length: count }, (_, period) => {
    const sections = { orders: orderRecords(orders, random) };
    const draft = {
      signed: false,
      marketId,
      period,
      timestampMs: period,
      rules: marketId,
      sections,
      state: none,
      totals,
    };
    const bytes = encodeBlock(buildBlock({ ...draft, ...chain.next() }, hasher));
    chain.append(bytes, true);
    return bytes;
  });
}
