/**
 * Stores at home, behind the meter: batteries, and the tanks of heat pumps. Both take what the roof gives beyond what
 * the home needs, a battery as it is, a tank as the heat that its pump makes of it, and serve the home before it buys.
 * The market sees what is left. What they hold follows from the days before alone, not from blocks.
 */
import { ppm } from "../units.js";
import type { HomeBattery, HomeTank, Member } from "./members/member.js";

/** What a home needs in a period, its stores aside, in ticks of electricity. */
export interface Needs {
  /** What it uses (above zero) or makes on balance. */
  readonly net: number;
  /** How much of that its heat pump draws for the heat that is needed, and the heat it makes of a tick. */
  readonly heating: number;
  readonly performance: number;
}

/** What a store leaves of a home's needs, and what it holds then. */
interface Outcome {
  readonly left: Needs;
  readonly charge: number;
}

/** A store of one home in the ticks of a run. */
interface Unit {
  readonly owner: Member;
  /** Share that stays after a period. */
  readonly kept: number;
  /** What becomes of a charge, of which what is lost by standing is gone. */
  readonly step: (charge: number, needs: Needs) => Outcome;
}

const hourMs = 3_600_000;
/** What is left of a pump's performance when it makes water of 55 °C in place of 45, by when2heat at 2 °C outside. */
const fillingShare = 0.83;

/** What a run of home stores needs to know of it. */
export interface HomeRun {
  readonly periodMs: number;
  readonly perKwh: number;
  readonly members: readonly Member[];
  /** What each home needs in the period at a place. */
  readonly needsAt: (place: number) => (member: Member) => Needs;
}

/** The stores at home of a community. Periods are best asked for in order: others cost up to a day of them. */
export class HomeStores {
  readonly #run: HomeRun;
  readonly #perDay: number;
  readonly #units: readonly Unit[];
  /** Places of a home's units in the columns below, by number of their owner: its tank first. */
  readonly #places = new Map<number, number[]>();
  /** The period that is asked for, and what each holds before it and, once its owner was asked for, after it. */
  #place = 0;
  #charges: Float64Array;
  #after: Float64Array;
  /** What each held at the beginning of each day of the run so far. */
  readonly #days: Float64Array[];

  constructor(run: HomeRun) {
    this.#run = run;
    this.#perDay = (24 * hourMs) / run.periodMs;
    this.#units = run.members.flatMap((owner) => [
      ...(owner.tank === null ? [] : [this.#tank(owner, owner.tank)]),
      ...(owner.battery === null ? [] : [this.#battery(owner, owner.battery)]),
    ]);
    for (const [at, { owner }] of this.#units.entries())
      this.#places.set(owner.number, [...(this.#places.get(owner.number) ?? []), at]);
    this.#charges = new Float64Array(this.#units.length);
    this.#after = new Float64Array(this.#units.length).fill(Number.NaN);
    this.#days = [this.#charges];
  }

  /** Brings all stores to the beginning of the period at a place. */
  goTo(place: number): void {
    if (place === this.#place || this.#units.length === 0) return;
    const day = Math.min(Math.floor(place / this.#perDay), this.#days.length - 1);
    if (place < this.#place || day * this.#perDay > this.#place)
      this.#stand(day * this.#perDay, this.#days[day]!);
    while (this.#place < place) this.#next();
  }

  /** What a home uses or makes on balance in the period of {@link goTo}, when its stores did what they can. */
  left(member: Member, needs: Needs): number {
    return this.#serve(member, needs, (at, charge) => {
      this.#after[at] = charge;
    });
  }

  /** The same of what a home expects to need in that period: nothing comes of it. */
  expected(member: Member, needs: Needs): number {
    return this.#serve(member, needs, () => {});
  }

  #serve(member: Member, needs: Needs, keep: (at: number, charge: number) => void): number {
    let rest = needs;
    for (const at of this.#places.get(member.number) ?? []) {
      const { kept, step } = this.#units[at]!;
      const { left, charge } = step(this.#charges[at]! * kept, rest);
      keep(at, charge);
      rest = left;
    }
    return rest.net;
  }

  #stand(place: number, charges: Float64Array): void {
    this.#place = place;
    this.#charges = charges;
    this.#after = new Float64Array(charges.length).fill(Number.NaN);
    if (place % this.#perDay === 0) this.#days[place / this.#perDay] ??= charges;
  }

  /** To the next period: by what owners asked for in this one, or for those that did not by what they would have. */
  #next(): void {
    if (this.#after.some(Number.isNaN)) {
      const needsOf = this.#run.needsAt(this.#place);
      for (const owner of new Set(this.#units.map(({ owner }) => owner))) this.left(owner, needsOf(owner));
    }
    this.#stand(this.#place + 1, this.#after);
  }

  /** Ticks of so many Wh, and of so many W in a period. */
  #ticks(wattHours: number): number {
    return (wattHours * this.#run.perKwh) / 1000;
  }

  #keptOf({ hourlyLoss }: { readonly hourlyLoss: number }): number {
    return 1 - ((hourlyLoss / ppm) * this.#run.periodMs) / hourMs;
  }

  #battery(owner: Member, battery: HomeBattery): Unit {
    const capacity = this.#ticks(battery.capacity);
    const efficiency = battery.efficiency / ppm;
    const power = (this.#ticks(battery.power) * this.#run.periodMs) / hourMs;
    const take = (charge: number, most: number): number =>
      Math.max(Math.floor(Math.min(most, power, (capacity - charge) / efficiency)), 0);
    const give = (charge: number, most: number): number =>
      Math.floor(Math.min(most, power, charge * efficiency));
    return {
      ...{ owner, kept: this.#keptOf(battery) },
      step: (charge, needs) => {
        const { net } = needs;
        const taken = take(charge, Math.max(-net, 0));
        const given = give(charge, Math.max(net, 0));
        return {
          left: { ...needs, net: net + taken - given },
          charge: charge + taken * efficiency - given / efficiency,
        };
      },
    };
  }

  #tank(owner: Member, tank: HomeTank): Unit {
    const capacity = this.#ticks(tank.capacity);
    const power = (this.#ticks(tank.power) * this.#run.periodMs) / hourMs;
    return {
      ...{ owner, kept: this.#keptOf(tank) },
      step: (charge, { net, heating, performance }) => {
        if (performance === 0) return { left: { net, heating, performance }, charge };
        const heat = heating * performance;
        const spare = Math.max(power - heat, 0) / performance;
        const room = Math.max(capacity - charge, 0) / (performance * fillingShare);
        // From surplus alone; and the tank serves no more than the home would buy.
        const more = Math.max(Math.floor(Math.min(-net, spare, room)), 0);
        const less = Math.max(Math.floor(Math.min(net, heating, charge / performance)), 0);
        const change = more - less;
        return {
          left: { net: net + change, heating: heating + change, performance },
          charge: charge + (more * fillingShare - less) * performance,
        };
      },
    };
  }
}
