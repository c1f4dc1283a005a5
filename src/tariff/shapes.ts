/**
 * The shape in which files and contracts have a tariff: the checks of its components, and what a schema says of them.
 */
import { type Check, identifierForm, object } from "../check.js";
import { fail } from "../errors.js";
import {
  checkOf,
  further,
  integer,
  type Key,
  list,
  needed,
  oneOf,
  open,
  optional,
  record,
  type Shape,
  text,
  variants,
} from "../shape.js";
import { type Carrier, carriers, parseTicks, ppm } from "../units.js";
import { bases, type Component, microTick, type Part, type Step, sorts, type Tariff } from "./components.js";
import { maxOffsets, type Zone, type ZoneOffset } from "./zone.js";

/** Most components of a tariff, parts of a calendar, steps, and rates of a series. */
const maxComponents = 100;
const maxParts = 100;
export const maxRates = 4_000;

// The pattern keeps what parseTicks would refuse, and what no bill could hold, out of a schema's files.
const decimal = (sign: "-?" | "", places: number, wanted: string): Shape<string> =>
  text(new RegExp(`^${sign}[0-9]{1,9}(?:\\.[0-9]{1,${places}})?$`, "u"), wanted);
/** Currency for each kWh, kW and month, or month. */
export const rate: Shape<string> = decimal("-?", 9, "a decimal with at most 9 places, such as 0.0834");
const amount = decimal("", 6, "a decimal of at least 0 with at most 6 places");
/** What something is called. */
const name = text(identifierForm, "1 to 64 printable characters");

const on = needed(
  further(list(oneOf(...bases), 1, bases.length), "each once", (found, field) => once(found, field)),
  `the energy it is on: ${bases.join(", ")}`,
);

function once<T>(found: readonly T[], field: string): readonly T[] {
  for (const [index, each] of found.entries())
    if (found.indexOf(each) !== index) fail("invalid", `${field}[${index}]`, "each once", each);
  return found;
}

/** Minutes after midnight, half-open, of `"HH:MM-HH:MM"`; an end at or before its beginning lies on the next day. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

const hoursForm = /^([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]|24(?=:00)):([0-5][0-9])$/u;

/** The hours that a text says. */
export function hoursOf(text: string): Hours {
  const [, fromHour, fromMinute, toHour, toMinute] = hoursForm.exec(text)!;
  return { from: 60 * Number(fromHour) + Number(fromMinute), to: 60 * Number(toHour) + Number(toMinute) };
}

const hours = further(
  text(hoursForm, "hours such as 06:00-22:00 or 22:00-06:00"),
  "the end is not the beginning",
  (found, field) => {
    const { from, to } = hoursOf(found);
    return from === to ? fail("invalid", field, "an end that is not the beginning", found) : found;
  },
);

const whole = <T>(each: Shape<T>, most: number): Shape<readonly T[]> =>
  further(list(each, 1, most), "each once", (found, field) => once(found, field));

const part: Shape<Part> = record({
  name: needed(name, "what a bill calls these hours, such as day or winter night"),
  months: open(whole(integer(1, 12), 12), "months in which it holds, 1 to 12; left out: all"),
  weekdays: open(whole(integer(1, 7), 7), "days on which it holds, 1 Monday to 7 Sunday; left out: all"),
  hours: open(whole(hours, 24), "hours by the clock, half-open; left out: all"),
  rate: needed(rate, "currency per kWh"),
});

const isAlways = ({ months, weekdays, hours: its }: Part): boolean =>
  months === undefined && weekdays === undefined && its === undefined;

const parts = further(
  list(part, 1, maxParts),
  "of the parts that hold at a time the first counts, and the last, without months, weekdays and hours, always holds",
  (found, field) => {
    for (const [index, each] of found.entries())
      if (isAlways(each) !== (index === found.length - 1))
        fail(
          "invalid",
          `${field}[${index}]`,
          index === found.length - 1 ? "a last part that always holds" : "months, weekdays or hours",
          isAlways(each) ? "none" : "some",
        );
    return found;
  },
);

