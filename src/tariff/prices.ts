/**
 * What components come to as a price: what a kWh from the grid costs, or one into it brings, in a period, known before
 * that begins. So of a tariff's components only those may stand here that are on each kWh.
 */
import { fail } from "../errors.js";
import { checkOf, further, type Shape } from "../shape.js";
import { parseTicks, ppm, type Tick } from "../units.js";
import { partAt } from "./calendar.js";
import { type Component, type ComponentOf, isOn, microTick, rateTick, type Sort } from "./components.js";
import { compare, plus, type Ratio, roundHalfUp, times, zero } from "./ratio.js";
import { componentsShape } from "./shapes.js";
import { wallTime, type Zone } from "./zone.js";

/** Components that are on each kWh, by how their rate counts. */
interface OnEach {
  readonly energy: ComponentOf<"energy">;
  readonly calendar: ComponentOf<"calendar">;
  readonly series: ComponentOf<"series">;
}
type OnEnergy = OnEach[keyof OnEach];
/** A component that is on each kWh, or a percentage of such. */
export type PriceComponent = OnEnergy | ComponentOf<"percent">;
/** The energy that a price is for: drawn from the grid, or fed into it. */
export type PriceBasis = "fromGrid" | "toGrid";

const onEach: readonly string[] = ["energy", "calendar", "series", "percent"];

/**
 * Throws `invalid` for a component that is not on each kWh of a basis. What is fed in is never at a price of the sort
 * `feedIn` where it is drawn.
 */
function checkComponent(component: Component, basis: PriceBasis, field: string): void {
  if (!onEach.includes(component.by))
    fail("invalid", `${field}.by`, "energy, calendar, series or percent: a price of each kWh", component.by);
  if ("on" in component && !component.on.includes(basis))
    fail("invalid", `${field}.on`, `${basis} among the energy it is on`, component.on.join(", "));
  if (component.by === "percent" && component.of.includes("community"))
    fail("invalid", `${field}.of`, "sorts of the components above it", "community");
  if (basis === "fromGrid" && component.sort === "feedIn")
    fail("invalid", `${field}.sort`, "energy, grid, levy or tax", component.sort);
}

/** The shape of a list of components that make a price, from the shape of a tariff's. */
export function pricesOf(
  components: Shape<readonly Component[]>,
  basis: PriceBasis,
): Shape<readonly PriceComponent[]> {
  return further(components, `each is on each kWh ${basis}`, (found, field) => {
    for (const [index, component] of found.entries()) checkComponent(component, basis, `${field}[${index}]`);
    return found as readonly PriceComponent[];
  }) as Shape<readonly PriceComponent[]>;
}

const checks = {
  fromGrid: /* @__PURE__ */ checkOf(pricesOf(componentsShape, "fromGrid")),
  toGrid: /* @__PURE__ */ checkOf(pricesOf(componentsShape, "toGrid")),
};

/** Components that make a price, from plain data, checked and copied. Throws `invalid` naming the field. */
export const checkPrices = (value: unknown, basis: PriceBasis, field: string): readonly PriceComponent[] =>
  checks[basis](value, field);

/** Whether a calendar stands among components, for which somebody has to say by whose clocks. */
export const needsZone = (list: readonly PriceComponent[]): boolean =>
  list.some(({ by }) => by === "calendar");

const rateOf = (text: string): Ratio => ({ num: parseTicks(text, rateTick), den: 10n ** 9n });

/** The rate of a component on energy that holds at an instant; outside of a series its nearest. */
function rateAt(component: OnEnergy, zone: Zone | null, ms: number): string {
  switch (component.by) {
    case "energy":
      return component.rate;
    case "calendar":
      return component.parts[partAt(component.parts, wallTime(zone!, ms))]!.rate;
    case "series": {
      const { start, minutes, rates } = component;
      const place = Math.floor((ms - Date.parse(start)) / (minutes * 60_000));
      return rates[Math.min(Math.max(place, 0), rates.length - 1)]!;
    }
  }
}

/** What a member pays for a kWh, where each component on energy has the rate that is picked; below zero: is paid. */
function paid(list: readonly PriceComponent[], pick: (component: OnEnergy) => Ratio): Ratio {
  const lines: { readonly sort: Sort; readonly name: string; readonly amount: Ratio }[] = [];
  for (const component of list) {
    const { sort, name } = component;
    if (component.by === "percent") {
      const share: Ratio = { num: parseTicks(component.percent, microTick), den: 100_000_000n };
      const on = lines.filter((line) => isOn(component, line));
      lines.push({ sort, name, amount: times(sumOf(on), share) });
    } else {
      const less: Ratio = { num: BigInt(ppm - (component.less ?? 0)), den: BigInt(ppm) };
      const amount = times(pick(component), less);
      lines.push({ sort, name, amount: sort === "feedIn" ? times(amount, { num: -1n, den: 1n }) : amount });
    }
  }
  return sumOf(lines);
}

const sumOf = (lines: readonly { readonly amount: Ratio }[]): Ratio =>
  lines.reduce((sum, { amount }) => plus(sum, amount), zero);

/** By whose clocks calendars go, and how fine a price is. */
export interface PriceUnits {
  /** Null where no calendar stands among the components. */
  readonly zone: Zone | null;
  /** Currency for each kWh. */
  readonly priceTick: Tick;
}

/**
 * The price that holds at an instant (Unix time, milliseconds), in price ticks: the exact sum of all components,
 * rounded once, a half away from zero. For what is fed in: what the member is paid, less what it pays. Outside of the
 * time that a series or the zone covers the nearest rate and offset of theirs hold, so that there always is a price.
 */
export function priceAt(
  list: readonly PriceComponent[],
  basis: PriceBasis,
  { zone, priceTick }: PriceUnits,
  ms: number,
): number {
  return ticksOf(
    paid(list, (component) => rateOf(rateAt(component, zone, ms))),
    basis,
    priceTick,
  );
}

function ticksOf(amount: Ratio, basis: PriceBasis, { mantissa, scale }: Tick): number {
  const own = basis === "fromGrid" ? amount : times(amount, { num: -1n, den: 1n });
  return Number(roundHalfUp(own, { num: mantissa, den: 10n ** BigInt(scale) }));
}

/** The least and the most that a price may ever be, in price ticks; no price is beyond them. */
export function priceRange(
  list: readonly PriceComponent[],
  basis: PriceBasis,
  priceTick: Tick,
): { readonly least: number; readonly most: number } {
  const ratesOf = (component: OnEnergy): readonly string[] => {
    switch (component.by) {
      case "energy":
        return [component.rate];
      case "calendar":
        return component.parts.map(({ rate }) => rate);
      case "series":
        return component.rates;
    }
  };
  const end = (most: boolean): number =>
    ticksOf(
      paid(list, (component) => {
        // Of what is fed in the component counts the other way round.
        const up = most === ((basis === "fromGrid") === (component.sort !== "feedIn"));
        return ratesOf(component)
          .map(rateOf)
          .reduce((a, b) => ((up ? compare(a, b) < 0n : compare(a, b) > 0n) ? b : a));
      }),
      basis,
      priceTick,
    );
  return { least: end(false), most: end(true) };
}
