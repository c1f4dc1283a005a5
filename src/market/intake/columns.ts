/** Orders as columns of numbers: checked, copied, and written as records. */
import { onlyKeys } from "../../check.js";
import { fail, type GridclearError } from "../../errors.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import { orderLayout } from "../../ledger/format/records.js";
import { carriers } from "../../units.js";
import { maxPeriodOrders } from "../period/limits.js";
import { nextRevision, orderRow } from "../period/orderrow.js";
import type { Orders } from "../period/orders.js";
import type { OpenPeriod } from "../period/period.js";
import type { BatchResult, OrderBatch } from "./request.js";

const columns = {
  participant: Uint32Array,
  carrier: Uint8Array,
  side: Uint8Array,
  quantity: Uint32Array,
  price: Int32Array,
  revision: Uint16Array,
} as const;
type ColumnName = keyof typeof columns;
const names = Object.keys(columns) as ColumnName[];

const isShared = ({ buffer }: ArrayBufferView): boolean =>
  (buffer as SharedArrayBuffer)[Symbol.toStringTag] === "SharedArrayBuffer";

/** Whether a value is a typed array of this class, of whatever realm. */
const isColumn = (value: unknown, name: ColumnName): boolean =>
  ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === columns[name].name;

/**
 * A batch whose columns fit together and whose every code stands for something, to be read at once: columns that
 * another thread could write to while they are read are copied, the others are the caller's own. Throws `invalid` or
 * `limit`.
 */
export function checkedBatch(given: OrderBatch): OrderBatch {
  onlyKeys(given, "batch", names);
  const present = names.filter((name) => name !== "revision" || given.revision !== undefined);
  for (const name of present)
    if (!isColumn(given[name], name))
      fail("invalid", `batch.${name}`, `a ${columns[name].name}`, given[name]);
  const { length } = given.quantity;
  if (length > maxPeriodOrders) fail("limit", "batch", `at most ${maxPeriodOrders} orders`, length);
  const batch: { -readonly [Name in ColumnName]?: OrderBatch[Name] } = {};
  for (const name of present) {
    const column = given[name]!;
    if (column.length !== length) fail("invalid", `batch.${name}`, `${length} entries`, column.length);
    batch[name] = (isShared(column) ? new columns[name](column as never) : column) as never;
  }
  const { carrier, side } = batch as OrderBatch;
  for (let index = 0; index < length; index += 1) {
    if (carrier[index]! >= carriers.length)
      fail("invalid", `batch.carrier[${index}]`, `a code below ${carriers.length}`, carrier[index]);
    if (side[index]! > 1) fail("invalid", `batch.side[${index}]`, "0 or 1", side[index]);
  }
  return batch as OrderBatch;
}

/**
 * The records of a checked batch, end to end, which its gateway's signature covers. Revisions that the batch does not
 * have follow on what `orders` has taken; without `orders` they begin at 0.
 */
export function batchRecords(given: OrderBatch, orders?: Orders): Uint8Array {
  const batch = checkedBatch(given);
  const { participant, carrier, side, quantity, price } = batch;
  const bytes = new Uint8Array(quantity.length * orderLayout.bytes);
  const view = new DataView(bytes.buffer);
  const field = offsetsOf(orderLayout);
  const next = new Map<number, number>();
  for (let index = 0, at = 0; index < quantity.length; index += 1, at += orderLayout.bytes) {
    const [who, what] = [participant[index]!, carrier[index]!];
    const slot = who * carriers.length + what;
    const revision = batch.revision?.[index] ?? next.get(slot) ?? orders?.revisions(who, what) ?? 0;
    next.set(slot, revision + 1);
    view.setUint32(at + field.participant, who, true);
    bytes[at + field.carrier] = what;
    bytes[at + field.side] = side[index]!;
    view.setUint16(at + field.revision, revision, true);
    view.setUint32(at + field.quantity, quantity[index]!, true);
    view.setInt32(at + field.price, price[index]!, true);
  }
  return bytes;
}

/** Takes the orders of a checked batch, each for itself. */
export function takeColumns(open: OpenPeriod, batch: OrderBatch): BatchResult {
  const { participant, carrier, side, quantity, price, revision } = batch;
  const { orders, period } = open;
  const first = orders.count;
  const row = orderRow();
  const refused: { index: number; error: GridclearError }[] = [];
  for (let index = 0; index < quantity.length; index += 1) {
    row.participant = participant[index]!;
    row.carrier = carrier[index]!;
    row.side = side[index]!;
    row.quantity = quantity[index]!;
    row.price = price[index]!;
    row.revision = revision === undefined ? nextRevision : revision[index]!;
    const error = orders.take(row);
    if (error !== null) refused.push({ index, error });
  }
  return { first, accepted: orders.count - first, period, refused };
}
