import { spawn } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, quick } from "../../support/commands.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gridclear-compare-"));
afterAll(() => rmSync(folder, { recursive: true }));
const scenario = join(folder, "quick.json");
/** A summer's day of seven, by the hour. */
const day = { ...quick, periods: 24, periodMs: 3_600_000 };
writeFileSync(scenario, JSON.stringify(day));
const varied = ["--set", "participants.solar=0,2", "--mechanism", "value,merit"];
const at = (name: string): string => join(folder, name);
const rowsOf = (name: string): string[] =>
  readFileSync(join(at(name), "runs.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
const compared = (name: string, ...args: string[]) =>
  call("compare", scenario, ...varied, "--output", at(name), "--workers", "1", ...args);

describe("gridclear compare", () => {
  it("writes a report and tables of all variants with all seeds", async () => {
    const { code, out, err } = await compared("whole", "--seeds", "3");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("value, solar 0");
    expect(out).toContain("report ");
    expect(readdirSync(at("whole")).sort()).toEqual(
      ["report.html", "runs.csv", "runs.jsonl", "study.json", "summary.csv"].sort(),
    );
    const document = JSON.parse(readFileSync(join(at("whole"), "study.json"), "utf8"));
    expect(document.seeds).toEqual([7, 8, 9]);
    expect(document.variants.map(({ label }: { label: string }) => label)).toEqual([
      "value, solar 0",
      "value, solar 2",
      "merit, solar 0",
      "merit, solar 2",
    ]);
    const saved = document.measures.find(({ name }: { name: string }) => name === "saved");
    const values: number[][] = saved.results.map((result: { values: number[] }) => result.values);
    expect(values.map(({ length }) => length)).toEqual([3, 3, 3, 3]);
    // Without sun nobody saves; a seed that made no difference would give a single value.
    expect(values[0]!.every((value) => value < values[1]![0]!)).toBe(true);
    expect(new Set(values[1]).size).toBe(3);
    expect(rowsOf("whole").length).toBe(12);
    const row = JSON.parse(rowsOf("whole")[0]!);
    expect(row).toMatchObject({ scenario: "quick", seed: 7, settings: { mechanism: "value" } });
    expect(row.version).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{12}$/);
    const again = await compared("whole", "--seeds", "3", "--json");
    expect(JSON.parse(again.out)).toEqual(document);
    expect(again.err).toBe("12 runs of 12 done before\n");
    expect(rowsOf("whole").length).toBe(12);
  });

  it("goes on with what is missing, and takes no row that is another's, stale or torn", async () => {
    await compared("going", "--seeds", "1");
    const rows = rowsOf("going");
    expect(rows.length).toBe(4);
    const path = join(at("going"), "runs.jsonl");
    // One row is gone, one is of another version, and a third was being written.
    const stale = { ...JSON.parse(rows[1]!), key: "0".repeat(64), values: { saved: 1e9 } };
    writeFileSync(path, `${rows[0]}\n${JSON.stringify(stale)}\n${rows[2]}\n${rows[3]!.slice(0, 50)}`);
    const { code, err, out } = await compared("going", "--seeds", "1", "--json");
    expect([code, err]).toEqual([0, "2 runs of 4 done before\n"]);
    expect(out).not.toContain("1000000000");
    expect(rowsOf("going").toSorted()).toEqual([...rows, JSON.stringify(stale)].toSorted());
    // A longer study runs only what is new, and another scenario everything.
    expect((await compared("going", "--seeds", "2")).err).toBe("4 runs of 8 done before\n");
    expect((await compared("going", "--seeds", "2", "--set", "skies=2")).err).toBe("");
    appendFileSync(path, "{}\n");
    expect(await compared("going")).toMatchObject({
      code: 1,
      err: expect.stringContaining("runs.jsonl: line"),
    });
  });

  it("draws curves over a range", async () => {
    const { code } = await call(
      ...[
        "compare",
        scenario,
        "--set",
        "participants.solar=0:2:1",
        "--set",
        "strategies.all=truthful,random",
      ],
      ...["--seeds", "2", "--workers", "1", "--output", at("curves")],
    );
    expect(code).toBe(0);
    const page = readFileSync(join(at("curves"), "report.html"), "utf8");
    expect(page).toContain("participants.solar from 0 to 2");
    expect(page).toContain("<polyline");
    expect(JSON.parse(readFileSync(join(at("curves"), "study.json"), "utf8")).axis).toBe(
      "participants.solar",
    );
  });

  it("compares strategies that come along with one of a file, which a row is made of like the rest", async () => {
    const mine = at("mine.mjs");
    writeFileSync(mine, "export default ({ worth }) => worth;");
    const strategies = ["--strategy", `truthful,random,${mine}`, "--seeds", "2"];
    const run = () =>
      call("compare", scenario, ...strategies, "--workers", "1", "--output", at("mine"), "--json");
    const { code, out, err } = await run();
    expect([code, err]).toEqual([0, ""]);
    const document = JSON.parse(out);
    expect(document.variants.map(({ label }: { label: string }) => label)).toEqual([
      "truthful",
      "random",
      mine,
    ]);
    const priceOf = (text: string): number[][] =>
      JSON.parse(text)
        .measures.find(({ name }: { name: string }) => name === "electricity.price")
        .results.map(({ values }: { values: number[] }) => values);
    const [truthful, random, own] = priceOf(out);
    expect(own).toEqual(truthful);
    expect(random).not.toEqual(truthful);
    expect((await run()).err).toBe("6 runs of 6 done before\n");
    // Another text is another strategy, whatever its file is called.
    writeFileSync(mine, "export default ({ worth }) => worth; // as it was");
    expect((await run()).err).toBe("4 runs of 6 done before\n");
  });

  it("refuses what it can't do, by name, and writes nothing", async () => {
    mkdirSync(at("taken"));
    writeFileSync(join(at("taken"), "mine.txt"), "");
    for (const [args, wanted] of [
      [["--seeds", "0"], "--seeds: wanted a whole number from 1 to 1000"],
      [["--seeds", "1001"], "--seeds"],
      [["--workers", "x"], "--workers"],
      [["--set", "participants.castle=1"], "castle"],
      [["--set", "tariffs.gas.retail=cheap"], "tariffs.gas.retail"],
      [["--mechanism", "greed"], "--mechanism"],
      [["--mechanism", "value,value"], "--mechanism: wanted each value once"],
      [["--strategy", "greed"], "--strategy"],
      [["--strategy", at("nowhere.js")], "nowhere.js"],
      [["--output", at("taken")], "--output: wanted an empty directory, or that of a study"],
    ] as const) {
      const { code, err } = await call("compare", scenario, "--output", at("none"), ...args.slice(0));
      if (args[0] === "--output") continue;
      expect(code, args.join(" ")).toBe(2);
      expect(err).toContain(wanted);
    }
    const { code, err } = await call("compare", scenario, "--output", at("taken"));
    expect([code, err]).toEqual([2, expect.stringContaining("an empty directory, or that of a study")]);
    expect(readdirSync(at("taken"))).toEqual(["mine.txt"]);
    expect(readdirSync(folder)).not.toContain("none");
  });
});

describe("gridclear compare in workers", () => {
  // Compiled file by file, as the package is: a worker begins at a file of its own.
  const built = join(root, "node_modules", ".cache", `gridclear-compare-${process.pid}`);
  const main = join(built, "dist", "cli", "main.js");
  beforeAll(async () => {
    await build({
      entryPoints: [join(root, "src/**/*.ts")],
      outbase: join(root, "src"),
      outdir: join(built, "dist"),
      format: "esm",
      logLevel: "error",
    });
    writeFileSync(join(built, "package.json"), '{"type":"module","version":"1.2.3"}');
  });
  afterAll(() => rmSync(built, { recursive: true, force: true }));

  const process_ = (args: readonly string[], kill: (err: string) => boolean = () => false) =>
    new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
      const child = spawn(process.execPath, [main, ...args]);
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk) => {
        out += chunk;
      });
      child.stderr.on("data", (chunk) => {
        err += chunk;
      });
      // A second signal would end it at once.
      const timer = setInterval(() => {
        if (!kill(err)) return;
        clearInterval(timer);
        child.kill("SIGINT");
      }, 20);
      child.on("close", (code) => {
        clearInterval(timer);
        resolve({ code, out, err });
      });
    });

  it("comes to the same with any number of them", async () => {
    const args = ["compare", scenario, ...varied, "--seeds", "3", "--json", "--output"];
    const one = await process_([...args, at("one"), "--workers", "1"]);
    const three = await process_([...args, at("three"), "--workers", "3"]);
    expect([one.code, three.code, three.err]).toEqual([0, 0, ""]);
    expect(JSON.parse(three.out)).toEqual(JSON.parse(one.out));
    expect(rowsOf("three").length).toBe(12);
  });

  it("says what a run could not do as the command would have", async () => {
    const broken = at("broken.json");
    writeFileSync(broken, JSON.stringify({ ...day, profiles: { file: "none.csv", stepMs: 900_000 } }));
    const { code, err } = await process_(["compare", broken, "--seeds", "2", "--output", at("broken")]);
    expect(code).toBe(2);
    expect(err).toContain("none.csv");
  });

  it("stops with Ctrl-C, keeps what is done, and goes on", async () => {
    const args = ["compare", scenario, "--set", "periods=500", ...varied, "--seeds", "4", "--workers", "2"];
    const rows = (): number => {
      try {
        return readFileSync(join(at("stopped"), "runs.jsonl"), "utf8").split("\n").length - 1;
      } catch {
        return 0;
      }
    };
    const stopped = await process_([...args, "--output", at("stopped")], () => rows() >= 2);
    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain("the same command goes on");
    const kept = rows();
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(16);
    const rest = await process_([...args, "--output", at("stopped")]);
    expect([rest.code, rest.err]).toEqual([0, `${kept} runs of 16 done before\n`]);
    expect(rows()).toBe(16);
  }, 120_000);
});
