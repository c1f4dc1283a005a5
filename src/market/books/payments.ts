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
  tradeCode,
  tradeLayout,
} from "../../ledger/format/records.js";
import { type Accounts, accountOf } from "./accounts.js";
import { type Amount, amountAt, exactSum, numberAt, product } from "./amounts.js";
import type { FlowRow } from "./journal.js";

/** What a payment is for: the kinds of posting, and what follows from trades and flows. */
export type PaymentKind =
  | (typeof postingKinds)[number]
  | "energy"
  | "supplyFee"
  | "useFee"
  | "poolPurchase"
  | "poolSale"
  | "storage"
  | "export"
  | "import"
  | "interruption"
  | "loss";
export const paymentKinds: readonly PaymentKind[] = [
  ...postingKinds,
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
];

/** Takes one payment: account numbers, and amount ticks; a negative amount goes the other way, and 0 moves nothing. */
export type Pay = (kind: PaymentKind, from: number, to: number, amount: Amount) => void;

/** The side of a payment that a flow names: its participant, or the account of its device. */
type Side = "participant" | "device" | keyof typeof account;

const flowPayments: {
  readonly [Kind in FlowRecord["kind"]]?: readonly [kind: PaymentKind, from: Side, to: Side];
} = {
  pooled: ["poolPurchase", "pool", "participant"],
  charged: ["storage", "device", "pool"],
  gridCharged: ["import", "device", "grid"],
  discharged: ["storage", "pool", "device"],
  exported: ["export", "grid", "pool"],
  imported: ["import", "participant", "grid"],
  interrupted: ["interruption", "trading", "participant"],
  feederLoss: ["loss", "trading", "grid"],
};
/** The same by code; undefined for flows that move no money. */
const paymentOf = /* @__PURE__ */ (() => {
  const byCode: ((typeof flowPayments)["pooled"] | undefined)[] = [];
  for (const kind of flowKinds) byCode[flowCode[kind]] = flowPayments[kind];
  return byCode;
})();

/** What a trade says of its money. */
export interface TradePayment {
  /** Its code. */
  kind: number;
  /** Account numbers; the seller counts in trades between peers alone. */
  seller: number;
  buyer: number;
  /** Quantity × price. */
  amount: Amount;
  supplyFee: Amount;
  useFee: Amount;
}

/**
 * The payments of a trade: the buyer pays the seller, and each its commission; of a sale from the pool or a store, the
 * buyer pays the pool.
 */
export function payTrade(trade: Readonly<TradePayment>, pay: Pay): void {
  const { kind, seller, buyer, amount } = trade;
  if (kind !== tradeCode.peer) {
    pay("poolSale", buyer, account.pool, amount);
    return;
  }
  pay("energy", buyer, seller, amount);
  pay("supplyFee", seller, account.commission, trade.supplyFee);
  pay("useFee", buyer, account.commission, trade.useFee);
}

const tradeAt = /* @__PURE__ */ offsetsOf(tradeLayout);

/** Participants by trade; the seller of a sale from the pool or a store counts for nothing. */
export interface TradeParties {
  readonly buyer: Uint32Array;
  readonly seller: Uint32Array;
}

/**
 * Moves the money of trades, records end to end, as {@link payTrade} says of each: with whole numbers alone, while they
 * are exact, since a period has hundreds of thousands.
 */
export function moveTrades(records: Uint8Array, parties: TradeParties, accounts: Accounts): void {
  const view = viewOf(records);
  const { pool, commission } = account;
  const pay: Pay = (_, from, to, amount) => accounts.move(from, to, amount);
  for (let at = 0, index = 0; at < records.length; at += tradeLayout.bytes, index += 1) {
    const kind = view.getUint8(at + tradeAt.kind);
    const quantity = view.getUint32(at + tradeAt.quantity, true);
    const price = view.getInt32(at + tradeAt.price, true);
    const amount = quantity * price;
    const peer = kind === tradeCode.peer;
    const buyer = accountOf(parties.buyer[index]!);
    const seller = peer ? accountOf(parties.seller[index]!) : pool;
    // Fees are shares of the amount, so that they are exact where it is.
    if (amount > exactSum || amount < -exactSum) {
      const supplyFee = amountAt(view, at + tradeAt.supplyFee);
      const useFee = amountAt(view, at + tradeAt.useFee);
      payTrade({ kind, seller, buyer, amount: product(quantity, price), supplyFee, useFee }, pay);
      continue;
    }
    accounts.moveNumber(buyer, seller, amount);
    if (!peer) continue;
    accounts.moveNumber(seller, commission, numberAt(view, at + tradeAt.supplyFee));
    accounts.moveNumber(buyer, commission, numberAt(view, at + tradeAt.useFee));
  }
}

/**
 * The payment of a flow, which moves its amount. `of` gives the account of its participant, and of its device: the
 * owner's, or the pool's for a device of the platform.
 */
export function payFlow(
  { kind, amount }: Pick<FlowRow, "kind" | "amount">,
  of: { participant(): number; device(): number },
  pay: Pay,
): void {
  const payment = paymentOf[kind];
  if (payment === undefined) return;
  const [what, from, to] = payment;
  const numberOf = (side: Side): number =>
    side === "participant" || side === "device" ? of[side]() : account[side];
  pay(what, numberOf(from), numberOf(to), amount);
}
