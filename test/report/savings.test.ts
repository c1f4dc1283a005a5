import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import type { Store } from "../../src/ledger/store/store.js";
import { checkedBlocks } from "../../src/report/blocks.js";
import type { CostOf, Savings } from "../../src/report/cost.js";
import { exportJson } from "../../src/report/export/document.js";
import { Indicators } from "../../src/report/indicators.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import { memberKinds } from "../../src/simulation/scenario.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { carriers } from "../../src/units.js";
import { runScenario } from "../support/scenario.js";
import { playShared } from "../support/sharedrun.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

async function savingsOf(store: Store, costOf: CostOf | null): Promise<Savings> {
  const indicators = new Indicators(costOf === null ? {} : { costOf });
  for await (const { block } of checkedBlocks(store.blocks(), engine)) indicators.add(block);
  return indicators.summary().savings;
}

/** Some cost, or none, for each participant and carrier. */
const someCost: CostOf = (participant, carrier) => {
  const chance = (participant.length * 31 + participant.charCodeAt(participant.length - 1) * 7) % 5;
  return chance < 2 ? null : chance * 1_000 + carriers.indexOf(carrier);
};

const python = spawnSync("python3", ["--version"]).status === 0;
describe.skipIf(!python)("what a market was worth, worked out in Python from an exported ledger", () => {
  const script = fileURLToPath(new URL("savings.py", import.meta.url));

  async function judge(store: Store, participants: readonly string[], costOf: CostOf) {
    const pieces: string[] = [];
    for await (const piece of exportJson(store.blocks(), engine)) pieces.push(piece);
    const costs = Object.fromEntries(
      participants.map((id) => [
        id,
        Object.fromEntries(carriers.map((carrier) => [carrier, costOf(id, carrier)])),
      ]),
    );
    const input = `{"ledger": ${pieces.join("")}, "costs": ${JSON.stringify(costs)}}`;
    const { stdout, stderr } = spawnSync("python3", [script], {
      input,
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  }

  /** Two results are the same but for `most` amount ticks, by which rounding each participant and device may differ. */
  function same(found: unknown, wanted: unknown, most: bigint, path = ""): void {
    if (typeof found === "bigint") {
      const off = found - BigInt(wanted as string);
      expect(off < 0n ? -off : off, path).toBeLessThanOrEqual(most);
    } else if (path === ".gini") expect(Math.abs((found as number) - (wanted as number))).toBeLessThan(50);
    else if (typeof found === "object" && found !== null) {
      expect(Object.keys(found).sort(), path).toEqual(Object.keys(wanted as object).sort());
      for (const [name, value] of Object.entries(found))
        same(value, (wanted as Record<string, unknown>)[name], most, `${path}.${name}`);
    } else expect(found, path).toBe(wanted);
  }

  it("is the same for random markets", async () => {
    for (const [seed, participants, isListed] of [
      [202, 12, false],
      [203, 40, false],
      [204, 80, false],
      [205, 12, true],
      [206, 40, true],
    ] as const) {
      const { store } = await runScenario(engine, seed, { participants, periods: 8, isListed });
      const found = await savingsOf(store, someCost);
      same(
        found,
        await judge(
          store,
          found.participants.map(({ participant }) => participant),
          someCost,
        ),
        10_000n,
      );
    }
  });

  it("is the same for random markets that share", async () => {
    let supplied = 0n;
    for (let seed = 700; seed < 706; seed += 1) {
      const { run, store } = await playShared(engine, seed, seed % 2 === 0);
      const found = await savingsOf(store, someCost);
      same(found, await judge(store, run.ids, someCost), 0n);
      supplied += found.together.supplier;
    }
    expect(supplied).not.toBe(0n);
  });

  it("is the same for a simulated community that shares, by the tariffs of the period that was metered", async () => {
    const evening = [
      { name: "evening", hours: ["17:00-22:00"], rate: "0.60" },
      { name: "else", rate: "0.20" },
    ];
    const scenario = checkScenario({
      name: "evenings",
      periodMs: 1_800_000,
      participants: { home: 8, solar: 1 },
      rules: { electricity: { mechanism: "share", communities: [{ name: "house", price: "0.14" }] } },
      tariffs: {
        electricity: {
          retail: [{ by: "calendar", name: "energy", sort: "energy", on: ["fromGrid"], parts: evening }],
        },
      },
      faults: { deviation: 50_000, late: 200_000, missing: 20_000, corrected: 100_000 },
    });
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of simulation);
    const { savings } = await simulation.summary();
    same(
      savings,
      await judge(
        simulation.market.store,
        simulation.community.members.map(({ id }) => id),
        () => null,
      ),
      10_000_000n,
    );
    expect(savings.together.with - savings.platform.income + savings.platform.drained).toBe(
      savings.systemCost,
    );
  });

  it("is the same for a simulated community, and adds up", async () => {
    const scenario = community({
      participants: 40,
      seed: 3,
      season: "summer",
      periodMs: 3_600_000,
      periods: 48,
      more: { name: "worth", faults: { deviation: 200_000, late: 0, missing: 0, corrected: 100_000 } },
    });
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of simulation);
    const { savings } = await simulation.summary();
    const wanted = await judge(
      simulation.market.store,
      simulation.community.members.map(({ id }) => id),
      (id, carrier) => {
        const member = simulation.community.members.find((each) => each.id === id)!;
        const plant = member.devices.some((device) => device.kind === "plant" && device.carrier === carrier);
        if (member.converter !== null) return 0;
        return plant ? Math.round((scenario.tariffs[carrier].retail * member.cost) / 1_000_000) : null;
      },
    );
    same(savings, wanted, 10_000_000n);
    for (const name of ["without", "paid", "imbalances", "making", "forgone", "drained"] as const)
      expect(savings.together[name], name).not.toBe(0n);
    // What participants bear beyond what the platform is left with is what all of it cost.
    expect(savings.together.with - savings.platform.income + savings.platform.drained).toBe(
      savings.systemCost,
    );
  });
});

