/** Scenario files: that of the settings written, and one that was brought read, judged and kept. */
import { GridclearError } from "../../errors.js";
import { isShared, orderRules, type Scenario } from "../../simulation/scenario.js";
import { inspectScenario } from "../../simulation/scenariofile.js";
import { scenarioText } from "../../simulation/scenariotext.js";
import { carriers } from "../../units.js";
import { type Currency, currencies } from "../currencies.js";
import { t } from "../say.js";
import { mostInDay, participantsOf } from "../settings/effects.js";
import type { ScenarioSettings } from "../settings/scenario.js";
import { periodLengths, ranges, type Settings } from "../settings/settings.js";
import { keepScenario } from "./keptscenario.js";
import { scenarioOf } from "./scenario.js";
import type { Work } from "./work.js";

/** The text of a file, and the number under which its market is asked for afterwards. */
export interface ScenarioInput {
  readonly number: number;
  readonly text: string;
}

/** What came of it: the scenario was taken, or this is all that is wrong with it. */
export type ScenarioBrought =
  | { readonly kind: "taken"; readonly settings: ScenarioSettings; readonly isLonger: boolean }
  | { readonly kind: "refused"; readonly problems: readonly string[] };

/** The market of the settings as a scenario file, as long and as large as the page trades it. */
export const saveScenario = (_: Work, settings: Settings): string =>
  scenarioText(scenarioOf(settings, participantsOf(settings)));

/** What money is called in a scenario that does not say it. */
const nameless = "coin";

const membersOf = ({ participants }: Scenario): number =>
  Object.values(participants).reduce((sum, each) => sum + each, 0);

/** What a good scenario has that this page can’t show: it has one day, of so many members, and one file. */
function beyond(scenario: Scenario): GridclearError[] {
  const { periodMs, periods, currency, profiles, weatherFile } = scenario;
  const minutes = periodMs / 60_000;
  const members = membersOf(scenario);
  const refused = (field: string, wanted: string, got: unknown): GridclearError =>
    new GridclearError("invalid", { field, wanted, got });
  const found: GridclearError[] = [];
  if (!(periodLengths as readonly number[]).includes(minutes))
    found.push(
      refused("periodMs", t`${periodLengths.map((each) => each * 60_000).join(", ")} on this page`, periodMs),
    );
  else if (periods < 1440 / minutes)
    found.push(refused("periods", t`at least a whole day, ${1440 / minutes}, on this page`, periods));
  if (members > mostInDay)
    found.push(refused("participants", t`at most ${mostInDay} together on this page`, members));
  if (currency !== nameless && !Object.hasOwn(currencies, currency))
    found.push(refused("currency", t`${Object.keys(currencies).join(", ")} on this page`, currency));
  for (const carrier of carriers)
    if (isShared(scenario.rules[carrier]))
      found.push(
        refused(
          `rules.${carrier}.mechanism`,
          t`one that takes orders on this page; gridclear run shares as well, and the notary here checks its ledger`,
          "share",
        ),
      );
  if (profiles !== null)
    found.push(refused("profiles", t`none on this page, which has no file beside it`, profiles.file));
  if (weatherFile !== null)
    found.push(refused("weatherFile", t`none on this page, which has no file beside it`, weatherFile));
  return found;
}

const clip = (value: number, [least, most]: readonly [number, number]): number =>
  Math.min(most, Math.max(least, Math.round(value)));

function settingsOf(scenario: Scenario): ScenarioSettings {
  const rules = carriers.map((carrier) => {
    const { mechanism, pricing, k, pool } = orderRules(scenario, carrier);
    const poolPrice = clip((pool?.price ?? 0) / 1000, ranges.poolPrice);
    const lots = pool?.lots ?? "divisible";
    return [
      carrier,
      { mechanism, pricing, blend: clip(k / 10_000, ranges.blend), pool: pool !== null, poolPrice, lots },
    ];
  });
  return {
    all: {
      members: membersOf(scenario),
      seed: scenario.seed,
      minutes: scenario.periodMs / 60_000,
      commission: clip((scenario.commission[0]?.supply ?? 0) / 1000, ranges.commission),
      ...(scenario.currency === nameless ? {} : { currency: scenario.currency as Currency }),
    },
    rules: Object.fromEntries(rules) as ScenarioSettings["rules"],
  };
}

/** Reads a scenario file. What was kept before stays unless this one is good. */
export function bringScenario(_: Work, { number, text }: ScenarioInput): ScenarioBrought {
  const { scenario, problems } = inspectScenario(text);
  const all = scenario === null ? problems : beyond(scenario);
  if (scenario === null || all.length > 0)
    return { kind: "refused", problems: all.map(({ message }) => message) };
  keepScenario(number, scenario);
  const settings = settingsOf(scenario);
  return { kind: "taken", settings, isLonger: scenario.periods > 1440 / settings.all.minutes };
}
