/**
 * One order in numbers, and how its record is read and written: what passes from hand to hand where a period takes
 * millions.
 */
import { type Offsets, offsetsOf } from "../../ledger/format/layout.js";
import { type OrderRecord, orderLayout, standingRevision } from "../../ledger/format/records.js";

/** Where the fields of an order record begin. */
export const orderAt: Offsets<OrderRecord> = /* @__PURE__ */ offsetsOf(orderLayout);

/** One order in numbers, each an integer in the range of its field in an order record. */
export interface OrderRow {
  participant: number;
  carrier: number;
  side: number;
  /** 0 withdraws the live order. */
  quantity: number;
  price: number;
  /**
   * Its place among the orders of its participant and carrier; {@link nextRevision}: whichever is next; of one that
   * stands `standingRevision`.
   */
  revision: number;
}
/** A revision that is not given. */
export const nextRevision = -1;

/** A row to be filled and taken again and again: a period takes millions, and none needs an object of its own. */
export const orderRow = (): OrderRow => ({
  participant: 0,
  carrier: 0,
  side: 0,
  quantity: 0,
  price: 0,
  revision: nextRevision,
});

/** Reads record `index` of records end to end into a row, which it returns. */
export function readRow(view: DataView, index: number, row: OrderRow): OrderRow {
  const at = index * orderLayout.bytes;
  row.participant = view.getUint32(at + orderAt.participant, true);
  row.carrier = view.getUint8(at + orderAt.carrier);
  row.side = view.getUint8(at + orderAt.side);
  row.quantity = view.getUint32(at + orderAt.quantity, true);
  row.price = view.getInt32(at + orderAt.price, true);
  row.revision = view.getUint16(at + orderAt.revision, true);
  return row;
}

/** Whether record `index` of records end to end is an order that the period made from a contract. */
export function stands(view: DataView, index: number): boolean {
  return view.getUint16(index * orderLayout.bytes + orderAt.revision, true) === standingRevision;
}

/** Writes a row with a revision as record `index` of records end to end. */
export function writeRow(view: DataView, index: number, row: Readonly<OrderRow>, revision: number): void {
  const at = index * orderLayout.bytes;
  view.setUint32(at + orderAt.participant, row.participant, true);
  view.setUint8(at + orderAt.carrier, row.carrier);
  view.setUint8(at + orderAt.side, row.side);
  view.setUint16(at + orderAt.revision, revision, true);
  view.setUint32(at + orderAt.quantity, row.quantity, true);
  view.setInt32(at + orderAt.price, row.price, true);
}
