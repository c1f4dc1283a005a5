/** The folder of a ledger that a command is about to write: made, or known to hold nothing but a ledger. */
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fail } from "../../errors.js";
import { foreignAmong } from "../../ledger/store/files.js";
import { hasLedger, openNodeStore, type Store, type StoreOptions } from "../../ledger/store/node.js";
import { reasonOf } from "./problem.js";

/**
 * Opens the ledger in a folder for writing; the folder is made when it is not there. Throws `conflict` for a folder
 * with anything but a ledger in it. Throws `invalid` where no folder can be made.
 */
export async function openOwnLedger(directory: string, options: StoreOptions): Promise<Store> {
  await makeFolder(directory);
  const names = await readdir(directory).catch((error: unknown) =>
    fail("invalid", directory, "a folder that can be read", reasonOf(error)),
  );
  const foreign = isLedger(directory) ? undefined : foreignAmong(names);
  if (foreign !== undefined) fail("conflict", directory, "a folder with a ledger, or an empty one", foreign);
  return openNodeStore(directory, options);
}

/** Whether a folder holds a ledger of this package. */
export function isLedger(directory: string): boolean {
  return hasLedger(directory);
}

/**
 * Makes a folder and those above it, one at a time: Node's own recursive `mkdir` tries for ever where a folder is there
 * but nothing can be made in it, as in `/proc`.
 */
async function makeFolder(directory: string): Promise<void> {
  const refuse = (error: unknown): never =>
    fail("invalid", directory, "a folder that can be made", reasonOf(error));
  try {
    await mkdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A file of that name is met again when the folder is read.
    if (code === "EEXIST") return;
    const above = dirname(directory);
    if (code !== "ENOENT" || above === directory || existsSync(above)) return refuse(error);
    await makeFolder(above);
    await mkdir(directory).catch(refuse);
  }
}
