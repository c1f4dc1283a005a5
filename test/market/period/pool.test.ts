// Scenario 2 by the contracts, worked out by hand: whose price counts, who is paid what, and what becomes of the rest.
import { describe, expect, it } from "vitest";
import type { Contract, SupplyContract, UseContract } from "../../../src/market/contracts/contracts.js";
import { battery, dated, electricity, opening, put, rest, seen, tariff } from "../../support/steps.js";

const supply = (participant: string, pool: NonNullable<SupplyContract["pool"]>): SupplyContract => ({
  kind: "supply",
  version: 2,
  from: 2,
  participant,
  carrier: "electricity",
  limit: 1000,
  pool,
  collateral: "0",
});
const use = (participant: string, terms: Partial<UseContract>): UseContract => ({
  kind: "use",
  version: 2,
  from: 2,
  participant,
  carrier: "electricity",
  limit: 1000,
  interruptible: 0,
  interruptionPrice: 0,
  import: false,
  ...terms,
});

/** A market in which these hold from period 2 on, before which nothing happens. */
async function agreed(
  participants: Record<string, bigint>,
  more: Contract[],
  contracts: readonly Contract[],
): ReturnType<typeof opening> {
  const market = await opening(participants, more);
  for (const contract of contracts) expect(market.propose(contract)).toMatchObject({ status: "accepted" });
  await market.clearPeriod(1);
  return market;
}

const store = { ...battery, selfDischarge: 0, chargeEfficiency: 1_000_000, chargeLimit: 3, chargePrice: 9 };

describe("what is left of an offer", () => {
  it("is sold at the pool's price and paid the purchase price, stored at the store's, and else stays idle", async () => {
    const market = await agreed(
      { seller: 0n, buyer: 150n, owner: 100n },
      [electricity({ discharge: false }), store],
      [supply("seller", { floor: 8 }), use("buyer", { poolLimit: 25 })],
    );
    put(market, "seller", "offer", 10, 30);
    put(market, "buyer", "bid", 6, 4);
    const result = await market.clearPeriod(2);
    // 30 and 4 don't meet. In the pool the offer joins from 8 on, and the bid stands at 25: 6 at 20, of which the
    // seller gets 15. The store takes 3 more at the 9 that it pays; the grid would pay 5, so the last one stays.
    expect(result.trades()).toMatchObject([
      { kind: "pool", offer: 0, bid: 1, quantity: 6, supplyPrice: 15, usePrice: 20 },
    ]);
    expect(seen(result, "stored")).toEqual([{ quantity: 3, lost: 0, price: 9, amount: 27n, extra: 0n }]);
    expect(seen(result, "charged")).toMatchObject([{ quantity: 3, price: 9, amount: 27n }]);
    expect(seen(result, "exported")).toEqual([]);
    expect(rest(result, "offer")).toEqual([{ order: 0, quantity: 1 }]);
    expect(market.balance("buyer")).toBe(150n - 120n);
    expect(market.balance("seller")).toBe(90n + 27n);
    expect(market.balance("owner")).toBe(100n - 27n);
    expect(market.state.balance(1)).toBe(30n);
    expect(result.block.header.totals.electricity).toMatchObject({ offered: 10n, pooled: 9n, sold: 6n });
  });

  it("is paid no more than the purchase price by a store that pays more", async () => {
    const market = await agreed(
      { seller: 0n, owner: 100n },
      [electricity({ discharge: false }), { ...store, chargePrice: 17 }],
      [supply("seller", {})],
    );
    put(market, "seller", "offer", 2, 15);
    expect(seen(await market.clearPeriod(2), "stored")).toMatchObject([{ quantity: 2, amount: 30n }]);
    expect(market.balance("owner")).toBe(100n - 34n);
    expect(market.state.balance(1)).toBe(4n);
  });

  it.each([
    ["with a floor above the purchase price, although its limit is below", { floor: 16 }],
    ["whose contract opts out", false],
  ] as const)("stays idle %s", async (_, pool) => {
    const market = await agreed(
      { seller: 0n, buyer: 1000n },
      [electricity()],
      [supply("seller", pool), use("buyer", { poolLimit: 40 })],
    );
    put(market, "seller", "offer", 3, 5);
    put(market, "buyer", "bid", 3, 4);
    const result = await market.clearPeriod(2);
    expect(result.trades()).toEqual([]);
    expect(rest(result, "offer")).toEqual([{ order: 0, quantity: 3 }]);
    expect(result.carriers[0]!.pool).toEqual(new Uint32Array(0));
  });

  it("goes to the grid from its floor on, with a pool or without, unless the carrier does not export", async () => {
    for (const [rules, exported] of [
      [{}, [[4, 20n]]],
      [{ pool: null }, [[4, 20n]]],
      [{ export: false }, []],
    ] as const) {
      const market = await agreed(
        { seller: 0n, shy: 0n },
        [electricity(rules)],
        [supply("seller", { floor: 5 }), supply("shy", { floor: 6 })],
      );
      put(market, "seller", "offer", 4, 9);
      put(market, "shy", "offer", 4, 3);
      const found = seen(await market.clearPeriod(2), "exported");
      expect(found.map(({ quantity, amount }) => [quantity, amount])).toEqual(exported);
      expect(market.balance("seller")).toBe(exported.length === 0 ? 0n : 20n);
    }
  });

  it("charges a store of its area past limits, and others from the lowest floor up", async () => {
    const area = { kind: "area", ...dated, area: "f", carrier: "electricity", parent: "root" } as const;
    const near = { ...store, device: "near", area: "f", chargeLimit: 5 };
    const market = await agreed(
      { one: 0n, two: 0n, fnear: 0n, owner: 1000n },
      [
        electricity({ discharge: false }),
        { kind: "area", ...dated, area: "root", carrier: "electricity" },
        { ...area, importLimit: 0, exportLimit: 2 },
        near,
        { ...store, device: "far", chargeLimit: 7 },
      ],
      [supply("one", { floor: 7 }), supply("two", { floor: 6 }), supply("fnear", { floor: 2 })],
    );
    put(market, "one", "offer", 4, 20);
    put(market, "two", "offer", 4, 20);
    put(market, "fnear", "offer", 8, 20);
    const result = await market.clearPeriod(2);
    const stored = result.flows().filter(({ kind }) => kind === "stored");
    // near takes 5 of its neighbour's 8; of the other 3 the edge lets out 2; then two at 6, then one at 7.
    expect(stored.map(({ order, extra, quantity }) => [order, Number(extra), quantity])).toEqual([
      [2, 0, 5],
      [2, 1, 2],
      [1, 1, 4],
      [0, 1, 1],
    ]);
  });
});

