/** An order as a member thinks of it, and as it is signed. */
import { encodeRecords } from "../ledger/format/layout.js";
import { type OrderRecord, orderLayout } from "../ledger/format/records.js";
import { type Carrier, parsePrice, parseQuantity, type Tick } from "../units.js";

/** An order as a member thinks of it; `quantity: "0"`, `price: "0"` takes back what stands on this side. */
export interface ClientOrder {
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  readonly quantity: string;
  readonly price: string;
}

/** An order as it was signed and sent. */
export interface SentOrder {
  readonly body: object;
  readonly period: number;
  readonly record: Uint8Array;
}

/** The record of an order, which is what is signed. Throws `invalid` or `limit` naming the field. */
export function recordOf(
  { carrier, side, quantity, price }: ClientOrder,
  place: Pick<OrderRecord, "participant" | "revision">,
  ticks: { readonly quantity: Tick; readonly price: Tick },
): Uint8Array {
  const order: OrderRecord = {
    participant: place.participant,
    carrier,
    side,
    revision: place.revision,
    quantity: quantity === "0" ? 0 : parseQuantity(quantity, ticks.quantity, "order.quantity"),
    price: parsePrice(price, ticks.price, "order.price"),
  };
  return encodeRecords(orderLayout, [order]);
}
