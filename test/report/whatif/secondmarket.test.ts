// What replaying says of other rules is what a market comes to that opened with them and was given the same orders: a
// market of the usual kind, through every step of its intake, its contracts changed here by hand.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import type { Contract } from "../../../src/market/contracts/contracts.js";
import type { Order } from "../../../src/market/intake/request.js";
import type { Market } from "../../../src/market/market.js";
import { openMarket } from "../../../src/market/open.js";
import { summarize } from "../../../src/report/indicators.js";
import type { WhatIfRules } from "../../../src/report/whatif/rules.js";
import { replayWith } from "../../../src/report/whatif/whatif.js";
import { openCommunity } from "../../../src/simulation/community.js";
import { bundledScenario, scenarioNames } from "../../../src/simulation/scenarios/index.js";
import { openSimulation } from "../../../src/simulation/simulation.js";
import { carriers, formatTicks } from "../../../src/units.js";
import { random, randomContracts } from "../../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const participants = 24;
const periods = 6;

/** A market that was given orders, period by period; those that it took, and how many it did not. */
interface Traded {
  readonly market: Market;
  readonly taken: readonly (readonly Order[])[];
  readonly refused: number;
}

async function traded(contracts: readonly Contract[], days: readonly (readonly Order[])[]): Promise<Traded> {
  const market = await openMarket({ engine, contracts, startMs: 0 });
  const taken: Order[][] = [];
  let refused = 0;
  for (const [period, orders] of days.entries()) {
    taken.push(orders.filter((order) => market.submit(order).status === "accepted"));
    refused += orders.length - taken[period]!.length;
    await market.clearPeriod(1_000 * (period + 1));
  }
  return { market, taken, refused };
}

function randomOrders(seed: number): Order[][] {
  const below = random(seed ^ 0x1234);
  return Array.from({ length: periods }, () =>
    Array.from({ length: 3 * participants }, () => ({
      participant: `p${below(participants)}`,
      carrier: carriers[below(4)]!,
      side: below(2) === 0 ? "offer" : "bid",
      quantity: formatTicks(1 + below(1_000)),
      price: formatTicks(below(500)),
    })),
  );
}

/** Random contracts, without meters: what those say depends on what was traded. */
const contractsOf = (seed: number): Contract[] =>
  randomContracts(seed, { participants, periods }).map((contract) =>
    contract.kind === "payment" ? { ...contract, metering: null, creditLimit: null } : contract,
  );

/** The same contracts under other rules, written out here. */
const changed = (contracts: readonly Contract[]): Contract[] =>
  contracts.map((contract): Contract => {
    if (contract.kind === "payment")
      return {
        ...contract,
        tariffs: {
          ...contract.tariffs,
          electricity: { ...contract.tariffs.electricity, retail: 700 },
          heat: { ...contract.tariffs.heat, commission: [{ share: 1_000_000, supply: 50_000, use: 0 }] },
        },
      };
    if (contract.kind === "clearing" && contract.mechanism !== "share")
      return {
        ...contract,
        mechanism: "value",
        pricing: "blend",
        k: 250_000,
        ties: contract.ties === "prorata" ? "arrival" : contract.ties,
        pool: { price: 400, purchasePrice: 120, lots: "divisible" },
        import: true,
      };
    if (contract.kind === "area" && contract.parent !== undefined) {
      const { limits: _, ...edge } = contract;
      return { ...edge, fee: 0, importLimit: 3_000, exportLimit: null };
    }
    return contract;
  });

function rulesFor(contracts: readonly Contract[]): WhatIfRules {
  const pool = { price: "0.0004", purchasePrice: "0.00012", lots: "divisible" } as const;
  const clearing = { mechanism: "value", pricing: "blend", k: 250_000, pool, import: true } as const;
  const hasEdges = (carrier: string) =>
    contracts.some((each) => each.kind === "area" && each.carrier === carrier && each.parent !== undefined);
  return {
    clearing: Object.fromEntries(carriers.map((carrier) => [carrier, clearing])),
    tariffs: {
      electricity: { retail: "0.0007" },
      heat: { commission: [{ share: 1_000_000, supply: 50_000, use: 0 }] },
    },
    areas: carriers
      .filter(hasEdges)
      .map((carrier) => ({ carrier, fee: "0", importLimit: "0.003", exportLimit: null })),
  };
}

describe("other rules", () => {
  it.each([401, 402, 403, 404, 405, 406])("come to what a market under them comes to (%i)", async (seed) => {
    const contracts = contractsOf(seed);
    const base = await traded(contracts, randomOrders(seed));
    // What the first market refused is in no block.
    const other = await traded(changed(contracts), base.taken);
    const found = await replayWith(base.market.store.blocks(), rulesFor(contracts), { engine });
    const { savings, trades, energy } = await summarize(other.market.store.blocks(), { hasher: engine });
    expect(trades).toBeGreaterThan(20);
    expect(found.refused.orders).toBe(other.refused);
    expect(found.members.reduce((sum, { refused }) => sum + refused, 0)).toBe(other.refused);
    expect(found.members.map(({ participant, after }) => ({ participant, ...after! }))).toEqual(
      savings.participants.map((cost) => expect.objectContaining(cost)),
    );
    expect(found.members.some(({ gain }) => gain !== 0n)).toBe(true);
    expect(found.systemCost.after).toBe(savings.systemCost);
    expect(found.platform.after).toBe(savings.platform.income - savings.platform.drained);
    for (const carrier of carriers) {
      const { sinks } = energy[carrier];
      const served = found.members.reduce((sum, { after }) => sum + after!.served[carrier], 0n);
      expect(served).toBe(sinks.traded + sinks.sold + sinks.importedForUse);
    }
  });

  it.each(scenarioNames)("leave every payment of a day of %s two ends", async (name) => {
    const scenario = { ...bundledScenario(name), periods: 24, periodMs: 3_600_000 };
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of simulation);
    const [seller] = simulation.community.members.filter(({ id }) => /solar|wind/.test(id));
    const rules: WhatIfRules = {
      tariffs: { electricity: { retail: "0.5", feedIn: "0.02" } },
      clearing: { heat: { mechanism: "merit", pricing: "blend", k: 0 } },
      copies: [{ of: seller!.id, as: "another" }],
    };
    const { members, platform, systemCost } = await replayWith(simulation.market.store.blocks(), rules, {
      engine,
    });
    expect(members.some(({ gain }) => gain !== null && gain !== 0n)).toBe(true);
    for (const side of ["before", "after"] as const) {
      const borne = members.reduce((sum, member) => sum + (member[side]?.with ?? 0n), 0n);
      expect(borne - platform[side]).toBe(systemCost[side]);
    }
  });
});
