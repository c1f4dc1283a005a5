// The areas of scenario files: what is refused, who hangs where, and the contracts that come of them.
import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import type { GridclearError } from "../../src/errors.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { openCommunity } from "../../src/simulation/community.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { bundledScenario, scenarioNames } from "../../src/simulation/scenarios/index.js";
import { openSimulation } from "../../src/simulation/simulation.js";

const plain = { name: "plain", participants: { home: 5, storage: 1 } };
const town = { name: "town" };
const withAreas = (electricity: unknown, more: object = {}) =>
  checkScenario({ ...plain, areas: { electricity }, ...more });
const fieldOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    return (error as GridclearError).field;
  }
  return undefined;
};
const priced = {
  rules: { electricity: { mechanism: "merit", pricing: "uniform", ties: "arrival", pool: null } },
};

describe("areas of a scenario", () => {
  const elm = { name: "elm", parent: "town" };
  const chain = Array.from({ length: 65 }, (_, at) => ({
    name: `a${at}`,
    parent: at === 0 ? "town" : `a${at - 1}`,
  }));
  it.each([
    ["areas.electricity", {}],
    ["areas.electricity[0].parent", [elm]],
    ["areas.electricity[1].parent", [town, { name: "elm" }]],
    ["areas.electricity[1].parent", [town, { name: "elm", parent: "oak" }, { name: "oak", parent: "town" }]],
    ["areas.electricity[1].parent", [town, { name: "elm", parent: "elm" }]],
    ["areas.electricity[1].name", [town, { name: "town", parent: "town" }]],
    ["areas.electricity[65].parent", [town, ...chain]],
    ["areas.electricity[0].loss", [{ ...town, loss: 0 }]],
    ["areas.electricity[0].exportKw", [{ ...town, exportKw: null }]],
    ["areas.electricity[1].exportKw", [town, { ...elm, exportKw: "25" }]],
    ["areas.electricity[1].exportKw", [town, { ...elm, exportKw: -1 }]],
    ["areas.electricity[1].importKw", [town, { ...elm, importKw: 1e9 }]],
    ["areas.electricity[1].loss", [town, { ...elm, loss: 500_001 }]],
    ["areas.electricity[1].fee", [town, { ...elm, fee: "-0.1" }]],
    ["areas.electricity[1].fee", [town, { ...elm, fee: 1 }]],
    // By value there are no prices by area.
    ["areas.electricity[1].fee", [town, { ...elm, fee: "0.01" }]],
    ["areas.electricity[1].members[1]", [town, { ...elm, members: ["home", "home"] }]],
    ["areas.electricity[1].street", [town, { ...elm, street: 1 }]],
  ])("are refused at %s: %j", (field, areas) => {
    expect(fieldOf(() => withAreas(areas))).toBe(field);
  });

  it("go with the rules of their carrier, and share no name with another's", () => {
    const fees = [town, { ...elm, fee: "0.01" }];
    expect(withAreas(fees, priced).areas.electricity[1]!.fee).toBe(10_000);
    const pooled = { rules: { electricity: { ...priced.rules.electricity, pool: { price: "0.1" } } } };
    expect(fieldOf(() => withAreas(fees, pooled))).toBe("rules.electricity.pool");
    const shared = { rules: { electricity: { ...priced.rules.electricity, ties: "prorata" } } };
    expect(fieldOf(() => withAreas(fees, shared))).toBe("rules.electricity.ties");
    const twice = { ...plain, areas: { electricity: [town], cold: [town] } };
    expect(fieldOf(() => checkScenario(twice))).toBe("areas.cold[0].name");
    expect(checkScenario(plain).areas).toEqual({ electricity: [], heat: [], cold: [], gas: [] });
  });

  const areaOf = (contracts: Contract[]) =>
    Object.fromEntries(
      contracts.flatMap((contract) =>
        contract.kind === "participant" ? [[contract.id, contract.areas?.electricity ?? null]] : [],
      ),
    );

  it("deal out kinds in turn, and put who is named where it is named", () => {
    const scenario = withAreas([
      town,
      { ...elm, members: ["home"] },
      { name: "oak", parent: "town", members: ["home", "storage-01"] },
      { name: "ash", parent: "oak", members: ["home-02"] },
    ]);
    const contracts = openCommunity(scenario).contracts(-1);
    expect(areaOf(contracts)).toEqual({
      "home-01": "elm",
      "home-02": "ash",
      "home-03": "oak",
      "home-04": "elm",
      "home-05": "oak",
      "storage-01": "oak",
    });
    for (const contract of contracts)
      if (contract.kind === "storage" && contract.carrier === "electricity")
        expect(contract.area).toBe(areaOf(contracts)[contract.device.replace(/-store.*/, "")]);
    const nobody = withAreas([town, { ...elm, members: ["storage-02"] }]);
    expect(fieldOf(() => openCommunity(nobody))).toBe("areas.electricity[1].members[0]");
    const twice = withAreas([
      town,
      { ...elm, members: ["home-01"] },
      { name: "oak", parent: "town", members: ["home-01"] },
    ]);
    expect(fieldOf(() => openCommunity(twice))).toBe("areas.electricity[2].members[0]");
  });

  it("become contracts: limits by the period, the root bare", () => {
    const areas = [
      town,
      { ...elm, importKw: 60, exportKw: 0.5, loss: 8_000, fee: "0.01", members: ["home"] },
      { name: "oak", parent: "elm" },
    ];
    const contracts = openCommunity(withAreas(areas, priced)).contracts(-1);
    const dated = { kind: "area", version: 1, from: contracts[0]!.from, carrier: "electricity" };
    // Half a minute of 60 kW is half a kWh.
    expect(contracts.filter(({ kind }) => kind === "area")).toEqual([
      { ...dated, area: "town" },
      {
        ...dated,
        area: "elm",
        parent: "town",
        fee: 10_000,
        importLimit: 500_000,
        exportLimit: 4_167,
        loss: 8_000,
      },
      { ...dated, area: "oak", parent: "elm", fee: 0, importLimit: null, exportLimit: null, loss: 0 },
    ]);
  });

  it("make a community count coarsely enough for what an edge with a loss carries", () => {
    const homes = { name: "many", participants: { home: 20_000 }, periodMs: 3_600_000 };
    const tick = (loss: number, importKw: number | null) =>
      openCommunity(
        checkScenario({
          ...homes,
          areas: { electricity: [town, { ...elm, loss, importKw, exportKw: 0, members: ["home"] }] },
        }),
      ).quantityTick.scale;
    expect(tick(0, null)).toBe(6);
    expect(tick(1, 4_000)).toBe(6);
    expect(tick(1, 5_000)).toBe(3);
    expect(tick(1, null)).toBe(3);
  }, 60_000);

  // A house that shares its sun has no lines of its own.
  it.each(scenarioNames.filter((name) => name !== "sharing"))(
    "of %s are a street, a district and a town, and what they lose is booked",
    async (name) => {
      const scenario = { ...bundledScenario(name), periods: 3 };
      const areas = scenario.areas.electricity;
      expect(areas[0]).toMatchObject({ name: "town", parent: null });
      const streets = areas.filter(({ members }) => members.includes("home"));
      expect(streets.length).toBeGreaterThanOrEqual(2);
      for (const street of streets)
        expect(areas.find((area) => area.name === street.parent)).toMatchObject({ parent: "town" });
      const simulation = await openSimulation(openCommunity(scenario), { engine: await openEngine() });
      const parties = new Set<number>();
      for await (const result of simulation)
        for (const flow of result.flows()) if (flow.kind === "areaLoss") parties.add(flow.party);
      // Something crosses every edge that loses anything.
      expect(parties.size).toBe(areas.filter(({ loss }) => loss > 0).length);
    },
  );
});
