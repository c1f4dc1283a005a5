/**
 * Where names and decimals end: what comes from outside becomes a record in whole numbers here, once, and nothing
 * behind this file sees a name or a decimal again.
 */
import { integer, onlyKeys } from "../../check.js";
import { fail } from "../../errors.js";
import {
  type OrderRecord,
  type ReadingRecord,
  readingCorrection,
  sides,
} from "../../ledger/format/records.js";
import {
  type Carrier,
  carriers,
  formatTicks,
  maxQuantity,
  parsePrice,
  parseQuantity,
  parseTick,
  parseTicks,
  type Tick,
} from "../../units.js";
import type { MarketContract } from "../contracts/contracts.js";
import type { Terms } from "../contracts/terms.js";
import type { OpenPeriod } from "../period/period.js";
import type { Order, Reading } from "./request.js";

const orderKeys = ["participant", "carrier", "side", "quantity", "price", "revision"];
const readingKeys = ["participant", "carrier", "period", "in", "out", "version"];
const revisions = integer(0, 0xffff);
const versions = integer(1, 0xffff);
const periods = integer(0, Number.MAX_SAFE_INTEGER);
/** How far back a reading's record reaches; no metering contract takes readings for so long. */
const maxAge = 0xffff_ffff;

/** Turns what comes from outside into records; throws on what is not well-formed. */
export class Intake {
  readonly quantityTick: Tick;
  readonly priceTick: Tick;
  readonly #terms: Terms;

  constructor(contract: MarketContract, terms: Terms) {
    this.#terms = terms;
    this.quantityTick = parseTick(contract.quantityTick, "quantityTick");
    this.priceTick = parseTick(contract.priceTick, "priceTick");
  }

  /** Number of a registered participant. */
  participant(id: unknown, field: string): number {
    const number = typeof id === "string" ? this.#terms.numberOf(id) : undefined;
    return number ?? fail("refused", field, "a registered participant", id);
  }

  /** An order; a quantity of `"0"` withdraws. Its revision is the one it has, or else the next of the open period. */
  record(order: Order, open: OpenPeriod): OrderRecord {
    onlyKeys(order, "order", orderKeys);
    const carrier = carrierCode(order.carrier, "order.carrier");
    if (!sides.includes(order.side)) fail("invalid", "order.side", "offer or bid", order.side);
    const revision = order.revision === undefined ? null : revisions(order.revision, "order.revision");
    const quantity =
      order.quantity === "0" ? 0 : parseQuantity(order.quantity, this.quantityTick, "order.quantity");
    const price = parsePrice(order.price, this.priceTick, "order.price");
    // Last, so that what is not well-formed is told the same whoever it says it is of.
    const participant = this.participant(order.participant, "order.participant");
    return {
      participant,
      carrier: order.carrier,
      side: order.side,
      revision: revision ?? open.orders.revisions(participant, carrier),
      quantity,
      price,
    };
  }

  /**
   * The withdrawal of the live order of a participant and carrier, or of the standing order that would be made; throws
   * `refused` when there is neither.
   */
  withdrawal(participant: string, carrier: Carrier, open: OpenPeriod): OrderRecord {
    const number = this.participant(participant, "participant");
    const code = carrierCode(carrier, "carrier");
    const { orders } = open;
    const held = orders.heldSide(number * carriers.length + code);
    if (held === null) return fail("refused", "order", "an order to withdraw", "none");
    const side = sides[held]!;
    const revision = orders.revisions(number, code);
    return { participant: number, carrier, side, revision, quantity: 0, price: 0 };
  }

  /**
   * A reading, as its meter signs it: without what is paid for it. The open period says whether it is a correction.
   */
  reading(reading: Reading, open: OpenPeriod): ReadingRecord {
    onlyKeys(reading, "reading", readingKeys);
    const code = carrierCode(reading.carrier, "reading.carrier");
    const period = periods(reading.period, "reading.period");
    const version = reading.version === undefined ? 1 : versions(reading.version, "reading.version");
    const age = open.period - period;
    if (age < 0 || age > maxAge)
      fail("refused", "reading.period", "a past period whose readings are still taken", period);
    const [taken, given] = [this.#energy(reading.in, "reading.in"), this.#energy(reading.out, "reading.out")];
    const participant = this.participant(reading.participant, "reading.participant");
    const flags = open.readings.isCorrection(participant, code, period) ? readingCorrection : 0;
    return {
      participant,
      carrier: reading.carrier,
      flags,
      version,
      age,
      in: taken,
      out: given,
      amount: 0n,
    };
  }

  #energy(text: unknown, field: string): number {
    const ticks = parseTicks(text, this.quantityTick, field);
    return ticks >= 0n && ticks <= BigInt(maxQuantity)
      ? Number(ticks)
      : fail("invalid", field, `0 to ${formatTicks(maxQuantity, this.quantityTick)}`, text);
  }
}

/** Code of a carrier by name. */
function carrierCode(carrier: Carrier, field: string): number {
  const code = carriers.indexOf(carrier);
  return code >= 0 ? code : fail("invalid", field, `one of ${carriers.join(", ")}`, carrier);
}
