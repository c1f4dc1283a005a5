/** What a service says of orders, trades and periods: plain JSON with names, decimals in the market's units. */
import { hex } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { blockHash, decodeHeader, headerBytes, totalNames } from "../ledger/format/header.js";
import { decodeRecords } from "../ledger/format/layout.js";
import { type OrderRecord, orderLayout, type TradeRecord, tradeLayout } from "../ledger/format/records.js";
import { plainHasher } from "../ledger/tree/plain.js";
import type { Market } from "../market/market.js";
import { type Carrier, carriers, formatTicks } from "../units.js";

/** Names and units of a market. */
export interface Names {
  readonly participant: (number: number) => string;
  readonly device: (number: number) => string;
  readonly ticks: Market["ticks"];
}

/** The names of a market's members and stores, as they are when they are asked for. */
export const namesOf = ({ state, ticks }: Pick<Market, "state" | "ticks">): Names => ({
  participant: (number) => state.participant(number) ?? `participant ${number}`,
  device: (number) => state.device(number) ?? `device ${number}`,
  ticks,
});

/** An order; quantity `"0"` takes back what its member had. */
export interface OrderDocument {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  readonly quantity: string;
  readonly price: string;
  readonly revision: number;
}

/** An order in words. */
export const orderDocument = (order: OrderRecord, { participant, ticks }: Names): OrderDocument => ({
  participant: participant(order.participant),
  carrier: order.carrier,
  side: order.side,
  quantity: formatTicks(order.quantity, ticks.quantity),
  price: formatTicks(order.price, ticks.price),
  revision: order.revision,
});

/** A trade: what the seller gets and what the buyer pays for a unit, and the fees of both on top. */
export interface TradeDocument {
  readonly kind: TradeRecord["kind"];
  readonly carrier: Carrier;
  readonly seller: string;
  readonly buyer: string;
  readonly quantity: string;
  readonly supplyPrice: string;
  readonly usePrice: string;
  readonly supplyFee: string;
  readonly useFee: string;
}

/** The trades of a block with its records, from the first to behind the last of these, in order of execution. */
export function tradeDocuments(
  { sections }: Block,
  names: Names,
  first: number = 0,
  end: number = sections.trades.length,
): TradeDocument[] {
  const { ticks } = names;
  const orders = decodeRecords(orderLayout, sections.orders);
  const nameOf = (kind: TradeRecord["seller"], number: number): string => {
    if (kind === "grid") return "grid";
    return kind === "device" ? names.device(number) : names.participant(orders[number]!.participant);
  };
  const { bytes } = tradeLayout;
  const shown = sections.trades.subarray(first * bytes, end * bytes);
  return decodeRecords(tradeLayout, shown).map((trade) => ({
    kind: trade.kind,
    carrier: trade.carrier,
    seller: nameOf(trade.seller, trade.offer),
    buyer: nameOf(trade.buyer, trade.bid),
    quantity: formatTicks(trade.quantity, ticks.quantity),
    supplyPrice: formatTicks(trade.supplyPrice, ticks.price),
    usePrice: formatTicks(trade.usePrice, ticks.price),
    supplyFee: formatTicks(trade.supplyFee, ticks.amount),
    useFee: formatTicks(trade.useFee, ticks.amount),
  }));
}

/** A trade as its member sees it: not with whom. */
interface OwnTrade {
  readonly kind: TradeRecord["kind"];
  readonly carrier: Carrier;
  readonly side: "sold" | "bought";
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
}

/** The trades of a block by the number of the member that they are of, in order of execution. */
export function ownTrades({ sections }: Block, ticks: Names["ticks"]): Map<number, OwnTrade[]> {
  const orders = decodeRecords(orderLayout, sections.orders);
  const found = new Map<number, OwnTrade[]>();
  const add = (order: number, trade: OwnTrade): void => {
    const { participant } = orders[order]!;
    const trades = found.get(participant) ?? [];
    found.set(participant, trades);
    trades.push(trade);
  };
  const isOrder = (kind: TradeRecord["seller"]): boolean => kind !== "grid" && kind !== "device";
  for (const trade of decodeRecords<TradeRecord>(tradeLayout, sections.trades)) {
    const { kind, carrier } = trade;
    const quantity = formatTicks(trade.quantity, ticks.quantity);
    const said = (side: OwnTrade["side"], price: number, fee: bigint | number): OwnTrade => ({
      kind,
      carrier,
      side,
      quantity,
      price: formatTicks(price, ticks.price),
      fee: formatTicks(fee, ticks.amount),
    });
    if (isOrder(trade.seller)) add(trade.offer, said("sold", trade.supplyPrice, trade.supplyFee));
    if (isOrder(trade.buyer)) add(trade.bid, said("bought", trade.usePrice, trade.useFee));
  }
  return found;
}

/** Lowest and highest price that buyers paid per unit; null without trades, and where trades are not everybody's. */
interface PriceDocument {
  readonly lowest: string;
  readonly highest: string;
}

/** What a period came to. */
export interface PeriodDocument {
  readonly period: number;
  readonly height: number;
  readonly hash: string;
  /** Hash of the block before. */
  readonly parent: string;
  readonly timestampMs: number;
  readonly orders: number;
  readonly trades: number;
  /** By carrier, of those that anything happened to: energy by what became of it, and prices. */
  readonly carriers: Readonly<
    Record<string, { readonly energy: object; readonly prices: PriceDocument | null }>
  >;
}

/** What a period came to, by the header of its block, and by its records where those are shown. */
export function periodDocument(bytes: Uint8Array, block: Block | null, names: Names): PeriodDocument {
  const header = decodeHeader(bytes);
  const { sections, totals } = header;
  const trades = block === null ? [] : decodeRecords(tradeLayout, block.sections.trades);
  return {
    period: header.period,
    height: header.height,
    hash: hex(blockHash(bytes.subarray(0, headerBytes), plainHasher)),
    parent: hex(header.previous),
    timestampMs: header.timestampMs,
    orders: sections.orders.count,
    trades: sections.trades.count,
    carriers: Object.fromEntries(
      carriers
        .filter((carrier) => totalNames.some((name) => totals[carrier][name] > 0n))
        .map((carrier) => [
          carrier,
          {
            energy: Object.fromEntries(
              totalNames.map((name) => [name, formatTicks(totals[carrier][name], names.ticks.quantity)]),
            ),
            prices: pricesOf(
              trades.filter((trade) => trade.carrier === carrier),
              names,
            ),
          },
        ]),
    ),
  };
}

function pricesOf(trades: readonly TradeRecord[], { ticks }: Names): PriceDocument | null {
  if (trades.length === 0) return null;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { usePrice } of trades) {
    lowest = Math.min(lowest, usePrice);
    highest = Math.max(highest, usePrice);
  }
  return { lowest: formatTicks(lowest, ticks.price), highest: formatTicks(highest, ticks.price) };
}
