import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { hasData, readData } from "./folder.js";

interface Case {
  readonly id: string;
  readonly orders: readonly { readonly side: "buy" | "sell"; readonly price: number; readonly qty: number }[];
  readonly expected: { readonly clearing_price?: number; readonly clearing_quantity?: number };
}

/** Every price has at most one place; ten thousandths of half a unit keep the midpoint and GridLAB-D's 0.0001 whole. */
const priceScale = 20_000;
const quantityScale = 10;

/** What the source skips: all its quantities are negative, and only what is wrong with that is tested. */
const skipped = "gridlabd/test_markets_auction_negative_all_quantities";

/**
 * GridLAB-D's own: with a side missing it names a price 0.0001 beyond the best order of the other; with an interval of
 * prices it steps 0.0001 away from the next order's price instead of taking the midpoint.
 */
const exceptions = [
  "gridlabd/test_markets_auction_large_unbalanced_no_buyers_null",
  "gridlabd/test_markets_auction_negative_buyer_quantity",
  "gridlabd/test_markets_auction_negative_seller_price",
  "gridlabd/test_markets_auction_negative_seller_quantity",
  "gridlabd/test_markets_auction_no_buyers",
  "gridlabd/test_markets_auction_no_sellers",
];

const there = hasData("double_auction_cases");
const cases = there
  ? (JSON.parse(readData("double_auction_cases/cases.json")) as Case[]).filter(
      ({ id, expected }) => expected.clearing_price !== undefined && id !== skipped,
    )
  : [];

describe.skipIf(!there)("small double auctions from other systems", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });

  const clear = ({ orders }: Case) => {
    const side = (name: "buy" | "sell") => {
      const found = orders.filter((order) => order.side === name && order.qty > 0);
      return {
        quantity: Uint32Array.from(found, (order) => Math.round(order.qty * quantityScale)),
        price: Int32Array.from(found, (order) => Math.round(order.price * priceScale)),
      };
    };
    const book = { offers: side("sell"), bids: side("buy") };
    const clearing = engine.clear(book, { mechanism: "merit", pricing: "uniform", k: 500_000 });
    return {
      volume: clearing.trades.quantity.reduce((sum, quantity) => sum + quantity, 0) / quantityScale,
      price: clearing.clearingPrice === null ? null : clearing.clearingPrice / priceScale,
      interval: interval(book),
    };
  };

  /** Prices at which a market without trade would stand: between the dearest bid and the cheapest offer. */
  function interval({ offers, bids }: { offers: { price: Int32Array }; bids: { price: Int32Array } }) {
    const best = Math.max(...bids.price, Number.NEGATIVE_INFINITY);
    const cheapest = Math.min(...offers.price, Number.POSITIVE_INFINITY);
    return { best: best / priceScale, cheapest: cheapest / priceScale };
  }

  it("are 27", () => {
    expect(cases).toHaveLength(27);
  });

  it.each(cases.map((each) => [each.id, each] as const))("%s trades the expected volume", (_, each) => {
    expect(clear(each).volume).toBe(each.expected.clearing_quantity ?? 0);
  });

  it("give the midpoint of the interval as price in all but the six named", () => {
    const others = cases.filter((each) => {
      const { price, interval: open } = clear(each);
      // Without a trade there is no clearing price here; they name the middle of the gap, or the best order there is.
      const ends = [open.best, open.cheapest].filter(Number.isFinite);
      const found = price ?? ends.reduce((sum, end) => sum + end, 0) / ends.length;
      return found !== each.expected.clearing_price;
    });
    expect(others.map(({ id }) => id)).toEqual(exceptions);
  });
});
