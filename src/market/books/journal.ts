/**
 * The records that a period writes: trades, flows and postings, each laid out as the ledger's format says. A posting
 * moves its money as it is written; the money of trades and flows is moved by payments.ts.
 */
import { copyOf } from "../../bytes.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import { flowLayout, noCarrier, none, postingLayout, tradeLayout } from "../../ledger/format/records.js";
import type { Accounts } from "./accounts.js";
import { type Amount, maxAmount } from "./amounts.js";

/** A trade in numbers: kind and carrier by their codes. */
export interface TradeRow {
  kind: number;
  carrier: number;
  /** Order number of the offer; the device number for a storage lot. */
  offer: number;
  bid: number;
  quantity: number;
  price: number;
  position: number;
  supplyFee: Amount;
  useFee: Amount;
}

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
  /** Index of the reading that caused it, or {@link none}. */
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

const tradeAt = /* @__PURE__ */ offsetsOf(tradeLayout);
const flowAt = /* @__PURE__ */ offsetsOf(flowLayout);
const postingAt = /* @__PURE__ */ offsetsOf(postingLayout);
const half = 0x1_0000_0000;

/** Records of one size, written at the end of bytes that grow. */
class Sheet {
  readonly recordBytes: number;
  count = 0;
  view: DataView;
  #bytes: Uint8Array;

  constructor(recordBytes: number) {
    this.recordBytes = recordBytes;
    this.#bytes = new Uint8Array(256 * recordBytes);
    this.view = new DataView(this.#bytes.buffer);
  }

  /** Makes room for one more record and returns where it begins. */
  next(): number {
    const at = this.count * this.recordBytes;
    if (at + this.recordBytes > this.#bytes.length) {
      const grown = new Uint8Array(4 * this.#bytes.length);
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    this.count += 1;
    return at;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return copyOf(this.#bytes, 0, this.count * this.recordBytes);
  }
}

/** Bytes of half a 64-bit number. */
const halfBytes = 4;

/** Writes a signed 64-bit amount without making a `bigint` of a number. */
function putAmount(view: DataView, at: number, amount: Amount): void {
  if (typeof amount === "bigint") view.setBigInt64(at, amount, true);
  else {
    const high = Math.floor(amount / half);
    view.setUint32(at, amount - high * half, true);
    view.setInt32(at + halfBytes, high, true);
  }
}

/** What a period writes down. */
export class Journal {
  readonly #accounts: Accounts;
  readonly #period: number;
  readonly #trades = new Sheet(tradeLayout.bytes);
  readonly #flows = new Sheet(flowLayout.bytes);
  readonly #postings = new Sheet(postingLayout.bytes);

  constructor(accounts: Accounts, period: number) {
    this.#accounts = accounts;
    this.#period = period;
  }

  /** Number of postings written. */
  get postings(): number {
    return this.#postings.count;
  }

  /** Writes a trade. */
  trade(row: TradeRow): void {
    const at = this.#trades.next();
    const { view } = this.#trades;
    view.setUint8(at + tradeAt.kind, row.kind);
    view.setUint8(at + tradeAt.carrier, row.carrier);
    view.setUint32(at + tradeAt.offer, row.offer, true);
    view.setUint32(at + tradeAt.bid, row.bid, true);
    view.setUint32(at + tradeAt.quantity, row.quantity, true);
    view.setInt32(at + tradeAt.price, row.price, true);
    view.setUint32(at + tradeAt.position, row.position, true);
    putAmount(view, at + tradeAt.supplyFee, row.supplyFee);
    putAmount(view, at + tradeAt.useFee, row.useFee);
  }

  /** Writes a flow. */
  flow(row: FlowRow): void {
    const at = this.#flows.next();
    const { view } = this.#flows;
    view.setUint8(at + flowAt.kind, row.kind);
    view.setUint8(at + flowAt.carrier, row.carrier);
    view.setUint32(at + flowAt.party, row.party, true);
    view.setUint32(at + flowAt.order, row.order, true);
    view.setUint32(at + flowAt.quantity, row.quantity, true);
    view.setUint32(at + flowAt.lost, row.lost, true);
    view.setInt32(at + flowAt.price, row.price, true);
    putAmount(view, at + flowAt.amount, row.amount);
    putAmount(view, at + flowAt.extra, row.extra);
  }

  /**
   * Moves money and writes it down; zero is not posted, an amount beyond 63 bits takes several records. `period` is the
   * one that it belongs to: an earlier one for settlements.
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

  /** The sections as written: fresh bytes. */
  take(): { trades: Uint8Array; flows: Uint8Array; postings: Uint8Array } {
    return { trades: this.#trades.take(), flows: this.#flows.take(), postings: this.#postings.take() };
  }
}
