import { type Clearing, type ClearingRules, type Engine, feeOf, tierRanges } from "../core/engine.js";
import { amountTick, type Carrier, formatTicks } from "../units.js";
import type { OrderFile, OrderList, OrderSheet } from "./orderfile.js";
import type { FileRules } from "./rulesfile.js";

/** A peer-to-peer trade; decimals as strings. */
export interface DocumentTrade {
  readonly offer: string;
  readonly bid: string;
  readonly quantity: string;
  readonly price: string;
  readonly amount: string;
  readonly supplyFee: string;
  readonly useFee: string;
}

/** The result of one carrier (docs/clear.md). */
export interface CarrierDocument {
  readonly clearingPrice: string | null;
  readonly trades: readonly DocumentTrade[];
  readonly pool: {
    readonly lots: readonly { readonly offer: string; readonly quantity: string; readonly price: string }[];
    readonly trades: readonly {
      readonly offer: string;
      readonly bid: string;
      readonly quantity: string;
      readonly price: string;
      readonly amount: string;
    }[];
    readonly unsold: readonly { readonly offer: string; readonly quantity: string }[];
  };
  readonly idle: readonly { readonly offer: string; readonly quantity: string }[];
  readonly rest: readonly { readonly bid: string; readonly quantity: string }[];
  readonly counters: {
    readonly num1: number;
    readonly num2: number;
    readonly num3: number;
    readonly num4: number;
  };
}

/** The document that `gridclear clear --json` prints. */
export interface ClearDocument {
  readonly carriers: Partial<Record<Carrier, CarrierDocument>>;
}

/** The rules of one carrier as the engine takes them. */
export function engineRules(rules: FileRules, carrier: Carrier): ClearingRules {
  return {
    mechanism: rules.mechanism,
    pricing: rules.pricing,
    k: rules.k,
    maxCycles: rules.maxCycles,
    pool: rules.pool.get(carrier) ?? null,
  };
}

const idOf = (list: OrderList, index: number): string => list.id[index] as string;

/** One carrier's clearing in the names and decimals of the file. */
function describe(clearing: Clearing, sheet: OrderSheet, rules: FileRules): CarrierDocument {
  const { ticks } = rules;
  const moneyTick = amountTick(ticks.quantity, ticks.price);
  const quantityText = (value: number): string => formatTicks(value, ticks.quantity);
  const priceText = (value: number): string => formatTicks(value, ticks.price);
  const moneyText = (value: bigint): string => formatTicks(value, moneyTick);
  const { offers, bids } = sheet;
  const { trades, pool } = clearing;

  const peer: DocumentTrade[] = [];
  for (const { tier, first, end } of tierRanges(rules.commission, trades.count))
    for (let index = first; index < end; index++) {
      const quantity = trades.quantity[index] as number;
      const price = trades.price[index] as number;
      const amount = BigInt(quantity) * BigInt(price);
      peer.push({
        offer: idOf(offers, trades.offer[index] as number),
        bid: idOf(bids, trades.bid[index] as number),
        quantity: quantityText(quantity),
        price: priceText(price),
        amount: moneyText(amount),
        supplyFee: moneyText(feeOf(amount, tier.supply)),
        useFee: moneyText(feeOf(amount, tier.use)),
      });
    }

  const lots: CarrierDocument["pool"]["lots"][number][] = [];
  const poolTrades: CarrierDocument["pool"]["trades"][number][] = [];
  const unsold: CarrierDocument["pool"]["unsold"][number][] = [];
  const pooled = new Uint8Array(offers.id.length);
  if (pool !== null) {
    for (let lot = 0; lot < pool.lots.count; lot++) {
      const index = pool.lots.offer[lot] as number;
      const offer = idOf(offers, index);
      pooled[index] = 1;
      lots.push({
        offer,
        quantity: quantityText(pool.lots.quantity[lot] as number),
        price: priceText(pool.lots.price[lot] as number),
      });
      const left = pool.lots.unsold[lot] as number;
      if (left > 0) unsold.push({ offer, quantity: quantityText(left) });
    }
    for (let index = 0; index < pool.trades.count; index++) {
      const quantity = pool.trades.quantity[index] as number;
      const price = pool.trades.price[index] as number;
      poolTrades.push({
        offer: idOf(offers, pool.lots.offer[pool.trades.lot[index] as number] as number),
        bid: idOf(bids, pool.trades.bid[index] as number),
        quantity: quantityText(quantity),
        price: priceText(price),
        amount: moneyText(BigInt(quantity) * BigInt(price)),
      });
    }
  }

  const idle: CarrierDocument["idle"][number][] = [];
  for (let index = 0; index < offers.id.length; index++) {
    const left = clearing.remaining.offers[index] as number;
    if (left > 0 && pooled[index] === 0)
      idle.push({ offer: idOf(offers, index), quantity: quantityText(left) });
  }
  const rest: CarrierDocument["rest"][number][] = [];
  const open = pool === null ? clearing.remaining.bids : pool.rest;
  for (let index = 0; index < bids.id.length; index++) {
    const left = open[index] as number;
    if (left > 0) rest.push({ bid: idOf(bids, index), quantity: quantityText(left) });
  }

  return {
    clearingPrice: clearing.clearingPrice === null ? null : priceText(clearing.clearingPrice),
    trades: peer,
    pool: { lots, trades: poolTrades, unsold },
    idle,
    rest,
    counters: { ...clearing.counters },
  };
}

/** Clears every carrier of an order file by `rules` and describes the results, carriers in their usual order. */
export function clearOrderFile(engine: Engine, file: OrderFile, rules: FileRules): ClearDocument {
  const document: Partial<Record<Carrier, CarrierDocument>> = {};
  for (const [carrier, sheet] of file)
    document[carrier] = describe(engine.clear(sheet, engineRules(rules, carrier)), sheet, rules);
  return { carriers: document };
}
