/**
 * Tariffs as people write them down: TARIFF.json (docs/tariffs.md). A file names its zone, may name a reduction that
 * the law gives, and may leave the rates of a series to a CSV file of prices beside it.
 */
import { needMethods, object } from "../check.js";
import { fail, within } from "../errors.js";
import {
  checkOf,
  either,
  further,
  integer,
  leaf,
  needed,
  open,
  optional,
  record,
  type Schema,
  type Shape,
  text,
} from "../shape.js";
import type { Component, Tariff } from "../tariff/components.js";
import { gridReductions } from "../tariff/presets.js";
import {
  componentsOf,
  instant,
  lessShape,
  maxRates,
  rate,
  ratesShape,
  tariffKeys,
  tariffName,
} from "../tariff/shapes.js";
import { type Zone, zoneOffsets } from "../tariff/zone.js";
import { isTimeZone } from "../zones.js";
import { readRecords } from "./csv.js";
import { parseJson } from "./jsonfile.js";

/** Most characters of a tariff file. */
export const maxTariffLength: number = 1024 * 1024;

/** The text of a file of prices beside a tariff file, by the name that the tariff file says. */
export type PriceFiles = (name: string) => string;

const reductions = Object.keys(gridReductions);

const namedReduction: Shape<number> = leaf({ enum: reductions }, (value, field) =>
  Object.hasOwn(gridReductions, value as string)
    ? gridReductions[value as string]!.less
    : fail("invalid", field, `parts in a million, or ${reductions.join(", ")}`, value),
);
/** A reduction as a number, or by its name, as which it is never written. */
const less: Shape<number> = /* @__PURE__ */ either(
  lessShape,
  namedReduction,
  (value) => typeof value === "string",
);

const fileName = text(/^[^/\\\p{C}]{1,200}\.csv$/u, "rates, or the name of a CSV file beside this one");
/** Rates as files have them. Those of a file beside were read before ({@link withRates}), or there is none at hand. */
const listedRates: Shape<readonly string[]> = /* @__PURE__ */ either(
  ratesShape,
  further(fileName, "a file beside this one", (name, field): readonly string[] =>
    fail("invalid", field, "a list of rates, as no files are at hand", name),
  ),
  (value) => typeof value === "string",
);

/** Components as files have them. */
export const listedComponents: Shape<readonly Component[]> = /* @__PURE__ */ componentsOf(less, listedRates);

/** A file of prices: its rates, and the instant at which each begins to hold. */
interface Prices {
  readonly rates: string[];
  readonly startsMs: number[];
}

const columns = ["start", "rate"];
const checkRate = checkOf(rate);
const checkInstant = checkOf(instant);

/** Reads `start,rate`. Throws `invalid` or `limit` naming line and column. */
export function readPrices(source: string): Prices {
  const prices: Prices = { rates: [], startsMs: [] };
  let isHeader = true;
  readRecords(source, (record, line) => {
    if (isHeader) {
      isHeader = false;
      if (record.join() !== columns.join())
        fail("invalid", `line ${line}: header`, `the columns ${columns.join(", ")}`, record.join());
      return;
    }
    if (prices.rates.length === maxRates) fail("limit", `line ${line}`, `at most ${maxRates} rates`, "more");
    prices.startsMs.push(Date.parse(checkInstant(record[0], `line ${line}: start`)));
    prices.rates.push(checkRate(record[1], `line ${line}: rate`));
  });
  return prices.rates.length > 0 ? prices : fail("invalid", "line 2", "a rate", "none");
}

const checkFileName = checkOf(fileName);
const checkInterval = checkOf(integer(1, 44_640));

/**
 * Components as plain data, with the rates of those that name a file of prices read from it. What else is wrong with
 * them is left to whoever checks them. Throws `invalid` or `limit` naming the file, its line and column.
 */
function withRates(given: unknown, files: PriceFiles, field: string): unknown {
  if (!Array.isArray(given)) return given;
  return given.map((each: unknown, index) => {
    const own = `${field}[${index}]`;
    const series = asObject(each);
    if (series?.by !== "series" || typeof series.rates !== "string") return each;
    const name = checkFileName(series.rates, `${own}.rates`);
    const startMs = Date.parse(checkInstant(series.start, `${own}.start`));
    const minutes = checkInterval(series.minutes, `${own}.minutes`);
    const { rates } = within(name, () => {
      const prices = readPrices(files(name));
      checkStarts(prices, { startMs, minutes }, own);
      return prices;
    });
    return { ...series, rates };
  });
}

