/**
 * The climate of a run: clouds, wind and warmth that wander within a day and from day to day, around what the season is
 * like. Dull weeks and calm ones happen.
 */
import { civil } from "./calendar.js";
import { normal } from "./random.js";
import { clearSky, cloudFactor, sunAt } from "./sky.js";

/** What the sky does. */
export type WeatherKind = "clear" | "mixed" | "overcast" | "windy";

/** Whose climate it is. */
export interface ClimateOptions {
  readonly seed: number;
  /** Degrees north and east. */
  readonly latitude: number;
  readonly longitude: number;
  readonly kind: WeatherKind;
  /** Which of how many places of one neighbourhood this is; they share most of their weather. Default: the only one. */
  readonly sky?: { readonly number: number; readonly of: number };
}

/** How often the weather changes: a longer step would miss some of it. */
export const weatherStepMs = 300_000;

const dayMs = 86_400_000;
const knotsPerDay = dayMs / weatherStepMs;
const cloudStream = 1;
const windStream = 2;
const warmthStream = 3;
/** First of the streams of what passes over one place alone. */
const skyStream = 10;

// Of clouds and wind this much lasts for days and the rest passes within hours, as parts of one deviation; with it the
// yield of a day is worth half of what one can know of the next.
const lasting = 0.88;
const passing = 0.475;

/** How far a place is ahead of UTC by the sun, in whole hours of ms: a day of weather is a day of its sun. */
export const solarOffset = (longitude: number): number => Math.round(longitude / 15) * 3_600_000;

// Mean temperature of each month in Germany in °C, 1991 to 2020 (DWD), and mean global irradiance in W/m² around
// which it was measured, so that a sunny day comes out warmer than a dull one.
const monthTemperature = [0.9, 1.5, 4.6, 9.0, 13.1, 16.4, 18.3, 18.0, 13.9, 9.4, 4.9, 1.8];
const monthIrradiance = [27, 50, 100, 165, 205, 222, 216, 185, 130, 72, 34, 21];
const tableLatitude = 51;
const kelvinPerDegree = 0.55;
const kelvinPerWatt = 0.022;

/**
 * How much duller than the year's mean each month is, as a hidden variable: with it mean irradiance under the mixed
 * climate comes out as in the table above.
 */
const monthCloud = [1.31, 1.04, 1.3, 0.74, 0.78, 0.71, 0.9, 0.81, 0.63, 1.19, 1.43, 1.13];

interface Climate {
  /** Mean of the hidden cloud variable, how much of the season it follows, and how much it wanders. */
  readonly cloud: number;
  readonly season: number;
  readonly cloudDeviation: number;
  /** Scale of the Weibull distribution of wind speeds, m/s. */
  readonly wind: number;
  /** Kelvin above the month's mean, apart from what the sun does. */
  readonly warmth: number;
}

const climates: Record<WeatherKind, Climate> = {
  clear: { cloud: -1.3, season: 0, cloudDeviation: 0.35, wind: 4.5, warmth: 0.5 },
  mixed: { cloud: 0, season: 1, cloudDeviation: 0.95, wind: 6.5, warmth: 0 },
  overcast: { cloud: 1.5, season: 0, cloudDeviation: 0.35, wind: 5.5, warmth: 0.5 },
  windy: { cloud: 0.2, season: 1, cloudDeviation: 0.9, wind: 8.5, warmth: 0 },
};

// Wind speeds are Weibull with shape 2: quantiles at normal deviates −3.5, −3 … 3.5, sqrt(−ln(1 − Φ(z))).
const weibull = [
  0.0153, 0.0368, 0.0789, 0.1517, 0.263, 0.4156, 0.6074, 0.8326, 1.0844, 1.3568, 1.645, 1.945, 2.2543, 2.5705,
  2.8924,
];

/** Straight lines between the values of a table, held at both ends. */
export function interpolate(table: ArrayLike<number>, place: number): number {
  const bounded = Math.min(Math.max(place, 0), table.length - 1);
  const left = Math.min(Math.floor(bounded), table.length - 2);
  const share = bounded - left;
  return table[left]! * (1 - share) + table[left + 1]! * share;
}

/**
 * What wanders from one five minutes to the next (autoregressive of first order), as one day hands it on to the next.
 */
interface Drift {
  /** What lasts for days: how dull and how windy it is. */
  readonly dull: number;
  readonly windy: number;
  readonly warmth: number;
  /** What passes within hours. */
  readonly cloud: number;
  readonly wind: number;
  /** Kelvin that the sun has given to the air. */
  readonly lag: number;
}

/** A day's weather at every five minutes. */
export interface Day {
  readonly cover: Float64Array;
  readonly wind: Float64Array;
  readonly temperature: Float64Array;
  readonly meanTemperature: number;
}

