import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Book, type Engine, openEngine } from "../../../src/core/engine.js";
import { tradeLayout } from "../../../src/ledger/format/records.js";
import { rowBytes } from "../../../src/ledger/format/sections.js";
import { orderColumns } from "../../../src/simulation/ordercolumns.js";
import { byPrice } from "../../../src/web/worker/curves.js";
import { meritPlain, valuePlain } from "../../../src/web/worker/plain/clear.js";
import { sealPlain } from "../../../src/web/worker/plain/seal.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** Small figures, with many ties, and large ones, whose products fill a double together with a place. */
const order = fc.oneof(
  fc.record({ quantity: fc.integer({ min: 1, max: 12 }), price: fc.integer({ min: -3, max: 9 }) }),
  fc.record({
    quantity: fc.integer({ min: 1, max: 0x1f_ffff }),
    price: fc.integer({ min: 0, max: 0x7fff_ffff }),
  }),
);
const columns = (orders: readonly { quantity: number; price: number }[]) => ({
  quantity: Uint32Array.from(orders, ({ quantity }) => quantity),
  price: Int32Array.from(orders, ({ price }) => price),
});

function agree(book: Book): void {
  for (const [rules, plain] of [
    [{ mechanism: "value" }, valuePlain],
    [{ mechanism: "merit", pricing: "blend", k: 500_000 }, meritPlain],
  ] as const) {
    engine.clear(book, rules);
    const records = engine.tradeRecords({ carrier: 0 });
    const root = engine.merkleRoot(records.bytes, rowBytes(tradeLayout));
    const trades = plain(book);
    expect(trades.count).toBe(records.peers);
    expect(sealPlain(trades)).toEqual(root);
  }
}

describe("the bench's JavaScript", () => {
  it("does the engine's work: same trades, same root", () => {
    fc.assert(
      fc.property(fc.array(order, { maxLength: 40 }), fc.array(order, { maxLength: 40 }), (offers, bids) =>
        agree({ offers: columns(offers), bids: columns(bids) }),
      ),
    );
  });

  it("does it for a market of the bench's own, large enough that sorting has to look twice", () => {
    const { offers, bids } = orderColumns(30_000, 20_260, { distribution: "uniform" });
    agree({ offers: { quantity: offers.quantity, price: offers.price }, bids });
  });

  it("takes far less than the square of the number of orders", () => {
    const made = (size: number): number => {
      const { offers, bids } = orderColumns(size, 1, { distribution: "uniform" });
      const book = { offers: { quantity: offers.quantity, price: offers.price }, bids };
      let best = Number.POSITIVE_INFINITY;
      for (let run = 0; run < 3; run++) {
        const start = performance.now();
        valuePlain(book);
        best = Math.min(best, performance.now() - start);
      }
      return best;
    };
    made(20_000); // compiled before it counts
    // Sixteen times as many orders: 256 times as long by the square, about 20 by a tree.
    expect(made(160_000) / made(10_000)).toBeLessThan(100);
  });
});

it("curves sort by price as a stable sort does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }), { maxLength: 50 }),
      fc.boolean(),
      (prices, descending) => {
        const price = Int32Array.from([...prices, ...prices]);
        const wanted = [...price.keys()].sort((a, b) =>
          descending ? price[b]! - price[a]! : price[a]! - price[b]!,
        );
        expect([...byPrice(price, descending)]).toEqual(wanted);
      },
    ),
  );
});
