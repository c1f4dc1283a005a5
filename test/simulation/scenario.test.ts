import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GridclearError } from "../../src/errors.js";
import { parseContract } from "../../src/market/contracts/kinds.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import { memberKinds, orderRules, startTime } from "../../src/simulation/scenario.js";
import { checkScenario, parseScenario } from "../../src/simulation/scenariofile.js";
import { bundledScenario, scenarioNames } from "../../src/simulation/scenarios/index.js";
import { refusal } from "../support/refusal.js";

const plain = { name: "plain", participants: { home: 3 } };

describe("scenarios", () => {
  it("need a name and participants only", () => {
    const scenario = checkScenario(plain);
    expect(scenario).toMatchObject({
      periods: 2880,
      periodMs: 30_000,
      seed: 1,
      currency: "coin",
      profiles: null,
    });
    expect(scenario.rules.electricity).toMatchObject({ mechanism: "value", pricing: "counterparty" });
    expect(orderRules(scenario, "electricity").pool?.price).toBe(430_000);
    expect(startTime(scenario)).toBe(Date.parse("2026-07-15T00:00:00+02:00"));
  });

  it.each([
    ["scenario", []],
    ["name", { ...plain, name: "Upper" }],
    ["name", { ...plain, name: 5 }],
    ["participants", { name: "x", participants: {} }],
    ["participants", { name: "x", participants: null }],
    ["participants.home", { name: "x", participants: { home: 1.5 } }],
    ["participants.home", { name: "x", participants: { home: "5" } }],
    ["participants.home", { name: "x", participants: { home: -0 } }],
    ["participants.castle", { name: "x", participants: { castle: 1 } }],
    ["seed", { ...plain, seed: -1 }],
    ["control.cars", { ...plain, control: { cars: "clever" } }],
    ["control.heatPumps", { ...plain, control: { heatPumps: "forecast" } }],
    ["control.batteries", { ...plain, control: { batteries: true } }],
    ["forecast.hours", { ...plain, forecast: { hours: 0 } }],
    ["forecast.load", { ...plain, forecast: { load: 500_001 } }],
    ["control.kettles", { ...plain, control: { kettles: "fixed" } }],
    ["control", { ...plain, control: "forecast" }],
    ["seed", { ...plain, seed: 2 ** 32 }],
    ["seed", { ...plain, seed: Number.NaN }],
    ["date", { ...plain, date: "2026-02-30" }],
    ["date", { ...plain, date: "26-2-3" }],
    ["periods", { ...plain, periods: 0 }],
    ["periods", { ...plain, periods: Number.POSITIVE_INFINITY }],
    ["periodMs", { ...plain, periodMs: 7_000 }],
    ["latitude", { ...plain, latitude: 90.1 }],
    ["date", { ...plain, date: "1970-01-01" }],
    ["date", { ...plain, date: "1970-01-02", timeZone: "Pacific/Kiritimati" }],
    ["timeZone", { ...plain, timeZone: "Europe/Atlantis" }],
    ["timeZone", { ...plain, timeZone: "+01:00" }],
    ["timeZone", { ...plain, timeZone: 60 }],
    ["utcOffsetMinutes", { ...plain, utcOffsetMinutes: 60 }],
    ["skies", { ...plain, skies: 0 }],
    ["skies", { ...plain, skies: 17 }],
    ["deposit", { ...plain, deposit: 9 }],
    ["deposit", { ...plain, deposit: 9_000_001 }],
    ["weather", { ...plain, weather: "nice" }],
    ["currency", { ...plain, currency: "€" }],
    ["rules.electricity.pricing", { ...plain, rules: { electricity: { pricing: "uniform" } } }],
    ["rules.electricity.pool.price", { ...plain, rules: { electricity: { pool: { price: 0.43 } } } }],
    ["rules.electricity.pool.price", { ...plain, rules: { electricity: { pool: { price: "0.4300001" } } } }],
    ["rules.coal", { ...plain, rules: { coal: {} } }],
    ["tariffs.heat.feedIn", { ...plain, tariffs: { heat: { retail: "0.1", feedIn: "0.2" } } }],
    ["commission", { ...plain, commission: [{ share: 1, supply: 0, use: 0 }] }],
    ["commission", { ...plain, commission: [] }],
    ["faults.late", { ...plain, faults: { late: 500_001 } }],
    ["faults", { ...plain, faults: { late: 400_000, missing: 400_000, corrected: 400_000 } }],
    ["profiles.file", { ...plain, profiles: { file: "../secret.csv", stepMs: 3_600_000 } }],
    ["profiles.file", { ...plain, profiles: { file: "/etc/passwd", stepMs: 3_600_000 } }],
  ])("say what is wrong with %s", (field, value) => {
    const error = refusal(() => checkScenario(value));
    expect(error.field).toBe(field);
    expect(["invalid", "limit"]).toContain(error.code);
  });

  it("refuse every unknown key, at any depth", () => {
    for (const text of [
      '{"name":"x","participants":{"home":1},"extra":1}',
      '{"name":"x","participants":{"home":1},"__proto__":{"seed":2}}',
      '{"name":"x","participants":{"__proto__":1,"home":1}}',
      '{"name":"x","participants":{"home":1},"tariffs":{"gas":{"retail":"1","constructor":"1"}}}',
    ])
      expect(refusal(() => parseScenario(text)).wanted).toMatch(/^a key out of/);
    expect(refusal(() => parseScenario("{")).wanted).toBe("JSON");
    expect(refusal(() => parseScenario(`"${"x".repeat(1_000_001)}"`)).code).toBe("limit");
  });

  it("name the line of what is wrong, and a key that stands twice", () => {
    const at = (text: string): string => refusal(() => parseScenario(text)).field;
    expect(at('{"name":"x",\n"participants":{"home":1},\n"seed":-1}')).toBe("line 3, column 1: seed");
    expect(at('{"name":"x","participants":{"home":1},\n"tariffs":{"gas":\n{"retail":1}}}')).toBe(
      "line 3, column 2: tariffs.gas.retail",
    );
    expect(at('{"name":"x",\n"participants":{}}')).toBe("line 2, column 1: participants");
    expect(at('{"name":"x",\n"participants":{"home":2},"periods":2,\n"periods":4}')).toBe(
      "line 3, column 1: periods",
    );
    expect(at('{"name":"x","participants":{"home":2,\n"home":5}}')).toBe(
      "line 2, column 1: participants.home",
    );
    expect(at("[]")).toBe("line 1, column 1: scenario");
  });

  it.each([
    ["1970-01-03", "Etc/GMT-14", 86_400_000],
    ["1970-01-03", "Etc/GMT+12", 86_400_000],
    ["1970-01-03", "Europe/Berlin", 1_000],
    ["2099-12-31", "Etc/GMT+12", 1_000],
  ])("begin no earlier than periods are counted: %s, %s, periods of %i ms", (date, timeZone, periodMs) => {
    const scenario = checkScenario({ ...plain, date, timeZone, periodMs, periods: 2 });
    for (const contract of openCommunity(scenario).contracts(-1))
      expect(parseContract(contract).from).toBeGreaterThanOrEqual(0);
  });

  it("run where the sun does not rise or set", () => {
    for (const [latitude, date] of [
      [69.6, "2026-12-21"],
      [69.6, "2026-06-21"],
      [90, "2026-06-21"],
      [-90, "2026-06-21"],
    ] as const) {
      const { orders } = openCommunity(
        checkScenario({
          name: "far",
          participants: { home: 9, solar: 2 },
          latitude,
          date,
          periodMs: 3_600_000,
        }),
      );
      for (let place = 0; place < 24; place += 6) expect(orders(place).quantity.length).toBeGreaterThan(9);
    }
  });

  it("never throw anything but what they say, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom("name", "participants", "rules", "tariffs", "faults"),
        (value, key) => {
          for (const candidate of [value, { ...plain, [key]: value }])
            try {
              checkScenario(candidate);
            } catch (error) {
              expect(error).toBeInstanceOf(GridclearError);
            }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("come back as they were from JSON", () => {
    for (const name of scenarioNames) {
      const scenario = bundledScenario(name);
      const { rules, tariffs, areas, ...rest } = scenario;
      // Prices are decimals in files and ticks in memory; the rest reads back as it is.
      expect(checkScenario(JSON.parse(JSON.stringify(rest)))).toMatchObject(rest);
      expect(Object.keys(rules)).toHaveLength(4);
      expect(Object.keys(tariffs)).toHaveLength(4);
      expect(Object.keys(areas)).toHaveLength(4);
    }
  });
});

describe("communities", () => {
  it("share out their participants exactly, one of each kind when there are enough", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), (participants) => {
        const { participants: counts } = community({ participants });
        const all = Object.values(counts);
        expect(all.reduce((sum, count) => sum + count, 0)).toBe(participants);
        if (participants >= 2 * memberKinds.length) expect(Math.min(...all)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it("follow the mix they are given", () => {
    const { participants } = community({ participants: 30, mix: { home: 2, solar: 1 } });
    expect(participants.home).toBeGreaterThan(participants.solar);
    expect(participants.home + participants.solar).toBe(30);
    expect(refusal(() => community({ participants: 3, mix: {} })).field).toBe("mix");
    expect(refusal(() => community({ participants: 3, mix: { home: -1 } })).field).toBe("mix.home");
    expect(refusal(() => community({ participants: 0 })).field).toBe("participants");
  });

  it("have the day of npm start use everything there is", () => {
    const scenario = bundledScenario("community");
    expect(scenario.periodMs * scenario.periods).toBe(86_400_000);
    const day = openCommunity(scenario);
    expect(day.members.length).toBeGreaterThanOrEqual(100);
    expect(new Set(day.members.map((member) => member.kind))).toEqual(new Set(memberKinds));
    const kinds = new Set(day.contracts(-1).map((contract) => contract.kind));
    for (const kind of [
      "supply",
      "use",
      "storage",
      "clearing",
      "payment",
      "area",
      "converter",
      "deposit",
    ] as const)
      expect(kinds).toContain(kind);
    const later = Array.from({ length: scenario.periods }, (_, place) => day.contracts(place)).flat();
    expect(later.length).toBeGreaterThan(0);
  });
});

describe("scenarios of measured homes", () => {
  it("say that the data sets are not there, where they are not", async () => {
    const { copyFile, mkdir, mkdtemp, rm } = await import("node:fs/promises");
    const { spawnSync } = await import("node:child_process");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const folder = await mkdtemp(join(tmpdir(), "gridclear-nodata-"));
    await mkdir(join(folder, "a", "test", "data"), { recursive: true });
    const script = join(folder, "a", "test", "data", "scenario.mjs");
    await copyFile(new URL("../data/scenario.mjs", import.meta.url), script);
    const { status, stderr } = spawnSync(process.execPath, [script, "tx-winter", join(folder, "out")], {
      encoding: "utf8",
    });
    await rm(folder, { recursive: true, force: true });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^The data sets are not here: .*\n$/);
  });
});

describe("docs/scenarios.md", () => {
  it("shows a scenario file that is one, with the defaults it claims", async () => {
    const { readFile } = await import("node:fs/promises");
    const text = await readFile(new URL("../../docs/scenarios.md", import.meta.url), "utf8");
    const example = /```json\n([\s\S]*?)```/.exec(text)![1]!;
    const scenario = parseScenario(example);
    const { rules, tariffs, commission, faults } = checkScenario(plain);
    expect(scenario).toMatchObject({ name: "street", commission, faults });
    expect(scenario.rules).toEqual(rules);
    expect(scenario.tariffs).toEqual(tariffs);
    for (const name of scenarioNames) expect(text).toContain(`| ${name} |`);
    for (const kind of memberKinds) expect(text).toContain(`\`${kind}\``);
  });
});
