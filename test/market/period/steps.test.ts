import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { decodeRecords } from "../../../src/ledger/format/layout.js";
import { readingLayout } from "../../../src/ledger/format/records.js";
import { openMemoryStore } from "../../../src/ledger/store/memory.js";
import type { Contract, StorageContract } from "../../../src/market/contracts/contracts.js";
import { paperClearing } from "../../../src/market/contracts/opening.js";
import { openMarket } from "../../../src/market/open.js";
import { openReplay } from "../../../src/market/replay.js";
import {
  battery,
  branch,
  clock,
  dated,
  electricity,
  opening,
  put,
  rest,
  seen,
  tariff,
} from "../../support/steps.js";

// Every number here is worked out by hand from docs/market.md. Ticks are whole: 1 unit of energy, 1 of money per unit.

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

describe("storage", () => {
  it("charges from unsold pool energy, the rest is exported", async () => {
    const market = await opening({ seller: 0n, owner: 100n }, [electricity(), battery]);
    put(market, "seller", "offer", 50, 2);
    const result = await market.clearPeriod(1);
    // 40 lose 5 %: 2. Of 50 that nobody wants, 30 fill the charge limit: 27 stored at 3 each, which is more than the
    // seller asks; 20 go to the grid at 5.
    expect(seen(result, "selfDischarged")).toEqual([
      { quantity: 2, lost: 2, price: 0, amount: 0n, extra: 38n },
    ]);
    expect(result.trades()).toEqual([]);
    expect(seen(result, "stored")).toEqual([{ quantity: 30, lost: 0, price: 3, amount: 90n, extra: 0n }]);
    expect(seen(result, "charged")).toEqual([{ quantity: 30, lost: 3, price: 3, amount: 90n, extra: 65n }]);
    expect(seen(result, "exported")).toEqual([{ quantity: 20, lost: 0, price: 5, amount: 100n, extra: 0n }]);
    expect(market.balance("seller")).toBe(90n + 100n);
    expect(market.balance("owner")).toBe(10n);
    expect(market.state.balance(1)).toBe(0n);
    expect(market.state.balance(3)).toBe(-100n);
  });

  it("delivers as a lot of scenario 2 at its price, drained by more than it gives", async () => {
    const market = await opening({ owner: 0n, buyer: 1000n }, [electricity(), battery]);
    put(market, "buyer", "bid", 17, 30);
    const result = await market.clearPeriod(1);
    // 38 after self-discharge give floor(38 × 0.8) = 30, the limit 18; 17 are taken; ceil(17 / 0.8) = 22 are drained.
    expect(result.trades()).toMatchObject([
      { kind: "storage", offer: 0, quantity: 17, supplyPrice: 12, usePrice: 12 },
    ]);
    expect(seen(result, "discharged")).toEqual([
      { quantity: 17, lost: 5, price: 12, amount: 204n, extra: 16n },
    ]);
    expect(market.balance("owner")).toBe(204n);
    expect(market.balance("buyer")).toBe(1000n - 204n);
    expect(market.state.balance(1)).toBe(0n);
  });

  it("draws no more than its owner can pay beside its own orders", async () => {
    const market = await opening({ seller: 0n, owner: 100n }, [electricity(), battery]);
    put(market, "seller", "offer", 50, 2);
    market.submit({ participant: "owner", carrier: "heat", side: "bid", quantity: "8", price: "10" });
    const result = await market.clearPeriod(1);
    // 100 − 80 locked by the bid for heat leave 20: 6 units at 3.
    expect(seen(result, "charged")).toMatchObject([{ quantity: 6, lost: 1, extra: 43n }]);
  });

  it("charges out of what clearing left of a lock, whether the carrier has cleared or is clearing", async () => {
    // Gas clears before electricity: 60 of 100 are paid for it, 40 are free again and buy 13 units at 3.
    const market = await opening({ seller: 0n, owner: 100n }, [electricity({ import: false }), battery]);
    const gas = (participant: string, side: "offer" | "bid", quantity: string, price: string) =>
      market.submit({ participant, carrier: "gas", side, quantity, price });
    gas("seller", "offer", "6", "1");
    expect(gas("owner", "bid", "6", "10")).toMatchObject({ status: "accepted" });
    put(market, "seller", "offer", 50, 2);
    expect(seen(await market.clearPeriod(1), "charged")).toMatchObject([{ quantity: 13, amount: 39n }]);
    expect(market.balance("owner")).toBe(1n);
    // Of the carrier that clears, only what may still be imported is held back: 2 of 5 at 40.
    const buyer = await opening({ seller: 0n, owner: 200n }, [
      electricity({
        mechanism: "merit",
        pricing: "blend",
        k: 0,
        pool: { price: 20, purchasePrice: 15, lots: "whole" },
        discharge: false,
      }),
      battery,
    ]);
    buyer.propose({
      kind: "use",
      version: 2,
      from: 2,
      participant: "owner",
      carrier: "electricity",
      limit: 1000,
      interruptible: 0,
      interruptionPrice: 0,
      import: true,
    });
    await buyer.clearPeriod(1);
    put(buyer, "seller", "offer", 3, 10);
    expect(put(buyer, "owner", "bid", 5, 12)).toMatchObject({ status: "accepted" });
    const result = await buyer.clearPeriod(2);
    expect(seen(result, "imported")).toMatchObject([{ quantity: 2, amount: 80n }]);
    expect(buyer.balance("owner")).toBe(200n - 30n - 80n);
  });

  it("plans for a departure however far away it is, without counting every period until then", async () => {
    const far = { plugIn: 0, plugOut: Number.MAX_SAFE_INTEGER, used: 0 };
    const rest = { ...battery, capacity: 0xffff_ffff, charge: 0, chargePrice: 0, dischargePrice: 0 };
    const market = await opening({ owner: 1000n }, [
      electricity({ import: false }),
      {
        ...rest,
        device: "leaking",
        chargeLimit: 2,
        selfDischarge: 100_000,
        stays: [{ ...far, required: 4_000_000_000 }],
      },
      {
        ...rest,
        device: "slow",
        chargeLimit: 20,
        selfDischarge: 1,
        stays: [{ ...far, required: 9_000_000 }],
      },
    ]);
    await market.clearPeriod(1);
    await market.clearPeriod(2);
    expect(market.state.devices.map(({ charge }) => charge)).toEqual([0, 0]);
  });

  it("brings a car to what it needs by departure, from the pool and at last from the grid", async () => {
    const car: StorageContract = {
      ...battery,
      device: "car",
      charge: 20,
      selfDischarge: 0,
      chargeEfficiency: 1_000_000,
      chargePrice: -1,
      stays: [{ plugIn: 2, plugOut: 5, required: 70, used: 15 }],
    };
    const market = await opening({ seller: 100n, owner: 10_000n }, [electricity({ charge: true }), car]);
    const charges: number[] = [];
    const note = async () => {
      await market.clearPeriod(1);
      charges.push(market.state.devices[0]!.charge);
    };
    put(market, "seller", "offer", 50, -2);
    await note(); // period 1: away, nothing happens
    put(market, "seller", "offer", 3, -2);
    // Period 2: 20 − 15 used = 5; two more periods bring 60, so 10 are owed: 3 from the pool, 2 from the grid.
    await note();
    await note(); // period 3: 40 are owed at its end: 30 from the grid
    await note(); // period 4: 70 are owed at its end: 30 from the grid
    await note(); // period 5: gone
    expect(charges).toEqual([20, 10, 40, 70, 70]);
    // The seller paid 1 each for 3; the grid was paid 40 each for 2 + 30 + 30, and bought 50 at 5 in period 1.
    expect(market.balance("owner")).toBe(10_000n + 3n - 62n * 40n);
    expect(market.balance("seller")).toBe(100n + 50n * 5n - 3n);
    expect(market.last?.block.header.totals.electricity.imported).toBe(0n);
  });

  it("does not sell what a car will need", async () => {
    const car: StorageContract = {
      ...battery,
      device: "car",
      charge: 80,
      selfDischarge: 0,
      dischargeEfficiency: 1_000_000,
      dischargeLimit: 50,
      chargeLimit: 10,
      chargeEfficiency: 1_000_000,
      stays: [{ plugIn: 0, plugOut: 3, required: 75, used: 0 }],
    };
    const market = await opening({ owner: 1000n, buyer: 10_000n }, [electricity(), car]);
    put(market, "buyer", "bid", 50, 30);
    const result = await market.clearPeriod(1);
    // One more period can bring 10, so 65 must stay: 15 are for sale.
    expect(seen(result, "discharged")).toMatchObject([{ quantity: 15, extra: 65n }]);
    put(market, "buyer", "bid", 50, 30);
    expect(seen(await market.clearPeriod(2), "discharged")).toEqual([]);
    expect(market.state.devices[0]?.charge).toBe(75);
  });
});

