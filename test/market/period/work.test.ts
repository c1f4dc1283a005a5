// What a period asks of the engine, counted: no step is done twice, and none that nobody needs.
import { beforeAll, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import type { ClearingContract, Contract } from "../../../src/market/contracts/contracts.js";
import { openTerms } from "../../../src/market/contracts/opening.js";
import { openMarket } from "../../../src/market/open.js";
import { carriers } from "../../../src/units.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** The engine, and what each of its methods was called with so far. */
function counted(): { readonly engine: Engine; readonly calls: Map<string | symbol, unknown[][]> } {
  const calls = new Map<string | symbol, unknown[][]>();
  const wrapped = new Proxy(engine, {
    get(own, name) {
      const value = Reflect.get(own, name, own);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        // The caller may write over what it hands in.
        const kept = given.map((each) => (each instanceof Uint8Array ? each.slice() : each));
        calls.set(name, [...(calls.get(name) ?? []), kept]);
        return value.apply(own, given);
      };
    },
  });
  return { engine: wrapped, calls };
}

const from = { version: 1, from: 0 };

/** Sellers on a street and buyers in its town trade once; how often the engine matches for that. */
async function matchings(importLimit: number, pool: ClearingContract["pool"]): Promise<number | undefined> {
  const { engine: own, calls } = counted();
  const area = { kind: "area", ...from, carrier: "electricity" } as const;
  const contracts: Contract[] = [
    ...openTerms(0),
    { ...area, area: "town" },
    { ...area, area: "street", parent: "town", importLimit },
    ...["ann", "bob"].map(
      (id): Contract => ({
        kind: "participant",
        ...from,
        id,
        creditLimit: null,
        areas: { electricity: id === "ann" ? "town" : "street" },
      }),
    ),
  ];
  const market = await openMarket({
    engine: own,
    contracts,
    startMs: 0,
    clearing: { electricity: { mechanism: "merit", pricing: "blend", pool } },
  });
  const order = { carrier: "electricity", quantity: "1", price: "0.2" } as const;
  market.submit({ participant: "ann", side: "offer", ...order });
  market.submit({ participant: "bob", side: "bid", ...order });
  calls.clear();
  const { carriers: cleared } = await market.clearPeriod(30_000);
  expect(cleared[0]!.totals.traded).toBe(BigInt(Math.min(importLimit, 1_000_000)));
  return calls.get("match")?.length;
}

it("matches once where no edge cuts, and again for the pool where one did", async () => {
  const pool = { price: 200_000, purchasePrice: 200_000, lots: "divisible" } as const;
  expect(await matchings(1_000_000, null)).toBe(1);
  expect(await matchings(1_000_000, pool)).toBe(1);
  // An edge cuts the first matching; the second keeps its limit, and the pool sells from all orders.
  expect(await matchings(400_000, null)).toBe(2);
  expect(await matchings(400_000, pool)).toBe(3);
});

it("hashes one ticket of the lottery for each participant and period", async () => {
  const { engine: own, calls } = counted();
  const converter = { kind: "converter", ...from, input: "electricity", output: "heat", ratio: 3_000_000 };
  const lots = { ties: "lottery" } as const;
  const market = await openMarket({
    engine: own,
    participants: ["ann", "bob"],
    contracts: [{ ...converter, device: "pump", participant: "bob" } as Contract],
    startMs: 0,
    clearing: { electricity: lots, heat: lots, cold: lots, gas: lots },
  });
  for (const carrier of carriers)
    for (const participant of ["ann", "bob"])
      market.submit({
        participant,
        carrier,
        side: (participant === "ann") === (carrier === "heat") ? "bid" : "offer",
        quantity: "1",
        price: "0.2",
      });
  market.withdraw("bob", "electricity");
  market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.2" });
  await market.clearPeriod(30_000);
  const drawn = (calls.get("sha256") ?? [])
    .map(([message]) => Buffer.from(message as Uint8Array))
    .filter((message) => message.toString("latin1").startsWith("gridclear lottery"));
  expect(drawn.map((message) => message.readUInt32LE(message.length - 4)).sort()).toEqual([0, 1]);
});
