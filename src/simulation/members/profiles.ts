/** Participants whose energy was measured, read from a file instead of computed from devices. */
import type { Carrier } from "../../units.js";
import type { Scenario } from "../scenario.js";
import { draw } from "../world/random.js";
import type { StepSeries } from "../world/series.js";
import type { Measured, Member } from "./member.js";

/** What one participant used and made of one carrier. */
export interface MeasuredProfile {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly series: StepSeries;
}

const profileStream = 4_000;

/** Participants with measured profiles, one for each name, in the order in which the names come first. */
export function measuredMembers(
  scenario: Scenario,
  profiles: readonly MeasuredProfile[],
  firstNumber: number,
): Member[] {
  const measured = new Map<string, Measured[]>();
  for (const { participant, carrier, series } of profiles) {
    const list = measured.get(participant) ?? [];
    measured.set(participant, list);
    list.push({ carrier, series });
  }
  return [...measured].map(([id, own], index) => {
    const number = firstNumber + index;
    const luck = draw(scenario.seed, profileStream, number);
    return {
      id,
      person: id,
      kind: "home",
      number,
      devices: [],
      measured: own,
      converter: null,
      stores: [],
      battery: null,
      tank: null,
      strategy: luck % 3 === 0 ? "random" : "tariff",
      margin: 50_000 + (luck % 400_000),
      cost: 200_000,
      pool: true,
      interruptible: 0,
      sky: 0,
    };
  });
}
