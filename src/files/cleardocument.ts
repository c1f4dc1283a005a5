/**
 * A clearing in the names and decimals of the file that it came from: what `gridclear clear` prints (docs/clear.md).
 */
import { type AreaClearing, type AreaRules, edgeMoney } from "../core/areas.js";
import { type Clearing, type ClearingRules, type Engine, feeOf, tierRanges } from "../core/engine.js";
import { amountTick, type Carrier, formatTicks } from "../units.js";
import type { NamedArea } from "./areasfile.js";
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

/** A trade across areas: each side has the price of its own. */
export interface AreaDocumentTrade {
  readonly offer: string;
  readonly bid: string;
  readonly quantity: string;
  readonly supplyPrice: string;
  readonly usePrice: string;
  readonly supplyAmount: string;
  readonly useAmount: string;
  readonly supplyFee: string;
  readonly useFee: string;
}

/** What came of an area, and what stays at the edge to its parent. */
export interface DocumentArea {
  readonly name: string;
  /** null: the area took no part. */
  readonly price: string | null;
  /** What it hands its parent; below 0: takes from it. */
  readonly flow: string;
  readonly fees: string;
  readonly rent: string;
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

/** The result of a carrier with areas (docs/areas.md), which stand in the order of the rules. */
export interface AreaCarrierDocument extends Omit<CarrierDocument, "trades"> {
  readonly areas: readonly DocumentArea[];
  readonly trades: readonly AreaDocumentTrade[];
}

/** The document that `gridclear clear --json` prints. */
export interface ClearDocument {
  readonly carriers: Partial<Record<Carrier, CarrierDocument | AreaCarrierDocument>>;
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

/** The rules of a carrier with areas as the engine takes them. */
function areaRules({ ties, k }: FileRules, named: readonly NamedArea[]): AreaRules {
  return { mechanism: "merit", ties, k, areas: named.map(({ name: _, ...area }) => area) };
}

const idOf = (list: OrderList, index: number): string => list.id[index] as string;

/** What writes the decimals and names of a file. */
interface Writer {
  readonly offer: (index: number) => string;
  readonly bid: (index: number) => string;
  readonly quantity: (ticks: number | bigint) => string;
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

/** What orders are left with, in order of arrival. */
function leftovers(
  { remaining, pool, counters }: Clearing | AreaClearing,
  { offers, bids }: OrderSheet,
  write: Writer,
): Pick<CarrierDocument, "idle" | "rest" | "counters"> {
  const pooled = new Set(pool === null ? [] : pool.lots.offer.subarray(0, pool.lots.count));
  const idle: CarrierDocument["idle"][number][] = [];
  for (let index = 0; index < offers.id.length; index += 1) {
    const left = remaining.offers[index] as number;
    if (left > 0 && !pooled.has(index))
      idle.push({ offer: write.offer(index), quantity: write.quantity(left) });
  }
  const rest: CarrierDocument["rest"][number][] = [];
  const open = pool === null ? remaining.bids : pool.rest;
  for (let index = 0; index < bids.id.length; index += 1) {
    const left = open[index] as number;
    if (left > 0) rest.push({ bid: write.bid(index), quantity: write.quantity(left) });
  }
  return { idle, rest, counters: { ...counters } };
}

const noPool: CarrierDocument["pool"] = { lots: [], trades: [], unsold: [] };

/** One carrier's clearing in the names and decimals of the file. */
function describe(clearing: Clearing, sheet: OrderSheet, rules: FileRules): CarrierDocument {
  const { pool, clearingPrice } = clearing;
  const write = writerOf(sheet, rules);
  return {
    clearingPrice: clearingPrice === null ? null : write.price(clearingPrice),
    trades: peerTrades(clearing.trades, rules.commission, write),
    pool: pool === null ? noPool : poolOutcome(pool, write),
    ...leftovers(clearing, sheet, write),
  };
}

/** A carrier's clearing on areas. */
function describeAreas(
  clearing: AreaClearing,
  sheet: OrderSheet,
  rules: FileRules,
  named: readonly NamedArea[],
): AreaCarrierDocument {
  const write = writerOf(sheet, rules);
  const { areas, clearingPrice } = clearing;
  return {
    clearingPrice: clearingPrice === null ? null : write.price(clearingPrice),
    areas: named.map(({ name }, place) => {
      const { fees, rent } = edgeMoney(named, areas, place);
      return {
        name,
        price: areas.priced[place] === 1 ? write.price(areas.price[place] as number) : null,
        flow: write.quantity(areas.flow[place] as bigint),
        fees: write.money(fees),
        rent: write.money(rent),
      };
    }),
    trades: areaTrades(clearing.trades, rules.commission, write),
    pool: noPool,
    ...leftovers(clearing, sheet, write),
  };
}

function areaTrades(
  trades: AreaClearing["trades"],
  commission: FileRules["commission"],
  write: Writer,
): AreaDocumentTrade[] {
  const written: AreaDocumentTrade[] = [];
  for (const { tier, first, end } of tierRanges(commission, trades.count))
    for (let index = first; index < end; index += 1) {
      const quantity = trades.quantity[index] as number;
      const supplyPrice = trades.supplyPrice[index] as number;
      const usePrice = trades.usePrice[index] as number;
      const supplyAmount = BigInt(quantity) * BigInt(supplyPrice);
      const useAmount = BigInt(quantity) * BigInt(usePrice);
      written.push({
        offer: write.offer(trades.offer[index] as number),
        bid: write.bid(trades.bid[index] as number),
        quantity: write.quantity(quantity),
        supplyPrice: write.price(supplyPrice),
        usePrice: write.price(usePrice),
        supplyAmount: write.money(supplyAmount),
        useAmount: write.money(useAmount),
        supplyFee: write.money(feeOf(supplyAmount, tier.supply)),
        useFee: write.money(feeOf(useAmount, tier.use)),
      });
    }
  return written;
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
  const document: Partial<Record<Carrier, CarrierDocument | AreaCarrierDocument>> = {};
  for (const [carrier, sheet] of file) {
    const named = rules.areas.get(carrier);
    document[carrier] =
      named === undefined
        ? describe(engine.clear(sheet, engineRules(rules, carrier)), sheet, rules)
        : describeAreas(engine.clear(sheet, areaRules(rules, named)), sheet, rules, named);
  }
  return { carriers: document };
}
