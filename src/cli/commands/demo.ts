/** `gridclear demo`: the bundled day of a mixed community, run, verified, and what to try next; this is `npm start`. */
import { relative } from "node:path";
import { fail } from "../../errors.js";
import { openNodeStore, removeNodeStore } from "../../ledger/store/node.js";
import { keptScenarioName } from "../../simulation/keptscenario.js";
import { bundledScenario } from "../../simulation/scenarios/index.js";
import { type Command, defineCommand } from "../command.js";
import { auditLedger } from "../parts/audit.js";
import { isLedger } from "../parts/folder.js";
import { atBlock } from "../parts/problem.js";
import { progressLine } from "../parts/progress.js";
import { summaryText } from "../parts/summary.js";
import { grouped } from "../parts/table.js";
import { runInto } from "./run.js";

const scenarioName = "community";

/** `gridclear demo`: a day of the bundled community, verified. */
export const demoCommand: Command = defineCommand({
  name: "demo",
  summary: "run the bundled day, verify it and say what to try next (npm start)",
  forms: ["[--ledger DIR]"],
  about:
    "Runs the bundled day of a mixed community into a ledger, shows what it came to, and verifies the ledger by executing every period again. A day that was interrupted goes on; after a finished one a new one begins, in place of the old ledger. A directory that holds anything else is left alone.",
  options: { ledger: { value: "DIR", default: "ledger", help: "directory of the ledger" } },
  exits: { 0: "done", 1: "the ledger does not verify" },
  async run({ options: { ledger } }, io) {
    const scenario = bundledScenario(scenarioName);
    io.err(`${scenario.description}\n`);
    await makeWay(ledger, scenario.periods + 1);
    const { summary, facts, exitCode } = await runInto(
      {
        scenario,
        measured: [],
        weather: null,
        own: null,
        ledger,
        periods: Number.POSITIVE_INFINITY,
        realtime: false,
        snapshotEvery: null,
        key: null,
        receipts: null,
      },
      io,
    );
    io.out(summaryText(summary, facts));
    if (exitCode !== 0) return exitCode;
    io.err("executing every period again from its orders …\n");
    const progress = progressLine(io);
    const audit = await auditLedger(ledger, {
      progress: (done, of) =>
        progress(() => `${grouped(done)} of ${grouped(of ?? done)} blocks`, done === of),
    });
    if (!audit.ok) {
      io.out(`\nBAD: the ledger does not verify: ${atBlock(audit.height, audit.reason)}\n`);
      return 1;
    }
    const seconds = (audit.durationMs / 1000).toFixed(1);
    io.out(
      `\nverified in ${seconds} s: ${grouped(audit.blocks)} blocks, ${grouped(audit.bytes)} bytes,\nhashed again by other code, every period executed again, the same to the last bit\n${nextSteps(ledger)}`,
    );
    return 0;
  },
});

function nextSteps(ledger: string): string {
  const command = commandName();
  return [
    "\nNext:\n",
    `  ${command} verify ${ledger}\n`,
    `  ${command} statement ${ledger} home-01\n`,
    `  ${command} statement ${ledger} chp-01 --period 1500..1502\n`,
    `  ${command} run winter --ledger winter-ledger\n`,
    `  ${command} web\n`,
  ].join("");
}

/** How this program was called, for lines that a person can copy. */
function commandName(): string {
  const script = process.argv[1] ?? "";
  return script.endsWith("main.js") ? `node ${relative(process.cwd(), script)}` : "gridclear";
}

/** Removes a finished ledger of this command; throws `conflict` when it is another's. */
async function makeWay(directory: string, blocks: number): Promise<void> {
  if (!isLedger(directory)) return;
  const store = await openNodeStore(directory, { create: false, verify: "hashes" });
  let finished: boolean;
  try {
    const name = await keptScenarioName(store);
    // A ledger without a scenario and with more than genesis was made by somebody else.
    if (name !== scenarioName && (name !== null || store.size > 1)) {
      const found = name === null ? "another ledger" : `a ledger of ${name}`;
      return fail("conflict", directory, "a directory that this command made, or none", found);
    }
    finished = store.size >= blocks;
  } finally {
    await store.close();
  }
  if (finished) await removeNodeStore(directory);
}
