/**
 * Many orders under one gateway's signature as bytes: a head, then columns, the widest first so that each is aligned.
 * docs/service.md has the same as a table.
 */
import { concat, copyOf, sameBytes, toUtf8, viewOf } from "../bytes.js";
import { fail } from "../errors.js";
import { encodeRecords, type Layout, layout, readRecord } from "../ledger/format/layout.js";
import type { BatchProof, OrderBatch } from "../market/intake/request.js";
import type { ReceiptedBatch } from "../market/platform.js";

interface Head {
  readonly orders: number;
  readonly period: number;
  readonly gateway: Uint8Array;
  readonly signatureR: Uint8Array;
  readonly signatureS: Uint8Array;
}
const head: Layout<Head> = layout("head of orders in columns", [
  ["orders", "u32"],
  ["period", "u53"],
  ["gateway", "hash"],
  ["signatureR", "hash"],
  ["signatureS", "hash"],
]);
const taken: Layout<{ readonly orders: number; readonly period: number; readonly first: number }> = layout(
  "head of receipts",
  [
    ["orders", "u32"],
    ["period", "u53"],
    ["first", "u32"],
  ],
);
const magic = toUtf8("gridclear orders v1\0");
const takenMagic = toUtf8("gridclear taken v1\0\0");
/** Participant u32, quantity u32, price i32, revision u16, carrier u8, side u8. */
const orderBytes = 16;

/** Orders in columns with their proof, and the period that the proof is for. */
export interface ColumnOrders {
  readonly period: number;
  readonly batch: OrderBatch & { readonly revision: Uint16Array };
  readonly proof: BatchProof;
}

/** Bytes to orders in columns. Throws `invalid` unless they are exactly as long as their number of orders says. */
export function decodeColumns(bytes: Uint8Array): ColumnOrders {
  const first = magic.length + head.bytes;
  if (bytes.length < first || !sameBytes(bytes.subarray(0, magic.length), magic))
    return fail("invalid", "body", "orders in columns, which begin with gridclear orders v1", "other bytes");
  const { orders, period, gateway, signatureR, signatureS } = readRecord(
    head,
    bytes.subarray(magic.length, first),
    0,
  );
  const length = first + orders * orderBytes;
  if (bytes.length !== length || orders === 0)
    return fail("invalid", "body", `${length} bytes of ${orders} orders, at least one`, bytes.length);
  const view = viewOf(bytes);
  let at = first;
  /** Fills the next column. */
  const filled = <Column extends { [place: number]: number; readonly BYTES_PER_ELEMENT: number }>(
    column: Column,
    read: (at: number) => number,
  ): Column => {
    for (let place = 0; place < orders; place += 1, at += column.BYTES_PER_ELEMENT) column[place] = read(at);
    return column;
  };
  const batch = {
    participant: filled(new Uint32Array(orders), (place) => view.getUint32(place, true)),
    quantity: filled(new Uint32Array(orders), (place) => view.getUint32(place, true)),
    price: filled(new Int32Array(orders), (place) => view.getInt32(place, true)),
    revision: filled(new Uint16Array(orders), (place) => view.getUint16(place, true)),
    carrier: filled(new Uint8Array(orders), (place) => view.getUint8(place)),
    side: filled(new Uint8Array(orders), (place) => view.getUint8(place)),
  };
  return { period, batch, proof: { gateway: copyOf(gateway), signature: concat(signatureR, signatureS) } };
}

/** Orders in columns to bytes: what a gateway sends. */
export function encodeColumns({ period, batch, proof }: ColumnOrders): Uint8Array {
  const { participant, quantity, price, revision, carrier, side } = batch;
  const { gateway, signature } = proof;
  const orders = participant.length;
  const [signatureR, signatureS] = [signature.subarray(0, 32), signature.subarray(32)];
  const columns = new Uint8Array(orders * orderBytes);
  const view = viewOf(columns);
  let at = 0;
  const put = (
    column: ArrayLike<number>,
    bytes: number,
    write: (at: number, value: number) => void,
  ): void => {
    for (let place = 0; place < orders; place += 1, at += bytes) write(at, column[place]!);
  };
  put(participant, 4, (place, value) => view.setUint32(place, value, true));
  put(quantity, 4, (place, value) => view.setUint32(place, value, true));
  put(price, 4, (place, value) => view.setInt32(place, value, true));
  put(revision, 2, (place, value) => view.setUint16(place, value, true));
  put(carrier, 1, (place, value) => view.setUint8(place, value));
  put(side, 1, (place, value) => view.setUint8(place, value));
  return concat(magic, encodeRecords(head, [{ orders, period, gateway, signatureR, signatureS }]), columns);
}

/**
 * The answer to orders that were taken: magic 20 ‖ number of orders u32 ‖ period u64 ‖ number of the first u32 ‖ the
 * signature of the receipt of each, 64 bytes. The rest of a receipt follows from what was sent.
 */
export function encodeTaken({
  period,
  first,
  receipts,
}: Exclude<ReceiptedBatch, { status: "refused" }>): Uint8Array {
  const said = encodeRecords(taken, [{ orders: receipts.length, period, first }]);
  return concat(takenMagic, said, ...receipts.map(({ signature }) => signature));
}
