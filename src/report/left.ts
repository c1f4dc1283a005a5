/**
 * What the orders of a block counted for and what they were left with. No record says it, because orders, trades and
 * flows do: an offer's rest that nobody took (idle), and what a bid never got (unserved).
 */
import { viewOf } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { offsetsOf } from "../ledger/format/layout.js";
import { flowCode, flowLayout, orderLayout, partyCode, tradeLayout } from "../ledger/format/records.js";
import { carriers } from "../units.js";

const order = /* @__PURE__ */ offsetsOf(orderLayout);
const trade = /* @__PURE__ */ offsetsOf(tradeLayout);
const flow = /* @__PURE__ */ offsetsOf(flowLayout);

/** By order number, in quantity ticks. */
export interface CountedOrders {
  /**
   * What each order counted for. The last of a participant and carrier counts, of a converter for what it could make or
   * would sell; all others for 0.
   */
  readonly counted: Uint32Array;
  /** What is left of that. */
  readonly left: Uint32Array;
}

function countedOf({ orders, flows }: Pick<Block["sections"], "orders" | "flows">): Uint32Array {
  const view = viewOf(orders);
  const counted = new Uint32Array(orders.length / orderLayout.bytes);
  const later = new Set<number>();
  for (let number = counted.length - 1; number >= 0; number -= 1) {
    const at = number * orderLayout.bytes;
    const slot =
      view.getUint32(at + order.participant, true) * carriers.length + view.getUint8(at + order.carrier);
    if (later.has(slot)) continue;
    later.add(slot);
    counted[number] = view.getUint32(at + order.quantity, true);
  }
  for (const { number, kind, quantity } of flowsOfOrders(flows))
    if (kind === flowCode.converted || kind === flowCode.linked) counted[number] = quantity;
  return counted;
}

/** Kinds of flow that are what became of an order. */
const ends: ReadonlySet<number> = /* @__PURE__ */ new Set([
  flowCode.stored,
  flowCode.exported,
  flowCode.interrupted,
  flowCode.imported,
]);

/** What the orders of a block counted for, and what is left of them. */
export function ordersOf(sections: Pick<Block["sections"], "orders" | "trades" | "flows">): CountedOrders {
  const counted = countedOf(sections);
  const left = counted.slice();
  const view = viewOf(sections.trades);
  for (let at = 0; at < view.byteLength; at += tradeLayout.bytes) {
    const quantity = view.getUint32(at + trade.quantity, true);
    if (view.getUint8(at + trade.buyer) === partyCode.order)
      left[view.getUint32(at + trade.bid, true)]! -= quantity;
    if (view.getUint8(at + trade.seller) === partyCode.order)
      left[view.getUint32(at + trade.offer, true)]! -= quantity;
  }
  for (const { number, kind, quantity } of flowsOfOrders(sections.flows))
    if (ends.has(kind)) left[number]! -= quantity;
  return { counted, left };
}

function* flowsOfOrders(
  flows: Uint8Array,
): Generator<{ readonly number: number; readonly kind: number; readonly quantity: number }> {
  const view = viewOf(flows);
  for (let at = 0; at < view.byteLength; at += flowLayout.bytes)
    yield {
      number: view.getUint32(at + flow.order, true),
      kind: view.getUint8(at + flow.kind),
      quantity: view.getUint32(at + flow.quantity, true),
    };
}
