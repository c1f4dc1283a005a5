/**
 * Reading a ledger on disk without touching it.
 *
 * Opening a LevelDB rewrites its log and drops what its checksums refuse. That would spoil the evidence of a damaged
 * ledger, and harm a market that is writing a good one. So every command that only reads opens a copy, made here:
 * nothing of it is shared with the original, not even by a link, for a table that the market is just making may have
 * the very number under which the database, opening the copy, writes one of its own.
 */
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { chmod, copyFile, mkdtemp, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sameBytes } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { hasLedger, openNodeStore, type Store, type StoreOptions } from "../../ledger/store/node.js";

/** How a reader wants the store of a copy opened; there is nothing to make in a copy. */
export type CopyOptions = Omit<StoreOptions, "create">;

/**
 * Copies the ledger in `directory` as it stood at one moment, opens the copy and lends its store to `use`, with the
 * bytes of its `HEAD`. A market may go on writing the original; a reader needs no leave to write it. The copy is
 * removed whatever happens: also when the process is told to stop (SIGINT, SIGTERM, SIGHUP) or exits from elsewhere.
 *
 * Throws `invalid` when `directory` holds no ledger or can't be read, `storage` when there is no room for a copy,
 * `conflict` when the files never stand still, and what {@link openNodeStore} and `use` throw.
 */
export async function withCopy<T>(
  directory: string,
  options: CopyOptions,
  use: (store: Store, head: Uint8Array) => Promise<T>,
): Promise<T> {
  if (!hasLedger(directory)) return fail("invalid", "LEDGER", "a directory with a ledger", directory);
  const folder = await mkdtemp(join(tmpdir(), "gridclear-copy-")).catch((error) => noRoom(error, tmpdir()));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const letGo = removeWhenStopped(remove);
  try {
    const head = await copyLedger(directory, folder);
    const store = await openNodeStore(folder, { ...options, create: false });
    try {
      return await use(store, head);
    } finally {
      await store.close();
    }
  } catch (error) {
    throw renamed(error, folder, directory);
  } finally {
    remove();
    letGo();
  }
}

const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Has `remove` called when the process ends early; returns what undoes that. */
function removeWhenStopped(remove: () => void): () => void {
  const handlers = Object.entries(signals).map(([signal, number]) => {
    const stop = (): void => {
      // A command that ends itself when it is told to (a witness finishes its round) removes its copy on the way.
      if (process.listenerCount(signal) === 1) process.exit(128 + number);
    };
    process.on(signal, stop);
    return { signal, stop };
  });
  process.on("exit", remove);
  return () => {
    process.off("exit", remove);
    for (const { signal, stop } of handlers) process.off(signal, stop);
  };
}

/** An error in which the ledger is called by its own name and not by that of the copy. */
function renamed(error: unknown, folder: string, directory: string): unknown {
  if (!(error instanceof GridclearError) || !error.message.includes(folder)) return error;
  const { code, wanted, height } = error;
  const own = (text: string): string => text.replaceAll(folder, directory);
  const got = typeof error.value === "string" ? own(error.value) : error.value;
  return new GridclearError(code, { field: own(error.field), wanted, got }, { cause: error, height });
}

const noRoom = (error: NodeJS.ErrnoException, place: string): never =>
  fail(
    "storage",
    `temporary directory ${place}`,
    "room for a copy of the ledger",
    error.code ?? error.message,
  );

/** The files of a ledger at one moment. Tables, logs and the manifest only ever grow: so many of their bytes count. */
interface Moment {
  /** Bytes of `HEAD`: which blocks were acknowledged. */
  readonly head: Uint8Array;
  /** Bytes of `CURRENT`: the name of the manifest. */
  readonly current: Uint8Array;
  /** Bytes of each other file of the database, by name. */
  readonly sizes: ReadonlyMap<string, number>;
}

const databaseFile = /^(?:MANIFEST-\d+|\d+\.(?:ldb|sst|log))$/;
const isManifest = (name: string): boolean => name.startsWith("M");
const isLog = (name: string): boolean => name.endsWith(".log");
const mostTries = 200;

