/**
 * Measured profiles while their rows come in, in whatever order: a column for each carrier of each participant, in
 * pages of which each column has one in hand. Rows sorted by participant or by step, as files have them, fill a page
 * before the next is begun; any other order is right too, and slower.
 */
import { fail } from "../errors.js";
import { type Carrier, carriers } from "../units.js";
import type { MeasuredProfile } from "./members/profiles.js";
import { type Pages, pageSteps, type SeriesTimes, StepSeries } from "./world/series.js";

/** Most pages of all columns together (8 GiB), so that no file, however sparse, fills a disk. */
const maxPages = 1 << 23;

/** One row of a profile file, checked. */
export interface ProfileRow {
  readonly participant: string;
  /** Place of the carrier among `carriers`. */
  readonly carrier: number;
  readonly step: number;
  /** Energy in 10⁻⁶ kWh: used above zero, made below. */
  readonly ticks: number;
}

/** What is left of the columns when all rows are in. */
export interface ClosedColumns {
  readonly measured: readonly MeasuredProfile[];
  /** Steps of the run that no row gave, all columns together, and the first of them in words. */
  readonly missing: number;
  readonly firstMissing: string | null;
}

/** The columns of a participant: by the carrier's place, and in the order in which they came. */
interface Own {
  readonly columns: (Column | undefined)[];
  readonly order: Column[];
}

/** All columns of a profile file. */
export class ProfileColumns {
  readonly #pages: Pages;
  readonly #steps: number;
  readonly #byName = new Map<string, Own>();

  /** @param steps how many steps the run has */
  constructor(pages: Pages, steps: number) {
    let added = 0;
    this.#pages = {
      ...pages,
      add(page) {
        added += 1;
        if (added > maxPages)
          fail("limit", "profiles", `at most ${maxPages * pageSteps} steps in all`, "more");
        return pages.add(page);
      },
    };
    this.#steps = steps;
  }

  /** How many participants there are. */
  get participants(): number {
    return this.#byName.size;
  }

  /** Whether a participant is known. */
  has(participant: unknown): participant is string {
    return this.#byName.has(participant as string);
  }

  /**
   * Takes a row; steps after the run are left aside. False when the step of that participant and carrier is there
   * already: then nothing is taken.
   */
  add({ participant, carrier, step, ticks }: ProfileRow): boolean {
    let own = this.#byName.get(participant);
    if (own === undefined) {
      own = { columns: [], order: [] };
      this.#byName.set(participant, own);
    }
    let column = own.columns[carrier];
    if (column === undefined) {
      column = new Column(this.#pages, participant, carriers[carrier]!);
      own.columns[carrier] = column;
      own.order.push(column);
    }
    return step >= this.#steps || column.add(step, ticks);
  }

  /** Ends the columns: participants as their names came first, the carriers of each as these did. */
  close(times: SeriesTimes): ClosedColumns {
    const columns = [...this.#byName.values()].flatMap(({ order }) => order);
    let missing = 0;
    let firstMissing: string | null = null;
    const measured = columns.map((column): MeasuredProfile => {
      const { participant, carrier } = column;
      const { series, known, firstGap } = column.close(times);
      if (known < this.#steps) {
        missing += this.#steps - known;
        firstMissing ??= `${participant}, ${carrier}, step ${firstGap}`;
      }
      return { participant, carrier, series };
    });
    return { measured, missing, firstMissing };
  }
}

/** One participant's steps of one carrier. */
class Column {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly #pages: Pages;
  /** Numbers of the pages that are kept, by their place. */
  readonly #kept = new Map<number, number>();
  /** The page in hand: energy of its steps from index 1 on, not a number where there is none yet. */
  readonly #page = new Float64Array(pageSteps + 1);
  #place = -1;

  constructor(pages: Pages, participant: string, carrier: Carrier) {
    this.#pages = pages;
    this.participant = participant;
    this.carrier = carrier;
  }

  add(step: number, ticks: number): boolean {
    const place = Math.floor(step / pageSteps);
    if (place !== this.#place) this.#turnTo(place);
    const index = step - place * pageSteps + 1;
    if (!Number.isNaN(this.#page[index]!)) return false;
    this.#page[index] = ticks;
    return true;
  }

  #turnTo(place: number): void {
    this.#keep();
    this.#place = place;
    const number = this.#kept.get(place);
    if (number === undefined) this.#page.fill(Number.NaN);
    else this.#pages.read(number, this.#page);
  }

  #keep(): void {
    if (this.#place < 0) return;
    const number = this.#kept.get(this.#place);
    if (number === undefined) this.#kept.set(this.#place, this.#pages.add(this.#page));
    else this.#pages.write(number, this.#page);
  }

  /** Turns steps into sums; how many steps there are, and the first that is missing. */
  close(times: SeriesTimes): { series: StepSeries; known: number; firstGap: number } {
    this.#keep();
    const page = this.#page;
    const places = Uint32Array.from(this.#kept.keys()).sort();
    const numbers = Uint32Array.from(places, (place) => this.#kept.get(place)!);
    this.#kept.clear();
    let known = 0;
    let firstGap = 0;
    let sum = 0;
    let use = 0;
    let supply = 0;
    for (const [index, place] of places.entries()) {
      this.#pages.read(numbers[index]!, page);
      page[0] = sum;
      for (let step = 1; step <= pageSteps; step += 1) {
        const ticks = page[step]!;
        if (!Number.isNaN(ticks)) {
          known += 1;
          if (firstGap === place * pageSteps + step - 1) firstGap += 1;
          sum += ticks;
          if (ticks > use) use = ticks;
          else if (-ticks > supply) supply = -ticks;
        }
        page[step] = sum;
      }
      this.#pages.write(numbers[index]!, page);
    }
    const parts = { pages: this.#pages, places, numbers, most: { use, supply } };
    return { series: new StepSeries(times, parts), known, firstGap };
  }
}
