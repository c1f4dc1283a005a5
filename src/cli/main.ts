#!/usr/bin/env node
import { GridclearError } from "../errors.js";
import type { Command, Io } from "./command.js";

// Each command is loaded only when it is called: `gridclear clear` must not pay for a database or a web server.
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["clear", async () => (await import("./commands/clear.js")).clearCommand],
  ["run", async () => (await import("./commands/run.js")).runCommand],
  ["demo", async () => (await import("./commands/demo.js")).demoCommand],
  ["verify", async () => (await import("./commands/verify.js")).verifyCommand],
  ["statement", async () => (await import("./commands/statement.js")).statementCommand],
  ["prove", async () => (await import("./commands/prove.js")).proveCommand],
  ["export", async () => (await import("./commands/export.js")).exportCommand],
  ["keys", async () => (await import("./commands/keys.js")).keysCommand],
  ["witness", async () => (await import("./commands/witness.js")).witnessCommand],
  ["web", async () => (await import("./commands/web.js")).webCommand],
]);

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  columns: process.stdout.columns ?? 80,
  isTTY: process.stderr.isTTY ?? false,
};

async function help(): Promise<string> {
  const lines = [
    "gridclear: clears, settles, seals and verifies local energy markets",
    "",
    "Usage: gridclear COMMAND [ARGUMENTS]",
    "",
  ];
  for (const [name, load] of commands) lines.push(`  ${name.padEnd(10)} ${(await load()).summary}`);
  lines.push(
    "",
    "gridclear COMMAND --help says more about one of them; gridclear --version prints the version.",
    "",
  );
  return lines.join("\n");
}

async function version(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return `${(JSON.parse(text) as { version: string }).version}\n`;
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    io.out(await help());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    io.out(await version());
    return 0;
  }
  const load = commands.get(name);
  if (load === undefined) {
    io.err(
      `gridclear: no command ${JSON.stringify(name.slice(0, 40))}; there are ${[...commands.keys()].join(", ")}\n`,
    );
    return 2;
  }
  const command = await load();
  const end = rest.indexOf("--");
  const options = end < 0 ? rest : rest.slice(0, end);
  if (options.includes("--help") || options.includes("-h")) {
    io.out(command.usage);
    return 0;
  }
  return command.run(rest, io);
}

/** `parseArgs` of Node reports a wrong option by a TypeError with such a code. */
const isUsageError = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`gridclear … | head`) is no failure; a full disk under a redirection is.
  if (error.code === "EPIPE") process.exit(0);
  io.err(`gridclear: standard output: ${error.code ?? error.message}\n`);
  process.exit(1);
});
// Nobody is left to tell; the exit code still says how it went.
process.stderr.on("error", () => {});

/** A message on one line, whatever a file's name or a key in it holds. */
const oneLine = (message: string): string =>
  message.replace(/\p{Cc}/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);

try {
  // Not process.exit(): a long document still on its way to a pipe must arrive whole.
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof GridclearError || isUsageError(error))) throw error;
  // Node's own usage errors go on for several lines; the first says what is wrong.
  const message = error instanceof GridclearError ? error.message : (error.message.split("\n")[0] ?? "");
  io.err(`gridclear: ${oneLine(message)}\n`);
  process.exitCode = 2;
}
