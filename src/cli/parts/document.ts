/**
 * Reads the text files that people hand to commands: scenarios, profiles, keys, proofs, receipts, heads. One rule for
 * all of them: UTF-8, at most so many bytes; a byte order mark at the beginning and Windows line ends, which editors
 * and version control add without asking, are taken away. No document of this package can hold either, so nothing of
 * its meaning is lost.
 */
import { type FileHandle, open } from "node:fs/promises";
import { concat } from "../../bytes.js";
import { fail, GridclearError, placed, within } from "../../errors.js";
import { decodeText } from "../../files/text.js";
import { reasonOf } from "./problem.js";

/** Most bytes of a document unless its reader says otherwise. */
const maxDocumentBytes = 1 << 20;

/** How {@link readText} reads. */
export interface Reading {
  /** Most bytes; default 1 MiB. */
  readonly limit?: number;
  /** What an error says was wanted when the file can't be read. */
  readonly wanted?: string;
}

/**
 * Text of a file, pipe or device, without a byte order mark and with `\n` line ends. Throws `invalid` when it can't be
 * read, naming the line where it is not UTF-8, `limit` when it is too long.
 */
export async function readText(path: string, reading: Reading = {}): Promise<string> {
  const bytes = await readBytes(path, reading);
  return within(path, () => decodeText(bytes).replaceAll("\r\n", "\n"));
}

/** Bytes of a file, pipe or device. Throws `invalid` when it can't be read, `limit` when it is too long. */
async function readBytes(path: string, reading: Reading = {}): Promise<Uint8Array> {
  const { limit = maxDocumentBytes, wanted = "a file that can be read" } = reading;
  const file = await open(path, "r").catch((error: unknown) =>
    fail("invalid", path, wanted, reasonOf(error)),
  );
  try {
    return await readAtMost(file, path, limit);
  } finally {
    await file.close();
  }
}

/**
 * Reads a file, or standard input for `-`, of at most `limit` bytes and hands its text on; every error then starts with
 * its name.
 */
export async function readInput<T>(path: string, limit: number, read: (text: string) => T): Promise<T> {
  const bytes = await (path === "-" ? readStandardInput(limit) : readBytes(path, { limit }));
  return within(inputName(path), () => read(decodeText(bytes)));
}

/** What errors call a file that may be standard input. */
export const inputName = (path: string): string => (path === "-" ? "standard input" : path);

/** Bytes of standard input. Throws `invalid` when it can't be read, `limit` when there are more than `limit`. */
async function readStandardInput(limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of process.stdin as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > limit) break;
      pieces.push(piece);
    }
  } catch (error) {
    return fail("invalid", "standard input", "something that can be read", reasonOf(error));
  }
  return length > limit
    ? fail("limit", "standard input", `at most ${limit} bytes`, "more")
    : concat(...pieces);
}

/** A document's text as this package wrote it, whatever an editor has made of its beginning and its line ends. */
export function asWritten(text: string): string {
  return (text.startsWith("\uFEFF") ? text.slice(1) : text).replaceAll("\r\n", "\n");
}

/**
 * Decodes what a file holds, by `decode`. Every error begins with the file's name, and is one of form: a document that
 * can't be read as what it should be proves nothing, so `corrupt` becomes `invalid`.
 */
export function inFile<T>(place: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof GridclearError) || error.code === "limit") throw placed(error, place);
    return fail("invalid", `${place}: ${error.field}`, error.wanted, error.value);
  }
}

/**
 * The bytes of an open file, pipe or device; what it says of its size is not believed. Throws `limit` when there are
 * more.
 */
export async function readAtMost(file: FileHandle, path: string, limit: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(Math.min(limit + 1, 1 << 16));
  let length = 0;
  for (;;) {
    if (length === bytes.length) {
      const more = new Uint8Array(Math.min(limit + 1, 2 * bytes.length));
      more.set(bytes);
      bytes = more;
    }
    const { bytesRead } = await file
      .read(bytes, length, bytes.length - length)
      .catch((error: unknown) => fail("invalid", path, "a file that can be read", reasonOf(error)));
    length += bytesRead;
    if (length > limit) return fail("limit", path, `at most ${limit} bytes`, "more");
    if (bytesRead === 0) return bytes.subarray(0, length);
  }
}
