// Examples that Grid Singularity publishes with gsy-e (github.com/gridsingularity/gsy-e): their communities, done again
// here, beside the results that its integration tests state. What they come to stands in docs/studies.md.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { openCommunity } from "../../src/simulation/community.js";
import type { Strategy } from "../../src/simulation/members/quote.js";
import { parseProfiles } from "../../src/simulation/profilefile.js";
import { readRecords } from "../../src/simulation/records.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { openSimulation } from "../../src/simulation/simulation.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** What somebody uses (above zero) or makes at all hours of a span, kW. */
interface Meter {
  readonly kilowatts: number;
  readonly hours: readonly [from: number, to: number];
}

interface Example {
  readonly meters: { readonly [id: string]: Meter };
  readonly tariff: { readonly retail: string; readonly feedIn: string };
  readonly rules: { readonly [key: string]: unknown };
  readonly areas?: readonly { readonly [key: string]: unknown }[];
  readonly strategy?: Strategy;
}

const uniform = { mechanism: "merit", pricing: "uniform", pool: null };

/** A day of quarter hours of an example: its summary, and what passed from whom to whom in kWh, by their names. */
async function trade({ meters, tariff, rules, areas = [], strategy }: Example) {
  const scenario = checkScenario({
    ...{ name: "peer", participants: {}, periodMs: 900_000, timeZone: "Etc/UTC" },
    profiles: { file: "meters.csv", stepMs: 900_000 },
    commission: [{ share: 1_000_000, supply: 0, use: 0 }],
    faults: { deviation: 0, late: 0, missing: 0, corrected: 0 },
    strategies: { all: "truthful" },
    tariffs: { electricity: tariff },
    rules: { electricity: rules },
    areas: { electricity: areas },
  });
  const rows = Object.entries(meters).flatMap(
    ([
      id,
      {
        kilowatts,
        hours: [from, to],
      },
    ]) =>
      Array.from({ length: 96 }, (_, step) => {
        const energy = step >= from * 4 && step < to * 4 ? Math.abs(kilowatts) / 4 : 0;
        return `${id},electricity,${step},${kilowatts > 0 ? energy : 0},${kilowatts > 0 ? 0 : energy}`;
      }),
  );
  const { measured } = parseProfiles(["participant,carrier,step,use,supply", ...rows].join("\n"), scenario);
  const community = openCommunity(scenario, { measured, ...(strategy === undefined ? {} : { strategy }) });
  const run = await openSimulation(community, { engine });
  const passed = new Map<string, number>();
  const nameOf = (slot: number): string => (slot < 0 ? "grid" : community.members[slot >> 2]!.id);
  for await (const { block } of run)
    readRecords(block, {
      trade: ({ seller, buyer, quantity }) => {
        const key = `${nameOf(seller)} ${nameOf(buyer)}`;
        passed.set(key, (passed.get(key) ?? 0) + quantity / 1e6);
      },
    });
  expect((await run.refused()).orders).toBe(0);
  return { ...(await run.summary()), passed };
}

const noon = (kilowatts: number): Meter => ({ kilowatts, hours: [12, 13] });

describe("three houses with sun (their kpi examples d3asim_2103)", () => {
  const house = (number: number, ids: readonly string[]) => ({
    ...{ name: `house ${number}`, parent: "community", members: ids },
  });
  /** Each house uses 4 kW in the hour before one; what the roofs make is theirs, the first of them or none. */
  const example = (first: number | null, feedIn: string): Example => ({
    meters: {
      ...{ "use-1": noon(4), "use-2": noon(4), "use-3": noon(4) },
      ...(first === null ? {} : { "sun-1": noon(-first) }),
      ...{ "sun-2": noon(-2), "sun-3": noon(-8) },
    },
    tariff: { retail: "0.30", feedIn },
    rules: uniform,
    areas: [
      { name: "grid" },
      { name: "community", parent: "grid" },
      house(1, first === null ? ["use-1"] : ["use-1", "sun-1"]),
      house(2, ["use-2", "sun-2"]),
      house(3, ["use-3", "sun-3"]),
    ],
  });

  it.each([
    // What they state: self-sufficiency of community and houses, self-consumption of the same.
    [example(4, "0.20"), [1, 1, 0.5, 1], [0.8571, 1, 1, 0.5]],
    [example(null, "0.19"), [0.8333, 0, 0.5, 1], [1, null, 1, 0.5]],
  ] as const)(
    "are as self-sufficient as they say, and use as much of their own",
    async (given, sufficiency, consumption) => {
      const { trading, passed } = await trade(given);
      const own = trading.together.electricity;
      const used = [own.selfSufficiency! / 1e6];
      const kept = [own.selfConsumption! / 1e6];
      // Of a house: what passed from its roof to its load.
      const of = (number: number) => {
        const inside = passed.get(`sun-${number} use-${number}`) ?? 0;
        const made = -(given.meters[`sun-${number}`]?.kilowatts ?? 0);
        return { sufficient: inside / 4, consumed: made === 0 ? null : inside / made };
      };
      for (const [place, wanted] of [...used, ...[1, 2, 3].map((each) => of(each).sufficient)].entries())
        expect(wanted).toBeCloseTo(sufficiency[place]!, 4);
      for (const [place, found] of [...kept, ...[1, 2, 3].map((each) => of(each).consumed)].entries())
        if (consumption[place] === null) expect(found).toBeNull();
        else expect(found).toBeCloseTo(consumption[place]!, 4);
    },
  );
});

