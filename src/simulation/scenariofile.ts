/** Scenario files: read and checked, with all their faults or the first; their JSON Schema; and written. */
import { needMethods, object } from "../check.js";
import { fail, GridclearError } from "../errors.js";
import { type JsonDocument, type JsonFile, openJson, parseJson } from "../files/jsonfile.js";
import { type PriceFiles, withPrices } from "../files/tarifffile.js";
import { checkOf, refused, type Schema } from "../shape.js";
import { maxScenarioLength, type Scenario } from "./scenario.js";
import { scenarioShape } from "./scenariokeys.js";

const file: JsonFile = { root: "scenario", most: maxScenarioLength };
const check = checkOf(scenarioShape);

/**
 * A scenario from plain data. Only `name` and `participants` must be there; the rest is a summer's day of 30-second
 * periods in the middle of Germany under the paper's rules for electricity. Throws `invalid` or `limit`, naming the
 * field; unknown keys are refused.
 */
export function checkScenario(value: unknown): Scenario {
  return check(object(value, "scenario"), "");
}

/**
 * A scenario from the text of its file: JSON, in which comments and commas at the end may stand; `prices` gives the
 * text of a file of prices that it names. Throws `invalid` or `limit`, with line and column in front of the field.
 */
export function parseScenario(source: string, prices: PriceFiles = noPrices): Scenario {
  needMethods({ prices }, "prices", "a function", ["prices"]);
  return parseJson(source, file, (value) => checkScenario(withPrices(object(value, file.root), prices)));
}

const noPrices: PriceFiles = (name) => fail("invalid", name, "a file beside the scenario", "no files at all");

/** A scenario file, and whatever is wrong with it. */
export interface Inspection {
  /** Null where something is wrong. */
  readonly scenario: Scenario | null;
  /** In the order of the table of keys; what makes no sense while something else is wrong is not judged. */
  readonly problems: readonly GridclearError[];
}

/** All that {@link parseScenario} could throw of a text, found at once. Throws `invalid` for what is no text. */
export function inspectScenario(source: string, prices: PriceFiles = noPrices): Inspection {
  needMethods({ prices }, "prices", "a function", ["prices"]);
  if (typeof source !== "string") fail("invalid", file.root, "the text of a scenario file", source);
  const document = openedJson(source);
  if (document instanceof GridclearError) return { scenario: null, problems: [document] };
  const problems = [...document.twice];
  const refuse = (error: GridclearError): void => void problems.push(document.placed(error));
  try {
    const given = withPrices(object(document.value, file.root), prices);
    const read = scenarioShape.read(object(given, file.root), "", refuse);
    return { scenario: problems.length > 0 || read === refused ? null : read, problems };
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    refuse(error);
    return { scenario: null, problems };
  }
}

function openedJson(source: string): JsonDocument | GridclearError {
  try {
    return openJson(source, file);
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    return error;
  }
}

/** The JSON Schema (2020-12) of scenario files. What it can't say stands in its comments (`$comment`). */
export function scenarioSchema(): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:gridclear:scenario",
    title: "A scenario of gridclear: a community and the time it trades",
    ...scenarioShape.schema,
  };
}
