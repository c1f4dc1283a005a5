import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { openCommunity } from "../../src/simulation/community.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { measuresOf } from "../../src/study/measures.js";
import { passingStore, runOnce } from "../../src/study/run.js";
import { variantsOf } from "../../src/study/settings.js";
import { compare, type Plan, seedsFrom, tasksOf } from "../../src/study/study.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const scenario = checkScenario({
  name: "street",
  periodMs: 3_600_000,
  participants: { home: 6, solar: 2, industry: 1, storage: 1, car: 2 },
  strategies: { all: "adaptive" },
});

describe("a run of a study", () => {
  it("comes to what a run into a ledger comes to", async () => {
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of simulation);
    const kinds = new Map(simulation.community.members.map(({ id, kind }) => [id, kind as string]));
    const wanted = measuresOf(await simulation.summary(), kinds, { periodMs: scenario.periodMs, refused: 0 });
    const places: number[] = [];
    const found = await runOnce(scenario, {}, { engine, progress: (place) => places.push(place) });
    expect(found).toEqual(wanted);
    expect(found.saved).toBeGreaterThan(0);
    expect(places).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
  });

  it("keeps no block but the last", async () => {
    const store = await passingStore(engine);
    const simulation = await openSimulation(openCommunity(scenario), { engine, store });
    await simulation.refused();
    for await (const _ of simulation);
    expect(store.size).toBe(25);
    const kept = await Promise.all(
      Array.from({ length: 25 }, (_, height) => store.get(height).catch(() => null)),
    );
    expect(kept.map((block) => block !== null)).toEqual([...Array<boolean>(24).fill(false), true]);
  });

  it("counts orders that the market refused", async () => {
    const poor = { ...scenario, deposit: 10, periods: 96, strategies: {} };
    const found = await runOnce(poor, {}, { engine });
    const simulation = await openSimulation(openCommunity(poor), { engine });
    for await (const _ of simulation);
    const { orders } = await simulation.refused();
    expect(orders).toBeGreaterThan(0);
    expect(found.refused).toBe(orders);
  });

  it("ends where its progress says so", async () => {
    const progress = (place: number): void => {
      if (place === 3) throw new Error("enough");
    };
    await expect(runOnce(scenario, {}, { engine, progress })).rejects.toThrow("enough");
  });
});

describe("a study", () => {
  it("pairs the runs of variants by seed", () => {
    const plan: Plan = {
      variants: variantsOf(scenario, { settings: [], mechanisms: ["value", "merit"] }),
      seeds: seedsFrom(2 ** 32 - 1, 3),
      axis: null,
    };
    expect(plan.seeds).toEqual([4_294_967_295, 0, 1]);
    expect(tasksOf(plan).length).toBe(6);
    const saved = [
      [1, 10, 100],
      [2, 11, 104],
    ];
    const compared = compare(plan, ({ variant, seed }) => ({
      saved: saved[variant]![plan.seeds.indexOf(seed)]!,
      gini: variant === 1 && seed === 0 ? null : 0.5,
      operator: 0,
    }));
    expect(compared.map(({ measure }) => measure.name)).toEqual(["saved", "gini"]);
    expect(compared[0]!.results[1]).toMatchObject({
      values: [2, 11, 104],
      difference: { count: 3, mean: 2 },
    });
    expect(compared[0]!.results[0]!.difference).toBe(null);
    expect(compared[1]!.results[1]).toMatchObject({
      estimate: { count: 2 },
      difference: { count: 2, mean: 0 },
    });
  });
});
