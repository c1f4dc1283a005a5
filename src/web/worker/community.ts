import type { Settings } from "../settings.js";

/** The orders of one carrier and period, and who they belong to. */
export interface Market {
  readonly offers: { readonly quantity: Uint32Array; readonly price: Int32Array };
  readonly bids: { readonly quantity: Uint32Array; readonly price: Int32Array };
  offerOwner(index: number): Owner;
  bidOwner(index: number): Owner;
}

/** Who stands behind an order. */
export interface Owner {
  readonly name: string;
  /** What kind of participant, in words. */
  readonly kind: string;
}

/** Makes the orders the settings describe; the same settings always make the same. */
export function makeMarket(settings: Settings): Market {
  let state = (settings.seed * 2_654_435_761 + settings.time * 97) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const offerCount = Math.floor(settings.orders / 2);
  const bidCount = settings.orders - offerCount;
  const column = (size: number, low: number, high: number) => {
    const quantity = new Uint32Array(size);
    const price = new Int32Array(size);
    for (let index = 0; index < size; index++) {
      quantity[index] = (50 + Math.floor(next() * 2400)) * 1000;
      price[index] = (low + Math.floor(next() * (high - low))) * 1000;
    }
    return { quantity, price };
  };
  return {
    offers: column(offerCount, 60, 340),
    bids: column(bidCount, 120, 460),
    offerOwner: (index) => ({ name: `Home ${index + 1}`, kind: "home with solar panels" }),
    bidOwner: (index) => ({ name: `Home ${offerCount + index + 1}`, kind: "home" }),
  };
}
