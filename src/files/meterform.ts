/**
 * What the files of meter readings look like, as their user says it: the part `readings` of COMMUNITY.json
 * (docs/import.md). Nothing of it is guessed. What need not be said of every file is asked for by the reader when it
 * meets something that depends on it.
 */
import {
  boolean,
  type Check,
  integer,
  list,
  memberOf,
  object,
  oneOf,
  optional,
  record,
  text,
} from "../check.js";
import { fail } from "../errors.js";
import { isTimeZone } from "../zones.js";
import { encodings } from "./text.js";

/** Units of values: energy, or mean power over an interval; each as a fraction of a kWh or kW. */
export const meterUnits = {
  Wh: { per: 1000n, times: 1n, isPower: false },
  kWh: { per: 1n, times: 1n, isPower: false },
  MWh: { per: 1n, times: 1000n, isPower: false },
  W: { per: 1000n, times: 1n, isPower: true },
  kW: { per: 1n, times: 1n, isPower: true },
  MW: { per: 1n, times: 1000n, isPower: true },
} as const;
/** The name of a unit. */
export type MeterUnit = keyof typeof meterUnits;

/** How a row says its time. */
export interface TimeForm {
  /** The column of the time; of several the texts are joined by a blank. */
  readonly columns: readonly string[];
  /** `iso`, `unix`, `unix-ms`, or a pattern of YYYY, MM, DD, HH, mm, ss, Z (an offset), A (a mark A or B). */
  readonly format?: string;
  /** The column with the number of the interval in its local day, from 1, where `columns` name the day alone. */
  readonly number?: string;
  readonly zone?: string;
  /** Whether a time is the begin or the end of its interval. */
  readonly stamp?: "begin" | "end";
  /** How the hour that comes twice is told apart where times have no offset: by order of rows, or by a column. */
  readonly twice?: "order" | { readonly column: string; readonly first: string; readonly second: string };
}

/** The columns of a file with a row for each meter and interval. */
export interface LongColumns {
  /** Left out: the name of the file, without its ending, is the meter's. */
  readonly meter?: string;
  readonly in?: string;
  readonly out?: string;
  readonly value?: string;
  readonly direction?: {
    readonly column: string;
    readonly in: readonly string[];
    readonly out: readonly string[];
  };
}

/** What files of readings look like. */
export interface MeterForm {
  /** Of a wide file, which has a row for each interval, the members name their columns. */
  readonly form: "long" | "wide";
  readonly separator?: string;
  readonly decimal?: "." | ",";
  readonly encoding?: (typeof encodings)[number];
  readonly skip?: number;
  readonly time: TimeForm;
  /** Length of an interval in minutes; divides a day. */
  readonly minutes: number;
  readonly unit: MeterUnit;
  readonly columns?: LongColumns;
  /** Columns in which every row must have this text. */
  readonly expect?: { readonly [column: string]: string };
  /** Whether values are what a counter stood at, instead of the energy of an interval. */
  readonly counter?: boolean;
  /** What becomes of values that are no whole number of quantity ticks. */
  readonly round: "refuse" | "nearest";
  /**
   * What becomes of intervals of which no reading is there: refused, or left to the market, which estimates them as
   * zero or as the meter's last reading, and says so in its records.
   */
  readonly missing: "refuse" | "zero" | "last";
  /** What becomes of meters, or columns of a wide file, that no member names. */
  readonly others: "refuse" | "leave";
}

const maxName = 256;
const column = text(/^[^\p{Cc}]+$/su, maxName, `the name of a column, at most ${maxName} characters`);
const word = text(/^[^\p{Cc}]*$/su, maxName, `text of at most ${maxName} characters`);

const words: Check<readonly string[]> = (value, field) =>
  typeof value === "string" ? [word(value, field)] : list(word, 1, 16)(value, field);

const columnsOfTime: Check<readonly string[]> = (value, field) =>
  typeof value === "string" ? [column(value, field)] : list(column, 1, 4)(value, field);

const zone: Check<string> = (value, field) =>
  typeof value === "string" && isTimeZone(value)
    ? value
    : fail("invalid", field, "a time zone such as Europe/Vienna", value);

const tokens = ["YYYY", "MM", "DD", "HH", "mm", "ss", "Z", "A"] as const;
/** The words of a time's pattern. */
export type TimeToken = (typeof tokens)[number];

/** A pattern in its parts: tokens, and what stands between them. */
export function partsOf(format: string): readonly (TimeToken | { readonly literal: string })[] {
  return format
    .split(/(YYYY|MM|DD|HH|mm|ss|Z|A)/)
    .filter((part) => part !== "")
    .map((part) => ((tokens as readonly string[]).includes(part) ? (part as TimeToken) : { literal: part }));
}

