/** The value of a reading, as files of meters write it: a decimal in a stated unit becomes whole quantity ticks. */
import { fail } from "../errors.js";
import type { Tick } from "../units.js";
import { type MeterForm, meterUnits } from "./meterform.js";

const decimalForm = /^(-?)(\d{1,18})(?:([.,])(\d{1,24}))?$/;
const safe = Number.MAX_SAFE_INTEGER;

/** Reads the values of a file. Errors name the column alone. */
export class MeterValues {
  readonly #form: MeterForm;
  /** Ticks of one unit, as a fraction. */
  readonly #times: bigint;
  readonly #per: bigint;
  /** The same, where small factors allow plain numbers: `per` by the number of decimal places. */
  readonly #plainTimes: number;
  readonly #plainPer: readonly number[];
  /** How many values were no whole number of ticks and rounded. */
  rounded = 0;

  constructor(form: MeterForm, tick: Tick) {
    const { times, per, isPower } = meterUnits[form.unit];
    // A power of an interval is worth as many kWh as there are hours in it.
    const up = times * 10n ** BigInt(tick.scale) * (isPower ? BigInt(form.minutes) : 1n);
    const down = per * tick.mantissa * (isPower ? 60n : 1n);
    const common = divisor(up, down);
    this.#form = form;
    this.#times = up / common;
    this.#per = down / common;
    this.#plainTimes = Number(this.#times);
    this.#plainPer = Array.from({ length: 16 }, (_, places) => Number(this.#per) * 10 ** places);
  }

  /**
   * Whole ticks, 0 … 2⁵³−1, of a decimal; `decimal` is its mark, unless it is the file's. Throws `invalid` for what is
   * none, is negative or, unless values are rounded, not a whole number of ticks.
   */
  read(text: string, column: string, decimal: string | undefined = this.#form.decimal): number {
    const match = decimalForm.exec(text);
    if (match === null) return fail("invalid", column, wantedDecimal(decimal), text);
    const [, sign, whole, mark, fraction = ""] = match as unknown as readonly [
      string,
      string,
      string,
      string?,
      string?,
    ];
    if (mark !== undefined && mark !== decimal) {
      if (decimal !== undefined) return fail("invalid", column, wantedDecimal(decimal), text);
      return fail("invalid", column, '"decimal" in readings: "." or ","', text);
    }
    const digits = `${whole}${fraction}`;
    if (sign === "-" && /[1-9]/.test(digits))
      return fail("invalid", column, "0 or more (energy that was injected stands as out)", text);
    const { ticks, rest } = this.#divide(digits, fraction.length);
    if (ticks >= safe) return fail("limit", column, "a smaller quantity, or a coarser quantityTick", text);
    if (rest === "none") return ticks;
    if (this.#form.round === "refuse")
      return fail(
        "invalid",
        column,
        'whole quantity ticks (a finer quantityTick, or "round": "nearest" in readings)',
        text,
      );
    this.rounded += 1;
    return rest === "half" ? ticks + 1 : ticks;
  }

  /** Whole ticks of a decimal's digits, and whether there is a rest of a half or more, or of less. */
  #divide(
    digits: string,
    places: number,
  ): { readonly ticks: number; readonly rest: "none" | "less" | "half" } {
    const up = Number(digits) * this.#plainTimes;
    const per = this.#plainPer[places] ?? Number.POSITIVE_INFINITY;
    if (up <= safe && per <= safe / 2) {
      const rest = up % per;
      return { ticks: (up - rest) / per, rest: rest === 0 ? "none" : 2 * rest >= per ? "half" : "less" };
    }
    const wideUp = BigInt(digits) * this.#times;
    const widePer = this.#per * 10n ** BigInt(places);
    const rest = wideUp % widePer;
    return {
      ticks: Number(wideUp / widePer),
      rest: rest === 0n ? "none" : 2n * rest >= widePer ? "half" : "less",
    };
  }
}

const wantedDecimal = (mark: string | undefined): string =>
  mark === undefined
    ? "a decimal in plain notation"
    : `a decimal in plain notation with "${mark}", without thousands marks`;

function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisor(b, a % b);
}
