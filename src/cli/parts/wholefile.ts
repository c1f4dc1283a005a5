/** Files that are there as a whole or not at all, in a folder that a command goes on with where it was interrupted. */
import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { asStorage, fail } from "../../errors.js";

/** Text of a file, at once or in pieces. */
export type Text = string | AsyncIterable<string>;

/** Writes a file under another name, flushes it and gives it its own. Folders above it are made. */
export async function writeWhole(path: string, text: Text): Promise<void> {
  const draft = `${path}.new`;
  let file: FileHandle | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    file = await open(draft, "w");
    if (typeof text === "string") await file.writeFile(text);
    else for await (const piece of text) await file.writeFile(piece);
    await file.sync();
    await file.close();
    file = undefined;
    await rename(draft, path);
  } catch (error) {
    await file?.close();
    throw asStorage(error, path, "a file that can be written");
  }
}

/** What a file holds; null where there is none. */
export async function textAt(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw asStorage(error, path, "a file that can be read");
  });
}

/**
 * Writes a file unless it is there with the same text. Throws `conflict` for one with another: nothing is replaced.
 * Resolves to whether it was written.
 */
export async function writeOnce(path: string, text: string): Promise<boolean> {
  const found = await textAt(path);
  if (found === null) await writeWhole(path, text);
  else if (found !== text) fail("conflict", path, "no file, or one with the same in it", "another");
  return found === null;
}
