/**
 * Measured energy in steps of one length. A market's periods are seldom the meter's steps: what a period gets is the
 * exact sum of the steps that lie in it, those at its edges cut in proportion. Periods that follow on each other
 * together get what was measured, to the last tick, whatever the two lengths.
 */

/** Where the steps of a series lie. */
export interface SeriesTimes {
  /** Unix time at which step 0 begins. */
  readonly startMs: number;
  /** Length of a step, 1 to 86,400,000 ms. */
  readonly stepMs: number;
}

/** Energy by steps; steps that are not there are zero. */
export class StepSeries {
  readonly #times: SeriesTimes;
  readonly #steps: Uint32Array;
  readonly #ticks: Float64Array;
  /** Sum of the ticks before the entry at a place; one longer than the entries. */
  readonly #sums: Float64Array;
  /** The largest mean power of a step in W, use and supply apart, both without sign. */
  readonly peaks: { readonly use: number; readonly supply: number };

  /**
   * @param steps numbers of the steps that are there, rising; at most 1,000,000 of them
   * @param ticks energy of each in 10⁻⁶ kWh, whole numbers within ±(2³²−1): their sum stays below 2⁵³
   */
  constructor(times: SeriesTimes, steps: Uint32Array, ticks: Float64Array) {
    this.#times = times;
    this.#steps = steps;
    this.#ticks = ticks;
    this.#sums = new Float64Array(ticks.length + 1);
    let use = 0;
    let supply = 0;
    for (const [place, value] of ticks.entries()) {
      this.#sums[place + 1] = this.#sums[place]! + value;
      if (value > use) use = value;
      else if (-value > supply) supply = -value;
    }
    const toWatts = 3600 / times.stepMs;
    this.peaks = { use: use * toWatts, supply: supply * toWatts };
  }

  /**
   * Energy between two times in units of so many ticks (1 or a power of ten), rounded so that stretches that follow on
   * each other lose nothing between them.
   */
  between(fromMs: number, toMs: number, unit = 1): number {
    return Math.floor(this.#before(toMs) / unit) - Math.floor(this.#before(fromMs) / unit);
  }

  /** All energy up to a time, in whole ticks. */
  #before(timeMs: number): number {
    const { startMs, stepMs } = this.#times;
    const since = timeMs - startMs;
    if (since <= 0) return 0;
    const step = Math.floor(since / stepMs);
    const place = this.#placeOf(step);
    const whole = this.#sums[place]!;
    return this.#steps[place] === step
      ? whole + partOf(this.#ticks[place]!, since - step * stepMs, stepMs)
      : whole;
  }

  /** Number of entries before a step. */
  #placeOf(step: number): number {
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#steps[middle]! < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * `ticks × offset / length`, cut to a whole number towards zero. The remainder is taken apart first: `ticks × offset`
 * itself may pass 2⁵³, a remainder below `length` (8.64 × 10⁷ at most) times an offset below it can't.
 */
function partOf(ticks: number, offset: number, length: number): number {
  const whole = Math.trunc(ticks / length);
  const rest = ticks - whole * length;
  return whole * offset + Math.trunc((rest * offset) / length);
}
