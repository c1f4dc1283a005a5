/**
 * The way of signed orders into the open period: the signature is checked, then the orders are judged and numbered, in
 * the order of the calls.
 */
import { copyOf, isBytes, publicKeyBytes } from "../../bytes.js";
import { onlyKeys } from "../../check.js";
import { fail, type GridclearError } from "../../errors.js";
import { checkRecords } from "../../ledger/format/layout.js";
import { orderLayout } from "../../ledger/format/records.js";
import type { OpenPeriod } from "../period/period.js";
import { maxEntryOrders } from "./log.js";
import type { SignedOrders, SignedResult } from "./request.js";
import { ownSignature, type Signing } from "./signing.js";

/** What an entrance needs of its market. */
export interface EntranceParts {
  readonly signing: Signing;
  /** The open period. */
  open(): OpenPeriod;
  /** Throws `state` when the market has stopped. */
  usable(): void;
}

/** Signed orders that came in: the orders, in memory of their own, the period that they came into, and the result. */
export interface Entered {
  readonly orders: SignedOrders;
  readonly open: OpenPeriod;
  readonly result: SignedResult;
}

/** Takes signed orders in the order of the calls. */
export class Entrance {
  readonly #parts: EntranceParts;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: EntranceParts) {
    this.#parts = parts;
  }

  /**
   * Takes all of the orders or none, and calls `taken` before anything else can happen: a period that closed in between
   * would have the orders, and the log of the next what was to be kept of them. Resolves as `taken` does. Throws
   * `signature`, `invalid`, `limit`, or `refused` when the period closed while the signature was checked.
   */
  async enter<Result>(
    given: SignedOrders,
    taken: (entered: Entered) => Result | Promise<Result>,
  ): Promise<Result> {
    const orders = ownOrders(given);
    const open = this.#parts.open();
    await this.#inTurn(this.check(orders, open.period));
    this.#parts.usable();
    if (open !== this.#parts.open())
      fail("refused", "order", `an order for period ${this.#parts.open().period}`, open.period);
    return taken(this.take(orders));
  }

  /** Throws `signature` unless well-formed orders are signed for a period. */
  check(orders: SignedOrders, period: number): Promise<void> {
    return this.#parts.signing.checkOrders(period, orders);
  }

  /** Takes all of some orders whose signature was found good, or none, and files the signature. */
  take(given: SignedOrders): Entered {
    const open = this.#parts.open();
    const { orders, period } = open;
    const { records, gateway, signature } = given;
    const first = orders.count;
    const refused = takeAll(open, records);
    const end = orders.count;
    if (end > first && gateway === null) this.#parts.signing.keep({ kind: "order", index: first, signature });
    if (end > first && gateway !== null)
      this.#parts.signing.keep({ kind: "batch", gateway, orders: [{ start: first, end }], signature });
    return { orders: given, open, result: { first, accepted: end - first, period, refused, records } };
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
}

/** Takes the orders of these records, or none of them: the refusals, by place. */
export function takeAll(
  { orders }: OpenPeriod,
  records: Uint8Array,
): { index: number; error: GridclearError }[] {
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
  const count = records.length / orderLayout.bytes;
  if (count > maxEntryOrders)
    fail("limit", "batch", `at most ${maxEntryOrders} orders under one signature`, count);
  checkRecords(orderLayout, records);
  if (gateway === null) {
    if (count !== 1) fail("invalid", "order.records", "one record under a participant's signature", count);
  } else if (!isBytes(gateway) || gateway.length !== publicKeyBytes)
    fail("signature", "batch.gateway", `a public key of ${publicKeyBytes} bytes`, gateway);
  return {
    records: copyOf(records),
    signature: ownSignature(signature, gateway === null ? "order.signature" : "batch.signature"),
    gateway: gateway === null ? null : copyOf(gateway),
  };
}
