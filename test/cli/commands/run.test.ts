import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCommand } from "../../../src/cli/commands/demo.js";
import { runCommand } from "../../../src/cli/commands/run.js";
import { statementCommand } from "../../../src/cli/commands/statement.js";
import { auditLedger } from "../../../src/cli/parts/audit.js";
import { table } from "../../../src/cli/parts/table.js";
import { run as call } from "../../support/commands.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-commands-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A quick scenario: six hours of forty participants in quarters of an hour. */
const quick = {
  name: "quick",
  seed: 11,
  periods: 24,
  periodMs: 900_000,
  participants: {
    home: 20,
    business: 3,
    industry: 1,
    car: 4,
    solar: 2,
    wind: 1,
    chp: 1,
    heatpump: 1,
    supplier: 1,
    storage: 2,
  },
};

async function scenarioFile(name = "quick.json", value: unknown = quick): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}

interface RunDocument {
  readonly complete: boolean;
  readonly head: string;
  readonly blocks: number;
  readonly money: { readonly closes: boolean };
  readonly energy: Record<string, { readonly closes: boolean }>;
  readonly ran: { readonly periods: number };
}

const runDocument = async (ledger: string, ...more: string[]): Promise<RunDocument> => {
  const { code, out } = await call(
    runCommand,
    await scenarioFile(),
    "--ledger",
    join(folder, ledger),
    "--json",
    ...more,
  );
  expect(code).toBe(0);
  return JSON.parse(out) as RunDocument;
};

