import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { hasData, readRows, scaled } from "./folder.js";

interface ReserveBid {
  readonly price: number;
  readonly offered: number;
  readonly awarded: number;
}

const dates = ["2024-02-04", "2024-02-06"];
const there = hasData("fcr");

/** Countries of one product that share a settlement price cleared together: one zone. */
function zones(): Map<string, ReserveBid[]> {
  const found = new Map<string, ReserveBid[]>();
  for (const date of dates) {
    const [header, ...rows] = readRows(`fcr/fcr_bids_${date}.csv`);
    expect(header!.slice(0, 7)).toEqual([
      "date",
      "product",
      "country",
      "offered_price_eur_mw",
      "offered_mw",
      "allocated_mw",
      "settlement_price_eur_mw",
    ]);
    for (const row of rows) {
      const key = `${row[0]} ${row[1]} ${scaled(row[6]!, 2)}`;
      const bids = found.get(key) ?? [];
      found.set(key, bids);
      bids.push({
        price: scaled(row[3]!, 2),
        offered: Number(row[4]),
        awarded: Number(row[5]),
      });
    }
  }
  return found;
}

describe.skipIf(!there)("the auction of frequency containment reserves", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });

  it("settles every zone at the published price and awards all bids but four ties as published", () => {
    let bidCount = 0;
    let exactAwards = 0;
    const prices: number[] = [];
    const published: number[] = [];
    for (const [key, bids] of zones()) {
      const demand = bids.reduce((sum, bid) => sum + bid.awarded, 0);
      // The buyer takes what it needs at any price; k = 0 lets the last accepted offer set it.
      const { trades, clearingPrice } = engine.clear(
        {
          offers: {
            quantity: Uint32Array.from(bids, (bid) => bid.offered),
            price: Int32Array.from(bids, (bid) => bid.price),
          },
          bids: { quantity: Uint32Array.of(demand), price: Int32Array.of(0x7fff_ffff) },
        },
        { mechanism: "merit", pricing: "uniform", k: 0 },
      );
      prices.push(clearingPrice ?? Number.NaN);
      published.push(Number(key.split(" ")[2]));
      const awards = new Uint32Array(bids.length);
      for (let trade = 0; trade < trades.count; trade++)
        awards[trades.offer[trade]!]! += trades.quantity[trade]!;
      for (const [index, bid] of bids.entries()) {
        bidCount += 1;
        if (awards[index] === bid.awarded) exactAwards += 1;
        // Only among bids at the marginal price, whose tie-break is not published, may an award differ.
        else expect(bid.price).toBe(clearingPrice);
      }
    }
    expect(prices).toHaveLength(38);
    expect(prices).toEqual(published);
    expect(bidCount).toBe(3588);
    expect(exactAwards).toBe(3584);
  });
});
