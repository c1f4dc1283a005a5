// Under rules that change nothing the past is what it was, to the last tick: for all bundled scenarios, and for random
// markets with every kind of contract, faulty readings, amendments and privacy.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import type { Store } from "../../../src/ledger/store/store.js";
import { summarize } from "../../../src/report/indicators.js";
import { replayWith } from "../../../src/report/whatif/whatif.js";
import { openCommunity } from "../../../src/simulation/community.js";
import { bundledScenario, scenarioNames } from "../../../src/simulation/scenarios/index.js";
import { openSimulation } from "../../../src/simulation/simulation.js";
import { runScenario } from "../../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** Rules that change nothing, though they say something. */
const nothing = [{}, { clearing: {}, tariffs: {}, areas: [], without: [], copies: [], batteries: [] }];

async function isSame(store: Store): Promise<void> {
  const { savings, blocks, orders, trades, money } = await summarize(store.blocks(), { hasher: engine });
  expect(trades > 0 || money.payments.get("sharing")! > 0n).toBe(true);
  for (const rules of nothing) {
    const found = await replayWith(store.blocks(), rules, { engine });
    expect(found.refused).toEqual({ orders: 0, readings: 0, contracts: 0, first: null });
    expect([found.blocks, found.orders]).toEqual([blocks, orders]);
    expect(found.members.map(({ participant }) => participant)).toEqual(
      savings.participants.map(({ participant }) => participant),
    );
    for (const [place, { before, after, gain, refused }] of found.members.entries()) {
      const { participant: _, ...cost } = savings.participants[place]!;
      expect(before).toMatchObject(cost);
      expect(after).toEqual(before);
      expect([gain, refused]).toEqual([0n, 0]);
    }
    expect(found.together.before).toEqual(savings.together);
    expect(found.together.after).toEqual(savings.together);
    const platform = savings.platform.income - savings.platform.drained;
    expect(found.platform).toEqual({ before: platform, after: platform });
    expect(found.systemCost).toEqual({ before: savings.systemCost, after: savings.systemCost });
    for (const name of ["retailer", "operator"] as const)
      expect(found[name]).toEqual({ before: savings[name], after: savings[name] });
  }
}

describe("under rules that change nothing", () => {
  it.each(scenarioNames)("a day of %s is what it was", async (name) => {
    const scenario = { ...bundledScenario(name), periods: 24, periodMs: 3_600_000 };
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of simulation);
    await isSame(simulation.market.store);
  });

  it.each([
    [301, 12, {}],
    [302, 40, {}],
    [303, 20, { isPrivate: true }],
    [304, 20, { huge: true }],
    [305, 30, { everything: false }],
  ] as const)("a random market (%i) is what it was", async (seed, participants, options) => {
    const { store } = await runScenario(engine, seed, { participants, periods: 10, ...options });
    await isSame(store);
  });
});
