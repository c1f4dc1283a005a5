/** Snapshots beside the blocks of a store: the last two, should the newest be bad. */
import { fail } from "../../errors.js";
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

/** Writes a snapshot, and drops all others but the newest. */
export async function keepSnapshot(medium: SnapshotMedium, height: number, bytes: Uint8Array): Promise<void> {
  await medium.write(height, bytes);
  const others = (await medium.list()).filter((each) => each !== height).sort(newestFirst);
  for (const old of others.slice(keptSnapshots - 1)) await medium.drop(old);
}
