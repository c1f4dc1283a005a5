/**
 * What meters would have shown under other rules. A meter says what flowed, and some of that depends on the market: use
 * that was not served did not flow, a store drew what its contract and the lots of the period made it draw, a plant or
 * a converter made what it sold. So a reading moves with those; what sun and wind made, and what was used beside what
 * was ordered, stays as it was measured.
 */
import type { Positions } from "../../market/books/positions.js";

type Shift = readonly [taken: number, given: number];
const same: Shift = [0, 0];

/** By how much readings move, for the periods whose readings may still come. */
export class MeterShifts {
  readonly #periods = new Map<number, Map<number, Shift>>();

  /**
   * Notes a period that both markets have cleared.
   *
   * @param origin the place in the ledger's columns of a place in the other market's
   * @param follows whether what is offered there is made because it is sold
   */
  note(
    period: number,
    { ledger, other }: { readonly ledger: Positions; readonly other: Positions },
    origin: (slot: number) => number,
    follows: (slot: number) => boolean,
  ): void {
    const moved = new Map<number, Shift>();
    for (let slot = 0; slot < other.bought.length; slot += 1) {
      const from = origin(slot);
      const taken = other.bought[slot]! + other.drawn[slot]! - ledger.bought[from]! - ledger.drawn[from]!;
      const sold = follows(from) ? other.sold[slot]! - ledger.sold[from]! : 0;
      const given = other.delivered[slot]! - ledger.delivered[from]! + sold;
      if (taken !== 0 || given !== 0) moved.set(slot, [taken, given]);
    }
    if (moved.size > 0) this.#periods.set(period, moved);
  }

  /** Forgets periods of which no reading is taken any more. */
  keep(isOpen: (period: number) => boolean): void {
    for (const period of this.#periods.keys()) if (!isOpen(period)) this.#periods.delete(period);
  }

  /** By how much the reading of a place in the other market moves. */
  readonly of = (period: number, slot: number): Shift => this.#periods.get(period)?.get(slot) ?? same;
}
