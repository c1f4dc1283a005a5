import { existsSync } from "node:fs";
import { readdir, rm, rmdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { fail } from "../../errors.js";
import { hasLedger, openNodeStore } from "../../ledger/store/node.js";
import { bundledScenario } from "../../simulation/scenarios/index.js";
import type { Command } from "../command.js";
import { auditLedger } from "../parts/audit.js";
import { runInto, scenarioKey } from "../parts/running.js";
import { summaryText } from "../parts/summary.js";
import { grouped } from "../parts/table.js";

const usage = `Usage: gridclear demo [--ledger DIR]

Runs the bundled day of a mixed community into a ledger (default ./ledger), shows what it came to, and verifies the
ledger by executing every period again. This is what npm start does. A day that was interrupted goes on; after a
finished one a new one begins, in place of the old ledger. A directory that holds anything else is left alone.

Exit code 0: done. 1: the ledger does not verify. 2: the directory is not this command's. 130: interrupted.
`;

const scenarioName = "community";

/** `gridclear demo`: a day of the bundled community, verified. */
export const demoCommand: Command = {
  name: "demo",
  summary: "run the bundled day, verify it and say what to try next (npm start)",
  usage,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: { ledger: { type: "string", default: "ledger" } },
    });
    const { ledger } = values;
    const scenario = bundledScenario(scenarioName);
    io.err(`${scenario.description}\n`);
    await makeWay(ledger, scenario.periods + 1);
    const { summary, facts, interrupted } = await runInto(
      { scenario, measured: [], ledger, periods: Number.POSITIVE_INFINITY, realtime: false },
      io,
    );
    io.out(summaryText(summary, facts));
    if (interrupted) return 130;
    io.err("executing every period again from its orders …\n");
    const audit = await auditLedger(ledger);
    if (!audit.ok) {
      io.out(
        `\nBAD: the ledger does not verify${audit.height === null ? "" : ` at height ${audit.height}`}: ${audit.reason}\n`,
      );
      return 1;
    }
    const command = commandName();
    io.out(
      [
        `\nverified in ${(audit.durationMs / 1000).toFixed(1)} s: ${grouped(audit.blocks)} blocks hashed again by other code, every period executed again, the same to the last bit\n`,
        "\nNext:\n",
        `  ${command} verify ${ledger}\n`,
        `  ${command} statement ${ledger} home-01\n`,
        `  ${command} statement ${ledger} chp-01 --period 1500..1502\n`,
        `  ${command} run winter --ledger winter-ledger\n`,
        `  ${command} web\n`,
      ].join(""),
    );
    return 0;
  },
};

/** How this program was called, for lines that a person can copy. */
function commandName(): string {
  const script = process.argv[1] ?? "";
  return script.endsWith("main.js") ? `node ${relative(process.cwd(), script)}` : "gridclear";
}

/** Names that a ledger's database and its head file have; nothing else is ever removed. */
const ownFiles = /^(?:[0-9]+\.(?:ldb|log|sst)|CURRENT|LOCK|LOG|LOG\.old|MANIFEST-[0-9]+|HEAD)$/;

/** Removes a finished ledger of this command; throws `conflict` when the directory is anything else but absent, empty or unfinished. */
async function makeWay(directory: string, blocks: number): Promise<void> {
  if (!existsSync(directory)) return;
  const names = await readdir(directory);
  if (names.length === 0) return;
  const foreign = names.find((name) => !ownFiles.test(name));
  const wanted = "a directory that this command made, or none";
  if (foreign !== undefined || !hasLedger(directory))
    return fail("conflict", directory, wanted, foreign ?? "other files");
  const store = await openNodeStore(directory, { create: false, verify: "hashes" });
  let finished: boolean;
  try {
    const kept = await store.getMeta(scenarioKey);
    const name =
      kept === null ? null : (JSON.parse(new TextDecoder().decode(kept)) as { name?: unknown }).name;
    // Without the note nothing but genesis can have been written: the run goes on from there.
    if (name !== scenarioName && store.size > 1)
      return fail("conflict", directory, wanted, `a ledger of ${name}`);
    finished = store.size >= blocks;
  } finally {
    await store.close();
  }
  if (!finished) return;
  for (const name of await readdir(directory)) if (ownFiles.test(name)) await rm(join(directory, name));
  await rmdir(directory);
}
