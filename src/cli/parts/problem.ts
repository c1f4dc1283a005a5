/**
 * How a problem is put into words for a person: a sentence on one line, and the exit code that goes with it. Commands
 * throw; `gridclear.ts` and `main.ts` print what these functions say.
 */
import { getSystemErrorMap } from "node:util";
import { GridclearError } from "../../errors.js";

/** An error of the operating system: a file, a folder, a socket or a device did not do what was asked. */
interface SystemError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error &&
    typeof (error as Partial<SystemError>).errno === "number" &&
    typeof (error as Partial<SystemError>).syscall === "string"
  );
}

/** Why the operating system refused, in its own words: `no such file or directory`. */
export function reasonOf(error: unknown): string {
  if (isSystemError(error)) return getSystemErrorMap().get(error.errno)?.[1] ?? error.code;
  return error instanceof Error ? error.message : String(error);
}

/** What to print of an error, without the program's name and the newline, and what to exit with. */
export interface Problem {
  readonly text: string;
  readonly exitCode: 1 | 2 | 3;
}

/**
 * Whether an error is a verdict: a ledger, or a block of it, does not hold. Everything else speaks of what was asked
 * for, of a file or of the machine. A document that can't be read as what it should be is none (`inFile`).
 */
export function isVerdict({ code, height }: GridclearError): boolean {
  return code === "corrupt" || code === "signature" || (height !== null && code !== "storage");
}

/**
 * Puts an error into words. Errors of this package and of the operating system are one line: exit code 1 for a verdict,
 * by {@link isVerdict} and for every command alike, or else 2, the input, a file or the machine is to be mended.
 * Anything else is a fault of this program: exit code 3, with its stack.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof GridclearError)
    return { text: oneLine(error.message), exitCode: isVerdict(error) ? 1 : 2 };
  if (isSystemError(error)) {
    const places = [error.path, error.dest].filter((place) => place !== undefined);
    const where = places.length === 0 ? "" : `${places.join(" to ")}: `;
    return { text: oneLine(`${where}${reasonOf(error)} (${error.syscall})`), exitCode: 2 };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `this is a fault of gridclear, not of what it was given. Please report it:\n${stack}`,
    exitCode: 3,
  };
}

/** A message on one line, whatever the name of a file or a key in it holds. */
function oneLine(message: string): string {
  return message.replace(/\p{Cc}/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A reason that names its block once: many begin with it already. `height` is null where no block is to blame. */
export function atBlock(height: number | null, reason: string): string {
  return height === null || reason.startsWith(`block ${height}:`) ? reason : `block ${height}: ${reason}`;
}
