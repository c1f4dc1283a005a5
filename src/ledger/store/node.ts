import { existsSync } from "node:fs";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { fail, GridclearError } from "../../errors.js";
import { openHasher } from "../tree/hashwasm.js";
import { openHeadFile } from "./head.js";
import { type Database, levelMedium } from "./level.js";
import { openOn } from "./medium.js";
import type { Store, StoreOptions } from "./store.js";

export type { Recovery, Store, StoreOptions } from "./store.js";

/** Whether a directory holds a ledger. */
export function hasLedger(directory: string): boolean {
  return existsSync(join(directory, "CURRENT"));
}

/**
 * Opens a ledger on disk, in a directory of its own: a LevelDB whose writes are flushed before they are acknowledged,
 * and a file `HEAD` that says, outside the database, how far the acknowledged chain goes. Throws `conflict` when another
 * process or store holds it, `corrupt` naming the first bad height, `invalid` when it is not there and `create` is false.
 *
 * @example
 * const store = await openNodeStore("./ledger");
 */
export async function openNodeStore(directory: string, options: StoreOptions = {}): Promise<Store> {
  const create = options.create ?? true;
  if (!create && !hasLedger(directory))
    return fail("invalid", "ledger", "a directory with a ledger", directory);
  const hasher = options.hasher ?? (await openHasher());
  const database: Database = new ClassicLevel<string, Uint8Array>(directory, {
    keyEncoding: "utf8",
    valueEncoding: "view",
    createIfMissing: create,
  });
  try {
    await database.open();
  } catch (error) {
    throw openError(error, directory);
  }
  try {
    const head = await openHeadFile(join(directory, "HEAD"), hasher);
    return await openOn(levelMedium(database, head), { ...options, hasher });
  } catch (error) {
    // openOn closes its medium; closing again does nothing, and covers a HEAD that could not be opened.
    await database.close().catch(() => {});
    throw error;
  }
}

function openError(error: unknown, directory: string): GridclearError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as { code?: unknown } | null)?.code;
  const got = cause instanceof Error ? cause.message : cause;
  if (code === "LEVEL_LOCKED")
    return new GridclearError("conflict", { field: directory, wanted: "one writer", got }, { cause: error });
  const kind = code === "LEVEL_CORRUPTION" ? "corrupt" : "storage";
  return new GridclearError(
    kind,
    { field: directory, wanted: "a database that opens", got },
    { cause: error },
  );
}
