import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { sideCode } from "../../../src/ledger/format/records.js";
import { openOn } from "../../../src/ledger/store/medium.js";
import { memoryMedium } from "../../../src/ledger/store/memory.js";
import { community, openCommunity } from "../../../src/simulation/community.js";
import type { Quote } from "../../../src/simulation/members/quote.js";
import { strategiesOf } from "../../../src/simulation/members/strategies.js";
import { parseProfiles } from "../../../src/simulation/profilefile.js";
import { type StrategyName, strategyNames } from "../../../src/simulation/scenario.js";
import { checkScenario } from "../../../src/simulation/scenariofile.js";
import { bundledScenario } from "../../../src/simulation/scenarios/index.js";
import { openSimulation, type Simulation } from "../../../src/simulation/simulation.js";
import { carriers } from "../../../src/units.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const day = (all: StrategyName, more = {}) =>
  community({
    participants: 40,
    seed: 12,
    season: "summer",
    periodMs: 900_000,
    more: { name: "bidders", strategies: { all }, ...more },
  });

async function finish(simulation: Simulation): Promise<Simulation> {
  for await (const _ of simulation);
  return simulation;
}

describe("a strategy", () => {
  it.each(strategyNames)("%s bids the same after an interruption, and never at a loss", async (name) => {
    const scenario = day(name, { periods: 30, date: "2026-07-15" });
    const whole = await finish(await openSimulation(openCommunity(scenario), { engine }));
    const medium = memoryMedium();
    for (const cut of [1, 7, 19, 30]) {
      const store = await openOn(medium, { hasher: engine });
      const simulation = await openSimulation(openCommunity(scenario), { engine, store, snapshotEvery: 5 });
      while (simulation.place < cut) await simulation.next();
      if (cut === 30) expect(hex(store.head!.hash)).toBe(hex(whole.market.store.head!.hash));
      if (cut === 30) expect(await simulation.refused()).toEqual(await whole.refused());
      await store.close();
    }
    const { strategy } = strategiesOf(scenario);
    const [member] = openCommunity(scenario).members.filter(({ kind }) => kind === "biomass");
    for (const last of [null, { place: 3, price: 300_000, quantity: 10, served: 0 }])
      for (const luck of [0, 0.4, 0.999])
        for (const side of ["bid", "offer"] as const) {
          const worth = side === "bid" ? 520_000 : 234_000;
          const quote: Quote = {
            ...{ member: member!, carrier: "electricity", side, quantity: 100, place: 4, periodMs: 900_000 },
            ...{ tariff: { retail: 520_000, feedIn: 82_000 }, worth, last, marketPrice: 250_000, luck },
          };
          const answer = strategy(quote)!;
          const price = typeof answer === "object" ? answer.price : answer;
          expect(Number.isInteger(price)).toBe(true);
          if (side === "bid") expect(price).toBeLessThanOrEqual(520_000);
          else expect(price).toBeGreaterThanOrEqual(234_000);
        }
  });

  it("that learns costs the community less than one that guesses", async () => {
    const costOf = async (name: StrategyName) => {
      const run = await finish(await openSimulation(openCommunity(day(name)), { engine }));
      return (await run.summary()).savings.systemCost;
    };
    const [random, adaptive] = [await costOf("random"), await costOf("adaptive")];
    expect(adaptive).toBeLessThan(random - random / 50n);
  });

  it("that learns does not take a pool that charges more than its limit for a good price", async () => {
    // Plants hold more heat than anybody wants, and a pool that sells it dearly stands beside them.
    const storm = bundledScenario("storm");
    const scenario = { ...storm, periodMs: 900_000, periods: 96, strategies: { all: "adaptive" } as const };
    const run = await finish(await openSimulation(openCommunity(scenario), { engine }));
    const { heat } = (await run.summary()).trading.together;
    expect(heat.bought).toBeGreaterThan(0n);
    expect(heat.buyerGain).toBeGreaterThan(0n);
    expect(heat.welfare).toBeGreaterThan((heat.bestWelfare * 9n) / 10n);
  });

  it("that learns steps as its rule says", () => {
    const { strategy } = strategiesOf(day("adaptive"));
    const [member] = openCommunity(day("adaptive")).members;
    const bid = (served: number, price: number) =>
      strategy({
        ...{
          member: member!,
          carrier: "electricity",
          side: "bid",
          quantity: 100,
          place: 4,
          periodMs: 900_000,
        },
        ...{ tariff: { retail: 520_000, feedIn: 82_000 }, worth: 520_000, marketPrice: 300_000, luck: 0 },
        last: { place: 3, price, quantity: 100, served },
      });
    expect(bid(100, 400_000)).toBe(395_000); // served above the market: a twentieth of the way down
    expect(bid(100, 250_000)).toBe(250_000); // served below it: as it was
    expect(bid(50, 200_000)).toBe(250_520); // open: half the way to the market, and half of 1,040
    expect(bid(50, 519_900)).toBe(520_000); // never above what it is worth
  });

  it("is chosen by name, then kind, then for all; a name that is nobody's is refused", async () => {
    const scenario = day("truthful", {
      strategies: { all: "truthful", home: "shading", "home-02": "random" },
    });
    const own = openCommunity(scenario);
    const said = (id: string) => {
      const number = own.members.find((member) => member.id === id)!.number;
      // A home with a battery of its own may need nothing at a time.
      let place = 40;
      while (!own.orders(place).participant.includes(number)) place += 1;
      const { participant, carrier, side, price } = own.orders(place);
      const at = participant.indexOf(number);
      return { price: price[at]!, side: side[at]!, tariff: scenario.tariffs[carriers[carrier[at]!]!] };
    };
    const first = said("home-01");
    expect(first.price).toBe(
      first.side === sideCode.bid
        ? first.tariff.retail - (first.tariff.retail - first.tariff.feedIn) * 0.2
        : first.tariff.feedIn + (first.tariff.retail - first.tariff.feedIn) * 0.2,
    );
    expect(said("industry-01").price).toBe(said("industry-01").tariff.retail);
    expect(said("home-02").price).not.toBe(said("home-02").tariff.retail);
    expect(() => openCommunity(day("usual", { strategies: { "home-99": "random" } }))).toThrow(/home-99/);
    expect(() => day("usual", { strategies: { home: "greedy" } })).toThrow(/strategies.home/);
  });

  it.each(["constructor", "toString", "__proto__", "home"])(
    "is found for a measured participant called %s, by its name or without",
    (id) => {
      const profiles = { file: "own.csv", stepMs: 900_000 };
      const rows = Array.from({ length: 96 }, (_, step) => `${id},electricity,${step},0.1,0`);
      const priceOf = (strategies: object) => {
        const scenario = checkScenario({
          ...{ name: "own", participants: {}, periodMs: 900_000, periods: 96, profiles, strategies },
        });
        const { measured } = parseProfiles(
          ["participant,carrier,step,use,supply", ...rows].join("\n"),
          scenario,
        );
        const own = openCommunity(scenario, { measured });
        expect(own.members.map((member) => member.id)).toEqual([id]);
        return [[...own.orders(0).price], scenario.tariffs.electricity] as const;
      };
      expect(priceOf({})[0]).toHaveLength(1);
      const [named, { retail, feedIn }] = priceOf({ [id]: "shading" });
      expect(named).toEqual([retail - (retail - feedIn) / 5]);
    },
  );

  it("of a converter never sells below what it may have paid for its input", () => {
    for (const name of strategyNames) {
      const own = openCommunity(day(name));
      for (const place of [10, 50, 72]) {
        const { participant, carrier, price } = own.orders(place);
        const priceOf = (number: number, what: string) => {
          const at = participant.findIndex(
            (who, index) => who === number && carriers[carrier[index]!] === what,
          );
          return at < 0 ? null : price[at]!;
        };
        for (const { number, converter } of own.members) {
          if (converter === null) continue;
          const paid = priceOf(number, converter.input);
          if (paid === null) continue;
          const earned = converter.outputs.reduce(
            (sum, output) => sum + (priceOf(number, output.carrier)! * output.ratio) / 1_000_000,
            0,
          );
          expect(earned).toBeGreaterThanOrEqual(paid);
        }
      }
    }
  });
});

describe("meters", () => {
  const exact = { faults: { deviation: 0, late: 0, missing: 0, corrected: 0 } };
  const metered = async (all: StrategyName) => {
    const run = await finish(await openSimulation(openCommunity(day(all, exact)), { engine }));
    return { ...(await run.summary()), run };
  };

  it("show what flowed, not what was ordered: who orders more or less than it uses pays for it", async () => {
    const honest = await metered("truthful");
    expect(honest.money.payments.get("imbalance")).toBe(0n);
    for (const attack of ["overordering", "withholding"] as const) {
      const { money, savings } = await metered(attack);
      expect(money.payments.get("imbalance")).toBeGreaterThan(0n);
      expect(savings.together.imbalances).not.toBe(0n);
    }
  });
});
