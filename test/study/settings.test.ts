import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderRules } from "../../src/simulation/scenario.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { bundledScenario, scenarioNames } from "../../src/simulation/scenarios/index.js";
import { parseSetting, variantsOf } from "../../src/study/settings.js";

const base = checkScenario({ name: "street", periodMs: 3_600_000, participants: { home: 3, solar: 1 } });
const variants = (sets: readonly string[], mechanisms: readonly string[] = []) =>
  variantsOf(base, { settings: sets.map(parseSetting), mechanisms });

describe("settings", () => {
  it("are lists, or ranges in exact decimals with both ends", () => {
    expect(parseSetting("tariffs.electricity.retail=0.40,0.52")).toEqual({
      path: "tariffs.electricity.retail",
      values: ["0.40", "0.52"],
      isRange: false,
    });
    expect(parseSetting("participants.storage=0:100:25").values).toEqual(["0", "25", "50", "75", "100"]);
    expect(parseSetting("x=0.1:0.5:0.1")).toEqual({
      path: "x",
      values: ["0.1", "0.2", "0.3", "0.4", "0.5"],
      isRange: true,
    });
    expect(parseSetting("x=-2:1:1.5").values).toEqual(["-2", "-0.5", "1"]);
    fc.assert(
      fc.property(
        fc.integer({ min: -999, max: 999 }),
        fc.nat(50),
        fc.integer({ min: 1, max: 99 }),
        (from, steps, step) => {
          const text = (hundredths: number) => (hundredths / 100).toFixed(2);
          const { values } = parseSetting(`x=${text(from)}:${text(from + steps * step)}:${text(step)}`);
          expect(values.map(Number)).toEqual(
            Array.from({ length: steps + 1 }, (_, index) => Number(text(from + index * step))),
          );
        },
      ),
    );
  });

  it("are refused by name where they can't be read", () => {
    for (const [text, wanted] of [
      ["retail", /^--set: wanted PATH=VALUE/],
      ["=1", /^--set/],
      ["a..b=1", /^--set/],
      ["a=1,,2", /^--set a: wanted values between commas/],
      ["a=1,1", /^--set a: wanted each value once/],
      ["a=5:1:1", /^--set a: wanted FROM:TO:STEP/],
      ["a=0:1:0", /^--set a/],
      ["a=0:1:0.0000000001", /^--set a/],
      ["a=0:100000:1", /^--set a: wanted at most 200 values/],
      ["seed=1,2", /^--set seed: wanted --seeds/],
    ] as const)
      expect(() => parseSetting(text), text).toThrow(wanted);
  });
});

