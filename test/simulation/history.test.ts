// What members remember of a market whose areas have prices, where imports and exports are trades with the grid.
import { beforeAll, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { sideCode } from "../../src/ledger/format/records.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import { History } from "../../src/simulation/history.js";
import type { MemberKind } from "../../src/simulation/scenario.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { carriers } from "../../src/units.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const electricity = carriers.indexOf("electricity");

/** Runs a summer's day of a priced area and says of each period what it traded and what members remember of it. */
async function remembered(mix: { [kind in MemberKind]?: number }) {
  const scenario = community({
    ...{ participants: 6, mix, season: "summer", weather: "clear", periodMs: 3_600_000 },
    more: {
      name: "priced",
      rules: { electricity: { mechanism: "merit", pricing: "uniform", pool: null } },
      areas: { electricity: [{ name: "town" }, { name: "elm", parent: "town", members: Object.keys(mix) }] },
    },
  });
  const simulation = await openSimulation(openCommunity(scenario), { engine });
  const history = new History(scenario, simulation.community.members.length);
  const periods = [];
  for await (const { block } of simulation) {
    const place = block.header.height - 1;
    history.add(block, place);
    const { participant, carrier, side } = simulation.community.orders(place);
    const served = { bid: 0n, offer: 0n };
    for (const [index, number] of participant.entries()) {
      if (carrier[index] !== electricity) continue;
      const last = history.last(number, electricity, place + 1)!;
      expect(last.place).toBe(place);
      served[side[index] === sideCode.bid ? "bid" : "offer"] += BigInt(last.served);
    }
    periods.push({
      totals: block.header.totals.electricity,
      served,
      price: history.price(electricity, place + 1),
    });
  }
  return periods;
}

it("is no service and no price where all of it comes from the grid", async () => {
  const periods = await remembered({ industry: 6 });
  expect(periods.every(({ totals }) => totals.imported > 0n)).toBe(true);
  for (const { served, price } of periods) expect([served.bid, price]).toEqual([0n, null]);
});

it("is what members traded with one another, and nothing that was imported or exported", async () => {
  const periods = await remembered({ industry: 1, solar: 5 });
  for (const way of ["traded", "imported", "exported"] as const)
    expect(
      periods.some(({ totals }) => totals[way] > 0n),
      way,
    ).toBe(true);
  for (const { totals, served } of periods)
    expect(served).toEqual({ bid: totals.traded, offer: totals.traded });
});

it("is nothing that a pool sold above a bid's limit, or bought below an offer's", async () => {
  const scenario = community({
    ...{ participants: 12, mix: { home: 6, industry: 1, solar: 5 }, season: "summer", weather: "clear" },
    ...{ periodMs: 3_600_000, more: { name: "pooled" } },
  });
  const { retail, feedIn } = scenario.tariffs.electricity;
  const limits = { far: [feedIn, retail], near: [retail, feedIn] } as const;
  const sums = { far: 0, near: 0 };
  for (const [way, [bid, offer]] of Object.entries(limits) as ["far" | "near", readonly [number, number]][]) {
    const own = openCommunity(scenario, { strategy: ({ side }) => (side === "bid" ? bid : offer) });
    const simulation = await openSimulation(own, { engine });
    const history = new History(scenario, own.members.length);
    let sold = 0n;
    for await (const { block } of simulation) {
      history.add(block, block.header.height - 1);
      sold += block.header.totals.electricity.sold;
      for (const { number } of own.members)
        sums[way] += history.last(number, electricity, block.header.height)?.served ?? 0;
    }
    // With limits that nobody meets all goes through the pool, whose contracts agree to its prices.
    if (way === "far") expect(sold).toBeGreaterThan(0n);
  }
  expect(sums.far).toBe(0);
  expect(sums.near).toBeGreaterThan(0);
});