describe("gridclear run", () => {
  it("seals every period, closes its sums, and its ledger verifies", async () => {
    const document = await runDocument("whole");
    expect(document).toMatchObject({ complete: true, blocks: 25, money: { closes: true } });
    for (const balance of Object.values(document.energy)) expect(balance.closes).toBe(true);
    expect(await auditLedger(join(folder, "whole"))).toMatchObject({
      ok: true,
      blocks: 25,
      hash: document.head,
    });
  });

  it("goes on where it was stopped and comes to the same head", async () => {
    const whole = await runDocument("at-once");
    expect(await runDocument("parts", "--periods", "7")).toMatchObject({
      complete: false,
      ran: { periods: 7 },
    });
    expect(await runDocument("parts", "--periods", "6")).toMatchObject({
      complete: false,
      ran: { periods: 6 },
    });
    expect(await runDocument("parts")).toMatchObject({
      complete: true,
      head: whole.head,
      ran: { periods: 11 },
    });
    expect(await runDocument("parts")).toMatchObject({
      complete: true,
      head: whole.head,
      ran: { periods: 0 },
    });
  });

  it("tells a person where energy and money went", async () => {
    const { out, err } = await call(runCommand, await scenarioFile(), "--ledger", join(folder, "told"));
    expect(out).toMatch(/^quick: 2026-07-15, 24 periods of 900 s, 36 participants\n/);
    expect(out).toContain("sums close: yes, to the last mWh\n");
    expect(out).toContain("sums close: yes, debits equal credits to the last tick\n");
    expect(out).toMatch(/\nhead {3}[0-9a-f]{64}\n$/);
    expect(err).toBe("");
  });

  it("says whose orders were refused, and ends with 1", async () => {
    const short = await scenarioFile("short.json", { ...quick, deposit: 10 });
    const ledger = join(folder, "short");
    const told = await call(runCommand, short, "--ledger", ledger);
    expect(told.code).toBe(1);
    expect(told.out).toMatch(
      /\n[0-9 ,]+ orders were REFUSED and are in no block: the first for [a-z]+ by [a-z]+-\d\d in period \d+ \(the first of this call: /,
    );
    const { code, out } = await call(runCommand, short, "--ledger", ledger, "--json");
    const again = JSON.parse(out);
    expect(code).toBe(1);
    expect(again.refusedOrders).toBeGreaterThan(0);
    expect(again.firstRefused).toMatchObject({ period: expect.any(Number) });
    expect(again.firstRefusal).toBe(null);
  });

  it("has everybody bid by a strategy that comes along, or by a function in a file", async () => {
    const own = await scenarioFile();
    const module = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    };
    const half = await module("half.mjs", "export default ({ worth }) => Math.floor(worth / 2);\n");
    const prices = async (ledger: string, strategy: string) => {
      const { code, out } = await call(
        runCommand,
        own,
        "--ledger",
        join(folder, ledger),
        "--json",
        "--strategy",
        strategy,
      );
      expect(code).toBe(0);
      return JSON.parse(out).energy.electricity.averagePrice;
    };
    // Buyers offer half of what the grid asks, and sellers ask half of what it pays them.
    expect(Number(await prices("half", half))).toBeLessThanOrEqual(0.26);
    expect(Number(await prices("truthful", "truthful"))).toBeGreaterThan(0.26);
    const again = (strategy: string) =>
      call(runCommand, own, "--ledger", join(folder, "half"), "--json", "--strategy", strategy);
    expect((await again(half)).code).toBe(0);
    const third = await module("third.mjs", "export default ({ worth }) => Math.floor(worth / 3);\n");
    await expect(again(third)).rejects.toMatchObject({ code: "conflict" });
    for (const wrong of [
      "greedy",
      await module("none.mjs", "export const strategy = 1;\n"),
      join(folder, "no.mjs"),
    ])
      await expect(again(wrong)).rejects.toMatchObject({ code: "invalid" });
  });

  it("refuses what it can't read or go on with", async () => {
    const wrong = await scenarioFile("wrong.json", "{");
    const ledger = join(folder, "refused");
    await expect(call(runCommand, "nowhere.json", "--ledger", ledger)).rejects.toMatchObject({
      code: "invalid",
    });
    await expect(call(runCommand, wrong, "--ledger", ledger)).rejects.toMatchObject({
      field: `${wrong}: line 1, column 2: scenario`,
    });
    await expect(call(runCommand, "--ledger", ledger)).rejects.toMatchObject({ field: "SCENARIO" });
    const own = await scenarioFile();
    await expect(call(runCommand, own, "--ledger", ledger, "--periods", "0")).rejects.toMatchObject({
      field: "--periods",
    });
    await expect(call(runCommand, own, "--quickly")).rejects.toMatchObject({
      wanted: "an option of gridclear run (gridclear run --help lists them)",
    });
    expect(await readdir(folder)).not.toContain("refused");
    await runDocument("other", "--periods", "1");
    await expect(
      call(
        runCommand,
        await scenarioFile("seed.json", { ...quick, seed: 12 }),
        "--ledger",
        join(folder, "other"),
      ),
    ).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("gridclear run of a scenario that shares", () => {
  it("says what was shared, and what own suppliers took for the rest", async () => {
    const scenario = await scenarioFile("shares.json", {
      name: "shares",
      periods: 96,
      periodMs: 900_000,
      participants: { home: 6, solar: 1 },
      rules: { electricity: { mechanism: "share", communities: [{ name: "house", price: "0.14" }] } },
    });
    const args = [scenario, "--ledger", join(folder, "shares")];
    const { code, out } = await call(runCommand, ...args);
    expect(code).toBe(0);
    expect(out).toMatch(/\nmetered, shared inside +[1-9]/);
    expect(out).toMatch(/\n +without +paid +supplier +imbalances +making +forgone +stores +saved\n/);
    expect(out).toMatch(/\nshared in communities +[1-9]/);
    const { energy, savings } = JSON.parse((await call(runCommand, ...args, "--json")).out);
    const { drawn, shared } = energy.electricity.metered;
    expect(Number(shared)).toBeGreaterThan(0);
    expect(energy.electricity.selfSufficiency).toBeCloseTo(shared / drawn, 5);
    expect(Number(savings.together.supplier)).not.toBe(0);
    // Whoever orders all carriers has no such column.
    expect(
      (await call(runCommand, await scenarioFile(), "--ledger", join(folder, "orders"))).out,
    ).not.toMatch(/supplier +imbalances|metered, /);
  });
});

describe("a run that is killed", () => {
  const script = join(root, "node_modules", ".cache", `gridclear-run-${process.pid}.mjs`);
  beforeAll(async () => {
    await mkdir(join(root, "node_modules", ".cache"), { recursive: true });
    await build({
      stdin: {
        contents: `import { runCommand } from "./src/cli/commands/run.ts";
          const io = { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text), columns: 80, isTTY: true };
          process.exitCode = await runCommand.run(process.argv.slice(2), io);`,
        resolveDir: root,
      },
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      outfile: script,
      logLevel: "error",
    });
  });
  afterAll(() => rm(script, { force: true }));

  /** Runs in a process of its own, which gets the signal after so many signs of life; how it ended. */
  const run = (
    ledger: string,
    scenario: string,
    signal?: NodeJS.Signals,
    after = 0,
  ): Promise<number | string | null> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, scenario, "--ledger", ledger, "--json"], { cwd: root });
      let lives = 0;
      child.stderr.on("data", () => {
        lives += 1;
        if (signal !== undefined && lives === after) child.kill(signal);
      });
      child.stdout.resume();
      child.on("error", reject);
      child.on("exit", (code, by) => resolve(by ?? code));
    });

  it("by SIGKILL or by SIGINT goes on and comes to the same head", async () => {
    const scenario = await scenarioFile("long.json", {
      ...quick,
      name: "long",
      periods: 240,
      periodMs: 60_000,
    });
    const whole = join(folder, "unkilled");
    expect(await run(whole, scenario)).toBe(0);
    const killed = join(folder, "killed");
    expect(await run(killed, scenario, "SIGKILL", 2)).toBe("SIGKILL");
    expect(await run(killed, scenario, "SIGINT", 3)).toBe(130);
    expect(await run(killed, scenario)).toBe(0);
    const [expected, found] = [await auditLedger(whole), await auditLedger(killed)];
    expect(found).toMatchObject({ ok: true, blocks: 241 });
    expect(found.ok && expected.ok && found.hash === expected.hash).toBe(true);
  });
});

