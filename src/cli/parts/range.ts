/**
 * A stretch of a ledger as it is given on a command line, and where to begin reading for it: at the newest snapshot
 * below it, so that nothing before has to be read, or even be there.
 */
import { fail, GridclearError } from "../../errors.js";
import type { Snapshot } from "../../ledger/format/snapshot.js";
import type { Store } from "../../ledger/store/node.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { newestSnapshot } from "../../market/snapshots.js";

/** Heights, half-open. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Reads `A..B`, or one height. Throws `invalid` naming `--period`. */
export function readRange(text: string): Range {
  const match = /^([0-9]{1,15})(?:\.\.([0-9]{1,15}))?$/.exec(text);
  const from = Number(match?.[1] ?? Number.NaN);
  const to = match?.[2] === undefined ? from + 1 : Number(match[2]);
  return match !== null && from < to
    ? { from, to }
    : fail("invalid", "--period", "A..B with A below B, or A", text);
}

/** The newest snapshot that holds below a height; null where there is none, and for a file, which keeps none. */
export async function snapshotBelow(
  from: number,
  store: Store | null,
  hasher: Hasher,
): Promise<Snapshot | null> {
  return store === null || from === 0 ? null : newestSnapshot(store, hasher, () => {}, from - 1);
}

/** An error about a ledger in the words of the command line: what to ask for instead, and `--period` by its name. */
export function inWordsOfRange(error: unknown): never {
  if (error instanceof GridclearError && error.field === "from")
    return fail(error.code, "--period", error.wanted, error.value);
  if (error instanceof GridclearError && error.code === "state")
    return fail(
      "state",
      error.field,
      `${error.wanted} (what is withheld or erased can't be shown: begin above it by --period)`,
      error.value,
    );
  throw error;
}
