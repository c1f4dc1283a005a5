import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { hex } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { GridclearError } from "../../src/errors.js";
import { type Block, decodeBlock } from "../../src/ledger/format/block.js";
import { decodeRecords } from "../../src/ledger/format/layout.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import { openOn } from "../../src/ledger/store/medium.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { StatementReader } from "../../src/report/entries.js";
import { type Community, community, openCommunity } from "../../src/simulation/community.js";
import { deliveriesOf } from "../../src/simulation/deliveries.js";
import { parseProfiles } from "../../src/simulation/profilefile.js";
import { memberKinds } from "../../src/simulation/scenario.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { bundledScenario } from "../../src/simulation/scenarios/index.js";
import { openSimulation, type Simulation } from "../../src/simulation/simulation.js";
import { carriers } from "../../src/units.js";
import { blocksOf } from "../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const dayOf = (seed: number, participants = 60, season: "winter" | "summer" = "summer", more = {}) =>
  community({ participants, seed, season, periodMs: 900_000, more: { name: "day", ...more } });

/** Runs to the end, with nothing refused on the way. */
async function finish(simulation: Simulation, steps = Number.POSITIVE_INFINITY): Promise<Simulation> {
  const refused: string[] = [];
  simulation.market.on("refused", ({ error }) => refused.push(error.message));
  for (let step = 0; step < steps && !simulation.done; step++) await simulation.next();
  expect(refused).toEqual([]);
  expect(await simulation.refused()).toEqual({ orders: 0, first: null, why: null });
  return simulation;
}

/** The first order of a community that the blocks of its run do not hold, found order by order. */
function firstMissing(own: Community, blocks: readonly Block[]) {
  for (const [place, { sections }] of blocks.slice(1).entries()) {
    const { participant, carrier } = own.orders(place);
    const held = new Set(
      decodeRecords(orderLayout, sections.orders).map((order) => `${order.participant} ${order.carrier}`),
    );
    const index = participant.findIndex((number, at) => !held.has(`${number} ${carriers[carrier[at]!]}`));
    if (index >= 0)
      return { participant: own.members[participant[index]!]!.id, carrier: carriers[carrier[index]!], place };
  }
  return null;
}

const headOf = ({ market }: Simulation) => hex(market.store.head!.hash);

