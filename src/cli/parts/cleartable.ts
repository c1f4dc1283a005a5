/** What came of a clearing as a person reads it: tables of the document that `--json` prints whole. */
import type { CarrierDocument, ClearDocument } from "../../files/cleardocument.js";
import { count, grouped, table } from "./table.js";

/** Rows of a list that a person still reads; the rest is counted. */
const shownRows = 40;

/** Columns that are shown only when something stands in them, with their headings. */
const feeHeadings: Readonly<Record<string, string>> = { supplyFee: "supply fee", useFee: "use fee" };

/** A heading and its rows, or nothing when there are none. Fees that are all zero are left out. */
function list<Row extends object>(
  title: string,
  rows: readonly Row[],
  columns: readonly (keyof Row & string)[],
): string {
  if (rows.length === 0) return "";
  const used = columns.filter(
    (column) => !(column in feeHeadings) || rows.some((row) => row[column] !== "0"),
  );
  const headings = used.map((column) => feeHeadings[column] ?? column);
  const shown = rows.slice(0, shownRows).map((row) => used.map((column) => String(row[column])));
  const more =
    rows.length > shownRows ? `  … and ${grouped(rows.length - shownRows)} more; --json prints all\n` : "";
  return `\n${title}\n${table(headings, shown)}${more}`;
}

function describe(name: string, carrier: CarrierDocument): string {
  const { counters, pool, clearingPrice } = carrier;
  const price = clearingPrice === null ? "" : `, clearing price ${clearingPrice}`;
  return [
    `${name}: ${count(counters.num1, "trade")}, ${count(counters.num3, "pool trade")}${price}\n`,
    list("trades", carrier.trades, ["offer", "bid", "quantity", "price", "amount", "supplyFee", "useFee"]),
    list("pool lots", pool.lots, ["offer", "quantity", "price"]),
    list("pool trades", pool.trades, ["offer", "bid", "quantity", "price", "amount"]),
    list("unsold in the pool", pool.unsold, ["offer", "quantity"]),
    list("idle offers", carrier.idle, ["offer", "quantity"]),
    list("bids not wholly filled", carrier.rest, ["bid", "quantity"]),
  ].join("");
}

/** A clearing as a person reads it. */
export function clearTable(document: ClearDocument): string {
  const parts = Object.entries(document.carriers).map(([name, carrier]) => describe(name, carrier));
  return parts.length === 0 ? "no orders\n" : parts.join("\n");
}