const format: Check<string> = (value, field) => {
  const wanted =
    "iso, unix, unix-ms, or a pattern of YYYY, MM, DD, HH, mm, ss, Z and A, each at most once, and at least a date";
  const given = text(/^[^\p{Cc}]+$/u, 64, wanted)(value, field);
  if (["iso", "unix", "unix-ms"].includes(given)) return given;
  const found = partsOf(given).filter((part) => typeof part === "string");
  const isWhole = (["YYYY", "MM", "DD"] as const).every((token) => found.includes(token));
  return isWhole && new Set(found).size === found.length ? given : fail("invalid", field, wanted, value);
};

const twice: Check<NonNullable<TimeForm["twice"]>> = (value, field) =>
  value === "order" ? value : record({ column, first: word, second: word })(value, field);

const time = record({
  column: columnsOfTime,
  format: optional(format),
  number: optional(column),
  zone: optional(zone),
  stamp: optional(oneOf("begin", "end")),
  twice: optional(twice),
});

const longColumns = record({
  meter: optional(column),
  in: optional(column),
  out: optional(column),
  value: optional(column),
  direction: optional(record({ column, in: words, out: words })),
});

const expected: Check<{ readonly [column: string]: string }> = (value, field) =>
  Object.fromEntries(
    Object.entries(object(value, field)).map(([name, given]) => [
      column(name, memberOf(field, name)),
      word(given, memberOf(field, name)),
    ]),
  );

const fields = record({
  form: oneOf("long", "wide"),
  separator: optional(text(/^[^"\r\n]$/u, 1, 'one character between cells, such as ";"')),
  decimal: optional(oneOf(".", ",")),
  encoding: optional(oneOf(...encodings)),
  skip: optional(integer(0, 1000)),
  time,
  minutes: integer(1, 1440),
  unit: oneOf(...(Object.keys(meterUnits) as MeterUnit[])),
  columns: optional(longColumns),
  expect: optional(expected),
  counter: optional(boolean),
  round: optional(oneOf("refuse", "nearest")),
  missing: optional(oneOf("refuse", "zero", "last")),
  others: optional(oneOf("refuse", "leave")),
});

/** Checks what a user says of readings. Throws `invalid` naming the field. */
export const meterForm: Check<MeterForm> = (value, field) => {
  const given = fields(value, field);
  const { time, minutes, columns, form, unit, counter } = given;
  const at = (name: string): string => memberOf(field, name);
  if (1440 % minutes !== 0) fail("invalid", at("minutes"), "minutes that divide a day", minutes);
  if (counter === true && meterUnits[unit].isPower)
    fail("invalid", at("unit"), "a unit of energy, as a counter has", unit);
  if (form === "wide" && columns !== undefined)
    fail("invalid", at("columns"), "no columns in a wide file: members name theirs as in and out", columns);
  if (form === "long") checkColumns(columns, at("columns"));
  checkTime(time, at("time"), counter === true);
  const { column: names, ...rest } = time;
  const { round = "refuse", missing = "refuse", others = "refuse" } = given;
  return { ...given, time: { columns: names, ...rest }, round, missing, others };
};

function checkColumns(columns: LongColumns | undefined, field: string): void {
  const wanted = "in or out or both, or value, as columns of a long file";
  const { in: drawn, out: injected, value, direction } = columns ?? {};
  const hasOwn = drawn !== undefined || injected !== undefined;
  if (hasOwn === (value !== undefined)) fail("invalid", field, wanted, hasOwn ? "both kinds" : "none");
  if (direction !== undefined && value === undefined)
    fail("invalid", memberOf(field, "direction"), "a column of values with it", "none");
  const shared = direction?.in.find((own) => direction.out.includes(own));
  if (shared !== undefined) fail("invalid", memberOf(field, "direction"), "each word once", shared);
}

function checkTime(time: Omit<TimeForm, "columns">, field: string, isCounter: boolean): void {
  const at = (name: string): string => memberOf(field, name);
  if (time.number !== undefined) {
    if (time.stamp !== undefined || time.twice !== undefined || isCounter)
      fail("invalid", at("number"), "no stamp, twice or counter with the number of an interval", time.number);
    if (time.zone === undefined) fail("invalid", at("zone"), "the zone whose days are numbered", undefined);
  }
  if (isCounter && time.stamp !== undefined)
    fail("invalid", at("stamp"), "no stamp with a counter, which is read at a moment", time.stamp);
  if (typeof time.twice === "object" && time.twice.first === time.twice.second)
    fail("invalid", at("twice"), "two words", time.twice.first);
}
