/**
 * A store in memory, for tests and for ledgers that need not outlive the process.
 *
 * @module gridclear/store/memory
 */
import { copyOf } from "../../bytes.js";
import { fail } from "../../errors.js";
import { headerBytes } from "../format/header.js";
import type { Mark } from "../format/ledgerfile.js";
import { type Medium, openOn } from "./medium.js";
import type { SnapshotMedium } from "./snapshots.js";
import { checkStoreOptions, type Store, type StoreOptions } from "./store.js";

export type { Recovery, Store, StoredLog, StoreOptions } from "./store.js";

/** The bytes of a store in memory: opening a store on the same ones again finds what was written. */
export interface MemoryMedium extends Medium {
  readonly blocks: Uint8Array[];
  readonly meta: Map<string, Uint8Array>;
  mark: Mark | null;
  /** The log and the groups of entries in it; null: none. */
  logged: { readonly period: number; readonly groups: Uint8Array[] } | null;
  /** Whether a store holds it now; null: none ever did. */
  held: boolean | null;
}

function memorySnapshots(): SnapshotMedium {
  const kept = new Map<number, Uint8Array>();
  return {
    list: async () => [...kept.keys()],
    read: async (height) => kept.get(height) ?? null,
    write: async (height, bytes) => {
      kept.set(height, copyOf(bytes));
    },
    drop: async (height) => {
      kept.delete(height);
    },
  };
}

/** A medium in memory; one store at a time. */
export function memoryMedium(): MemoryMedium {
  return {
    blocks: [],
    meta: new Map(),
    mark: null,
    logged: null,
    held: null,
    async extent() {
      return this.blocks.length;
    },
    async read(height) {
      const bytes = this.blocks[height];
      return bytes === undefined ? null : copyOf(bytes);
    },
    async header(height) {
      const bytes = this.blocks[height];
      return bytes === undefined ? null : copyOf(bytes, 0, headerBytes);
    },
    async torn() {
      return null;
    },
    async append(height, bytes, mark) {
      this.blocks[height] = copyOf(bytes);
      this.mark = mark;
    },
    async drop(height) {
      this.blocks.length = height;
    },
    async readMark() {
      return this.mark;
    },
    async confirm(mark) {
      this.mark = mark;
    },
    async readMeta(key) {
      const value = this.meta.get(key);
      return value === undefined ? null : copyOf(value);
    },
    async writeMeta(key, value) {
      this.meta.set(key, copyOf(value));
    },
    snapshots: memorySnapshots(),
    async logExtent() {
      return this.logged && { period: this.logged.period, groups: this.logged.groups.length };
    },
    async readLog(index) {
      const group = this.logged?.groups[index];
      return group === undefined ? null : copyOf(group);
    },
    async beginLog(period, group) {
      this.logged = { period, groups: [copyOf(group)] };
    },
    async appendLog({ groups }, group) {
      this.logged!.groups[groups] = copyOf(group);
    },
    async dropLog() {
      this.logged = null;
    },
    async close() {
      this.held = false;
    },
  };
}

/**
 * Opens a store in memory: empty, or on a medium that was used before. Nothing in it outlives the process. Throws as
 * every store does.
 */
export async function openMemoryStore(
  options: StoreOptions = {},
  medium: MemoryMedium = memoryMedium(),
): Promise<Store> {
  checkStoreOptions(options);
  if (medium.held === true) return fail("conflict", "store", "one writer", "another store");
  if (medium.held === null && options.create === false)
    return fail("invalid", "ledger", "a medium with a ledger", "a new one");
  medium.held = true;
  return openOn(medium, options);
}
