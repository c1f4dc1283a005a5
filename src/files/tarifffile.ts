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

/** Components as files have them, where no other file may stand beside. */
export const listedComponents: Shape<readonly Component[]> = /* @__PURE__ */ componentsOf(less, ratesShape);

const fileName = text(/^[^/\\\p{C}]{1,200}\.csv$/u, "rates, or the name of a CSV file beside this one");

/** A file of prices: its rates, and the instant at which each begins to hold. */
interface Prices {
  readonly name: string;
  readonly rates: string[];
  readonly startsMs: number[];
}

const columns = ["start", "rate"];
const checkRate = checkOf(rate);
const checkInstant = checkOf(instant);

/** Reads `start,rate`. Throws `invalid` or `limit` naming line and column. */
function readPrices(name: string, source: string): Prices {
  const prices: Prices = { name, rates: [], startsMs: [] };
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

/** Rates as a list, or in a file of prices, which is then found in `opened` by its rates. */
function ratesIn(files: PriceFiles, opened: Map<readonly string[], Prices>): Shape<readonly string[]> {
  const named = further(fileName, "a file beside this one", (name): readonly string[] => {
    const prices = within(name, () => readPrices(name, files(name)));
    opened.set(prices.rates, prices);
    return prices.rates;
  });
  return either(ratesShape, named, (value) => typeof value === "string");
}

/** The shape of a file; prices it names are noted in `opened`. */
const fileShape = (files: PriceFiles, opened: Map<readonly string[], Prices>) =>
  record({
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
    components: needed(
      componentsOf(less, ratesIn(files, opened)),
      "what is charged, in the order of the lines of a bill",
    ),
  });

/**
 * Reads TARIFF.json; `prices` gives the text of a file that it names. Throws `invalid` or `limit`, with line and column
 * in front of the field: for an unknown key or value, a zone that there is not, prices that do not follow each other.
 */
export function parseTariff(source: string, prices: PriceFiles = noFiles): Tariff {
  needMethods({ prices }, "prices", "a function", ["prices"]);
  return parseJson(source, { root: "tariff", most: maxTariffLength }, (value) => {
    const opened = new Map<readonly string[], Prices>();
    const {
      $schema: _,
      source: __,
      from,
      until,
      zone,
      ...given
    } = checkOf(fileShape(prices, opened))(object(value, "tariff"), "");
    for (const [index, component] of given.components.entries())
      if (component.by === "series") {
        const file = opened.get(component.rates);
        if (file !== undefined) within(file.name, () => checkStarts(file, component, `components[${index}]`));
      }
    return { ...given, zone: zoneIn(zone, from, until) };
  });
}

/** The instants between which a zone is written down where a file does not say. */
const [firstInstant, lastInstant] = ["2020-01-01T00:00Z", "2040-01-01T00:00Z"];

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
  { startsMs }: Prices,
  { start, minutes }: { readonly start: string; readonly minutes: number },
  component: string,
): void {
  for (const [index, startMs] of startsMs.entries()) {
    const wanted = Date.parse(start) + index * minutes * 60_000;
    if (startMs !== wanted)
      fail(
        "invalid",
        `${component}: rate ${index + 1}`,
        `one that begins at ${new Date(wanted).toISOString()}`,
        new Date(startMs).toISOString(),
      );
  }
}

/** The JSON Schema (2020-12) of tariff files. What it can't say stands in its comments (`$comment`). */
export function tariffSchema(): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:gridclear:tariff",
    title: "A tariff of gridclear: what energy costs a member of a community",
    ...fileShape(noFiles, new Map()).schema,
  };
}
