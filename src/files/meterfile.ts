/**
 * Files of meter readings as operators' portals and other programs write them, CSV or Parquet, read in pieces: each row
 * is checked against what its user said of the file and goes into the table of its import.
 */
import { fail, GridclearError } from "../errors.js";
import { RecordReader } from "./csv.js";
import type { MeterFiles } from "./meterfiles.js";
import { type MeterSeries, type MeterTarget, maxMetered } from "./metertable.js";
import type { Moments } from "./metertime.js";
import type { ParquetColumn } from "./parquetrows.js";

/** A column of values: its place in a row, its name, and where a wide file's go. */
interface ValueColumn {
  readonly place: number;
  readonly name: string;
  readonly side: "in" | "out" | null;
  readonly target: MeterTarget | null;
}

/** The columns of a file by their places in a row; −1 where there is none. */
interface Places {
  readonly times: readonly number[];
  readonly mark: number;
  readonly meter: number;
  readonly direction: number;
  readonly values: readonly ValueColumn[];
  readonly expected: readonly { readonly place: number; readonly name: string; readonly text: string }[];
}

/** Reads one file: CSV text in pieces (`write`), or a table's header and rows (`columns`, `row`), and then `end`. */
export class MeterReader {
  readonly #files: MeterFiles;
  readonly #meter: string;
  readonly #csv: RecordReader | null;
  #places: Places | null = null;
  /** Where the row is that is taken. */
  #word = "";
  #at = 0;
  /** Whether a table's times are local. */
  #localTimes = false;
  /** How a text begins of which nobody said what separates its cells. */
  #beginning = "";

