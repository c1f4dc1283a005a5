/**
 * What one would write without the package: clearing and sealing in plain JavaScript over typed arrays, to be
 * measured beside the engine. It has to come to the same root, so it follows the same rules and writes the same records.
 */
import { copyOf } from "../../bytes.js";
import type { OrderColumns } from "../../core/engine.js";
import { byPrice } from "./curves.js";

/** Trades of a clearing: columns and how much of them is used. */
export interface PlainTrades {
  count: number;
  readonly offer: Uint32Array;
  readonly bid: Uint32Array;
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
}

function room(offers: number, bids: number): PlainTrades {
  const size = offers + bids;
  return {
    count: 0,
    offer: new Uint32Array(size),
    bid: new Uint32Array(size),
    quantity: new Uint32Array(size),
    price: new Int32Array(size),
  };
}

function put(trades: PlainTrades, offer: number, bid: number, quantity: number, price: number): void {
  const at = trades.count++;
  trades.offer[at] = offer;
  trades.bid[at] = bid;
  trades.quantity[at] = quantity;
  trades.price[at] = price;
}

/** Merit order with blended prices halfway: sort both sides with `Float64Array.sort`, then two pointers. */
export function meritPlain(offers: OrderColumns, bids: OrderColumns): PlainTrades {
  const [s, d] = [offers.quantity.slice(), bids.quantity.slice()];
  const [supply, demand] = [byPrice(offers.price, false), byPrice(bids.price, true)];
  const trades = room(s.length, d.length);
  let [i, j] = [0, 0];
  while (i < supply.length && j < demand.length) {
    const [offer, bid] = [supply[i]!, demand[j]!];
    const [ask, pay] = [offers.price[offer]!, bids.price[bid]!];
    if (pay < ask) break;
    const quantity = Math.min(s[offer]!, d[bid]!);
    s[offer]! -= quantity;
    d[bid]! -= quantity;
    put(trades, offer, bid, quantity, ask + Math.floor((pay - ask) / 2));
    if (s[offer] === 0) i++;
    if (d[bid] === 0) j++;
  }
  return trades;
}

/** The queue by quantity × price, walked as the rules are written: quadratic. */
export function valuePlain(offers: OrderColumns, bids: OrderColumns): PlainTrades {
  const [s, d] = [offers.quantity.slice(), bids.quantity.slice()];
  const trades = room(s.length, d.length);
  const line = (left: Uint32Array, price: Int32Array, sign: number): Uint32Array => {
    const open = new Uint32Array(left.length);
    let size = 0;
    for (let index = 0; index < left.length; index++) if (left[index]! > 0) open[size++] = index;
    // Products stay below 2⁵³ for the orders measured here; equal ones keep arrival order.
    return open
      .subarray(0, size)
      .sort((a, b) => sign * (left[a]! * price[a]! - left[b]! * price[b]!) || a - b);
  };
  for (let made = -1; made !== trades.count; ) {
    made = trades.count;
    let [supply, demand] = [line(s, offers.price, 1), line(d, bids.price, -1)];
    for (const offer of supply)
      for (const bid of demand) {
        if (s[offer] === 0) break;
        if (d[bid] === 0 || d[bid]! > s[offer]! || bids.price[bid]! < offers.price[offer]!) continue;
        put(trades, offer, bid, d[bid]!, bids.price[bid]!);
        s[offer]! -= d[bid]!;
        d[bid] = 0;
      }
    [supply, demand] = [line(s, offers.price, 1), line(d, bids.price, -1)];
    for (const bid of demand)
      for (const offer of supply) {
        if (d[bid] === 0) break;
        if (s[offer] === 0 || s[offer]! > d[bid]! || bids.price[bid]! < offers.price[offer]!) continue;
        put(trades, offer, bid, s[offer]!, offers.price[offer]!);
        d[bid]! -= s[offer]!;
        s[offer] = 0;
      }
  }
  return trades;
}

const recordBytes = 40;
const roundConstants = /* @__PURE__ */ (() => {
  // FIPS 180-4 §4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  const constants = new Int32Array(64);
  for (let candidate = 2, found = 0; found < 64; candidate++) {
    let prime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) if (candidate % factor === 0) prime = false;
    if (prime) constants[found++] = (Math.cbrt(candidate) % 1) * 0x1_0000_0000;
  }
  return constants;
})();
const schedule = new Int32Array(64);
const state = new Int32Array(8);
const start = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** One block of 64 bytes at `at` into `state` (FIPS 180-4 §6.2.2). */
function compress(view: DataView, at: number): void {
  const w = schedule;
  for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const [x, y] = [w[t - 15]!, w[t - 2]!];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + roundConstants[t]! + w[t]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

/** Root over the trades' records (docs/ledger-format.md, section 3; RFC 6962 §2.1), by hand-written SHA-256. */
export function sealPlain(trades: PlainTrades): Uint8Array {
  const { count } = trades;
  const hashes = new Uint8Array(Math.max(1, count) * 32);
  const out = new DataView(hashes.buffer);
  const message = new Uint8Array(128);
  const view = new DataView(message.buffer);
  const store = (at: number): void => {
    for (let word = 0; word < 8; word++) out.setInt32(at + 4 * word, state[word]!);
  };
  // A leaf: 0x00 and 40 bytes, padded to one block.
  message[1 + recordBytes] = 0x80;
  view.setUint32(60, (1 + recordBytes) * 8);
  message[1] = 1; // peer trade; the carrier and everything else that is not set stays 0
  for (let index = 0; index < count; index++) {
    view.setUint32(5, trades.offer[index]!, true);
    view.setUint32(9, trades.bid[index]!, true);
    view.setUint32(13, trades.quantity[index]!, true);
    view.setInt32(17, trades.price[index]!, true);
    view.setUint32(21, index, true);
    state.set(start);
    compress(view, 0);
    store(32 * index);
  }
  // A node: 0x01 and two hashes, padded to two blocks.
  message.fill(0);
  message[0] = 1;
  message[65] = 0x80;
  view.setUint32(124, 65 * 8);
  for (let size = count; size > 1; size = Math.ceil(size / 2)) {
    for (let left = 0; left + 1 < size; left += 2) {
      message.set(hashes.subarray(32 * left, 32 * left + 64), 1);
      state.set(start);
      compress(view, 0);
      compress(view, 64);
      store(16 * left);
    }
    if (size % 2 === 1) hashes.copyWithin(16 * (size - 1), 32 * (size - 1), 32 * size);
  }
  return copyOf(hashes, 0, 32);
}
