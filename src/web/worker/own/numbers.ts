/**
 * Numbers as people's programs write them, exactly or not at all. A decimal comma is read where a file can mean
 * nothing else; what may be a thousand or a fraction is refused, not guessed.
 */
import { fail, GridclearError } from "../../../errors.js";
import {
  formatTicks,
  maxPrice,
  maxQuantity,
  microTick,
  minPrice,
  parsePrice,
  parseQuantity,
} from "../../../units.js";
import { t } from "../../say.js";

/** Largest number of digits that a double holds exactly with six decimal places behind them. */
const fast = /^-?[0-9]{1,8}(?:\.[0-9]{1,6})?$/;

/**
 * Micro ticks of a plain decimal, without BigInt where it can't be inexact; null where it is none that is this short.
 */
function micro(text: string): number | null {
  if (!fast.test(text)) return null;
  const point = text.indexOf(".");
  if (point < 0) return Number(text) * 1_000_000;
  const fraction = text.slice(point + 1).padEnd(6, "0");
  const whole = Number(text.slice(0, point)) * 1_000_000;
  return text.startsWith("-") ? whole - Number(fraction) : whole + Number(fraction);
}

/** A whole number with commas between thousands, which may also be a fraction with three places. */
const thousandsLike = /^-?[1-9][0-9]{0,2}(?:,[0-9]{3})+$/;
const withComma = /^-?[0-9]+,[0-9]+$/;

/** Reads the numbers of one file, and decides about its commas as a whole. */
export class Numbers {
  #point: string | null = null;
  #comma: { readonly field: string; readonly text: string } | null = null;
  #certain = false;

  /** Whether the file writes its decimals with a comma. */
  get hasComma(): boolean {
    return this.#comma !== null;
  }

  quantity(text: string, field: string): number {
    const plain = this.#plain(text, field);
    const ticks = micro(plain);
    if (ticks !== null && ticks > 0 && ticks <= 0xffff_ffff) return ticks;
    return read(() => parseQuantity(plain, microTick, field), field, text, mostQuantity());
  }

  price(text: string, field: string): number {
    const plain = this.#plain(text, field);
    const ticks = micro(plain);
    if (ticks !== null && ticks >= -0x8000_0000 && ticks <= 0x7fff_ffff) return ticks + 0;
    return read(() => parsePrice(plain, microTick, field), field, text, pricesAllowed());
  }

  /** Throws `invalid` where every comma of the file may stand between thousands. */
  end(): void {
    if (this.#comma === null || this.#certain) return;
    const { field, text } = this.#comma;
    const [fraction, thousand] = [text.replace(",", "."), text.replaceAll(",", "")];
    fail("invalid", field, t`${fraction} or ${thousand}, whichever is meant, in all lines`, text);
  }

  /** The number with a point, as the contract has it. */
  #plain(text: string, field: string): string {
    if (!text.includes(",")) {
      if (text.includes(".")) {
        this.#point ??= field;
        if (this.#comma !== null) this.#mixed(field, text);
      }
      return text;
    }
    if (thousandsLike.test(text) && text.indexOf(",") !== text.lastIndexOf(","))
      return fail(
        "invalid",
        field,
        t`a number without marks between thousands: ${text.replaceAll(",", "")}`,
        text,
      );
    if (!withComma.test(text)) return fail("invalid", field, t`a number such as 0.25`, text);
    if (this.#point !== null) this.#mixed(field, text);
    this.#comma ??= { field, text };
    if (!thousandsLike.test(text)) this.#certain = true;
    return text.replace(",", ".");
  }

  #mixed(field: string, text: string): never {
    return fail("invalid", field, t`the same decimal mark as in the lines before, a point or a comma`, text);
  }
}

const mostQuantity = (): string => t`at most ${formatTicks(maxQuantity, microTick)}`;
const pricesAllowed = (): string =>
  t`${formatTicks(minPrice, microTick)} to ${formatTicks(maxPrice, microTick)}`;

/** What the package's own reader says of a number, in the page's language and with what to write instead. */
function read(parse: () => number, field: string, text: string, limits: string): number {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    return fail(error.code, field, error.code === "limit" ? limits : wantedOf(error.wanted), text);
  }
}

const wantedOf = (wanted: string): string => {
  if (/plain notation/.test(wanted)) return t`a number such as 0.25`;
  return /whole number of ticks/.test(wanted) ? t`at most 6 decimal places` : t`a quantity above 0`;
};
