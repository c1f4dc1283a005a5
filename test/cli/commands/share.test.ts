import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { shareCommand } from "../../../src/cli/commands/share.js";
import { gridclear } from "../../../src/cli/gridclear.js";
import { listening } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-share-"));
const readings = join(folder, "readings.csv");
const keyFile = join(folder, "key.json");

/** What the command says and its exit code, as a shell sees them. */
async function run(csv: string, key: unknown, ...more: string[]) {
  writeFileSync(readings, csv);
  writeFileSync(keyFile, typeof key === "string" ? key : JSON.stringify(key, null, 1));
  const { io, said } = listening();
  const given = key === null ? [] : ["--key", keyFile];
  const code = await gridclear(["share", readings, ...given, ...more], io);
  return { code, out: said.out, err: said.err };
}

// The worked case of docs/sharing.md, a tick of 1 kWh.
const worked = "participant,in,out\nA,3,0\nB,5,0\nC,2,0\nP,0,4\nQ,0,3\n";

test("the worked case, to the letter", async () => {
  const shares = { A: 500_000, B: 300_000, C: 200_000 };
  const { code, out, err } = await run(worked, { key: "static", shares, quantityTick: "1" }, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const none = { in: "0", out: "0", received: "0", rest: "0", supplied: "0", surplus: "0", unused: "0" };
  expect(out).toBe(
    `${JSON.stringify({
      key: "static",
      in: "10",
      out: "7",
      shared: "6",
      participants: [
        { participant: "A", ...none, in: "3", received: "3", unused: "1" },
        { participant: "B", ...none, in: "5", received: "2", rest: "3" },
        { participant: "C", ...none, in: "2", received: "1", rest: "1" },
        { participant: "P", ...none, out: "4", supplied: "3", surplus: "1" },
        { participant: "Q", ...none, out: "3", supplied: "3" },
      ],
    })}\n`,
  );
});

test("plants supply by rank, members are named in any order, and who is in no class comes last", async () => {
  const key = { key: "priority", classes: [["C"]], supply: "priority", supplyClasses: [["Q"], ["P"]] };
  const { code, out } = await run(worked, key, "--json");
  expect(code).toBe(0);
  const { participants, shared } = JSON.parse(out);
  const by = (column: string) =>
    Object.fromEntries(participants.map((row: Record<string, string>) => [row.participant, row[column]]));
  expect(shared).toBe("7");
  expect(by("received")).toEqual({ A: "1.875", B: "3.125", C: "2", P: "0", Q: "0" });
  expect(by("supplied")).toEqual({ A: "0", B: "0", C: "0", P: "4", Q: "3" });
});

test("without a key all receive in proportion; a person gets a table", async () => {
  const { code, out } = await run('out,participant,in\r\n1.5,"Müller, roof",0\r\n0,Ann,0.5\r\n', null);
  expect(code).toBe(0);
  expect(out).toContain("2 participants drew 0.5 kWh and injected 1.5 kWh; 0.5 kWh of it was shared");
  expect(out).toMatch(/^Müller, roof +0 +0 +0 +1\.5 +0\.5 +1$/m);
  expect(out).not.toContain("unused");
});

test("a file without rows shares nothing", async () => {
  const { code, out } = await run("participant,in,out\n", { key: "cascade", shares: {} }, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ key: "cascade", in: "0", out: "0", shared: "0", participants: [] });
});