describe("variants", () => {
  it("take a value for several keys with a plus between them", () => {
    const found = variants(["participants.storage+solar=2,4", "strategies.home+solar=random"]);
    expect(found.map(({ label }) => label)).toEqual(["storage+solar 2", "storage+solar 4"]);
    expect(found.map(({ scenario }) => [scenario.participants.storage, scenario.participants.solar])).toEqual(
      [
        [2, 2],
        [4, 4],
      ],
    );
    expect(found[1]!.scenario.strategies).toEqual({ home: "random", solar: "random" });
    const evening = variantsOf(bundledScenario("evening"), {
      settings: [parseSetting("areas.electricity.3+4.importKw=null,16")],
      mechanisms: [],
    });
    const limits = evening.map(({ scenario }) => scenario.areas.electricity.map(({ importKw }) => importKw));
    const own = bundledScenario("evening").areas.electricity.map(({ importKw }) => importKw);
    expect(limits).toEqual(
      [null, 16].map((value) => own.map((kw, at) => (at === 3 || at === 4 ? value : kw))),
    );
    expect(() => parseSetting("a.b+=1")).toThrow(/--set/);
    expect(() => variants(["participants.home+castle=1"])).toThrow(/castle/);
  });

  it("are all combinations, each a scenario of its own, judged by the check of scenario files", () => {
    const found = variants(["tariffs.electricity.retail=0.40,0.52", "participants.storage=0,4", "skies=2"]);
    expect(found.map(({ label }) => label)).toEqual([
      "retail 0.40, storage 0",
      "retail 0.40, storage 4",
      "retail 0.52, storage 0",
      "retail 0.52, storage 4",
    ]);
    expect(
      found.map(({ scenario }) => [scenario.tariffs.electricity.retail, scenario.participants.storage]),
    ).toEqual([
      [400_000, 0],
      [400_000, 4],
      [520_000, 0],
      [520_000, 4],
    ]);
    for (const { scenario, file } of found) {
      expect(scenario.skies).toBe(2);
      expect(scenario.participants.home).toBe(3);
      expect(checkScenario(file)).toEqual(scenario);
    }
    expect(found[1]!.settings).toEqual({ "tariffs.electricity.retail": "0.40", "participants.storage": "4" });
  });

  it("of nothing is the scenario as it is, whichever comes along", () => {
    for (const name of scenarioNames) {
      const scenario = bundledScenario(name);
      const [only, ...more] = variantsOf(scenario, { settings: [], mechanisms: [] });
      expect(more).toEqual([]);
      expect(only).toMatchObject({ label: "as it is", settings: {}, scenario });
    }
  });

  it("say which settings led to what the scenario's own check refuses, and where", () => {
    for (const [sets, wanted] of [
      [
        ["tariffs.electricity.retail=0.4,cheap"],
        /^tariffs.electricity.retail=cheap: tariffs.electricity.retail/,
      ],
      [["participants.storage=-1"], /^participants.storage=-1: participants.storage: wanted a whole number/],
      [["participants.castle=1"], /castle/],
      [["tariffs.electricity.retail=0.05"], /feedIn/],
      [["name.first=x"], /name/],
      [["__proto__.x=1"], /__proto__/],
    ] as const)
      expect(() => variants(sets), sets[0]).toThrow(wanted);
    expect(() => variants(["skies=1,2", "skies=3"])).toThrow("each path once");
    expect(() => variants(["skies=1:16:1", "participants.storage=0:15:1"])).toThrow(
      "at most 200 combinations",
    );
  });

  it("read values as the key takes them", () => {
    const [found] = variants([
      "rules.electricity.pool=null",
      "strategies.all=truthful",
      "date=2026-01-03",
      'areas.electricity=[{"name":"street"}]',
      "areas.electricity.0.name=road",
      "description=1234",
    ]);
    expect(found!.scenario).toMatchObject({
      rules: { electricity: { pool: null } },
      strategies: { all: "truthful" },
      date: "2026-01-03",
      areas: { electricity: [{ name: "road" }] },
      description: "1234",
    });
  });

  it("of mechanisms are those of all carriers, without a pool where areas are priced", () => {
    const found = variants([], ["value", "value-blend", "merit", "merit-blend"]);
    expect(found.map(({ scenario }) => scenario.rules.electricity)).toMatchObject([
      { mechanism: "value", pricing: "counterparty" },
      { mechanism: "value", pricing: "blend" },
      { mechanism: "merit", pricing: "uniform" },
      { mechanism: "merit", pricing: "blend" },
    ]);
    expect(orderRules(found[2]!.scenario, "electricity").pool).not.toBe(null);
    const small = variantsOf(bundledScenario("small"), {
      settings: [],
      mechanisms: ["merit", "merit-blend"],
    });
    expect(orderRules(small[0]!.scenario, "electricity").pool).toBe(null);
    expect(small[0]!.scenario.rules.heat).toMatchObject({ mechanism: "merit", pricing: "uniform" });
    expect(orderRules(small[1]!.scenario, "electricity").pool).not.toBe(null);
    expect(() => variants([], ["greed"])).toThrow(/^--mechanism: wanted value or merit/);
    expect(() => variants([], ["merit-counterparty"])).toThrow(/pricing/);
  });
});
