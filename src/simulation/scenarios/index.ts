/** The scenarios that come with the package: days of communities of different make-up and weather. */
import { fail } from "../../errors.js";
import { community } from "../community.js";
import type { Scenario } from "../scenario.js";
import { checkScenario } from "../scenariofile.js";
import { congested, wired } from "./network.js";

/** Names of the scenarios that come with the package. */
export const scenarioNames = [
  "community",
  "small",
  "winter",
  "scarcity",
  "storm",
  "evening",
  "paper",
  "sharing",
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

const paperPool = { price: "0.43", lots: "whole" };

const makers: Record<ScenarioName, () => Scenario> = {
  community: () =>
    community({
      participants: 120,
      seed: 20_260_715,
      season: "summer",
      more: {
        description:
          "A summer's day of 120 participants over the four carriers: homes, businesses, industry, direct current, cars, stores, sun, wind, gas, biomass, heat pumps.",
      },
    }),
  small: () =>
    community({
      participants: 40,
      seed: 40,
      season: "spring",
      periodMs: 900_000,
      more: {
        name: "small",
        description: "A spring day of 40 participants in quarters of an hour: a quick look.",
      },
    }),
  winter: () =>
    community({
      participants: 120,
      seed: 20_260_115,
      season: "winter",
      weather: "overcast",
      periodMs: 300_000,
      more: {
        name: "winter",
        description: "A dull winter's day: little sun, much heat, heat pumps and CHP at full load.",
      },
    }),
  scarcity: () =>
    community({
      participants: 120,
      seed: 77,
      season: "winter",
      periodMs: 300_000,
      more: {
        name: "scarcity",
        description:
          "A winter's day on which plants deliver a quarter of what they should: interruptions and imports.",
        supply: 250_000,
      },
    }),
  storm: () =>
    community({
      participants: 120,
      seed: 303,
      season: "autumn",
      weather: "windy",
      periodMs: 300_000,
      more: {
        name: "storm",
        description: "An autumn storm: more wind than the community can use, full stores, exports.",
        supply: 2_000_000,
      },
    }),
  evening: () =>
    community({
      participants: 120,
      seed: 1_118,
      season: "winter",
      periodMs: 300_000,
      more: {
        name: "evening",
        date: "2026-01-18",
        description:
          "A winter's Sunday whose evening is too much for the streets: a price for each area, fees and full edges.",
        rules: { electricity: { mechanism: "merit", pricing: "uniform", pool: null } },
      },
    }),
  paper: () =>
    community({
      participants: 60,
      seed: 43,
      season: "summer",
      periodMs: 300_000,
      more: {
        name: "paper",
        description:
          "The paper's rules for every carrier: by value, at the counterparty's price, whole lots at a fixed price.",
        rules: {
          electricity: { pool: paperPool },
          heat: { mechanism: "value", pricing: "counterparty", pool: { price: "0.15", lots: "whole" } },
          cold: { mechanism: "value", pricing: "counterparty", pool: { price: "0.16", lots: "whole" } },
          gas: { mechanism: "value", pricing: "counterparty", pool: { price: "0.1", lots: "whole" } },
        },
      },
    }),
  sharing: () =>
    checkScenario({
      name: "sharing",
      description:
        "A summer's week of a house that shares its sun: 24 homes, two shops and the roof, by what each uses, without bids.",
      seed: 710,
      periodMs: 900_000,
      periods: 7 * 96,
      participants: { home: 24, business: 2, solar: 1 },
      rules: { electricity: { mechanism: "share", communities: [{ name: "house", price: "0.14" }] } },
    }),
};

/** A bundled scenario. Throws `invalid` for another name. */
export function bundledScenario(name: string): Scenario {
  const known = scenarioNames.find((each) => each === name);
  if (known === undefined)
    return fail("invalid", "scenario", `a file or one of ${scenarioNames.join(", ")}`, name);
  if (known === "sharing") return makers[known]();
  return known === "evening" ? congested(makers[known]()) : wired(makers[known]());
}
