/** What a scenario says of CO2, as reports of a run ask for it: by carrier and time, by participant and carrier. */
import type { Emissions } from "../report/tradingsum.js";
import type { Community } from "./community.js";
import { clocksOf } from "./world/calendar.js";

const hourMs = 3_600_000;
/** Scenarios say grams a kWh, reports count milligrams. */
const perGram = 1_000;

/** What the energy of a community emits; undefined where its scenario does not count it. */
export function emissionsOf({ scenario, members }: Community): Emissions | undefined {
  const { co2, periodMs, timeZone } = scenario;
  if (co2 === null) return undefined;
  const clocks = clocksOf(timeZone);
  const own = new Map(
    members.map(({ id, kind, converter }) => [
      id,
      converter === null ? Math.round(co2.own[kind] * perGram) : 0,
    ]),
  );
  return {
    grid(carrier, timestampMs) {
      // A period counts for the hour in which it began.
      const beganMs = timestampMs - periodMs;
      const hour = Math.floor((beganMs + clocks.offsetAt(beganMs)) / hourMs) % 24;
      return Math.round(co2.grid[carrier][hour]! * perGram);
    },
    own: (participant) => own.get(participant) ?? 0,
  };
}
