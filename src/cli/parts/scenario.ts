/** The scenario of a run as its user gives it: by name or as a file, with the files that it names beside it. */
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { fail } from "../../errors.js";
import { maxTextLength } from "../../files/text.js";
import type { MeasuredProfile } from "../../simulation/members/profiles.js";
import type { Strategy } from "../../simulation/members/quote.js";
import { parseProfiles } from "../../simulation/profilefile.js";
import { type Scenario, strategyNames } from "../../simulation/scenario.js";
import { parseScenario } from "../../simulation/scenariofile.js";
import { bundledScenario, scenarioNames } from "../../simulation/scenarios/index.js";
import { parseWeather } from "../../simulation/weatherfile.js";
import type { WeatherYear } from "../../simulation/world/measured.js";
import type { Io } from "../command.js";
import { inFile, readText } from "./document.js";
import { grouped } from "./table.js";

/** A strategy of the user's own, and the text it came from. */
export interface OwnStrategy {
  readonly strategy: Strategy;
  readonly text: string;
}

/** A bundled scenario by name, or one from a file with the profiles and the weather it names beside it. */
export async function readScenario(
  name: string,
  io: Io,
): Promise<{ scenario: Scenario; measured: readonly MeasuredProfile[]; weather: WeatherYear | null }> {
  if (scenarioNames.some((each) => each === name))
    return { scenario: bundledScenario(name), measured: [], weather: null };
  const text = await readText(name, { wanted: `a file, or one of ${scenarioNames.join(", ")}` });
  const scenario = inFile(name, () => parseScenario(text));
  const weather = await readWeather(name, scenario);
  if (scenario.profiles === null) return { scenario, measured: [], weather };
  const beside = join(dirname(name), scenario.profiles.file);
  const rows = await readText(beside, { limit: maxTextLength });
  const { measured, missing, firstMissing } = inFile(beside, () => parseProfiles(rows, scenario));
  if (missing > 0)
    io.err(
      `${beside}: ${grouped(missing)} steps are missing and count as zero; the first: ${firstMissing}\n`,
    );
  return { scenario, measured, weather };
}

async function readWeather(name: string, { weatherFile }: Scenario): Promise<WeatherYear | null> {
  if (weatherFile === null) return null;
  const beside = join(dirname(name), weatherFile);
  const text = await readText(beside, { limit: maxTextLength });
  return inFile(beside, () => parseWeather(text));
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
