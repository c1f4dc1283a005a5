import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { areasOf } from "../../src/report/areas.js";
import { openCommunity } from "../../src/simulation/community.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { measuresIn, measuresOf } from "../../src/study/measures.js";
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
    const members = new Map(
      simulation.community.members.map(({ id, kind }) => [id, { kind: kind as string, areas: {} }]),
    );
    const wanted = measuresOf(await simulation.summary(), members, {
      periodMs: scenario.periodMs,
      refused: 0,
    });
    const places: number[] = [];
    const found = await runOnce(scenario, {}, { engine, progress: (place) => places.push(place) });
    expect(found).toEqual(wanted);
    expect(found.saved).toBeGreaterThan(0);
    expect(places).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
  });

  it("says what areas cost, carry and save, as their blocks and their members' savings have it", async () => {
    const edge = { parent: "town", fee: "0.03" };
    const own = checkScenario({
      ...{ name: "street", periodMs: 3_600_000, participants: { home: 6, solar: 1, wind: 1 } },
      strategies: { all: "truthful" },
      rules: { electricity: { mechanism: "merit", pricing: "uniform", pool: null } },
      areas: {
        electricity: [
          { name: "town", members: ["solar", "wind"] },
          { ...edge, name: "elm.1", importKw: 0.5, members: ["home"] },
          { ...edge, name: "oak", members: ["home"] },
        ],
      },
    });
    const found = await runOnce(own, {}, { engine });
    const simulation = await openSimulation(openCommunity(own), { engine });
    const sums = { fees: 0, rent: 0, taken: 0, most: 0, total: 0, priced: 0, highest: 0 };
    for await (const { block } of simulation)
      for (const { area, price, flow, fees, rent } of areasOf(block)) {
        if (area !== 1) continue;
        if (price !== null) [sums.total, sums.priced] = [sums.total + price, sums.priced + 1];
        sums.highest = Math.max(sums.highest, price ?? 0);
        sums.fees += Number(fees) / 1e12;
        sums.rent += Number(rent) / 1e12;
        sums.taken += Math.max(-Number(flow), 0) / 1e6;
        sums.most = Math.max(sums.most, -Number(flow) / 1e6);
      }
    const at = (measure: string) => found[`area.electricity.elm.1.${measure}`];
    for (const measure of ["fees", "rent", "taken"] as const)
      expect(at(measure)).toBeCloseTo(sums[measure], 6);
    expect(at("price")).toBeCloseTo(sums.total / sums.priced / 1e6, 5);
    expect(at("highest")).toBe(sums.highest / 1e6);
    // An hour long, so that a kWh of a period is a kW.
    expect(at("mostTaken")).toBeCloseTo(sums.most, 6);
    expect(sums.most).toBe(0.5);
    expect(sums.rent).toBeGreaterThan(0);
    const saved = ["town", "elm.1", "oak"].map((area) => found[`savedAt.electricity.${area}`]!);
    const byKind = ["home", "solar", "wind"].map((kind) => found[`saved.${kind}`]!);
    const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
    expect(total(saved)).toBeCloseTo(total(byKind), 6);
    expect(saved[0]).toBeCloseTo(byKind[1]! + byKind[2]!, 6);
    const measures = measuresIn([found]);
    expect(
      measures.filter(({ group }) => group === "The areas of electricity").map(({ label }) => label),
    ).toContain("elm.1: rent of its edge");
    // What no table would show nobody measured.
    for (const [name, value] of Object.entries(found))
      if ((value ?? 0) !== 0) expect(measures.map((measure) => measure.name)).toContain(name);
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
