/**
 * `gridclear export`: a ledger written out whole, as JSON, tables or one binary file, or into a new directory. What is
 * written is whole or not there: half an export looks like a whole one.
 */
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { fail, GridclearError } from "../../errors.js";
import { Chain } from "../../ledger/format/chain.js";
import { contractKey, marketContract } from "../../ledger/store/beginning.js";
import { openNodeStore, type Store } from "../../ledger/store/node.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { linkedBlocks } from "../../report/blocks.js";
import { sumTables } from "../../report/export/sumtables.js";
import {
  type Blocks,
  exportCsv,
  exportJson,
  exportParquet,
  exportRows,
  type TableOptions,
  tables,
  writeLedgerFile,
} from "../../report/index.js";
import { keptKnown } from "../../simulation/keptscenario.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { interruptible } from "../parts/interrupt.js";
import { reasonOf } from "../parts/problem.js";
import { inWordsOfRange, type Range, readRange, snapshotBelow } from "../parts/range.js";
import { withSource } from "../parts/source.js";

const formats = ["json", "csv", "parquet", "file", "directory"] as const;
const tableNames = tables.map(({ name }) => name);
const sumNames = sumTables.map(({ name }) => name);

/** What to write, as the command line says it. */
interface Request {
  /** The blocks whose tables are wanted; null: all. */
  readonly range: Range | null;
  readonly format: (typeof formats)[number];
  readonly output: string | undefined;
  readonly table: string | undefined;
}

/** `gridclear export`: a ledger as JSON, CSV, Parquet, one binary file, or a new directory. */
export const exportCommand: Command = defineCommand({
  name: "export",
  summary: "write a ledger as JSON, CSV, Parquet or one file, and read it back",
  forms: ["LEDGER --format FORMAT [--output PATH] [--table NAME]\n[--period A..B]"],
  about:
    "Writes a ledger out, checking every block on the way. Nothing in the ledger is changed, and a market may go on writing it. What can't be written whole is not left behind.\n\nOf the public part of a private market, and of what is erased, headers are all there is: json, file and directory have them, and of the tables blocks and totals.",
  arguments: [
    { name: "LEDGER", help: "directory of a ledger, or what this command wrote of one as json or file" },
  ],
  options: {
    format: {
      value: "FORMAT",
      help: "json: one document with everything in it, which can be read back to the same blocks, or with --table the rows of one table; csv: tables as text, decimals exact; parquet: tables for DuckDB, pandas and others; file: all blocks in one binary file (docs/ledger-format.md); directory: a new ledger directory",
    },
    output: {
      value: "PATH",
      help: "where to: a file for json, file and one table, a directory for the others; without it json, and a csv of one table, go to standard output",
    },
    table: {
      value: "NAME",
      help: `only this one (columns: docs/exports.md): ${tableNames.join(", ")}`,
    },
    period: {
      value: "A..B",
      help: "places in the ledger (heights) that the tables are about, half-open: 10..20, or one: 10. Reading begins at the newest snapshot before them",
    },
  },
  exits: { 0: "written", 1: "the ledger is not good" },
  async run({ arguments: [path], options }, io) {
    const request = readRequest(options);
    refuseInside(path!, request.output);
    const hasher = await openHasher();
    const exitCode = await interruptible(async (stop) => {
      try {
        // Links only: whatever is written is hashed block by block.
        await withSource(path!, { hasher, verify: "hashes" }, async ({ blocks, store }) => {
          const options = await optionsFor(request, store, hasher);
          const source = { hasher, options, blocks: () => untilStopped(blocks(), stop.signal) };
          await write(source, request, io).catch(inWordsOfRange);
        });
        return 0;
      } catch (error) {
        if (error instanceof Stopped) return stop.exitCode;
        throw error;
      }
    });
    if (exitCode === 0 && request.output !== undefined) io.err(`written to ${request.output}\n`);
    return exitCode;
  },
});

/** Thrown between two blocks when the command is told to stop, so that what was begun is removed. */
class Stopped extends Error {}

async function* untilStopped(blocks: Blocks, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const bytes of blocks) {
    if (signal.aborted) throw new Stopped();
    yield bytes;
  }
}

function readRequest(
  values: {
    readonly [name in "format" | "output" | "table" | "period"]: string | undefined;
  },
): Request {
  const { output, table, period } = values;
  const format = formats.find((known) => known === values.format);
  if (format === undefined)
    return fail("invalid", "--format", `one of ${formats.join(", ")}`, values.format ?? "none");
  const tabular = format === "csv" || format === "parquet" || (format === "json" && table !== undefined);
  if (table !== undefined && !(tabular && tableNames.includes(table))) {
    const wanted = tabular ? `one of ${tableNames.join(", ")}` : "csv, parquet or json with it";
    return fail("invalid", "--table", wanted, table);
  }
  if (period !== undefined && !tabular)
    return fail(
      "invalid",
      "--period",
      "csv, parquet, or json of one table with it: the others hold whole ledgers",
      format,
    );
  if (output === undefined && !(format === "json" || (format === "csv" && table !== undefined)))
    return fail("invalid", "--output", `a path for ${format}`, "none");
  return { format, output, table, range: period === undefined ? null : readRange(period) };
}

