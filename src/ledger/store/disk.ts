/**
 * Files read and written to the last byte, however few the system takes at a time, and files and folders so written
 * that a crash leaves the old or the new, whole.
 */
import { readSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { fail } from "../../errors.js";

/** Makes names in a folder last. Windows keeps them by itself and opens no folder. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}

/** Most bytes asked for at once: Node refuses 2 GiB. */
const mostAtOnce = 1 << 30;

/** The bytes of a file from `at` on: so many as are asked for, fewer where it ends before. */
export async function readAt(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(length - done, mostAtOnce), at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** The same without waiting: of a read of eight bytes, a promise is nearly the whole time. */
export function readAtSync(descriptor: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, Math.min(length - done, mostAtOnce), at + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}

/** Writes every byte, or throws. */
export async function writeAll(file: FileHandle, parts: readonly Uint8Array[], at: number): Promise<void> {
  for (const part of parts) {
    let done = 0;
    while (done < part.length) {
      const { bytesWritten } = await file.write(part, done, part.length - done, at + done);
      if (bytesWritten === 0) fail("storage", "store", "bytes written", "none");
      done += bytesWritten;
    }
    at += part.length;
  }
}

/** Replaces a file so that after a crash it is the old or the new one, whole. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, "w");
  try {
    await writeAll(file, [bytes], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  await syncFolder(dirname(path));
}
