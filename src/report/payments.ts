/** Every payment of a block, by the records that say it: what double entry would have posted, one by one. */
import { viewOf } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { offsetsOf } from "../ledger/format/layout.js";
import {
  flowLayout,
  meteredPeriod,
  none,
  orderLayout,
  partyCode,
  postingKinds,
  postingLayout,
  readingLayout,
  tradeLayout,
} from "../ledger/format/records.js";
import { account, accountOf } from "../market/books/accounts.js";
import { amountAt, numberAt, product } from "../market/books/amounts.js";
import {
  flowAmount,
  type Pay,
  type PaymentKind,
  pairCodes,
  payFlow,
  payReading,
  payTrade,
  type ReadingPayment,
  type TradePayment,
} from "../market/books/payments.js";
import { carriers } from "../units.js";
import type { Registry } from "./registry.js";

/** One payment: `amount` leaves the account `credit` and arrives on the account `debit`. */
export interface Payment {
  kind: PaymentKind;
  /** Code of the carrier; the number of carriers where it concerns none, as a deposit. */
  carrier: number;
  debit: number;
  credit: number;
  /** Amount ticks, above 0. */
  amount: bigint;
  /** The record that it is for: its section and its index there; null for what no record caused, as a deposit. */
  section: "trades" | "flows" | "readings" | null;
  reference: number;
  /** The period it belongs to: for readings, what they decide and what covers debts the one that was metered. */
  period: number;
}

const order = /* @__PURE__ */ offsetsOf(orderLayout);
const trade = /* @__PURE__ */ offsetsOf(tradeLayout);
const flow = /* @__PURE__ */ offsetsOf(flowLayout);
const reading = /* @__PURE__ */ offsetsOf(readingLayout);
const posting = /* @__PURE__ */ offsetsOf(postingLayout);

/**
 * Calls `visit` with every payment of a block, whose contracts `registry` has taken: those of trades, of
 * flows, of readings, then the postings. The object is one and the same at each call.
 */
export function eachPayment(
  block: Block,
  registry: Registry,
  visit: (payment: Readonly<Payment>) => void,
): void {
  const { period } = block.header;
  const payment: Payment = {
    kind: "energy",
    carrier: 0,
    debit: 0,
    credit: 0,
    amount: 0n,
    section: "trades",
    reference: 0,
    period,
  };
  const pay: Pay = (kind, from, to, amount) => {
    if (from === to || Number(amount) === 0) return;
    const backwards = amount < 0;
    payment.kind = kind;
    payment.debit = backwards ? from : to;
    payment.credit = backwards ? to : from;
    payment.amount = backwards ? -BigInt(amount) : BigInt(amount);
    visit(payment);
  };
  eachTrade(block, payment, pay);
  payment.section = "flows";
  eachFlow(block, registry, payment, pay);
  payment.section = "readings";
  eachReading(block, payment, pay);
  eachPosting(block, payment, visit);
}

function eachTrade({ sections }: Block, payment: Payment, pay: Pay): void {
  const [orders, view] = [viewOf(sections.orders), viewOf(sections.trades)];
  const accountOfSide = (party: number, number: number): number => {
    if (party === partyCode.order)
      return accountOf(orders.getUint32(number * orderLayout.bytes + order.participant, true));
    return party === partyCode.device ? account.pool : account.grid;
  };
  for (let at = 0, index = 0; at < view.byteLength; at += tradeLayout.bytes, index += 1) {
    payment.carrier = view.getUint8(at + trade.carrier);
    payment.reference = index;
    const quantity = view.getUint32(at + trade.quantity, true);
    const paid: TradePayment = {
      kind: view.getUint8(at + trade.kind),
      seller: accountOfSide(view.getUint8(at + trade.seller), view.getUint32(at + trade.offer, true)),
      buyer: accountOfSide(view.getUint8(at + trade.buyer), view.getUint32(at + trade.bid, true)),
      supplyAmount: product(quantity, view.getInt32(at + trade.supplyPrice, true)),
      useAmount: product(quantity, view.getInt32(at + trade.usePrice, true)),
      supplyFee: amountAt(view, at + trade.supplyFee),
      useFee: amountAt(view, at + trade.useFee),
    };
    payTrade(paid, pay);
  }
}

function eachFlow({ header, sections }: Block, { devices }: Registry, payment: Payment, pay: Pay): void {
  const view = viewOf(sections.flows);
  const own = header.period;
  for (let at = 0, index = 0; at < view.byteLength; at += flowLayout.bytes, index += 1) {
    const party = view.getUint32(at + flow.party, true);
    payment.carrier = view.getUint8(at + flow.carrier);
    payment.reference = index;
    const kind = view.getUint8(at + flow.kind);
    const amount = flowAmount({
      kind,
      amount: amountAt(view, at + flow.amount),
      price: view.getInt32(at + flow.price, true),
      extra: numberAt(view, at + flow.extra),
    });
    const device = (): number => {
      const owner = devices[party]?.owner ?? null;
      return owner === null ? account.pool : accountOf(owner);
    };
    const participant = (): number => accountOf(party);
    const supplier = (): number => accountOf(view.getUint32(at + flow.order, true));
    // What is shared, or was not delivered, belongs to the period that was metered.
    payment.period = pairCodes.has(kind) ? numberAt(view, at + flow.extra) : own;
    payFlow({ kind, amount }, { participant, supplier, device }, pay);
  }
}

function eachReading({ header, sections }: Block, payment: Payment, pay: Pay): void {
  const view = viewOf(sections.readings);
  for (let at = 0, index = 0; at < view.byteLength; at += readingLayout.bytes, index += 1) {
    payment.carrier = view.getUint8(at + reading.carrier);
    payment.reference = index;
    payment.period = meteredPeriod(header.period, view.getUint32(at + reading.age, true));
    const paid: ReadingPayment = {
      participant: view.getUint32(at + reading.participant, true),
      flags: view.getUint8(at + reading.flags),
      amount: amountAt(view, at + reading.amount),
    };
    payReading(paid, pay);
  }
}

function eachPosting({ sections }: Block, payment: Payment, visit: (payment: Payment) => void): void {
  const view = viewOf(sections.postings);
  for (let at = 0; at < view.byteLength; at += postingLayout.bytes) {
    payment.kind = postingKinds[view.getUint8(at + posting.kind) - 1]!;
    payment.carrier = Math.min(view.getUint8(at + posting.carrier), carriers.length);
    payment.debit = view.getUint32(at + posting.debit, true);
    payment.credit = view.getUint32(at + posting.credit, true);
    payment.reference = view.getUint32(at + posting.reference, true);
    payment.section = payment.reference === none ? null : "readings";
    payment.amount = view.getBigUint64(at + posting.amount, true);
    payment.period = Number(view.getBigUint64(at + posting.period, true));
    visit(payment);
  }
}
