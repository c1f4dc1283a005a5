// Whether energy has a cost, a ledger alone says by the floor of the supply contract in force in each period.
import { expect, it } from "vitest";
import type { SupplyContract } from "../../src/market/contracts/contracts.js";
import { summarize } from "../../src/report/indicators.js";
import { dated, electricity, opening, put, tariff } from "../support/steps.js";

const supply: SupplyContract = {
  kind: "supply",
  ...dated,
  participant: "plant",
  carrier: "electricity",
  limit: 1000,
  collateral: "0",
};

it.each([
  ["amended without a floor", { ...supply, pool: {}, version: 3, from: 4 }],
  ["amended to stay out of the pool", { ...supply, pool: false as const, version: 3, from: 4 }],
  ["ended", { kind: "end" as const, version: 1, from: 4, contract: "supply/electricity/plant" }],
])("a floor counts until its contract is %s", async (_, change) => {
  const { participant: _own, ...standard } = supply;
  const market = await opening({ plant: 0n, buyer: 1000n }, [electricity(), { ...standard, pool: {} }]);
  market.propose({ ...supply, pool: { floor: 30 }, version: 2, from: 2 });
  expect(market.propose(change)).toMatchObject({ status: "accepted" });
  await market.clearPeriod(1);
  const made: bigint[] = [];
  let without = 0n;
  for (let period = 2; period <= 5; period += 1) {
    expect(put(market, "plant", "offer", 4, 10).status).toBe("accepted");
    put(market, "buyer", "bid", 4, 20);
    await market.clearPeriod(period);
    const { savings } = await summarize(market.store.blocks());
    const plant = savings.participants.find(({ participant }) => participant === "plant")!;
    made.push(plant.making);
    without = plant.without;
  }
  // While there is a floor above the feed-in tariff, 4 units cost 30 each; else they would have been fed in at 5.
  expect(made).toEqual([120n, 240n, 240n, 240n]);
  expect(without).toBe(-2n * 4n * BigInt(Number(tariff.feedIn)));
});
