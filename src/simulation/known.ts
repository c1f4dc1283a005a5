/**
 * What a scenario knows and no block says: what it costs its members to make energy, and what energy emits; as reports
 * ask for it.
 */
import type { Known } from "../report/indicators.js";
import { clocksOf } from "../zones.js";
import type { Community } from "./community.js";
import { unitCost } from "./members/strategy.js";

const hourMs = 3_600_000;
/** Scenarios say grams a kWh, reports count milligrams. */
const perGram = 1_000;

/**
 * What a scenario knows of its members. Of somebody who is none of them it takes what holds for those who were
 * measured: what they make costs nothing more and emits nothing.
 */
export function knownOf({ scenario, members }: Pick<Community, "scenario" | "members">): Known {
  const { co2, periodMs, timeZone, tariffs } = scenario;
  const byId = new Map(members.map((member) => [member.id, member]));
  const costOf: Known["costOf"] = (participant, carrier) => {
    const member = byId.get(participant);
    return member === undefined ? null : unitCost(member, carrier, tariffs[carrier]);
  };
  if (co2 === null) return { costOf };
  const clocks = clocksOf(timeZone);
  return {
    costOf,
    emissions: {
      grid(carrier, timestampMs) {
        // A period counts for the hour in which it began.
        const beganMs = timestampMs - periodMs;
        const hour = Math.floor((beganMs + clocks.offsetAt(beganMs)) / hourMs) % 24;
        return Math.round(co2.grid[carrier][hour]! * perGram);
      },
      own(participant) {
        const member = byId.get(participant);
        return member === undefined || member.converter !== null
          ? 0
          : Math.round(co2.own[member.kind] * perGram);
      },
    },
  };
}
