/** Numbers as a report shows them: as many digits as tell the variants apart, and no more. */
import type { Estimate } from "../statistics.js";

/** Decimal places at which the largest of some numbers has four digits that count. */
export function placesFor(values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return 0;
  return Math.min(Math.max(3 - Math.floor(Math.log10(largest)), 0), 6);
}

/** A number in groups of three digits, with a true minus. */
export function figure(value: number, places: number): string {
  const text = Math.abs(value).toFixed(places);
  const [whole = "", fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const sign = value < 0 && Number(text) !== 0 ? "−" : "";
  return `${sign}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** A number with its sign in front, as differences have it. */
export const signed = (value: number, places: number): string =>
  `${value > 0 && Number(value.toFixed(places)) !== 0 ? "+" : ""}${figure(value, places)}`;

/** A mean and what it is within; `−` where there is none. */
export function estimateText(
  found: Estimate | null,
  places: number,
  show: (value: number, places: number) => string = figure,
): string {
  if (found === null) return "–";
  return `${show(found.mean, places)}${found.half === null ? "" : ` ± ${figure(found.half, places)}`}`;
}
