/**
 * What a study varies: settings, each a path into the scenario file with the values it takes, and mechanisms. Every
 * combination is a variant: a scenario of its own, judged by the check that judges scenario files.
 */
import { mechanismNames, pricingNames } from "../core/mechanisms.js";
import { fail, within } from "../errors.js";
import type { Schema } from "../shape.js";
import { type Scenario, strategyNames } from "../simulation/scenario.js";
import { checkScenario } from "../simulation/scenariofile.js";
import { scenarioShape } from "../simulation/scenariokeys.js";
import { carriers } from "../units.js";

/** A path into a scenario file and the values that it takes in turn. */
export interface Setting {
  readonly path: string;
  readonly values: readonly string[];
  /** Whether they were given as a range: then they are numbers, and figures are drawn over them. */
  readonly isRange: boolean;
}

/** One of the scenarios that a study compares. */
export interface Variant {
  /** What tells it from the others. */
  readonly label: string;
  /** By path: the value of each setting that varies. */
  readonly settings: { readonly [path: string]: string };
  /** The scenario as it would stand in a file. */
  readonly file: { readonly [key: string]: unknown };
  /** File of the strategy by which everybody bids in it; null: as the scenario says. */
  readonly strategyFile: string | null;
  readonly scenario: Scenario;
}

/** The name under which a variant has its mechanism among its settings. */
const mechanismSetting = "mechanism";
/** And its strategy, where that is one of several. */
const strategySetting = "strategy";

const mostValues = 200;
const mostVariants = 200;
const mostLength = 200;

/**
 * Reads `path=a,b,c` or `path=from:to:step`, ends included. Throws `invalid` naming the setting, `limit` beyond 200
 * values.
 */
export function parseSetting(text: string): Setting {
  const at = text.indexOf("=");
  const wanted = "PATH=VALUE,… or PATH=FROM:TO:STEP";
  if (at < 1 || text.length > 10_000) return fail("invalid", "--set", wanted, text);
  const path = text.slice(0, at);
  const rest = text.slice(at + 1);
  if (path.length > mostLength || path.split(/[.+]/).includes(""))
    return fail("invalid", "--set", wanted, text);
  if (path === "seed") return fail("invalid", "--set seed", "--seeds, which varies it", text);
  const range = /^(-?[0-9.]+):(-?[0-9.]+):([0-9.]+)$/.exec(rest);
  const values = range === null ? rest.split(",") : rangeOf(path, range.slice(1) as [string, string, string]);
  if (values.includes("")) return fail("invalid", `--set ${path}`, "values between commas", rest);
  if (values.length > mostValues)
    return fail("limit", `--set ${path}`, `at most ${mostValues} values`, values.length);
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) return fail("invalid", `--set ${path}`, "each value once", twice);
  return { path, values, isRange: range !== null };
}

/** The numbers of a range, in decimals that are exact. */
function rangeOf(path: string, parts: readonly [string, string, string]): string[] {
  const wanted = "FROM:TO:STEP in decimals, FROM at most TO and STEP above 0";
  const places = Math.max(...parts.map((part) => part.split(".")[1]?.length ?? 0));
  if (places > 9 || parts.some((part) => !/^-?(?:\d{1,12})(?:\.\d{1,9})?$/.test(part)))
    return fail("invalid", `--set ${path}`, wanted, parts.join(":"));
  const [from, to, step] = parts.map((part) => Math.round(Number(part) * 10 ** places)) as [
    number,
    number,
    number,
  ];
  if (step <= 0 || from > to) return fail("invalid", `--set ${path}`, wanted, parts.join(":"));
  const count = Math.floor((to - from) / step) + 1;
  if (count > mostValues) return fail("limit", `--set ${path}`, `at most ${mostValues} values`, count);
  return Array.from(
    { length: count },
    (_, index) => `${Number(((from + index * step) / 10 ** places).toFixed(places))}`,
  );
}

type Json = Readonly<Record<string, unknown>>;

/** The keys that a part of a path stands for: itself, or several with a plus between them. */
const keysOf = (value: unknown, key: string): readonly string[] =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key) ? [key] : key.split("+");

/** A JSON value with another at the end of a path through its keys; what is missing on the way is made. */
function withValue(value: unknown, [key, ...rest]: readonly string[], last: unknown): unknown {
  if (key === undefined) return last;
  const keys = keysOf(value, key);
  if (keys.length > 1) return keys.reduce((found, each) => withValue(found, [each, ...rest], last), value);
  if (Array.isArray(value) && /^\d{1,4}$/.test(key) && Number(key) < value.length)
    return value.map((item, index) => (index === Number(key) ? withValue(item, rest, last) : item));
  const given = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
  const inner = Object.hasOwn(given, key) ? given[key] : undefined;
  return { ...given, [key]: withValue(inner, rest, last) };
}

/** The schemas that a value at the end of a path may be of. */
function schemasAt(schemas: readonly Schema[], path: readonly string[]): readonly Schema[] {
  const open = schemas.flatMap((schema): readonly Schema[] => [
    schema,
    ...((schema.anyOf as readonly Schema[] | undefined) ?? []),
  ]);
  const [keys, ...rest] = path;
  if (keys === undefined) return open;
  const [key] = keys.split("+") as [string];
  const below = open.flatMap(({ properties, additionalProperties, items }) => {
    const own = properties as { readonly [name: string]: Schema } | undefined;
    if (own !== undefined && Object.hasOwn(own, key)) return [own[key]!];
    return [additionalProperties, items].filter((each) => typeof each === "object") as Schema[];
  });
  return below.length === 0 ? [] : schemasAt(below, rest);
}

