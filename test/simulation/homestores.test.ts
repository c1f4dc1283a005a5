import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { flowCode } from "../../src/ledger/format/records.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import { HomeStores } from "../../src/simulation/homestores.js";
import type { Member } from "../../src/simulation/members/member.js";
import { readRecords } from "../../src/simulation/records.js";
import { openSimulation } from "../../src/simulation/simulation.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const [sample] = openCommunity(community({ participants: 1, mix: { home: 1 } })).members;
const home: Member = {
  ...sample!,
  tank: null,
  battery: { capacity: 8_000, power: 4_000, efficiency: 960_000, hourlyLoss: 200 },
};
const quarter = { periodMs: 900_000, perKwh: 1_000_000 };
/** A home of which a net is all that counts. */
const only = (net: number) => ({ net, heating: 0, performance: 0 });
const batteriesOf = (netAt: (place: number) => number) =>
  new HomeStores({ ...quarter, members: [home], needsAt: (place) => () => only(netAt(place)) });
/** A day's sun and need in a wave, ticks a quarter of an hour. */
const wave = (place: number) =>
  Math.round(900_000 * Math.cos((2 * Math.PI * place) / 96) + (place % 7) * 10_000);

describe("a battery at home", () => {
  it("takes nothing but surplus, gives nothing but need, and loses what it must", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3_000_000, max: 3_000_000 }), { maxLength: 300 }), (nets) => {
        const batteries = batteriesOf((place) => nets[place]!);
        let taken = 0;
        let given = 0;
        for (const [place, net] of nets.entries()) {
          batteries.goTo(place);
          const left = batteries.left(home, only(net));
          // Its owner never buys more, nor sells more, nor both ways round.
          if (net >= 0) expect(left >= 0 && left <= net).toBe(true);
          else expect(left <= 0 && left >= net).toBe(true);
          expect(Math.abs(left - net)).toBeLessThanOrEqual(1_000_000);
          if (net < 0) taken += left - net;
          else given += net - left;
          // Never more than went in, after the losses of both ways, and never more than it holds at once.
          expect(given).toBeLessThanOrEqual(taken * 0.96 * 0.96 + 1);
          expect(taken * 0.96 - given / 0.96).toBeLessThan(8_000_000 + taken * 0.02);
        }
      }),
    );
  });

  it("stands where it stood, in whatever order periods are asked for", () => {
    const leftAt = (batteries: HomeStores, place: number) => {
      batteries.goTo(place);
      return batteries.left(home, only(wave(place)));
    };
    const inOrder = batteriesOf(wave);
    const all = Array.from({ length: 500 }, (_, place) => leftAt(inOrder, place));
    expect(all.some((left, place) => left !== wave(place))).toBe(true);
    const jumping = batteriesOf(wave);
    for (const place of [499, 0, 96, 95, 95, 300, 301, 300, 12, 499, 191, 192])
      expect(leftAt(jumping, place)).toBe(all[place]);
  });

  it("are asked for the weather of a period once, however many there are", () => {
    const asked: number[] = [];
    const homes = [home, { ...home, number: 1 }, { ...home, number: 2 }];
    const batteries = new HomeStores({
      ...{ ...quarter, members: homes },
      needsAt: (place) => {
        asked.push(place);
        return () => only(wave(place));
      },
    });
    batteries.goTo(300);
    for (const each of homes) batteries.left(each, only(wave(300)));
    expect(asked).toEqual(Array.from({ length: 300 }, (_, place) => place));
  });

  it("carries a clear day into its evening", async () => {
    const scenario = community({
      participants: 12,
      mix: { home: 1 },
      seed: 8,
      season: "summer",
      weather: "clear",
      periodMs: 900_000,
      more: { name: "evening", timeZone: "Etc/GMT-1" },
    });
    const own = openCommunity(scenario);
    const owner = own.members.find(({ battery }) => battery !== null)!;
    const boughtAt = (from: number, to: number, by = own) => {
      let sum = 0;
      for (let place = from; place < to; place++) {
        const { participant, carrier, side, quantity } = by.orders(place);
        for (const [at, number] of participant.entries())
          if (number === owner.number && carrier[at] === 0 && side[at] === 1) sum += quantity[at]!;
      }
      return sum;
    };
    // Without batteries the same home would buy then.
    const bare = openCommunity({ ...scenario, control: { ...scenario.control, batteries: "none" } });
    expect(bare.members.every(({ battery }) => battery === null)).toBe(true);
    expect(boughtAt(4 * 19, 4 * 21, bare)).toBeGreaterThan(0);
    // By night it has nothing yet; in the evening after a clear day its home buys nothing.
    expect(boughtAt(4 * 2, 4 * 4)).toBeGreaterThan(0);
    expect(boughtAt(4 * 19, 4 * 21)).toBe(0);
    // Where the charge is asked for does not change it.
    const again = openCommunity(scenario);
    expect([...again.orders(80).quantity]).toEqual([...own.orders(80).quantity]);
  });
});

