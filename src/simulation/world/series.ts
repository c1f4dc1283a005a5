/**
 * Measured energy in steps of one length. A market's periods are seldom the meter's steps: what a period gets is the
 * exact sum of the steps that lie in it, those at its edges cut in proportion. Periods that follow on each other
 * together get what was measured, to the last tick, whatever the two lengths.
 *
 * A series is kept in pages of so many steps, which may lie on a disk: a year of a thousand homes does not fit in
 * memory, and a run needs of each of them only where it is.
 */

/** Steps of a page. */
export const pageSteps = 128;

/**
 * Where pages are kept: each holds {@link pageSteps} + 1 numbers. In a page that is closed the number at a place is all
 * energy before the step at that place, so that a step is the difference of two.
 */
export interface Pages {
  /** Keeps a copy of a new page; its number, from 0 on. */
  add(page: Float64Array): number;
  /** Keeps a copy of a page in place of one that is there. */
  write(number: number, page: Float64Array): void;
  /** Fills `page` with the numbers of one that is there. */
  read(number: number, page: Float64Array): void;
}

/** Pages in memory. */
export function memoryPages(): Pages {
  const pages: Float64Array[] = [];
  return {
    add: (page) => pages.push(page.slice()) - 1,
    write: (number, page) => pages[number]!.set(page),
    read: (number, page) => page.set(pages[number]!),
  };
}

/** Where the steps of a series lie. */
export interface SeriesTimes {
  /** Unix time at which step 0 begins. */
  readonly startMs: number;
  /** Length of a step, 1 to 86,400,000 ms. */
  readonly stepMs: number;
}

/** What a series is made of: the pages of it that hold something, and what all of them show. */
export interface SeriesParts {
  readonly pages: Pages;
  /** Which pages hold something, counted from step 0 on, rising; the others are zero. */
  readonly places: Uint32Array;
  /** Their numbers among `pages`. */
  readonly numbers: Uint32Array;
  /** The largest energy of a step, use and supply apart, both without sign. */
  readonly most: { readonly use: number; readonly supply: number };
}

/** Energy by steps, in 10⁻⁶ kWh: used above zero, made below. Steps that are not there are zero. */
export class StepSeries {
  readonly #times: SeriesTimes;
  readonly #parts: SeriesParts;
  /** The page that was read last, and its place among those that hold something. */
  #page: Float64Array | null = null;
  #index = -1;
  /** The largest mean power of a step in W, use and supply apart, both without sign. */
  readonly peaks: { readonly use: number; readonly supply: number };

  /**
   * @param parts whole numbers of ticks within ±(2³²−1) in each of at most 1,000,000 steps: their sum stays below 2⁵³
   */
  constructor(times: SeriesTimes, parts: SeriesParts) {
    this.#times = times;
    this.#parts = parts;
    const toWatts = 3600 / times.stepMs;
    this.peaks = { use: parts.most.use * toWatts, supply: parts.most.supply * toWatts };
  }

  /**
   * Energy between two times in units of so many ticks (1 or a power of ten), rounded so that stretches that follow on
   * each other lose nothing between them.
   */
  between(fromMs: number, toMs: number, unit = 1): number {
    const from = this.#before(fromMs);
    return Math.floor(this.#before(toMs) / unit) - Math.floor(from / unit);
  }

  /** The pages that hold something: the first step of each, and the energy of its steps. The array is reused. */
  *steps(): Generator<{ readonly first: number; readonly ticks: Float64Array }> {
    const ticks = new Float64Array(pageSteps);
    for (const [index, place] of this.#parts.places.entries()) {
      const page = this.#pageAt(index);
      for (let step = 0; step < pageSteps; step += 1) ticks[step] = page[step + 1]! - page[step]!;
      yield { first: place * pageSteps, ticks };
    }
  }

  /** All energy up to a time, in whole ticks. */
  #before(timeMs: number): number {
    const { startMs, stepMs } = this.#times;
    const since = timeMs - startMs;
    if (since <= 0) return 0;
    const step = Math.floor(since / stepMs);
    const place = Math.floor(step / pageSteps);
    const index = this.#indexOf(place);
    if (index < 0) return 0;
    const page = this.#pageAt(index);
    if (this.#parts.places[index] !== place) return page[pageSteps]!;
    const own = step - place * pageSteps;
    return page[own]! + partOf(page[own + 1]! - page[own]!, since - step * stepMs, stepMs);
  }

  /** The last page that is there and not behind a place; −1 when there is none. */
  #indexOf(place: number): number {
    const { places } = this.#parts;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (places[middle]! <= place) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #pageAt(index: number): Float64Array {
    this.#page ??= new Float64Array(pageSteps + 1);
    if (this.#index !== index) {
      this.#parts.pages.read(this.#parts.numbers[index]!, this.#page);
      this.#index = index;
    }
    return this.#page;
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
