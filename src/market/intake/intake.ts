import { fail } from "../../errors.js";
import { encodeRecords } from "../../ledger/format/layout.js";
import { orderLayout, readingCorrection, readingLayout } from "../../ledger/format/records.js";
import {
  type Carrier,
  carriers,
  maxQuantity,
  parsePrice,
  parseQuantity,
  parseTick,
  parseTicks,
  type Tick,
} from "../../units.js";
import type { MarketContract } from "../contracts/contracts.js";
import type { Terms } from "../contracts/terms.js";
import { maxPeriodOrders } from "../period/limits.js";
import type { Order, OrderBatch, Reading } from "./request.js";

/** An order in numbers: participant, carrier, side, quantity, price. */
export type OrderParts = [
  participant: number,
  carrier: number,
  side: number,
  quantity: number,
  price: number,
];
/** A reading in numbers. */
export type ReadingParts = [
  participant: number,
  carrier: number,
  period: number,
  version: number,
  taken: number,
  given: number,
];

/** Turns what comes from outside, in names and decimals, into numbers; throws on what is not well-formed. */
export class Intake {
  readonly #terms: Terms;
  readonly #quantityTick: Tick;
  readonly #priceTick: Tick;

  constructor(contract: MarketContract, terms: Terms) {
    this.#terms = terms;
    this.#quantityTick = parseTick(contract.quantityTick, "quantityTick");
    this.#priceTick = parseTick(contract.priceTick, "priceTick");
  }

  /** Number of a registered participant. */
  participant(id: unknown, field: string): number {
    const number = typeof id === "string" ? this.#terms.numberOf(id) : undefined;
    return number ?? fail("refused", field, "a registered participant", id);
  }

  /** An order; with `withdrawals`, a quantity of `"0"` is one too. */
  order(order: Order, withdrawals: boolean): OrderParts {
    if (typeof order !== "object" || order === null) return fail("invalid", "order", "an object", order);
    const participant = this.participant(order.participant, "order.participant");
    const carrier = carrierCode(order.carrier, "order.carrier");
    const side = ["offer", "bid"].indexOf(order.side);
    if (side < 0) fail("invalid", "order.side", "offer or bid", order.side);
    const quantity =
      withdrawals && order.quantity === "0"
        ? 0
        : parseQuantity(order.quantity, this.#quantityTick, "order.quantity");
    return [participant, carrier, side, quantity, parsePrice(order.price, this.#priceTick, "order.price")];
  }

  /** A reading. */
  reading(reading: Reading): ReadingParts {
    if (typeof reading !== "object" || reading === null)
      return fail("invalid", "reading", "an object", reading);
    const participant = this.participant(reading.participant, "reading.participant");
    const carrier = carrierCode(reading.carrier, "reading.carrier");
    const { period, version = 1 } = reading;
    if (!Number.isSafeInteger(period) || period < 0)
      fail("invalid", "reading.period", "a whole number", period);
    if (!Number.isInteger(version) || version < 1 || version > 0xffff)
      fail("invalid", "reading.version", "1 to 65535", version);
    const taken = this.#energy(reading.in, "reading.in");
    const given = this.#energy(reading.out, "reading.out");
    return [participant, carrier, period, version, taken, given];
  }

  #energy(text: unknown, field: string): number {
    const ticks = parseTicks(text, this.#quantityTick, field);
    return ticks >= 0n && ticks <= BigInt(maxQuantity)
      ? Number(ticks)
      : fail("invalid", field, `0 to ${maxQuantity} ticks`, text);
  }
}

/** Code of a carrier by name. */
export function carrierCode(carrier: Carrier, field: string): number {
  const code = carriers.indexOf(carrier);
  return code >= 0 ? code : fail("invalid", field, `one of ${carriers.join(", ")}`, carrier);
}

/** Throws `invalid` or `limit` unless the columns fit together and every code stands for something. */
export function checkBatch(batch: OrderBatch): void {
  const { participant, carrier, side, quantity, price } = batch;
  const columns = [
    [participant, "participant", Uint32Array],
    [carrier, "carrier", Uint8Array],
    [side, "side", Uint8Array],
    [quantity, "quantity", Uint32Array],
    [price, "price", Int32Array],
    [batch.revision, "revision", Uint16Array],
  ] as const;
  for (const [column, name, type] of columns) {
    if (name === "revision" && column === undefined) continue;
    if (!(column instanceof type)) fail("invalid", `batch.${name}`, `a ${type.name}`, column);
    if (column.length !== quantity.length)
      fail("invalid", `batch.${name}`, `${quantity.length} entries`, column.length);
  }
  if (quantity.length > maxPeriodOrders)
    fail("limit", "batch", `at most ${maxPeriodOrders} orders`, quantity.length);
  for (let index = 0; index < quantity.length; index += 1) {
    if (carrier[index]! >= carriers.length)
      fail("invalid", `batch.carrier[${index}]`, `a code below ${carriers.length}`, carrier[index]);
    if (side[index]! > 1) fail("invalid", `batch.side[${index}]`, "0 or 1", side[index]);
  }
}

/** Bytes or a column of its own: what the caller does to its array while a signature is checked changes nothing. */
export function ownCopy<Column>(column: Column): Column {
  const known = [Uint8Array, Uint16Array, Uint32Array, Int32Array].find((type) => column instanceof type);
  return known === undefined
    ? column
    : (new (known as Uint8ArrayConstructor)(column as unknown as Uint8Array) as unknown as Column);
}

/** A batch with columns of its own; what is no column stays as it is, for {@link checkBatch} to refuse. */
export const ownBatch = (batch: OrderBatch): OrderBatch => ({
  participant: ownCopy(batch.participant),
  carrier: ownCopy(batch.carrier),
  side: ownCopy(batch.side),
  quantity: ownCopy(batch.quantity),
  price: ownCopy(batch.price),
  ...(batch.revision === undefined ? {} : { revision: ownCopy(batch.revision) }),
});

/** The records of a checked batch, end to end, which its gateway's signature covers. */
export function batchRecords(batch: OrderBatch): Uint8Array {
  const { participant, carrier, side, quantity, price } = batch;
  const bytes = new Uint8Array(quantity.length * orderLayout.bytes);
  const counts = new Map<number, number>();
  for (let index = 0; index < quantity.length; index += 1) {
    const slot = participant[index]! * carriers.length + carrier[index]!;
    const revision = batch.revision?.[index] ?? counts.get(slot) ?? 0;
    counts.set(slot, revision + 1);
    const parts: OrderParts = [
      participant[index]!,
      carrier[index]!,
      side[index]!,
      quantity[index]!,
      price[index]!,
    ];
    bytes.set(orderRecord(parts, revision), index * orderLayout.bytes);
  }
  return bytes;
}

/** The record that an order will be, which its signature covers. */
export function orderRecord(
  [participant, carrier, side, quantity, price]: OrderParts,
  revision: number,
): Uint8Array {
  return encodeRecords(orderLayout, [
    {
      participant,
      carrier: carriers[carrier]!,
      side: side === 0 ? "offer" : "bid",
      revision,
      quantity,
      price,
    },
  ]);
}

/** The record that a reading will be, which its signature covers. */
export function readingRecord(
  [participant, carrier, period, version, taken, given]: ReadingParts,
  correction: boolean,
): Uint8Array {
  const flags = correction ? readingCorrection : 0;
  return encodeRecords(readingLayout, [
    { participant, carrier: carriers[carrier]!, flags, version, period, in: taken, out: given },
  ]);
}
