/**
 * Where the records of a period are written. A market writes tens of megabytes a period: it keeps the sheets and writes
 * over them, since fresh ones cost page faults and have the garbage collector look through the whole market.
 */
import { flowLayout, postingLayout, tradeLayout } from "../../ledger/format/records.js";

/** Records of one size, written at the end of bytes that grow. */
class Sheet {
  readonly recordBytes: number;
  count = 0;
  view: DataView;
  #bytes: Uint8Array;

  constructor(recordBytes: number) {
    this.recordBytes = recordBytes;
    this.#bytes = new Uint8Array(64 * recordBytes);
    this.view = new DataView(this.#bytes.buffer);
  }

  /** Begins anew: every byte that was written is zero again. */
  begin(): void {
    this.#bytes.fill(0, 0, this.count * this.recordBytes);
    this.count = 0;
  }

  /** Makes room for one more record, of zeros, and returns where it begins. */
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
    const grown = new Uint8Array(Math.max(bytes, 2 * this.#bytes.length));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  /** What was written: a view, until the sheet begins anew. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.count * this.recordBytes);
  }
}

/** A sheet for every section that a period works out. */
export class Sheets {
  readonly trades: Sheet = new Sheet(tradeLayout.bytes);
  readonly flows: Sheet = new Sheet(flowLayout.bytes);
  readonly postings: Sheet = new Sheet(postingLayout.bytes);

  /** Begins a period with nothing on any. */
  begin(): this {
    this.trades.begin();
    this.flows.begin();
    this.postings.begin();
    return this;
  }
}
