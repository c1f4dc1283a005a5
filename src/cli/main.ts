#!/usr/bin/env node
/** The process around the command line: its streams, its exit code, and what nobody caught. */
import { gridclear } from "./gridclear.js";
import { problemOf, reasonOf } from "./parts/problem.js";

const err = (text: string): void => void process.stderr.write(text);

/** Ends the process over an error that nobody could catch, such as one thrown by a listener. */
function end(error: unknown): never {
  const { text, exitCode } = problemOf(error);
  err(`gridclear: ${text}\n`);
  process.exit(exitCode);
}
process.on("uncaughtException", end);
process.on("unhandledRejection", end);

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`gridclear … | head`) is no failure; a full disk under a redirection is.
  if (error.code === "EPIPE") process.exit(0);
  err(`gridclear: standard output: ${reasonOf(error)}\n`);
  process.exit(2);
});
// Nobody is left to tell; the exit code still says how it went.
process.stderr.on("error", () => {});

const io = {
  out: (text: string): void => void process.stdout.write(text),
  err,
  columns: process.stdout.columns ?? 80,
  isTTY: process.stderr.isTTY ?? false,
};
// Not process.exit(): a long document still on its way to a pipe must arrive whole.
process.exitCode = await gridclear(process.argv.slice(2), io);
