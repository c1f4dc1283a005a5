/**
 * The time of a reading, as files of meters write it: text in a stated form, with an offset or by the clocks of a
 * stated zone, on days of 23 and 25 hours too. What contradicts what was said is refused, and what was not said and
 * matters is asked for.
 */
import { fail } from "../errors.js";
import { type Clocks, clocksOf } from "../zones.js";
import { partsOf, type TimeForm, type TimeToken } from "./meterform.js";

/** Unix times in ms that a row can mean: one, or in order both of an hour that comes twice, of which order tells. */
export type Moments = readonly [number] | readonly [number, number];

const dayMs = 86_400_000;
const offsetForm = "Z|[+-]\\d{2}:?\\d{2}";
const iso = new RegExp(
  `^(?<YYYY>\\d{4})-(?<MM>\\d{2})-(?<DD>\\d{2})(?:[T ](?<HH>\\d{2}):(?<mm>\\d{2})(?::(?<ss>\\d{2})(?:[.,]0+)?)?)?(?<Z>${offsetForm})?$`,
);
const tokenForms: { readonly [token in TimeToken]: string } = {
  YYYY: "(?<YYYY>\\d{4})",
  MM: "(?<MM>\\d{1,2})",
  DD: "(?<DD>\\d{1,2})",
  HH: "(?<HH>\\d{1,2})",
  mm: "(?<mm>\\d{1,2})",
  ss: "(?<ss>\\d{1,2})",
  Z: `(?<Z>${offsetForm})`,
  A: "(?<A>[AB]?)",
};

/** The text of a pattern as a regular expression with a group for each token. */
function expressionOf(format: string): RegExp {
  if (format === "iso") return iso;
  const parts = partsOf(format).map((part) =>
    typeof part === "string" ? tokenForms[part] : part.literal.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&"),
  );
  return new RegExp(`^${parts.join("")}$`);
}

/** Most texts whose time is remembered: rows of many meters repeat theirs. */
const mostRemembered = 1 << 17;

/** Reads the times of a file. Errors name the column alone. */
export class MeterTimes {
  readonly #form: TimeForm;
  readonly #intervalMs: number;
  readonly #clocks: Clocks | null;
  readonly #expression: RegExp | null;
  /** What errors call the column, or columns, of the time. */
  readonly column: string;
  readonly #remembered = new Map<string, Moments>();

  constructor(form: TimeForm, intervalMs: number) {
    const { format, zone, columns } = form;
    this.#form = form;
    this.#intervalMs = intervalMs;
    this.#clocks = zone === undefined ? null : clocksOf(zone);
    this.#expression = format === undefined || format.startsWith("unix") ? null : expressionOf(format);
    this.column = columns.join(" ");
  }

  /** Times that a text can mean; `mark` is what stands in the column of `twice`, or the number of the interval. */
  read(text: string, mark: string): Moments {
    // No time has a line break in it, so that the two can't be parted in another way.
    if (text.includes("\n")) return this.#read(text, mark);
    const key = mark === "" ? text : `${text}\n${mark}`;
    let moments = this.#remembered.get(key);
    if (moments === undefined) {
      moments = this.#read(text, mark);
      if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
      this.#remembered.set(key, moments);
    }
    return moments;
  }

  /** Times that a table's own time can mean; one that is local is what clocks of the zone show. */
  readDate(date: Date, isLocal: boolean, mark: string): Moments {
    const timeMs = date.getTime();
    if (this.#form.number !== undefined) return this.#numbered(timeMs, date, mark);
    return isLocal
      ? this.#local(timeMs, { text: date.toISOString().slice(0, -1), mark, letter: "" })
      : [timeMs];
  }

  #read(text: string, mark: string): Moments {
    const { format } = this.#form;
    if (format === undefined)
      return this.#ask("format", 'iso, unix, unix-ms, or a pattern such as "DD.MM.YYYY HH:mm"', text);
    if (this.#expression === null) {
      if (!/^\d{1,15}$/.test(text))
        return this.#refuse(
          format === "unix" ? "whole seconds since 1970" : "whole milliseconds since 1970",
          text,
        );
      return [Number(text) * (format === "unix" ? 1000 : 1)];
    }
    const groups = this.#expression.exec(text)?.groups;
    if (groups === undefined)
      return this.#refuse(`a time as ${format === "iso" ? "ISO 8601 has it" : format}`, text);
    const shownMs = this.#shown(groups, text);
    if (this.#form.number !== undefined) return this.#numbered(shownMs, text, mark);
    if (groups.Z !== undefined) return this.#offset(shownMs, groups.Z, text);
    return this.#local(shownMs, { text, mark, letter: groups.A ?? "" });
  }

