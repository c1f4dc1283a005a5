// Who splits its orders has several names: what they order, mean and meter is together what one would have.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeItems } from "../../../src/ledger/format/block.js";
import { decodeCanonical } from "../../../src/ledger/format/canonical.js";
import type { StorageContract } from "../../../src/market/contracts/contracts.js";
import { community, openCommunity } from "../../../src/simulation/community.js";
import { partOf, splitNames } from "../../../src/simulation/members/names.js";
import { parseProfiles } from "../../../src/simulation/profilefile.js";
import type { StrategyName } from "../../../src/simulation/scenario.js";
import { checkScenario } from "../../../src/simulation/scenariofile.js";
import { openSimulation } from "../../../src/simulation/simulation.js";
import { carriers } from "../../../src/units.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const day = (strategies: { readonly [whose: string]: StrategyName }, more = {}) =>
  community({
    participants: 40,
    seed: 12,
    season: "summer",
    periodMs: 900_000,
    more: { name: "names", faults: { deviation: 0, late: 0, missing: 0, corrected: 0 }, strategies, ...more },
  });

describe("parts", () => {
  it("add up and differ by one tick at most", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 32), max: 2 ** 32 }),
        fc.integer({ min: 1, max: 9 }),
        (ticks, names) => {
          const parts = Array.from({ length: names }, (_, place) => partOf(ticks, place, names));
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(ticks);
          expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
        },
      ),
      { seed: 8 },
    );
  });
});

describe("splitting", () => {
  const area = (name: string, members: string[] = []) => ({ name, parent: "town", members });
  const areas = { electricity: [{ name: "town" }, area("elm", ["home"]), area("oak", ["home", "solar-01"])] };
  const honest = openCommunity(day({ all: "truthful" }, { areas }));
  const split = openCommunity(
    day({ all: "truthful", home: "splitting", "solar-01": "splitting" }, { areas }),
  );
  const namesOf = (id: string) => split.members.filter(({ person }) => person === id);

  it("adds names behind everybody else, of whoever has orders of its own to split", () => {
    expect(split.members.slice(0, 40).map(({ id }) => id)).toEqual(honest.members.map(({ id }) => id));
    const splitting = honest.members.filter(({ id, kind }) => kind === "home" || id === "solar-01");
    expect(split.members.length).toBe(40 + (splitNames - 1) * splitting.length);
    expect(namesOf("home-02").map(({ id }) => id)).toEqual(["home-02", "home-02/2", "home-02/3"]);
    // Converters bid by what their outputs fetch, and a car has a contract, not an order.
    for (const kind of ["heatpump", "car"])
      expect(openCommunity(day({ [kind]: "splitting" })).members.length).toBe(40);
  });

  it("orders and means under its names together what it would under one, each at the truth", () => {
    let orders = 0;
    for (const place of [30, 48, 75]) {
      const [one, several] = [honest.placed(place, null), split.placed(place, null)];
      for (const { id, number } of honest.members)
        for (const code of carriers.keys()) {
          const at = (who: number, { orders }: typeof one) =>
            orders.participant.findIndex((each, index) => each === who && orders.carrier[index] === code);
          const names = namesOf(id).map(({ number }) => number);
          const meant = names.reduce((sum, name) => sum + several.meant[name * 4 + code]!, 0);
          expect(meant).toBe(one.meant[number * 4 + code]!);
          const own = at(number, one);
          if (own < 0) continue;
          const parts = names.map((name) => at(name, several)).filter((index) => index >= 0);
          expect(parts.length).toBe(names.length);
          for (const part of parts) expect(several.orders.price[part]).toBe(one.orders.price[own]);
          const quantity = parts.reduce((sum, part) => sum + several.orders.quantity[part]!, 0);
          expect(quantity).toBe(one.orders.quantity[own]);
          orders += parts.length;
        }
    }
    expect(orders).toBeGreaterThan(100);
  });

  it("hangs its names where it hangs, and moves nobody else", () => {
    const areaOf = ({ contracts }: typeof honest) =>
      new Map(
        contracts(-1).flatMap((contract) =>
          contract.kind === "participant" ? [[contract.id, contract.areas?.electricity] as const] : [],
        ),
      );
    const [before, after] = [areaOf(honest), areaOf(split)];
    expect(new Set(before.values())).toContain("oak");
    for (const { id, person } of split.members) expect(after.get(id)).toBe(before.get(person));
  });

  it("trades a day in which all uses and makes what it does under one name", async () => {
    const metered = async (strategies: { readonly [whose: string]: StrategyName }) => {
      const run = await openSimulation(openCommunity(day(strategies)), { engine });
      for await (const _ of run);
      expect((await run.refused()).orders).toBe(0);
      const { participants } = (await run.summary()).trading;
      const homes = participants.filter(({ participant }) => participant.startsWith("home-"));
      const sumOf = (what: "asked" | "offered") =>
        homes.reduce((sum, { carriers }) => sum + carriers.electricity[what], 0n);
      return { asked: sumOf("asked"), offered: sumOf("offered") };
    };
    const [one, several] = [await metered({ all: "truthful" }), await metered({ all: "splitting" })];
    expect(several).toEqual(one);
    expect(one.asked).toBeGreaterThan(0n);
    expect(one.offered).toBeGreaterThan(0n);
  });

  it("refuses a name that would be too long, and too many of them", () => {
    const id = "a".repeat(63);
    const profiles = { file: "own.csv", stepMs: 900_000 };
    const scenario = checkScenario({
      ...{ name: "own", participants: {}, periodMs: 900_000, periods: 1, profiles },
      strategies: { all: "splitting" },
    });
    const { measured } = parseProfiles(
      `participant,carrier,step,use,supply\n${id},electricity,0,1,0`,
      scenario,
    );
    expect(() => openCommunity(scenario, { measured })).toThrow(/strategies: wanted names of at most 64/);
    const many = { name: "many", participants: { home: 7_000 }, periodMs: 900_000, periods: 1 };
    expect(() => openCommunity(checkScenario({ ...many, strategies: { all: "splitting" } }))).toThrow(
      /strategies: wanted at most 20000 participants/,
    );
  });
});

