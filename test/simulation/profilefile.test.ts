import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GridclearError } from "../../src/errors.js";
import { openCommunity } from "../../src/simulation/community.js";
import type { MeasuredProfile } from "../../src/simulation/members/profiles.js";
import { ProfileColumns } from "../../src/simulation/profilecolumns.js";
import { type ProfileFile, ProfileReader, parseProfiles } from "../../src/simulation/profilefile.js";
import type { Scenario } from "../../src/simulation/scenario.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { memoryPages } from "../../src/simulation/world/series.js";
import { profilesOf } from "../oracle/profiles.js";
import { refusal } from "../support/refusal.js";

const metered = (periods: number, periodMs: number, stepMs: number): Scenario =>
  checkScenario({ name: "meters", periods, periodMs, participants: {}, profiles: { file: "m.csv", stepMs } });
const fileOf = (rows: readonly string[]): string =>
  `participant,carrier,step,use,supply\n${rows.join("\n")}\n`;

/** What the participants of a file ask for and offer in each period, in quantity ticks; negative where they offer. */
function ordered(scenario: Scenario, rows: readonly string[]): number[] {
  const { measured } = parseProfiles(fileOf(rows), scenario);
  const { orders } = openCommunity(scenario, { measured });
  return Array.from({ length: scenario.periods }, (_, place) => {
    const { quantity, side } = orders(place);
    return quantity.reduce((sum, each, index) => sum + (side[index] === 1 ? each : -each), 0);
  });
}
/** Steps of a profile that are not zero, each with its ticks. */
function entriesOf({ series }: MeasuredProfile): [step: number, ticks: number][] {
  const entries: [number, number][] = [];
  for (const { first, ticks } of series.steps())
    for (const [at, value] of ticks.entries()) if (value !== 0) entries.push([first + at, value]);
  return entries;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const minute = 60_000;

describe("the energy of a period", () => {
  it.each([
    [15, 60, [1_000_000, 1_000_000]],
    [15, 30, [300_000, 700_000, 300_000, 700_000]],
    [15, 15, [100_000, 200_000, 300_000, 400_000, 100_000, 200_000, 300_000, 400_000]],
    // A third of 0.2 kWh is no whole number of ticks: what the first period lacks the second has.
    [15, 20, [166_666, 333_334, 500_000, 166_666, 333_334, 500_000]],
  ])(
    "of steps of %i minutes in periods of %i is the sum of the steps that lie in it",
    (step, period, wanted) => {
      const scenario = metered(wanted.length, period * minute, step * minute);
      const rows = Array.from(
        { length: 8 },
        (_, at) => `house,electricity,${at},${[0.1, 0.2, 0.3, 0.4][at % 4]},0`,
      );
      expect(ordered(scenario, rows)).toEqual(wanted);
    },
  );

  it("of an hour of minutes, one of them silent, is what the others measured", () => {
    const rows = Array.from(
      { length: 60 },
      (_, at) => `house,electricity,${at},${at % 15 === 7 ? 0 : 0.01},0`,
    );
    expect(ordered(metered(4, 15 * minute, minute), rows)).toEqual([140_000, 140_000, 140_000, 140_000]);
  });

  it("adds up over the run to what was measured, to the tick, whatever the lengths, signs and gaps", () => {
    const divisors = [1_000, 7_500, 30_000, 60_000, 300_000, 1_200_000, 3_600_000, 28_800_000, 86_400_000];
    fc.assert(
      fc.property(
        fc.constantFrom(...divisors),
        fc.integer({ min: 1_000, max: 86_400_000 }),
        fc.uniqueArray(fc.tuple(fc.nat({ max: 40 }), fc.integer({ min: -0xffff_ffff, max: 0xffff_ffff })), {
          selector: ([step]) => step,
          minLength: 1,
          maxLength: 30,
        }),
        // Pages side by side, and others that are left out between them.
        fc.constantFrom(1, 5, 100, 1_000),
        (periodMs, stepMs, entries, spread) => {
          const rising = [...entries]
            .sort((a, b) => a[0] - b[0])
            .map(([step, ticks]) => [step * spread, ticks] as const);
          const startMs = 1_752_534_000_000;
          const columns = new ProfileColumns(memoryPages(), 1_000_000);
          for (const [step, ticks] of entries)
            columns.add({ participant: "house", carrier: 0, step: step * spread, ticks });
          const { series } = columns.close({ startMs, stepMs }).measured[0]!;
          const end = startMs + 41 * spread * stepMs;
          // The same by fractions of big integers: everything before a time, each step cut in proportion towards zero.
          const before = (timeMs: number): bigint =>
            rising.reduce((sum, [step, ticks]) => {
              const into = Math.min(Math.max(timeMs - startMs - step * stepMs, 0), stepMs);
              return sum + (BigInt(ticks) * BigInt(into)) / BigInt(stepMs);
            }, 0n);
          let sum = 0;
          for (let place = 0; place < 80; place++) {
            const [from, to] = [startMs + place * periodMs, startMs + (place + 1) * periodMs];
            const energy = series.between(from, to);
            sum += energy;
            expect(BigInt(energy)).toBe(before(to) - before(from));
          }
          sum += series.between(startMs + 80 * periodMs, Math.max(end, startMs + 80 * periodMs));
          expect(sum).toBe(total(rising.map(([, ticks]) => ticks)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is not cut where it passes 4,294 kWh: the community counts in coarser ticks", () => {
    const scenario = metered(2, 86_400_000, 3_600_000);
    const rows = Array.from({ length: 48 }, (_, at) => [
      `mill,electricity,${at},4000,0`,
      `wind,electricity,${at},0,4000.0005`,
    ]).flat();
    const { measured } = parseProfiles(fileOf(rows), scenario);
    const community = openCommunity(scenario, { measured });
    expect(community.quantityTick).toEqual({ mantissa: 1n, scale: 3 });
    expect(community.contracts(-1)[0]).toMatchObject({ kind: "market", quantityTick: "0.001" });
    const asked = [0, 1].flatMap((place) => {
      const { quantity, side } = community.orders(place);
      return Array.from(quantity, (each, at) => [side[at], each]);
    });
    // 24 × 4000.0005 kWh is 96 000.012 kWh.
    expect(asked.sort()).toEqual([
      [0, 96_000_012],
      [0, 96_000_012],
      [1, 96_000_000],
      [1, 96_000_000],
    ]);
  });
});

describe("profile files", () => {
  const scenario = metered(4, 900_000, 3_600_000);
  const header = "participant,carrier,step,use,supply\n";

  it("become participants with their energy in ticks", () => {
    const { measured, missing } = parseProfiles(
      `${header}h1,electricity,0,1.25,0\nh1,heat,0,0,0.000001\n`,
      scenario,
    );
    expect(measured.map((each) => [each.participant, each.carrier, ...entriesOf(each)])).toEqual([
      ["h1", "electricity", [0, 1_250_000]],
      ["h1", "heat", [0, -1]],
    ]);
    expect(missing).toBe(0);
    expect(openCommunity(scenario, { measured }).members.map(({ id }) => id)).toEqual(["h1"]);
  });

  it.each([
    ["line 1: header", "a,b\n"],
    ["line 1: header", ""],
    ["line 2: row", `${header}h1,electricity,0,1\n`],
    ["line 2: participant", `${header}a\u0000b,electricity,0,1,0\n`],
    ["line 2: carrier", `${header}h1,coal,0,1,0\n`],
    ["line 2: step", `${header}h1,heat,-1,1,0\n`],
    ["line 2: step", `${header}h1,heat,1e3,1,0\n`],
    ["line 2: step", `${header}h1,heat,1000000,1,0\n`],
    ["line 2: use", `${header}h1,heat,0,0x10,0\n`],
    ["line 2: use", `${header}h1,heat,0,-1,0\n`],
    ["line 2: use", `${header}h1,heat,0,0.0000001,0\n`],
    ["line 2: use", `${header}h1,heat,0,5000,0\n`],
    ["line 2: supply", `${header}h1,heat,0,0,\n`],
    ["step", header],
    ["line 4: step", `${header}h1,heat,1,1,0\r\nh1,heat,0,1,0\nh1,heat,0,5,0\nh1,heat,1,5,0\n`],
  ])("say what is wrong with %s", (field, text) => {
    expect(refusal(() => parseProfiles(text, metered(2, 3_600_000, 3_600_000))).field).toBe(field);
  });

  it("refuse the hour that the clocks repeat, and say how to tell it apart", () => {
    const rows = [
      "house,heat,0,1,0",
      "house,heat,1,1,0",
      "house,heat,2,1,0",
      "house,heat,2,5,0",
      "house,heat,3,1,0",
    ];
    const error = refusal(() => parseProfiles(fileOf(rows), metered(4, 3_600_000, 3_600_000)));
    expect(error.message).toMatch(/line 5: step: wanted each step once .*UTC.*, got 2/);
  });

  it("count the steps that are missing and say where the first is", () => {
    const rows = ["house,heat,0,1,0", "house,heat,3,1,0", "flat,heat,0,1,0"];
    expect(parseProfiles(fileOf(rows), metered(4, 3_600_000, 3_600_000))).toMatchObject({
      missing: 5,
      firstMissing: "house, heat, step 1",
    });
  });

  it("keep a participant whose steps all lie after the run", () => {
    const rows = ["house,heat,0,1,0", "house,heat,1,1,0", "flat,heat,2,1,0", "flat,heat,3,1,0"];
    const short = metered(2, 3_600_000, 3_600_000);
    const { measured, missing } = parseProfiles(fileOf(rows), short);
    expect(missing).toBe(2);
    const { members, contracts, orders } = openCommunity(short, { measured });
    expect(members.map(({ id }) => id)).toEqual(["house", "flat"]);
    expect(contracts(-1).filter(({ kind }) => kind === "participant")).toHaveLength(2);
    expect([...orders(0).participant]).toEqual([0]);
  });

  it("may call participants what orders may call them", () => {
    const rows = ["Müller Süd,electricity,0,1.5,0"];
    const hour = metered(1, 3_600_000, 3_600_000);
    const { measured } = parseProfiles(fileOf(rows), hour);
    expect(openCommunity(hour, { measured }).members.map(({ id }) => id)).toEqual(["Müller Süd"]);
  });

  it("take no more memory than their rows, however long the run", () => {
    // A column of a million steps for each of 20,000 participants would be 160 GB.
    const long = metered(1_000_000, 3_600_000, 3_600_000);
    const rows = Array.from({ length: 20_000 }, (_, at) => `home ${at},heat,${at === 0 ? 999_999 : at},1,0`);
    const { measured, missing } = parseProfiles(fileOf(rows), long);
    expect(measured).toHaveLength(20_000);
    expect(missing).toBe(20_000 * 999_999);
  });

  it("must be there when a scenario names them", () => {
    expect(refusal(() => openCommunity(scenario)).field).toBe("profiles");
  });

  it("can't take the name of somebody else", () => {
    const mixed = { ...scenario, participants: { ...scenario.participants, home: 1 } };
    const { measured } = parseProfiles(`${header}home-01,electricity,0,1,0\n`, scenario);
    expect(refusal(() => openCommunity(mixed, { measured }))).toMatchObject({
      code: "conflict",
      field: "profiles",
    });
  });
});

describe("against an oracle that holds every row", () => {
  /** What came of a file, in words that can be compared; or the field that is wrong. */
  const said = (read: () => ProfileFile): unknown => {
    try {
      const { measured, missing, firstMissing } = read();
      return {
        measured: measured.map((each) => [
          each.participant,
          each.carrier,
          entriesOf(each),
          each.series.peaks,
        ]),
        missing,
        firstMissing,
      };
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      return error.field;
    }
  };

  const cell = fc.oneof(
    {
      weight: 30,
      arbitrary: fc.constantFrom("0", "1", "0.5", "1.25", "4294.967295", "0.000001", "07", "3.1400000"),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("", "x", "-1", ".5", "1.", "1e3", "4294.967296", "5000", "0.0000001", " 1"),
    },
  );
  const row = fc
    .tuple(
      fc.constantFrom("a", "b", "Müller", '"c, d"', '"e ""f"""'),
      fc.oneof(
        { weight: 40, arbitrary: fc.constantFrom("electricity", "heat") },
        fc.constantFrom("coal", '"heat"'),
      ),
      fc.oneof({ weight: 60, arbitrary: fc.nat({ max: 700 }) }, fc.constantFrom("01", "-1", "x", "1000000")),
      cell,
      cell,
    )
    .map((cells) => cells.join(","));
  const other = fc.constantFrom(
    "",
    "a,heat,1,1",
    "a,heat,1,1,0,",
    '"a,heat,1,1,0',
    'a"b",heat,1,1,0',
    '"a\nb",heat,1,1,0',
  );
  const text = fc
    .tuple(
      fc.array(fc.oneof({ weight: 60, arbitrary: row }, other), { maxLength: 40 }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      fc.constantFrom("sorted", "as it comes"),
    )
    .map(([rows, end, isOpen, order]) => {
      const all = ["participant,carrier,step,use,supply", ...(order === "sorted" ? rows.sort() : rows)];
      // Somebody's last step, so that most files are long enough.
      all.push("last,heat,639,1,0");
      return all.join(end) + (isOpen ? "" : end);
    });

  it("reads the same, in whatever pieces a file comes", () => {
    const run = metered(160, 900_000, 225_000);
    let sound = 0;
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 60 }), { maxLength: 20 }), (whole, lengths) => {
        const wanted = profilesOf(whole, 640, 225_000);
        if (typeof wanted !== "string") sound += 1;
        expect(said(() => parseProfiles(whole, run))).toEqual(wanted);
        expect(
          said(() => {
            const reader = new ProfileReader(run, memoryPages());
            let at = 0;
            for (const length of lengths) {
              reader.write(whole.slice(at, at + length));
              at += length;
            }
            reader.write(whole.slice(at));
            return reader.end();
          }),
        ).toEqual(wanted);
      }),
      { numRuns: 1_500 },
    );
    expect(sound).toBeGreaterThan(150);
  });
});
