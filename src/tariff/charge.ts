/**
 * What a tariff comes to for what a member drew and fed in over a stretch of a month: lines, each exact until it is
 * rounded once. docs/tariffs.md has the rules in words.
 */
import { type Check, integer, list, needObject, optional, record } from "../check.js";
import { fail, within } from "../errors.js";
import { checkTick, formatTicks, parseTicks, ppm, type Tick } from "../units.js";
import { partAt, rateAt } from "./calendar.js";
import {
  type Basis,
  bases,
  type Component,
  type ComponentOf,
  isOn,
  microTick,
  rateTick,
  type Sort,
  type Tariff,
} from "./components.js";
import { compare, plus, type Ratio, roundHalfUp, times, zero } from "./ratio.js";
import { checkTariff } from "./shapes.js";
import { localTime, type Month } from "./zone.js";

/** Energy in quantity ticks, by what it was. */
export type Energy = { readonly [B in Basis]: bigint };

/** What a member's meter and the ledger say of one period, which has its time where it begins. */
export interface MeteredPeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly energy: Energy;
  /**
   * That of it which nobody has priced yet: components of the sorts `energy` and `feedIn` are on this alone, all others
   * on the whole.
   */
  readonly open: Energy;
}

/** The part of a month that a tariff is to be charged for. */
export interface Stretch {
  readonly month: Month;
  /** Within the month; Unix time in milliseconds, half-open. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly periods: readonly MeteredPeriod[];
  /** kWh of a quantity tick. */
  readonly quantityTick: Tick;
  /** What the ledger says was paid, in units of the tariff: what `percent` may be on as `community`. */
  readonly community?: bigint;
}

/** A line of what a tariff comes to. */
export interface ChargeLine {
  /** Name of its component. */
  readonly component: string;
  readonly sort: Sort;
  /** The part of the calendar or the step; null where there is but one. */
  readonly detail: string | null;
  /** How much: kWh, kW × months, months, or units of the tariff of which it is a percentage. */
  readonly quantity: Ratio;
  readonly unit: "kWh" | "kW month" | "month" | "percent";
  /** The rate as the tariff says it; null for a series, whose rates differ. */
  readonly rate: string | null;
  /** Parts in a million by which the rate is lowered; 0 for none. */
  readonly less: number;
  /** What it comes to before it is rounded, in currency. */
  readonly exact: Ratio;
  /** Rounded, in units of the tariff: what the member pays above zero, what it is paid below. */
  readonly amount: bigint;
}

/** A line before it is rounded. */
type Draft = Omit<ChargeLine, "amount" | "component" | "sort" | "less"> & { readonly less?: number };

const ofTick = ({ mantissa, scale }: Tick): Ratio => ({ num: mantissa, den: 10n ** BigInt(scale) });
const decimal = (text: string, tick: Tick): Ratio =>
  times({ num: parseTicks(text, tick), den: 1n }, ofTick(tick));
const rateOf = (text: string): Ratio => decimal(text, rateTick);
const whole = (num: bigint): Ratio => ({ num, den: 1n });
const lowered = (less: number): Ratio => ({ num: BigInt(ppm - less), den: BigInt(ppm) });

/** The smallest amount of a bill by a tariff, in currency. */
function unitOf({ unit }: Tariff): Ratio {
  return decimal(unit, microTick);
}

/**
 * What a tariff comes to over a stretch. Each line is rounded to the tariff's unit, a half away from zero; a percentage
 * is on rounded lines. Throws `invalid` for what is no tariff or no stretch of a month, and for a period outside the
 * time that the zone or a series covers.
 */
export function charge(tariff: Tariff, stretch: Stretch): ChargeLine[] {
  return chargeLines(checkTariff(tariff), checkStretch(stretch, "stretch"));
}

const ms = integer(-8.64e15, 8.64e15);
const ticks: Check<bigint> = (value, field) =>
  typeof value === "bigint" && value >= 0n ? value : fail("invalid", field, "a bigint of at least 0", value);
const energy = record(
  Object.fromEntries(bases.map((basis) => [basis, ticks])) as { readonly [B in Basis]: Check<bigint> },
);
const stretchFields = record({
  month: record({ fromMs: ms, toMs: ms }),
  fromMs: ms,
  toMs: ms,
  periods: list(record({ fromMs: ms, toMs: ms, energy, open: energy }), 0, 1_000_000),
  quantityTick: (value: unknown, field: string): Tick => within(field, () => checkTick(value as Tick)),
  community: optional((value: unknown, field: string): bigint =>
    typeof value === "bigint" ? value : fail("invalid", field, "a bigint", value),
  ),
});
const checkStretch: Check<Stretch> = (value, field) => {
  const stretch = stretchFields(value, field);
  const { month, fromMs, toMs } = stretch;
  if (!(month.fromMs <= fromMs && fromMs < toMs && toMs <= month.toMs))
    fail("invalid", field, "a stretch within its month", `${fromMs} … ${toMs}`);
  return stretch;
};