/**
 * A scenario or a market as plain data, with the rates of the files of prices that the lists in its `tariffs` name.
 * Throws as reading a tariff file does.
 */
export function withPrices(given: object, files: PriceFiles): object {
  const { tariffs } = given as { readonly tariffs?: unknown };
  const all = asObject(tariffs);
  if (all === null) return given;
  const read = Object.entries(all).map(([carrier, of]) => {
    const its = asObject(of);
    if (its === null) return [carrier, of];
    const lists = ["retail", "feedIn"]
      .filter((name) => Array.isArray(its[name]))
      .map((name) => [name, withRates(its[name], files, `tariffs.${carrier}.${name}`)]);
    return [carrier, { ...its, ...Object.fromEntries(lists) }];
  });
  return { ...given, tariffs: Object.fromEntries(read) };
}

const asObject = (value: unknown): { readonly [name: string]: unknown } | null =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [name: string]: unknown })
    : null;

/** The instants between which a zone is written down where a file does not say. */
const firstInstant = "2020-01-01T00:00Z";
const lastInstant = "2040-01-01T00:00Z";

const fileShape = /* @__PURE__ */ record({
  $schema: open(text(/^[^\p{C}]{1,1000}$/u, "1 to 1000 characters"), "where editors find this schema"),
  name: tariffName,
  source: open(text(/^[^\p{C}]{1,1000}$/u, "1 to 1000 characters"), "where its figures are from"),
  ...tariffKeys,
  zone: needed(
    text(/^[A-Za-z0-9_+/-]{1,64}$/u, "the name of a time zone"),
    "its clocks, such as Europe/Vienna",
  ),
  from: optional(instant, "the instant from which on it holds", firstInstant),
  until: optional(instant, "the instant up to which it holds", lastInstant),
  components: needed(listedComponents, "what is charged, in the order of the lines of a bill"),
});

const checkFile = checkOf(fileShape);

/**
 * Reads TARIFF.json; `prices` gives the text of a file that it names. Throws `invalid` or `limit`, with line and column
 * in front of the field: for an unknown key or value, a zone that there is not, prices that do not follow each other.
 */
export function parseTariff(source: string, prices: PriceFiles = noFiles): Tariff {
  needMethods({ prices }, "prices", "a function", ["prices"]);
  return parseJson(source, { root: "tariff", most: maxTariffLength }, (value) => {
    const read = object(value, "tariff");
    const {
      $schema: _,
      source: __,
      from,
      until,
      zone,
      ...given
    } = checkFile({ ...read, components: withRates(read.components, prices, "components") }, "");
    return { ...given, zone: zoneIn(zone, from, until) };
  });
}

/** The zone that a file names, between two instants. */
export function zoneIn(name: string, from: string = firstInstant, until: string = lastInstant): Zone {
  const [fromMs, untilMs] = [Date.parse(from), Date.parse(until)];
  if (untilMs <= fromMs) fail("invalid", "until", "an instant after from", until);
  if (!isTimeZone(name)) fail("invalid", "zone", "a time zone such as Europe/Vienna", name);
  return within("zone", () => zoneOffsets(name, fromMs, untilMs));
}

const noFiles: PriceFiles = (name) => fail("invalid", name, "a file beside the tariff", "no files at all");

/** Throws `invalid` unless prices begin where their component says, each where the one before ends. */
function checkStarts(
  prices: Prices,
  { startMs, minutes }: { readonly startMs: number; readonly minutes: number },
  component: string,
): void {
  for (const [index, beginsMs] of prices.startsMs.entries()) {
    const wanted = startMs + index * minutes * 60_000;
    if (beginsMs !== wanted)
      fail(
        "invalid",
        `${component}: rate ${index + 1}`,
        `one that begins at ${new Date(wanted).toISOString()}`,
        new Date(beginsMs).toISOString(),
      );
  }
}

/** The JSON Schema (2020-12) of tariff files. What it can't say stands in its comments (`$comment`). */
export function tariffSchema(): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:gridclear:tariff",
    title: "A tariff of gridclear: what energy costs a member of a community",
    ...fileShape.schema,
  };
}