/** Where reading begins, and the market contract where the store keeps it beside the blocks. */
async function optionsFor(
  { range, format, table }: Request,
  store: Store | null,
  hasher: Hasher,
): Promise<TableOptions> {
  const contract = store === null || store.size === 0 ? null : await marketContract(store, hasher);
  // A run's ledger has beside it the scenario that says what energy costs to make and what it emits.
  const adds =
    format !== "file" && format !== "directory" && (table === undefined || sumNames.includes(table));
  const known = store === null || !adds ? {} : await keptKnown(store);
  return { ...range, ...known, contract, snapshot: await snapshotBelow(range?.from ?? 0, store, hasher) };
}

/** A folder with other files than its own is no ledger any more. */
function refuseInside(ledger: string, output: string | undefined): void {
  if (output !== undefined && resolve(output).startsWith(`${resolve(ledger)}${sep}`))
    fail("invalid", "--output", "a place outside of the ledger", output);
}

/** A ledger that is written out: its blocks, afresh with each call, and how its tables are read. */
interface Source {
  readonly hasher: Hasher;
  readonly options: TableOptions;
  blocks(): Blocks;
}

async function write(source: Source, request: Request, io: Io): Promise<void> {
  const { format, output, table } = request;
  const { blocks, hasher, options } = source;
  if (output === undefined) {
    const pieces =
      table === undefined
        ? exportJson(blocks(), hasher)
        : (format === "json" ? exportRows : exportCsv)(blocks(), table, hasher, options);
    for await (const piece of pieces) io.out(piece);
  } else if ((format === "json" && table === undefined) || format === "file") {
    const pieces = (format === "json" ? exportJson : writeLedgerFile)(blocks(), hasher);
    await whollyOrNot((making) => writeNew(output, pieces, making));
  } else if (format === "directory") await writeDirectory(output, source);
  else await writeTables(request, output, source, io);
}

const refused = (path: string, error: NodeJS.ErrnoException): never =>
  error.code === "EEXIST"
    ? fail("conflict", "--output", "a name that is free", path)
    : fail("storage", "--output", "a place that can be written to", `${path}: ${reasonOf(error)}`);

/** Runs `act`, which says what it makes before it writes into it. All of that is removed again when `act` fails. */
async function whollyOrNot(act: (making: (path: string) => void) => Promise<void>): Promise<void> {
  const made: string[] = [];
  try {
    await act((path) => made.push(path));
  } catch (error) {
    for (const path of made.reverse()) await rm(path, { recursive: true, force: true });
    throw error;
  }
}

type Pieces = AsyncIterable<string | Uint8Array>;

/** Writes pieces to a file that must not be there yet. */
async function writeNew(path: string, pieces: Pieces, making: (path: string) => void): Promise<void> {
  const file = await open(path, "wx").catch((error) => refused(path, error));
  making(path);
  try {
    for await (const piece of pieces) await file.writeFile(piece).catch((error) => refused(path, error));
  } finally {
    await file.close().catch((error) => refused(path, error));
  }
}

/** Makes a directory unless it is there, and says whether it is new. */
async function makeDirectory(path: string, making: (path: string) => void): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return false;
  await mkdir(path, { recursive: true }).catch((error) => refused(path, error));
  making(path);
  return true;
}

/** Bytes that begin to be made when they are asked for, so that nobody misses it when that fails. */
async function* once(make: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await make();
}

/**
 * Writes one table to a file, or into a directory that is there, or all of them into a directory: those that blocks
 * which are headers alone don't give are left out, and named.
 */
async function writeTables(
  { format, table }: Request,
  output: string,
  { blocks, hasher, options }: Source,
  io: Io,
): Promise<void> {
  const pieces = (name: string): Pieces =>
    format === "parquet"
      ? once(() => exportParquet(blocks(), name, hasher, options))
      : (format === "json" ? exportRows : exportCsv)(blocks(), name, hasher, options);
  const isDirectory = (await stat(output).catch(() => null))?.isDirectory() ?? false;
  const leftOut: string[] = [];
  await whollyOrNot(async (making) => {
    if (table !== undefined && !isDirectory) return writeNew(output, pieces(table), making);
    await makeDirectory(output, making);
    for (const name of table === undefined ? tableNames : [table])
      await whollyOrNot(async (makingOne) => {
        const path = join(output, `${name}.${format}`);
        await writeNew(path, pieces(name), makingOne);
        making(path);
      }).catch((error: unknown) => {
        if (table !== undefined || !(error instanceof GridclearError) || error.code !== "state") throw error;
        leftOut.push(name);
      });
  });
  if (leftOut.length > 0)
    io.err(`left out, since their records are withheld or erased: ${leftOut.join(", ")}\n`);
}

/** Writes a new ledger directory. Throws `conflict` unless the directory is new or empty. */
async function writeDirectory(output: string, { blocks, hasher, options }: Source): Promise<void> {
  await whollyOrNot(async (making) => {
    if (!(await makeDirectory(output, making))) {
      const [foreign] = await readdir(output);
      if (foreign !== undefined) return fail("conflict", "--output", "a new or empty directory", output);
      making(output);
    }
    const store = await openNodeStore(output, { hasher });
    try {
      // A store checks links when it appends, and sections are checked here.
      for await (const { bytes } of linkedBlocks(blocks(), new Chain(hasher)))
        await store.append(bytes, store.size);
      // Where genesis is its header alone, nothing else says what market it is.
      if (options.contract && (await marketContract(store, hasher)) === null)
        await store.putMeta(contractKey, options.contract);
    } finally {
      await store.close();
    }
  });
}
