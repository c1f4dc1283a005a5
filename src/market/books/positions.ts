/** What the participants got and gave in a period: what converters make of it, and what meters are compared with. */

/** By (participant, carrier), in quantity ticks. */
export class Positions {
  /** By their orders. */
  bought: Float64Array = new Float64Array(0);
  sold: Float64Array = new Float64Array(0);
  /** By their storage devices. */
  drawn: Float64Array = new Float64Array(0);
  delivered: Float64Array = new Float64Array(0);

  /** Begins a period of so many slots with nothing in any. The columns stay the same: fresh ones cost page faults. */
  begin(slots: number): this {
    const cleared = (column: Float64Array): Float64Array =>
      column.length === slots ? column.fill(0) : new Float64Array(slots);
    this.bought = cleared(this.bought);
    this.sold = cleared(this.sold);
    this.drawn = cleared(this.drawn);
    this.delivered = cleared(this.delivered);
    return this;
  }
}
