/**
 * Who pays whom for what a record says: the one table of it (docs/market.md, "Money"). A record is its own posting: a
 * period that writes one moves its money by this table, and so does whoever reads it, so that a block need not say
 * twice what was paid.
 */
import { viewOf } from "../../bytes.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import {
  account,
  type FlowRecord,
  flowCode,
  flowKinds,
  postingKinds,
  readingCorrection,
  tradeCode,
  tradeKinds,
  tradeLayout,
} from "../../ledger/format/records.js";
import { type Accounts, accountOf } from "./accounts.js";
import { type Amount, amountAt, difference, exactSum, numberAt, product } from "./amounts.js";
import type { FlowRow } from "./journal.js";

/** What the payments are for that trades, flows and readings say. */
const recordedKinds = [
  "energy",
  "supplyFee",
  "useFee",
  "poolPurchase",
  "poolSale",
  "storage",
  "export",
  "import",
  "interruption",
  "loss",
  "correction",
  "gridUse",
  "gridFee",
  "congestionRent",
  "sharing",
  "delivery",
] as const;
/** What a payment is for: the kinds of posting, and what follows from trades, flows and readings. */
export type PaymentKind = (typeof postingKinds)[number] | (typeof recordedKinds)[number];
/** All kinds of payment. */
export const paymentKinds: readonly PaymentKind[] = [...postingKinds, ...recordedKinds];

/** Takes one payment: account numbers, and amount ticks; a negative amount goes the other way, and 0 moves nothing. */
export type Pay = (kind: PaymentKind, from: number, to: number, amount: Amount) => void;

/** The side of a payment that a flow names: its participant, who supplied or sold it, or the account of its device. */
type Side = "participant" | "supplier" | "device" | keyof typeof account;

const flowPayments: {
  readonly [Kind in FlowRecord["kind"]]?: readonly [kind: PaymentKind, from: Side, to: Side];
} = {
  stored: ["poolPurchase", "pool", "participant"],
  charged: ["storage", "device", "pool"],
  gridCharged: ["import", "device", "grid"],
  discharged: ["storage", "pool", "device"],
  exported: ["export", "grid", "participant"],
  imported: ["import", "participant", "grid"],
  interrupted: ["interruption", "trading", "participant"],
  areaLoss: ["loss", "trading", "grid"],
  areaFee: ["gridFee", "trading", "gridFees"],
  areaRent: ["congestionRent", "trading", "congestionRent"],
  shared: ["sharing", "participant", "supplier"],
  unshared: ["sharing", "supplier", "participant"],
  undelivered: ["delivery", "supplier", "participant"],
  delivered: ["delivery", "participant", "supplier"],
};
/** The same by code; undefined for flows that move no money. */
const paymentOf = /* @__PURE__ */ (() => {
  const byCode: ((typeof flowPayments)["stored"] | undefined)[] = [];
  for (const kind of flowKinds) byCode[flowCode[kind]] = flowPayments[kind];
  return byCode;
})();

/**
 * Codes of the flows between two participants that their meters decide on: `party` and `order` are numbers of
 * participants, `extra` is the metered period.
 */
export const pairCodes: ReadonlySet<number> = /* @__PURE__ */ new Set([
  flowCode.shared,
  flowCode.unshared,
  flowCode.undelivered,
  flowCode.delivered,
]);

/** What a trade says of its money. */
export interface TradePayment {
  /** Its code. */
  kind: number;
  /** Account numbers. A store's is the pool, which pays its owner for all that it delivered (flow `discharged`). */
  seller: number;
  buyer: number;
  /** Quantity × supply price, and × use price. */
  supplyAmount: Amount;
  useAmount: Amount;
  supplyFee: Amount;
  useFee: Amount;
}

/**
 * The payments of a trade: the buyer pays the seller, and each its commission; in a sale from the pool or a store the
 * buyer pays the pool, and the pool the seller.
 */
export function payTrade(trade: Readonly<TradePayment>, pay: Pay): void {
  const { kind, seller, buyer, supplyAmount, useAmount } = trade;
  if (kind === tradeCode.peer) pay("energy", buyer, seller, useAmount);
  else if (kind === tradeCode.area || kind === tradeCode.grid) payAcross(trade, pay);
  else {
    pay("poolSale", buyer, account.pool, useAmount);
    if (seller !== account.pool) pay("poolPurchase", account.pool, seller, supplyAmount);
  }
  pay("supplyFee", seller, account.commission, trade.supplyFee);
  pay("useFee", buyer, account.commission, trade.useFee);
}

/**
 * A trade on areas: the seller is paid its price, and what the buyer pays above goes through the account `trading` to
 * the grid operator, fees and rent as the flows of the areas say. What the grid pays for exports is its tariff, from
 * which the seller pays for the way.
 */
function payAcross({ seller, buyer, supplyAmount, useAmount }: Readonly<TradePayment>, pay: Pay): void {
  const across = difference(useAmount, supplyAmount);
  if (buyer === account.grid) {
    pay("export", buyer, seller, useAmount);
    pay("gridUse", seller, account.trading, across);
    return;
  }
  pay(acrossKind(seller, buyer), buyer, seller, supplyAmount);
  pay("gridUse", buyer, account.trading, across);
}

function acrossKind(seller: number, buyer: number): PaymentKind {
  if (seller === account.grid) return "import";
  if (seller === account.pool) return "poolSale";
  return buyer === account.pool ? "poolPurchase" : "energy";
}

