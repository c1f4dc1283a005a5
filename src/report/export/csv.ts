/** Tables as comma-separated values. */

import type { Blocks } from "../../ledger/format/chain.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { type Cell, type Column, cellText, type MarketTicks } from "../columns.js";
import { csvText } from "./csvtext.js";
import { type TableOptions, TableReader } from "./reader.js";

/**
 * One row as a line, CRLF at its end. Only texts are looked at for formulas: a negative number is none. What is missing
 * is an empty field.
 */
export function csvLine(row: readonly Cell[], columns: readonly Column[], ticks: MarketTicks): string {
  const fields = columns.map(([, type], index) => {
    const text = cellText(row[index] ?? null, type, ticks) ?? "";
    return type === "text" ? csvText(text) : text;
  });
  return `${fields.join(",")}\r\n`;
}

/** The names of columns as a line. */
export const csvHeader = (columns: readonly Column[]): string =>
  `${columns.map(([name]) => csvText(name)).join(",")}\r\n`;

/**
 * One table of a ledger as CSV (columns: docs/exports.md), in pieces of text: a line of names, then a line for each
 * row. Decimals are exact and in plain notation (kWh, currency per kWh, currency), moments ISO 8601 in UTC; a text that
 * a spreadsheet would take for a formula stands behind an apostrophe. Every block is checked before it is written.
 * Throws `invalid` for a table there is not, `corrupt` naming the first bad height, `state` naming the first block that
 * is its header alone, where the table is not one of headers.
 */
export async function* exportCsv(
  blocks: Blocks,
  table: string,
  hasher: Hasher,
  options: TableOptions = {},
): AsyncGenerator<string> {
  const reader = new TableReader(table, hasher, options);
  const { columns } = reader;
  yield csvHeader(columns);
  for await (const rows of reader.read(blocks))
    if (rows.length > 0) yield rows.map((row) => csvLine(row, columns, reader.ticks)).join("");
}
