// @ts-check
// A market with a crowd, and orders for it: what the benchmarks of the whole market run on.
import { openMarket } from "gridclear";
import { Chain } from "../dist/ledger/format/chain.js";
import { randomFrom } from "./inputs.js";

/** @param {number} units @returns {string[]} */
const names = (units) => Array.from({ length: units }, (_, i) => `unit-${i}`);

/**
 * Orders of one period: one a unit, carriers taking turns, half of them offers.
 * @param {number} units @param {number} seed not zero @returns {import("gridclear").OrderBatch}
 */
export function orders(units, seed) {
  const random = randomFrom(seed);
  const column = (/** @type {(i: number) => number} */ draw) =>
    Array.from({ length: units }, (_, i) => draw(i));
  return {
    participant: Uint32Array.from(column((i) => i)),
    carrier: Uint8Array.from(column((i) => i & 3)),
    side: Uint8Array.from(column((i) => (i >>> 2) & 1)),
    quantity: Uint32Array.from(column(() => 1 + Math.floor(random() * 20_000))),
    price: Int32Array.from(column(() => 1 + Math.floor(random() * 400_000))),
  };
}

/**
 * Orders of one period: one a unit and carrier, offers and bids drawn.
 * @param {number} units @param {number} seed not zero @returns {import("gridclear").OrderBatch}
 */
export function ordersEverywhere(units, seed) {
  const random = randomFrom(seed);
  const column = (/** @type {(i: number) => number} */ draw) =>
    Array.from({ length: 4 * units }, (_, i) => draw(i));
  return {
    participant: Uint32Array.from(column((i) => i >>> 2)),
    carrier: Uint8Array.from(column((i) => i & 3)),
    side: Uint8Array.from(column(() => (random() < 0.5 ? 0 : 1))),
    quantity: Uint32Array.from(column(() => 1 + Math.floor(random() * 20_000))),
    price: Int32Array.from(column(() => 1 + Math.floor(random() * 400_000))),
  };
}

/** A store that checks links and keeps nothing, so that what it holds is not counted as the market's.
 * @param {import("gridclear").Hasher} hasher @returns {import("gridclear/store/memory").Store} */
export function forgetfulStore(hasher) {
  const chain = new Chain(hasher);
  return {
    recovered: null,
    get size() {
      return chain.size;
    },
    get head() {
      return chain.head;
    },
    next: () => chain.next(),
    root: () => chain.root(),
    append: async (bytes) => {
      chain.append(bytes, true);
    },
    get: async () => null,
    async *blocks() {},
    getMeta: async () => null,
    putMeta: async () => {},
    log: async () => null,
    beginLog: async () => {},
    appendLog: async () => {},
    close: async () => {},
  };
}

/**
 * A market of `units` participants on unlimited credit, at its first period after genesis.
 * @param {import("gridclear").Engine} engine
 * @param {number} units
 * @param {import("gridclear/store/memory").Store} store
 */
export const openCrowd = (engine, units, store) =>
  openMarket({
    engine,
    store,
    participants: names(units),
    clock: { now: () => 0, setTimer: () => 0, clearTimer: () => {} },
  });
