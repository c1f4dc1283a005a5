import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { GridclearError } from "../../src/errors.js";
import { decodeBlock, decodeItems } from "../../src/ledger/format/block.js";
import { decodeCanonical } from "../../src/ledger/format/canonical.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import { parseContract } from "../../src/market/contracts/kinds.js";
import { openMarket } from "../../src/market/open.js";
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
    expect(result.trades()[0]).toMatchObject({ offer: 0, bid: 2, quantity: 6_000_000, usePrice: 500_000 });
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

describe("a market opened with a mechanism and no pricing", () => {
  it("has the mechanism's own, and says so in its ledger", async () => {
    const engine = await openEngine();
    const store = await openMemoryStore();
    const clearing = {
      electricity: { mechanism: "merit" },
      heat: { mechanism: "merit", pricing: "blend" },
    } as const;
    await openMarket({ engine, store, clearing });
    const found = decodeItems(decodeBlock((await store.get(0))!).sections.contracts).map((item) =>
      parseContract(decodeCanonical(item, "contract")),
    );
    const rules = (carrier: string) =>
      found.find((contract) => contract.kind === "clearing" && contract.carrier === carrier);
    expect(rules("electricity")).toMatchObject({ mechanism: "merit", pricing: "uniform" });
    expect(rules("heat")).toMatchObject({ mechanism: "merit", pricing: "blend" });
    expect(rules("gas")).toMatchObject({ mechanism: "value", pricing: "counterparty" });
    // The same options open the same ledger again.
    expect((await openMarket({ engine, store, clearing })).period).toBe(1);
    await expect(
      openMarket({ engine, clearing: { gas: { mechanism: "merit", pricing: "counterparty" } } }),
    ).rejects.toMatchObject({ code: "invalid", field: "clearing.gas.pricing" });
  });
});

describe("a market whose store fails", () => {
  it("stops, says so, and serves nothing more", async () => {
    const engine = await openEngine();
    const store = await openMemoryStore();
    const market = await openMarket({ engine, store, participants: ["ann"] });
    const events: string[] = [];
    for (const name of ["cleared", "sealed", "failed"] as const) market.on(name, () => events.push(name));
    store.append = async () => {
      throw new GridclearError("storage", { field: "disk", wanted: "room", got: "none" });
    };
    await expect(market.clearPeriod(1)).rejects.toThrow("disk: wanted room");
    expect(events).toEqual(["cleared", "failed"]);
    expect(() =>
      market.submit({ participant: "ann", carrier: "gas", side: "bid", quantity: "1", price: "1" }),
    ).toThrow("one that has not failed");
    await expect(market.clearPeriod(2)).rejects.toThrow("one that has not failed");
    expect(store.size).toBe(1);
  });
});