describe("gridclear demo", () => {
  it("leaves alone what it did not make", async () => {
    const foreign = join(folder, "foreign");
    await mkdir(foreign);
    await writeFile(join(foreign, "letter.txt"), "dear diary");
    await expect(call(demoCommand, "--ledger", foreign)).rejects.toMatchObject({ code: "conflict" });
    expect(await readdir(foreign)).toEqual(["letter.txt"]);
    await runDocument("not-a-demo", "--periods", "2");
    await expect(call(demoCommand, "--ledger", join(folder, "not-a-demo"))).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await auditLedger(join(folder, "not-a-demo"))).toMatchObject({ ok: true, blocks: 3 });
  });
});

describe("gridclear statement", () => {
  it("shows sums, entries, JSON and CSV that say the same", async () => {
    await runDocument("stated");
    const ledger = join(folder, "stated");
    const sums = await call(statementCommand, ledger, "home-01");
    expect(sums.out).toMatch(/^home-01, 25 blocks\n/);
    const json = JSON.parse((await call(statementCommand, ledger, "home-01", "--json")).out) as {
      balance: string;
      entries: { amount: string; fee: string; balance: string }[];
    };
    const csv = (await call(statementCommand, ledger, "home-01", "--csv")).out.trimEnd().split("\r\n");
    expect(csv.length).toBe(json.entries.length + 1);
    expect(csv[0]).toBe("period,end,carrier,entry,counterparty,about,energy,price,amount,fee,balance");
    expect(json.entries.at(-1)!.balance).toBe(json.balance);
    // Amounts less fees sum to the balance, in whole ticks of 10⁻¹².
    const ticks = (text: string) => {
      const [whole, fraction = ""] = text.replace("-", "").split(".");
      const value = BigInt(whole! + fraction.padEnd(12, "0"));
      return text.startsWith("-") ? -value : value;
    };
    const sum = json.entries.reduce((total, entry) => total + ticks(entry.amount) - ticks(entry.fee), 0n);
    expect(sum).toBe(ticks(json.balance));
    const some = await call(statementCommand, ledger, "home-01", "--period", "3..5");
    expect(some.out).toContain("balance");
  });

  it("refuses unknown participants, ranges and ledgers", async () => {
    const ledger = join(folder, "stated");
    await expect(call(statementCommand, ledger, "nobody")).rejects.toMatchObject({ field: "PARTICIPANT" });
    await expect(call(statementCommand, ledger, "home-01", "--period", "5..3")).rejects.toMatchObject({
      field: "--period",
    });
    await expect(call(statementCommand, join(folder, "no-ledger"), "home-01")).rejects.toMatchObject({
      code: "invalid",
    });
    await expect(call(statementCommand, ledger)).rejects.toMatchObject({ field: "arguments" });
  });
});

describe("tables", () => {
  it("set numbers to the right and words to the left", () => {
    expect(
      table(
        ["name", "kWh"],
        [
          ["a", "1.5"],
          ["long name", "1 200.0"],
        ],
      ),
    ).toBe(
      ["name           kWh", "─────────  ───────", "a              1.5", "long name  1 200.0", ""].join("\n"),
    );
  });
});
