/**
 * Weather from a file: a year of hours as weather services give it, in the formats of EnergyPlus (EPW) and of PVGIS's
 * typical year, or as plain CSV. Only the day of the year and the hour count, so a typical year serves for any.
 */
import { fail } from "../errors.js";
import { hourOfYear, type WeatherYear } from "./world/measured.js";

const hours = 8_760;
/** A leap year's hours, and what stands around them. */
const mostLines = 9_000;
const hourMs = 3_600_000;
const plainHeader = ["time", "temperature", "irradiance", "wind"] as const;
const pvgisHeader = ["time(UTC)", "T2m", "G(h)", "WS10m"] as const;

type Clock = readonly [year: number, month: number, day: number, hour: number];

/** Where the columns of a file stand, and how its rows tell their time. */
interface Format {
  /** Whether each line that is not empty is an hour. */
  readonly isPlain: boolean;
  readonly columns: readonly [temperature: number, global: number, wind: number];
  /** Hours that its clock is ahead of UTC. */
  readonly zone: number;
  /** Year, month, day and hour at which the hour of a row begins by that clock; not numbers when the row says none. */
  readonly clockOf: (row: readonly string[]) => Clock;
}

/**
 * Reads a year's weather: EPW by its first line, the typical year of PVGIS by its column `time(UTC)`, else CSV with the
 * header `time,temperature,irradiance,wind` and times in UTC such as `2025-01-01T00:00Z`; lines after the 9,000th and
 * hours of a 29th of February are left aside. Throws `invalid` naming line and column; hours may be missing, which a
 * run that needs them refuses.
 */
export function parseWeather(text: string): WeatherYear {
  if (typeof text !== "string") fail("invalid", "weather", "the text of a weather file", text);
  const nothing = () => new Float64Array(hours).fill(Number.NaN);
  const year: WeatherYear = { temperature: nothing(), global: nothing(), wind: nothing() };
  let format: Format | null = null;
  let rows = 0;
  // None of the formats has quotes, and EPW and PVGIS have lines of other lengths around their hours.
  for (const [index, line] of linesOf(text).entries()) {
    if (line === "") continue;
    const row = line.split(",");
    if (format === null) format = formatOf(row, index + 1, text);
    else if (format.isPlain || isRow(row)) {
      readRow(year, format, row, index + 1);
      rows += 1;
    }
  }
  if (rows === 0)
    fail("invalid", "weather", "hours in an EPW file, a typical year of PVGIS or plain CSV", "none");
  return year;
}

/** The lines of a file; those before the column names of PVGIS are empty, so that places are right. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/, mostLines);
  const header = lines.findIndex((line) => line.startsWith("time(UTC)"));
  return header <= 0 ? lines : [...lines.slice(0, header).fill(""), ...lines.slice(header)];
}

/** Rows of hours begin with a year; the other lines of EPW and the notes below a file of PVGIS do not. */
const isRow = ([first]: readonly string[]): boolean => /^[0-9]{4}/.test(first ?? "");

function formatOf(row: readonly string[], line: number, text: string): Format {
  if (text.startsWith("LOCATION,")) {
    const zone = numberIn(row[8], `line ${line}: time zone`, -14, 14);
    return {
      isPlain: false,
      columns: [6, 13, 21],
      zone,
      // Hours are counted from 1, by standard time, and end when they are said.
      clockOf: ([year, month, day, hour]) => [Number(year), Number(month), Number(day), Number(hour) - 1],
    };
  }
  const pvgis = row[0] === pvgisHeader[0];
  const wanted = pvgis ? pvgisHeader : plainHeader;
  const places = wanted.map((name) => row.indexOf(name));
  if (places.includes(-1)) fail("invalid", `line ${line}: header`, wanted.join(","), row.join(","));
  return {
    isPlain: !pvgis,
    columns: [places[1]!, places[2]!, places[3]!],
    zone: 0,
    clockOf: (each) => clockBy(pvgis ? pvgisTime : plainTime, each[places[0]!]!),
  };
}

const pvgisTime = /^([0-9]{4})([0-9]{2})([0-9]{2}):([0-9]{2})[0-9]{2}$/;
const plainTime = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):00(?::00)?Z$/;

function clockBy(pattern: RegExp, text: string | undefined): Clock {
  const [, year, month, day, hour] = pattern.exec(text ?? "") ?? [];
  return [Number(year), Number(month), Number(day), Number(hour)];
}

/** Whether a calendar has such a day, and the day such an hour. */
function isReal([year, month, day, hour]: Clock): boolean {
  const date = new Date(Date.UTC(year, month - 1, day, hour));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
}

function readRow(year: WeatherYear, format: Format, row: readonly string[], line: number): void {
  const clock = format.clockOf(row);
  if (!isReal(clock)) fail("invalid", `line ${line}: time`, "the beginning of an hour", row[0]);
  const [, month, day, hour] = clock;
  // A run's 29th of February has the weather of the 28th, in a year of 365 days.
  if (month === 2 && day === 29) return;
  const place = hourOfYear(Date.UTC(2023, month - 1, day, hour) - format.zone * hourMs);
  if (!Number.isNaN(year.temperature[place]!))
    fail("invalid", `line ${line}: time`, "each hour of the year once", row[0]);
  const [temperature, global, wind] = format.columns;
  year.temperature[place] = numberIn(row[temperature], `line ${line}: temperature`, -90, 60);
  year.global[place] = numberIn(row[global], `line ${line}: irradiance`, 0, 1_500);
  year.wind[place] = numberIn(row[wind], `line ${line}: wind`, 0, 100);
}

function numberIn(text: string | undefined, field: string, least: number, most: number): number {
  const value = /^\s*-?[0-9]{1,6}(?:\.[0-9]{0,17})?\s*$/.test(text ?? "") ? Number(text) : Number.NaN;
  return value >= least && value <= most
    ? value
    : fail("invalid", field, `a number from ${least} to ${most}`, text);
}
