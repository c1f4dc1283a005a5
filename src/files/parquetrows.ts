/**
 * Rows of an Apache Parquet file, a row group at a time, by the library that also writes our exports. A file is read by
 * its footer and then from front to back; of the columns that are not asked for nothing is read.
 */
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { fail, GridclearError } from "../errors.js";

/**
 * Most rows and most uncompressed bytes of a row group: it is held in memory. Writers make 122,880 to 1,048,576 rows.
 */
const maxGroupRows = 1 << 22;
const maxGroupBytes = 1 << 29;

/** The bytes with which a Parquet file begins and ends. */
const magic = [0x50, 0x41, 0x52, 0x31];

/** Whether the first bytes of a file are those of a Parquet file. */
export const isParquet = (bytes: Uint8Array): boolean => magic.every((byte, at) => bytes[at] === byte);

/** A file of which stretches can be read. */
export type { AsyncBuffer };

/** A column that a file has. */
export interface ParquetColumn {
  readonly name: string;
  /** Whether it holds days or times that clocks of some place show, without saying of which. */
  readonly isLocalTime: boolean;
}

/**
 * Hands on the rows of a file one by one, counted from 1, with these columns, or with those that a function chooses out
 * of the file's; the object is reused. Throws `invalid`
 * for what is no Parquet file or lacks a column, `unsupported` for one that the library can't read, `limit` for a row
 * group that is too large; what `take` throws comes through.
 */
export async function readParquetRows<Name extends string>(
  file: AsyncBuffer,
  wanted: readonly Name[] | ((found: readonly ParquetColumn[]) => readonly Name[]),
  take: (row: { [column in Name]: unknown }, at: number) => void,
): Promise<void> {
  const metadata = await byLibrary("invalid", () => parquetMetadataAsync(file));
  const columns = typeof wanted === "function" ? wanted(columnsOf(metadata)) : wanted;
  checkColumns(metadata, columns);
  let first = 0;
  for (const { num_rows: rows, total_byte_size: bytes } of metadata.row_groups) {
    const count = Number(rows);
    if (count > maxGroupRows) fail("limit", "row group", `at most ${maxGroupRows} rows`, count);
    if (bytes > BigInt(maxGroupBytes)) fail("limit", "row group", `at most ${maxGroupBytes} bytes`, bytes);
    const group = await readGroup({ file, metadata, columns, first, count });
    const row = {} as { [column in Name]: unknown };
    for (let at = 0; at < count; at += 1) {
      for (const [index, name] of columns.entries()) row[name] = group[index]![at];
      take(row, first + at + 1);
    }
    first += count;
  }
}

const columnsOf = ({ schema }: FileMetaData): ParquetColumn[] =>
  schema.slice(1).map(({ name, logical_type: type, converted_type: converted }) => ({
    name,
    isLocalTime:
      (type?.type === "TIMESTAMP" && !type.isAdjustedToUTC) || type?.type === "DATE" || converted === "DATE",
  }));

function checkColumns({ schema }: FileMetaData, columns: readonly string[]): void {
  const found = schema.slice(1).map(({ name }) => name);
  for (const name of columns)
    if (!found.includes(name)) fail("invalid", "columns", columns.join(", "), found.join(", "));
}

/** The columns of one row group, each as long as the group. */
async function readGroup({
  file,
  metadata,
  columns,
  first,
  count,
}: {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: readonly string[];
  readonly first: number;
  readonly count: number;
}): Promise<readonly ArrayLike<unknown>[]> {
  const pieces = new Map<string, { readonly start: number; readonly data: ArrayLike<unknown> }[]>();
  await byLibrary("unsupported", () =>
    parquetRead({
      file,
      metadata,
      columns: [...columns],
      rowStart: first,
      rowEnd: first + count,
      onChunk({ columnName, columnData, rowStart }) {
        const own = pieces.get(columnName) ?? [];
        own.push({ start: rowStart - first, data: columnData });
        pieces.set(columnName, own);
      },
    }),
  );
  return columns.map((name) => {
    const own = pieces.get(name) ?? [];
    if (own.length === 1 && own[0]!.start === 0 && own[0]!.data.length === count) return own[0]!.data;
    const whole: unknown[] = new Array(count).fill(null);
    for (const { start, data } of own)
      for (let at = 0; at < data.length; at += 1)
        if (start + at >= 0 && start + at < count) whole[start + at] = data[at];
    return whole;
  });
}

/** What the library finds wrong, as this package's own error. */
async function byLibrary<T>(code: "invalid" | "unsupported", act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof GridclearError) throw error;
    const got = error instanceof Error ? error.message : String(error);
    const wanted = "a Parquet file, uncompressed or with Snappy";
    throw new GridclearError(code, { field: "file", wanted, got }, { cause: error });
  }
}
