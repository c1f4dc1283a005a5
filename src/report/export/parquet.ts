/**
 * Tables of a ledger as Apache Parquet files, for DuckDB, pandas and others. Decimals keep every digit: they are
 * written as DECIMAL with the scale of the market's ticks.
 */
import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import { fail } from "../../errors.js";
import type { Blocks } from "../../ledger/format/chain.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import type { Tick } from "../../units.js";
import { type Cell, type ColumnType, type MarketTicks, tickOf } from "../columns.js";
import { type TableOptions, TableReader } from "./reader.js";

/** Digits of a decimal in 64 bits and in 128 bits. */
const shortDigits = 18;
const longDigits = 38;
const longest = 10n ** 38n;

/** Digits of a column of decimals: quantities and prices are 32 bits of ticks, shares less, sums and amounts 64. */
const digitsOf = (type: ColumnType, { mantissa }: Tick): number =>
  (type === "quantity" || type === "price" || type === "share") && mantissa < 100_000_000n
    ? shortDigits
    : longDigits;

function schemaOf(name: string, type: ColumnType, ticks: MarketTicks): SchemaElement {
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  const tick = tickOf(type, ticks);
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

type Stored = bigint | number | string | undefined;

/** A value as Parquet stores it: whole numbers in 32 or 64 bits, decimals as their digits without the point. */
function stored(cell: Cell, type: ColumnType, ticks: MarketTicks): Stored {
  if (cell === null) return undefined;
  if (type === "text") return `${cell}`;
  if (type === "index") return cell as number;
  const tick = tickOf(type, ticks);
  if (tick === null) return BigInt(cell);
  const digits = BigInt(cell) * tick.mantissa;
  if (digitsOf(type, tick) === longDigits && (digits >= longest || digits <= -longest))
    fail("limit", type, `${longDigits} digits`, digits);
  return digits;
}

/** Most rows held before they are written out as a row group. */
const groupRows = 100_000;

/**
 * One table of a ledger as a Parquet file (columns: docs/exports.md): decimals are DECIMAL, moments TIMESTAMP. Holds
 * the file in memory. Every block is checked before it is written. Throws `invalid` for a table there is not, `corrupt`
 * naming the first bad height, `state` as `exportCsv` does, `limit` for a decimal of more than 38 digits.
 */
export async function exportParquet(
  blocks: Blocks,
  table: string,
  hasher: Hasher,
  options: TableOptions = {},
): Promise<Uint8Array> {
  const reader = new TableReader(table, hasher, options);
  const { columns } = reader;
  const output = new ByteWriter();
  let file: ParquetWriter | null = null;
  let held: Stored[][] = columns.map(() => []);
  const flush = (): void => {
    // The first block has the ticks, which the schema needs.
    file ??= new ParquetWriter({
      writer: output,
      schema: [
        { name: "root", num_children: columns.length },
        ...columns.map(([name, type]) => schemaOf(name, type, reader.ticks)),
      ],
    });
    if (held[0]!.length > 0)
      file.write({
        columnData: columns.map(([name], index) => ({ name, data: held[index]! })),
        rowGroupSize: groupRows,
      });
    held = columns.map(() => []);
  };
  for await (const rows of reader.read(blocks)) {
    for (const row of rows)
      for (const [index, [, type]] of columns.entries())
        held[index]!.push(stored(row[index] ?? null, type, reader.ticks));
    if (held[0]!.length >= groupRows) flush();
  }
  flush();
  await file!.finish();
  return output.getBytes();
}