describe("scarcity", () => {
  it("calls interruptible uses before it imports, and leaves the rest unserved", async () => {
    const use = {
      kind: "use",
      version: 2,
      from: 1,
      carrier: "electricity",
      limit: 1000,
      interruptible: 300_000,
      interruptionPrice: 7,
    } as const;
    const market = await opening({ one: 10_000n, two: 10_000n }, [electricity()]);
    market.propose({ ...use, participant: "one", import: true });
    market.propose({ ...use, participant: "two", import: false, from: 1 });
    expect(market.propose({ ...use, participant: "two", import: false, from: 2 })).toMatchObject({
      status: "accepted",
    });
    await market.clearPeriod(1);
    put(market, "one", "bid", 10, 30);
    put(market, "two", "bid", 10, 30);
    const result = await market.clearPeriod(2);
    // The amendments for period 1 came too late; only the one for period 2 holds.
    expect(seen(result, "interrupted")).toEqual([{ quantity: 3, lost: 0, price: 7, amount: 21n, extra: 0n }]);
    expect(rest(result, "bid").map(({ quantity }) => quantity)).toEqual([10, 7]);
    expect(result.block.header.totals.electricity.unserved).toBe(17n);
    expect(market.balance("two")).toBe(10_021n);
    expect(market.propose({ ...use, participant: "one", import: true, from: 4 })).toMatchObject({
      status: "accepted",
    });
    await market.clearPeriod(3);
    put(market, "one", "bid", 10, 30);
    const later = await market.clearPeriod(4);
    expect(seen(later, "interrupted").map(({ quantity }) => quantity)).toEqual([3]);
    expect(seen(later, "imported")).toEqual([{ quantity: 7, lost: 0, price: 40, amount: 280n, extra: 0n }]);
    expect(market.balance("one")).toBe(10_000n + 21n - 280n);
  });
});

