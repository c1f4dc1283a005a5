/**
 * What a trade on areas means to a participant: energy, and who of the two sides bears what the way costs, fees and
 * rent apart. The buyer bears it, but where the grid buys, the seller; so all who bear it together bear just what the
 * grid operator is paid.
 */
import type { TradeRecord } from "../ledger/format/records.js";
import type { Line } from "./entry.js";
import type { Registry } from "./registry.js";

/** A trade between areas, or with the grid, and who stands behind its sides. */
export interface AcrossTrade {
  readonly trade: TradeRecord;
  /** Number of the participant of an order or of a store's owner; null for the platform and the grid. */
  readonly seller: number | null;
  readonly buyer: number | null;
}

/** The name of one side: a participant's id, a device's name, `grid`. */
function nameOf(
  { participants, devices }: Registry,
  party: TradeRecord["seller"],
  at: number,
  who: number | null,
): string {
  if (party === "order") return participants[who!]!;
  return party === "device" ? (devices[at]?.name ?? "store") : "grid";
}

/** The lines of a trade for one participant; none where it is on neither side. */
export function* acrossLines(
  { trade, seller, buyer }: AcrossTrade,
  registry: Registry,
  own: number,
): Generator<Line> {
  const { carrier } = trade;
  const names = {
    seller: nameOf(registry, trade.seller, trade.offer, seller),
    buyer: nameOf(registry, trade.buyer, trade.bid, buyer),
  };
  const energy = BigInt(trade.quantity);
  const [supplyPrice, usePrice] = [BigInt(trade.supplyPrice), BigInt(trade.usePrice)];
  const toGrid = trade.buyer === "grid";
  if (buyer === own)
    yield {
      carrier,
      entry: trade.buyer === "device" ? "charged" : trade.seller === "grid" ? "imported" : "bought",
      counterparty: trade.buyer === "device" ? names.buyer : names.seller,
      energy,
      price: supplyPrice,
      amount: -energy * supplyPrice,
      fee: trade.useFee,
    };
  if (seller === own) {
    const price = toGrid ? usePrice : supplyPrice;
    yield {
      carrier,
      entry: trade.seller === "device" ? "discharged" : toGrid ? "exported" : "sold",
      counterparty: trade.seller === "device" ? names.seller : names.buyer,
      energy: -energy,
      price,
      amount: energy * price,
      fee: trade.supplyFee,
    };
  }
  if ((toGrid ? seller : buyer) !== own) return;
  const fee = registry.network.feeBetween(
    carrier,
    { party: trade.seller, name: names.seller },
    { party: trade.buyer, name: names.buyer },
  );
  const rent = usePrice - supplyPrice - fee;
  for (const [entry, price] of [
    ["grid fee", fee],
    ["congestion rent", rent],
  ] as const)
    if (price !== 0n)
      yield { carrier, entry, counterparty: "grid operator", energy: 0n, price, amount: -energy * price };
}
