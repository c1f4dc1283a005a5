/** All files of meter readings of an import: what is common to them, and what they came to. */
import { fail } from "../errors.js";
import type { Tick } from "../units.js";
import type { MeterForm } from "./meterform.js";
import type { MeterTable } from "./metertable.js";
import { MeterTimes } from "./metertime.js";
import { MeterValues } from "./metervalue.js";

/** The time that is imported, in Unix ms, half open; an end that is null is where the readings end. */
export interface MeterSpan {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** What a reader of meter files needs. */
export interface MeterFilesOptions {
  readonly form: MeterForm;
  readonly table: MeterTable;
  readonly quantityTick: Tick;
  readonly span: MeterSpan;
}

/** What the files of an import said, but for the values. */
export interface MeterExtent {
  readonly intervalMs: number;
  /** Begin of the first interval and end of the last, Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Rows that were read. */
  readonly rows: number;
  /** Values before or behind the span. */
  readonly outside: number;
  /** Values that were rounded to a whole tick. */
  readonly rounded: number;
}

/** Takes the files of an import, one after the other; a `MeterReader` reads each. */
export class MeterFiles {
  readonly form: MeterForm;
  readonly table: MeterTable;
  readonly times: MeterTimes;
  readonly values: MeterValues;
  readonly intervalMs: number;
  readonly #span: MeterSpan;
  /** What is left of the begin of every interval, divided by its length; null before the first row. */
  #phaseMs: number | null = null;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  rows = 0;
  #outside = 0;

  constructor({ form, table, quantityTick, span }: MeterFilesOptions) {
    this.form = form;
    this.table = table;
    this.intervalMs = form.minutes * 60_000;
    this.times = new MeterTimes(form.time, this.intervalMs);
    this.values = new MeterValues(form, quantityTick);
    this.#span = span;
    if (span.fromMs !== null) this.#phaseMs = span.fromMs % this.intervalMs;
  }

  /** The number of the interval that begins then, from 1970 on; null where it is not to be imported. */
  index(startMs: number, column: string): number | null {
    const phaseMs = ((startMs % this.intervalMs) + this.intervalMs) % this.intervalMs;
    this.#phaseMs ??= phaseMs;
    if (phaseMs !== this.#phaseMs)
      return fail(
        "invalid",
        column,
        `whole intervals of ${this.form.minutes} minutes from the first on ("minutes" in readings)`,
        new Date(startMs).toISOString(),
      );
    const { fromMs, toMs } = this.#span;
    if ((fromMs !== null && startMs < fromMs) || (toMs !== null && startMs + this.intervalMs > toMs)) {
      this.#outside += 1;
      return null;
    }
    if (startMs < this.#firstMs) this.#firstMs = startMs;
    if (startMs > this.#lastMs) this.#lastMs = startMs;
    return Math.floor(startMs / this.intervalMs);
  }

  /** Ends the last file. Throws `invalid` where no row was in the span, and what {@link MeterTable.end} throws. */
  end(): MeterExtent {
    this.table.end();
    if (this.#lastMs < this.#firstMs)
      fail(
        "invalid",
        "readings",
        "rows of the time that is imported",
        this.rows === 0 ? "none" : "others alone",
      );
    const fromMs = this.#span.fromMs ?? this.#firstMs;
    const toMs = this.#span.toMs ?? this.#lastMs + this.intervalMs;
    if ((toMs - fromMs) % this.intervalMs !== 0)
      fail(
        "invalid",
        "--to",
        `whole intervals of ${this.form.minutes} minutes after ${new Date(fromMs).toISOString()}`,
        new Date(toMs).toISOString(),
      );
    return {
      intervalMs: this.intervalMs,
      fromMs,
      toMs,
      rows: this.rows,
      outside: this.#outside,
      rounded: this.values.rounded,
    };
  }
}
