/** Files and folders so written that a crash leaves the old or the new, whole. */
import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { fail } from "../../errors.js";

/** Makes names in a folder last. Windows keeps them by itself and opens no folder. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
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
