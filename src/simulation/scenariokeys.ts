/**
 * The keys of a scenario file as a table: what each may hold, what it means, and what holds where it is left out. What
 * a file is checked by, its JSON Schema and how scenarios are written all come from here; a new
 * key is an entry here and a field of {@link Scenario}.
 */
import { fail } from "../errors.js";
import {
  further,
  integer,
  keysFor,
  list,
  names,
  needed,
  number,
  oneOf,
  open,
  optional,
  orNull,
  record,
  type Shape,
  text,
} from "../shape.js";
import { type Carrier, carriers, ppm } from "../units.js";
import { isTimeZone } from "../zones.js";
import {
  type Co2,
  maxDeposit,
  maxMembers,
  maxPeriods,
  memberKinds,
  type Scenario,
  strategyNames,
} from "./scenario.js";
import { areasShape, checkAreas } from "./scenarioareas.js";
import { commission, rulesOf, tariffOf } from "./scenariorules.js";
import { checkCommunities } from "./scenariosharing.js";

const dayMs = 86_400_000;

const byCarrier = <T>(about: string, shape: (carrier: Carrier) => Shape<T>, otherwise: unknown = {}) =>
  record(keysFor(carriers, (carrier) => optional(shape(carrier), `${about} ${carrier}`, otherwise)));

// --- Carbon dioxide -----------------------------------------------------------------------------------------------

/** Grams a kWh; more than twice what lignite emits as electricity is a slip of the unit. */
const grams = number(0, 3_000);
const day = list(grams, 24, 24);

/** A number that holds all day, or one for each hour of it. */
const hourly: Shape<readonly number[]> = {
  schema: { anyOf: [grams.schema, day.schema] },
  read(value, field, refuse) {
    if (Array.isArray(value)) return day.read(value, field, refuse);
    const all = grams.read(value, field, refuse);
    return typeof all === "number" ? Array<number>(24).fill(all) : all;
  },
  write: (hours) => (hours.every((hour) => hour === hours[0]) ? hours[0] : hours),
};

/** Grams a kWh from the grid; docs/scenarios.md has the sources. */
const gridGrams = { electricity: 363, heat: 280, cold: 86, gas: 201 } as const;
/** Grams a kWh of what members bring in; sun and wind burn nothing, converters count with what they buy. */
const ownGrams: { readonly [kind: string]: number } = { biomass: 152, supplier: 201 };

const co2: Shape<Co2> = record({
  grid: optional(
    record(
      keysFor(carriers, (carrier) =>
        optional(
          hourly,
          `${carrier} from the grid, or one value for each hour of the day`,
          gridGrams[carrier],
        ),
      ),
    ),
    "what a kWh from outside the community emits, g",
    {},
  ),
  own: optional(
    record(
      keysFor(memberKinds, (kind) => optional(grams, `what ${kind} brings in itself`, ownGrams[kind] ?? 0)),
    ),
    "what a kWh emits that members bring in without buying it, g",
    {},
  ),
});

// --- Time and place -----------------------------------------------------------------------------------------------

const periodMs = further(integer(1_000, dayMs), "a period divides the day", (length, field) =>
  dayMs % length === 0 ? length : fail("invalid", field, "a period that divides the day", length),
);

const wantedDate = "a day from 1970-01-03 to 2099-12-31 as YYYY-MM-DD";
/**
 * The first two days of 1970 are left out: genesis, the period before the first, must not be before that year by UTC.
 */