describe("the tank of a heat pump", () => {
  const tank = { capacity: 9_000, power: 5_000, hourlyLoss: 4_000 };
  const warm: Member = { ...home, battery: null, tank };

  it("takes heat from surplus alone, serves no more than it took, and leaves nobody cold", () => {
    const need = fc.record({
      net: fc.integer({ min: -2_000_000, max: 2_000_000 }),
      heating: fc.integer({ min: 0, max: 500_000 }),
      performance: fc.double({ min: 1.5, max: 4.5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(need, { maxLength: 200 }), (needs) => {
        const stores = new HomeStores({
          ...quarter,
          members: [warm],
          needsAt: (place) => () => needs[place]!,
        });
        let [filled, served] = [0, 0];
        for (const [place, each] of needs.entries()) {
          stores.goTo(place);
          // What is expected changes nothing.
          stores.expected(warm, { ...each, net: -900_000 });
          const change = stores.left(warm, each) - each.net;
          // Heat that the pump does not make the tank gives, and it gave before what the tank took.
          if (change > 0) {
            expect(change).toBeLessThanOrEqual(-each.net);
            expect((each.heating + change) * each.performance).toBeLessThanOrEqual(
              Math.max(1_250_000, each.heating * each.performance) + 1,
            );
            filled += change * each.performance * 0.83;
          } else {
            expect(-change).toBeLessThanOrEqual(Math.max(Math.min(each.net, each.heating), 0));
            served -= change * each.performance;
          }
          expect(served).toBeLessThanOrEqual(filled + 1);
          expect(filled - served).toBeLessThanOrEqual(9_000_000 + 0.3 * filled + 1);
        }
      }),
    );
  });

  it("cools while it stands", () => {
    const needs = [
      { net: -1_000_000, heating: 0, performance: 3 },
      ...Array.from({ length: 96 }, () => only(0)),
      { net: 5_000_000, heating: 5_000_000, performance: 3 },
    ];
    const stores = new HomeStores({ ...quarter, members: [warm], needsAt: (place) => () => needs[place]! });
    stores.goTo(97);
    const served = (5_000_000 - stores.left(warm, needs[97]!)) * 3;
    // A quarter of an hour's full power went in, less what hotter water costs; 0.1 % is lost in each quarter after.
    expect(served / (1_250_000 * 0.83 * 0.999 ** 97)).toBeCloseTo(1, 4);
  });

  it("spares homes with a roof imports, and the community system cost", async () => {
    const mix = { home: 30, solar: 1, wind: 1 };
    const sums = { need: { imported: 0, cost: 0 }, surplus: { imported: 0, cost: 0 } };
    for (const seed of [1, 2, 3]) {
      const outcome = async (heatPumps: "need" | "surplus") => {
        const scenario = community({
          ...{ participants: 32, mix, seed, season: "spring", periodMs: 900_000, periods: 96 * 4 },
          more: { name: "tanks", supply: 300_000, strategies: { all: "truthful" }, control: { heatPumps } },
        });
        const simulation = await openSimulation(openCommunity(scenario), { engine });
        let imported = 0;
        for await (const { block } of simulation)
          imported += Number(block.header.totals.electricity.imported);
        return { imported, cost: Number((await simulation.summary()).savings.systemCost) };
      };
      for (const way of ["need", "surplus"] as const) {
        const { imported, cost } = await outcome(way);
        sums[way].imported += imported;
        sums[way].cost += cost;
      }
    }
    expect(sums.surplus.imported).toBeLessThan(0.98 * sums.need.imported);
    expect(sums.surplus.cost).toBeLessThan(sums.need.cost);
  });
});

describe("stores and cars", () => {
  it("begin empty and sell nothing that they have to buy again", async () => {
    const scenario = community({
      participants: 40,
      mix: { home: 20, car: 12, solar: 4, storage: 4 },
      seed: 5,
      season: "summer",
      periodMs: 900_000,
      more: { name: "cars" },
    });
    const own = openCommunity(scenario);
    const devices = own.contracts(-1).filter((contract) => contract.kind === "storage");
    expect(devices.filter(({ stays }) => stays === undefined).map(({ charge }) => charge)).toEqual(
      devices.filter(({ stays }) => stays === undefined).map(() => 0),
    );
    const simulation = await openSimulation(own, { engine });
    const drawn = devices.map(() => 0);
    const given = devices.map(() => 0);
    for await (const { block } of simulation)
      readRecords(block, {
        flow: ({ kind, party, quantity }) => {
          if (kind === flowCode.charged || kind === flowCode.gridCharged) drawn[party]! += quantity;
          if (kind !== flowCode.discharged) return;
          given[party]! += quantity;
          // All that a store gave it had taken, and lost some of.
          expect(devices[party]!.stays).toBeUndefined();
          expect(given[party]).toBeLessThanOrEqual(drawn[party]! * 0.99);
        },
      });
    const { savings } = await simulation.summary();
    const sum = (values: number[], cars: boolean) =>
      values.reduce((all, value, at) => all + ((devices[at]!.stays !== undefined) === cars ? value : 0), 0);
    expect(sum(given, false)).toBeGreaterThan(0);
    expect(sum(drawn, true)).toBeGreaterThan(0);
    expect(sum(given, true)).toBe(0);
    // Cars pay for what they draw.
    const cars = savings.participants.filter(({ participant }) => participant.startsWith("car-"));
    expect(cars).toHaveLength(12);
    expect(cars.every(({ paid }) => paid >= 0n) && cars.some(({ paid }) => paid > 0n)).toBe(true);
  });
});
