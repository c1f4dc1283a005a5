/**
 * The profile file of a scenario, of any length: read once from front to back, into pages that lie in a temporary file
 * when there are many. A run then reads of each profile only where it is.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { type FileHandle, mkdtemp, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asStorage, fail, placed } from "../../errors.js";
import { isParquet, readParquetRows } from "../../files/parquetrows.js";
import { TextPieces } from "../../files/text.js";
import { type ProfileFile, ProfileReader, profileColumns } from "../../simulation/profilefile.js";
import type { Scenario } from "../../simulation/scenario.js";
import { memoryPages, type Pages, pageSteps } from "../../simulation/world/series.js";
import type { Io } from "../command.js";
import { reasonOf } from "./problem.js";
import { progressLine } from "./progress.js";

/** Bytes that are read at once. */
const pieceBytes = 1 << 18;
/** A file of at most so many bytes stays in memory: there are fewer rows than bytes, and a page for each at most. */
const memoryBytes = 1 << 22;

/** What a profile file holds, and the end of it. */
export interface OpenProfiles extends ProfileFile {
  /** Removes the temporary file; the profiles can't be used any more. */
  close(): void;
}

/**
 * Reads a profile file, CSV or Parquet by its first bytes. Throws `invalid` or `limit` naming file, line or row, and
 * column; `storage` when there is no room for the temporary file.
 */
export async function readProfiles(path: string, scenario: Scenario, io: Io): Promise<OpenProfiles> {
  const file = await open(path, "r").catch((error: unknown) =>
    fail("invalid", path, "a file that can be read", reasonOf(error)),
  );
  let pages: ClosablePages | null = null;
  try {
    const { size } = await file.stat();
    pages = size > memoryBytes ? await diskPages() : { ...memoryPages(), close: () => {} };
    const { close } = pages;
    const profiles = await readInto(file, { path, size, scenario, pages, io });
    return { ...profiles, close };
  } catch (error) {
    pages?.close();
    throw placed(error, path);
  } finally {
    await file.close();
  }
}

interface Reading {
  readonly path: string;
  readonly size: number;
  readonly scenario: Scenario;
  readonly pages: Pages;
  readonly io: Io;
}

async function readInto(
  file: FileHandle,
  { path, size, scenario, pages, io }: Reading,
): Promise<ProfileFile> {
  const progress = progressLine(io);
  const told = (done: number, last = false): void => {
    if (size > memoryBytes)
      progress(() => `reading ${path}  ${Math.floor((100 * done) / Math.max(size, 1))} %`, last);
  };
  const bytes = new Uint8Array(pieceBytes);
  const { bytesRead } = await file.read(bytes, 0, pieceBytes);
  if (isParquet(bytes.subarray(0, bytesRead))) {
    const reader = new ProfileReader(scenario, pages, "row");
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
    await readParquetRows({ byteLength: size, slice }, profileColumns, (row, at) => reader.row(row, at));
    told(size, true);
    return reader.end();
  }
  const reader = new ProfileReader(scenario, pages);
  const text = new TextPieces();
  let done = 0;
  for (let count = bytesRead; count > 0; { bytesRead: count } = await file.read(bytes, 0, pieceBytes)) {
    reader.write(text.take(bytes.subarray(0, count)));
    done += count;
    told(done);
  }
  reader.write(text.end());
  told(done, true);
  return reader.end();
}

type ClosablePages = Pages & { close(): void };

/**
 * Pages in a temporary file that no folder names any more where the system allows it, so that nothing is left behind
 * however the process ends.
 */
async function diskPages(): Promise<ClosablePages> {
  const folder = await mkdtemp(join(tmpdir(), "gridclear-profiles-")).catch((error: unknown) => {
    throw asStorage(error, tmpdir(), "a folder for a temporary file");
  });
  const handle = openSync(join(folder, "pages"), "wx+", 0o600);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  let isRemoved = false;
  try {
    remove();
    isRemoved = true;
  } catch {
    // Windows keeps a folder while a file in it is open.
  }
  const pageBytes = 8 * (pageSteps + 1);
  const bytesOf = (page: Float64Array): Uint8Array =>
    new Uint8Array(page.buffer, page.byteOffset, page.byteLength);
  let count = 0;
  const write = (number: number, page: Float64Array): void => {
    try {
      writeSync(handle, bytesOf(page), 0, pageBytes, number * pageBytes);
    } catch (error) {
      throw asStorage(error, tmpdir(), "room for a temporary file");
    }
  };
  return {
    add(page) {
      write(count, page);
      count += 1;
      return count - 1;
    },
    write,
    read(number, page) {
      const read = readSync(handle, bytesOf(page), 0, pageBytes, number * pageBytes);
      if (read !== pageBytes) fail("storage", tmpdir(), `${pageBytes} bytes of a temporary file`, read);
    },
    close() {
      closeSync(handle);
      if (!isRemoved) remove();
    },
  };
}
