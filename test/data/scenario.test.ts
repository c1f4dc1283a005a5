import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/commands/run.js";
import { auditLedger } from "../../src/cli/parts/audit.js";
import { readScenario } from "../../src/cli/parts/scenario.js";
import { hasData, readRows, scaled } from "./folder.js";
import { makeScenario } from "./scenario.mjs";

interface RunDocument {
  readonly complete: boolean;
  readonly head: string;
  readonly participants: number;
  readonly money: { readonly closes: boolean };
  readonly energy: Record<string, { readonly closes: boolean; readonly totals: Record<string, string> }>;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-data-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const quiet = { out: () => {}, err: () => {}, columns: 80, isTTY: false };

/** A run of real homes, verified. */
async function runDay(name: string, periods = 288): Promise<RunDocument> {
  const path = makeScenario(name, join(folder, name));
  let out = "";
  const code = await runCommand.run([path, "--ledger", join(folder, name, "ledger"), "--json"], {
    ...quiet,
    out: (text) => {
      out += text;
    },
  });
  expect(code).toBe(0);
  const document = JSON.parse(out) as RunDocument;
  expect(document).toMatchObject({ complete: true, money: { closes: true } });
  for (const balance of Object.values(document.energy)) expect(balance.closes).toBe(true);
  expect(await auditLedger(join(folder, name, "ledger"))).toMatchObject({
    ok: true,
    blocks: periods + 1,
    hash: document.head,
  });
  return document;
}

describe("communities of real homes", () => {
  it.skipIf(!hasData("citylearn_tx100"))(
    "run a winter's day in Texas, whose demand is the data's",
    async () => {
      const document = await runDay("tx-winter");
      expect(document.participants).toBe(100 + 3 + 1 + 1 + 1 + 4 + 10 + 2 + 3 + 1 + 1);
      // Only homes ask for heat here, so what was asked for is what the data says of the day, to a tick a period each.
      const published = readRows("citylearn_tx100/winter_week.csv.gz")
        .slice(1)
        .filter((row) => Number(row[1]) < 24)
        .reduce((sum, row) => sum + scaled(row[6]!, 4) + scaled(row[8]!, 4), 0);
      const asked = Number(document.energy.heat!.totals.asked) * 10_000;
      expect(Math.abs(asked - published)).toBeLessThan((100 * 288 * 10_000) / 1e6);
    },
  );

  it.skipIf(!hasData("citylearn_tx100"))("run a summer's day in Texas", async () => {
    const document = await runDay("tx-summer");
    expect(Number(document.energy.cold!.totals.asked)).toBeGreaterThan(
      Number(document.energy.heat!.totals.asked),
    );
  });

  it.skipIf(!hasData("citylearn_vt"))("run a winter's day in Vermont", async () => {
    expect((await runDay("vt-winter")).participants).toBeGreaterThan(47);
  });

  it.skipIf(!hasData("citylearn_2022_measured"))(
    "run a day of measured homes with sun on their roofs",
    async () => {
      const document = await runDay("california-measured");
      expect(Number(document.energy.electricity!.totals.offered)).toBeGreaterThan(0);
      const { measured } = await readScenario(join(folder, "california-measured", "scenario.json"), quiet);
      expect(new Set(measured.map((profile) => profile.participant)).size).toBe(17);
    },
  );

  it.skipIf(!hasData("hrcl_5600"))("run thousands of distributed users", async () => {
    const document = await runDay("thousands", 6);
    expect(document.participants).toBe(5_600 + 84);
    // Everybody asks in every period, by their measured load.
    const published = readRows("hrcl_5600/loads_5min_x1000.csv.gz")
      .slice(1)
      .reduce(
        (sum, row) => sum + row.slice(1, 7).reduce((total, watts) => total + Number(watts), 0) / 12_000,
        0,
      );
    expect(Number(document.energy.electricity!.totals.asked)).toBeCloseTo(published, 0);
  });
});
