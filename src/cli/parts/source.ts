/**
 * Whatever holds a ledger on disk, opened for reading: a directory, the binary file or the JSON document
 * that `gridclear export` writes. Commands that read a ledger take any of them.
 */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { fail, GridclearError } from "../../errors.js";
import { isUtf16 } from "../../files/text.js";
import type { Blocks } from "../../ledger/format/chain.js";
import type { Store } from "../../ledger/store/node.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { importJson } from "../../report/export/document.js";
import { readLedgerFile } from "../../report/export/file.js";
import { reasonOf } from "./problem.js";
import { type ReadingOptions, withStored } from "./stored.js";

/** A ledger opened for reading. */
export interface Source {
  /** Its blocks from genesis, afresh with each call. */
  readonly blocks: () => Blocks;
  /** What only a directory has; null for a file. */
  readonly store: Store | null;
}

/** How to open a source. */
export type SourceOptions = ReadingOptions & { readonly hasher: Hasher };

/**
 * Opens whatever holds a ledger and lends it to `use`. Throws `invalid` for a path that leads nowhere or to something
 * else, and what {@link withStored}, the readers of files, and `use` throw. Blocks of a file are checked while they are
 * read.
 */
export async function withSource<T>(
  path: string,
  options: SourceOptions,
  use: (source: Source) => Promise<T>,
): Promise<T> {
  const found = await stat(path).catch(() =>
    fail("invalid", "LEDGER", "a directory or file that can be read", path),
  );
  if (found.isDirectory())
    return withStored(path, options, (store) => use({ blocks: () => store.blocks(), store }));
  const { hasher } = options;
  const form = await formOf(path);
  const blocks = (): Blocks =>
    form === "file" ? readLedgerFile(piecesOf(path), hasher) : importJson(textOf(path), hasher);
  return use({ blocks, store: null });
}

const unreadable = (path: string, error: unknown): never =>
  fail("storage", path, "a file that can be read", reasonOf(error));

const beginnings = { file: "GCLF", json: '{"format":"gridclear ledger"' } as const;

/** Which of the two forms of an export a file begins as. Throws `invalid` when it is neither. */
async function formOf(path: string): Promise<keyof typeof beginnings> {
  const file = await open(path).catch(() => fail("invalid", "LEDGER", "a file that can be read", path));
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(64), 0, 64, 0);
    // Latin-1 decodes any bytes; a byte order mark is three of them.
    const start = new TextDecoder("latin1")
      .decode(buffer.subarray(0, bytesRead))
      .replace(/^\u00ef\u00bb\u00bf/, "");
    for (const form of ["file", "json"] as const) if (start.startsWith(beginnings[form])) return form;
    if (bytesRead > 1 && isUtf16(buffer)) fail("invalid", "LEDGER", "UTF-8 text", "UTF-16");
    return fail(
      "invalid",
      "LEDGER",
      "a ledger: a directory, or what gridclear export wrote as json or file",
      path,
    );
  } catch (error) {
    throw error instanceof GridclearError ? error : unreadable(path, error);
  } finally {
    await file.close();
  }
}

/** The bytes of a file in pieces. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    throw error instanceof GridclearError ? error : unreadable(path, error);
  }
}

/** The text of a file in pieces, a byte order mark left out. Throws `invalid` unless it is UTF-8. */
async function* textOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (piece?: Uint8Array): string => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      return fail("invalid", path, "UTF-8 text", "other bytes");
    }
  };
  for await (const piece of piecesOf(path)) yield decode(piece);
  yield decode();
}
