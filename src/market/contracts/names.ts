/**
 * The names of a market: every name ever registered and every key that ended, in the order in which they did. It only
 * grows, so what is hashed for its root is what was added.
 */
import { toUtf8 } from "../../bytes.js";
import { encodeCanonical } from "../../ledger/format/canonical.js";
import type { Rooted } from "../../ledger/format/header.js";
import { noCode, offsetsOf } from "../../ledger/format/layout.js";
import { rowBytes, rowRecords } from "../../ledger/format/sections.js";
import { keepsSigner } from "../../ledger/format/snapshot.js";
import { nameCode, nameLayout } from "../../ledger/format/state.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { CompactRange, leafHash } from "../../ledger/tree/merkle.js";
import type { Contract } from "./contracts.js";

const nameAt = /* @__PURE__ */ offsetsOf(nameLayout);
const wholeRow = /* @__PURE__ */ rowBytes(nameLayout);

/** A name, or a key that ended, as its record says it. */
export interface Named {
  /** Code of its kind (`nameCode`). */
  readonly kind: number;
  /** Code of the carrier of a storage device or area; `noCode` for the others. */
  readonly carrier: number;
  /** Its number among those of its kind; of a key, the version that ended. */
  readonly number: number;
  readonly name: string;
  /** Canonical JSON of the contract that ended where its signer counts on ({@link keepsSigner}); else null. */
  readonly contract: Uint8Array | null;
}

/** The names of a market and the root over their records. */
export class Names {
  /** To be read; {@link Names.add} adds to it. */
  readonly entries: Named[] = [];
  #records: Uint8Array = new Uint8Array(4 * wholeRow);
  /** How many of the entries are among the records. */
  #written = 0;
  /** Over the whole rows. */
  #range: CompactRange | null = null;

  /** A name was registered. */
  add(entry: Named): void {
    this.entries.push(entry);
  }

  /** A contract ended, or was carried out at once; its key may end again, with a later version. */
  end(key: string, contract: Contract): void {
    const text = keepsSigner(key) ? encodeCanonical(contract) : null;
    this.add({ kind: nameCode.ended, carrier: noCode, number: contract.version, name: key, contract: text });
  }

  /** Number of records, and the root over them; a hash not to be written to. */
  rooted(hasher: Hasher): Rooted {
    this.#write(hasher);
    this.#range ??= new CompactRange(hasher);
    const range = this.#range;
    const whole = Math.floor(this.#written / rowRecords);
    const row = (index: number, end: number): Uint8Array =>
      leafHash(this.#records.subarray(index * wholeRow, end), hasher);
    while (range.size < whole) range.append(row(range.size, (range.size + 1) * wholeRow));
    const end = this.#written * nameLayout.bytes;
    if (end === whole * wholeRow) return { count: this.#written, root: range.root() };
    const all = range.copy();
    all.append(row(whole, end));
    return { count: this.#written, root: all.root() };
  }

  /** The records, end to end: a view that holds until the next name. */
  encode(hasher: Hasher): Uint8Array {
    this.#write(hasher);
    return this.#records.subarray(0, this.#written * nameLayout.bytes);
  }

  /** Writes the records of the names that were added since. */
  #write(hasher: Hasher): void {
    const { bytes } = nameLayout;
    if (this.entries.length * bytes > this.#records.length) {
      const grown = new Uint8Array(2 * this.entries.length * bytes);
      grown.set(this.#records);
      this.#records = grown;
    }
    const view = new DataView(this.#records.buffer);
    for (; this.#written < this.entries.length; this.#written += 1) {
      const { kind, carrier, number, name, contract } = this.entries[this.#written]!;
      const at = this.#written * bytes;
      view.setUint8(at + nameAt.kind, kind);
      view.setUint8(at + nameAt.carrier, carrier);
      view.setUint32(at + nameAt.number, number, true);
      this.#records.set(hasher.sha256(toUtf8(name)), at + nameAt.name);
      if (contract !== null) this.#records.set(hasher.sha256(contract), at + nameAt.contract);
    }
  }
}