describe("arbitrage", () => {
  it("lets the stores of those who are named for it go by the forecast, and nobody else's", async () => {
    const mix = { home: 24, business: 4, car: 12, solar: 3, wind: 1, biomass: 1, storage: 4 };
    const rules = { electricity: { mechanism: "merit", pricing: "uniform", pool: null } };
    const areas = { electricity: [{ name: "town", members: Object.keys(mix) }] };
    const pricesIn = async (strategies: { readonly [whose: string]: StrategyName }, control = {}) => {
      const scenario = community({
        ...{ participants: 49, mix, seed: 1, season: "spring", periodMs: 3_600_000, periods: 24 * 4 },
        more: { name: "stores", strategies, control, rules, areas },
      });
      const own = openCommunity(scenario);
      const found = new Map<string, Set<string>>();
      const run = await openSimulation(own, { engine });
      for await (const { block } of run)
        for (const item of decodeItems(block.sections.contracts)) {
          const { kind, device, chargePrice, dischargePrice } = decodeCanonical(
            item,
            "contract",
          ) as unknown as StorageContract;
          if (kind === "storage")
            found.set(device, (found.get(device) ?? new Set()).add(`${chargePrice} ${dischargePrice}`));
        }
      return found;
    };
    const all = await pricesIn({ all: "truthful" }, { stores: "forecast" });
    const one = await pricesIn({ all: "truthful", "storage-01": "arbitrage" });
    const kind = await pricesIn({ all: "truthful", storage: "arbitrage" });
    expect(kind).toEqual(all);
    expect([...one.keys()]).toEqual(["storage-01-store"]);
    expect(all.size).toBeGreaterThan(1);
    expect(one.get("storage-01-store")!.size).toBeGreaterThan(2);
  });
});
