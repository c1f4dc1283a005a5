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

const rowOf = ({ group, carrier, label, quantity, unit, price, amount }: BillLine): string =>
  [group, carrier, label, quantity ?? "", unit ?? "", price ?? "", amount].map(quoted).join(",");

/** The lines of a bill as CSV (RFC 4180), the total last. */
export function billCsv(bill: Bill): string {
  const { lines, total } = needBill(bill);
  return `${[billColumns.join(","), ...lines.map(rowOf), `total,,total,,,,${total}`].join("\r\n")}\r\n`;
}

/** A bill as one JSON document. */
export function billJson(bill: Bill): string {
  return `${JSON.stringify(needBill(bill))}\n`;
}
