import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { fail } from "../../errors.js";
import type { MeasuredProfile } from "../../simulation/members/profiles.js";
import { parseProfiles } from "../../simulation/profilefile.js";
import type { Scenario } from "../../simulation/scenario.js";
import { parseScenario } from "../../simulation/scenariofile.js";
import { bundledScenario, scenarioNames } from "../../simulation/scenarios/index.js";
import type { Command } from "../command.js";
import { readKeyFile } from "../parts/keyfile.js";
import { runInto } from "../parts/running.js";
import { summaryDocument, summaryText } from "../parts/summary.js";

const usage = `Usage: gridclear run SCENARIO [--ledger DIR] [--periods N] [--realtime] [--json]
                     [--key FILE [--receipts FILE]]

Runs a community's periods and seals each into a ledger on disk, then shows where every kWh and every coin went.
Interrupted, by Ctrl-C or in any other way, the same command goes on where it stopped; the ledger comes out the same.

SCENARIO    a JSON file, or one of: ${scenarioNames.join(", ")}
--ledger    directory of the ledger (default ./ledger); made when it is not there
--periods   stop after so many periods; the rest is for the next call
--realtime  let every period take as long as it lasts
--json      one JSON document on standard output
--key       the platform's key (gridclear keys make): contracts, readings, orders (by a gateway, a batch a period) and heads
            are signed; the keys of the simulated gateway and participants are derived from it
--receipts  add the platform's receipt of each order to this file, one a line, for gridclear verify --receipt

Exit code 0: done. 2: the input is not acceptable. 130: interrupted.
`;

/** `gridclear run`: a scenario's periods, sealed. */
export const runCommand: Command = {
  name: "run",
  summary: "run a community's periods and seal them into a ledger",
  usage,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ledger: { type: "string", default: "ledger" },
        periods: { type: "string" },
        realtime: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        key: { type: "string" },
        receipts: { type: "string" },
      },
    });
    const [name, ...others] = positionals;
    if (name === undefined || others.length > 0)
      return fail(
        "invalid",
        "SCENARIO",
        `one file, or one of ${scenarioNames.join(", ")}`,
        positionals.length,
      );
    const { key: keyFile, receipts } = values;
    if (receipts !== undefined && keyFile === undefined)
      return fail("invalid", "--receipts", "--key with it: only a signed run gives receipts", receipts);
    const { scenario, measured } = await readScenario(name);
    const { summary, facts, interrupted } = await runInto(
      {
        scenario,
        measured,
        ledger: values.ledger,
        periods: readPeriods(values.periods),
        realtime: values.realtime,
        ...(keyFile === undefined ? {} : { key: (await readKeyFile(keyFile)).key }),
        ...(receipts === undefined ? {} : { receipts }),
      },
      io,
    );
    if (values.json) io.out(`${JSON.stringify(summaryDocument(summary, facts))}\n`);
    else io.out(summaryText(summary, facts));
    return interrupted ? 130 : 0;
  },
};

function readPeriods(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  return /^[1-9][0-9]{0,6}$/.test(text)
    ? Number(text)
    : fail("invalid", "--periods", "a whole number from 1 to 9999999", text);
}

/** A bundled scenario by name, or one from a file with the profiles it names beside it. */
export async function readScenario(
  name: string,
): Promise<{ scenario: Scenario; measured: readonly MeasuredProfile[] }> {
  if (scenarioNames.some((each) => each === name)) return { scenario: bundledScenario(name), measured: [] };
  const scenario = parseScenario(await readText(name, `a file, or one of ${scenarioNames.join(", ")}`));
  if (scenario.profiles === null) return { scenario, measured: [] };
  const beside = join(dirname(name), scenario.profiles.file);
  return { scenario, measured: parseProfiles(await readText(beside, "a file"), scenario) };
}

async function readText(path: string, wanted: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    return fail("invalid", path, wanted, code);
  }
}
