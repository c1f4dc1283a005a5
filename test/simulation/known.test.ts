import { beforeAll, describe, expect, it } from "vitest";
import { toUtf8 } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import { summarize } from "../../src/report/index.js";
import { openCommunity } from "../../src/simulation/community.js";
import { keptKnown } from "../../src/simulation/keptscenario.js";
import { knownOf } from "../../src/simulation/known.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { openSimulation } from "../../src/simulation/simulation.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const hours = Array.from({ length: 24 }, (_, hour) => 100 + hour);
const scenarioOf = (more: object) =>
  checkScenario({
    name: "co2",
    date: "2026-07-15",
    periodMs: 3_600_000,
    participants: { home: 5, industry: 1, biomass: 1, supplier: 1, boiler: 1 },
    ...more,
  });

describe("CO2 of a scenario", () => {
  it("of the grid is that of the local hour in which a period begins, in mg a kWh", () => {
    const co2 = { grid: { electricity: hours, gas: 201.5 }, own: { biomass: 12 } };
    const emissions = knownOf(openCommunity(scenarioOf({ co2 }))).emissions!;
    // 13:00 of Berlin's summer time is 11:00 of UTC; the period has ended by then.
    expect(emissions.grid("electricity", Date.parse("2026-07-15T11:00:00Z"))).toBe(112_000);
    expect(emissions.grid("electricity", Date.parse("2026-01-15T11:00:00Z"))).toBe(111_000);
    expect(emissions.grid("electricity", Date.parse("2026-07-14T23:00:00Z"))).toBe(100_000);
    expect(emissions.grid("gas", 0)).toBe(201_500);
    expect(emissions.own("biomass-01", "electricity")).toBe(12_000);
    expect(emissions.own("boiler-01", "heat")).toBe(0);
  });

  it("is in the summary of a run, and not where the scenario does not count it", async () => {
    const run = async (co2: unknown) => {
      const simulation = await openSimulation(openCommunity(scenarioOf({ co2 })), { engine });
      for await (const _ of simulation);
      return (await simulation.summary()).trading;
    };
    const { together, participants } = await run({
      grid: { electricity: 400, heat: 0, cold: 0, gas: 0 },
      own: { biomass: 50, supplier: 0 },
    });
    const { imported, co2 } = together.electricity;
    const made = participants.find(({ participant }) => participant === "biomass-01")!.carriers.electricity;
    expect(imported).toBeGreaterThan(0n);
    expect(made.sold).toBeGreaterThan(0n);
    expect(co2).toBe(imported * 400_000n + (made.sold + made.exported) * 50_000n);
    expect((await run(null)).together.electricity.co2).toBe(null);
  });

  it("is read from what a ledger keeps beside its blocks, with what energy costs to make", async () => {
    const store = await openMemoryStore({ hasher: engine });
    expect(await keptKnown(store)).toEqual({});
    const simulation = await openSimulation(openCommunity(scenarioOf({})), { engine, store });
    for await (const _ of simulation);
    const found = await summarize(store.blocks(), { hasher: engine, ...(await keptKnown(store)) });
    const { trading, savings } = await simulation.summary();
    expect(found.trading).toEqual(trading);
    expect(found.savings).toEqual(savings);
    expect(trading.together.electricity.co2).toBeGreaterThan(0n);
    await store.putMeta("scenario", toUtf8('{"scenario":{"name":5}}'));
    await expect(keptKnown(store)).rejects.toMatchObject({ code: "corrupt" });
  });
});
