/**
 * Who pays whom for what a record says: the one table of it (docs/market.md, "Money"). A record is its own posting: a
 * period that writes one moves its money by this table, and so does whoever reads it, so that a block need not say
 * twice what was paid.
 */
import {
  account,
  type FlowRecord,
  flowCode,
  flowKinds,
  postingKinds,
  tradeCode,
} from "../../ledger/format/records.js";
import type { Amount } from "./amounts.js";
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
