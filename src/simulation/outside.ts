/**
 * What the grid takes and pays in each period of a scenario, where that is not one price for all of them: as the
 * contracts of the run will have it, since a period has the price that holds where it begins.
 */
import { priceAt, priceRange } from "../tariff/prices.js";
import { type Zone, zoneOffsets } from "../tariff/zone.js";
import { type Carrier, carriers, microTick } from "../units.js";
import { type CarrierTariff, type Scenario, startTime } from "./scenario.js";

/** What the grid takes and pays for a kWh of each carrier in one period, in price ticks. */
export type Outside = { readonly [carrier in Carrier]: Pick<CarrierTariff, "retail" | "feedIn"> };

const dayMs = 86_400_000;
/** Longest stretch for which the offsets of a zone are written down: a hundred years. */
const longestMs = 36_000 * dayMs;

const varies = ({ tariffs }: Pick<Scenario, "tariffs">): boolean =>
  carriers.some((carrier) => tariffs[carrier].components !== undefined);

/** The local clocks of a run as its payment contract has them; null where every price is the same in all periods. */
export function runZone(scenario: Scenario): Zone | null {
  if (!varies(scenario)) return null;
  const { timeZone, periods, periodMs } = scenario;
  const startMs = startTime(scenario);
  return zoneOffsets(timeZone, startMs - dayMs, startMs + Math.min(periods * periodMs + dayMs, longestMs));
}

interface Known {
  readonly zone: Zone | null;
  readonly startMs: number;
  place: number;
  outside: Outside;
}
/** By scenario: what its last period that was asked for had. Orders ask for one period a thousand times. */
const known = new WeakMap<Scenario, Known>();

/** What the grid takes and pays in the period at a place. */
export function outsideAt(scenario: Scenario, place: number): Outside {
  if (!varies(scenario)) return scenario.tariffs;
  const its = known.get(scenario) ?? {
    zone: runZone(scenario),
    startMs: startTime(scenario),
    place: Number.NaN,
    outside: scenario.tariffs,
  };
  known.set(scenario, its);
  if (its.place === place) return its.outside;
  const units = { zone: its.zone, priceTick: microTick };
  const ms = its.startMs + place * scenario.periodMs;
  its.place = place;
  its.outside = Object.fromEntries(
    carriers.map((carrier) => {
      const { retail, feedIn, components = {} } = scenario.tariffs[carrier];
      return [
        carrier,
        {
          retail: components.retail ? priceAt(components.retail, "fromGrid", units, ms) : retail,
          feedIn: components.feedIn ? priceAt(components.feedIn, "toGrid", units, ms) : feedIn,
        },
      ];
    }),
  ) as unknown as Outside;
  return its.outside;
}

/** The most that the grid ever takes for a kWh, in price ticks. */
export const highestRetail = ({ retail, components }: CarrierTariff): number =>
  components?.retail ? priceRange(components.retail, "fromGrid", microTick).most : retail;

/** The least that the grid ever pays for a kWh, in price ticks. */
export const lowestFeedIn = ({ feedIn, components }: CarrierTariff): number =>
  components?.feedIn ? priceRange(components.feedIn, "toGrid", microTick).least : feedIn;
