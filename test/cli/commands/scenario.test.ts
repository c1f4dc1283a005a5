import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, test } from "vitest";
import { parseScenario } from "../../../src/simulation/scenariofile.js";
import { bundledScenario, scenarioNames } from "../../../src/simulation/scenarios/index.js";
import { call } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-scenario-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

/** A file with all that stands behind comment marks in force. */
const uncommented = (text: string): string => text.replace(/^ {2}\/\/ (?=["[\]{}]| {2})/gm, "  ");

describe("gridclear scenario init", () => {
  test("writes a file that runs as it stands, and never over one that is there", async () => {
    const file = at("village.json");
    expect(await call("scenario", "init", file)).toMatchObject({ code: 0, err: "" });
    const text = readFileSync(file, "utf8");
    expect(parseScenario(text)).toMatchObject({ name: "village", periods: 96 });
    const again = await call("scenario", "init", file, "--from", "small");
    expect([again.code, again.err]).toEqual([2, expect.stringContaining("a file that is not there yet")]);
    expect(readFileSync(file, "utf8")).toBe(text);
    const run = await call("run", file, "--ledger", at("village"), "--periods", "2");
    expect([run.code, run.err]).toEqual([0, ""]);
  });

  test.each(scenarioNames)(
    "--from %s is that scenario, and so is what stands behind comment marks",
    async (name) => {
      const file = at(`${name}.json`);
      expect((await call("scenario", "init", file, "--from", name)).code).toBe(0);
      const text = readFileSync(file, "utf8");
      expect(text.split("\n").filter((line) => line.length > 200)).toEqual([]);
      expect(parseScenario(text)).toEqual(bundledScenario(name));
      const all = uncommented(text);
      expect(all).not.toBe(text);
      for (const key of ["seed", "co2", "faults", "profiles"])
        expect(all).toMatch(new RegExp(`^  "${key}": `, "m"));
      expect(parseScenario(all)).toEqual(bundledScenario(name));
    },
  );

  test("refuses a place where nothing can be written, and a scenario that is none", async () => {
    expect(await call("scenario", "init", join(folder, "none", "x.json"))).toMatchObject({
      code: 2,
      err: expect.stringContaining("a file that can be written"),
    });
    expect((await call("scenario", "init", at("y.json"), "--from", "autumn")).code).toBe(2);
    expect(existsSync(at("y.json"))).toBe(false);
  });
});

describe("gridclear scenario check", () => {
  test("says what a scenario comes to", async () => {
    const file = write(
      "street.json",
      '{ "name": "street", "periods": 48, "periodMs": 1800000, "participants": { "home": 3, "solar": 1 } }',
    );
    const { code, out } = await call("scenario", "check", file);
    expect(code).toBe(0);
    expect(out).toContain("participants  4: 3 home, 1 solar\n");
    expect(out).toContain("48 of 1800 s, from 2026-07-15 00:00 to 2026-07-16 00:00 (Europe/Berlin)");
    const document = JSON.parse((await call("scenario", "check", file, "--json")).out);
    expect(document).toMatchObject({
      good: true,
      participants: 4,
      kinds: { home: 3, solar: 1 },
      endMs: Date.parse("2026-07-16T00:00:00+02:00"),
      problems: [],
    });
    expect((await call("scenario", "check", "small")).out).toMatch(/^small is good: small\n/);
  });

  test("counts about as many orders as the run has", async () => {
    const { out } = await call("scenario", "check", "small", "--json");
    const expected = JSON.parse(out).orders;
    const run = await call("run", "small", "--ledger", at("small"), "--json");
    const { orders } = JSON.parse(run.out);
    expect(expected / orders).toBeGreaterThan(0.9);
    expect(expected / orders).toBeLessThan(1.1);
  });

  test("says all that is wrong at once, with exit code 1", async () => {
    const file = write(
      "bad.json",
      '{\n  "name": "bad",\n  "seed": -1,\n  "skies": 0,\n  "participants": { "castle": 1 }\n}\n',
    );
    const { code, out, err } = await call("scenario", "check", file);
    expect([code, err]).toEqual([1, ""]);
    expect(out.trimEnd().split("\n")).toEqual([
      `${file}: line 3, column 3: seed: wanted a whole number from 0 to 4294967295, got -1`,
      `${file}: line 4, column 3: skies: wanted a whole number from 1 to 16, got 0`,
      expect.stringMatching(/line 5, column 21: participants\.castle: wanted a key out of /),
    ]);
    const document = JSON.parse((await call("scenario", "check", file, "--json")).out);
    expect(document).toMatchObject({ good: false, problems: [{ code: "invalid" }, {}, {}] });
  });

  test("reads the files that it names: each may be wrong", async () => {
    write("weather.csv", "time,temperature,irradiance,wind\n2025-01-01T00:00Z,2.5,0,400\n");
    write("meters.csv", "participant,carrier,step,use,supply\na,electricity,0,x,0\n");
    const file = write(
      "files.json",
      '{ "name": "files", "participants": {}, "periods": 1, "weatherFile": "weather.csv", "profiles": { "file": "meters.csv", "stepMs": 30000 } }',
    );
    const { code, out } = await call("scenario", "check", file);
    expect(code).toBe(1);
    expect(out).toContain(`${at("weather.csv")}: line 2: wind: `);
    expect(out).toContain(`${at("meters.csv")}: line 2: use: `);
    expect(out.trimEnd().split("\n")).toHaveLength(2);
  });

  test("says what its profiles lack", async () => {
    write("gaps.csv", "participant,carrier,step,use,supply\na,electricity,3,1,0\n");
    const file = write(
      "gaps.json",
      '{ "name": "gaps", "participants": {}, "periods": 4, "profiles": { "file": "gaps.csv", "stepMs": 30000 } }',
    );
    expect((await call("scenario", "check", file)).out).toContain(
      "gaps.csv; 3 steps missing, which count as zero; the first: a, electricity, step 0",
    );
  });

  test("finds strategies of nobody", async () => {
    const file = write(
      "nobody.json",
      '{ "name": "nobody", "participants": { "home": 1 }, "strategies": { "ann": "truthful" } }',
    );
    const { code, out } = await call("scenario", "check", file);
    expect([code, out]).toEqual([1, expect.stringContaining("nobody.json: strategies.ann: ")]);
  });

  test("exits with 2 where there is nothing to judge", async () => {
    expect((await call("scenario", "check", at("nowhere.json"))).code).toBe(2);
  });
});

test("gridclear scenario schema prints what a validator takes", async () => {
  const { code, out } = await call("scenario", "schema");
  expect(code).toBe(0);
  const takes = new Ajv2020().compile(JSON.parse(out));
  expect(takes({ name: "x", participants: { home: 1 } })).toBe(true);
  expect(takes({ name: "x", participants: { castle: 1 } })).toBe(false);
});

test.each([
  [["scenario"], "init|check|schema"],
  [["scenario", "make"], "arguments"],
  [["scenario", "check"], "arguments"],
  [["scenario", "schema", "x"], "arguments"],
  [["scenario", "schema", "--json"], "--json"],
  [["scenario", "check", "small", "--from", "small"], "--from"],
])("%j is refused", async (args, named) => {
  const { code, err } = await call(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(named)]);
});
