/**
 * Key files: a name and the secret seed of an Ed25519 key, as one line of canonical JSON (docs/signatures.md). Whatever
 * is wrong with a key file, no error says what stands in it: not in its message, its `value`, its cause or its stack.
 */
import { open, rm } from "node:fs/promises";
import { fromHex, fromUtf8, hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import type { SigningKey } from "../../ledger/keys/backend.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { namePattern } from "../../ledger/proof/checkpoint.js";
import { writeDocument } from "../../ledger/proof/proof.js";
import { asWritten, readAtMost } from "./document.js";
import { reasonOf } from "./problem.js";

/** A key on disk: a name for people and checkpoints, and the seed. */
export interface KeyFile {
  readonly name: string;
  readonly key: SigningKey;
}

const format = "gridclear key v2";
const maxKeyFileBytes = 4096;

/** The text of a key file. */
const written = (name: string, seed: string): string => writeDocument({ format, name, seed }, "key");

/** Writes a new key file that nobody but its owner can read. Throws `conflict` when there is a file already. */
export async function writeKeyFile(path: string, name: string, key: SigningKey): Promise<void> {
  const seed = hex(await key.exportSeed());
  const file = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") return fail("conflict", path, "no file: a key is never overwritten", "one");
    return fail("storage", path, "a file that can be made", reasonOf(error));
  });
  try {
    await file.writeFile(written(name, seed));
    await file.sync();
  } catch (error) {
    // Half a key is none, and would stand in the way of a whole one.
    await rm(path, { force: true });
    return fail("storage", path, "a key that can be written", reasonOf(error));
  } finally {
    await file.close();
  }
}

/**
 * Reads a key file. Throws `refused` when others than its owner may read it, `limit` when it is too long, `invalid` for
 * anything but a key file.
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const shown = shownPath(path);
  const file = await open(path, "r").catch((error: unknown) =>
    fail("invalid", shown, "a key file (gridclear keys make)", reasonOf(error)),
  );
  let bytes: Uint8Array;
  try {
    const { mode } = await file.stat();
    // Windows has no such bits and reports them all.
    if (process.platform !== "win32" && (mode & 0o077) !== 0)
      return fail("refused", shown, "a key file for its owner alone (chmod 600)", (mode & 0o777).toString(8));
    bytes = await readAtMost(file, shown, maxKeyFileBytes);
  } finally {
    await file.close();
  }
  const { name, seed } = readKey(bytes, shown);
  return { name, key: await (await openSignatures()).importSeed(fromHex(seed, "seed")) };
}

/** Who gives a seed where the path of a key file belongs must not find it in a log. */
function shownPath(path: string): string {
  return /[0-9a-f]{64}/i.test(path) ? "the key file" : path;
}

/** Name and seed; every error is made of words that stand here, never of what was read. */
function readKey(bytes: Uint8Array, path: string): { readonly name: string; readonly seed: string } {
  const refuse = (got: string): never =>
    fail("invalid", path, "a key file as gridclear keys make writes it", got);
  const text = fromUtf8(bytes);
  if (text === null) return refuse("bytes that are not UTF-8");
  const fields = parsed(asWritten(text));
  if (fields === null) return refuse("text that is not one object of JSON");
  const { name, seed } = fields;
  if (fields.format !== format) return refuse("another format, or none");
  if (typeof seed !== "string" || !/^[0-9a-f]{64}$/.test(seed))
    return refuse("a seed other than 64 lower-case hexadecimal digits");
  if (typeof name !== "string" || !namePattern.test(name))
    return refuse("a name other than 1 to 128 printable ASCII characters without blank and +");
  // The name is shown wherever the key is used.
  if (name.toLowerCase().includes(seed)) return refuse("a name with the seed in it");
  if (written(name, seed).trimEnd() !== asWritten(text).replace(/\n$/, ""))
    return refuse("the same with more fields, another order or other blanks");
  return { name, seed };
}

function parsed(text: string): { readonly [field: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    // The parser's own error quotes the text.
    return null;
  }
}
