/**
 * What a member has from its own supplier of a carrier that is shared, and gives to the grid: what its meter said less
 * what the community shared. No record says that, because no money of the market moves for it.
 */

import { partsOfBook } from "../ledger/format/books.js";
import { decodeCanonical } from "../ledger/format/canonical.js";
import { decodeRecords } from "../ledger/format/layout.js";
import type { FlowRecord, ReadingRecord } from "../ledger/format/records.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import { bookLayout, meterKnown, meterLayout } from "../ledger/format/state.js";
import type { Contract } from "../market/contracts/contracts.js";
import { enterShared } from "../market/contracts/sharedcontracts.js";
import { type Carrier, carriers } from "../units.js";
import type { Line } from "./entry.js";

/** A meter of a period: what it said last, and what of the block at hand is not in a line yet. */
interface Metered {
  readonly carrier: Carrier;
  readonly about: number;
  in: number;
  out: number;
  fromGrid: bigint;
  toGrid: bigint;
}

/** Follows the meters of one member, block by block. */
export class Supplied {
  /** Which carriers are shared, from which period on, in order. */
  readonly #shares: { readonly from: number; readonly carriers: ReadonlySet<string> }[] = [
    { from: 0, carriers: new Set() },
  ];
  readonly #meters = new Map<string, Metered>();
  readonly #touched = new Set<Metered>();

  /** `snapshot`: where it begins, with the meters of the member `number`; null: at genesis. */
  constructor(snapshot: Snapshot | null, number: number | undefined) {
    if (snapshot === null) return;
    for (const text of snapshot.contracts) this.take(decodeCanonical(text) as unknown as Contract, 0);
    for (const [index, book] of decodeRecords(bookLayout, snapshot.books).entries()) {
      const { meters } = partsOfBook(book, snapshot.meters[index]!);
      for (const { participant, carrier, flags, ...said } of decodeRecords(meterLayout, meters))
        if (participant === number && (flags & meterKnown) !== 0)
          Object.assign(this.#meter(carrier, book.period), { in: said.in, out: said.out });
    }
  }

  /** Takes a contract that begins to hold in `from`. */
  take(contract: Contract, from: number): void {
    const now = new Set(this.#shares.at(-1)!.carriers);
    if (!enterShared(now, contract)) return;
    if (this.#shares.at(-1)!.from === from) this.#shares.pop();
    this.#shares.push({ from, carriers: now });
  }

  /** A reading of the member about a period. */
  read({ carrier, in: drawn, out: injected }: ReadingRecord, about: number): void {
    if (!this.#shares.findLast(({ from }) => from <= about)?.carriers.has(carrier)) return;
    const meter = this.#meter(carrier, about);
    meter.fromGrid += BigInt(drawn - meter.in);
    meter.toGrid += BigInt(injected - meter.out);
    meter.in = drawn;
    meter.out = injected;
    this.#touched.add(meter);
  }

  /** A flow of shared energy that the member received, supplied, or both. */
  share({ kind, carrier, quantity, extra }: FlowRecord, receives: boolean, supplies: boolean): void {
    const meter = this.#meter(carrier, Number(extra));
    const energy = BigInt(kind === "shared" ? quantity : -quantity);
    if (receives) meter.fromGrid -= energy;
    if (supplies) meter.toGrid -= energy;
    this.#touched.add(meter);
  }

  /** What changed since it was last asked for. */
  *lines(): Generator<Line> {
    for (const meter of this.#touched) {
      const { carrier, about, fromGrid, toGrid } = meter;
      const line = { carrier, about, counterparty: "grid", price: null, amount: 0n };
      if (fromGrid !== 0n) yield { ...line, entry: "from grid", energy: fromGrid };
      if (toGrid !== 0n) yield { ...line, entry: "to grid", energy: -toGrid };
      meter.fromGrid = 0n;
      meter.toGrid = 0n;
    }
    this.#touched.clear();
  }

  #meter(carrier: Carrier, about: number): Metered {
    const key = `${carriers.indexOf(carrier)} ${about}`;
    const known = this.#meters.get(key);
    if (known !== undefined) return known;
    const fresh: Metered = { carrier, about, in: 0, out: 0, fromGrid: 0n, toGrid: 0n };
    this.#meters.set(key, fresh);
    return fresh;
  }
}
