/**
 * The orders of the open period on disk, so that what was acknowledged survives a killed process.
 *
 * Values are `period u64 ‖ entries`, an entry `first u32 ‖ bytes of records u32 ‖ with gateway u8 ‖ gateway 0 or 32 ‖
 * signature 64 ‖ records`, under the keys `orders/<group>`. Each period writes over the one before, which is why
 * nothing of a period is written before the block of the one before is on the store.
 */
import { concat, copyOf, publicKeyBytes, signatureBytes, viewOf } from "../../bytes.js";
import { asStorage, fail, type GridclearError } from "../../errors.js";
import { orderLayout } from "../../ledger/format/records.js";
import type { Store } from "../../ledger/store/store.js";
import type { SignedOrders } from "./request.js";

/** Orders under one signature, with the number of the first in its period; the others follow. */
export interface LoggedOrders extends SignedOrders {
  readonly first: number;
}

/** Most bytes of one value: what fits into a value of the store. */
const maxValueBytes = 1_000_000;

const keyOf = (group: number): string => `orders/${group}`;
const periodBytes = 8;
// An entry: number of its first order u32 | bytes of records u32 | whether a gateway signed u8 | gateway | signature |
// records.
const recordBytesAt = 4;
const hasGatewayAt = 8;
const entryHeader = 9;

/** An entry on its way. */
interface Waiting {
  readonly entry: LoggedOrders;
  /** Called once the entry is on disk, before anything else happens. */
  kept(): void;
  done(): void;
  failed(error: GridclearError): void;
}

/** What a log needs of its market. */
export interface OrderLogParts {
  readonly store: Store;
  /** The open period, and how many groups of it are on disk already. */
  readonly period: number;
  readonly groups: number;
  /** Resolves when the block before the open period is on the store; throws when the market has stopped. */
  stored(): Promise<void>;
  /** A write failed: everything that waits is forgotten. Called before any caller gets the error. */
  forgotten(): void;
}

/**
 * Writes entries in the order in which they came, many at once while a write is under way. After a write that failed
 * everything that waited is given up, and the next entry tries again: the key under which the failed group would stand
 * is written over.
 */
export class OrderLog {
  readonly #parts: OrderLogParts;
  #period: number;
  #groups: number;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(parts: OrderLogParts) {
    this.#parts = parts;
    this.#period = parts.period;
    this.#groups = parts.groups;
  }

  /**
   * Keeps an entry of the open period. `kept` is called when it is on disk, in the order of the entries, and the
   * promise resolves; when the period ends before that, it resolves and `kept` is not called. Rejects with `storage`
   * when the write failed.
   */
  write(entry: LoggedOrders, kept: () => void): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ entry, kept, done, failed });
      void this.#pump();
    });
  }

  /** A new period begins: entries not yet written are given up. */
  begin(period: number): void {
    this.#period = period;
    this.#groups = 0;
    for (const { done } of this.#waiting.splice(0)) done();
  }

  async #pump(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    while (this.#waiting.length > 0) {
      let taken: Waiting[] = [];
      try {
        await this.#parts.stored();
        taken = this.#takeGroup();
        if (taken.length === 0) continue;
        await this.#writeGroup(taken);
      } catch (error) {
        const lost = [...taken, ...this.#waiting.splice(0)];
        this.#parts.forgotten();
        for (const { failed } of lost) failed(asStorage(error, "order log", "a working store"));
      }
    }
    this.#writing = false;
  }

  async #writeGroup(taken: readonly Waiting[]): Promise<void> {
    const period = this.#period;
    const head = new Uint8Array(periodBytes);
    viewOf(head).setBigUint64(0, BigInt(period), true);
    const value = concat(head, ...taken.map(({ entry }) => encodeEntry(entry)));
    await this.#parts.store.putMeta(keyOf(this.#groups), value);
    if (period === this.#period) this.#groups += 1;
    for (const { kept, done } of taken) {
      kept();
      done();
    }
  }

  /** The first entries that wait, as many as one value holds. */
  #takeGroup(): Waiting[] {
    let [length, bytes] = [0, periodBytes];
    for (const { entry } of this.#waiting) {
      bytes += encodedBytes(entry);
      if (length > 0 && bytes > maxValueBytes) break;
      length += 1;
    }
    return this.#waiting.splice(0, length);
  }
}

const encodedBytes = ({ records, gateway }: SignedOrders): number =>
  entryHeader + (gateway === null ? 0 : publicKeyBytes) + signatureBytes + records.length;

/** Throws `limit` when orders under one signature are more than one value holds. */
export function checkLoggable(orders: SignedOrders): void {
  const overhead = periodBytes + entryHeader + publicKeyBytes + signatureBytes;
  const most = Math.floor((maxValueBytes - overhead) / orderLayout.bytes);
  const count = orders.records.length / orderLayout.bytes;
  if (count > most) fail("limit", "batch", `at most ${most} orders under one signature`, count);
}

function encodeEntry({ first, records, signature, gateway }: LoggedOrders): Uint8Array {
  const header = new Uint8Array(entryHeader);
  const view = viewOf(header);
  view.setUint32(0, first, true);
  view.setUint32(recordBytesAt, records.length, true);
  header[hasGatewayAt] = gateway === null ? 0 : 1;
  return concat(header, gateway ?? new Uint8Array(0), signature, records);
}

/** What the log holds of a period, and in how many groups. The store has checked the bytes. */
export async function readOrders(
  store: Store,
  period: number,
): Promise<{ readonly entries: readonly LoggedOrders[]; readonly groups: number }> {
  const entries: LoggedOrders[] = [];
  for (let group = 0; ; group += 1) {
    const value = await store.getMeta(keyOf(group));
    const view = value === null ? null : viewOf(value);
    if (value === null || view === null || view.getBigUint64(0, true) !== BigInt(period))
      return { entries, groups: group };
    for (let at = periodBytes; at < value.length; ) {
      const length = view.getUint32(at + recordBytesAt, true);
      const hasGateway = value[at + hasGatewayAt] === 1;
      const signatureAt = at + entryHeader + (hasGateway ? publicKeyBytes : 0);
      const recordsAt = signatureAt + signatureBytes;
      entries.push({
        first: view.getUint32(at, true),
        gateway: hasGateway ? copyOf(value, at + entryHeader, signatureAt) : null,
        signature: copyOf(value, signatureAt, recordsAt),
        records: copyOf(value, recordsAt, recordsAt + length),
      });
      at = recordsAt + length;
    }
  }
}
