/** Files that are tables, CSV or Parquet by their first bytes, of any length: read once from front to back. */
import { type FileHandle, open } from "node:fs/promises";
import { fail, placed } from "../../errors.js";
import { isParquet, type ParquetColumn, readParquetRows } from "../../files/parquetrows.js";
import type { TextPieces } from "../../files/text.js";
import type { Io } from "../command.js";
import { reasonOf } from "./problem.js";
import { progressLine } from "./progress.js";

/** Bytes that are read at once. */
const pieceBytes = 1 << 18;
/** Of a smaller file no progress is shown. */
const shownBytes = 1 << 22;

/** Takes what a table holds: a text in pieces, or columns and rows. */
export interface TableTaker {
  /** Decodes a text's bytes. */
  readonly text: TextPieces;
  write(piece: string): void;
  /** Chooses out of the columns of a table those that it needs. */
  columns(found: readonly ParquetColumn[]): readonly string[];
  /** A row with these columns, and its place, counted from 1; the object is reused. */
  row(row: { readonly [column: string]: unknown }, at: number): void;
}

/** A file that was opened. */
export interface OpenTable {
  /** In bytes. */
  readonly size: number;
  readonly isParquet: boolean;
  /** Reads it all, once. */
  read(taker: TableTaker): Promise<void>;
}

/**
 * Opens a table and lends it to `use`; every error begins with the path. Throws `invalid` when it can't be read, and
 * what its reader and `use` throw.
 */
export async function withTable<T>(path: string, io: Io, use: (table: OpenTable) => Promise<T>): Promise<T> {
  const file = await open(path, "r").catch((error: unknown) =>
    fail("invalid", path, "a file that can be read", reasonOf(error)),
  );
  try {
    const { size } = await file.stat();
    const first = new Uint8Array(pieceBytes);
    const { bytesRead } = await file
      .read(first, 0, pieceBytes)
      .catch((error: unknown) => fail("invalid", "file", "one that can be read", reasonOf(error)));
    const progress = progressLine(io);
    const told = (done: number, last = false): void => {
      if (size > shownBytes)
        progress(() => `reading ${path}  ${Math.floor((100 * done) / Math.max(size, 1))} %`, last);
    };
    const opened = { file, size, first, firstBytes: bytesRead, told };
    const isTable = isParquet(first.subarray(0, bytesRead));
    return await use({
      size,
      isParquet: isTable,
      read: (taker) => (isTable ? readRows(opened, taker) : readText(opened, taker)),
    });
  } catch (error) {
    throw placed(error, path);
  } finally {
    await file.close();
  }
}

interface Opened {
  readonly file: FileHandle;
  readonly size: number;
  /** The first piece, and how much of it was read. */
  readonly first: Uint8Array;
  readonly firstBytes: number;
  told(done: number, last?: boolean): void;
}

async function readRows({ file, size, told }: Opened, taker: TableTaker): Promise<void> {
  const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
    told(start);
    const piece = new Uint8Array(end - start);
    for (let at = 0; at < piece.length; ) {
      const { bytesRead: more } = await file.read(piece, at, piece.length - at, start + at);
      if (more === 0) fail("invalid", "file", `${size} bytes`, start + at);
      at += more;
    }
    return piece.buffer;
  };
  await readParquetRows(
    { byteLength: size, slice },
    (found) => taker.columns(found),
    (row, at) => taker.row(row, at),
  );
  told(size, true);
}

async function readText({ file, first, firstBytes, told }: Opened, taker: TableTaker): Promise<void> {
  let done = 0;
  for (let count = firstBytes; count > 0; { bytesRead: count } = await file.read(first, 0, pieceBytes)) {
    taker.write(taker.text.take(first.subarray(0, count)));
    done += count;
    told(done);
  }
  taker.write(taker.text.end());
  told(done, true);
}
