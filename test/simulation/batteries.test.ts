import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { flowCode } from "../../src/ledger/format/records.js";
import { Batteries } from "../../src/simulation/batteries.js";
import { community, openCommunity } from "../../src/simulation/community.js";
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
  battery: { capacity: 8_000, power: 4_000, efficiency: 960_000, hourlyLoss: 200 },
};
const quarter = { periodMs: 900_000, perKwh: 1_000_000 };
const batteriesOf = (netAt: (place: number) => number) =>
  new Batteries({ ...quarter, members: [home], netsAt: (place) => () => netAt(place) });
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
          const left = batteries.left(home, net);
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
    const leftAt = (batteries: Batteries, place: number) => {
      batteries.goTo(place);
      return batteries.left(home, wave(place));
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
    const batteries = new Batteries({
      ...{ ...quarter, members: homes },
      netsAt: (place) => {
        asked.push(place);
        return () => wave(place);
      },
    });
    batteries.goTo(300);
    for (const each of homes) batteries.left(each, wave(300));
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
    const boughtAt = (from: number, to: number) => {
      let sum = 0;
      for (let place = from; place < to; place++) {
        const { participant, carrier, side, quantity } = own.orders(place);
        for (const [at, number] of participant.entries())
          if (number === owner.number && carrier[at] === 0 && side[at] === 1) sum += quantity[at]!;
      }
      return sum;
    };
    // By night it has nothing yet; in the evening after a clear day its home buys nothing.
    expect(boughtAt(4 * 2, 4 * 4)).toBeGreaterThan(0);
    expect(boughtAt(4 * 19, 4 * 21)).toBe(0);
    // Where the charge is asked for does not change it.
    const again = openCommunity(scenario);
    expect([...again.orders(80).quantity]).toEqual([...own.orders(80).quantity]);
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
