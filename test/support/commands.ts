// Runs command lines in this process and keeps what they say.
import type { Command, Io } from "../../src/cli/command.js";
import { gridclear } from "../../src/cli/gridclear.js";

/** What a command line came to. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Streams that keep what is written to them; `isTTY` as of a terminal. */
export function listening(isTTY = false): { io: Io; said: { out: string; err: string } } {
  const said = { out: "", err: "" };
  const io: Io = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    columns: 80,
    isTTY,
  };
  return { io, said };
}

/** `gridclear ARGS…`, as on a command line whose output goes to a file. */
export async function call(...args: string[]): Promise<Said> {
  const { io, said } = listening();
  const code = await gridclear(args, io);
  return { code, ...said };
}

/** One command alone, as `call`; what it throws is thrown. */
export async function run(command: Command, ...args: string[]): Promise<Said> {
  const { io, said } = listening();
  const code = await command.run(args, io);
  return { code, ...said };
}

/** A scenario of a moment: an hour and a half of seven members. */
export const quick = {
  name: "quick",
  seed: 7,
  periods: 6,
  periodMs: 900_000,
  weather: "clear",
  participants: { home: 4, solar: 2, business: 1 },
};