  /** @param name the file's name without its ending, which is the meter's where no column names it */
  constructor(files: MeterFiles, name: string) {
    const { separator, skip = 0 } = files.form;
    this.#files = files;
    this.#meter = name;
    this.#csv =
      separator === undefined
        ? null
        : new RecordReader((cells, line) => this.#record(cells, line), { separator, skip, isExcel: true });
  }

  /** Takes the next piece of a CSV text. Throws `invalid` or `limit`, naming line and column. */
  write(piece: string): void {
    if (this.#csv !== null) this.#csv.write(piece);
    else if (this.#beginning.length < 4096) this.#beginning += piece;
  }

  /** Takes the names of a table's columns; those that are needed, in the order in which a row's cells have to come. */
  columns(found: readonly ParquetColumn[]): readonly string[] {
    const names = found.map(({ name }) => name);
    const needed = usedPlaces(this.#header(names, "columns")).map((place) => names[place]!);
    this.#places = this.#header(needed, "columns");
    const [time] = this.#files.form.time.columns;
    this.#localTimes = found.find(({ name }) => name === time)?.isLocalTime ?? false;
    return needed;
  }

  /** Takes the row of a table at a place, counted from 1. */
  row(cells: readonly unknown[], at: number): void {
    this.#take(cells, "row", at);
  }

  /** Ends the file. */
  end(): void {
    if (this.#csv === null && this.#places === null) {
      const { skip = 0 } = this.#files.form;
      const line = this.#beginning.split(/\r?\n/, skip + 1)[skip] ?? "";
      fail("invalid", `line ${skip + 1}: header`, '"separator" in readings, such as ";"', line);
    }
    this.#csv?.end();
    if (this.#places === null) fail("invalid", "line 1: header", "a header row", "an empty file");
    this.#files.table.endFile();
  }

  #record(cells: readonly string[], line: number): void {
    if (this.#places === null) this.#places = this.#header(cells, `line ${line}: header`);
    else this.#take(cells, "line", line);
  }

  #header(names: readonly string[], field: string): Places {
    const { form, table } = this.#files;
    const { time, columns, expect = {} } = form;
    const place = (name: string | undefined): number => {
      if (name === undefined) return -1;
      const found = names.indexOf(name);
      if (found < 0)
        fail("invalid", field, `a column ${JSON.stringify(name)}`, names.join(form.separator ?? ","));
      if (names.includes(name, found + 1))
        fail("invalid", field, `a column ${JSON.stringify(name)} once`, "it twice");
      return found;
    };
    const twice = typeof time.twice === "object" ? time.twice.column : undefined;
    const known = [...time.columns, time.number ?? twice, ...Object.keys(expect)];
    const value = (name: string | undefined, side: ValueColumn["side"]): ValueColumn[] =>
      name === undefined ? [] : [{ place: place(name), name, side, target: null }];
    return {
      times: time.columns.map(place),
      mark: place(time.number ?? twice),
      meter: place(columns?.meter),
      direction: place(columns?.direction?.column),
      expected: Object.entries(expect).map(([name, text]) => ({ place: place(name), name, text })),
      values:
        form.form === "long"
          ? [...value(columns?.in, "in"), ...value(columns?.out, "out"), ...value(columns?.value, null)]
          : names.flatMap((name): ValueColumn[] => {
              if (name === "" || known.includes(name)) return [];
              const target = table.target(name, field);
              return target === null ? [] : [{ place: place(name), name, side: null, target }];
            }),
    };
  }

  #take(cells: readonly unknown[], word: string, at: number): void {
    try {
      this.#files.rows += 1;
      this.#word = word;
      this.#at = at;
      this.#row(cells, this.#places!);
    } catch (error) {
      throw error instanceof GridclearError ? error.at(`${word} ${at}`) : error;
    }
  }

  #row(cells: readonly unknown[], places: Places): void {
    const { form, table } = this.#files;
    for (const { place, name, text } of places.expected)
      if (textOf(cells[place]) !== text)
        fail("invalid", name, `${text} ("expect" in readings)`, cells[place]);
    const moments = this.#moments(cells, places);
    const meter = places.meter < 0 ? this.#meter : textOf(cells[places.meter]);
    const own = form.form === "wide" ? null : table.target(meter, form.columns?.meter ?? "file name");
    if (form.form === "long" && own === null) return;
    for (const column of places.values) {
      const cell = cells[column.place];
      const text = textOf(cell);
      if (text === "") continue;
      const { target, side } = column;
      const series = target === null ? this.#series(own!, side, cells, places) : (target.in ?? target.out)!;
      this.#put(series, moments, { text, name: column.name, meter, isNumber: typeof cell === "number" });
    }
  }

  #moments(cells: readonly unknown[], { times, mark }: Places): Moments {
    const marked = mark < 0 ? "" : textOf(cells[mark]);
    const first = cells[times[0]!];
    if (first instanceof Date && times.length === 1)
      return this.#files.times.readDate(first, this.#localTimes, marked);
    const text = times.length === 1 ? textOf(first) : times.map((place) => textOf(cells[place])).join(" ");
    return this.#files.times.read(text, marked);
  }

  /** Where the value of a long file's row goes. */
  #series(
    own: MeterTarget,
    side: "in" | "out" | null,
    cells: readonly unknown[],
    { direction }: Places,
  ): MeterSeries {
    const { columns } = this.#files.form;
    if (side !== null)
      return (
        own[side] ??
        fail("invalid", columns![side]!, 'a meter of both directions ("meter" of its member)', side)
      );
    if (columns?.direction === undefined) {
      if (own.in !== null && own.out !== null)
        return fail(
          "invalid",
          columns!.value!,
          '"direction" in readings.columns, or "in" or "out" of the member',
          "neither",
        );
      return (own.in ?? own.out)!;
    }
    const { column, in: drawn, out: injected } = columns.direction;
    const word = textOf(cells[direction]);
    const found = drawn.includes(word) ? own.in : injected.includes(word) ? own.out : null;
    return (
      found ?? fail("invalid", column, `${[...drawn, ...injected].join(" or ")}, as its meter has it`, word)
    );
  }

