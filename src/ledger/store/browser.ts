/**
 * A store in the browser's IndexedDB, on a page or in a worker.
 *
 * @module gridclear/store/browser
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { text } from "../../check.js";
import { fail } from "../../errors.js";
import { headerBytes } from "../format/header.js";
import type { Mark } from "../format/ledgerfile.js";
import { hashBytes } from "../tree/hasher.js";
import type { LogMedium } from "./log.js";
import { type Medium, openOn } from "./medium.js";
import { checkStoreOptions, type Store, type StoreOptions } from "./store.js";

export type { Recovery, Store, StoredLog, StoreOptions } from "./store.js";

interface LedgerSchema extends DBSchema {
  blocks: { key: number; value: Uint8Array };
  meta: { key: string; value: Uint8Array };
  mark: { key: number; value: Mark };
  log: { key: number; value: LoggedGroup };
  snapshots: { key: number; value: Uint8Array };
}
/** A group of the log, by its place in it. */
interface LoggedGroup {
  readonly period: number;
  readonly group: Uint8Array;
}
type LedgerDatabase = IDBPDatabase<LedgerSchema>;

/** Keys of the marks: of the chain, and of the log, which counts its groups. */
const [chainMark, logMark] = [0, 1];
const logMarkOf = (groups: number): Mark => ({ size: groups, hash: new Uint8Array(hashBytes) });

const strict = { durability: "strict" } as const;

/** A medium on an open IndexedDB; `release` lets go of the writer's lock. */
function indexedMedium(database: LedgerDatabase, release: () => void): Medium {
  const put = async <K extends "blocks" | "meta" | "mark" | "snapshots">(
    name: K,
    key: LedgerSchema[K]["key"],
    value: LedgerSchema[K]["value"],
  ): Promise<void> => {
    const transaction = database.transaction(name, "readwrite", strict);
    // Only the transaction's end says that it was flushed; a failed put shows there as well.
    await Promise.all([transaction.store.put(value, key), transaction.done]);
  };
  return {
    async extent() {
      const cursor = await database.transaction("blocks").store.openKeyCursor(null, "prev");
      if (cursor === null) return 0;
      const { key } = cursor;
      return Number.isSafeInteger(key) && key >= 0
        ? key + 1
        : fail("corrupt", "database", "heights as keys", key);
    },
    read: async (height) => (await database.get("blocks", height)) ?? null,
    // A value is read whole or not at all.
    header: async (height) => (await database.get("blocks", height))?.subarray(0, headerBytes) ?? null,
    torn: async () => null,
    async append(height, bytes, mark) {
      // One transaction: block and mark are both there or neither is.
      const transaction = database.transaction(["blocks", "mark"], "readwrite", strict);
      await Promise.all([
        transaction.objectStore("blocks").put(bytes, height),
        transaction.objectStore("mark").put(mark, chainMark),
        transaction.done,
      ]);
    },
    async drop(height) {
      const transaction = database.transaction("blocks", "readwrite", strict);
      await Promise.all([transaction.store.delete(height), transaction.done]);
    },
    readMark: async () => (await database.get("mark", chainMark)) ?? null,
    confirm: (mark) => put("mark", chainMark, mark),
    readMeta: async (key) => (await database.get("meta", key)) ?? null,
    writeMeta: (key, value) => put("meta", key, value),
    snapshots: {
      list: () => database.getAllKeys("snapshots"),
      read: async (height) => (await database.get("snapshots", height)) ?? null,
      write: (height, bytes) => put("snapshots", height, bytes),
      drop: (height) => database.delete("snapshots", height),
    },
    ...indexedLog(database),
    async close() {
      database.close();
      release();
    },
  };
}

/** The log of an open IndexedDB. Groups and the mark that counts them are one transaction. */
function indexedLog(database: LedgerDatabase): LogMedium {
  const change = async (groups: number, entry: LoggedGroup | null, fresh: boolean): Promise<void> => {
    const transaction = database.transaction(["log", "mark"], "readwrite", strict);
    const log = transaction.objectStore("log");
    await Promise.all([
      fresh ? log.clear() : null,
      entry === null ? null : log.put(entry, groups - 1),
      transaction.objectStore("mark").put(logMarkOf(groups), logMark),
      transaction.done,
    ]);
  };
  return {
    async logExtent() {
      const groups = (await database.get("mark", logMark))?.size ?? 0;
      if (groups === 0) return null;
      const first = await database.get("log", 0);
      const period = first?.period ?? fail("corrupt", "log, group 0", "entries", "none");
      const count = await database.count("log");
      return count === groups ? { period, groups } : fail("corrupt", "log", `${groups} groups`, count);
    },
    readLog: async (index) => (await database.get("log", index))?.group ?? null,
    beginLog: (period, group) => change(1, { period, group }, true),
    appendLog: ({ period, groups }, group) => change(groups + 1, { period, group }, false),
    dropLog: () => change(0, null, true),
  };
}

/** Takes the one writer's lock of a ledger and returns what lets go of it. Throws `conflict` when it is held. */
function lock(name: string): Promise<() => void> {
  if (navigator.locks === undefined)
    return fail("unsupported", "navigator.locks", "a secure context (https or localhost)", "none");
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`gridclear ledger ${name}`, { ifAvailable: true }, (held) => {
        if (held === null) fail("conflict", name, "one writer", "another page or worker that writes");
        // Held for as long as this promise is not kept.
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

/**
 * Opens a ledger in the browser's IndexedDB, under a name of this origin's; on a page or in a worker. Writes are
 * `strict`: flushed before they are acknowledged. Throws `conflict` when another page or worker holds it, `corrupt`
 * naming the first bad height, `invalid` when it is not there and `create` is false, `unsupported` outside a browser.
 *
 * @example
 * const store = await openBrowserStore("market");
 */
export async function openBrowserStore(name: string, options: StoreOptions = {}): Promise<Store> {
  text(/./s, 1024, "a name of 1 to 1024 characters")(name, "name");
  checkStoreOptions(options);
  if (typeof indexedDB === "undefined" || typeof navigator === "undefined")
    return fail("unsupported", "indexedDB", "a page or a worker of one", "none");
  const release = await lock(name);
  let database: LedgerDatabase;
  try {
    database = await openDB<LedgerSchema>(`gridclear ledger ${name}`, 1, {
      upgrade(fresh, _from, _to, transaction) {
        if (options.create === false) {
          // The refusal shows as the failure of openDB; the transaction's own promise would tell it a second time.
          transaction.done.catch(() => {});
          transaction.abort();
          return;
        }
        fresh.createObjectStore("blocks");
        fresh.createObjectStore("meta");
        fresh.createObjectStore("mark");
        fresh.createObjectStore("log");
        fresh.createObjectStore("snapshots");
      },
    });
  } catch (error) {
    release();
    if (options.create === false) return fail("invalid", "ledger", "the name of a ledger", name);
    const got = error instanceof Error ? error.message : error;
    return fail("storage", name, "a database that opens", got);
  }
  return openOn(indexedMedium(database, release), options);
}
