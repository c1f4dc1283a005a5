import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("gridclear as a process", () => {
  // Within the tree, so that the packages it needs are found.
  const built = join(root, "node_modules", ".cache", `gridclear-main-${process.pid}`);
  const folder = mkdtempSync(join(tmpdir(), "gridclear-main-"));
  const orders = join(folder, "orders.csv");
  beforeAll(async () => {
    const rows = Array.from({ length: 4000 }, (_, i) => `${i % 2 ? "bid" : "offer"},o${i},${i + 1},${i % 7}`);
    writeFileSync(orders, `side,id,quantity,price\n${rows.join("\n")}\n`);
    await build({
      entryPoints: [join(root, "src/cli/main.ts")],
      bundle: true,
      splitting: true,
      platform: "node",
      format: "esm",
      packages: "external",
      outdir: built,
      outExtension: { ".js": ".mjs" },
      logLevel: "error",
    });
  });
  afterAll(async () => {
    await rm(built, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  const gridclear = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(built, "main.mjs"), ...args], { encoding: "utf8" });
  /** In a shell, for what only a shell can connect; `$GRIDCLEAR` is the command. */
  const shell = (script: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync("bash", ["-c", script], {
      encoding: "utf8",
      env: { ...process.env, GRIDCLEAR: `${process.execPath} ${join(built, "main.mjs")}`, ORDERS: orders },
    });

  test.each([
    ["a file's name over two lines", ["clear", join(folder, "no\nsuch\u001b[1m.csv")]],
    ["an option without its value", ["clear", orders, "--rules", "--json"]],
    ["a command there is not", ["clera"]],
  ])("a refusal is one line: %s", (_, args) => {
    const { status, stdout, stderr } = gridclear(...args);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^gridclear: \P{Cc}+\n$/u);
  });

  test("a file's name is shown whole", () => {
    expect(gridclear("clear", join(folder, "no\nsuch.csv")).stderr).toContain("no\\u000asuch.csv: wanted");
  });

  test("a long document arrives whole through a slow pipe, and a reader may leave early", () => {
    const { status, stdout } = shell('$GRIDCLEAR clear "$ORDERS" --json | (sleep 0.3; cat)');
    expect(status).toBe(0);
    expect(stdout.length).toBeGreaterThan(200_000);
    expect(stdout.endsWith("}\n")).toBe(true);
    expect(() => JSON.parse(stdout)).not.toThrow();
    const left = shell('$GRIDCLEAR clear "$ORDERS" --json | head -c 1; echo "$PIPESTATUS"');
    expect(left.stdout).toBe("{0\n");
    expect(left.stderr).toBe("");
  });

  test("clear - reads standard input", () => {
    const { status, stdout } = shell('$GRIDCLEAR clear - --json < "$ORDERS"');
    expect(status).toBe(0);
    expect(stdout).toBe(gridclear("clear", orders, "--json").stdout);
    const empty = shell("printf 'side,id\\n' | $GRIDCLEAR clear -");
    expect([empty.status, empty.stdout]).toEqual([2, ""]);
    expect(empty.stderr).toContain("gridclear: standard input: line 1");
  });

  test("an error that nobody catches is a fault of the program: exit code 3 and where it came from", () => {
    const later = 'data:text/javascript,setTimeout(() => { throw new TypeError("as planned"); }, 300)';
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        ...["--import", later, join(built, "main.mjs")],
        ...["run", "small", "--realtime", "--ledger", join(folder, "ledger")],
      ],
      { encoding: "utf8" },
    );
    expect(status).toBe(3);
    expect(stderr).toMatch(/^gridclear: this is a fault of gridclear.*\nTypeError: as planned\n {4}at /s);
  });

  test.each([
    ["SIGINT", 130, 0],
    ["SIGTERM", 143, 0],
  ] as const)(
    "%s stops a run between two periods with %i, and a witness with %i",
    async (signal, run, stopped) => {
      const ended = (...args: string[]): Promise<number | null> =>
        new Promise((resolve) => {
          const child = spawn(process.execPath, [join(built, "main.mjs"), ...args]);
          // Both are at work when they have said their first word.
          let asked = false;
          const word = (): void => {
            if (!asked) child.kill(signal);
            asked = true;
          };
          child.stdout.once("data", word);
          child.stderr.once("data", word);
          child.on("exit", resolve);
        });
      const ledger = join(folder, `stopped-${signal}`);
      expect(gridclear("run", "small", "--periods", "1", "--ledger", ledger).status).toBe(0);
      // It says at which period it resumes, and waits a quarter of an hour.
      expect(await ended("run", "small", "--realtime", "--ledger", ledger)).toBe(run);
      expect(await ended("witness", "--follow", ledger, "--every", "60")).toBe(stopped);
      expect(gridclear("verify", ledger).status).toBe(0);
    },
  );

  test.skipIf(!existsSync("/dev/full"))(
    "a full disk is one line, and does not change what a refusal exits with",
    () => {
      const full = shell('$GRIDCLEAR clear "$ORDERS" --json > /dev/full');
      expect(full.status).toBe(2);
      expect(full.stderr).toBe("gridclear: standard output: no space left on device\n");
      expect(shell("$GRIDCLEAR clear nowhere.csv 2> /dev/full").status).toBe(2);
    },
  );
});
