/**
 * The records that a period writes: trades, flows and postings, each laid out as the ledger's format says. A posting
 * moves its money as it is written; the money of trades and flows is moved by payments.ts.
 */
import { offsetsOf } from "../../ledger/format/layout.js";
import { flowLayout, noCarrier, none, postingLayout } from "../../ledger/format/records.js";
import type { Accounts } from "./accounts.js";
import { type Amount, maxAmount, putAmount } from "./amounts.js";
import { Sheets } from "./sheets.js";

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

/** What a period writes down. */
export class Journal {
  readonly #accounts: Accounts;
  readonly #period: number;
  readonly #sheets: Sheets;

  /** Begins on `sheets`; what was written on them before is gone. */
  constructor(accounts: Accounts, period: number, sheets: Sheets = new Sheets()) {
    this.#accounts = accounts;
    this.#period = period;
    this.#sheets = sheets.begin();
  }

  /** Takes trades as the core wrote them: records end to end, which are copied. */
  trades(records: Uint8Array): void {
    this.#sheets.trades.append(records);
  }

  /** Writes a flow. */
  flow(row: FlowRow): void {
    const { flows } = this.#sheets;
    const at = flows.next();
    const { view } = flows;
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
    const { postings } = this.#sheets;
    const at = postings.next();
    const { view } = postings;
    view.setUint8(at + postingAt.kind, row.kind);
    view.setUint8(at + postingAt.carrier, row.carrier);
    view.setUint32(at + postingAt.debit, payee, true);
    view.setUint32(at + postingAt.credit, payer, true);
    view.setUint32(at + postingAt.reference, row.reference, true);
    putAmount(view, at + postingAt.amount, amount);
    putAmount(view, at + postingAt.period, period);
    this.#accounts.move(payer, payee, amount);
  }

  /** The sections as written: views, until another journal begins on the sheets. */
  take(): { trades: Uint8Array; flows: Uint8Array; postings: Uint8Array } {
    const { trades, flows, postings } = this.#sheets;
    return { trades: trades.written, flows: flows.written, postings: postings.written };
  }
}
