import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fail, GridclearError } from "../../errors.js";
import { hasLedger, openNodeStore } from "../../ledger/store/node.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import type { Blocks } from "../../report/blocks.js";
import { exportCsv, exportJson, exportParquet, tables } from "../../report/export/export.js";
import { writeLedgerFile } from "../../report/export/file.js";
import type { Command, Io } from "../command.js";
import { type Source, withSource } from "../parts/source.js";

const formats = ["json", "csv", "parquet", "file", "directory"] as const;

const usage = `Usage: gridclear export LEDGER --format FORMAT [--output PATH] [--table NAME]

Writes a ledger out, verifying it on the way.

LEDGER     directory of a ledger, or what this command wrote of one as json or file
--format   json       one document with everything in it; it can be read back to the same blocks
           csv        tables as text, decimals exact
           parquet    tables for DuckDB, pandas and others
           file       all blocks in one binary file (docs/ledger-format.md)
           directory  a new ledger directory
--output   where to: a file for json and file, a directory for the others; without it json, and a csv of one table, go to
           standard output
--table    only this one: ${tables.map(({ name }) => name).join(", ")}

Exit code 0: written. 1: the ledger is not good. 2: the input is not acceptable.
`;

/** Writes pieces to a file that must not be there yet. */
async function writeNew(path: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  const file = await open(path, "wx").catch((error: NodeJS.ErrnoException) =>
    error.code === "EEXIST"
      ? fail("conflict", "--output", "a name that is free", path)
      : fail("invalid", "--output", "a place that can be written to", error.message),
  );
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.close();
  } catch (error) {
    // Half an export is worth less than none: it looks like a whole one.
    await file.close();
    await rm(path);
    throw error;
  }
}

async function* once(bytes: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await bytes;
}

async function copyTo(directory: string, blocks: Blocks, hasher: Hasher): Promise<number> {
  if (hasLedger(directory)) return fail("conflict", "--output", "a directory without a ledger", directory);
  const store = await openNodeStore(directory, { hasher });
  try {
    for await (const bytes of blocks) await store.append(bytes, store.size);
    return store.size;
  } finally {
    await store.close();
  }
}

async function writeTables(
  format: "csv" | "parquet",
  directory: string,
  names: readonly string[],
  source: Source,
  hasher: Hasher,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const name of names) {
    const pieces =
      format === "csv"
        ? exportCsv(source.blocks(), name, hasher)
        : once(exportParquet(source.blocks(), name, hasher));
    await writeNew(join(directory, `${name}.${format}`), pieces);
  }
}

async function print(pieces: AsyncIterable<string>, io: Io): Promise<void> {
  for await (const piece of pieces) io.out(piece);
}

/** `gridclear export`: a ledger as JSON, CSV, Parquet, one binary file, or a new directory. */
export const exportCommand: Command = {
  name: "export",
  summary: "write a ledger out as JSON, CSV, Parquet or one file",
  usage,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { format: { type: "string" }, output: { type: "string" }, table: { type: "string" } },
    });
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0)
      return fail("invalid", "LEDGER", "exactly one ledger", positionals.length);
    const format = formats.find((known) => known === values.format);
    if (format === undefined)
      return fail("invalid", "--format", `one of ${formats.join(", ")}`, values.format);
    const { output, table } = values;
    const tabular = format === "csv" || format === "parquet";
    const names = tables.map(({ name }) => name);
    if (table !== undefined && !(tabular && names.includes(table)))
      return fail(
        "invalid",
        "--table",
        tabular ? `one of ${names.join(", ")}` : "csv or parquet with it",
        table,
      );
    if (output === undefined && !(format === "json" || (format === "csv" && table !== undefined)))
      return fail("invalid", "--output", `a path for ${format}`, undefined);

    const hasher = await openHasher();
    const write = async (source: Source): Promise<void> => {
      if (tabular && output !== undefined)
        await writeTables(format, output, table === undefined ? names : [table], source, hasher);
      else if (tabular) await print(exportCsv(source.blocks(), table!, hasher), io);
      else if (format === "json" && output === undefined)
        await print(exportJson(source.blocks(), hasher), io);
      else if (format === "json") await writeNew(output!, exportJson(source.blocks(), hasher));
      else if (format === "file") await writeNew(output!, writeLedgerFile(source.blocks(), hasher));
      else await copyTo(output!, source.blocks(), hasher);
    };
    try {
      await withSource(path, { hasher }, write);
    } catch (error) {
      if (!(error instanceof GridclearError) || error.code !== "corrupt") throw error;
      io.err(`gridclear: ${error.message}\n`);
      return 1;
    }
    if (output !== undefined) io.err(`written to ${output}\n`);
    return 0;
  },
};
