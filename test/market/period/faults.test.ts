import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { decodeRecords } from "../../../src/ledger/format/layout.js";
import { readingLayout } from "../../../src/ledger/format/records.js";
import { Sums } from "../../../src/market/books/sums.js";
import type { AreaContract, Contract, StorageContract } from "../../../src/market/contracts/contracts.js";
import { Terms } from "../../../src/market/contracts/terms.js";
import { openMarket } from "../../../src/market/open.js";
import { maxReadingRevisions } from "../../../src/market/period/limits.js";
import { Router } from "../../../src/market/period/router.js";
import { openReplay } from "../../../src/market/replay.js";
import type { PeriodResult } from "../../../src/market/result.js";
import { maxPrice, maxQuantity } from "../../../src/units.js";
import { battery, branch, clock, dated, electricity, opening, put, rest, seen } from "../../support/steps.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const merit = { mechanism: "merit", pricing: "uniform" } as const;

describe("cars", () => {
  it("have what they need when they leave, whatever the efficiency and however they are charged", async () => {
    const whole = (least: number, most: number) => fc.integer({ min: least, max: most });
    const cars = fc.record({
      chargeEfficiency: whole(500_000, 1_000_000),
      chargeLimit: whole(1, 300),
      share: whole(0, 1_000_000),
      plugOut: whole(3, 9),
      surplus: fc.array(whole(0, 200), { minLength: 8, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(cars, async ({ share, plugOut, surplus, ...limits }) => {
        const gain = Math.floor((limits.chargeLimit * limits.chargeEfficiency) / 1_000_000);
        // As much as can be had in the periods from 2 on, or less.
        const required = Math.floor((gain * (plugOut - 2) * share) / 1_000_000);
        const car: StorageContract = {
          ...battery,
          ...limits,
          device: "car",
          capacity: 100_000,
          charge: 0,
          selfDischarge: 0,
          stays: [{ plugIn: 2, plugOut, required, used: 0 }],
        };
        const market = await opening({ seller: 0n, owner: 1_000_000n }, [electricity(), car]);
        for (let period = 1; period < plugOut; period += 1) {
          if (surplus[period - 1]! > 0) put(market, "seller", "offer", surplus[period - 1]!, 10);
          const result = await market.clearPeriod(period);
          expect(seen(result, "undercharged")).toEqual([]);
        }
        expect(market.state.devices[0]!.charge).toBeGreaterThanOrEqual(required);
      }),
      { numRuns: 60, seed: 8 },
    );
  }, 60_000);

  it("are marked when they leave with less, with what is missing and what they have", async () => {
    const car: StorageContract = {
      ...battery,
      device: "car",
      charge: 20,
      selfDischarge: 0,
      stays: [{ plugIn: 1, plugOut: 3, required: 70, used: 0 }],
    };
    const market = await opening({ owner: 0n }, [electricity(), car]);
    expect(seen(await market.clearPeriod(1), "undercharged")).toEqual([]);
    expect(seen(await market.clearPeriod(2), "undercharged")).toEqual([
      { quantity: 50, lost: 0, price: 0, amount: 0n, extra: 20n },
    ]);
    expect(seen(await market.clearPeriod(3), "undercharged")).toEqual([]);
  });

  it("draw what they have to have first and what fits beside it, and of both no more than fills them", async () => {
    const car: StorageContract = {
      ...battery,
      device: "car",
      capacity: 100,
      charge: 0,
      chargeLimit: 300,
      chargeEfficiency: 500_000,
      selfDischarge: 0,
      stays: [{ plugIn: 1, plugOut: 2, required: 40, used: 0 }],
    };
    const market = await opening({ seller: 0n, owner: 1_000_000n }, [electricity(), car]);
    put(market, "seller", "offer", 300, 1);
    const result = await market.clearPeriod(1);
    // Of 80 it stores the 40 that it has to have, of 120 more the 60 that still fit.
    expect(seen(result, "charged").map(({ quantity, lost, extra }) => [quantity, lost, extra])).toEqual([
      [80, 40, 40n],
      [120, 60, 100n],
    ]);
    expect(market.state.devices[0]!.charge).toBe(100);
  });
});

describe("areas", () => {
  it("offer no more of a store than their edge lets out, so that a lot that has to go whole can go", async () => {
    const store: StorageContract = { ...battery, area: "branch", charge: 100, dischargeLimit: 50 };
    const rules = electricity({ pool: { price: 20, purchasePrice: 15, lots: "whole" } });
    const areas = branch({ exportLimit: 3, importLimit: 0, loss: 0 });
    const market = await opening({ owner: 1000n, one: 1000n }, [rules, ...areas, store]);
    put(market, "one", "bid", 10, 20);
    const result = await market.clearPeriod(1);
    expect(result.trades()).toMatchObject([{ kind: "storage", quantity: 3, usePrice: 12 }]);
    expect(seen(result, "areaCurtailed")).toEqual([]);
  });

  it("that cut a trade to nothing don't let it set the price", async () => {
    const clear = async (behind: boolean) => {
      const market = await opening({ ann: 0n, carl: 1000n, fdora: 1000n }, [
        electricity({ ...merit, pool: null, import: false }),
        ...branch({ importLimit: 0, exportLimit: 0 }),
      ]);
      put(market, "ann", "offer", 2, 10);
      put(market, "carl", "bid", 1, 50);
      if (behind) put(market, "fdora", "bid", 1, 12);
      return market.clearPeriod(1);
    };
    // One of ann's two units is left, so the price is hers, whether or not somebody bids who can't be reached.
    for (const behind of [false, true]) {
      const result = await clear(behind);
      expect(result.carriers[0]?.clearingPrice).toBe(10);
      expect(result.trades()).toMatchObject([{ quantity: 1, usePrice: 10 }]);
    }
  });

  it.each([
    { mechanism: "merit", pricing: "blend", price: 30 },
    { mechanism: "value", pricing: "counterparty", price: 50 },
  ] as const)("leave a buyer to the next seller ($mechanism)", async ({ mechanism, pricing }) => {
    const market = await opening({ ann: 0n, fben: 0n, eve: 0n, carl: 1000n }, [
      electricity({ mechanism, pricing, pool: null }),
      ...branch({ importLimit: 0, exportLimit: 0 }),
    ]);
    put(market, "ann", "offer", 1, 10);
    put(market, "fben", "offer", 1, 20);
    put(market, "eve", "offer", 1, 30);
    put(market, "carl", "bid", 2, 50);
    const result = await market.clearPeriod(1);
    expect(result.trades().map(({ offer, quantity }) => [offer, quantity])).toEqual([
      [0, 1],
      [2, 1],
    ]);
    expect(result.flows()).toMatchObject([
      { kind: "areaCurtailed", party: 1, order: 1, quantity: 1, price: 20 },
    ]);
    expect(rest(result, "offer")).toEqual([{ order: 1, quantity: 1 }]);
  });

  it("name the seller's as the bottleneck when both are full", () => {
    const { areas } = new Terms();
    for (const contract of branch({ importLimit: 0, exportLimit: 0 })) areas.put(contract as AreaContract);
    areas.put({ ...(branch({ importLimit: 0, exportLimit: 0 })[1] as AreaContract), area: "other" });
    const router = new Router(areas, 0, 1);
    expect([router.bottleneck(1, 2), router.bottleneck(2, 1), router.bottleneck(0, 2)]).toEqual([
      { place: 1, outward: true },
      { place: 2, outward: true },
      { place: 2, outward: false },
    ]);
  });

  it("cut pool sales, and what they cut is still the seller's, to export or to keep", async () => {
    const market = await opening({ seller: 0n, fa: 1000n }, [
      electricity({ charge: false }),
      ...branch({ importLimit: 3, exportLimit: 0 }),
    ]);
    put(market, "seller", "offer", 10, 15);
    put(market, "fa", "bid", 10, 14);
    await market.clearPeriod(1);
    // Nothing in scenario 1, as 14 is below 15; nor in the pool, at 20.
    const quantities = (result: PeriodResult, kind: string) =>
      seen(result, kind).map(({ quantity }) => quantity);
    for (const [limit, period] of [
      [15, 2],
      [4, 3],
    ] as const) {
      put(market, "seller", "offer", 10, limit);
      put(market, "fa", "bid", 10, 20);
      const result = await market.clearPeriod(period);
      // Scenario 1 carries 3 of 10; 7 join the pool, 0 of which the edge lets to fa. The grid pays 5.
      expect(result.trades()).toMatchObject([{ kind: "peer", quantity: 3 }]);
      expect(quantities(result, "exported")).toEqual(limit < 5 ? [7] : []);
      expect(rest(result, "offer").map(({ quantity }) => quantity)).toEqual(limit < 5 ? [] : [7]);
    }
  });
});

describe("the pool", () => {
  it("takes an offer that asks exactly the purchase price, and none that asks more", async () => {
    const market = await opening({ one: 0n, two: 0n, buyer: 1000n }, [electricity()]);
    market.propose({
      kind: "use",
      version: 2,
      from: 2,
      participant: "buyer",
      carrier: "electricity",
      limit: 1000,
      interruptible: 0,
      interruptionPrice: 0,
      poolLimit: 20,
      import: false,
    });
    await market.clearPeriod(1);
    put(market, "one", "offer", 5, 15);
    put(market, "two", "offer", 5, 16);
    put(market, "buyer", "bid", 10, 1);
    const result = await market.clearPeriod(2);
    expect(result.carriers[0]?.pool).toEqual(Uint32Array.of(0));
    expect(result.trades()).toMatchObject([{ kind: "pool", quantity: 5, supplyPrice: 15 }]);
    expect(rest(result, "offer")).toEqual([{ order: 1, quantity: 5 }]);
  });
});

describe("credit", () => {
  const plain = { ...dated, interruptible: 0, interruptionPrice: 0, import: false, limit: 1000 };
  const contracts = (creditLimit: string | null): Contract[] => [
    { kind: "participant", ...dated, id: "ann", creditLimit },
    { kind: "deposit", ...dated, participant: "ann", amount: "60", number: 1 },
    { kind: "use", ...plain, participant: "ann", carrier: "electricity" },
  ];
  const open = (creditLimit: string | null) =>
    openMarket({ engine, clock, quantityTick: "1", priceTick: "1", contracts: contracts(creditLimit) });

  it("covers an order to the last tick and not one more", async () => {
    const market = await open("40");
    expect(put(market, "ann", "bid", 101, 1)).toMatchObject({ status: "refused" });
    expect(put(market, "ann", "bid", 100, 1)).toMatchObject({ status: "accepted" });
  });

  it("pays no withdrawal", async () => {
    const market = await open("40");
    const told: string[] = [];
    market.on("refused", ({ error }) => told.push(error.field));
    const withdrawal = { kind: "withdrawal", version: 1, from: 2, participant: "ann" } as const;
    market.propose({ ...withdrawal, amount: "61", number: 1 });
    market.propose({ ...withdrawal, amount: "60", number: 2 });
    await market.clearPeriod(1);
    expect(told).toEqual(["withdrawal/1/ann.amount"]);
    expect(market.balance("ann")).toBe(0n);
  });

  it("without limit has none, however much is owed", async () => {
    const market = await openMarket({ engine, clock, participants: ["mill", "plant"] });
    const most = { carrier: "electricity", quantity: "4294.967295" } as const;
    for (let period = 1; period <= 4; period += 1) {
      for (const carrier of ["heat", "cold", "gas"] as const)
        expect(
          market.submit({ ...most, carrier, participant: "mill", side: "bid", price: "2147.483647" }),
        ).toMatchObject({ status: "accepted" });
      const bid = { ...most, participant: "mill", side: "bid", price: "2147.483647" } as const;
      market.submit({ ...most, participant: "plant", side: "offer", price: "2147.483647" });
      expect(market.submit(bid)).toMatchObject({ status: "accepted" });
      await market.clearPeriod(period);
    }
    expect(market.balance("mill")).toBe(-4n * 4_294_967_295n * 2_147_483_647n);
  });
});

describe("orders", () => {
  it("of a participant and carrier are 255 in a period", async () => {
    const market = await opening({ ann: 0n }, [electricity()]);
    for (let count = 1; count <= 255; count += 1)
      expect(put(market, "ann", "offer", count, 1)).toMatchObject({ status: "accepted" });
    expect(put(market, "ann", "offer", 1, 1)).toMatchObject({ error: { code: "limit" } });
    await market.clearPeriod(1);
    expect(put(market, "ann", "offer", 1, 1)).toMatchObject({ status: "accepted" });
  });
});

describe("participants", () => {
  it("can't leave while they own a storage device", async () => {
    const market = await opening({ owner: 0n }, [electricity(), battery]);
    const told: string[] = [];
    market.on("refused", ({ error }) => told.push(error.wanted));
    const end = (contract: string) => market.propose({ kind: "end", version: 1, from: 2, contract });
    for (const carrier of ["electricity", "heat", "cold", "gas"])
      for (const kind of ["supply", "use"]) end(`${kind}/${carrier}/owner`);
    end("participant/owner");
    await market.clearPeriod(1);
    expect(told).toEqual(["one that no other needs (end storage/battery first)"]);
    market.propose({ kind: "end", version: 1, from: 3, contract: "storage/battery" });
    market.propose({ kind: "end", version: 2, from: 3, contract: "participant/owner" });
    await market.clearPeriod(2);
    expect(market.state.contract("participant/owner")).toMatchObject({ id: "owner" });
  });
});

describe("sums of a period", () => {
  it("stay exact beyond 2⁵³", () => {
    const sums = new Sums();
    const largest = Number.MAX_SAFE_INTEGER;
    let wanted = 0n;
    for (const quantity of [largest, 1, 1, 1, largest, 2, largest, 3]) {
      sums.add(1, "sold", quantity);
      wanted += BigInt(quantity);
      expect(sums.get(1, "sold")).toBe(wanted);
    }
    expect(sums.get(0, "sold")).toBe(0n);
  });
});

describe("readings", () => {
  const metering = { window: 2, corrections: 3, missing: "traded" } as const;
  const plain = () => ({ engine, clock, quantityTick: "1", priceTick: "1" });
  const imbalances = { electricity: { shortagePrice: 7, surplusPrice: 3 } };

  /** A market in which an imbalance costs the most that it can, and the owner has a device that draws from the pool. */
  const dearest = (missing: "zero" | "traded") =>
    openMarket({
      ...plain(),
      metering: { ...metering, missing },
      participants: ["owner", "a", "b"],
      clearing: {
        electricity: { charge: true, pool: { price: 5, purchasePrice: 0, lots: "divisible" } },
      },
      contracts: [
        {
          ...battery,
          capacity: maxQuantity,
          charge: 0,
          chargeLimit: maxQuantity,
          selfDischarge: 0,
          chargeEfficiency: 1_000_000,
          chargePrice: 0,
        },
      ],
      tariffs: { electricity: { shortagePrice: maxPrice, surplusPrice: maxPrice } },
    });

  it("of one meter are at most eight in a period; the next period takes more", async () => {
    const market = await opening({ ann: 0n }, [electricity()], metering);
    await market.clearPeriod(1);
    const read = (version: number) =>
      market.report({ participant: "ann", carrier: "heat", period: 1, in: "1", out: "0", version });
    for (let version = 1; version <= maxReadingRevisions; version += 1)
      expect(read(version)).toMatchObject({ status: "accepted" });
    expect(read(maxReadingRevisions + 1)).toMatchObject({ error: { code: "limit" } });
    await market.clearPeriod(2);
    expect(read(maxReadingRevisions + 1)).toMatchObject({ status: "accepted" });
  });

  it("that are estimated beyond what one record holds take several, which add up", async () => {
    const rest = { ...battery, capacity: maxQuantity, charge: 0, chargeLimit: maxQuantity, selfDischarge: 0 };
    const devices = ["one", "two"].map(
      (device): Contract => ({ ...rest, device, chargeEfficiency: 1_000_000, chargePrice: 0 }),
    );
    const market = await openMarket({
      engine,
      clock,
      metering,
      quantityTick: "1",
      priceTick: "1",
      participants: ["owner", "a", "b"],
      clearing: {
        electricity: { charge: true, pool: { price: 5, purchasePrice: 0, lots: "divisible" } },
      },
      contracts: devices,
      tariffs: { electricity: { shortagePrice: 7, surplusPrice: 3 } },
    });
    for (const participant of ["a", "b"]) put(market, participant, "offer", maxQuantity, 0);
    const charged = await market.clearPeriod(1);
    expect(seen(charged, "charged").map(({ quantity }) => quantity)).toEqual([maxQuantity, maxQuantity]);
    await market.clearPeriod(2);
    const settled = await market.clearPeriod(3);
    const readings = decodeRecords(readingLayout, settled.block.sections.readings);
    expect(readings.filter(({ participant }) => participant === 0)).toMatchObject([
      { flags: 1, version: 0, in: maxQuantity, out: 0 },
      { flags: 1, version: 0, in: maxQuantity, out: 0 },
    ]);
    // Estimated as traded, so nobody owes anything.
    expect(readings.map(({ amount }) => amount)).toEqual(readings.map(() => 0n));
    expect(settled.postings()).toEqual([]);
  });

  it("that nobody brought take as many records as what is paid for them needs", async () => {
    const market = await dearest("zero");
    put(market, "a", "offer", maxQuantity, 0);
    put(market, "owner", "bid", maxQuantity, 0);
    put(market, "b", "offer", maxQuantity, 0);
    await market.clearPeriod(1);
    await market.clearPeriod(2);
    const settled = await market.clearPeriod(3);
    // The owner drew two orders' worth, and as nothing was read is paid for both.
    const wanted = -2n * BigInt(maxQuantity) * BigInt(maxPrice);
    const own = settled.readings().filter(({ participant }) => participant === 0);
    expect(own.map(({ amount }) => amount)).toEqual([1n - 2n ** 63n, wanted - (1n - 2n ** 63n)]);
    expect(market.balance("owner")).toBe(-wanted);
    const replay = openReplay(engine);
    for await (const bytes of market.store.blocks()) replay.replay(decodeBlock(bytes));
  });

  it("are refused when what is paid for them is more than a record holds", async () => {
    const market = await dearest("traded");
    put(market, "a", "offer", maxQuantity, 0);
    put(market, "owner", "bid", maxQuantity, 0);
    await market.clearPeriod(1);
    const read = (taken: number) =>
      market.report({
        participant: "a",
        carrier: "electricity",
        period: 1,
        in: String(taken),
        out: "0",
      });
    expect(read(maxQuantity)).toMatchObject({ error: { code: "limit", field: "reading" } });
    expect(read(1)).toMatchObject({ status: "accepted" });
  });

  it("are paid in the period in which they come, corrections too, whatever else is missing", async () => {
    const market = await openMarket({
      ...plain(),
      metering,
      participants: ["ann", "bob"],
      tariffs: imbalances,
    });
    put(market, "ann", "offer", 10, 1);
    put(market, "bob", "bid", 10, 1);
    await market.clearPeriod(1);
    const read = (taken: string, version: number) =>
      market.report({ participant: "bob", carrier: "electricity", period: 1, in: taken, out: "0", version });
    expect([read("12", 1), read("11", 2)]).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
    const first = await market.clearPeriod(2);
    // Two too many at 7, one of them taken back; ann has not been read yet.
    expect(first.readings().map(({ amount }) => amount)).toEqual([14n, -7n]);
    expect([first.settled, market.state.balance(0)]).toEqual([[], 7n]);
    expect(read("6", 3)).toMatchObject({ status: "accepted" });
    const second = await market.clearPeriod(3);
    // Four too few at 3, and the one at 7 back; ann is estimated as traded.
    expect(second.readings().map(({ amount }) => amount)).toEqual([-19n, 0n]);
    expect([second.settled[0], market.state.balance(0)]).toEqual([1, -12n]);
    expect(second.postings()).toEqual([]);
  });
});
