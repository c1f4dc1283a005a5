import { concat, copyOf, publicKeyBytes, signatureBytes } from "../../bytes.js";
import { fail } from "../../errors.js";
import { orderLayout } from "../../ledger/format/records.js";
import type { Store } from "../../ledger/store/store.js";

/** Orders that came under one signature, as they were taken: one by its participant, or a gateway's batch. */
export interface SignedOrders {
  readonly period: number;
  /** Number of the first in its period; the others follow. */
  readonly first: number;
  /** Their records, end to end. */
  readonly records: Uint8Array;
  readonly signature: Uint8Array;
  /** The gateway's public key; null when the participant signed. */
  readonly gateway: Uint8Array | null;
}

/** Most bytes of one entry: what fits into a value of the store. */
export const maxEntryBytes = 1_000_000;

// Values are `period u64 ‖ entries`, an entry `first u32 ‖ bytes of records u32 ‖ with gateway u8 ‖ gateway 0 or 32 ‖
// signature 64 ‖ records`, under the keys `orders/<group>`. Each period writes over the one before: a store does its writes in
// turn, and a market asks for its block to be stored before it takes an order of the next period, so what is overwritten stands
// in a block by then.
const keyOf = (group: number): string => `orders/${group}`;
const entryHeader = 9;

/** An entry on its way, and whom to tell. */
interface Waiting {
  readonly entry: SignedOrders;
  done(): void;
  failed(error: unknown): void;
}

/**
 * The orders of the open period on disk, so that what was acknowledged survives a killed process. Entries are written in
 * the order of their numbers, many at once while a write is under way; each promise resolves when its entry is flushed.
 */
export class OrderLog {
  readonly #store: Store;
  #period = -1;
  #group = 0;
  /** Number of the next order to be written. */
  #next = 0;
  #waiting: Waiting[] = [];
  #writing = false;
  #failure: unknown = null;

  /** A log that goes on after `groups` groups and `orders` orders of `period`, as {@link readOrders} found them. */
  constructor(store: Store, period: number, groups: number, orders: number) {
    this.#store = store;
    this.#period = period;
    this.#group = groups;
    this.#next = orders;
  }

  /** Keeps an entry. Resolves when it and all before it are on disk; rejects with the store's error, after which nothing more is kept. */
  write(entry: SignedOrders): Promise<void> {
    return new Promise((done, failed) => {
      if (this.#failure !== null) return failed(this.#failure);
      this.#waiting.push({ entry, done, failed });
      void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    for (let ready = this.#takeReady(); ready.length > 0; ready = this.#takeReady())
      try {
        const period = new Uint8Array(8);
        new DataView(period.buffer).setBigUint64(0, BigInt(this.#period), true);
        const value = concat(period, ...ready.map(({ entry }) => encodeEntry(entry)));
        await this.#store.putMeta(keyOf(this.#group), value);
        this.#group += 1;
        for (const { done } of ready) done();
      } catch (error) {
        this.#failure = error;
        for (const { failed } of [...ready, ...this.#waiting]) failed(error);
        this.#waiting = [];
      }
    this.#writing = false;
  }

  /** The entries whose turn it is, as many as one value holds. */
  #takeReady(): Waiting[] {
    this.#waiting.sort((a, b) => a.entry.period - b.entry.period || a.entry.first - b.entry.first);
    const first = this.#waiting[0]?.entry;
    if (first !== undefined && first.period > this.#period && first.first === 0) {
      this.#period = first.period;
      this.#group = 0;
      this.#next = 0;
    }
    let length = 0;
    let bytes = 0;
    for (const { entry } of this.#waiting) {
      bytes += encodedBytes(entry);
      if (entry.period !== this.#period || entry.first !== this.#next || bytes > maxEntryBytes) break;
      this.#next += entry.records.length / orderLayout.bytes;
      length += 1;
    }
    return this.#waiting.splice(0, length);
  }
}

const encodedBytes = ({ records, gateway }: SignedOrders): number =>
  entryHeader + (gateway === null ? 0 : publicKeyBytes) + signatureBytes + records.length;

/** Throws `limit` when orders under one signature are more than one value holds. */
export function checkEntry(records: number): void {
  const most = Math.floor(
    (maxEntryBytes - entryHeader - publicKeyBytes - signatureBytes) / orderLayout.bytes,
  );
  if (records > most) fail("limit", "batch", `at most ${most} orders under one signature`, records);
}

function encodeEntry({ first, records, signature, gateway }: SignedOrders): Uint8Array {
  const header = new Uint8Array(entryHeader);
  const view = new DataView(header.buffer);
  view.setUint32(0, first, true);
  view.setUint32(4, records.length, true);
  header[8] = gateway === null ? 0 : 1;
  return concat(header, gateway ?? new Uint8Array(0), signature, records);
}

/** What the log holds of a period, and in how many groups. The store has checked the bytes. */
export async function readOrders(
  store: Store,
  period: number,
): Promise<{ readonly entries: readonly SignedOrders[]; readonly groups: number; readonly orders: number }> {
  const entries: SignedOrders[] = [];
  let orders = 0;
  for (let group = 0; ; group += 1) {
    const value = await store.getMeta(keyOf(group));
    const view = value === null ? null : new DataView(value.buffer, value.byteOffset, value.byteLength);
    if (value === null || view === null || view.getBigUint64(0, true) !== BigInt(period))
      return { entries, groups: group, orders };
    for (let at = 8; at < value.length; ) {
      const first = view.getUint32(at, true);
      const length = view.getUint32(at + 4, true);
      const signatureAt = at + entryHeader + (value[at + 8] === 1 ? publicKeyBytes : 0);
      const recordsAt = signatureAt + signatureBytes;
      entries.push({
        period,
        first,
        gateway: value[at + 8] === 1 ? copyOf(value, at + entryHeader, signatureAt) : null,
        signature: copyOf(value, signatureAt, recordsAt),
        records: copyOf(value, recordsAt, recordsAt + length),
      });
      orders = first + length / orderLayout.bytes;
      at = recordsAt + length;
    }
  }
}