describe("what a market was worth", () => {
  const mix = (own: Partial<Record<(typeof memberKinds)[number], number>>) =>
    Object.fromEntries(memberKinds.map((kind) => [kind, own[kind] ?? 0]));
  const quiet = { deviation: 0, late: 0, missing: 0, corrected: 0 };

  it("is no more for gas that was burnt for nothing", async () => {
    // A boiler and its gas, and nobody who wants heat: what the boiler bought is lost.
    const scenario = community({
      participants: 2,
      mix: mix({ boiler: 1, supplier: 1 }),
      season: "winter",
      periodMs: 3_600_000,
      more: { name: "waste", faults: quiet },
    });
    const run = async (linked: boolean) => {
      const own = openCommunity(scenario);
      const contracts = (place: number) =>
        own
          .contracts(place)
          .map((contract) => (contract.kind === "converter" ? { ...contract, linked } : contract));
      const simulation = await openSimulation({ ...own, contracts }, { engine });
      for await (const _ of simulation);
      return simulation.summary();
    };
    const burnt = await run(false);
    expect(burnt.energy.gas.totals.traded).toBeGreaterThan(0n);
    expect(burnt.savings.together.without).toBe(0n);
    expect(burnt.savings.systemCost).toBeGreaterThan(0n);
    // A linked one buys none.
    const { energy, savings } = await run(true);
    expect([energy.gas.totals.traded, savings.systemCost]).toEqual([0n, 0n]);
  });

  it("is nothing where everybody buys from the grid, and the gap between the tariffs where a neighbour sells", async () => {
    const run = async (own: Parameters<typeof mix>[0]) => {
      const counts = mix(own);
      const scenario = community({
        participants: Object.values(counts).reduce((sum, count) => sum + count, 0),
        mix: counts,
        season: "summer",
        weather: "clear",
        periodMs: 3_600_000,
        more: { name: "gap", faults: quiet },
      });
      const simulation = await openSimulation(openCommunity(scenario), { engine });
      for await (const _ of simulation);
      const summary = await simulation.summary();
      return { ...summary, tariff: scenario.tariffs.electricity };
    };
    const alone = await run({ industry: 3 });
    expect(alone.energy.electricity.totals.offered).toBe(0n);
    // Called off or imported, at the retail tariff either way; what is paid for being called off stays inside.
    expect(alone.savings.systemCost).toBe(alone.savings.together.without);
    const { savings, energy, tariff } = await run({ industry: 1, solar: 1 });
    const { traded, pooled } = energy.electricity.totals;
    expect(energy.electricity.idle).toBe(0n);
    expect(savings.together.without - savings.systemCost).toBe(
      (traded + pooled) * BigInt(tariff.retail - tariff.feedIn),
    );
  });
});