/** What says nothing but which rates its series have: a tariff, or a contract of one. */
type Priced = Pick<Tariff, "components">;

/**
 * {@link charge} for what has been checked. `held` are the tariffs by which the periods go, by place, where prices came
 * one after the other: they are the same but for the values of series.
 */
export function chargeLines(tariff: Tariff, stretch: Stretch, held: readonly Priced[] = []): ChargeLine[] {
  const unit = unitOf(tariff);
  const lines: ChargeLine[] = [];
  for (const [index, component] of tariff.components.entries()) {
    const { name, sort } = component;
    const seriesIn = (place: number): Component => held[place]?.components[index] ?? component;
    for (const draft of draftsOf(component, { tariff, stretch, lines, unit, seriesIn })) {
      const { less = 0, exact } = draft;
      // Of a percentage the sign is that of what it is on.
      const own = sort === "feedIn" && component.by !== "percent" ? times(exact, whole(-1n)) : exact;
      lines.push({ ...draft, component: name, sort, less, exact: own, amount: roundHalfUp(own, unit) });
    }
  }
  return lines;
}

/** What a component may look at. */
interface At {
  readonly tariff: Tariff;
  readonly stretch: Stretch;
  /** The lines above. */
  readonly lines: readonly ChargeLine[];
  readonly unit: Ratio;
  /** The component as it is in a period, by its place. */
  seriesIn(place: number): Component;
}

function draftsOf(component: Component, at: At): Draft[] {
  switch (component.by) {
    case "energy":
      return onEnergy(component, at, () => 0, [{ detail: null, rate: component.rate }]);
    case "calendar": {
      const { parts } = component;
      const places = (ms: number): number => partAt(parts, localTime(at.tariff.zone, ms));
      return onEnergy(
        component,
        at,
        places,
        parts.map(({ name, rate }) => ({ detail: name, rate })),
      );
    }
    case "series":
      return onSeries(component, at);
    case "steps":
      return onSteps(component, at);
    case "contracted": {
      const power = decimal(component.power, microTick);
      return [onPower(power, component.rate, at)];
    }
    case "peak":
      return [onPower(peakOf(component, at), component.rate, at)];
    case "month": {
      const { rate } = component;
      const share = shareOf(at.stretch);
      return [{ detail: null, quantity: share, unit: "month", rate, exact: times(share, rateOf(rate)) }];
    }
    case "percent":
      return [onLines(component, at)];
  }
}

/** The part of its month that a stretch is, by time. */
function shareOf({ month, fromMs, toMs }: Stretch): Ratio {
  return { num: BigInt(toMs - fromMs), den: BigInt(month.toMs - month.fromMs) };
}

/** The ticks of a period that a component is on. */
function ticksOf(
  component: { readonly sort: Sort; readonly on: readonly Basis[] },
  period: MeteredPeriod,
): bigint {
  const { sort, on } = component;
  const energy = sort === "energy" || sort === "feedIn" ? period.open : period.energy;
  return on.reduce((sum, basis) => sum + energy[basis], 0n);
}

interface Rate {
  readonly detail: string | null;
  readonly rate: string;
}

type OnEnergy = ComponentOf<"energy" | "calendar" | "series" | "steps">;

/** One line for each rate that some energy was at; `placeOf` says which rate holds at an instant. */
function onEnergy(
  component: OnEnergy,
  { stretch }: At,
  placeOf: (ms: number) => number,
  rates: readonly Rate[],
): Draft[] {
  const sums = rates.map(() => 0n);
  for (const period of stretch.periods) {
    const ticks = ticksOf(component, period);
    if (ticks !== 0n) sums[placeOf(period.fromMs)]! += ticks;
  }
  return rates.flatMap((rate, place) =>
    sums[place] === 0n
      ? []
      : [energyLine(times(whole(sums[place]!), ofTick(stretch.quantityTick)), rate, component)],
  );
}

