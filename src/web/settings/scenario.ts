/** A scenario file that was brought to the page: what the settings are where its market is shown. */
import type { Carrier } from "../../units.js";
import { isOwn, type OwnFile, showsScenario } from "./effects.js";
import { consistent, type Settings } from "./settings.js";

/** What a scenario says of the settings, as near as a control can show it; the market itself is that of the file. */
export interface ScenarioSettings {
  /** What holds for every carrier; money without a name is called what it is called in the settings. */
  readonly all: Pick<Settings, "members" | "seed" | "minutes" | "commission"> &
    Partial<Pick<Settings, "currency">>;
  readonly rules: {
    readonly [carrier in Carrier]: Pick<
      Settings,
      "mechanism" | "pricing" | "blend" | "pool" | "poolPrice" | "lots"
    >;
  };
}

/** A scenario file, as the page knows it. */
export interface ScenarioFile {
  /** Counts the files brought since the page was opened; the worker keeps the scenario under it. */
  readonly number: number;
  readonly name: string;
  readonly settings: ScenarioSettings;
}

/** The settings as a view gets them: where it shows the market of a file, what that says goes before them. */
export function within(set: Settings, file: ScenarioFile | null, own: OwnFile | null): Settings {
  if (file === null || !showsScenario(set.view) || isOwn(set.view, own)) return { ...set, scenario: 0 };
  const { all, rules } = file.settings;
  return consistent({ ...set, ...all, ...rules[set.carrier], scenario: file.number });
}
