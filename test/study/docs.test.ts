// Runs every command of docs/studies.md at a small size: two periods, one seed.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { call } from "../support/commands.js";

const page = readFileSync(new URL("../../docs/studies.md", import.meta.url), "utf8");
const commands = [...page.matchAll(/^gridclear (compare .+)$/gm)].map(([, line]) => line!);
const folder = mkdtempSync(join(tmpdir(), "gridclear-studies-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("docs/studies.md", () => {
  it("has commands", () => expect(commands.length).toBeGreaterThan(3));

  it.each(commands)("gridclear %s", async (line) => {
    const output = join(folder, `${commands.indexOf(line)}`);
    const args = line
      .replace(/--seeds \d+/, "--seeds 1")
      .replace(/--set periods=\d+ /, "")
      .split(" ");
    const { code, err } = await call(...args, "--set", "periods=2", "--workers", "1", "--output", output);
    expect([code, err]).toEqual([0, ""]);
    expect(readFileSync(join(output, "report.html"), "utf8")).toContain("electricity");
  });

  it("names every study of the script, and none that it lacks", () => {
    const script = readFileSync(new URL("../../scripts/studies.mjs", import.meta.url), "utf8");
    const [, made] = /^const studies = \{(.+?)\};$/ms.exec(script)!;
    const known = [...made!.matchAll(/(\w+)[:,\s]/g)].map(([, name]) => name);
    const named = [...page.matchAll(/^node scripts\/studies\.mjs (\w+)/gm)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(known).toContain(name);
  });

  it("names every file that is written", () => {
    for (const name of ["report.html", "summary.csv", "runs.csv", "study.json", "runs.jsonl"])
      expect(page).toContain(`\`${name}\``);
  });
});
