import { describe, expect, test } from "vitest";
import type { ClientEvent } from "../../../src/client/index.js";
import { GridclearError } from "../../../src/errors.js";
import { LiveCommunity, ownPrices } from "../../../src/web/live/community.js";

let place = 0;
const told = (event: string, data: unknown): ClientEvent => ({
  kind: "event",
  id: `1.${place++}`,
  event,
  data,
});
const order = (period: number, participant: string, side: string, quantity: string) =>
  told("order", { period, participant, carrier: "electricity", side, quantity, price: "0.1" });
const trade = (seller: string, buyer: string) => ({ carrier: "electricity", seller, buyer, quantity: "1" });
const seal = (community: LiveCommunity, period: number, trades: readonly object[] = []): void => {
  const energy = { traded: "2.5", imported: "1", exported: "0" };
  const carriers = { electricity: { energy, prices: { lowest: "0.1", highest: "0.3" } } };
  community.take(told("cleared", { period, orders: 4, trades: trades.length, carriers }));
  community.take(told("trades", { period, first: 0, trades }));
  community.take(told("block", { period, height: period, hash: "ab", parent: "cd", timestampMs: 5 }));
};

describe("a running market as it is told", () => {
  test("orders of the open period stand, are replaced and taken back, and end with it", () => {
    const community = new LiveCommunity();
    community.begin(1, 1_000);
    community.take(order(1, "ann", "offer", "2"));
    community.take(order(1, "ann", "offer", "3"));
    community.take(order(1, "bob", "bid", "1"));
    community.take(order(1, "cid", "bid", "4"));
    community.take(order(1, "cid", "bid", "0"));
    community.take(order(0, "dan", "bid", "9"));
    expect(community.open("electricity")).toEqual({
      offers: { orders: 1, kwh: 3 },
      bids: { orders: 1, kwh: 1 },
    });
    expect(community.open("heat").bids).toEqual({ orders: 0, kwh: 0 });
    community.take(told("gate", { period: 2, closesMs: 2_000 }));
    expect(community.open("electricity").offers.orders).toBe(0);
    expect(community.gate).toEqual({ period: 2, closesMs: 2_000 });
  });

  test("a block has what its period came to, and the trades of whoever is watched", () => {
    const community = new LiveCommunity();
    community.watch("ann");
    seal(community, 1, [trade("ann", "bob"), trade("cid", "bob"), trade("cid", "ann")]);
    seal(community, 2, [trade("cid", "bob")]);
    expect(community.blocks.map(({ height, own }) => [height, own.length])).toEqual([
      [1, 2],
      [2, 0],
    ]);
    expect(community.blocks[0]).toMatchObject({
      orders: 4,
      trades: 3,
      carriers: { electricity: { traded: 2.5, imported: 1, prices: { lowest: 0.1, highest: 0.3 } } },
    });
  });

  test("a private market tells a member its own trades, and not with whom", () => {
    const community = new LiveCommunity();
    community.watch("ann");
    const traded = (carrier: string, side: string, quantity: string, price: string) => ({
      ...{ kind: "peer", carrier, side, quantity, price, fee: "0" },
    });
    const trades = [traded("electricity", "sold", "1.5", "0.2"), traded("electricity", "sold", "1", "0.1")];
    community.take(told("cleared", { period: 1, orders: 4, trades: 2, carriers: {} }));
    community.take(told("traded", { period: 1, trades: [...trades, traded("coal", "sold", "1", "1")] }));
    community.take(told("traded", { period: 1, trades: [traded("heat", "bought", "3", "0.05")] }));
    community.take(told("block", { period: 1, height: 1, hash: "ab", parent: "cd", timestampMs: 5 }));
    const [block] = community.blocks;
    expect(block!.own).toEqual([
      { carrier: "electricity", side: "sold", whom: null, kwh: 1.5, price: 0.2 },
      { carrier: "electricity", side: "sold", whom: null, kwh: 1, price: 0.1 },
      { carrier: "heat", side: "bought", whom: null, kwh: 3, price: 0.05 },
    ]);
    expect(ownPrices(block!, "electricity")).toEqual({ lowest: 0.1, highest: 0.2 });
    expect(ownPrices(block!, "gas")).toBeNull();
  });

  test("remembers so many blocks, takes nonsense without harm, and keeps the lie", () => {
    const community = new LiveCommunity();
    for (let period = 1; period <= 300; period += 1) seal(community, period);
    expect(community.blocks.length).toBe(240);
    expect(community.blocks.at(-1)!.height).toBe(300);
    for (const data of [null, 7, [], { carriers: 5, trades: "x", period: {} }])
      for (const event of ["order", "cleared", "trades", "traded", "block", "gate", "other"])
        community.take(told(event, data));
    expect(community.blocks.length).toBe(240);
    community.take({ kind: "verified", size: 12, kept: [] });
    expect(community.verified).toBe(12);
    const error = new GridclearError("corrupt", { field: "block 7", wanted: "this", got: "that" });
    community.take({ kind: "lie", error, contradiction: null });
    expect(community.lie).toContain("block 7");
  });
});
