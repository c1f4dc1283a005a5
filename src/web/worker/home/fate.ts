/** What became of one order of a block, as the records of its block tell it. */

import type { Sections } from "../../../ledger/format/block.js";
import { decodeRecords } from "../../../ledger/format/layout.js";
import { type FlowRecord, flowLayout, orderLayout, tradeLayout } from "../../../ledger/format/records.js";
import { type CountedOrders, ordersOf } from "../../../report/left.js";

/** The sections that say what became of orders. */
export type Told = Pick<Sections, "orders" | "trades" | "flows">;

/** Energy in quantity ticks, and what was paid for it in amount ticks, as doubles for display. */
export interface Part {
  readonly quantity: number;
  readonly amount: number;
}

/** What became of an order. */
export interface Fate {
  /** What it counted for. */
  readonly quantity: number;
  /** Traded with other members, and how many they were. */
  readonly direct: Part;
  readonly partners: number;
  /** Through the pool, stores included. */
  readonly pooled: Part;
  /** From the grid, or to it. */
  readonly grid: Part;
  /** Called off under its contract. */
  readonly paused: Part;
  /** Neither sold nor served at all. */
  readonly left: number;
  /** Number of the area whose line was full and held some of it back; null: none did. */
  readonly heldBy: number | null;
}

interface Sum {
  quantity: number;
  amount: number;
}

/** What flows an order's energy went into. */
const ways: { readonly [kind in FlowRecord["kind"]]?: "pooled" | "grid" | "paused" } = {
  stored: "pooled",
  exported: "grid",
  imported: "grid",
  interrupted: "paused",
};

/** What became of the order with a number in its block. */
export function fateOf(told: Told, number: number, counted: CountedOrders = ordersOf(told)): Fate {
  const newSum = (): Sum => ({ quantity: 0, amount: 0 });
  const sums = { direct: newSum(), pooled: newSum(), grid: newSum(), paused: newSum() };
  const add = (way: keyof typeof sums, quantity: number, amount: number): void => {
    sums[way].quantity += quantity;
    sums[way].amount += amount;
  };
  const partners = new Set<number>();
  for (const trade of decodeRecords(tradeLayout, told.trades)) {
    const sells = trade.seller === "order" && trade.offer === number;
    if (!sells && !(trade.buyer === "order" && trade.bid === number)) continue;
    const other = sells ? trade.buyer : trade.seller;
    const isDirect = (trade.kind === "peer" || trade.kind === "area") && other === "order";
    const way = other === "grid" ? "grid" : isDirect ? "direct" : "pooled";
    add(way, trade.quantity, trade.quantity * (sells ? trade.supplyPrice : trade.usePrice));
    if (isDirect) partners.add(sells ? trade.bid : trade.offer);
  }
  let heldBy: number | null = null;
  for (const flow of decodeRecords(flowLayout, told.flows)) {
    if (flow.order !== number) continue;
    const way = ways[flow.kind];
    if (way !== undefined) add(way, flow.quantity, Number(flow.amount));
    if (flow.kind === "areaCurtailed") heldBy ??= flow.party;
  }
  return {
    quantity: counted.counted[number]!,
    ...sums,
    partners: partners.size,
    left: counted.left[number]!,
    heldBy,
  };
}

/** What of an order stayed in the community: sold or bought directly and through the pool. */
export const inCommunity = ({ direct, pooled }: Fate): number => direct.quantity + pooled.quantity;

/** Number of the order that counts of a participant and carrier; −1: it has none that asks or offers anything. */
export function orderNumber(
  { orders }: Told,
  { counted }: CountedOrders,
  participant: number,
  carrier: string,
): number {
  return decodeRecords(orderLayout, orders).findIndex(
    (order, number) => order.participant === participant && order.carrier === carrier && counted[number]! > 0,
  );
}