describe("what a market tells", () => {
  it("comes in order: orders as they come, results as they fall", async () => {
    const market = await openMarket({ engine: await openEngine(), participants: ["ann", "bob"] });
    const told: string[] = [];
    market.on("order", ({ sequence, ...order }) => {
      told.push(`order ${sequence}`);
      if (sequence === 0 && order.period === 1)
        expect(order).toEqual({
          period: 1,
          participant: 0,
          carrier: "cold",
          side: "bid",
          revision: 0,
          quantity: 1_000_000,
          price: 200_000,
        });
    });
    const silence = market.on("replaced", ({ sequence, by }) => told.push(`${sequence} by ${by}`));
    market.on("refused", ({ what, error }) => told.push(`${what} refused: ${error.field}`));
    market.on("cleared", ({ period }) => told.push(`cleared ${period}`));
    market.on("sealed", ({ period }) => told.push(`sealed ${period}`));
    const bid = { participant: "ann", carrier: "cold", side: "bid", quantity: "1", price: "0.2" } as const;
    market.submit(bid);
    market.submit({ ...bid, side: "offer" });
    silence();
    market.submit(bid);
    market.submit({ ...bid, quantity: "0.0000001" });
    market.submit({ ...bid, participant: "eve" });
    market.submit({ ...bid, price: 1 as never });
    market.withdraw("bob", "cold");
    const next = market.clearPeriod(5);
    // While the block is on its way to the store, orders go to the next period.
    expect(market.submit(bid)).toMatchObject({ sequence: 0, period: 2 });
    await expect(market.clearPeriod(6)).rejects.toThrow("a period being sealed");
    await next;
    expect(told).toEqual([
      "order 0",
      "order 1",
      "0 by 1",
      "order 2",
      "order refused: order.quantity",
      "order refused: order.participant",
      "order refused: order.price",
      "order refused: order",
      "cleared 1",
      "order 0",
      "sealed 1",
    ]);
  });

  it("takes columns, each order for itself, and refuses columns that don't fit", async () => {
    const market = await openMarket({ engine: await openEngine(), participants: ["ann", "bob"] });
    const batch = {
      participant: Uint32Array.of(0, 1, 7),
      carrier: Uint8Array.of(0, 0, 0),
      side: Uint8Array.of(0, 1, 1),
      quantity: Uint32Array.of(5, 5, 5),
      price: Int32Array.of(1, 2, 3),
    };
    expect(market.submitColumns(batch)).toMatchObject({ first: 0, accepted: 2, refused: [{ index: 2 }] });
    expect(() => market.submitColumns({ ...batch, price: Int32Array.of(1) })).toThrow("batch.price");
    expect(() => market.submitColumns({ ...batch, side: Uint8Array.of(0, 2, 0) })).toThrow("batch.side[1]");
    expect(() => market.submitColumns({ ...batch, carrier: Uint8Array.of(4, 0, 0) })).toThrow(
      "batch.carrier[0]",
    );
    expect(() => market.submitColumns({ ...batch, quantity: [5, 5, 5] as never })).toThrow("batch.quantity");
    const { carriers } = await market.clearPeriod(1);
    expect(carriers[0]?.totals.traded).toBe(5n);
  });
});

describe("anything at all from outside", () => {
  it("is refused with a reason or changes nothing", async () => {
    const market = await openMarket({ engine: await openEngine(), participants: ["ann"], metering });
    await market.clearPeriod(1);
    const shapes = fc.oneof(
      fc.anything(),
      fc.record({
        participant: fc.oneof(fc.constant("ann"), fc.anything()),
        carrier: fc.oneof(fc.constant("gas"), fc.anything()),
        side: fc.oneof(fc.constant("bid"), fc.anything()),
        quantity: fc.oneof(fc.constantFrom("1e400", "-0", "0", "NaN", "0x10", "9".repeat(50)), fc.anything()),
        price: fc.oneof(fc.constantFrom("1", "Infinity", "99999999999"), fc.anything()),
        period: fc.oneof(fc.constantFrom(1, -1, 0.5, 2 ** 60), fc.anything()),
        in: fc.oneof(fc.constant("1"), fc.anything()),
        out: fc.oneof(fc.constant("-1"), fc.anything()),
        kind: fc.oneof(fc.constantFrom("supply", "market", "end", "deposit"), fc.anything()),
        version: fc.oneof(fc.constant(1), fc.anything()),
        from: fc.oneof(fc.constant(9), fc.anything()),
      }),
    );
    fc.assert(
      fc.property(shapes, (shape) => {
        for (const result of [
          market.submit(shape as never),
          market.report(shape as never),
          market.propose(shape as never),
          market.withdraw(shape as never, shape as never),
        ])
          if (result.status === "refused") expect(result.error.message).toContain("wanted");
      }),
      { numRuns: 2000 },
    );
    const { block } = await market.clearPeriod(2);
    expect(block.header.sections.contracts.count).toBe(0);
  });
});

const metering = { window: 5, corrections: 0, missing: "zero" } as const;
