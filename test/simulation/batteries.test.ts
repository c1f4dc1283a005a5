import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { Batteries } from "../../src/simulation/batteries.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import type { Member } from "../../src/simulation/members/member.js";
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
/** A day's sun and need in a wave, ticks a quarter of an hour. */
const wave = (place: number) =>
  Math.round(900_000 * Math.cos((2 * Math.PI * place) / 96) + (place % 7) * 10_000);

describe("a battery at home", () => {
  it("takes nothing but surplus, gives nothing but need, and loses what it must", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3_000_000, max: 3_000_000 }), { maxLength: 300 }), (nets) => {
        const batteries = new Batteries({ ...quarter, netOf: (_, place) => nets[place]! });
        let taken = 0;
        let given = 0;
        for (const [place, net] of nets.entries()) {
          const left = batteries.after(home, place, net);
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
    const of = () => new Batteries({ ...quarter, netOf: (_, place) => wave(place) });
    const inOrder = of();
    const all = Array.from({ length: 500 }, (_, place) => inOrder.after(home, place, wave(place)));
    expect(all.some((left, place) => left !== wave(place))).toBe(true);
    const jumping = of();
    for (const place of [499, 0, 96, 95, 95, 300, 301, 300, 12, 499, 191, 192])
      expect(jumping.after(home, place, wave(place))).toBe(all[place]);
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
    const bare = own.members.map((member) => ({ ...member, battery: null }));
    expect(bare).toHaveLength(12);
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
    for (const contract of own.contracts(-1))
      if (contract.kind === "storage")
        expect(contract.stays === undefined ? contract.charge : contract.dischargeLimit).toBe(0);
    const simulation = await openSimulation(own, { engine });
    for await (const { block } of simulation)
      expect(block.header.totals.electricity.imported).toBeGreaterThanOrEqual(0n);
    const { energy, savings } = await simulation.summary();
    // All that stores gave they had taken, and cars drew what they used and what their owners want them to hold.
    expect(energy.electricity.storage.after).toBeGreaterThan(energy.electricity.storage.before);
    for (const { participant, paid } of savings.participants)
      if (participant.startsWith("car-")) expect(paid).toBeGreaterThanOrEqual(0n);
  });
});
