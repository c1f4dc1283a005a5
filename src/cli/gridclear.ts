/**
 * The whole command line as a function: finds the command, prints help, and turns what a command throws into a sentence
 * and an exit code. `main.ts` calls it with the streams of the process, tests with their own.
 */
import { readFile } from "node:fs/promises";
import { fail } from "../errors.js";
import type { Command, Io } from "./command.js";
import { closest } from "./parts/closest.js";
import { problemOf } from "./parts/problem.js";

// Each command is loaded only when it is called: `gridclear clear` must not pay for a store or a web server.
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["clear", async () => (await import("./commands/clear.js")).clearCommand],
  ["share", async () => (await import("./commands/share.js")).shareCommand],
  ["import", async () => (await import("./commands/import.js")).importCommand],
  ["scenario", async () => (await import("./commands/scenario.js")).scenarioCommand],
  ["run", async () => (await import("./commands/run.js")).runCommand],
  ["compare", async () => (await import("./commands/compare.js")).compareCommand],
  ["demo", async () => (await import("./commands/demo.js")).demoCommand],
  ["verify", async () => (await import("./commands/verify.js")).verifyCommand],
  ["snapshot", async () => (await import("./commands/snapshot.js")).snapshotCommand],
  ["erase", async () => (await import("./commands/erase.js")).eraseCommand],
  ["optimum", async () => (await import("./commands/optimum.js")).optimumCommand],
  ["replay", async () => (await import("./commands/replay.js")).replayCommand],
  ["statement", async () => (await import("./commands/statement.js")).statementCommand],
  ["bill", async () => (await import("./commands/bill.js")).billCommand],
  ["bills", async () => (await import("./commands/bills.js")).billsCommand],
  ["prove", async () => (await import("./commands/prove.js")).proveCommand],
  ["export", async () => (await import("./commands/export.js")).exportCommand],
  ["keys", async () => (await import("./commands/keys.js")).keysCommand],
  ["witness", async () => (await import("./commands/witness.js")).witnessCommand],
  ["serve", async () => (await import("./commands/serve.js")).serveCommand],
  ["fleet", async () => (await import("./commands/fleet.js")).fleetCommand],
  ["worker", async () => (await import("./commands/worker.js")).workerCommand],
  ["audit-fleet", async () => (await import("./commands/auditfleet.js")).auditFleetCommand],
  ["operator", async () => (await import("./commands/operator.js")).operatorCommand],
  ["web", async () => (await import("./commands/web.js")).webCommand],
]);

/** Names of all commands, in the order in which help lists them. */
export const commandNames: readonly string[] = [...commands.keys()];

/** Runs one command line, without the program's name, and resolves to the exit code. Throws nothing. */
export async function gridclear(args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    const { text, exitCode } = problemOf(error);
    io.err(`gridclear: ${text}\n`);
    return exitCode;
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    io.err(await help());
    return 2;
  }
  if (name === "--version" || name === "-V" || name === "-v") {
    io.out(await version());
    return 0;
  }
  const asksHelp = name === "--help" || name === "-h" || name === "help";
  if (asksHelp && rest[0] === undefined) {
    io.out(await help());
    return 0;
  }
  const command = await load(asksHelp ? rest[0]! : name);
  const end = rest.indexOf("--");
  const options = end < 0 ? rest : rest.slice(0, end);
  if (asksHelp && rest.length > 1) fail("invalid", "command", "one command to help with", rest.join(" "));
  if (asksHelp || options.includes("--help") || options.includes("-h")) {
    io.out(command.usage);
    return 0;
  }
  return command.run(rest, io);
}

async function load(name: string): Promise<Command> {
  const found = commands.get(name);
  if (found !== undefined) return found();
  const near = closest(name, commandNames);
  const hint = near === null ? "" : ` (did you mean ${near}?)`;
  return fail("invalid", "command", `one of ${commandNames.join(", ")}${hint}`, name);
}

async function help(): Promise<string> {
  const lines = await Promise.all(
    [...commands].map(async ([name, open]) => `  ${name.padEnd(10)} ${(await open()).summary}\n`),
  );
  return [
    "gridclear: clears, settles, seals and verifies local energy markets\n\n",
    "Usage: gridclear COMMAND [ARGUMENTS]\n\n",
    ...lines,
    "\ngridclear help COMMAND says more about one of them; gridclear --version prints\nthe version.\n\n",
    "Exit codes: 0 done; 1 what was asked about does not hold; 2 something given is\nnot acceptable, or a file can't be read or written; 3 a fault of gridclear\nitself; 130 or 143 interrupted.\n",
  ].join("");
}

async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return `${(JSON.parse(text) as { version: string }).version}\n`;
}
