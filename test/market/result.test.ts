import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { openMarket } from "../../src/market/open.js";
import { formatTicks } from "../../src/units.js";

async function traded() {
  const market = await openMarket({ engine: await openEngine(), participants: ["ann", "bob"], startMs: 0 });
  market.submit({
    participant: "ann",
    carrier: "electricity",
    side: "offer",
    quantity: "2.5",
    price: "0.08",
  });
  market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
  return { market, result: await market.clearPeriod(30_000) };
}

describe("a period's result", () => {
  it("is plain data in JSON: hashes in hexadecimal, amounts as decimal strings, columns as lists", async () => {
    const { result } = await traded();
    const read = JSON.parse(JSON.stringify(result));
    expect(read).toEqual(result.toJSON());
    expect(read.hash).toBe(Buffer.from(result.hash).toString("hex"));
    expect(read).toMatchObject({ period: 1, height: 1, timestampMs: 30_000, settled: [] });
    expect(read.orders[0]).toEqual({
      participant: 0,
      carrier: "electricity",
      side: "offer",
      revision: 0,
      quantity: 2_500_000,
      price: 80_000,
    });
    expect(read.trades).toHaveLength(1);
    expect(read.trades[0]).toMatchObject({ offer: 0, bid: 1, quantity: 1_000_000, supplyFee: "0" });
    expect(read.carriers[0]).toMatchObject({
      carrier: "electricity",
      counters: { num1: 1 },
      pool: [0],
      rest: [],
      totals: { traded: "1000000", offered: "2500000" },
    });
    expect(read.flows.length).toBe(result.flows().length);
    expect(read.postings).toEqual([]);
    expect(read.readings).toEqual([]);
  });

  it("is copied by structuredClone, and so by postMessage, with all its data", async () => {
    const { result } = await traded();
    const copy = structuredClone(result);
    expect(copy.hash).toEqual(result.hash);
    expect(copy.bytes).toEqual(result.bytes);
    expect(copy.carriers).toEqual(result.carriers);
    expect(copy.block.header).toEqual(result.block.header);
    expect(copy.block.sections.trades).toEqual(result.block.sections.trades);
  });

  it("has ticks that the market's ticks turn back into decimals", async () => {
    const { market, result } = await traded();
    const [trade] = result.trades();
    const { ticks } = market;
    expect(formatTicks(trade!.quantity, ticks.quantity)).toBe("1");
    // Counterparty pricing: the price of the order that was there, here the bid's.
    expect(formatTicks(trade!.usePrice, ticks.price)).toBe("0.3");
    expect(formatTicks(market.balance("bob"), ticks.amount)).toBe("-0.3");
  });
});

describe("a market's view of its state", () => {
  it("is to read: what comes out of it changes nothing", async () => {
    const { market } = await traded();
    const { state } = market;
    const before = JSON.stringify([state.contracts, state.participants, state.devices]);
    state.contracts.length = 0;
    state.participants.push("eve");
    state.devices.push({ device: "x", carrier: "gas", charge: 1 });
    const own = state.contract("supply/heat") as { limit: number };
    own.limit = 1;
    expect(JSON.stringify([state.contracts, state.participants, state.devices])).toBe(before);
    expect(state.contract("supply/heat")).toMatchObject({ limit: 4_294_967_295 });
    expect(state.contract("supply/heat/eve")).toBeNull();
    expect(state.balance(17)).toBe(market.balance("bob"));
    expect([state.balance(6_000), state.balance(0x8000_0001), state.balance(0x9000_0000)]).toEqual([
      0n,
      0n,
      0n,
    ]);
    expect(() => {
      (market as { last: unknown }).last = null;
    }).toThrow(TypeError);
  });
});
