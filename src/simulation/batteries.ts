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

/** Where a battery stands: what it holds before the period at `next`. */
interface Standing {
  next: number;
  charge: number;
  /** What it held before the period at `next − 1`. */
  before: number;
  /** What it held at the beginning of each day, so far. */
  readonly days: number[];
}

const hourMs = 3_600_000;

/** What a run of batteries needs to know of it. */
export interface BatteryRun {
  readonly periodMs: number;
  readonly perKwh: number;
  /** What a member uses (above zero) or makes of electricity in the period at a place, in ticks, its battery aside. */
  readonly netOf: (member: Member, place: number) => number;
}

/** The batteries of a community. Periods are best asked for in order: others cost up to a day of them. */
export class Batteries {
  readonly #run: BatteryRun;
  readonly #perDay: number;
  readonly #standing = new Map<number, Standing>();

  constructor(run: BatteryRun) {
    this.#run = run;
    this.#perDay = (24 * hourMs) / run.periodMs;
  }

  /** What is left of a member's `net` in the period at a place, when its battery has done what it can. */
  after(member: Member, place: number, net: number): number {
    if (member.battery === null) return net;
    const unit = this.#unitOf(member.battery);
    const standing = this.#standing.get(member.number) ?? { next: 0, charge: 0, before: 0, days: [0] };
    this.#standing.set(member.number, standing);
    if (place === standing.next - 1) {
      standing.next = place;
      standing.charge = standing.before;
    } else if (place !== standing.next) this.#goTo(member, unit, standing, place);
    return this.#step(unit, standing, net);
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

  #goTo(member: Member, unit: Unit, standing: Standing, place: number): void {
    const day = Math.min(Math.floor(place / this.#perDay), standing.days.length - 1);
    if (place < standing.next || day * this.#perDay > standing.next) {
      standing.next = day * this.#perDay;
      standing.charge = standing.days[day]!;
    }
    while (standing.next < place) this.#step(unit, standing, this.#run.netOf(member, standing.next));
  }

  #step({ capacity, power, efficiency, kept }: Unit, standing: Standing, net: number): number {
    const { charge } = standing;
    let left = net;
    let after = charge * kept;
    if (net < 0) {
      const taken = Math.floor(Math.min(-net, power, Math.max(capacity - after, 0) / efficiency));
      after += taken * efficiency;
      left = net + taken;
    } else {
      const given = Math.floor(Math.min(net, power, after * efficiency));
      after -= given / efficiency;
      left = net - given;
    }
    standing.before = charge;
    standing.charge = after;
    standing.next += 1;
    if (standing.next % this.#perDay === 0) standing.days[standing.next / this.#perDay] ??= after;
    return left;
  }
}
