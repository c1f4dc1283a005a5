/** Tables as JSON: an array with an object for each row. */
import type { Blocks } from "../../ledger/format/chain.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { type Cell, type Column, cellText, type MarketTicks } from "../columns.js";
import { type TableOptions, TableReader } from "./reader.js";

/** A row by the names of its columns: numbers as they are, all else as exact text, null for what is missing. */
export function rowObject(
  row: readonly Cell[],
  columns: readonly Column[],
  ticks: MarketTicks,
): Record<string, Cell> {
  return Object.fromEntries(
    columns.map(([name, type], index) => {
      const cell = row[index] ?? null;
      return [name, type === "index" || type === "number" ? cell : cellText(cell, type, ticks)];
    }),
  );
}

/**
 * One table of a ledger as a JSON array, in pieces of text: an object for each row on a line of its own, the columns
 * (docs/exports.md) as keys. Decimals are exact strings, whole numbers are numbers, moments ISO 8601 in UTC, and
 * what is missing is null. Throws as `exportCsv` does.
 */
export async function* exportRows(
  blocks: Blocks,
  table: string,
  hasher: Hasher,
  options: TableOptions = {},
): AsyncGenerator<string> {
  const reader = new TableReader(table, hasher, options);
  const { columns } = reader;
  let separator = "[\n";
  for await (const rows of reader.read(blocks))
    for (const row of rows) {
      yield `${separator}${JSON.stringify(rowObject(row, columns, reader.ticks))}`;
      separator = ",\n";
    }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}