describe("a young couple (their kpi example d3asim_3464_young_couple)", () => {
  // From outside a kWh costs 22 cents and fees of 4 in two markets; the couple bids 25, its neighbours 25.5, a plant of
  // 5 kW asks 10 and a roof 8. They state that the couple saves 16.6667 %.
  const limits: { readonly [id: string]: number } = {
    ...{ couple: 250_000, neighbours: 255_000, plant: 100_000, roof: 80_000 },
  };
  const example = (rules: object, fee: string | null): Example => ({
    meters: {
      couple: { kilowatts: 3.147, hours: [0, 24] },
      neighbours: { kilowatts: 0.4, hours: [0, 24] },
      plant: { kilowatts: -5, hours: [0, 24] },
      roof: { kilowatts: -2, hours: [10, 14] },
    },
    tariff: { retail: fee === null ? "0.30" : "0.22", feedIn: "0" },
    rules: { ...rules, pool: null },
    strategy: ({ member }) => limits[member.id]!,
    ...(fee === null
      ? {}
      : {
          areas: [
            { name: "grid" },
            { name: "community", parent: "grid", fee, members: ["neighbours", "plant", "roof"] },
            { name: "house", parent: "community", fee, members: ["couple"] },
          ],
        }),
  });
  const savedShare = async (given: Example) => {
    const { savings } = await trade(given);
    const own = savings.participants.find(({ participant }) => participant === "couple")!;
    // At the price that the grid and the way from it take, as they count it.
    const without = BigInt(Math.round(3_147_000 * 24)) * 300_000n;
    return (100 * Number(without - own.with)) / Number(without);
  };

  it("saves what they say where it pays what it bids", async () => {
    expect(
      await savedShare(example({ mechanism: "merit", pricing: "blend", k: 1_000_000 }, null)),
    ).toBeCloseTo(16.6667, 4);
  });

  it("saves more than half where all have one price, because the plant is never sold out", async () => {
    expect(await savedShare(example({ mechanism: "merit", pricing: "uniform" }, null))).toBeCloseTo(
      66.6667,
      2,
    );
    // With a fee between the couple and the plant it is that of the plant and the fee.
    expect(await savedShare(example({ mechanism: "merit", pricing: "uniform" }, "0.04"))).toBeCloseTo(
      53.3333,
      2,
    );
  });
});

describe("fees on the way from a roof to a house (their grid_fees examples)", () => {
  // A market's fee of 1, 2 and 1 cents between the roof's house and the other's; the roof asks 10, the house bids 30.
  const areas = [{}, { parent: 0, fee: 10_000 }, { parent: 0, fee: 20_000 }, { parent: 2, fee: 10_000 }];
  const clear = (made: number, fees = areas) => {
    const { areas: found, trades } = engine.clear(
      {
        offers: { quantity: Uint32Array.of(made), price: Int32Array.of(100_000), area: Uint16Array.of(1) },
        bids: { quantity: Uint32Array.of(200), price: Int32Array.of(300_000), area: Uint16Array.of(3) },
      },
      { mechanism: "merit", pricing: "uniform", areas: fees },
    );
    return { cents: [1, 0, 2, 3].map((area) => found.price[area]! / 10_000), count: trades.count };
  };

  it("makes the prices that they state for pay as bid and pay as clear where the roof makes too little", () => {
    expect(clear(100).cents).toEqual([26, 27, 29, 30]);
  });

  it("makes those that they state for pay as offered where it makes more than is wanted", () => {
    expect(clear(500).cents).toEqual([10, 11, 13, 14]);
  });

  it("keeps everybody from trading where it is higher than what a buyer would pay more", () => {
    expect(
      clear(100, [{}, { parent: 0, fee: 10_000 }, { parent: 0, fee: 450_000 }, { parent: 2, fee: 0 }]).count,
    ).toBe(0);
  });
});