const step: Shape<Step> = record({
  upTo: open(amount, "kWh in a month up to which it holds; left out, of the last: no limit"),
  rate: needed(rate, "currency per kWh"),
});

const steps = further(list(step, 1, maxParts), "limits rise, and the last step has none", (found, field) => {
  let before = 0n;
  for (const [index, { upTo }] of found.entries()) {
    const at = `${field}[${index}]`;
    const isLast = index === found.length - 1;
    if ((upTo === undefined) !== isLast)
      fail("invalid", `${at}.upTo`, isLast ? "none: the last step has no limit" : "a limit", upTo);
    if (upTo === undefined) continue;
    const limit = parseTicks(upTo, microTick, `${at}.upTo`);
    if (limit <= before) fail("invalid", `${at}.upTo`, "more than the step before", upTo);
    before = limit;
  }
  return found;
});

/** An instant of UTC. */
const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z$/u;
export const instant: Shape<string> = /* @__PURE__ */ further(
  text(instantForm, "an instant of UTC, such as 2026-07-01T00:00Z"),
  "a day and a time that there are",
  (found, field) =>
    Number.isNaN(Date.parse(found))
      ? fail("invalid", field, "a day and a time that there are", found)
      : found,
);

/** Parts in a million by which rates are lowered. */
export const lessShape: Shape<number> = /* @__PURE__ */ integer(0, ppm);
/** The rates of a series. */
export const ratesShape: Shape<readonly string[]> = /* @__PURE__ */ list(rate, 1, maxRates);

const common = {
  name: needed(name, "what a bill calls it"),
  sort: needed(
    oneOf(...sorts),
    "energy, grid, levy or tax, which the member pays, or feedIn, which it is paid",
  ),
};
const keysOf = (lowered: Shape<number>, rates: Shape<readonly string[]>) => {
  const less = open(lowered, "by how many parts in a million the rate is lowered");
  return {
    energy: { ...common, on, rate: needed(rate, "currency per kWh"), less },
    calendar: { ...common, on, parts: needed(parts, "the parts of the calendar"), less },
    series: {
      ...common,
      on,
      start: needed(instant, "the instant of UTC at which the first rate begins to hold"),
      minutes: needed(integer(1, 44_640), "how long each rate holds"),
      rates: needed(rates, "currency per kWh, one after the other"),
      less,
    },
    steps: { ...common, on, steps: needed(steps, "rates by the energy of a month"), less },
    contracted: {
      ...common,
      power: needed(amount, "the contracted power in kW"),
      rate: needed(rate, "currency per kW and month"),
    },
    peak: {
      ...common,
      on,
      minutes: needed(integer(1, 1440), "over so long the mean power is taken"),
      rate: needed(rate, "currency per kW of the highest mean power, and month"),
    },
    month: { ...common, rate: needed(rate, "currency per month") },
    percent: {
      ...common,
      of: needed(
        further(list(oneOf(...sorts, "community"), 0, sorts.length + 1), "each once", once),
        "the sorts of lines above it that it is on; community: what the ledger says",
      ),
      lines: open(
        further(list(name, 1, maxComponents), "each once", once),
        "names of components above it that it is on, whatever their sort",
      ),
      percent: needed(amount, "so much of their sum"),
    },
  };
};

/**
 * The shape of a tariff's components where reductions and the rates of a series are written in a way of their own, as
 * in files.
 */
