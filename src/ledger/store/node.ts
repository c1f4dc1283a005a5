/**
 * A ledger in a directory of the disk, in Node: files that only grow (files.ts). One process writes; any number read
 * beside it, and can't change a byte.
 *
 * @module gridclear/store/node
 */
import { integer, text } from "../../check.js";
import { asStorage, fail } from "../../errors.js";
import { type Erased, eraseSegments } from "./erase.js";
import { defaultSegmentBytes, readingMedium, removeLedger, writingMedium } from "./files.js";
import { openOn } from "./medium.js";
import { segmentsOf } from "./segments.js";
import { checkStoreOptions, type Store, type StoreOptions } from "./store.js";

export type { Erased } from "./erase.js";
export type { Recovery, Store, StoredLog, StoreOptions } from "./store.js";

/** How to open a ledger on disk. */
export interface NodeStoreOptions extends StoreOptions {
  /** A file of at least so many bytes takes no further block; the next begins a new one. Default: 64 MiB. */
  readonly segmentBytes?: number;
}

/** Longer than any path that an operating system takes. */
const maxPath = 65_536;
/** A path as text; one with a NUL means something else to the operating system than to whoever wrote it. */
const path = text(/^[^\0]+$/, maxPath, "the path of a directory");

/** What the operating system says of a directory's files, as this package's own error. */
async function onDisk<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw asStorage(error, directory, "a ledger that can be opened");
  }
}

/** Whether a directory holds a ledger. Throws `invalid` unless it is a path. */
export function hasLedger(directory: string): boolean {
  path(directory, "directory");
  return segmentsOf(directory).length > 0;
}

function needLedger(directory: string): void {
  if (!hasLedger(directory)) fail("invalid", "ledger", "a directory with a ledger", directory);
}

/**
 * Opens a ledger to write, in a directory of its own. Blocks are flushed before they are acknowledged. Throws
 * `conflict` when another process or store holds it, `corrupt` naming the first bad height, `invalid` when it is not
 * there and `create` is false, or when the directory holds something else.
 *
 * @example
 * const store = await openNodeStore("./ledger");
 */
export async function openNodeStore(directory: string, options: NodeStoreOptions = {}): Promise<Store> {
  path(directory, "directory");
  checkStoreOptions(options, "segmentBytes");
  const { segmentBytes = defaultSegmentBytes } = options;
  integer(1, Number.MAX_SAFE_INTEGER)(segmentBytes, "segmentBytes");
  const medium = await onDisk(directory, async () => {
    if (options.create === false) needLedger(directory);
    return writingMedium(directory, segmentBytes);
  });
  return openOn(medium, options);
}

/**
 * Removes a ledger for good, with what is kept beside its blocks; the directory stays, empty. Throws `conflict` when
 * another process or store holds it, and `invalid` for a directory that is not there or holds anything else; nothing is
 * removed then.
 */
export async function removeNodeStore(directory: string): Promise<void> {
  path(directory, "directory");
  await removeLedger(directory).catch((error: unknown) => {
    throw asStorage(error, directory, "a ledger that can be removed");
  });
}

/**
 * Erases records and secrets of all blocks below a height from the ledger of a private market on disk, and the
 * snapshots of those heights; headers, and so the chain and every proof that was given, stay. Nobody can execute these
 * periods again, so a snapshot of the height or a later one must be there. Erasing again what a crash cut short does
 * the rest. The disk may still hold the bytes where they stood; whoever has to be sure encrypts it.
 *
 * Throws `refused` for an open market, `state` without such a snapshot, `conflict` while a market writes the ledger,
 * `corrupt` for a block that is not what was written.
 */
export async function eraseBlocks(directory: string, below: number): Promise<Erased> {
  path(directory, "directory");
  integer(0, Number.MAX_SAFE_INTEGER)(below, "below");
  needLedger(directory);
  return eraseSegments(directory, below);
}

/**
 * Opens a ledger to read: the blocks that are there at the time of the call, also while another process writes, and on
 * a disk that can't be written. Throws `state` when asked to write, `invalid` when there is no ledger, `corrupt` naming
 * the first bad height.
 */
export async function readNodeStore(directory: string, options: StoreOptions = {}): Promise<Store> {
  checkStoreOptions(options);
  const medium = await onDisk(directory, async () => {
    needLedger(directory);
    return readingMedium(directory);
  });
  return openOn(medium, options);
}
