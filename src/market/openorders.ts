/** What a market shows of the orders that it has taken for its open period. */
import { integer, oneOf } from "../check.js";
import { type Carrier, carriers } from "../units.js";
import type { Desk } from "./intake/desk.js";
import type { OpenPeriod } from "./period/period.js";

/** The orders of a market's open period, whichever that is when it is asked. */
export class OpenOrders {
  readonly #desk: Desk;
  readonly #open: () => OpenPeriod;

  /** A market makes its own. */
  constructor(desk: Desk, open: () => OpenPeriod) {
    this.#desk = desk;
    this.#open = open;
  }

  /** How many were taken, those that were replaced or taken back as well. */
  get count(): number {
    return this.#open().orders.count;
  }

  /** The records of those from number `first` on, end to end; fresh bytes. */
  records(first: number = 0): Uint8Array {
    const { orders } = this.#open();
    return orders.records(integer(0, orders.count)(first, "first"));
  }

  /**
   * The records of the standing orders that will be made if their participants send nothing more, end to end, by
   * participant and carrier; fresh bytes. Known since the period opened; one whose participant can't pay for it is left
   * out when the gate closes.
   */
  standing(): Uint8Array {
    return this.#open().orders.standingRecords();
  }

  /**
   * Number of the order with exactly this record, 16 bytes; null when none was taken. Resolves when the order is
   * acknowledged, so whoever never got an answer can ask again.
   */
  numberOf(record: Uint8Array): Promise<number | null> {
    return this.#desk.numberOf(record);
  }

  /** The revision that the next order of a participant and carrier has. Throws `refused` for an id never registered. */
  nextRevision(participant: string, carrier: Carrier): number {
    const number = this.#desk.intake.participant(participant, "participant");
    return this.#open().orders.revisions(number, carriers.indexOf(oneOf(...carriers)(carrier, "carrier")));
  }
}