const date = further(
  text(/^(?:19[7-9][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}$/u, wantedDate),
  "the calendar has that day",
  (value, field) => {
    const time = Date.parse(`${value}T00:00:00Z`);
    // The parser lets 30 February slip into March.
    const exists = !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === value;
    return exists && value >= "1970-01-03" ? value : fail("invalid", field, wantedDate, value);
  },
);

const wantedZone = "a zone of the IANA database, such as Europe/Berlin or Etc/UTC";
const timeZone = further(
  text(/^(?=.{1,64}$)[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/u, wantedZone),
  "the machine knows that zone",
  (name, field) => (isTimeZone(name) ? name : fail("invalid", field, wantedZone, name)),
);

const fileName = text(
  /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/u,
  "the name of a file beside the scenario: letters, digits, points, dashes",
);

// --- The file -----------------------------------------------------------------------------------------------------

const participants = further(
  record(keysFor(memberKinds, (kind) => optional(integer(0, maxMembers), `how many of kind ${kind}`, 0))),
  `at most ${maxMembers} together`,
  (counts, field) => {
    const sum = Object.values(counts).reduce((total, count) => total + count, 0);
    return sum <= maxMembers ? counts : fail("limit", field, `at most ${maxMembers} together`, sum);
  },
);

const half = integer(0, ppm / 2);
const faults = further(
  record({
    deviation: optional(half, "how far meters stray, standard deviation, ppm", 20_000),
    late: optional(half, "share of readings that come one to three periods late, ppm", 10_000),
    missing: optional(half, "share that never comes, ppm", 2_000),
    corrected: optional(half, "share that comes wrong and is corrected, ppm", 2_000),
  }),
  `late, missing and corrected are at most ${ppm} together`,
  (given, field) => {
    const sum = given.late + given.missing + given.corrected;
    return sum <= ppm
      ? given
      : fail("invalid", field, `late, missing and corrected of at most ${ppm} together`, sum);
  },
);

const byPrices = oneOf("fixed", "forecast");
const control = record({
  cars: optional(byPrices, "what cars go by in paying for charge that is not yet owed", "fixed"),
  stores: optional(byPrices, "what stores go by in what they pay and ask", "fixed"),
  batteries: optional(oneOf("none", "own"), "whether homes have batteries, which serve them alone", "own"),
  heatPumps: optional(
    oneOf("need", "surplus"),
    "whether heat pumps at home run when heat is needed, or fill a tank with what the roof has left",
    "need",
  ),
  appliances: optional(
    oneOf("profile", "fixed", "forecast"),
    "when appliances run that can wait: as the profile has it, at a fixed time, or when it is cheap",
    "profile",
  ),
});

const forecast = record({
  weather: optional(half, "standard deviation of what is expected of sun and wind, ppm of what comes", 0),
  load: optional(half, "standard deviation of what is expected of each use, ppm of what comes", 0),
  hours: optional(number(0.25, 168), "how long an error lasts, hours", 6),
});

const keys = record({
  $schema: open(text(/^.{1,2000}$/u, "1 to 2000 characters"), "where editors find this schema"),
  name: needed(
    text(/^[a-z0-9][a-z0-9-]{0,63}$/u, "1 to 64 lower-case letters, digits and dashes"),
    "what the scenario is called",
  ),
  description: optional(text(/^[^\p{Cc}]{0,500}$/u, "at most 500 printable characters"), "in a sentence", ""),
  seed: optional(integer(0, 0xffff_ffff), "what all chance is drawn from", 1),
  date: optional(date, "the day at whose midnight the first period begins", "2026-07-15"),
  periods: open(integer(1, maxPeriods), "how many periods; left out: a day of them"),
  periodMs: optional(periodMs, "how long a period is, ms; it divides the day", 30_000),
  latitude: optional(number(-90, 90), "degrees north", 51.3),
  longitude: optional(number(-180, 180), "degrees east", 9.5),
  timeZone: optional(timeZone, "zone of the IANA database whose time clocks show", "Europe/Berlin"),
  weather: optional(oneOf("clear", "mixed", "overcast", "windy"), "the weather that is drawn", "mixed"),
  weatherFile: optional(orNull(fileName), "a file beside this one with measured weather; null: drawn", null),
  skies: optional(integer(1, 16), "places over which members are spread, each with clouds of its own", 1),
  currency: optional(text(/^[A-Za-z]{1,8}$/u, "1 to 8 letters"), "what money is called", "coin"),
  participants: needed(participants, "how many take part of each kind"),
  supply: optional(integer(0, 10 * ppm), "size of the plants, as a share of what suits them, ppm", ppm),
  rules: optional(byCarrier("how clears", rulesOf), "how each carrier clears, or who shares it", {}),
  tariffs: optional(
    byCarrier("prices of", tariffOf),
    "prices of the grid, per kWh, as decimals in quotes",
    {},
  ),
  co2: optional(orNull(co2), "what a kWh emits; null: nobody counts it", {}),
  areas: optional(
    byCarrier("the network of", () => areasShape, []),
    "the network of each carrier",
    {},
  ),
  commission: optional(commission, "tiers of commission for peer-to-peer trades", [
    { share: 200_000, supply: 5_000, use: 5_000 },
    { share: 800_000, supply: 10_000, use: 10_000 },
  ]),
  faults: optional(faults, "how far meters stray, and which readings fail", {}),
  strategies: optional(
    names(oneOf(...strategyNames), maxMembers),
    "how members bid, by name, by kind, or all",
    {},
  ),
  control: optional(control, "how devices are run: by fixed prices, or by a forecast of prices", {}),
  forecast: optional(forecast, "how far orders stray from what members will use and make", {}),
  deposit: optional(
    orNull(integer(10, maxDeposit)),
    "coins that each participant has for the run; null: what full load through all its days costs",
    null,
  ),
  profiles: optional(
    orNull(
      record({
        file: needed(fileName, "a file beside this one: CSV, or Parquet with the same columns"),
        stepMs: needed(integer(1_000, dayMs), "how long a step of it is, ms"),
      }),
    ),
    "measured participants; null: none",
    null,
  ),
});

/** What a scenario file may hold, key by key. */
export const scenarioShape: Shape<Scenario> = further(
  keys,
  "somebody takes part; areas go with how their carrier clears, and no two have one name; no two communities have one name",
  ({ $schema, ...given }) => {
    const found: Scenario = { ...given, periods: given.periods ?? dayMs / given.periodMs };
    if (found.profiles === null && memberKinds.every((kind) => found.participants[kind] === 0))
      fail("invalid", "participants", "at least one participant", 0);
    checkAreas(found);
    checkCommunities(found);
    return found;
  },
  (scenario) => ({ $schema: undefined, ...scenario }),
);
