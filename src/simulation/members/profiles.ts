import type { Carrier } from "../../units.js";
import { type Scenario, startTime } from "../scenario.js";
import type { Device } from "../world/devices.js";
import { draw } from "../world/random.js";
import type { Member } from "./member.js";

/** What one participant used and made of one carrier, step by step. */
export interface MeasuredProfile {
  readonly participant: string;
  readonly carrier: Carrier;
  /** Quantity ticks in each step: used above zero, made below. */
  readonly ticks: Float64Array;
}

/** Participants whose devices are measured profiles, one for each name, in the order of the file. */
export function measuredMembers(
  scenario: Scenario,
  profiles: readonly MeasuredProfile[],
  firstNumber: number,
): Member[] {
  const stepMs = scenario.profiles?.stepMs ?? scenario.periodMs;
  const startMs = startTime(scenario);
  const devices = new Map<string, Device[]>();
  for (const { participant, carrier, ticks } of profiles) {
    const list = devices.get(participant) ?? [];
    devices.set(participant, list);
    list.push({ kind: "profile", carrier, stepMs, startMs, ticks });
  }
  return [...devices].map(([id, own], index) => {
    const number = firstNumber + index;
    const luck = draw(scenario.seed, 4_000, number);
    return {
      id,
      kind: "home",
      number,
      devices: own,
      converter: null,
      stores: [],
      strategy: luck % 3 === 0 ? "random" : "tariff",
      margin: 50_000 + (luck % 400_000),
      cost: 200_000,
      pool: true,
      interruptible: 0,
      feeder: null,
    };
  });
}
