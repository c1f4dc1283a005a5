import type { SchemaElement } from "hyparquet-writer";
import { fail } from "../../errors.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { formatTicks, type Tick } from "../../units.js";
import { type Cell, type ColumnType, type Table, TableReader, type Ticks, tableNamed } from "./tables.js";

export { exportJson, importJson } from "./document.js";
export { tables } from "./tables.js";

type Blocks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A text as spreadsheets take it for a text: behind an apostrophe when it would begin a formula. */
const disarm = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** A field of a CSV file (RFC 4180). */
function csvField(cell: Cell, type: ColumnType, ticks: Ticks): string {
  if (cell === null) return "";
  const tick = ticks[type];
  if (tick !== null) return formatTicks(cell as number | bigint, tick);
  if (type === "moment") return new Date(cell as number).toISOString();
  if (type !== "text") return `${cell}`;
  const text = disarm(`${cell}`);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * One table of a ledger as CSV, in pieces of text: a line of names, then a line for each row. Decimals are exact and in
 * plain notation (kWh, currency per kWh, currency by default), moments ISO 8601 in UTC; a text that a spreadsheet would take
 * for a formula stands behind an apostrophe. Blocks have to come in order, from genesis.
 */
export async function* exportCsv(blocks: Blocks, table: string, hasher: Hasher): AsyncGenerator<string> {
  const { columns } = tableNamed(table);
  const reader = new TableReader(hasher);
  yield `${columns.map(([name]) => name).join(",")}\n`;
  for await (const bytes of blocks) {
    const rows = reader.read(bytes, [table]).get(table) ?? [];
    const line = (row: readonly Cell[]): string =>
      columns.map(([, type], index) => csvField(row[index] ?? null, type, reader.ticks)).join(",");
    if (rows.length > 0) yield `${rows.map(line).join("\n")}\n`;
  }
}

/** Digits of a decimal in 64 bits and in 128 bits. */
const shortDigits = 18;
const longDigits = 38;
const longest = 10n ** 38n;

/** Digits of a column of decimals: quantities and prices are 32 bits of ticks, sums and amounts 64. */
const digitsOf = (type: ColumnType, { mantissa }: Tick): number =>
  (type === "quantity" || type === "price") && mantissa < 100_000_000n ? shortDigits : longDigits;

function parquetColumn(name: string, type: ColumnType, ticks: Ticks): SchemaElement {
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  const tick = ticks[type];
  if (tick !== null) {
    const precision = digitsOf(type, tick);
    const { scale } = tick;
    return {
      ...optional,
      ...(precision === shortDigits ? { type: "INT64" } : { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16 }),
      converted_type: "DECIMAL",
      logical_type: { type: "DECIMAL", precision, scale },
      precision,
      scale,
    };
  }
  if (type === "text") return { ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" };
  if (type === "index") return { ...optional, type: "INT32", converted_type: "UINT_32" };
  if (type === "moment") return { ...optional, type: "INT64", converted_type: "TIMESTAMP_MILLIS" };
  return { ...optional, type: "INT64" };
}

/** A value as Parquet stores it: whole numbers in 32 or 64 bits, decimals as their digits without the point. */
function parquetValue(cell: Cell, type: ColumnType, ticks: Ticks): bigint | number | string | undefined {
  if (cell === null) return undefined;
  if (type === "text") return `${cell}`;
  if (type === "index") return cell as number;
  const tick = ticks[type];
  if (tick === null) return BigInt(cell);
  const digits = BigInt(cell) * tick.mantissa;
  if (digitsOf(type, tick) === longDigits && (digits >= longest || digits <= -longest))
    fail("limit", type, `${longDigits} digits`, digits);
  return digits;
}

/** Most rows held before they are written out as a row group. */
const groupRows = 100_000;

/**
 * One table of a ledger as a Parquet file: decimals are DECIMAL(38), moments TIMESTAMP. Holds the file in memory. Blocks
 * have to come in order, from genesis.
 */
export async function exportParquet(blocks: Blocks, table: string, hasher: Hasher): Promise<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  const { columns }: Table = tableNamed(table);
  const reader = new TableReader(hasher);
  const output = new ByteWriter();
  let file: InstanceType<typeof ParquetWriter> | null = null;
  let held: (bigint | number | string | undefined)[][] = columns.map(() => []);
  const flush = (): void => {
    // The first block has the ticks, which the schema needs.
    file ??= new ParquetWriter({
      writer: output,
      schema: [
        { name: "root", num_children: columns.length },
        ...columns.map(([name, type]) => parquetColumn(name, type, reader.ticks)),
      ],
    });
    if (held[0]!.length > 0)
      file.write({
        columnData: columns.map(([name], index) => ({ name, data: held[index]! })),
        rowGroupSize: groupRows,
      });
    held = columns.map(() => []);
  };
  for await (const bytes of blocks) {
    for (const row of reader.read(bytes, [table]).get(table) ?? [])
      for (const [index, [, type]] of columns.entries())
        held[index]!.push(parquetValue(row[index] ?? null, type, reader.ticks));
    if (held[0]!.length >= groupRows) flush();
  }
  flush();
  await file!.finish();
  return output.getBytes();
}
