/**
 * The records that a period writes: trades, flows and postings, each laid out as the ledger's format says. A posting
 * moves its money as it is written; the money of trades and flows is moved by payments.ts.
 */
import { offsetsOf } from "../../ledger/format/layout.js";
import { flowLayout, noCarrier, none, postingLayout, tradeLayout } from "../../ledger/format/records.js";
import type { Accounts } from "./accounts.js";
import { type Amount, maxAmount, putAmount } from "./amounts.js";

/** A flow in numbers; `party` and `order` are {@link none} where there is none. */
export interface FlowRow {
  kind: number;
  carrier: number;
  party: number;
  order: number;
  quantity: number;
  lost: number;
  price: number;
  amount: Amount;
  extra: number;
}

/** A movement of money: `from` pays `to`; a negative amount is paid the other way. */
export interface PostingRow {
  kind: number;
  /** {@link noCarrier} where it concerns none. */
  carrier: number;
  from: number;
  to: number;
  /** Index of the reading whose debt it covers, or {@link none}. */
  reference: number;
  amount: Amount;
}

/** Fields of a flow that most flows leave alone. */
export const plainFlow: Pick<FlowRow, "party" | "order" | "lost" | "price" | "amount" | "extra"> = {
  party: none,
  order: none,
  lost: 0,
  price: 0,
  amount: 0,
  extra: 0,
};
/** Fields of a posting that no record of a carrier caused. */
export const plainPosting: Pick<PostingRow, "carrier" | "reference"> = {
  carrier: noCarrier,
  reference: none,
};

const flowAt = /* @__PURE__ */ offsetsOf(flowLayout);
const postingAt = /* @__PURE__ */ offsetsOf(postingLayout);

/** Records of one size, written at the end of bytes that grow. */
class Sheet {
  readonly recordBytes: number;
  count = 0;
  view: DataView;
  #bytes: Uint8Array;

  /** `room`: for how many records at first. */
  constructor(recordBytes: number, room: number) {
    this.recordBytes = recordBytes;
    this.#bytes = new Uint8Array(Math.max(64, room) * recordBytes);
    this.view = new DataView(this.#bytes.buffer);
  }

  /** Makes room for one more record and returns where it begins. */
  next(): number {
    const at = this.count * this.recordBytes;
    this.#need(at + this.recordBytes);
    this.count += 1;
    return at;
  }

  /** Puts records behind those that are there. */
  append(records: Uint8Array): void {
    const at = this.count * this.recordBytes;
    this.#need(at + records.length);
    this.#bytes.set(records, at);
    this.count += records.length / this.recordBytes;
  }

  #need(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(bytes, 4 * this.#bytes.length));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  /** What was written, which is the caller's from now on. */
  take(): Uint8Array {
    return this.#bytes.subarray(0, this.count * this.recordBytes);
  }
}

/** About how many records a period will have. */
export interface Expected {
  readonly orders: number;
  readonly trades: number;
  readonly flows: number;
}
export const nothingExpected: Expected = { orders: 0, trades: 0, flows: 0 };

/** What a period writes down. */
export class Journal {
  readonly #accounts: Accounts;
  readonly #period: number;
  readonly #trades: Sheet;
  readonly #flows: Sheet;
  readonly #postings: Sheet = new Sheet(postingLayout.bytes, 0);

  /** `expected`: about how many records will be written, so that nothing has to grow; it may be wrong. */
  constructor(accounts: Accounts, period: number, expected: Expected = nothingExpected) {
    this.#accounts = accounts;
    this.#period = period;
    this.#trades = new Sheet(tradeLayout.bytes, expected.trades);
    this.#flows = new Sheet(flowLayout.bytes, expected.flows);
  }

  /** Takes trades as the core wrote them: records end to end, which are copied. */
  trades(records: Uint8Array): void {
    this.#trades.append(records);
  }

  /** Writes a flow of which the rest is zero. Returns where its record begins. */
  plainFlow(row: Pick<FlowRow, "kind" | "carrier" | "party" | "order" | "quantity">): number {
    const at = this.#flows.next();
    const { view } = this.#flows;
    view.setUint8(at + flowAt.kind, row.kind);
    view.setUint8(at + flowAt.carrier, row.carrier);
    view.setUint32(at + flowAt.party, row.party, true);
    view.setUint32(at + flowAt.order, row.order, true);
    view.setUint32(at + flowAt.quantity, row.quantity, true);
    return at;
  }

  /** Writes a flow. */
  flow(row: FlowRow): void {
    const at = this.plainFlow(row);
    const { view } = this.#flows;
    view.setUint32(at + flowAt.lost, row.lost, true);
    view.setInt32(at + flowAt.price, row.price, true);
    putAmount(view, at + flowAt.amount, row.amount);
    putAmount(view, at + flowAt.extra, row.extra);
  }

  /**
   * Moves money and writes it down; zero is not posted, an amount beyond 63 bits takes several records. `period` is the
   * one that it belongs to: of the debt of a reading the one that was metered.
   */
  post(row: PostingRow, period: number = this.#period): void {
    const { amount } = row;
    if (amount === 0 || amount === 0n) return;
    const backwards = amount < 0;
    let left = backwards ? (-amount as Amount) : amount;
    while (left > maxAmount) {
      this.#put(row, backwards, maxAmount, period);
      left = BigInt(left) - maxAmount;
    }
    this.#put(row, backwards, left, period);
  }

  #put(row: PostingRow, backwards: boolean, amount: Amount, period: number): void {
    const payer = backwards ? row.to : row.from;
    const payee = backwards ? row.from : row.to;
    const at = this.#postings.next();
    const { view } = this.#postings;
    view.setUint8(at + postingAt.kind, row.kind);
    view.setUint8(at + postingAt.carrier, row.carrier);
    view.setUint32(at + postingAt.debit, payee, true);
    view.setUint32(at + postingAt.credit, payer, true);
    view.setUint32(at + postingAt.reference, row.reference, true);
    putAmount(view, at + postingAt.amount, amount);
    putAmount(view, at + postingAt.period, period);
    this.#accounts.move(payer, payee, amount);
  }

  /** The sections as written, which are the caller's from now on: nothing can be written any more. */
  take(): { trades: Uint8Array; flows: Uint8Array; postings: Uint8Array } {
    return { trades: this.#trades.take(), flows: this.#flows.take(), postings: this.#postings.take() };
  }
}
