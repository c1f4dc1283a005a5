/** What the participants got and gave in a period: what converters make of it, and what meters are compared with. */

/** By (participant, carrier), in quantity ticks. */
export class Positions {
  /** By their orders. */
  readonly bought: Float64Array;
  readonly sold: Float64Array;
  /** By their storage devices. */
  readonly drawn: Float64Array;
  readonly delivered: Float64Array;

  constructor(slots: number) {
    this.bought = new Float64Array(slots);
    this.sold = new Float64Array(slots);
    this.drawn = new Float64Array(slots);
    this.delivered = new Float64Array(slots);
  }
}
