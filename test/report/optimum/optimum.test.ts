// The optimum of a ledger's past: never below what the market reached, whatever its rules, areas, stores and
// converters.
import loadHighs from "highs";
import { describe, expect, test } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import { openMemoryStore } from "../../../src/ledger/store/memory.js";
import { optimum } from "../../../src/report/optimum/optimum.js";
import type { Solver } from "../../../src/report/optimum/problem.js";
import { openCommunity } from "../../../src/simulation/community.js";
import { bundledScenario } from "../../../src/simulation/scenarios/index.js";
import { openSimulation } from "../../../src/simulation/simulation.js";
import { carriers } from "../../../src/units.js";
import { runScenario } from "../../support/scenario.js";

const solver: Solver = await (loadHighs as unknown as typeof loadHighs.default)();
const engine = await openEngine();

describe("random markets", () => {
  test("never reach more than the optimum", async () => {
    let gaps = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const { store } = await runScenario(engine, seed, { participants: 8, periods: 8 });
      const found = await optimum(store.blocks(), { solver, engine, hasher: engine });
      expect([found.from, found.to]).toEqual([1, 9]);
      for (const carrier of carriers) {
        const { reached, best, prices } = found.carriers[carrier];
        expect(prices).toHaveLength(8);
        expect(best - reached, `seed ${seed}, ${carrier}: ${reached} of ${best}`).toBeGreaterThanOrEqual(0n);
        if (best > reached) gaps += 1;
      }
    }
    expect(gaps).toBeGreaterThan(40);
  });
});

test.each(["small", "evening"])("some hours of %s are below their optimum, in any stretch", async (name) => {
  const scenario = { ...bundledScenario(name), periods: 24 };
  const store = await openMemoryStore({ hasher: engine });
  for await (const _ of await openSimulation(openCommunity(scenario), { engine, store }));
  const whole = await optimum(store.blocks(), { solver, engine, hasher: engine });
  const part = await optimum(store.blocks(), { solver, engine, hasher: engine, from: 5, to: 12 });
  expect([part.from, part.to, part.carriers.heat.prices.length]).toEqual([5, 12, 7]);
  for (const { carriers: each } of [whole, part])
    for (const carrier of carriers) expect(each[carrier].best).toBeGreaterThanOrEqual(each[carrier].reached);
  expect(whole.carriers.electricity.reached).toBeGreaterThan(0n);
  // What the whole can do, its parts can do apart only with the stores as they were at their ends.
  const rest = [
    await optimum(store.blocks(), { solver, engine, hasher: engine, from: 1, to: 5 }),
    part,
    await optimum(store.blocks(), { solver, engine, hasher: engine, from: 12 }),
  ];
  for (const carrier of carriers) {
    const parts = rest.map(({ carriers: each }) => each[carrier]);
    expect(parts.reduce((sum, { reached }) => sum + reached, 0n)).toBe(whole.carriers[carrier].reached);
    const apart = parts.reduce((sum, { best }) => sum + best, 0n);
    expect(Number(whole.carriers[carrier].best - apart)).toBeGreaterThanOrEqual(-1e-6 * Number(apart) - 1e6);
  }
});

test("what is no stretch, no solver or no option is refused", async () => {
  const { store } = await runScenario(engine, 1, { participants: 2, periods: 2 });
  const of = (options: object): Promise<unknown> => optimum(store.blocks(), { solver, engine, ...options });
  await expect(of({ from: 5 })).rejects.toMatchObject({ field: "from" });
  await expect(of({ solver: {} })).rejects.toMatchObject({ field: "solver" });
  await expect(of({ solvre: solver })).rejects.toMatchObject({ code: "invalid" });
});
