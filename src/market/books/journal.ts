import { flowLayout, postingLayout, tradeLayout } from "../../ledger/format/records.js";
import type { Accounts } from "./accounts.js";
import { type Amount, maxAmount } from "./amounts.js";

const half = 0x1_0000_0000;

export { flowCode, noCarrier, postingCode, tradeCode } from "../../ledger/format/records.js";

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
    return this.#bytes.slice(0, this.count * this.recordBytes);
  }
}

/** Writes a signed 64-bit amount without making a `bigint` of a number. */
function putAmount(view: DataView, at: number, amount: Amount): void {
  if (typeof amount === "bigint") view.setBigInt64(at, amount, true);
  else {
    const high = Math.floor(amount / half);
    view.setUint32(at, amount - high * half, true);
    view.setInt32(at + 4, high, true);
  }
}

/** What a period writes down: trades, flows and postings, each moving money as it is written. */
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

  get trades(): number {
    return this.#trades.count;
  }

  get flows(): number {
    return this.#flows.count;
  }

  get postings(): number {
    return this.#postings.count;
  }

  /** Writes a trade; returns its index. Money is posted apart. */
  trade(
    kind: number,
    carrier: number,
    offer: number,
    bid: number,
    quantity: number,
    price: number,
    position: number,
    supplyFee: Amount,
    useFee: Amount,
  ): number {
    const at = this.#trades.next();
    const view = this.#trades.view;
    view.setUint32(at, kind | (carrier << 8), true);
    view.setUint32(at + 4, offer, true);
    view.setUint32(at + 8, bid, true);
    view.setUint32(at + 12, quantity, true);
    view.setInt32(at + 16, price, true);
    view.setUint32(at + 20, position, true);
    putAmount(view, at + 24, supplyFee);
    putAmount(view, at + 32, useFee);
    return this.#trades.count - 1;
  }

  /** Writes a flow; returns its index. `party` and `order` are {@link none} where there is none. */
  flow(
    kind: number,
    carrier: number,
    party: number,
    order: number,
    quantity: number,
    lost: number,
    price: number,
    amount: Amount,
    extra: number,
  ): number {
    const at = this.#flows.next();
    const view = this.#flows.view;
    view.setUint32(at, kind | (carrier << 8), true);
    view.setUint32(at + 4, party, true);
    view.setUint32(at + 8, order, true);
    view.setUint32(at + 12, quantity, true);
    view.setUint32(at + 16, lost, true);
    view.setInt32(at + 20, price, true);
    putAmount(view, at + 24, amount);
    putAmount(view, at + 32, extra);
    return this.#flows.count - 1;
  }

  /**
   * Moves money: `from` pays `to`; a negative amount is paid the other way, zero is not posted. `carrier` 255: none.
   * An amount beyond 63 bits takes several records.
   */
  post(
    kind: number,
    carrier: number,
    from: number,
    to: number,
    reference: number,
    amount: Amount,
    period: number = this.#period,
  ): void {
    if (amount === 0 || amount === 0n) return;
    const [payer, payee] = amount < 0 ? [to, from] : [from, to];
    let left = amount < 0 ? (-amount as Amount) : amount;
    while (left > maxAmount) {
      this.#put(kind, carrier, payer, payee, reference, maxAmount, period);
      left = BigInt(left) - maxAmount;
    }
    this.#put(kind, carrier, payer, payee, reference, left, period);
  }

  #put(
    kind: number,
    carrier: number,
    from: number,
    to: number,
    reference: number,
    amount: Amount,
    period: number,
  ): void {
    const at = this.#postings.next();
    const view = this.#postings.view;
    view.setUint32(at, kind | (carrier << 8), true);
    view.setUint32(at + 4, to, true);
    view.setUint32(at + 8, from, true);
    view.setUint32(at + 12, reference, true);
    putAmount(view, at + 16, amount);
    putAmount(view, at + 24, period);
    this.#accounts.move(from, to, amount);
  }

  /** The sections as written: fresh bytes. */
  take(): { trades: Uint8Array; flows: Uint8Array; postings: Uint8Array } {
    return { trades: this.#trades.take(), flows: this.#flows.take(), postings: this.#postings.take() };
  }
}