describe("the router", () => {
  it("cuts the last trades at an edge, gives the energy back, and books what it loses", async () => {
    const areas = branch({ importLimit: 12, exportLimit: 1000, loss: 100_000 });
    const rules = electricity({ mechanism: "merit", pricing: "blend", k: 0, pool: null, import: false });
    const market = await opening({ seller: 0n, fa: 1000n, fb: 1000n }, [rules, ...areas]);
    put(market, "seller", "offer", 30, 10);
    put(market, "fa", "bid", 8, 30);
    put(market, "fb", "bid", 8, 20);
    const result = await market.clearPeriod(1);
    expect(result.trades()).toMatchObject([
      { bid: 1, quantity: 8 },
      { bid: 2, quantity: 4 },
    ]);
    // 4 of fb, who bids 20, lie behind the full edge.
    expect(result.flows().filter(({ kind }) => kind === "areaCurtailed")).toMatchObject([
      { party: 1, order: 2, quantity: 4, price: 20 },
    ]);
    expect(rest(result, "offer")).toMatchObject([{ quantity: 18 }]);
    expect(rest(result, "bid")).toMatchObject([{ quantity: 4 }]);
    // 12 crossed, a tenth is lost; the grid makes it up at 40 and the platform pays.
    expect(seen(result, "areaLoss")).toEqual([{ quantity: 1, lost: 1, price: 40, amount: 40n, extra: 12n }]);
    expect(market.state.balance(0)).toBe(-40n);
    expect(result.carriers[0]?.counters).toEqual({ num1: 2, num2: 2, num3: 0, num4: 1 });
  });

  it("lets neighbours trade past an edge that carries nothing", async () => {
    const areas = branch({ importLimit: 0, exportLimit: 0, loss: 0 });
    const market = await opening({ fa: 0n, fb: 1000n, far: 1000n }, [electricity({ pool: null }), ...areas]);
    put(market, "fa", "offer", 5, 10);
    put(market, "fb", "bid", 5, 30);
    expect((await market.clearPeriod(1)).carriers[0]?.counters.num1).toBe(1);
  });
});

