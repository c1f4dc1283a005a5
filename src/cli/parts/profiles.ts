/**
 * The profile file of a scenario, of any length: read once from front to back, into pages that lie in a temporary file
 * when there are many. A run then reads of each profile only where it is.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asStorage, fail } from "../../errors.js";
import { TextPieces } from "../../files/text.js";
import {
  type ProfileFile,
  ProfileReader,
  profileColumns,
  type TableRow,
} from "../../simulation/profilefile.js";
import type { Scenario } from "../../simulation/scenario.js";
import { memoryPages, type Pages, pageSteps } from "../../simulation/world/series.js";
import type { Io } from "../command.js";
import { withTable } from "./tablefile.js";

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
  return withTable(path, io, async (table) => {
    const pages = table.size > memoryBytes ? await diskPages() : { ...memoryPages(), close: () => {} };
    try {
      const reader = new ProfileReader(scenario, pages, table.isParquet ? "row" : "line");
      await table.read({
        text: new TextPieces(),
        write: (piece) => reader.write(piece),
        columns: () => profileColumns,
        row: (row, at) => reader.row(row as TableRow, at),
      });
      return { ...reader.end(), close: pages.close };
    } catch (error) {
      pages.close();
      throw error;
    }
  });
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