  /** What the clocks show, as the time at which clocks of UTC would; 24:00 is the midnight at the end of a day. */
  #shown(groups: { readonly [token: string]: string | undefined }, text: string): number {
    const [year, month, day] = [Number(groups.YYYY), Number(groups.MM), Number(groups.DD)];
    const [hour, minute, second] = [groups.HH, groups.mm, groups.ss].map((part) => Number(part ?? 0)) as [
      number,
      number,
      number,
    ];
    const midnightMs = Date.UTC(year, month - 1, day);
    const date = new Date(midnightMs);
    const isDay = year > 1969 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    const isTime = hour < 24 ? minute < 60 && second < 60 : hour === 24 && minute === 0 && second === 0;
    if (!isDay || !isTime) return this.#refuse("a time of a day that there is, from 1970 on", text);
    return midnightMs + ((hour * 60 + minute) * 60 + second) * 1000;
  }

  #offset(shownMs: number, offset: string, text: string): Moments {
    const sign = offset.startsWith("-") ? -1 : 1;
    const digits = offset.replace(/\D/g, "");
    const offsetMs =
      offset === "Z" ? 0 : sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
    const timeMs = shownMs - offsetMs;
    // Times in UTC are told from local ones by their Z, whatever the zone.
    if (this.#clocks !== null && offset !== "Z" && this.#clocks.offsetAt(timeMs) !== offsetMs)
      return this.#refuse(`an offset that clocks of ${this.#form.zone} have then`, text);
    return [timeMs];
  }

  #local(
    shownMs: number,
    { text, mark, letter }: { readonly text: string; readonly mark: string; readonly letter: string },
  ): Moments {
    if (this.#clocks === null) return this.#ask("zone", "the time has no offset", text);
    const { zone, twice } = this.#form;
    const times = this.#clocks.timesOf(shownMs);
    if (times.length === 0)
      return this.#refuse(`a time that clocks of ${zone} show: they were put forward over it`, text);
    const [first, second] = times as [number, number | undefined];
    if (second === undefined)
      return letter === ""
        ? [first]
        : this.#refuse(`A or B only where clocks of ${zone} show a time twice`, text);
    if (letter !== "") return [letter === "A" ? first : second];
    if (twice === undefined) return this.#ask("twice", `clocks of ${zone} show this time twice`, text);
    if (twice === "order") return [first, second];
    if (mark === twice.first || mark === twice.second) return [mark === twice.first ? first : second];
    return fail(
      "invalid",
      twice.column,
      `${twice.first} or ${twice.second}, as clocks of ${zone} show ${text} twice`,
      mark,
    );
  }

  /** The begin of a numbered interval of a local day. */
  #numbered(shownMs: number, day: unknown, number: string): Moments {
    if (shownMs % dayMs !== 0) return this.#refuse("a day without a time", day);
    const clocks = this.#clocks!;
    const startMs = clocks.timeOf(shownMs / dayMs, 0);
    const count = (clocks.timeOf(shownMs / dayMs + 1, 0) - startMs) / this.#intervalMs;
    const place = /^\d{1,4}$/.test(number) ? Number(number) : Number.NaN;
    return place >= 1 && place <= count
      ? [startMs + (place - 1) * this.#intervalMs]
      : fail("invalid", this.#form.number!, `an interval of the day, 1 to ${count}`, number);
  }

  #ask(key: string, why: string, text: string): never {
    return fail("invalid", this.column, `"${key}" in readings.time: ${why}`, text);
  }

  #refuse(wanted: string, got: unknown): never {
    return fail("invalid", this.column, wanted, got);
  }
}
