import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { dataPath, hasData, readRows, scaled } from "./folder.js";

/** Columns of the published summary that hold the area prices, by the area's name. */
const areas = new Map([
  ["北海道", 6],
  ["東北", 7],
  ["東京", 8],
  ["中部", 9],
  ["北陸", 10],
  ["関西", 11],
  ["中国", 12],
  ["四国", 13],
  ["九州", 14],
]);
/** The exchange takes no price below 0.01 yen; in hundredths. */
const floorPrice = 1;

interface Step {
  /** Hundredths of a yen. */
  readonly price: number;
  /** Tenths of a MW: offered at or below the price, asked for at or above it. */
  readonly sell: number;
  readonly buy: number;
}

/** The orders behind cumulated curves: what each price adds to supply, and what demand loses above it. */
function ordersOf(curve: readonly Step[]) {
  const offers: [number, number][] = [];
  const bids: [number, number][] = [];
  let sold = 0;
  for (const [index, step] of curve.entries()) {
    if (step.sell > sold) offers.push([step.sell - sold, step.price]);
    sold = step.sell;
    const above = curve[index + 1]?.buy ?? 0;
    if (step.buy > above) bids.push([step.buy - above, step.price]);
  }
  const columns = (orders: [number, number][]) => ({
    quantity: Uint32Array.from(orders, ([quantity]) => quantity),
    price: Int32Array.from(orders, ([, price]) => price),
  });
  return { offers: columns(offers), bids: columns(bids) };
}

const there = hasData("jepx");

describe.skipIf(!there)("the Japanese day-ahead auction", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });

  const days = there
    ? readdirSync(dataPath("jepx"))
        .map((name) => /^spot_bid_curves_(\d{8})\.csv\.gz$/.exec(name)?.[1])
        .filter((day) => day !== undefined)
    : [];
  const published = new Map<string, string[]>();
  if (there)
    for (const row of readRows("jepx/published_spot_summary.csv").slice(1))
      published.set(`${row[0]!.replaceAll("/", "")}/${row[1]}`, row);

  let auctions = 0;
  it.each(days)("on %s has the published price in every auction", (day) => {
    const curves = new Map<string, Step[]>();
    for (const [date, slot, price, sell, buy, zone] of readRows(`jepx/spot_bid_curves_${day}.csv.gz`)) {
      if (date !== day) continue;
      const key = `${slot}/${zone}`;
      const curve = curves.get(key) ?? [];
      curves.set(key, curve);
      const step = { price: scaled(price!, 2), sell: scaled(sell!, 1), buy: scaled(buy!, 1) };
      // Of several rows at one price the last holds.
      if (curve.at(-1)?.price === step.price) curve.pop();
      curve.push(step);
    }
    const zones = new Map(
      readRows(`jepx/spot_splitting_areas_${day}.csv`)
        .filter((row) => row[0] === day)
        .map((row) => [`${row[1]}/${row[3]}`, row[2]!]),
    );
    const found: [string, number][] = [];
    const wanted: [string, number][] = [];
    for (const [key, curve] of curves) {
      const [slot, zone] = key.split("/") as [string, string];
      const row = published.get(`${day}/${slot}`)!;
      const prices =
        zone === ""
          ? [row[5]!]
          : zones
              .get(key)!
              .split("・")
              .filter((area) => areas.has(area))
              .map((area) => row[areas.get(area)!]!);
      const { clearingPrice } = engine.clear(ordersOf(curve), {
        mechanism: "merit",
        pricing: "uniform",
        k: 0,
      });
      expect(prices.length).toBeGreaterThan(0);
      for (const price of new Set(prices)) {
        found.push([key, Math.max(clearingPrice ?? Number.NaN, floorPrice)]);
        wanted.push([key, scaled(price, 2)]);
      }
      auctions += 1;
    }
    expect(found).toEqual(wanted);
  });

  it("has 2,107 auctions in these days", () => {
    expect(auctions).toBe(2107);
  });
});