/** A value as it would stand in the file: a number, true, null and the like where the key takes them, else text. */
function readValue(text: string, path: readonly string[]): unknown {
  const types = schemasAt([scenarioShape.schema], path).flatMap(({ type }) => type ?? []);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const isText = types.includes("string") && !types.includes(type);
  return isText ? text : value;
}

/**
 * A scenario file in which all carriers clear by a mechanism, with a pricing behind a dash or its own. Where that gives
 * each area a price the pool goes, as those two don't go together.
 */
function withMechanism(file: Json, text: string): Json {
  if (text === "share") {
    const rules = Object.values((file.rules ?? {}) as { readonly [carrier: string]: Json });
    return rules.some((own) => own.mechanism === "share")
      ? file
      : fail("invalid", "--mechanism", "share where the scenario shares a carrier", text);
  }
  const [mechanism = "", pricing, ...more] = text.split("-");
  const known: readonly string[] = mechanismNames;
  if (!known.includes(mechanism) || more.length > 0)
    return fail(
      "invalid",
      "--mechanism",
      `${mechanismNames.join(" or ")}, alone or with a pricing, as ${mechanismNames[0]}-${pricingNames[0]}`,
      text,
    );
  const rules = Object.fromEntries(
    carriers.map((carrier) => {
      // A carrier that was shared takes orders then, and has no communities.
      const {
        pricing: _,
        communities: __,
        ...own
      } = ((file.rules as Json | undefined)?.[carrier] ?? {}) as Json;
      const areas = ((file.areas as Json | undefined)?.[carrier] ?? []) as readonly unknown[];
      const isUniform = mechanism === "merit" && (pricing ?? "uniform") === "uniform";
      return [
        carrier,
        {
          ...own,
          mechanism,
          ...(pricing === undefined ? {} : { pricing }),
          ...(isUniform && areas.length > 0 ? { pool: null } : {}),
        },
      ];
    }),
  );
  return { ...file, rules };
}

/** Whether a strategy is one of a file. */
const isStrategyFile = (text: string): boolean => /\.m?js$/.test(text);

/** A scenario file in which everybody bids by a strategy that comes along; that of a file stands beside it. */
function withStrategy(file: Json, text: string): Json {
  if (isStrategyFile(text)) return file;
  const known: readonly string[] = strategyNames;
  if (!known.includes(text))
    return fail("invalid", "--strategy", `${strategyNames.join(", ")}, or a file.js`, text);
  return { ...file, strategies: { all: text } };
}

/** What a study varies. */
export interface Variation {
  readonly settings: readonly Setting[];
  readonly mechanisms: readonly string[];
  /** Names of strategies, and files of one's own. */
  readonly strategies?: readonly string[];
}

/**
 * All combinations, the last setting varying fastest. Throws what the check of scenario files throws, behind the
 * settings that led there, and `limit` beyond 200 of them.
 */
export function variantsOf(
  scenario: Scenario,
  { settings, mechanisms, strategies = [] }: Variation,
): Variant[] {
  const paths = new Set(settings.map(({ path }) => path));
  if (paths.size < settings.length)
    fail("invalid", "--set", "each path once", settings.map(({ path }) => path).join(" "));
  const all: readonly Setting[] = [
    ...(mechanisms.length === 0 ? [] : [{ path: mechanismSetting, values: mechanisms, isRange: false }]),
    ...(strategies.length === 0 ? [] : [{ path: strategySetting, values: strategies, isRange: false }]),
    ...settings,
  ];
  for (const { path, values } of all)
    if (new Set(values).size < values.length)
      fail("invalid", `--${path}`, "each value once", values.join(","));
  const count = all.reduce((product, { values }) => product * values.length, 1);
  if (count > mostVariants) return fail("limit", "variants", `at most ${mostVariants} combinations`, count);
  const base = scenarioShape.write(scenario) as Json;
  let chosen: readonly (readonly [setting: Setting, value: string])[][] = [[]];
  for (const setting of all)
    chosen = chosen.flatMap((before) =>
      setting.values.map((value) => [...before, [setting, value] as const]),
    );
  return chosen.map((combination) => variantOf(base, combination));
}

function variantOf(
  base: Json,
  combination: readonly (readonly [setting: Setting, value: string])[],
): Variant {
  let file: Json = base;
  let strategyFile: string | null = null;
  for (const [{ path }, value] of combination) {
    const keys = path.split(".");
    if (path === mechanismSetting) file = withMechanism(file, value);
    else if (path === strategySetting) {
      file = withStrategy(file, value);
      strategyFile = isStrategyFile(value) ? value : null;
    } else file = withValue(file, keys, readValue(value, keys)) as Json;
  }
  const said = combination.map(([{ path }, value]) => `${path}=${value}`).join(" ");
  const varies = combination.filter(([{ values }]) => values.length > 1);
  const [first] = combination;
  const label =
    varies.length === 0
      ? (first?.[1] ?? "as it is")
      : varies.map(([{ path }, value]) => settingText(path, value)).join(", ");
  return {
    label,
    settings: Object.fromEntries(varies.map(([{ path }, value]) => [path, value])),
    file,
    strategyFile,
    scenario: said === "" ? checkScenario(file) : within(said, () => checkScenario(file)),
  };
}

/** A value with the last word of its path, which says what it is; mechanisms and strategies say it themselves. */
export function settingText(path: string, value: string): string {
  const name = path.split(".").at(-1)!;
  return [mechanismSetting, strategySetting, "strategies.all"].includes(path) ? value : `${name} ${value}`;
}
