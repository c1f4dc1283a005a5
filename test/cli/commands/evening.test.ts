// The figures of docs/areas.md, "A congested evening", against the commands that the page names.

import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "../../support/commands.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-evening-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const page = new URL("../../../docs/areas.md", import.meta.url);

/** The blocks of the section, as the commands say them, one behind the other. */
async function saidBlocks(): Promise<string[]> {
  const ledger = join(folder, "evening-ledger");
  const { code, out } = await call("run", "evening", "--ledger", ledger);
  expect(code).toBe(0);
  const lines = out.split("\n").map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line.startsWith("The areas of electricity"));
  const areas = lines.slice(first, lines.indexOf("", first));
  const exported = await call("export", ledger, "--format", "csv", "--table", "areas");
  const [head = "", ...all] = exported.out.split("\r\n");
  // The first period after five in the afternoon in which an edge earned a rent.
  const full = all.find((line) => Number(line.split(",")[0]) > 204 && Number(line.split(",")[9]) > 0)!;
  const period = all.filter((line) => line.startsWith(`${full.split(",")[0]},`));
  return [areas, [head, ...period]].map((each) => each.join("\n"));
}

describe("docs/areas.md", () => {
  // GRIDCLEAR_WRITE_DOCS=1 writes the blocks into the page instead of comparing them.
  it("says of the congested evening what the commands say", async () => {
    const text = readFileSync(page, "utf8");
    const said = await saidBlocks();
    const from = text.indexOf("## A congested evening");
    const parts = text.slice(from, text.indexOf("## A worked case")).split(/^```$/m);
    expect(parts).toHaveLength(5);
    const wanted = parts.map((part, index) => (index % 2 === 1 ? `\n${said[(index - 1) / 2]!}\n` : part));
    if (process.env.GRIDCLEAR_WRITE_DOCS === "1")
      writeFileSync(
        page,
        text.replace(parts.join("```"), () => wanted.join("```")),
      );
    else expect(parts).toEqual(wanted);
  }, 120_000);
});
