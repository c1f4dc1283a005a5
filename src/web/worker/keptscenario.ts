/** The scenario of the file that was brought last; there is one at a time. */
import { fail } from "../../errors.js";
import type { Scenario } from "../../simulation/scenario.js";
import { t } from "../say.js";

let kept: { readonly number: number; readonly scenario: Scenario } | null = null;

/** Keeps a scenario in place of the one before. */
export function keepScenario(number: number, scenario: Scenario): void {
  kept = { number, scenario };
}

/** The scenario of a file. Throws `state` where another is kept, or none. */
export function keptScenario(number: number): Scenario {
  if (kept === null || kept.number !== number)
    return fail("state", "file", t`the file that was read last`, t`another: choose it again`);
  return kept.scenario;
}
