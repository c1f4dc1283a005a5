/**
 * simply's BEST market, whose clusters pay a fee for each pair that trades: its six tests on areas. Two clusters are
 * a root and an area below it. BEST pays the least of what would do, which is `k` = 0.
 */
import { describe, expect, test } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { hasData, readData } from "./folder.js";

interface PlacedOrder {
  readonly id: string;
  readonly qty: number;
  readonly price: number;
  readonly cluster: number;
}

interface PlacedVector {
  readonly name: string;
  readonly mechanism: string;
  readonly asks: readonly PlacedOrder[];
  readonly bids: readonly PlacedOrder[];
  readonly grid_fee_matrix: readonly (readonly number[])[];
  readonly expected: {
    readonly trades: readonly {
      readonly ask: string;
      readonly bid: string;
      readonly qty: number;
      readonly price: number;
    }[];
  };
}

/** Prices and fees of the vectors have one decimal. */
const scale = 10;

describe.skipIf(!hasData("lem_vectors"))("the tests of a market with fees between clusters", () => {
  test("trade the same pairs at the same prices on areas", async () => {
    const vectors = JSON.parse(readData("lem_vectors/simply.json")) as PlacedVector[];
    const placed = vectors.filter(({ mechanism }) => mechanism.startsWith("BEST"));
    expect(placed).toHaveLength(6);
    const engine = await openEngine();
    const side = (orders: readonly PlacedOrder[]) => ({
      quantity: Uint32Array.from(orders, ({ qty }) => qty),
      price: Int32Array.from(orders, ({ price }) => Math.round(price * scale)),
      area: Uint16Array.from(orders, ({ cluster }) => cluster),
    });
    for (const { name, asks, bids, grid_fee_matrix: fees, expected } of placed) {
      // A tree of two: what the pair pays, either way.
      expect(fees, name).toEqual([
        [0, fees[1]![0]],
        [fees[0]![1], 0],
      ]);
      const { trades } = engine.clear(
        { offers: side(asks), bids: side(bids) },
        { mechanism: "merit", k: 0, areas: [{}, { parent: 0, fee: fees[0]![1]! * scale }] },
      );
      const found = Array.from({ length: trades.count }, (_, index) => ({
        ask: asks[trades.offer[index]!]!.id,
        bid: bids[trades.bid[index]!]!.id,
        qty: trades.quantity[index],
        price: trades.usePrice[index]! / scale,
      }));
      expect(found, name).toEqual(expected.trades);
    }
  });
});