describe("converters", () => {
  it("of one kind do not multiply what their owner bought", async () => {
    const boiler = (device: string, ratio: number): Contract => ({
      kind: "converter",
      ...dated,
      device,
      participant: "owner",
      input: "gas",
      output: "heat",
      ratio,
      // Nobody asks for heat: what is to be seen is what it could make.
      linked: false,
    });
    const market = await opening({ well: 0n, owner: 1000n }, [
      paperClearing("heat", 0),
      boiler("old", 800_000),
      boiler("new", 900_000),
      boiler("older", 700_000),
    ]);
    const gas = (participant: string, side: "offer" | "bid") =>
      market.submit({ participant, carrier: "gas", side, quantity: "10", price: "5" });
    gas("well", "offer");
    gas("owner", "bid");
    market.submit({ participant: "owner", carrier: "heat", side: "offer", quantity: "40", price: "1" });
    const result = await market.clearPeriod(1);
    expect(seen(result, "converted")).toMatchObject([{ quantity: 9, extra: 10n }]);
    expect(result.carriers[1]?.totals.offered).toBe(9n);
  });

  it("make nothing of what an edge cut, and something of what was imported", async () => {
    const areas = branch({ importLimit: 7, exportLimit: 0, loss: 0 });
    const pump: Contract = {
      kind: "converter",
      ...dated,
      device: "pump",
      participant: "fpump",
      input: "electricity",
      output: "heat",
      ratio: 3_000_000,
      linked: false,
    };
    const market = await opening({ sun: 0n, fpump: 1000n }, [
      electricity({ pool: null }),
      paperClearing("heat", 0),
      ...areas,
      pump,
    ]);
    market.propose({
      kind: "use",
      version: 2,
      from: 2,
      participant: "fpump",
      carrier: "electricity",
      limit: 1000,
      interruptible: 0,
      interruptionPrice: 0,
      import: true,
    });
    await market.clearPeriod(1);
    put(market, "sun", "offer", 4, 10);
    put(market, "fpump", "bid", 10, 20);
    market.submit({ participant: "fpump", carrier: "heat", side: "offer", quantity: "100", price: "1" });
    // 4 traded and 3 imported pass the edge: 7 × 3.
    const result = await market.clearPeriod(2);
    expect(seen(result, "imported")).toMatchObject([{ quantity: 3 }]);
    expect(seen(result, "converted")).toMatchObject([{ quantity: 21, extra: 7n }]);
  });

  it("offer no more than what they bought makes, one carrier after another", async () => {
    const pump: Contract = {
      kind: "converter",
      ...dated,
      device: "pump",
      participant: "pump",
      input: "electricity",
      output: "heat",
      ratio: 3_500_000,
    };
    const heat = { ...paperClearing("heat", 0), export: true };
    const market = await opening({ sun: 0n, pump: 1000n, home: 1000n }, [electricity(), heat, pump]);
    put(market, "sun", "offer", 5, 10);
    put(market, "pump", "bid", 5, 10);
    const heatOrder = (participant: string, side: "offer" | "bid", quantity: string) =>
      market.submit({ participant, carrier: "heat", side, quantity, price: "4" });
    heatOrder("pump", "offer", "40");
    heatOrder("home", "bid", "20");
    const result = await market.clearPeriod(1);
    // 5 × 3.5 = 17 whole units, which is less than the home wants: phase B takes them whole.
    expect(seen(result, "converted")).toEqual([{ quantity: 17, lost: 0, price: 0, amount: 0n, extra: 5n }]);
    expect(result.trades().filter(({ carrier }) => carrier === "heat")).toMatchObject([{ quantity: 17 }]);
    expect(result.carriers[1]?.totals.offered).toBe(17n);
    heatOrder("pump", "offer", "40");
    heatOrder("home", "bid", "20");
    expect((await market.clearPeriod(2)).carriers[1]?.totals.offered).toBe(0n);
  });
});

