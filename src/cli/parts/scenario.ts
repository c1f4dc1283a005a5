/** The scenario of a run as its user gives it: by name or as a file, with the files that it names beside it. */
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { fail } from "../../errors.js";
import { maxTextLength } from "../../files/text.js";
import type { MeasuredProfile } from "../../simulation/members/profiles.js";
import type { Strategy } from "../../simulation/members/quote.js";
import { type Scenario, strategyNames } from "../../simulation/scenario.js";
import { parseScenario } from "../../simulation/scenariofile.js";
import { bundledScenario, scenarioNames } from "../../simulation/scenarios/index.js";
import { parseWeather } from "../../simulation/weatherfile.js";
import type { WeatherYear } from "../../simulation/world/measured.js";
import type { Io } from "../command.js";
import { inFile, readText } from "./document.js";
import { pricesBeside } from "./pricefiles.js";
import { readProfiles } from "./profiles.js";
import { grouped } from "./table.js";

/** A strategy of the user's own, and the text it came from. */
export interface OwnStrategy {
  readonly strategy: Strategy;
  readonly text: string;
}

/** What a scenario names beside itself. */
export interface Besides {
  readonly measured: readonly MeasuredProfile[];
  readonly weather: WeatherYear | null;
  /** Steps of the run that the profile file lacks, and the first of them in words; null without such a file. */
  readonly missing: { readonly steps: number; readonly first: string | null } | null;
  /** Removes what lies in temporary files; the profiles can't be used any more. */
  close(): void;
}

const nothing = (): void => {};

/** Whether a name is that of a scenario which comes with the package. */
export const isBundled = (name: string): boolean => scenarioNames.some((each) => each === name);

/** A bundled scenario by name, or one from a file with its prices, without what else it names beside it. */
export async function readScenarioAlone(name: string): Promise<Scenario> {
  if (isBundled(name)) return bundledScenario(name);
  const text = await readText(name, { wanted: `a file, or one of ${scenarioNames.join(", ")}` });
  return inFile(name, () => parseScenario(text, pricesBeside(name)));
}

/** A bundled scenario by name, or one from a file with the profiles and the weather it names beside it. */
export async function readScenario(name: string, io: Io): Promise<{ scenario: Scenario } & Besides> {
  const scenario = await readScenarioAlone(name);
  if (isBundled(name)) return { scenario, measured: [], weather: null, missing: null, close: nothing };
  const besides = await readBesides(name, scenario, io);
  const { steps = 0, first } = besides.missing ?? {};
  if (steps > 0)
    io.err(
      `${join(dirname(name), scenario.profiles!.file)}: ${grouped(steps)} steps are missing and count as zero; the first: ${first}\n`,
    );
  return { scenario, ...besides };
}

/** The files that a scenario names, which lie beside its own, `name`. Errors begin with the name of theirs. */
export async function readBesides(name: string, scenario: Scenario, io: Io): Promise<Besides> {
  const { weatherFile, profiles } = scenario;
  const text = async (beside: string): Promise<string> => readText(beside, { limit: maxTextLength });
  const besideOf = (file: string): string => join(dirname(name), file);
  let weather: WeatherYear | null = null;
  if (weatherFile !== null) {
    const hours = await text(besideOf(weatherFile));
    weather = inFile(besideOf(weatherFile), () => parseWeather(hours));
  }
  if (profiles === null) return { measured: [], weather, missing: null, close: nothing };
  const { measured, missing, firstMissing, close } = await readProfiles(
    besideOf(profiles.file),
    scenario,
    io,
  );
  return { measured, weather, missing: { steps: missing, first: firstMissing }, close };
}

/**
 * The strategy of `--strategy`: one that comes along goes into the scenario, that of a file stands beside it. Throws
 * `invalid` when it is neither.
 */
export async function readStrategy(
  given: string | undefined,
  scenario: Scenario,
): Promise<{ scenario: Scenario; own: OwnStrategy | null }> {
  if (given === undefined) return { scenario, own: null };
  const name = strategyNames.find((each) => each === given);
  if (name !== undefined) return { scenario: { ...scenario, strategies: { all: name } }, own: null };
  const wanted = `one of ${strategyNames.join(", ")}, or a module that exports a function as default`;
  if (!/\.m?js$/.test(given)) return fail("invalid", "--strategy", wanted, given);
  const text = await readText(given, { wanted });
  const found: { readonly default?: unknown } = await import(pathToFileURL(resolve(given)).href);
  const strategy = found.default;
  if (typeof strategy !== "function")
    return fail("invalid", given, "a function as its default export", strategy);
  return { scenario, own: { strategy: strategy as Strategy, text } };
}
