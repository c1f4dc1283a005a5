// Pool and stores in areas that lie in one another, by hand: two streets in a district, and a town around it.
import { describe, expect, it } from "vitest";
import type { Contract, StorageContract } from "../../../src/market/contracts/contracts.js";
import { battery, dated, electricity, opening, put } from "../../support/steps.js";

const area = (name: string, parent?: string, edge: object = {}): Contract =>
  ({
    kind: "area",
    ...dated,
    area: name,
    carrier: "electricity",
    ...(parent === undefined ? {} : { parent }),
    ...edge,
  }) as Contract;

/** Two streets in a district that lets nothing out; who is named after a street hangs in it, the others in the town. */
async function town(participants: Record<string, bigint>, contracts: readonly Contract[]) {
  const network = [area("town"), area("district", "town", { exportLimit: 0, loss: 100_000 })];
  const streets = ["elm", "oak"].map((street) => area(street, "district"));
  const market = await opening(participants, [...network, ...streets, ...contracts]);
  const said = [];
  for (const id of Object.keys(participants)) {
    const street = ["elm", "oak"].find((each) => id.startsWith(each));
    const areas = street === undefined ? {} : { areas: { electricity: street } };
    said.push(market.propose({ kind: "participant", version: 2, from: 2, id, ...areas }));
    const terms = { participant: id, carrier: "electricity", limit: 1000 } as const;
    said.push(
      market.propose({ kind: "supply", version: 2, from: 2, ...terms, pool: { floor: 3 }, collateral: "0" }),
    );
  }
  for (const answer of said) expect(answer).toMatchObject({ status: "accepted" });
  await market.clearPeriod(1);
  return market;
}

const store = (device: string, street: string | null, chargeLimit: number): StorageContract => {
  const { owner: _, ...plain } = battery;
  return {
    ...plain,
    device,
    charge: 0,
    chargeLimit,
    chargeEfficiency: 1_000_000,
    selfDischarge: 0,
    chargePrice: 4,
    ...(street === null ? {} : { area: street }),
  };
};

describe("in nested areas", () => {
  it("a store draws what lies behind an edge that others can't draw through, its own street's first", async () => {
    const market = await town({ hill: 0n, elm: 0n, oak: 0n }, [
      electricity({ discharge: false, export: false }),
      store("hilltop", null, 20),
      store("cellar", "oak", 9),
    ]);
    put(market, "hill", "offer", 6, 30);
    put(market, "elm", "offer", 6, 30);
    put(market, "oak", "offer", 5, 30);
    const result = await market.clearPeriod(2);
    const stored = result.flows().filter(({ kind }) => kind === "stored");
    // The hilltop can have nothing out of the district. The cellar has 5 of its own street, and 4 of elm's 6.
    expect(stored.map(({ order, extra, quantity }) => [order, Number(extra), quantity])).toEqual([
      [0, 0, 6],
      [2, 1, 5],
      [1, 1, 4],
    ]);
    expect(result.flows().filter(({ kind }) => kind === "areaLoss")).toEqual([]);
  });

  it("a sale of the pool is cut at the edge around both streets, and passes between them", async () => {
    const market = await town({ hill: 1000n, elm: 0n, oak: 1000n }, [
      electricity({ discharge: false, charge: false, export: false, import: false }),
    ]);
    put(market, "elm", "offer", 8, 21);
    put(market, "hill", "bid", 5, 20);
    put(market, "oak", "bid", 5, 20);
    const result = await market.clearPeriod(2);
    expect(result.trades()).toMatchObject([
      { kind: "pool", bid: 2, quantity: 3, supplyPrice: 15, usePrice: 20 },
    ]);
    const flows = result.flows().map(({ kind, party, order, quantity }) => [kind, party, order, quantity]);
    // The hill, who came first, would have had five of the eight.
    expect(flows).toEqual([["areaCurtailed", 1, 0, 5]]);
  });

  it("what a store can't deliver out of the district is held back there, of no order, at its price", async () => {
    const market = await town({ hill: 1000n, oak: 1000n }, [
      electricity({ charge: false, export: false, import: false }),
      { ...store("cellar", "elm", 20), charge: 50, dischargeLimit: 10, dischargePrice: 12 },
    ]);
    put(market, "hill", "bid", 4, 20);
    put(market, "oak", "bid", 3, 20);
    const result = await market.clearPeriod(2);
    expect(result.trades().map(({ kind, bid, quantity }) => [kind, bid, quantity])).toEqual([
      ["storage", 1, 3],
    ]);
    const held = result.flows().filter(({ kind }) => kind === "areaCurtailed");
    expect(held).toMatchObject([{ party: 1, order: 0xffff_ffff, quantity: 4, price: 12 }]);
  });

  it("what the grid brings and takes passes every edge up to the root, and is lost at each", async () => {
    const market = await town({ elm: 0n }, [electricity({ pool: null }), store("cellar", "oak", 20)]);
    const stay = { plugIn: 3, plugOut: 4, required: 20, used: 0 };
    const from = 3;
    for (const contract of [
      { ...store("cellar", "oak", 20), version: 2, from, stays: [stay] },
      {
        kind: "area",
        version: 2,
        from,
        area: "oak",
        carrier: "electricity",
        parent: "district",
        importLimit: 15,
        loss: 200_000,
      },
      // For one period seven may leave the district.
      { kind: "limit", version: 1, from, area: "district", until: 4, exportLimit: 7 },
    ] satisfies Contract[])
      expect(market.propose(contract)).toMatchObject({ status: "accepted" });
    await market.clearPeriod(2);
    put(market, "elm", "offer", 9, 4);
    const flows = (await market.clearPeriod(3))
      .flows()
      .map(({ kind, party, quantity, extra }) => [kind, party, quantity, Number(extra)]);
    expect(flows).toEqual([
      ["gridCharged", 0, 15, 15],
      ["areaCurtailed", 1, 2, 0],
      ["exported", 0, 7, 0],
      // A tenth of 7 out and 15 in; a fifth of 15; elm's own edge loses nothing.
      ["areaLoss", 1, 2, 22],
      ["areaLoss", 3, 3, 15],
      ["undercharged", 0, 5, 15],
    ]);
    put(market, "elm", "offer", 9, 4);
    const later = (await market.clearPeriod(4)).flows().map(({ kind, quantity }) => [kind, quantity]);
    expect(later).toEqual([["areaCurtailed", 9]]);
  });
});
