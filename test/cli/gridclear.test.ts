// The command line as a whole: help, misspelt words, and what every command says when a file or the disk fails it.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineCommand } from "../../src/cli/command.js";
import { commandNames } from "../../src/cli/gridclear.js";
import { closest } from "../../src/cli/parts/closest.js";
import { problemOf } from "../../src/cli/parts/problem.js";
import { GridclearError } from "../../src/errors.js";
import { call, listening } from "../support/commands.js";

describe("help", () => {
  test.each(commandNames)("of %s names every exit code and fits 80 columns", async (name) => {
    const { code, out, err } = await call(name, "--help");
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(out).toMatch(/^Usage: gridclear /);
    const exits = out.slice(out.indexOf("Exit codes:\n"));
    for (const exit of ["0", "2", "3", "130"]) expect(exits).toMatch(new RegExp(`^${exit} +\\S`, "m"));
    for (const asked of [
      ["help", name],
      [name, "-h"],
      ["--help", name],
      [name, "x", "--help"],
    ])
      expect(await call(...asked)).toEqual({ code: 0, out, err: "" });
  });

  test("lists the commands; without a command that is a mistake", async () => {
    const { code, out } = await call("help");
    expect(code).toBe(0);
    for (const name of commandNames) expect(out).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(await call("--help")).toEqual({ code: 0, out, err: "" });
    expect(await call()).toEqual({ code: 2, out: "", err: out });
  });

  test("the version, however it is asked for", async () => {
    for (const asked of ["--version", "-V", "-v"])
      expect(await call(asked)).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe("words that are none", () => {
  test.each([
    ["clera", "clear"],
    ["verfy", "verify"],
    ["Export", "export"],
    ["statment", "statement"],
    ["proof", "prove"],
  ])("%s: did you mean %s?", async (given, meant) => {
    for (const args of [[given], [given, "--help"], ["help", given]])
      expect(await call(...args)).toMatchObject({
        code: 2,
        out: "",
        err: expect.stringContaining(`(did you mean ${meant}?)`),
      });
  });

  test("a word that is near to none is only refused", async () => {
    for (const given of ["bake", "constructor", "__proto__", "-x", "", "v".repeat(10_000)]) {
      const { code, err } = await call(given);
      expect([code, err.includes("did you mean")]).toEqual([2, false]);
      expect(err).toMatch(/^gridclear: command: wanted one of \P{Cc}+\n$/u);
    }
  });

  test("a word too many, and what was meant, stand in the message", async () => {
    for (const [args, wanted] of [
      [["help", "clear", "extra"], 'command: wanted one command to help with, got "clear extra"'],
      [["demo", "small"], 'arguments: wanted options alone, got "small"'],
      [["clear", "--json=1", "x"], '--json: wanted a switch, without a value, got "--json=1"'],
      [["export", "x"], 'directory, got "none"'],
      [["prove", "x"], "what to prove: wanted one of --order, "],
      [["prove", "x", "--head", "--block", "1"], 'got "--block and --head"'],
    ] as const) {
      const { code, err } = await call(...args);
      expect([code, err]).toEqual([2, expect.stringContaining(wanted)]);
    }
  });

  test("options are told apart alike by every command", async () => {
    for (const name of commandNames) {
      const { code, err } = await call(name, "--jsno");
      expect([name, code, err.split("\n").length]).toEqual([name, 2, 2]);
      expect(err).toContain("--jsno");
    }
    expect((await call("run", "small", "--perids", "3")).err).toContain("did you mean --periods?");
    expect((await call("keys", "show", "k", "--jsno")).err).toContain("did you mean --json?");
  });

  test("distances count letters put in, left out, changed and swapped", () => {
    const known = ["clear", "verify"];
    for (const [given, found] of [
      ["clear", "clear"],
      ["cler", "clear"],
      ["cleaar", "clear"],
      ["clera", "clear"],
      ["clxxr", "clear"],
      ["cxxxr", null],
      ["veirfy", "verify"],
      ["yfirev", null],
    ] as const)
      expect([given, closest(given, known)]).toEqual([given, found]);
  });
});

describe("the reader of arguments", () => {
  const command = defineCommand({
    name: "try",
    summary: "tries",
    forms: ["FILE [OTHER]"],
    about: "Tries.",
    arguments: [
      { name: "FILE", help: "a file" },
      { name: "OTHER", help: "another", optional: true },
    ],
    options: {
      one: { value: "X", help: "one" },
      many: { value: "X", many: true, help: "many" },
      preset: { value: "X", default: "p", help: "preset" },
      on: { help: "a switch" },
    },
    exits: { 0: "tried" },
    run: async (given, io) => {
      io.out(JSON.stringify(given));
      return 0;
    },
  });
  const read = async (...args: string[]): Promise<unknown> => {
    const { io, said } = listening();
    await command.run(args, io);
    return JSON.parse(said.out);
  };

  test("knows values, lists, presets and switches", async () => {
    expect(await read("a")).toEqual({ arguments: ["a"], options: { many: [], preset: "p", on: false } });
    expect(await read("--many", "1", "a", "--on", "--many=2", "--one=-3", "b", "--preset", "-")).toEqual({
      arguments: ["a", "b"],
      options: { one: "-3", many: ["1", "2"], preset: "-", on: true },
    });
    expect(await read("--", "--on")).toMatchObject({ arguments: ["--on"], options: { on: false } });
  });

  test.each([
    [["a", "--one"], "--one"],
    [["a", "--one", ""], "--one"],
    [["a", "--one="], "--one"],
    [["", "b"], "FILE"],
    [["a", ""], "OTHER"],
    [["a", "--one", "--on"], "--one"],
    [["a", "--one", "1", "--one", "2"], "--one"],
    [["a", "--on=yes"], "--on"],
    [["a", "--no-on"], "arguments"],
    [["a", "--constructor"], "arguments"],
    [["a", "-o"], "arguments"],
    [[], "arguments"],
    [["a", "b", "c"], "arguments"],
  ])("refuses what is missing, doubled or too much: %j", async (args, field) => {
    await expect(read(...args)).rejects.toMatchObject({ code: "invalid", field });
  });
});

describe("what a failure is", () => {
  test("errors of the package and of the system are one line, faults of the program tell where", () => {
    const ours = new GridclearError("conflict", { field: "a\nb", wanted: "c", got: "d" });
    expect(problemOf(ours)).toEqual({ text: 'a\\u000ab: wanted c, got "d"', exitCode: 2 });
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      errno: -28,
      syscall: "write",
    });
    expect(problemOf(full)).toEqual({ text: "no space left on device (write)", exitCode: 2 });
    const fault = problemOf(new RangeError("Maximum call stack size exceeded"));
    expect(fault.exitCode).toBe(3);
    expect(fault.text).toContain("Please report it");
    expect(fault.text).toContain("gridclear.test.ts");
    expect(problemOf(undefined).exitCode).toBe(3);
  });
});

/** Places that fail whoever reads or writes there. */
const folder = mkdtempSync(join(tmpdir(), "gridclear-faults-"));
const at = (...names: string[]): string => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a file or folder that fails a command is a sentence and exit code 2", () => {
  beforeAll(async () => {
    writeFileSync(at("file"), "");
    writeFileSync(at("orders.csv"), "side,id,quantity,price\noffer,a,1,1\n");
    mkdirSync(at("folder"));
    writeFileSync(at("folder", "letter"), "dear diary");
    symlinkSync(at("nowhere"), at("dangling"));
    await call("keys", "make", at("key"));
    const made = await call("run", "small", "--ledger", at("ledger"), "--periods", "1", "--key", at("key"));
    expect(made.code).toBe(0);
    chmodSync(at("key"), 0o600);
  });

  const bad = {
    missing: () => at("nowhere"),
    "below a file": () => at("file", "x"),
    "in a folder that is not there": () => at("nowhere", "x"),
    "a dangling link": () => at("dangling"),
    "a folder": () => at("folder"),
    "an empty file": () => at("file"),
  };
  type Bad = keyof typeof bad;
  const unreadable: readonly Bad[] = [
    "missing",
    "below a file",
    "in a folder that is not there",
    "a dangling link",
    "a folder",
    "an empty file",
  ];
  const unwritable: readonly Bad[] = ["below a file", "in a folder that is not there", "a folder"];

  const reading: { readonly [name: string]: (path: string) => string[] } = {
    "clear ORDERS": (path) => ["clear", path],
    "clear --rules": (path) => ["clear", at("orders.csv"), "--rules", path],
    run: (path) => ["run", path, "--ledger", at("never")],
    "run --key": (path) => ["run", "small", "--ledger", at("never"), "--key", path],
    verify: (path) => ["verify", path],
    "verify --proof": (path) => ["verify", "--proof", path, at("ledger")],
    "verify --receipt": (path) => ["verify", "--receipt", path, at("ledger")],
    "verify --proof --checkpoint": (path) => ["verify", "--proof", path, "--checkpoint", path],
    statement: (path) => ["statement", path, "home-01"],
    prove: (path) => ["prove", path, "--head"],
    "prove --key": (path) => ["prove", at("ledger"), "--head", "--key", path],
    "prove --fork": (path) => ["prove", at("ledger"), "--fork", path, "--fork", path],
    export: (path) => ["export", path, "--format", "json", "--output", at("never.json")],
    "keys show": (path) => ["keys", "show", path],
    "witness --follow": (path) => ["witness", "--follow", path, "--once"],
    "witness --key": (path) => ["witness", "--follow", at("ledger"), "--once", "--key", path],
  };
  const writing: { readonly [name: string]: (path: string) => string[] } = {
    "run --ledger": (path) => ["run", "small", "--periods", "1", "--ledger", path],
    "run --receipts": (path) => [
      ...["run", "small", "--periods", "1", "--ledger", at("ledger")],
      ...["--key", at("key"), "--receipts", path],
    ],
    demo: (path) => ["demo", "--ledger", path],
    "prove --out": (path) => ["prove", at("ledger"), "--head", "--out", path],
    "export json": (path) => ["export", at("ledger"), "--format", "json", "--output", path],
    "export file": (path) => ["export", at("ledger"), "--format", "file", "--output", path],
    "export directory": (path) => ["export", at("ledger"), "--format", "directory", "--output", path],
    "keys make": (path) => ["keys", "make", path],
    "witness --ledger": (path) => ["witness", "--follow", at("ledger"), "--once", "--ledger", path],
  };
  /** What may be written to where nothing is yet: folders are made. */
  const allowed = new Set([
    "run --ledger: in a folder that is not there",
    "demo: in a folder that is not there",
    "witness --ledger: in a folder that is not there",
    "export directory: in a folder that is not there",
  ]);

  /** What is a verdict: a file that claims to be a ledger and is none. */
  const verdicts = new Set(["verify: an empty file"]);

  const cases = [
    ...Object.entries(reading).flatMap(([name, args]) => unreadable.map((fault) => ({ name, args, fault }))),
    ...Object.entries(writing).flatMap(([name, args]) => unwritable.map((fault) => ({ name, args, fault }))),
  ].filter(({ name, fault }) => !allowed.has(`${name}: ${fault}`) && !verdicts.has(`${name}: ${fault}`));

  test.each(["json", "file", "csv", "directory"])(
    "export %s writes nothing into the ledger",
    async (format) => {
      const inside = join(at("ledger"), "export");
      const { code, err } = await call("export", at("ledger"), "--format", format, "--output", inside);
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringContaining("--output: wanted a place outside of the ledger"),
      });
      expect(existsSync(inside)).toBe(false);
    },
  );

  test.each(cases)("$name: $fault", async ({ args, fault }) => {
    const { code, out, err } = await call(...args(bad[fault]()));
    expect({ code, out }, err).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/gridclear: \P{Cc}+\n$/u);
    expect(err).not.toMatch(/ at .*:\d+:\d+|Please report/);
    // Reasons are in words, not in the system's codes.
    expect(err).not.toMatch(/\bE[A-Z]{4,}\b/);
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk", async () => {
    for (const args of [
      ["prove", at("ledger"), "--head", "--out", "/dev/full"],
      [
        "run",
        "small",
        "--ledger",
        at("other"),
        "--periods",
        "1",
        "--key",
        at("key"),
        "--receipts",
        "/dev/full",
      ],
    ]) {
      const { code, err } = await call(...args);
      expect([code, err.split("\n").length], err).toEqual([2, 2]);
    }
  });
});