export function componentsOf(
  less: Shape<number>,
  rates: Shape<readonly string[]>,
): Shape<readonly Component[]> {
  return further(
    list(variants("by", keysOf(less, rates), "how its rate counts"), 1, maxComponents),
    "each has a name of its own, and a percentage is on something, of components that stand above it",
    (found, field) => {
      const names = found.map((each) => each.name);
      for (const [index, own] of found.entries()) {
        const above = names.slice(0, index);
        if (above.includes(own.name))
          fail("invalid", `${field}[${index}].name`, "a name of its own", own.name);
        if (own.by !== "percent") continue;
        if (own.of.length === 0 && own.lines === undefined)
          fail("invalid", `${field}[${index}].of`, "a sort at least, or lines", "none");
        for (const [place, line] of (own.lines ?? []).entries())
          if (!above.includes(line))
            fail("invalid", `${field}[${index}].lines[${place}]`, "a component that stands above it", line);
      }
      return found;
    },
  );
}

/** The shape of a tariff's components as a program and a contract have them. */
export const componentsShape: Shape<readonly Component[]> = /* @__PURE__ */ componentsOf(
  lessShape,
  ratesShape,
);

const offset: Shape<ZoneOffset> = /* @__PURE__ */ further(
  list(integer(-8.64e15, 8.64e15), 2, 2),
  "an instant in milliseconds and minutes ahead of UTC, at most a day",
  (found, field) =>
    Math.abs(found[1]!) <= 1440
      ? ([found[0]!, found[1]!] as const)
      : fail("invalid", `${field}[1]`, "at most 1440 minutes", found[1]),
) as Shape<ZoneOffset>;

/** A zone as programs and contracts have it. */
export const zone: Shape<Zone> = /* @__PURE__ */ further(
  record({
    name: needed(text(/^[A-Za-z0-9_+/-]{1,64}$/u, "the name of a time zone"), "IANA name of the zone"),
    offsets: needed(list(offset, 1, maxOffsets), "from which instant on local time is so far ahead of UTC"),
    untilMs: needed(integer(-8.64e15, 8.64e15), "up to which instant they hold"),
  }),
  "offsets rise in time and end before untilMs",
  (found, field) => {
    const instants = [...found.offsets.map(([fromMs]) => fromMs), found.untilMs];
    for (let index = 1; index < instants.length; index += 1)
      if (instants[index]! <= instants[index - 1]!)
        fail(
          "invalid",
          index === instants.length - 1 ? `${field}.untilMs` : `${field}.offsets[${index}][0]`,
          "a later instant than the one before",
          instants[index],
        );
    return found;
  },
);

/** The keys that a tariff has beside its name, its zone and its components. */
export const tariffKeys: {
  readonly carrier: Key<Carrier>;
  readonly currency: Key<string>;
  readonly unit: Key<string>;
} = {
  carrier: optional(oneOf(...carriers), "the carrier it is for", "electricity"),
  currency: needed(text(/^[ -~]{1,64}$/u, "1 to 64 printable ASCII characters"), "the currency of its rates"),
  unit: optional(
    further(
      text(/^[0-9]{1,3}(?:\.[0-9]{1,6})?$/u, "a decimal above 0, such as 0.01"),
      "above 0",
      (found, field) =>
        parseTicks(found, microTick, field) > 0n ? found : fail("invalid", field, "a decimal above 0", found),
    ),
    "the smallest amount of a bill: each line is rounded to it",
    "0.01",
  ),
};

/** What a tariff is called. */
export const tariffName: Key<string> = /* @__PURE__ */ needed(name, "what it is called");

/** The shape of a tariff as a program has it. */
const tariffShape: Shape<Tariff> = /* @__PURE__ */ record({
  name: tariffName,
  ...tariffKeys,
  zone: needed(zone, "local time"),
  components: needed(componentsShape, "what is charged, in the order of the lines of a bill"),
});

const checked: Check<Tariff> = /* @__PURE__ */ checkOf(tariffShape);

/** A tariff from plain data, checked and copied. Throws `invalid` naming the field, in that of the whole. */
export function checkTariff(value: unknown, field: string = ""): Tariff {
  return checked(object(value, field === "" ? "tariff" : field), field);
}
