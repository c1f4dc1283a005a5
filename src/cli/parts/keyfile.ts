import { type FileHandle, open, rm } from "node:fs/promises";
import { fromHex, hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import { openSignatures, type SigningKey } from "../../ledger/keys/signature.js";
import { object, readDocument, writeDocument } from "../../ledger/proof/proof.js";

/** A key on disk: a name for people and checkpoints, and the seed. */
export interface KeyFile {
  readonly name: string;
  readonly key: SigningKey;
}

const format = "gridclear key v1";
const maxKeyFileBytes = 4096;

/** Writes a new key file that nobody but its owner can read. Throws `conflict` when there is a file already. */
export async function writeKeyFile(path: string, name: string, key: SigningKey): Promise<void> {
  const seed = hex(await key.exportSeed());
  const file = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") return fail("conflict", path, "no file: a key is never overwritten", "one");
    return fail("storage", path, "a file that can be made", error.message);
  });
  try {
    await file.writeFile(writeDocument({ format, name, seed }, "key"));
    await file.sync();
  } catch (error) {
    // Half a key is none, and would stand in the way of a whole one.
    await rm(path, { force: true });
    return fail("storage", path, "a key that can be written", (error as Error).message);
  } finally {
    await file.close();
  }
}

/** Reads a key file. Throws `refused` when others than its owner may read it, `invalid` or `corrupt` for anything but a key file. */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) =>
    fail("invalid", path, "a key file (gridclear keys make)", error.code),
  );
  try {
    const { mode } = await file.stat();
    // Windows has no such bits and reports them all.
    if (process.platform !== "win32" && (mode & 0o077) !== 0)
      return fail("refused", path, "a key file for its owner alone (chmod 600)", (mode & 0o777).toString(8));
    const text = new TextDecoder().decode(await readAtMost(file, path, maxKeyFileBytes));
    const { name, seed } = readDocument(
      text,
      "key",
      (json) => {
        const fields = object(json, "key");
        if (fields.format !== format) return fail("corrupt", "key.format", format, fields.format);
        if (typeof fields.name !== "string") return fail("corrupt", "key.name", "a name", fields.name);
        return { name: fields.name, seed: fromHex(fields.seed, "key.seed") };
      },
      (value) => ({ format, name: value.name, seed: hex(value.seed) }),
    );
    return { name, key: await (await openSignatures()).importSeed(seed) };
  } finally {
    await file.close();
  }
}

/** Reads a text file of at most `limit` bytes, strictly UTF-8. */
export async function readText(path: string, limit: number = 1 << 20): Promise<string> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) =>
    fail("invalid", path, "a file that can be read", error.code),
  );
  try {
    const bytes = await readAtMost(file, path, limit);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return fail("corrupt", path, "UTF-8 text", "other bytes");
    throw error;
  } finally {
    await file.close();
  }
}

/** The bytes of a file, pipe or device; what it says of its size is not believed. Throws `limit` when there are more. */
async function readAtMost(file: FileHandle, path: string, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file
      .read(bytes, length, bytes.length - length)
      .catch((error: NodeJS.ErrnoException) => fail("invalid", path, "a file that can be read", error.code));
    length += bytesRead;
    if (length > limit) return fail("limit", path, `at most ${limit} bytes`, "more");
    if (bytesRead === 0) return bytes.subarray(0, length);
  }
}
