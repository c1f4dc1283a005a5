/**
 * What energy cost hour by hour, and what that lets expect of the hours to come. A forecast says of each hour of a day
 * what it cost on the days before, so that whoever runs a device may plan; it follows from blocks alone.
 */
import type { Block } from "../ledger/format/block.js";
import { flowCode, tradeCode } from "../ledger/format/records.js";
import { carriers } from "../units.js";
import { outsideAt } from "./outside.js";
import { readRecords } from "./records.js";
import type { Scenario } from "./scenario.js";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Days back that a forecast looks, each counting half as much as the next. */
const forecastDays = 7;
/** Days of blocks that forecasts depend on. */
export const priceDays: number = forecastDays + 1;

/** Hours of a run, counted in elapsed time from its beginning; where periods are longer, its periods. */
export class Hours {
  readonly #periodMs: number;
  readonly #hourMs: number;
  readonly perDay: number;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
    this.#hourMs = Math.max(periodMs, hourMs);
    this.perDay = dayMs / this.#hourMs;
  }

  /** The hour in which the period at a place begins. */
  of(place: number): number {
    return Math.floor((place * this.#periodMs) / this.#hourMs);
  }

  /** Whether an hour's first period is the one at a place. */
  beginsAt(place: number): boolean {
    return place === 0 || this.of(place) !== this.of(place - 1);
  }

  /** How much of an hour a period is. */
  get share(): number {
    return this.#periodMs / this.#hourMs;
  }
}

/** What an hour may cost in price ticks, and how likely: chances add up to 1. */
export type Expected = readonly { readonly price: number; readonly chance: number }[];

/** What an hour costs on average. */
export const meanOf = (expected: Expected): number =>
  expected.reduce((sum, { price, chance }) => sum + price * chance, 0);

/** Quantity ticks, and these times what a tick cost. */
interface Sum {
  quantity: number;
  paid: number;
}

/** What energy cost in each hour of a run so far; blocks come in order, each once. */
export class HourlyPrices {
  readonly hours: Hours;
  readonly #scenario: Scenario;
  /** By carrier and hour: the prices of its periods added up, and how many had one. */
  readonly #sums: readonly number[][] = carriers.map(() => []);
  readonly #counts: readonly number[][] = carriers.map(() => []);
  readonly #forecasts = new Map<number, readonly Expected[] | null>();

  constructor(scenario: Scenario) {
    this.hours = new Hours(scenario.periodMs);
    this.#scenario = scenario;
  }

  /**
   * Adds the block of the period at a place. What one more unit would have cost in it is what the grid asked where it
   * had to help, and what it paid where it took what was left; where it did neither, the mean of all trades.
   */
  add(block: Block, place: number): void {
    const hour = this.hours.of(place);
    const outside = outsideAt(this.#scenario, place);
    const nothing = (): Sum[] => carriers.map(() => ({ quantity: 0, paid: 0 }));
    const [among, grid] = [nothing(), nothing()];
    const add = (sum: Sum, quantity: number, price: number): void => {
      sum.quantity += quantity;
      sum.paid += quantity * price;
    };
    readRecords(block, {
      trade: ({ kind, carrier, quantity, usePrice }) =>
        add((kind === tradeCode.grid ? grid : among)[carrier]!, quantity, usePrice),
      flow: ({ kind, carrier, quantity }) => {
        const { retail, feedIn } = outside[carriers[carrier]!];
        if (kind === flowCode.imported || kind === flowCode.gridCharged)
          add(grid[carrier]!, quantity, retail);
        else if (kind === flowCode.exported) add(grid[carrier]!, quantity, feedIn);
      },
    });
    for (const code of carriers.keys()) {
      const { quantity, paid } = grid[code]!.quantity > 0 ? grid[code]! : among[code]!;
      if (quantity === 0) continue;
      this.#sums[code]![hour] = (this.#sums[code]![hour] ?? 0) + paid / quantity;
      this.#counts[code]![hour] = (this.#counts[code]![hour] ?? 0) + 1;
    }
  }

  /**
   * What each hour of a day of the run may cost, as was known an hour before the day began: what that hour cost on each
   * of the seven days before, each half as likely as the next. An hour of which nothing is known costs the mean of the
   * others. Null where nothing is known at all, as on the first day. The array is shared: read it only.
   */
  forecast(carrier: number, day: number): readonly Expected[] | null {
    const key = day * carriers.length + carrier;
    const known = this.#forecasts.get(key);
    if (known !== undefined) return known;
    const made = this.#make(carrier, day);
    // Days are asked for in order; nobody comes back to one of the week before.
    this.#forecasts.delete(key - priceDays * carriers.length);
    this.#forecasts.set(key, made);
    return made;
  }

  #make(carrier: number, day: number): readonly Expected[] | null {
    const { perDay } = this.hours;
    const found = Array.from({ length: perDay }, (_, hour) => this.#expected(carrier, day, hour));
    const known = found.filter((expected) => expected.length > 0);
    if (known.length === 0) return null;
    const mean = known.reduce((sum, expected) => sum + meanOf(expected), 0) / known.length;
    return found.map((expected) => (expected.length > 0 ? expected : [{ price: mean, chance: 1 }]));
  }

  #expected(carrier: number, day: number, hour: number): Expected {
    const { perDay } = this.hours;
    const found: { price: number; chance: number }[] = [];
    // The last hour of the day before is not over when the forecast is made.
    for (let back = hour === perDay - 1 ? 2 : 1; back <= forecastDays; back++) {
      const at = (day - back) * perDay + hour;
      const count = at < 0 ? 0 : (this.#counts[carrier]![at] ?? 0);
      if (count > 0) found.push({ price: this.#sums[carrier]![at]! / count, chance: 2 ** -back });
    }
    const all = found.reduce((sum, { chance }) => sum + chance, 0);
    return found.map(({ price, chance }) => ({ price, chance: chance / all }));
  }
}