describe("money", () => {
  it("locks the worst case of a bid, over all carriers, and releases it when the period ends", async () => {
    const market = await opening({ buyer: 100n }, [electricity({ import: false })]);
    expect(put(market, "buyer", "bid", 10, 11)).toMatchObject({
      error: { code: "refused", wanted: expect.stringContaining("100") },
    });
    expect(put(market, "buyer", "bid", 10, 6)).toMatchObject({ status: "accepted" });
    const heat = (quantity: string) =>
      market.submit({ participant: "buyer", carrier: "heat", side: "bid", quantity, price: "10" });
    expect(heat("5")).toMatchObject({ status: "refused" });
    expect(heat("4")).toMatchObject({ status: "accepted" });
    // A replacement frees what it replaces.
    expect(put(market, "buyer", "bid", 10, 5)).toMatchObject({ status: "accepted", replaced: 0 });
    expect(heat("5")).toMatchObject({ status: "accepted" });
    expect(market.withdraw("buyer", "heat")).toMatchObject({ status: "accepted" });
    expect(put(market, "buyer", "bid", 10, 10)).toMatchObject({ status: "accepted" });
    await market.clearPeriod(1);
    expect(put(market, "buyer", "bid", 10, 10)).toMatchObject({ status: "accepted" });
  });

  it("locks what a negative offer could cost", async () => {
    const market = await opening({ seller: 100n, buyer: 0n }, [electricity({ pool: null })]);
    expect(put(market, "seller", "offer", 10, -11)).toMatchObject({ status: "refused" });
    expect(put(market, "seller", "offer", 10, -10)).toMatchObject({ status: "accepted" });
    put(market, "buyer", "bid", 10, -10);
    await market.clearPeriod(1);
    expect(market.balance("seller")).toBe(0n);
    expect(market.balance("buyer")).toBe(100n);
  });

  it("takes what a participant can't pay from collateral, then from the default account", async () => {
    const metering = { window: 1, corrections: 2, missing: "traded" } as const;
    const market = await opening(
      { poor: 50n, seller: 0n },
      [electricity({ import: false, pool: null })],
      metering,
    );
    const supply = {
      kind: "supply",
      participant: "poor",
      carrier: "electricity",
      limit: 1000,
      pool: {},
    } as const;
    market.propose({ ...supply, version: 2, from: 2, collateral: "20" });
    await market.clearPeriod(1);
    expect(market.balance("poor")).toBe(30n);
    put(market, "poor", "bid", 1, 10);
    put(market, "seller", "offer", 1, 10);
    await market.clearPeriod(2);
    expect(market.balance("poor")).toBe(20n);
    // Bought 1, took 2: one more at 60. 20 from the balance, 20 from collateral, 20 from the default account.
    const read = (taken: string, version: number) =>
      market.report({ participant: "poor", carrier: "electricity", period: 2, in: taken, out: "0", version });
    expect(read("2", 1)).toMatchObject({ status: "accepted" });
    const settled = await market.clearPeriod(3);
    expect(settled.settled).toEqual([2]);
    expect(market.balance("poor")).toBe(0n);
    expect(market.state.balance(0x8000_0000)).toBe(0n);
    expect(market.state.balance(4)).toBe(-20n);
    expect(market.state.balance(0)).toBe(60n);
    // The seller's reading was missing and taken as traded.
    const readings = decodeRecords(readingLayout, settled.block.sections.readings);
    expect(readings).toMatchObject([
      { participant: 0, flags: 0, version: 1, in: 2, out: 0 },
      { participant: 1, flags: 1, version: 0, in: 0, out: 1 },
    ]);
    // A correction to less than was bought: of 60 back, 20 to the default account that had paid them; and 1 at 2 for
    // the unit not taken.
    expect(read("0", 3)).toMatchObject({ error: { code: "conflict" } });
    expect(read("0", 2)).toMatchObject({ status: "accepted" });
    market.propose({ kind: "end", version: 1, from: 5, contract: "supply/electricity/poor" });
    await market.clearPeriod(4);
    // The supply contract has ended, and its collateral is gone already.
    expect(market.balance("poor")).toBe(42n);
    expect(market.state.balance(4)).toBe(0n);
    expect(market.state.balance(0x8000_0000)).toBe(0n);
    await market.clearPeriod(5);
    expect(read("1", 3)).toMatchObject({ error: { code: "refused" } });
  });

  it("knows the credit of whoever left by the payment contract, whatever was asked before", async () => {
    const metering = { window: 3, corrections: 0, missing: "traded" } as const;
    const store = await openMemoryStore({ hasher: engine });
    const tariffs = { electricity: tariff, heat: tariff, cold: tariff, gas: tariff };
    const market = await openMarket({
      engine,
      store,
      metering,
      tariffs,
      clock,
      quantityTick: "1",
      priceTick: "1",
      contracts: [
        { kind: "participant", ...dated, id: "ann", creditLimit: "100" },
        {
          kind: "use",
          ...dated,
          participant: "ann",
          carrier: "electricity",
          limit: 10,
          interruptible: 0,
          interruptionPrice: 0,
          import: false,
        },
      ],
    });
    market.propose({ kind: "end", version: 1, from: 2, contract: "use/electricity/ann" });
    market.propose({ kind: "end", version: 1, from: 2, contract: "participant/ann" });
    // Refused, so no block tells of it; but to refuse it the market looked at the credit limit.
    expect(put(market, "ann", "bid", 10, 11)).toMatchObject({ status: "refused" });
    await market.clearPeriod(1);
    const reading = { participant: "ann", carrier: "electricity", period: 1, in: "1", out: "0" } as const;
    expect(market.report(reading)).toMatchObject({ status: "accepted" });
    await market.clearPeriod(2);
    await market.clearPeriod(3);
    await market.clearPeriod(4);
    expect(market.balance("ann")).toBe(0n);
    expect(market.state.balance(4)).toBe(-60n);
    const replay = openReplay(engine);
    for await (const bytes of store.blocks()) replay.replay(decodeBlock(bytes));
    expect(replay.height).toBe(5);
  });

  it("lets nobody leave who owes more than the payment contract lets them", async () => {
    const market = await opening({ seller: 0n }, [electricity({ import: false, pool: null })]);
    const told: string[] = [];
    market.on("refused", ({ error }) => told.push(error.field));
    market.propose({ kind: "participant", version: 1, from: 2, id: "ann", creditLimit: "100" });
    market.propose({
      kind: "use",
      version: 1,
      from: 2,
      participant: "ann",
      carrier: "electricity",
      limit: 10,
      interruptible: 0,
      interruptionPrice: 0,
      import: false,
    });
    await market.clearPeriod(1);
    put(market, "seller", "offer", 5, 10);
    put(market, "ann", "bid", 5, 10);
    market.propose({ kind: "end", version: 1, from: 3, contract: "use/electricity/ann" });
    market.propose({ kind: "end", version: 1, from: 3, contract: "participant/ann" });
    await market.clearPeriod(2);
    expect(market.balance("ann")).toBe(-50n);
    expect(told).toEqual(["end/participant/ann.contract"]);
    expect(market.state.contract("participant/ann")).not.toBeNull();
  });

  it("drops a withdrawal that the balance no longer covers", async () => {
    const market = await opening({ ann: 50n }, []);
    const told: string[] = [];
    market.on("refused", ({ what }) => told.push(what));
    const withdrawal = (amount: string, number: number) =>
      market.propose({
        kind: "withdrawal",
        version: 1,
        from: 1 + number,
        participant: "ann",
        amount,
        number,
      });
    withdrawal("30", 1);
    withdrawal("30", 2);
    await market.clearPeriod(1);
    const next = await market.clearPeriod(2);
    expect(market.balance("ann")).toBe(20n);
    expect(next.block.header.sections.contracts.count).toBe(1);
    expect(told).toEqual(["contract"]);
  });
});

