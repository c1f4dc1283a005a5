/**
 * The way of signed orders into the open period: the signature is checked, the orders are judged and numbered, the log
 * keeps them, and only then do they count. An order that is numbered and not yet kept stands behind all that count, so
 * it can be taken off again: when the disk fails, or when the period closes first.
 */
import { copyOf, isBytes, publicKeyBytes } from "../../bytes.js";
import { onlyKeys } from "../../check.js";
import { fail, type GridclearError } from "../../errors.js";
import { checkRecords } from "../../ledger/format/layout.js";
import { orderLayout } from "../../ledger/format/records.js";
import type { Store } from "../../ledger/store/store.js";
import type { OpenPeriod } from "../period/period.js";
import { checkLoggable, OrderLog, readOrders } from "./orderlog.js";
import type { SignedOrders, SignedResult } from "./request.js";
import { ownSignature, type Signing } from "./signing.js";

/** What an entrance needs of its market. */
export interface EntranceParts {
  readonly signing: Signing;
  /** The open period. */
  open(): OpenPeriod;
  /** Throws `state` when the market has stopped. */
  usable(): void;
  /** Resolves when no block is on its way to the store; throws when the market has stopped. */
  stored(): Promise<void>;
  /** Orders of the open period count, from number `first` on. */
  accepted(first: number): void;
}

/** Signed orders that came in, and the period that they came into, which may have closed by now. */
export interface Entered {
  readonly open: OpenPeriod;
  readonly result: SignedResult;
}

/** Takes signed orders in the order of the calls. */
export class Entrance {
  readonly #parts: EntranceParts;
  #log: OrderLog | null = null;
  /** With a log: how many orders of the open period count. */
  #counting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: EntranceParts) {
    this.#parts = parts;
  }

  /**
   * Takes all of the orders or none, and resolves when they count. Throws `signature`, `invalid`, `limit`, `refused`
   * when the period closed meanwhile, or `storage` when the log could not keep them; they are not executed then.
   */
  async enter(given: SignedOrders): Promise<Entered> {
    const { signing } = this.#parts;
    const entry = ownOrders(given);
    if (this.#log !== null) checkLoggable(entry);
    const open = this.#parts.open();
    const { period, orders } = open;
    await this.#inTurn(signing.checkOrders(period, entry));
    this.#parts.usable();
    if (open !== this.#parts.open()) this.#tooLate(period);
    const first = orders.count;
    const refused = takeAll(open, entry.records);
    const accepted = orders.count - first;
    const result = { first, accepted, period, refused, records: entry.records };
    if (accepted === 0) return { open, result };
    let counts = false;
    const accept = (): void => {
      if (open !== this.#parts.open()) return;
      counts = true;
      this.#counting = first + accepted;
      const { gateway, signature } = entry;
      if (gateway === null) signing.keep({ kind: "order", index: first, signature });
      else
        signing.keep({
          kind: "batch",
          gateway,
          orders: [{ start: first, end: first + accepted }],
          signature,
        });
      this.#parts.accepted(first);
    };
    if (this.#log === null) accept();
    else await this.#log.write({ first, ...entry }, accept);
    if (!counts) {
      // The log may hold them. The refusals are returned only when the block that records them is on the store.
      await this.#parts.stored();
      this.#tooLate(period);
    }
    return { open, result };
  }

  /**
   * From now on orders are on disk before they count. Takes again, in the same order, what the log holds of the open
   * period. Throws `corrupt` when an order is not taken as it was.
   */
  async keepLog(store: Store): Promise<void> {
    const open = this.#parts.open();
    const { entries, groups } = await readOrders(store, open.period);
    for (const { first: logged, ...entry } of entries) {
      const { first, accepted } = (await this.enter(entry)).result;
      if (accepted === 0 || first !== logged)
        fail(
          "corrupt",
          `order ${logged} of period ${open.period}`,
          "the order acknowledged, taken again",
          first,
        );
    }
    this.#counting = open.orders.count;
    this.#log = new OrderLog({
      store,
      period: open.period,
      groups,
      stored: () => this.#parts.stored(),
      forgotten: () => this.#parts.open().orders.truncate(this.#counting),
    });
  }

  /**
   * The open period is about to close: orders that do not count yet leave it. Returns the evidence of those that do.
   */
  close(): Uint8Array {
    const { period, orders } = this.#parts.open();
    if (this.#log !== null) orders.truncate(this.#counting);
    this.#counting = 0;
    this.#log?.begin(period + 1);
    return this.#parts.signing.takeEvidence();
  }

  /**
   * Resolves or rejects as `check` does, once all checks asked before have ended: orders are taken in the order of the
   * calls.
   */
  #inTurn(check: Promise<void>): Promise<void> {
    const turn = Promise.allSettled([this.#turn, check]).then(() => check);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #tooLate(period: number): never {
    return fail("refused", "order", `an order for period ${this.#parts.open().period}`, period);
  }
}

/** Takes the orders of these records, or none of them: the refusals, by place. */
function takeAll(open: OpenPeriod, records: Uint8Array): { index: number; error: GridclearError }[] {
  const { orders } = open;
  const first = orders.count;
  const refused: { index: number; error: GridclearError }[] = [];
  for (let index = 0; index < records.length / orderLayout.bytes; index += 1) {
    const error = orders.takeRecord(records, index);
    if (error !== null) refused.push({ index, error });
  }
  if (refused.length > 0) orders.truncate(first);
  return refused;
}

/** Signed orders that are well-formed, in memory of their own. */
function ownOrders(given: SignedOrders): SignedOrders {
  onlyKeys(given, "orders", ["records", "signature", "gateway"]);
  const { records, signature, gateway } = given;
  if (!isBytes(records) || records.length === 0)
    return fail("invalid", "order.records", `records of ${orderLayout.bytes} bytes`, records);
  checkRecords(orderLayout, records);
  if (gateway === null) {
    if (records.length !== orderLayout.bytes)
      fail(
        "invalid",
        "order.records",
        "one record under a participant's signature",
        records.length / orderLayout.bytes,
      );
  } else if (!isBytes(gateway) || gateway.length !== publicKeyBytes)
    fail("signature", "batch.gateway", `a public key of ${publicKeyBytes} bytes`, gateway);
  return {
    records: copyOf(records),
    signature: ownSignature(signature, gateway === null ? "order.signature" : "batch.signature"),
    gateway: gateway === null ? null : copyOf(gateway),
  };
}