const tradeAt = /* @__PURE__ */ offsetsOf(tradeLayout);

/** Where what buyers pay above what sellers get is left: of trades between peers it is the commission. */
const keepers = {
  peer: account.commission,
  pool: account.pool,
  storage: account.pool,
  area: account.trading,
  grid: account.trading,
} as const;

/** The accounts of one side, by their place in it, and the place of each trade's order or store. */
export interface TradeSide {
  readonly account: Uint32Array;
  readonly place: Uint32Array;
}
/** Both sides of a carrier's trades. */
export interface TradeSides {
  readonly buyers: TradeSide;
  readonly sellers: TradeSide;
}

/**
 * Moves the money of one carrier's trades, records of the kind end to end, as {@link payTrade} says of each. A period
 * has hundreds of thousands of trades, so that it sums up what each order pays and is paid, in whole numbers as long as
 * they are exact, and moves the sums.
 */
export function moveTrades(records: Uint8Array, { buyers, sellers }: TradeSides, accounts: Accounts): void {
  if (records.length === 0) return;
  const view = viewOf(records);
  const keeper = keepers[tradeKinds[view.getUint8(tradeAt.kind) - 1]!];
  const paid = new Float64Array(buyers.account.length);
  const got = new Float64Array(sellers.account.length);
  const pay: Pay = (_, from, to, amount) => accounts.move(from, to, amount);
  let fees = 0;
  for (let at = 0, index = 0; at < records.length; at += tradeLayout.bytes, index += 1) {
    const quantity = view.getUint32(at + tradeAt.quantity, true);
    const supplyPrice = view.getInt32(at + tradeAt.supplyPrice, true);
    const usePrice = view.getInt32(at + tradeAt.usePrice, true);
    const buyer = buyers.place[index]!;
    const seller = sellers.place[index]!;
    // Fees are shares of the amount, so that they are exact where it is. Every sum on the way is held against the
    // limit: one that was rounded could come back below it.
    const supplyAmount = quantity * supplyPrice;
    const useAmount = quantity * usePrice;
    const useFee = numberAt(view, at + tradeAt.useFee);
    const supplyFee = numberAt(view, at + tradeAt.supplyFee);
    const owed = useAmount + useFee;
    const due = supplyAmount - supplyFee;
    const taken = fees + useFee + supplyFee;
    const pays = paid[buyer]! + owed;
    const gets = got[seller]! + due;
    if (
      isExact(useAmount) &&
      isExact(supplyAmount) &&
      isExact(owed) &&
      isExact(due) &&
      isExact(pays) &&
      isExact(gets) &&
      isExact(taken)
    ) {
      fees = taken;
      paid[buyer] = pays;
      got[seller] = gets;
      continue;
    }
    const trade: TradePayment = {
      kind: view.getUint8(at + tradeAt.kind),
      buyer: buyers.account[buyer]!,
      seller: sellers.account[seller]!,
      supplyAmount: product(quantity, supplyPrice),
      useAmount: product(quantity, usePrice),
      supplyFee: amountAt(view, at + tradeAt.supplyFee),
      useFee: amountAt(view, at + tradeAt.useFee),
    };
    payTrade(trade, pay);
  }
  // What buyers pay passes through the account that keeps the difference.
  for (let place = 0; place < paid.length; place += 1)
    if (paid[place] !== 0) accounts.moveNumber(buyers.account[place]!, keeper, paid[place]!);
  for (let place = 0; place < got.length; place += 1)
    if (got[place] !== 0) accounts.moveNumber(keeper, sellers.account[place]!, got[place]!);
  if (keeper !== account.commission && fees !== 0) accounts.moveNumber(keeper, account.commission, fees);
}

const isExact = (amount: number): boolean => amount <= exactSum && amount >= -exactSum;

/**
 * What a flow pays: its amount, which a record of an edge's fees or rent leaves out, since it passes 64 bits; it is
 * what crossed × what is paid for each unit.
 */
export function flowAmount({
  kind,
  amount,
  price,
  extra,
}: Pick<FlowRow, "kind" | "amount" | "price" | "extra">): Amount {
  return kind === flowCode.areaFee || kind === flowCode.areaRent ? product(extra, price) : amount;
}

/**
 * The payment of a flow, which moves its amount. `of` gives the accounts of its participant, of who supplied what it
 * received, and of its device: the owner's, or the pool's for a device of the platform.
 */
export function payFlow(
  { kind, amount }: Pick<FlowRow, "kind" | "amount">,
  of: { participant(): number; supplier(): number; device(): number },
  pay: Pay,
): void {
  const payment = paymentOf[kind];
  if (payment === undefined) return;
  const [what, from, to] = payment;
  const numberOf = (side: Side): number =>
    side === "participant" || side === "supplier" || side === "device" ? of[side]() : account[side];
  pay(what, numberOf(from), numberOf(to), amount);
}

/** What a reading says of its money. */
export interface ReadingPayment {
  readonly participant: number;
  readonly flags: number;
  readonly amount: Amount;
}

/** The payment of a reading: its participant pays the platform for the imbalance. */
export function payReading({ participant, flags, amount }: ReadingPayment, pay: Pay): void {
  const kind = (flags & readingCorrection) === 0 ? "imbalance" : "correction";
  pay(kind, accountOf(participant), account.trading, amount);
}