function energyLine(quantity: Ratio, { detail, rate }: Rate, { less = 0 }: OnEnergy): Draft {
  const exact = times(times(quantity, rateOf(rate)), lowered(less));
  return { detail, quantity, unit: "kWh", rate, less, exact };
}

/** One line for all rates of a series. */
function onSeries(component: ComponentOf<"series">, { stretch, seriesIn }: At): Draft[] {
  const { less = 0 } = component;
  let [ticks, cost] = [0n, 0n];
  for (const [place, period] of stretch.periods.entries()) {
    const own = ticksOf(component, period);
    if (own === 0n) continue;
    ticks += own;
    const series = seriesIn(place) as ComponentOf<"series">;
    cost += own * parseTicks(series.rates[rateAt(series, period.fromMs)], rateTick);
  }
  if (ticks === 0n) return [];
  const kWh = ofTick(stretch.quantityTick);
  const exact = times(times(times(whole(cost), kWh), ofTick(rateTick)), lowered(less));
  return [{ detail: null, quantity: times(whole(ticks), kWh), unit: "kWh", rate: null, less, exact }];
}

/** One line for each step that some energy fell into; limits count for the part of the month that the stretch is. */
function onSteps(component: ComponentOf<"steps">, { stretch }: At): Draft[] {
  const ticks = stretch.periods.reduce((sum, period) => sum + ticksOf(component, period), 0n);
  const total = times(whole(ticks), ofTick(stretch.quantityTick));
  const share = shareOf(stretch);
  let below = zero;
  const drafts: Draft[] = [];
  for (const { upTo, rate } of component.steps) {
    const limit = upTo === undefined ? total : times(decimal(upTo, microTick), share);
    const end = compare(limit, total) < 0n ? limit : total;
    const quantity = plus(end, times(below, whole(-1n)));
    if (quantity.num <= 0n) break;
    const detail = upTo === undefined ? null : `up to ${upTo} kWh a month`;
    drafts.push(energyLine(quantity, { detail, rate }, component));
    below = end;
  }
  return drafts;
}

/** A line of power: kW, for the part of the month that the stretch is. */
function onPower(power: Ratio, rate: string, { stretch }: At): Draft {
  const quantity = times(power, shareOf(stretch));
  return { detail: null, quantity, unit: "kW month", rate, exact: times(quantity, rateOf(rate)) };
}

const minuteMs = 60_000;

/** The highest mean power, in kW, over so many minutes, counted from midnight of UTC. */
function peakOf(component: ComponentOf<"peak">, { stretch }: At): Ratio {
  const windowMs = component.minutes * minuteMs;
  const sums = new Map<number, bigint>();
  for (const period of stretch.periods) {
    const lengthMs = period.toMs - period.fromMs;
    if (lengthMs > windowMs)
      fail(
        "invalid",
        `${component.name}: minutes`,
        `at least a period, ${lengthMs / minuteMs}`,
        component.minutes,
      );
    const window = Math.floor(period.fromMs / windowMs);
    sums.set(window, (sums.get(window) ?? 0n) + ticksOf(component, period));
  }
  let most = 0n;
  for (const sum of sums.values()) if (sum > most) most = sum;
  const perHour: Ratio = { num: 60n, den: BigInt(component.minutes) };
  return times(times(whole(most), ofTick(stretch.quantityTick)), perHour);
}

function onLines(percentage: ComponentOf<"percent">, { stretch, lines, unit }: At): Draft {
  const { of, percent } = percentage;
  let sum = of.includes("community") ? (stretch.community ?? 0n) : 0n;
  for (const { sort, component: name, amount } of lines) if (isOn(percentage, { sort, name })) sum += amount;
  const share = times(decimal(percent, microTick), { num: 1n, den: 100n });
  const exact = times(times(whole(sum), unit), share);
  return { detail: null, quantity: times(whole(sum), unit), unit: "percent", rate: percent, exact };
}

/** No energy at all. */
export const noEnergy: Energy = /* @__PURE__ */ Object.freeze(
  Object.fromEntries(bases.map((basis) => [basis, 0n])),
) as Energy;

/** An exact fraction as a decimal in plain notation, rounded to so many places, a half away from zero. */
export function ratioText(value: Ratio, places: number): string {
  integer(0, 18)(places, "places");
  const { num, den } = needObject(value, "value");
  if (typeof num !== "bigint" || typeof den !== "bigint" || den <= 0n)
    fail("invalid", "value", "a fraction of bigints, den above 0", value);
  const tick: Tick = { mantissa: 1n, scale: places };
  return formatTicks(roundHalfUp(value, ofTick(tick)), tick);
}
