/** Who takes part in a run, and how its market counts: what contracts and orders are made from. */
import type { Homes } from "./members/areas.js";
import type { Member } from "./members/member.js";
import type { Scale } from "./scale.js";
import type { Scenario } from "./scenario.js";

/** A scenario with its members, and how its market counts. */
export interface Cast {
  readonly scenario: Scenario;
  readonly members: readonly Member[];
  readonly homes: Homes;
  readonly scale: Scale;
}
