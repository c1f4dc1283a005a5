/**
 * Snapshots beside the blocks of a store: the last two, should the newest be bad, and where old blocks are erased the
 * oldest, without which nobody could execute what follows.
 */
import { fail } from "../../errors.js";
import { isWithheld } from "../format/block.js";
import { decodeHeader } from "../format/header.js";
import { maxSnapshotBytes } from "../format/snapshot.js";

/** What keeps snapshots, by height. Whatever becomes of one, the blocks are there. */
export interface SnapshotMedium {
  /** Heights of those there are, in any order. */
  list(): Promise<number[]>;
  read(height: number): Promise<Uint8Array | null>;
  write(height: number, bytes: Uint8Array): Promise<void>;
  drop(height: number): Promise<void>;
}

const keptSnapshots = 2;
const newestFirst = (a: number, b: number): number => b - a;

/** Heights of the snapshots of a store of `size` blocks, the newest first. */
export async function snapshotHeights(medium: SnapshotMedium, size: number): Promise<number[]> {
  return (await medium.list()).filter((height) => height < size).sort(newestFirst);
}

/** Throws `invalid` unless there is a block at a height, `limit` for a snapshot that is too long. */
export function checkSnapshot(height: number, bytes: Uint8Array, size: number): void {
  if (!Number.isSafeInteger(height) || height < 0 || height >= size)
    fail("invalid", "height", `0 to ${size - 1}`, height);
  if (bytes.length > maxSnapshotBytes)
    fail("limit", "snapshot", `at most ${maxSnapshotBytes} bytes`, bytes.length);
}

/** What {@link keepSnapshot} needs of a store's medium. */
interface Kept {
  readonly snapshots: SnapshotMedium;
  read(height: number): Promise<Uint8Array | null>;
}

/**
 * Writes a snapshot, and drops all others but the newest, and but the oldest where genesis is its header alone. Blocks
 * are erased from genesis on, so whoever executes an erased ledger begins at its oldest snapshot.
 */
export async function keepSnapshot(medium: Kept, height: number, bytes: Uint8Array): Promise<void> {
  const { snapshots } = medium;
  await snapshots.write(height, bytes);
  const others = (await snapshots.list()).filter((each) => each !== height).sort(newestFirst);
  const older = others.slice(keptSnapshots - 1);
  if (older.length === 0) return;
  const genesis = await medium.read(0);
  const isErased = genesis !== null && isWithheld(decodeHeader(genesis), genesis);
  for (const old of isErased ? older.slice(0, -1) : older) await snapshots.drop(old);
}
