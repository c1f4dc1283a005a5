/** What is kept beside the blocks in a directory as a file each: small values, and snapshots. */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile, syncFolder } from "./disk.js";
import type { SnapshotMedium } from "./snapshots.js";

/** The folders, in the directory of a ledger. */
export const metaFolder = "meta";
export const snapshotFolder = "snapshots";
/** A snapshot is named after its height; a `.new` is what a crash left of one. */
const snapshotPattern = /^(\d{16})\.gcls$/;
const snapshotName = (height: number): string => `${`${height}`.padStart(16, "0")}.gcls`;

/** A key as the name of a file: what not every file system takes is written as its code. */
const fileNameOf = (key: string): string =>
  key.replaceAll(/[^a-z0-9_-]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`);

/** What `read` gives; null where there is no such file or folder. */
function whereThere<T>(read: Promise<T>): Promise<T | null> {
  return read.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

/** Writes a file of a folder of a ledger; a crash leaves the old or the new one, whole. */
async function write(directory: string, folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(directory, folder);
  if ((await mkdir(path, { recursive: true })) !== undefined) await syncFolder(directory);
  await replaceFile(join(path, name), bytes);
}

export async function readMeta(directory: string, key: string): Promise<Uint8Array | null> {
  const bytes = await whereThere(readFile(join(directory, metaFolder, fileNameOf(key))));
  return bytes === null ? null : new Uint8Array(bytes);
}

export function writeMeta(directory: string, key: string, value: Uint8Array): Promise<void> {
  return write(directory, metaFolder, fileNameOf(key), value);
}

/** The snapshots of a ledger; `check` throws unless its directory may be written now. */
export function snapshotFiles(directory: string, check: () => void): SnapshotMedium {
  const folder = join(directory, snapshotFolder);
  return {
    async list() {
      const names = (await whereThere(readdir(folder))) ?? [];
      return names.flatMap((name) => {
        const height = snapshotPattern.exec(name)?.[1];
        return height === undefined ? [] : [Number(height)];
      });
    },
    async read(height) {
      const bytes = await whereThere(readFile(join(folder, snapshotName(height))));
      return bytes === null ? null : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    async write(height, bytes) {
      check();
      await write(directory, snapshotFolder, snapshotName(height), bytes);
    },
    async drop(height) {
      check();
      await rm(join(folder, snapshotName(height)), { force: true });
    },
  };
}
