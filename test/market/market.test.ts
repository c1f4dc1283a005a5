import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { decodeBlock } from "../../src/ledger/block.js";
import { hex } from "../../src/ledger/bytes.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import { openMarket } from "../../src/market/market.js";
import { openReplay } from "../../src/market/replay.js";
import { paperArrays } from "../../src/market/result.js";

describe("a market that needs to know nothing of contracts", () => {
  it("opens, takes orders, clears, seals and replays", async () => {
    const engine = await openEngine();
    const store = await openMemoryStore();
    const market = await openMarket({ engine, store, participants: ["ann", "bob", "cid"] });
    const order = (participant: string, side: "offer" | "bid", quantity: string, price: string) =>
      market.submit({ participant, carrier: "electricity", side, quantity, price });
    expect(order("ann", "offer", "10", "0.3")).toMatchObject({
      status: "accepted",
      sequence: 0,
      replaced: null,
    });
    expect(order("bob", "bid", "5", "0.5")).toMatchObject({ status: "accepted", sequence: 1 });
    expect(order("bob", "bid", "6", "0.5")).toMatchObject({ status: "accepted", sequence: 2, replaced: 1 });
    expect(order("cid", "bid", "7", "0.4")).toMatchObject({ status: "accepted" });
    const result = await market.clearPeriod(1000);
    expect(result.carriers[0]?.counters).toEqual({ num1: 2, num2: 1, num3: 0, num4: 1 });
    expect(result.trades()[0]).toMatchObject({ offer: 0, bid: 2, quantity: 6_000_000, price: 500_000 });
    expect(market.balance("bob")).toBe(-6_000_000n * 500_000n);
    // Phase B: what is left of the offer fits the second bid and is taken at the offer's price.
    expect(market.balance("ann")).toBe(6_000_000n * 500_000n + 4_000_000n * 300_000n);
    const arrays = paperArrays(result, "electricity", 3);
    expect([...arrays.suppy_success1]).toEqual([0, 0, -1]);
    expect([...arrays.consumer_id_rest]).toEqual([3, -1, -1]);
    await market.clearPeriod(500);
    expect(market.last?.timestampMs).toBeGreaterThanOrEqual(1000);

    const replay = openReplay(await openEngine());
    for await (const bytes of store.blocks()) replay.replay(decodeBlock(bytes));
    expect(replay.height).toBe(3);
    expect(hex(replay.hash)).toBe(hex(market.last!.hash));

    const again = await openMarket({ engine, store });
    expect(again.period).toBe(market.period);
    expect(again.balance("bob")).toBe(market.balance("bob"));
  });
});
