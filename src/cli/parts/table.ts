/**
 * How results look on a terminal: tables, and numbers in one form everywhere: groups of three digits with a blank
 * between, a point before decimals.
 */
import type { Tick } from "../../units.js";

/** Width of a text on a terminal, for the characters this package prints: one cell for each code point. */
const width = (text: string): number => [...text].length;

/** A cell that holds a number, perhaps grouped, with a sign or a unit sign behind it. */
const numeric = /^[+-]?[0-9][0-9 ]*(?:\.[0-9]+)?(?: ?%)?$/;

/** A row of a table: its cells, or a line of text above the rows that follow. */
export type Row = readonly string[] | string;

/**
 * Rows under headings, columns two blanks apart, newline at the end; columns of numbers stand to the right. Lines are
 * never cut, however narrow the terminal: half a number would lie.
 */
export function table(headings: readonly string[], rows: readonly Row[]): string {
  const records = rows.filter((row): row is readonly string[] => typeof row !== "string");
  const widths = headings.map((heading, index) =>
    records.reduce((most, row) => Math.max(most, width(row[index] ?? "")), width(heading)),
  );
  const right = headings.map((_, index) => {
    const cells = records.map((row) => row[index] ?? "").filter((cell) => cell !== "" && cell !== "-");
    return cells.length > 0 && cells.every((cell) => numeric.test(cell));
  });
  const line = (row: Row): string =>
    typeof row === "string"
      ? row
      : headings
          .map((_, index) => {
            const cell = row[index] ?? "";
            const blanks = " ".repeat(widths[index]! - width(cell));
            return right[index] ? blanks + cell : cell + blanks;
          })
          .join("  ")
          .trimEnd();
  const rule = widths.map((length) => "─".repeat(length)).join("  ");
  return `${[line(headings), rule, ...rows.map(line)].join("\n")}\n`;
}

/** A whole number in groups of three digits: `1 234 567`. */
export function grouped(value: number | bigint): string {
  const text = `${value}`;
  const sign = text.startsWith("-") ? "-" : "";
  return sign + text.slice(sign.length).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
}

/**
 * An exact number of ticks rounded for people: half away from zero, groups of three digits, `places` decimal places
 * (0 to 18), `-0` never.
 */
export function rounded(ticks: bigint, tick: Tick, places: number): string {
  const exact = ticks * tick.mantissa * 10n ** BigInt(places);
  const unit = 10n ** BigInt(tick.scale);
  const magnitude = exact < 0n ? -exact : exact;
  const value = (2n * magnitude + unit) / (2n * unit);
  const digits = `${value}`.padStart(places + 1, "0");
  const whole = grouped(BigInt(digits.slice(0, digits.length - places)));
  const sign = exact < 0n && value > 0n ? "-" : "";
  return places === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-places)}`;
}

/** Rows of a list that a person still reads; the rest is counted. */
export const shownRows = 40;

/** The line below a list of which only the first {@link shownRows} are shown; nothing where that is all. */
export const andMore = (all: number): string =>
  all > shownRows ? `  … and ${grouped(all - shownRows)} more; --json prints all\n` : "";

/** A number of things: `1 block`, `6 394 orders`. */
export const count = (number: number, noun: string, several: string = `${noun}s`): string =>
  `${grouped(number)} ${number === 1 ? noun : several}`;