describe("a bid in the pool", () => {
  it("pays up to the retail tariff where its contract imports and says nothing else, and its limit where not", async () => {
    for (const [terms, price] of [
      [{ import: true }, 40],
      [{ import: false }, 39],
      [{ import: true, poolLimit: 39 }, 39],
    ] as const) {
      const pool = { price: 40, purchasePrice: 15, lots: "divisible" } as const;
      const market = await agreed(
        { seller: 0n, buyer: 1000n },
        [electricity({ pool, import: false })],
        [supply("seller", { floor: 1 }), use("buyer", terms)],
      );
      put(market, "seller", "offer", 3, 39);
      put(market, "buyer", "bid", 3, 38);
      const result = await market.clearPeriod(2);
      expect(result.trades().map((trade) => trade.usePrice)).toEqual(price === 40 ? [40] : []);
    }
  });

  it("never pays above the retail tariff of the day, unless it bids it", async () => {
    const market = await agreed(
      { seller: 0n, buyer: 1000n },
      [electricity({ import: false })],
      [supply("seller", { floor: 1 }), use("buyer", { poolLimit: 30 })],
    );
    const payment = market.state.contract("payment") as Extract<Contract, { kind: "payment" }>;
    const tariffs = { ...payment.tariffs, electricity: { ...tariff, retail: 19 } };
    expect(market.propose({ ...payment, version: 2, from: 3, tariffs }).status).toBe("accepted");
    for (const [period, sales] of [
      [2, 1],
      [3, 0],
    ] as const) {
      put(market, "seller", "offer", 3, 39);
      put(market, "buyer", "bid", 3, 4);
      expect((await market.clearPeriod(period)).trades()).toHaveLength(sales);
    }
  });

  it("is refused when its participant could not pay what its contract lets it", async () => {
    const market = await agreed({ buyer: 149n }, [electricity()], [use("buyer", { poolLimit: 25 })]);
    expect(put(market, "buyer", "bid", 6, 4)).toMatchObject({ status: "refused" });
    expect(put(market, "buyer", "bid", 5, 4)).toMatchObject({ status: "accepted" });
  });

  it("has no contract above the retail tariff", async () => {
    const market = await opening({ buyer: 0n, other: 0n }, [electricity()]);
    const told: [string, string][] = [];
    market.on("refused", ({ error }) => told.push([error.field, error.wanted]));
    market.propose(use("buyer", { poolLimit: 41 }));
    market.propose(use("other", { poolLimit: 40 }));
    await market.clearPeriod(1);
    expect(told).toEqual([["use/electricity/buyer.poolLimit", "at most the retail tariff, 40 EUR per kWh"]]);
    expect(market.state.contract("use/electricity/other")).toMatchObject({ poolLimit: 40 });
  });
});

it("locks what a floor below nothing could cost a seller", async () => {
  const market = await agreed({ seller: 29n }, [electricity()], [supply("seller", { floor: -10 })]);
  expect(put(market, "seller", "offer", 3, 20)).toMatchObject({ status: "refused" });
  expect(put(market, "seller", "offer", 2, 20)).toMatchObject({ status: "accepted" });
});
