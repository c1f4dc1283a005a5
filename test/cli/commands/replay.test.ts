// `gridclear replay`: the example of docs/replay.md as it stands there, the JSON document, and what is refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportCommand } from "../../../src/cli/commands/export.js";
import { replayCommand } from "../../../src/cli/commands/replay.js";
import { runCommand } from "../../../src/cli/commands/run.js";
import { gridclear } from "../../../src/cli/gridclear.js";
import { call, listening, run } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-replayed-"));
const ledger = join(folder, "small-ledger");
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const page = readFileSync(new URL("../../../docs/replay.md", import.meta.url), "utf8");
const fence = (opening: string): string =>
  page
    .slice(page.indexOf(opening) + opening.length)
    .split("\n```")[0]!
    .trim();
const rules = file("rules.json", fence("\n```json\n"));

beforeAll(async () => {
  expect((await run(runCommand, "small", "--ledger", ledger)).code).toBe(0);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("gridclear replay", () => {
  test("says of the example what the page says", async () => {
    const { code, out } = await call("replay", ledger, "--with", rules);
    expect(code).toBe(0);
    const said = out.replace(
      `${ledger} under the rules of ${rules}`,
      "small-ledger under the rules of rules.json",
    );
    const wanted = fence("says:\n\n```\n").split("\n");
    expect(wanted.length).toBeGreaterThan(15);
    let at = 0;
    for (const line of wanted) {
      if (line === "…") continue;
      const found = said.indexOf(line === "" ? "\n" : `${line}\n`, at);
      expect(found, line).toBeGreaterThanOrEqual(at);
      at = found + line.length;
    }
    expect(said).toMatch(/^97 blocks with 6 075 orders executed twice in [0-9.]+ s\. This is a calculation/m);
  });

  test("gives exact decimals as JSON, of a file as of a directory, and shows how far it is", async () => {
    const exported = join(folder, "ledger.gcl");
    await run(exportCommand, ledger, "--format", "file", "--output", exported);
    const { io, said } = listening(true);
    expect(await gridclear(["replay", exported, "--with", rules, "--json"], io)).toBe(0);
    const document = JSON.parse(said.out);
    expect(said.err).toContain("97 blocks");
    const directory = JSON.parse((await run(replayCommand, ledger, "--with", rules, "--json")).out);
    expect({ ...directory, ledger: exported, durationMs: 0 }).toEqual({ ...document, durationMs: 0 });
    // Sums of exact decimals: what each gains is what all gain.
    const ticks = (text: string): bigint => {
      const [whole, fraction = ""] = text.replace("-", "").split(".");
      return BigInt(`${text.startsWith("-") ? "-" : ""}${whole}${fraction.padEnd(12, "0")}`);
    };
    const gains = document.members.map(({ gain }: { gain: string }) => ticks(gain));
    expect(gains.reduce((sum: bigint, gain: bigint) => sum + gain, 0n)).toBe(ticks(document.together.gain));
    expect(document.members[0].before.served).toMatchObject({ cold: "0" });
    expect(document.refused).toEqual({ orders: 0, readings: 0, contracts: 0, first: null });
  });

  test("changes nothing under rules that change nothing", async () => {
    const { out } = await run(replayCommand, ledger, "--with", file("nothing.json", "{}"), "--json");
    const { members, together } = JSON.parse(out);
    expect(together).toMatchObject({ gain: "0" });
    for (const { before, after, gain } of members) expect([after, gain]).toEqual([before, "0"]);
  });

  test.each([
    [
      '{\n"tariffs": { "heat": { "retial": "1" } } }',
      /bad\.json: line 2\b[^:]*: tariffs\.heat\.retial: wanted a key out of/,
    ],
    ['{ "without": ["nobody"] }', /rules: without\[0\]: wanted a participant of the ledger/],
    ["[]", /line 1\b[^:]*: rules: wanted an object/],
    ['{ "copies": [], "copies": [] }', /copies: wanted each key once/],
    [
      '{ "clearing": { "electricity": { "mechanism": "merit", "pricing": "uniform" } } }',
      /rules: block 0: area\/town/,
    ],
  ])("refuses %s", async (text, message) => {
    const { code, out, err } = await call("replay", ledger, "--with", file("bad.json", text));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err.split("\n").length).toBe(2);
  });

  test("needs rules, and a ledger that holds", async () => {
    expect(await call("replay", ledger)).toMatchObject({ code: 2, out: "" });
    expect(await call("replay", folder, "--with", rules)).toMatchObject({ code: 2, out: "" });
  });
});
