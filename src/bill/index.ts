/**
 * `gridclear/bill`: what a member owes for a month, from its proved records and the tariffs that stand in the ledger
 * (docs/bills.md), and the reading of tariff files.
 *
 * @module gridclear/bill
 */
export { type PriceFiles, parseTariff, tariffSchema } from "../files/tarifffile.js";
export type { Schema } from "../shape.js";
export { type Bill, type BillLine, type BillOptions, bill } from "./bill.js";
export { billColumns, billCsv, billJson } from "./document.js";
