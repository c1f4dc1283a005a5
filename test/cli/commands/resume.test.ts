// A ledger goes on with the scenario it was begun with, and with no other.
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, quick } from "../../support/commands.js";

let folder: string;
const at = (name: string): string => join(folder, name);
const file = async (name: string, scenario: object): Promise<string> => {
  await writeFile(at(name), JSON.stringify(scenario));
  return at(name);
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-scenario-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  [
    "weather",
    { ...quick, weather: "overcast" },
    'scenario.weather: wanted "clear", with which the ledger was begun, got "overcast"',
  ],
  [
    "faults",
    { ...quick, faults: { missing: 3000 } },
    "scenario.faults.missing: wanted 2000, with which the ledger was begun, got 3000",
  ],
  ["periods", { ...quick, periods: 7 }, "scenario.periods: wanted 6, with which the ledger was begun, got 7"],
  ["seed", { ...quick, seed: 8 }, "scenario.seed: wanted 7, with which the ledger was begun, got 8"],
  [
    "members",
    { ...quick, participants: { home: 5, solar: 2, business: 1 } },
    "scenario.participants.home: wanted 4, with which the ledger was begun, got 5",
  ],
  ["name", { ...quick, name: "slow" }, 'scenario: wanted quick, with which the ledger was begun, got "slow"'],
])("a changed scenario is named: %s", async (name, changed, said) => {
  const ledger = at(`ledger-${name}`);
  expect((await call("run", await file("a.json", quick), "--ledger", ledger, "--periods", "2")).code).toBe(0);
  const refused = await call("run", await file("b.json", changed), "--ledger", ledger);
  expect(refused).toMatchObject({ code: 2, out: "" });
  expect(refused.err).toContain(`gridclear: ${ledger}: scenario`);
  expect(refused.err).toContain(said);
  // The same scenario goes on, however its file is laid out.
  await writeFile(at("a.json"), JSON.stringify(Object.fromEntries(Object.entries(quick).reverse()), null, 2));
  expect((await call("run", at("a.json"), "--ledger", ledger)).code).toBe(0);
});

test.each([
  ["UTF-16", "\ufeff", "utf16le", 'line 1: text: wanted UTF-8 text, got "UTF-16"'],
  ["UTF-16 without its mark", "", "utf16le", 'line 1: text: wanted UTF-8 text, got "UTF-16"'],
  ["Latin-1", "", "latin1", 'line 2: text: wanted UTF-8 text, got "bytes that are not"'],
] as const)("a scenario in %s is refused by that, and nothing is begun", async (_, mark, encoding, said) => {
  const scenario = JSON.stringify({ ...quick, description: "Häuser" }, null, 2).replace(/\n(?! *"desc)/g, "");
  await writeFile(at("other.json"), Buffer.from(mark + scenario, encoding));
  const refused = await call("run", at("other.json"), "--ledger", at("ledger-other"));
  expect(refused).toMatchObject({ code: 2, out: "", err: `gridclear: ${at("other.json")}: ${said}\n` });
  expect(existsSync(at("ledger-other"))).toBe(false);
});

test("measured profiles that were replaced are seen", async () => {
  const scenario = { ...quick, profiles: { file: "p.csv", stepMs: 900_000 } };
  const rows = (use: string): string =>
    `participant,carrier,step,use,supply\n${[0, 1, 2, 3, 4, 5].map((step) => `m,electricity,${step},${use},0\n`).join("")}`;
  const path = await file("measured.json", scenario);
  await writeFile(at("p.csv"), rows("0.4"));
  const ledger = at("ledger-profiles");
  expect((await call("run", path, "--ledger", ledger, "--periods", "2")).code).toBe(0);
  await writeFile(at("p.csv"), rows("0.1"));
  const refused = await call("run", path, "--ledger", ledger);
  expect(refused).toMatchObject({
    code: 2,
    err: expect.stringContaining("profiles: wanted the measured profiles with which the ledger was begun"),
  });
  // The same amounts at other steps are another profile too.
  const moved = rows("0.4").replace("m,electricity,3,0.4,0\n", "").replace("m,electricity,2,0.4,0\n", "");
  await writeFile(at("p.csv"), `${moved}m,electricity,2,0.4,0\n`);
  const gap = await call("run", path, "--ledger", at("ledger-gap"), "--periods", "2");
  expect(gap.code).toBe(0);
  await writeFile(at("p.csv"), `${moved}m,electricity,3,0.4,0\n`);
  expect(await call("run", path, "--ledger", at("ledger-gap"))).toMatchObject({
    code: 2,
    err: expect.stringContaining("profiles: wanted the measured profiles with which the ledger was begun"),
  });
  await writeFile(at("p.csv"), rows("0.4"));
  expect((await call("run", path, "--ledger", ledger)).code).toBe(0);
});

test("a ledger goes on with its key, or without one as it began", async () => {
  await call("keys", "make", at("key"));
  await call("keys", "make", at("key2"));
  const path = await file("signed.json", quick);
  const run = (ledger: string, ...more: string[]) =>
    call("run", path, "--ledger", at(ledger), "--periods", "1", ...more);
  expect((await run("signed", "--key", at("key"))).code).toBe(0);
  expect((await run("unsigned")).code).toBe(0);
  for (const refused of [
    await run("signed"),
    await run("signed", "--key", at("key2")),
    await run("unsigned", "--key", at("key")),
  ])
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringContaining("platform key: wanted "),
    });
  expect((await run("signed", "--key", at("key"))).code).toBe(0);
});

test("another bundled scenario is refused in a sentence", async () => {
  expect((await call("run", "small", "--ledger", at("of-small"), "--periods", "1")).code).toBe(0);
  expect(await call("run", "winter", "--ledger", at("of-small"))).toMatchObject({
    code: 2,
    err: `gridclear: ${at("of-small")}: scenario: wanted small, with which the ledger was begun, got "winter"\n`,
  });
});