  #put(series: MeterSeries, moments: Moments, value: Value): void {
    const { form, intervalMs, values, times } = this.#files;
    const ticks = values.read(value.text, value.name, value.isNumber ? "." : undefined);
    const { number, stamp } = form.time;
    if (form.counter === true) this.#count(series, moments, ticks, value);
    else {
      if (stamp === undefined && number === undefined)
        fail(
          "invalid",
          times.column,
          '"stamp" in readings.time: whether times begin or end an interval',
          value.text,
        );
      const timeMs = this.#moment(series, moments, value);
      series.lastMs = timeMs;
      this.#keep(series, stamp === "end" ? timeMs - intervalMs : timeMs, ticks, value);
    }
  }

  /** What a counter stood at: the difference to the row before is the energy of the interval between. */
  #count(series: MeterSeries, moments: Moments, stood: number, value: Value): void {
    const { intervalMs, times } = this.#files;
    const timeMs = this.#moment(series, moments, value);
    const { lastMs, lastCount } = series;
    if (timeMs <= lastMs)
      fail("invalid", times.column, "the rows of a counter in order of time, each once", value.text);
    if (lastMs === timeMs - intervalMs) {
      if (stood < lastCount) fail("invalid", value.name, "a counter that does not run backwards", value.text);
      this.#keep(series, lastMs, stood - lastCount, value);
    }
    series.lastMs = timeMs;
    series.lastCount = stood;
  }

  /** The time of a row; of two that it can mean, the first that its meter has not given yet, in order of rows. */
  #moment(series: MeterSeries, moments: Moments, { name }: Value): number {
    const [first, second] = moments;
    if (second === undefined) return first;
    const isSecond = series.lastMs >= first;
    const timeMs = isSecond ? second : first;
    const refuse = (got: string): never =>
      fail(
        "invalid",
        this.#files.times.column,
        "the hour that comes twice in order of time, each time twice",
        got,
      );
    if (timeMs <= series.lastMs) return refuse("one more row");
    series.once += isSecond ? -1 : 1;
    if (series.once === 1) series.onceAt = `${this.#word} ${this.#at}: ${name}`;
    return series.once < 0 ? refuse("the second alone") : timeMs;
  }

  #keep(series: MeterSeries, startMs: number, ticks: number, { text, name, meter }: Value): void {
    if (ticks > maxMetered)
      fail("limit", name, `at most ${maxMetered} quantity ticks (a coarser one allows more)`, text);
    const { column } = this.#files.times;
    const index = this.#files.index(startMs, column);
    if (index !== null && !series.put(index, ticks))
      fail("invalid", column, "each time of a meter once", `${meter} again`);
  }
}

/** The places of all columns that are used, each once, in order. */
function usedPlaces({ times, mark, meter, direction, values, expected }: Places): number[] {
  const places = [...times, mark, meter, direction, ...values.map(({ place }) => place)];
  const used = [...places, ...expected.map(({ place }) => place)].filter((place) => place >= 0);
  return [...new Set(used)].sort((a, b) => a - b);
}

/** A value while it is taken: its text, its column, and the meter that it is of. */
interface Value {
  /** Whether a table had it as a number, so that its text is plain notation. */
  readonly isNumber: boolean;
  readonly text: string;
  readonly name: string;
  readonly meter: string;
}

/** The text of a cell; empty where a table has none. */
function textOf(cell: unknown): string {
  if (typeof cell === "string") return cell;
  if (cell === null || cell === undefined) return "";
  // Programs that know no empty cells write "not a number".
  if (typeof cell === "number") return Number.isNaN(cell) ? "" : plainNumber(cell);
  return typeof cell === "bigint" ? `${cell}` : "";
}

/** A number in plain notation. */
const plainNumber = (value: number): string => {
  const text = `${value}`;
  return text.includes("e") ? value.toFixed(18) : text;
};
