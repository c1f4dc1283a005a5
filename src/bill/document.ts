/** A bill as other programs read it: one JSON document, and CSV. */
import { needArray, needObject } from "../check.js";
import type { Bill, BillLine } from "./bill.js";

/** Columns of {@link billCsv}, in order. */
export const billColumns: readonly ["group", "carrier", "line", "quantity", "unit", "price", "amount"] = [
  "group",
  "carrier",
  "line",
  "quantity",
  "unit",
  "price",
  "amount",
];

function needBill(bill: Bill): Bill {
  needArray(needObject(bill, "bill").lines, "bill.lines");
  return bill;
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Rows as CSV (RFC 4180). */
export const csv = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");

const rowOf = ({ group, carrier, label, quantity, unit, price, amount }: BillLine): string[] => [
  ...[group, carrier, label, quantity ?? "", unit ?? "", price ?? "", amount],
];

const rowsOf = ({ lines, total }: Bill): string[][] => [
  ...lines.map(rowOf),
  ["total", "", "total", "", "", "", total],
];

/** The lines of a bill as CSV (RFC 4180), the total last. */
export function billCsv(bill: Bill): string {
  return csv([billColumns, ...rowsOf(needBill(bill))]);
}

/** The lines of many bills as CSV (RFC 4180): as {@link billCsv}, with whose bill it is in front. */
export function billsCsv(bills: readonly Bill[]): string {
  const rows = needArray(bills, "bills").flatMap((bill) =>
    rowsOf(needBill(bill)).map((cells) => [bill.participant, ...cells]),
  );
  return csv([["participant", ...billColumns], ...rows]);
}

/** A bill as one JSON document. */
export function billJson(bill: Bill): string {
  return `${JSON.stringify(needBill(bill))}\n`;
}