describe("ties", () => {
  const rules = electricity({
    mechanism: "merit",
    pricing: "blend",
    ties: "lottery",
    pool: null,
    import: false,
  });
  const names = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`b${index}`, 1000n]));

  /** Who gets the one unit that twelve equal bidders want, period by period. */
  async function winners(timestampOf: (period: number) => number, periods: number): Promise<number[]> {
    const market = await opening({ seller: 0n, ...names }, [rules]);
    const list: number[] = [];
    for (let period = 1; period <= periods; period += 1) {
      put(market, "seller", "offer", 1, 10);
      for (const name of Object.keys(names)) put(market, name, "bid", 1, 20);
      const [trade] = (await market.clearPeriod(timestampOf(period))).trades();
      list.push(trade!.bid);
      // The least ticket of the bidders (participants 1 to 12), worked out again with another hash.
      const ticket = (participant: number): string => {
        const numbers = Buffer.alloc(12);
        numbers.writeBigUInt64LE(BigInt(period));
        numbers.writeUInt32LE(participant, 8);
        const bytes = ["gridclear lottery v2\0", market.id, numbers];
        return bytes.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");
      };
      const least = [...Array(12).keys()].sort((a, b) => (ticket(a + 1) < ticket(b + 1) ? -1 : 1))[0]!;
      expect(trade!.bid).toBe(least + 1);
    }
    return list;
  }

  it("break by a lottery that anybody can work out, another in each period", async () => {
    expect(new Set(await winners((period) => period, 8)).size).toBeGreaterThan(2);
  });

  it("break the same whatever time stamps the sealer writes", async () => {
    const usual = await winners((period) => period * 30_000, 4);
    for (let shift = 1; shift <= 20; shift += 1)
      expect(await winners((period) => period * 30_000 + shift, 4)).toEqual(usual);
  });

  it("break the same whatever else stands in the blocks before", async () => {
    const alone = await winners((period) => period, 2);
    const market = await opening({ seller: 0n, ...names }, [rules]);
    put(market, "b3", "bid", 7, 1);
    market.propose({ kind: "deposit", version: 1, from: 2, participant: "b3", amount: "3", number: 9 });
    await market.clearPeriod(1);
    put(market, "seller", "offer", 1, 10);
    for (const name of Object.keys(names)) put(market, name, "bid", 1, 20);
    expect((await market.clearPeriod(2)).trades()[0]!.bid).toBe(alone[1]);
  });
});