/**
 * Copies a ledger file by file up to the sizes of one moment. When the market removes a file before it is copied, a
 * new moment is taken and only what is new or has grown since is copied again; so a large ledger is caught up with.
 * Returns the bytes of `HEAD`.
 */
async function copyLedger(directory: string, folder: string): Promise<Uint8Array> {
  const copied = new Map<string, number>();
  for (let tries = 0; tries < mostTries; tries += 1) {
    const moment = momentOf(directory);
    if (moment === null || !(await copyFiles(directory, folder, moment, copied))) continue;
    const name = new TextDecoder().decode(moment.current).trimEnd();
    if (!moment.sizes.has(name))
      return fail("corrupt", "CURRENT", "the name of a manifest that is there", name);
    await writeFile(join(folder, "CURRENT"), moment.current).catch((error) => noRoom(error, folder));
    await writeFile(join(folder, "HEAD"), moment.head).catch((error) => noRoom(error, folder));
    return moment.head;
  }
  return fail("conflict", directory, "files that stay while they are copied", "others each time");
}

/**
 * What stands in a directory now; null when a market changed it in these microseconds. Looks synchronously, so that
 * nothing of this process comes between.
 *
 * The parts fit together because of the order in which a market writes: a block into the log and then its mark into
 * `HEAD`; a table whole and then its name into the manifest; a new manifest whole and then its name into `CURRENT`.
 * `HEAD` is the same before and after the logs were measured, so they hold every block that it speaks for and at most
 * one more. The names and the manifest are the same before and after everything, and the tables were measured after
 * the manifest, so each table that it names has its final size.
 */
function momentOf(directory: string): Moment | null {
  let name = "CURRENT";
  const read = (each: string): Uint8Array => {
    name = each;
    return readFileSync(join(directory, each));
  };
  const sizeOf = (each: string): readonly [string, number] => {
    name = each;
    return [each, statSync(join(directory, each)).size];
  };
  const namesOf = (): string[] => {
    name = ".";
    return readdirSync(directory)
      .filter((each) => databaseFile.test(each))
      .sort();
  };
  try {
    const current = read("CURRENT");
    const names = namesOf();
    const manifests = names.filter(isManifest).map(sizeOf);
    const tables = names.filter((each) => !isManifest(each) && !isLog(each)).map(sizeOf);
    const head = read("HEAD");
    const logs = names.filter(isLog).map(sizeOf);
    const stable =
      sameBytes(read("HEAD"), head) &&
      namesOf().join() === names.join() &&
      manifests.every(([each, size]) => sizeOf(each)[1] === size) &&
      sameBytes(read("CURRENT"), current);
    return stable ? { head, current, sizes: new Map([...manifests, ...tables, ...logs]) } : null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && name === "HEAD") return fail("corrupt", "HEAD", "a file", "none");
    if (code === "ENOENT") return null;
    return fail("invalid", join(directory, name), "a file that can be read", code ?? message);
  }
}

/**
 * Copies the files of a moment; `copied` says how much of which is there already, for what has not grown has not
 * changed. False when one of them is gone or shorter by now.
 */
async function copyFiles(
  directory: string,
  folder: string,
  moment: Moment,
  copied: Map<string, number>,
): Promise<boolean> {
  for (const [name, size] of moment.sizes) {
    if (copied.get(name) === size) continue;
    const [from, to] = [join(directory, name), join(folder, name)];
    copied.delete(name);
    try {
      await copyFile(from, to);
      // A read-only file is copied as one; the copy is the database's own to write.
      await chmod(to, 0o600);
      const { size: came } = await stat(to);
      if (came < size) return false;
      if (came > size) await truncate(to, size);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return false;
      if (code === "EACCES" || code === "EPERM")
        return fail("invalid", from, "a file that can be read", code);
      if (code === "EIO") return fail("storage", from, "a file that can be read", message);
      return noRoom(error as NodeJS.ErrnoException, folder);
    }
    copied.set(name, size);
  }
  return true;
}