/** The value of a table of months on a day: straight lines between the middles of the months. */
function ofMonth(table: readonly number[], dayNumber: number, latitude: number): number {
  const { month, day } = civil(dayNumber);
  const half = (day - 15) / 30;
  const shifted = latitude < 0 ? month + 6 : month;
  const here = table[(shifted - 1) % 12]!;
  const next = table[(shifted - 1 + (half < 0 ? 11 : 1)) % 12]!;
  return here + (next - here) * Math.abs(half);
}

/** What drives clouds and wind that pass: half of it everywhere the same, where there are several skies. */
function passingChance({ seed, sky }: ClimateOptions): (stream: number, index: number) => number {
  if (sky === undefined || sky.of === 1) return (stream, index) => normal(seed, stream, index, 2);
  const own = skyStream + sky.number;
  const half = Math.SQRT1_2;
  return (stream, index) => half * (normal(seed, stream, index, 2) + normal(seed, own, index, stream));
}

/** The weather of the day that is so many days after the first, and what it hands on. */
function dayAfter(options: ClimateOptions, first: number, ahead: number, before: Drift): [Day, Drift] {
  const { seed, latitude, longitude } = options;
  const chance = passingChance(options);
  const climate = climates[options.kind];
  const number = first + ahead;
  const base =
    ofMonth(monthTemperature, number, latitude) +
    (tableLatitude - Math.abs(latitude)) * kelvinPerDegree +
    climate.warmth -
    kelvinPerWatt * ofMonth(monthIrradiance, number, latitude);
  const day = {
    cover: new Float64Array(knotsPerDay),
    wind: new Float64Array(knotsPerDay),
    temperature: new Float64Array(knotsPerDay),
  };
  const mean = climate.cloud + climate.season * ofMonth(monthCloud, number, latitude);
  const midnightMs = number * dayMs - solarOffset(longitude);
  let { dull, windy, warmth, cloud, wind, lag } = before;
  let sum = 0;
  for (let knot = 0; knot < knotsPerDay; knot++) {
    const index = ahead * knotsPerDay + knot;
    dull = 0.9982 * dull + 0.06 * normal(seed, cloudStream, index, 4);
    windy = 0.9975 * windy + 0.0707 * normal(seed, windStream, index, 4);
    warmth = 0.999 * warmth + 0.0447 * normal(seed, warmthStream, index, 2);
    cloud = 0.97 * cloud + 0.2431 * chance(cloudStream, index);
    wind = 0.99 * wind + 0.1411 * chance(windStream, index);
    const hidden = mean + climate.cloudDeviation * (lasting * dull + passing * cloud);
    const cover = Math.min(Math.max(0.5 + hidden / 3, 0), 1);
    const sun = sunAt(midnightMs + knot * weatherStepMs, latitude, longitude);
    const global = clearSky(sun.altitude) * cloudFactor(cover);
    lag += (kelvinPerWatt * global - lag) / 60; // follows the sun with a lag of five hours
    day.cover[knot] = cover;
    day.wind[knot] = climate.wind * interpolate(weibull, (lasting * windy + passing * wind + 3.5) * 2);
    const temperature = base + lag + 2 * warmth;
    day.temperature[knot] = temperature;
    sum += temperature;
  }
  return [
    { ...day, meanTemperature: sum / knotsPerDay },
    { dull, windy, warmth, cloud, wind, lag },
  ];
}

/** Days that are kept: a run reads them in order, a reader of charts goes back and forth in one. */
const keptDays = 8;

/** The days of a run by number from its first. Of each only what it began with is kept, and the last few whole. */
export function daysOf(options: ClimateOptions, first: number): (ahead: number) => Day {
  const { seed, latitude } = options;
  const begins: Drift[] = [
    {
      dull: normal(seed, cloudStream, 0, 1),
      windy: normal(seed, windStream, 0, 1),
      warmth: normal(seed, warmthStream, 0, 1),
      cloud: normal(seed, cloudStream, 0, 5),
      wind: normal(seed, windStream, 0, 5),
      // The evening before leaves its warmth: begin each run at the mean instead of at nothing.
      lag: kelvinPerWatt * ofMonth(monthIrradiance, first, latitude) * 0.7,
    },
  ];
  const kept = new Map<number, Day>();
  return (ahead) => {
    const known = kept.get(ahead);
    if (known !== undefined) return known;
    for (let number = Math.min(ahead, begins.length - 1); ; number++) {
      const [day, after] = dayAfter(options, first, number, begins[number]!);
      begins[number + 1] ??= after;
      if (number < ahead) continue;
      if (kept.size === keptDays) kept.delete(kept.keys().next().value!);
      kept.set(number, day);
      return day;
    }
  };
}
