/**
 * Batteries at home, for own use: they take what the roof gives beyond what the home needs, and give it back before the
 * home buys. The market sees what is left. Their charge follows from the days before alone, not from blocks.
 */
import { ppm } from "../units.js";
import type { HomeBattery, Member } from "./members/member.js";

/** A battery in the ticks of a run. */
interface Unit {
  readonly capacity: number;
  /** Most that goes in or out in a period. */
  readonly power: number;
  readonly efficiency: number;
  /** Share that stays after a period. */
  readonly kept: number;
}

const hourMs = 3_600_000;

/** What a run of batteries needs to know of it. */
export interface BatteryRun {
  readonly periodMs: number;
  readonly perKwh: number;
  readonly members: readonly Member[];
  /**
   * What each member uses (above zero) or makes of electricity in the period at a place, in ticks, its battery aside.
   */
  readonly netsAt: (place: number) => (member: Member) => number;
}

/** The batteries of a community. Periods are best asked for in order: others cost up to a day of them. */
export class Batteries {
  readonly #run: BatteryRun;
  readonly #perDay: number;
  /** Whose they are, and their place in the columns below by number of their owner. */
  readonly #owners: readonly Member[];
  readonly #units: readonly Unit[];
  readonly #places: ReadonlyMap<number, number>;
  /** The period that is asked for, and what each holds before it and, once its owner was asked for, after it. */
  #place = 0;
  #charges: Float64Array;
  #after: Float64Array;
  /** What each held at the beginning of each day of the run so far. */
  readonly #days: Float64Array[];

  constructor(run: BatteryRun) {
    this.#run = run;
    this.#perDay = (24 * hourMs) / run.periodMs;
    this.#owners = run.members.filter(({ battery }) => battery !== null);
    this.#units = this.#owners.map(({ battery }) => this.#unitOf(battery!));
    this.#places = new Map(this.#owners.map(({ number }, at) => [number, at]));
    this.#charges = new Float64Array(this.#owners.length);
    this.#after = new Float64Array(this.#owners.length).fill(Number.NaN);
    this.#days = [this.#charges];
  }

  /** Brings all batteries to the beginning of the period at a place. */
  goTo(place: number): void {
    if (place === this.#place || this.#owners.length === 0) return;
    const day = Math.min(Math.floor(place / this.#perDay), this.#days.length - 1);
    if (place < this.#place || day * this.#perDay > this.#place)
      this.#stand(day * this.#perDay, this.#days[day]!);
    while (this.#place < place) this.#step();
  }

  /** What is left of a member's `net` in the period to which {@link goTo} went, when its battery did what it can. */
  left(member: Member, net: number): number {
    const at = this.#places.get(member.number);
    if (at === undefined) return net;
    const { left, charge } = after(this.#units[at]!, this.#charges[at]!, net);
    this.#after[at] = charge;
    return left;
  }

  /** What is left of a `net` that a member expects of that period, by what its battery will do then. */
  expected(member: Member, net: number): number {
    const at = this.#places.get(member.number);
    return at === undefined ? net : after(this.#units[at]!, this.#charges[at]!, net).left;
  }

  #unitOf({ capacity, power, efficiency, hourlyLoss }: HomeBattery): Unit {
    const { periodMs, perKwh } = this.#run;
    return {
      capacity: (capacity * perKwh) / 1000,
      power: (((power * perKwh) / 1000) * periodMs) / hourMs,
      efficiency: efficiency / ppm,
      kept: 1 - ((hourlyLoss / ppm) * periodMs) / hourMs,
    };
  }

  #stand(place: number, charges: Float64Array): void {
    this.#place = place;
    this.#charges = charges;
    this.#after = new Float64Array(charges.length).fill(Number.NaN);
    if (place % this.#perDay === 0) this.#days[place / this.#perDay] ??= charges;
  }

  /** To the next period: by what owners asked for in this one, or for those that did not by what they would have. */
  #step(): void {
    if (this.#after.some(Number.isNaN)) {
      const netOf = this.#run.netsAt(this.#place);
      for (const member of this.#owners) this.left(member, netOf(member));
    }
    this.#stand(this.#place + 1, this.#after);
  }
}

/** What is left of a member's net when its battery, which holds `before`, did what it can, and what it holds then. */
function after(
  { capacity, power, efficiency, kept }: Unit,
  before: number,
  net: number,
): { readonly left: number; readonly charge: number } {
  const charge = before * kept;
  if (net < 0) {
    const taken = Math.floor(Math.min(-net, power, Math.max(capacity - charge, 0) / efficiency));
    return { left: net + taken, charge: charge + taken * efficiency };
  }
  const given = Math.floor(Math.min(net, power, charge * efficiency));
  return { left: net - given, charge: charge - given / efficiency };
}
