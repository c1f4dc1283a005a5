/**
 * A clearing in the names and decimals of the file that it came from: what `gridclear clear` prints (docs/clear.md).
 */
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
function engineRules(rules: FileRules, carrier: Carrier): ClearingRules {
  return {
    mechanism: rules.mechanism,
    pricing: rules.pricing,
    ties: rules.ties,
    k: rules.k,
    maxCycles: rules.maxCycles,
    pool: rules.pool.get(carrier) ?? null,
  };
}

const idOf = (list: OrderList, index: number): string => list.id[index] as string;

/** What writes the decimals and names of a file. */
interface Writer {
  readonly offer: (index: number) => string;
  readonly bid: (index: number) => string;
  readonly quantity: (ticks: number) => string;
  readonly price: (ticks: number) => string;
  readonly money: (ticks: bigint) => string;
}

function writerOf({ offers, bids }: OrderSheet, { ticks }: FileRules): Writer {
  const moneyTick = amountTick(ticks.quantity, ticks.price);
  return {
    offer: (index) => idOf(offers, index),
    bid: (index) => idOf(bids, index),
    quantity: (value) => formatTicks(value, ticks.quantity),
    price: (value) => formatTicks(value, ticks.price),
    money: (value) => formatTicks(value, moneyTick),
  };
}

/** One carrier's clearing in the names and decimals of the file. */
function describe(clearing: Clearing, sheet: OrderSheet, rules: FileRules): CarrierDocument {
  const { pool, remaining } = clearing;
  const write = writerOf(sheet, rules);
  const pooled = new Set(pool === null ? [] : pool.lots.offer.subarray(0, pool.lots.count));
  const idle: CarrierDocument["idle"][number][] = [];
  for (let index = 0; index < sheet.offers.id.length; index += 1) {
    const left = remaining.offers[index] as number;
    if (left > 0 && !pooled.has(index))
      idle.push({ offer: write.offer(index), quantity: write.quantity(left) });
  }
  const rest: CarrierDocument["rest"][number][] = [];
  const open = pool === null ? remaining.bids : pool.rest;
  for (let index = 0; index < sheet.bids.id.length; index += 1) {
    const left = open[index] as number;
    if (left > 0) rest.push({ bid: write.bid(index), quantity: write.quantity(left) });
  }
  return {
    clearingPrice: clearing.clearingPrice === null ? null : write.price(clearing.clearingPrice),
    trades: peerTrades(clearing.trades, rules.commission, write),
    pool: pool === null ? { lots: [], trades: [], unsold: [] } : poolOutcome(pool, write),
    idle,
    rest,
    counters: { ...clearing.counters },
  };
}

function peerTrades(
  trades: Clearing["trades"],
  commission: FileRules["commission"],
  write: Writer,
): DocumentTrade[] {
  const peer: DocumentTrade[] = [];
  for (const { tier, first, end } of tierRanges(commission, trades.count))
    for (let index = first; index < end; index += 1) {
      const quantity = trades.quantity[index] as number;
      const price = trades.price[index] as number;
      const amount = BigInt(quantity) * BigInt(price);
      peer.push({
        offer: write.offer(trades.offer[index] as number),
        bid: write.bid(trades.bid[index] as number),
        quantity: write.quantity(quantity),
        price: write.price(price),
        amount: write.money(amount),
        supplyFee: write.money(feeOf(amount, tier.supply)),
        useFee: write.money(feeOf(amount, tier.use)),
      });
    }
  return peer;
}

function poolOutcome(
  { lots, trades }: NonNullable<Clearing["pool"]>,
  write: Writer,
): CarrierDocument["pool"] {
  const joined: CarrierDocument["pool"]["lots"][number][] = [];
  const unsold: CarrierDocument["pool"]["unsold"][number][] = [];
  for (let lot = 0; lot < lots.count; lot += 1) {
    const offer = write.offer(lots.offer[lot] as number);
    joined.push({
      offer,
      quantity: write.quantity(lots.quantity[lot] as number),
      price: write.price(lots.price[lot] as number),
    });
    const left = lots.unsold[lot] as number;
    if (left > 0) unsold.push({ offer, quantity: write.quantity(left) });
  }
  const sold: CarrierDocument["pool"]["trades"][number][] = [];
  for (let index = 0; index < trades.count; index += 1) {
    const quantity = trades.quantity[index] as number;
    const price = trades.price[index] as number;
    sold.push({
      offer: write.offer(lots.offer[trades.lot[index] as number] as number),
      bid: write.bid(trades.bid[index] as number),
      quantity: write.quantity(quantity),
      price: write.price(price),
      amount: write.money(BigInt(quantity) * BigInt(price)),
    });
  }
  return { lots: joined, trades: sold, unsold };
}

/** Elements of a list that are written at once: well under a megabyte, however many there are. */
const piecesOf = 4096;

/**
 * The document as JSON in pieces of text, together what `JSON.stringify` makes of it: millions of orders would not fit
 * into one string.
 */
export function* documentJson(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += piecesOf)
      yield `${at === 0 ? "[" : ","}${JSON.stringify(value.slice(at, at + piecesOf)).slice(1, -1)}`;
    yield value.length === 0 ? "[]" : "]";
  } else if (typeof value === "object" && value !== null) {
    let before = "{";
    for (const [key, inner] of Object.entries(value)) {
      yield `${before}${JSON.stringify(key)}:`;
      yield* documentJson(inner);
      before = ",";
    }
    yield before === "{" ? "{}" : "}";
  } else yield JSON.stringify(value);
}

/** Clears every carrier of an order file by `rules` and describes the results, carriers in their usual order. */
export function clearOrderFile(engine: Engine, file: OrderFile, rules: FileRules): ClearDocument {
  const document: Partial<Record<Carrier, CarrierDocument>> = {};
  for (const [carrier, sheet] of file)
    document[carrier] = describe(engine.clear(sheet, engineRules(rules, carrier)), sheet, rules);
  return { carriers: document };
}