describe("what is refused, with its place", () => {
  const fine = { key: "proportional" };
  const many = (key: string, more: object) => ({ key, ...more });
  const cases: readonly [string, string, unknown, string][] = [
    ["an empty file", "", fine, "readings.csv: line 1: header"],
    ["a column too few", "participant,in\nA,1\n", fine, "line 1: header: wanted a column out"],
    ["a column too many", "participant,in,out,id\n", fine, "line 1: header"],
    ["a column twice", "participant,in,in\n", fine, "line 1: header: wanted in once"],
    ["a participant twice", "participant,in,out\nA,1,0\nA,1,0\n", fine, "line 3: participant"],
    ["no name", "participant,in,out\n,1,0\n", fine, "line 2: participant"],
    ["two forms of a name", "participant,in,out\né,1,0\né,1,0\n", fine, "line 3: participant"],
    ["an empty cell", "participant,in,out\nA,,0\n", fine, "line 2: in"],
    ["a reading below 0", "participant,in,out\nA,1,-2\n", fine, "line 2: out"],
    ["half a tick", "participant,in,out\nA,0.0000001,0\n", fine, "line 2: in"],
    ["a reading too large", "participant,in,out\nA,4294.967296,0\n", fine, "line 2: in"],
    ["a decimal comma", 'participant,in,out\nA,"1,5",0\n', fine, "line 2: in"],
    ["no JSON", worked, "{", "key.json: line 1, column 2"],
    ["no object", worked, "[]", "key.json: line 1, column 1"],
    ["an unknown word", worked, many("fair", {}), "line 2, column 2: key:"],
    ["an unknown entry", worked, many("equal", { note: 1 }), "line 3, column 2: note"],
    ["an entry twice", worked, '{"key":"equal","key":"equal"}', "line 1, column 16: key"],
    ["shares that are missing", worked, many("static", {}), "shares: wanted shares with key static"],
    ["shares with another key", worked, many("equal", { shares: {} }), "line 3, column 2: shares"],
    ["classes that are missing", worked, many("priority", {}), "classes: wanted classes with key priority"],
    ["classes with another key", worked, many("cascade", { classes: [["A"]], shares: {} }), "classes"],
    ["supply classes alone", worked, { supplyClasses: [["P"]] }, "line 2, column 2: supplyClasses"],
    ["supply by rank without classes", worked, { supply: "priority" }, "supplyClasses"],
    ["an unknown supply", worked, { supply: "equal" }, "line 2, column 2: supply"],
    ["a share that is no whole number", worked, many("static", { shares: { A: 0.5 } }), "column 3: shares.A"],
    ["a share as text", worked, many("static", { shares: { A: "5" } }), "shares.A"],
    ["a share below 0", worked, many("static", { shares: { A: -1 } }), "shares.A"],
    ["more than the whole", worked, many("cascade", { shares: { A: 600_000, B: 400_001 } }), "shares.B"],
    ["the share of nobody", worked, many("static", { shares: { Z: 1 } }), "line 4, column 3: shares.Z"],
    ["an empty class", worked, many("priority", { classes: [["A"], []] }), "classes[1]"],
    ["a class of nobody", worked, many("priority", { classes: [["Z"]] }), "classes[0][0]"],
    ["a name in two classes", worked, many("priority", { classes: [["A"], ["A"]] }), "classes[1][0]"],
    ["a name twice in one", worked, many("priority", { classes: [["A", "A"]] }), "classes[0][1]"],
    ["a name that is none", worked, many("priority", { classes: [[7]] }), "classes[0][0]"],
    ["a tick of nothing", worked, { quantityTick: "0" }, "line 2, column 2: quantityTick"],
  ];
  test.each(cases)("%s", async (_, csv, key, field) => {
    const { code, out, err } = await run(csv, key, "--json");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(field);
    expect(err.trimEnd()).not.toContain("\n");
  });
});

test("names that objects have of themselves are names like others", async () => {
  const csv = "participant,in,out\n__proto__,1,0\nconstructor,1,0\nP,0,1\n";
  const key = '{ "key": "static", "shares": { "__proto__": 250000, "constructor": 750000 } }';
  const { code, out } = await run(csv, key, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out).participants.map((row: { received: string }) => row.received)).toEqual([
    "0.25",
    "0.75",
    "0",
  ]);
});

test("the command says what it takes", () => {
  expect(shareCommand.usage).toContain("gridclear share READINGS.csv [--key KEY.json] [--json]");
});