describe("a simulated community", () => {
  it("comes to the same head each time, and to another with another seed", async () => {
    const heads = [];
    for (const seed of [1, 1, 2])
      heads.push(headOf(await finish(await openSimulation(openCommunity(dayOf(seed)), { engine }))));
    expect(heads[1]).toBe(heads[0]);
    expect(heads[2]).not.toBe(heads[0]);
  });

  it("goes on after any period as if nothing had happened", async () => {
    const scenario = dayOf(5, 40);
    const whole = headOf(await finish(await openSimulation(openCommunity(scenario), { engine })));
    // The amendment of contracts falls on period 48; readings reach five periods back.
    for (const cuts of [[0], [1, 2, 3], [47], [48], [49], [20, 47, 48, 95], [96]]) {
      const medium = memoryMedium();
      for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
        const store = await openOn(medium, { hasher: engine });
        const simulation = await openSimulation(openCommunity(scenario), { engine, store });
        await finish(simulation, cut - simulation.place);
        if (simulation.done) expect(headOf(simulation)).toBe(whole);
        await store.close();
      }
    }
  });

  it("is iterated over: left early it goes on, over it says so, and it takes one step at a time", async () => {
    const scenario = dayOf(6, 20, "summer", { periods: 5 });
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    const heights: number[] = [];
    for await (const { height } of simulation) {
      heights.push(height);
      if (height === 2) break;
    }
    const step = simulation.next();
    await expect(simulation.next()).rejects.toMatchObject({ code: "state", field: "next" });
    heights.push((await step).value!.height);
    for await (const { height } of simulation) heights.push(height);
    expect(heights).toEqual([1, 2, 3, 4, 5]);
    expect(simulation.done).toBe(true);
    expect(await simulation.next()).toEqual({ done: true, value: undefined });
    expect(simulation.market.store.size).toBe(6);
  });

  it("trades days at once, in coarser ticks, for participants of any name", async () => {
    const scenario = checkScenario({
      name: "mills",
      periods: 1,
      periodMs: 86_400_000,
      participants: { car: 1 },
      profiles: { file: "m.csv", stepMs: 3_600_000 },
      faults: { deviation: 0, late: 0, missing: 0, corrected: 0 },
    });
    const rows = Array.from({ length: 24 }, (_, at) => [
      `Mühle 1,electricity,${at},4000,0`,
      `風,electricity,${at},0,4000`,
    ]);
    const text = `participant,carrier,step,use,supply\n${rows.flat().join("\n")}\n`;
    const { measured } = parseProfiles(text, scenario);
    const simulation = await finish(await openSimulation(openCommunity(scenario, { measured }), { engine }));
    const { energy, money } = await simulation.summary();
    expect(simulation.market.contract).toMatchObject({ quantityTick: "0.001" });
    // 24 hours of 4,000 kWh, in watt-hours.
    expect(energy.electricity.totals).toMatchObject({ asked: 96_000_000n, offered: 96_000_000n });
    expect(energy.electricity.totals.traded).toBeGreaterThan(0n);
    expect([energy.electricity.closes, money.closes]).toEqual([true, true]);
    expect(simulation.market.balance("Mühle 1")).toBeLessThan(simulation.market.balance("風"));
  });

  it("counts the orders that are refused, also those of before it was opened again", async () => {
    const scenario = community({
      participants: 30,
      seed: 4,
      periodMs: 7_200_000,
      periods: 72,
      more: { name: "days", deposit: 20 },
    });
    const medium = memoryMedium();
    let placed = 0;
    const own = openCommunity(scenario);
    for (let place = 0; place < 72; place++) placed += own.orders(place).quantity.length;
    for (const steps of [40, 60, 72]) {
      const store = await openOn(medium, { hasher: engine });
      const simulation = await openSimulation(openCommunity(scenario), { engine, store });
      const before = await simulation.refused();
      expect(before.why).toBe(null);
      while (simulation.place < steps) await simulation.next();
      const { orders, first, why } = await simulation.refused();
      expect(why instanceof GridclearError).toBe(orders > before.orders);
      if (before.first !== null) expect(first).toEqual(before.first);
      if (simulation.done) {
        expect(orders).toBeGreaterThan(0);
        expect(first).toEqual(firstMissing(own, await blocksOf(store)));
        expect((await simulation.summary()).orders + orders).toBe(placed);
      }
      await store.close();
    }
  });

  it("has money for a month of quarter hours", async () => {
    // One of each kind, boiler and supplier among them: whoever spends a day's money is refused from the fourth day on.
    const mix = Object.fromEntries(memberKinds.map((kind) => [kind, 1]));
    const scenario = community({
      participants: memberKinds.length,
      mix,
      seed: 40,
      season: "winter",
      periodMs: 900_000,
      periods: 30 * 96,
      more: { name: "month" },
    });
    await finish(await openSimulation(openCommunity(scenario), { engine }));
  });

  it("gives everybody what the scenario says, in the ticks of its market", () => {
    const own = openCommunity(dayOf(1, 40, "summer", { deposit: 77 })).contracts(-1);
    expect(own.filter(({ kind }) => kind === "deposit").length).toBeGreaterThan(0);
    for (const contract of own) {
      if (contract.kind === "deposit") expect(contract.amount).toBe("77000000000000");
      if (contract.kind === "participant" && contract.creditLimit !== undefined)
        expect(contract.creditLimit).toBe("97000000000000");
    }
  });

  it("goes on from a snapshot without the blocks before, which are read when somebody asks for sums", async () => {
    const scenario = dayOf(6, 20);
    const whole = await finish(await openSimulation(openCommunity(scenario), { engine }), 24);
    const medium = memoryMedium();
    const first = await openOn(medium, { hasher: engine });
    await finish(
      await openSimulation(openCommunity(scenario), { engine, store: first, snapshotEvery: 8 }),
      20,
    );
    await first.close();
    const store = await openOn(medium, { hasher: engine, verify: "hashes" });
    const get = vi.spyOn(store, "get");
    const simulation = await openSimulation(openCommunity(scenario), { engine, store });
    await simulation.next();
    // Of 21 blocks genesis, the one of the snapshot, and those that may still be metered: the last five.
    expect([...new Set(get.mock.calls.map(([height]) => height))]).toEqual([0, 16, 17, 18, 19, 20]);
    // Asked in the middle of a period, and again after it.
    const step = simulation.next();
    expect((await simulation.summary()).blocks).toBeGreaterThanOrEqual(22);
    await step;
    for (let more = 0; more < 2; more++) await simulation.next();
    expect(await simulation.summary()).toEqual(await whole.summary());
    expect(await simulation.refused()).toEqual(await whole.refused());
    expect(headOf(simulation)).toBe(headOf(whole));
  });

  it("does not go on in the ledger of another", async () => {
    const medium = memoryMedium();
    const store = await openOn(medium, { hasher: engine });
    await finish(await openSimulation(openCommunity(dayOf(1, 40)), { engine, store }), 2);
    await expect(openSimulation(openCommunity(dayOf(2, 40)), { engine, store })).rejects.toMatchObject({
      code: "conflict",
      field: "scenario.seed",
    });
  });

  it("closes both sums, whoever takes part and whatever the weather", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          participants: fc.integer({ min: 1, max: 80 }),
          seed: fc.nat({ max: 0xffff_ffff }),
          season: fc.constantFrom("winter" as const, "summer" as const),
          weather: fc.constantFrom("clear" as const, "windy" as const),
          supply: fc.constantFrom(0, 200_000, 1_000_000, 3_000_000),
          faults: fc.record({
            deviation: fc.integer({ min: 0, max: 300_000 }),
            late: fc.integer({ min: 0, max: 300_000 }),
            missing: fc.integer({ min: 0, max: 300_000 }),
            corrected: fc.integer({ min: 0, max: 300_000 }),
          }),
        }),
        async ({ participants, seed, season, weather, supply, faults }) => {
          const scenario = community({
            participants,
            seed,
            season,
            weather,
            periodMs: 3_600_000,
            more: { name: "any", supply, faults },
          });
          const simulation = await finish(await openSimulation(openCommunity(scenario), { engine }));
          const summary = await simulation.summary();
          expect(summary.money.closes).toBe(true);
          for (const carrier of carriers)
            expect([carrier, summary.energy[carrier].closes]).toEqual([carrier, true]);
          expect(summary.blocks).toBe(25);
          expect(summary.participants).toBe(participants);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("adds up to the market's own balances in every statement", async () => {
    const scenario = dayOf(9, 60, "winter");
    const simulation = await finish(await openSimulation(openCommunity(scenario), { engine }));
    const { members } = simulation.community;
    const statements = members.map((member) => new StatementReader(member.id));
    for await (const bytes of simulation.market.store.blocks()) {
      const block = decodeBlock(bytes);
      for (const statement of statements) statement.add(block);
    }
    for (const statement of statements)
      expect([statement.participant, statement.balance]).toEqual([
        statement.participant,
        simulation.market.balance(statement.participant),
      ]);
  });

  it("meters what was traded when meters do not stray", async () => {
    const scenario = dayOf(3, 40, "summer", { faults: { deviation: 0, late: 0, missing: 0, corrected: 0 } });
    const simulation = await finish(await openSimulation(openCommunity(scenario), { engine }));
    const { money } = await simulation.summary();
    expect(money.payments.get("imbalance")).toBe(0n);
    expect(money.payments.get("correction")).toBe(0n);
  });

  it("delivers by meter what the totals say", async () => {
    const own = openCommunity(dayOf(4, 60));
    const simulation = await openSimulation(own, { engine });
    for await (const { block } of simulation) {
      const delivered = deliveriesOf(block, own.members.length, own.owners);
      for (const [code, carrier] of carriers.entries()) {
        const sum = (column: Float64Array) =>
          column.reduce((total, value, slot) => (slot % carriers.length === code ? total + value : total), 0);
        const { traded, pooled, exported, discharged } = block.header.totals[carrier];
        const most = Number(traded + pooled + exported + discharged);
        const ownedOnly = own.owners.every((owner) => owner >= 0);
        if (ownedOnly) expect(sum(delivered.out)).toBe(most);
        else expect(sum(delivered.out)).toBeLessThanOrEqual(most);
      }
    }
  });

  it("has every bundled scenario run its first hours", async () => {
    for (const name of ["community", "small", "winter", "scarcity", "storm", "paper"]) {
      const simulation = await openSimulation(openCommunity(bundledScenario(name)), { engine });
      await finish(simulation, 20);
      expect((await simulation.summary()).trades).toBeGreaterThan(0);
    }
  });
});
