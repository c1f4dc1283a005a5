// What docs/studies.md says of a congested district, at a small size: one seed, quarters of an hour.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { bundledScenario } from "../../src/simulation/scenarios/index.js";
import type { Values } from "../../src/study/measures.js";
import { runOnce } from "../../src/study/run.js";
import { parseSetting, variantsOf } from "../../src/study/settings.js";

let engine: Engine;
const runs: Values[] = [];
beforeAll(async () => {
  engine = await openEngine();
  const settings = [
    "periodMs=900000",
    "periods=96",
    "areas.electricity.3+4+6+7.fee=0,0.04",
    "areas.electricity.3+4+6+7.importKw=null,16",
  ].map(parseSetting);
  const scenario = bundledScenario("evening");
  for (const variant of variantsOf(scenario, { settings, mechanisms: [] }))
    runs.push(await runOnce(variant.scenario, {}, { engine }));
}, 60_000);

const streets = ["elm", "oak", "mill", "quay"];
const sum = (run: Values, measure: string) =>
  streets.reduce((total, street) => total + run[`area.electricity.${street}.${measure}`]!, 0);

describe("a congested district", () => {
  it("makes streets pay and lets those before them gain, by limits and by fees", () => {
    const [open, limited, priced] = runs as [Values, Values, Values];
    for (const run of [limited, priced]) {
      expect(run["saved.home"]).toBeLessThan(open["saved.home"]!);
      expect(run["saved.industry"]).toBeGreaterThan(open["saved.industry"]!);
      expect(run.systemCost).toBeGreaterThan(open.systemCost!);
      expect(run["area.electricity.town.price"]).toBeLessThan(open["area.electricity.town.price"]!);
      expect(sum(run, "price")).toBeGreaterThan(sum(open, "price"));
      expect(sum(run, "taken")).toBeLessThan(sum(open, "taken"));
    }
  });

  it("has rent where an edge is full, and nowhere else, and keeps to its limit", () => {
    const [open, limited, priced, both] = runs as [Values, Values, Values, Values];
    expect([open, priced].map((run) => sum(run, "rent"))).toEqual([0, 0]);
    expect([open, limited].map((run) => sum(run, "fees"))).toEqual([0, 0]);
    for (const street of streets)
      expect(limited[`area.electricity.${street}.mostTaken`]).toBeLessThanOrEqual(16);
    expect(sum(open, "mostTaken")).toBeGreaterThan(4 * 16);
    // A fee takes away some of what would crowd at the edge.
    expect(sum(both, "rent")).toBeGreaterThan(0);
    expect(sum(both, "rent")).toBeLessThan(sum(limited, "rent"));
    expect(limited["electricity.unserved"]).toBeGreaterThan(0);
    expect(priced["electricity.unserved"]).toBe(0);
  });
});
