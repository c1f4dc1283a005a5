/** The orders, trades and flows of a block, one after the other, as those read them who follow what members did. */
import { viewOf } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { offsetsOf } from "../ledger/format/layout.js";
import { flowLayout, orderLayout, partyCode, tradeLayout } from "../ledger/format/records.js";
import { carriers } from "../units.js";

const inOrder = offsetsOf(orderLayout);
const inTrade = offsetsOf(tradeLayout);
const inFlow = offsetsOf(flowLayout);

/** An order, in quantity and price ticks. */
export interface Order {
  /** Participant × 4 + carrier: of several the last counts, and a quantity of 0 withdraws. */
  readonly slot: number;
  /** One of `sideCode`. */
  readonly side: number;
  readonly quantity: number;
  readonly price: number;
}

/** Energy of one carrier that passed from one party to another, in quantity and price ticks. */
export interface Trade {
  /** One of `tradeCode`. */
  readonly kind: number;
  readonly carrier: number;
  readonly quantity: number;
  /** What the seller got and the buyer paid for a unit. */
  readonly supplyPrice: number;
  readonly usePrice: number;
  /** Participant × 4 + carrier of each side that is an order; −1 for the pool, a store and the grid. */
  readonly seller: number;
  readonly buyer: number;
}

/** What befell a party beside trades, in quantity and price ticks. */
export interface Flow {
  /** One of `flowCode`. */
  readonly kind: number;
  readonly carrier: number;
  /** Number of a participant, a storage device or an area, by kind. */
  readonly party: number;
  readonly quantity: number;
  /** Of a unit, where there is one. */
  readonly price: number;
  readonly extra: number;
}

/** What is done with each record. */
export interface Reader {
  readonly order?: (order: Order) => void;
  readonly trade?: (trade: Trade) => void;
  readonly flow?: (flow: Flow) => void;
}

/** Reads the records of a block in order: its orders, then its trades, then its flows. */
export function readRecords({ sections }: Block, { order, trade, flow }: Reader): void {
  const orders = viewOf(sections.orders);
  const slotAt = (at: number): number =>
    orders.getUint32(at + inOrder.participant, true) * carriers.length +
    orders.getUint8(at + inOrder.carrier);
  if (order !== undefined)
    for (let at = 0; at < orders.byteLength; at += orderLayout.bytes)
      order({
        slot: slotAt(at),
        side: orders.getUint8(at + inOrder.side),
        quantity: orders.getUint32(at + inOrder.quantity, true),
        price: orders.getInt32(at + inOrder.price, true),
      });
  const trades = viewOf(sections.trades);
  const sideOf = (party: number, number: number): number =>
    party === partyCode.order ? slotAt(number * orderLayout.bytes) : -1;
  if (trade !== undefined)
    for (let at = 0; at < trades.byteLength; at += tradeLayout.bytes)
      trade({
        kind: trades.getUint8(at + inTrade.kind),
        carrier: trades.getUint8(at + inTrade.carrier),
        quantity: trades.getUint32(at + inTrade.quantity, true),
        supplyPrice: trades.getInt32(at + inTrade.supplyPrice, true),
        usePrice: trades.getInt32(at + inTrade.usePrice, true),
        seller: sideOf(trades.getUint8(at + inTrade.seller), trades.getUint32(at + inTrade.offer, true)),
        buyer: sideOf(trades.getUint8(at + inTrade.buyer), trades.getUint32(at + inTrade.bid, true)),
      });
  const flows = viewOf(sections.flows);
  if (flow !== undefined)
    for (let at = 0; at < flows.byteLength; at += flowLayout.bytes)
      flow({
        kind: flows.getUint8(at + inFlow.kind),
        carrier: flows.getUint8(at + inFlow.carrier),
        party: flows.getUint32(at + inFlow.party, true),
        quantity: flows.getUint32(at + inFlow.quantity, true),
        price: flows.getInt32(at + inFlow.price, true),
        extra: Number(flows.getBigUint64(at + inFlow.extra, true)),
      });
}
