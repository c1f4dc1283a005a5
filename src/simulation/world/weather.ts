/** The weather over a run: sun, clouds, wind and warmth, from the place, the date and a seed. */
import { getPosition } from "suncalc";
import { normal } from "./random.js";
import { type DayKind, type ShapeSeason, shapeSeason } from "./shapes.js";

/** What the sky does. */
export type WeatherKind = "clear" | "mixed" | "overcast" | "windy";
/** A season, for those who do not care about the date. */
export type Season = "winter" | "spring" | "summer" | "autumn";

/** How a module lies; `tracker` is not among them. */
export const planes: readonly { readonly name: string; readonly tilt: number; readonly azimuth: number }[] = [
  { name: "south", tilt: 35, azimuth: 180 },
  { name: "east", tilt: 25, azimuth: 90 },
  { name: "west", tilt: 25, azimuth: 270 },
  { name: "flat", tilt: 10, azimuth: 180 },
];

/** Everything about one step of time that does not depend on who asks. Arrays are fresh and the caller's. */
export interface Moment {
  /** Middle of the step, Unix time. */
  readonly timestampMs: number;
  /** Local time as a quarter of an hour with fraction, 0 ≤ x < 96. */
  readonly quarter: number;
  /** Local days since 1 January 1970. */
  readonly dayNumber: number;
  readonly dayOfYear: number;
  readonly dayKind: DayKind;
  readonly season: ShapeSeason;
  /** °C now, and the mean of the local day. */
  readonly temperature: number;
  readonly meanTemperature: number;
  /** W/m² on each of `planes`, in steps of 0.1. */
  readonly irradiance: readonly number[];
  /** Altitude of the sun above the horizon in degrees, in steps of 0.01. */
  readonly sunAltitude: number;
  /** Wind at the hub in m/s, in steps of 0.01. */
  readonly windSpeed: number;
}

export interface WeatherOptions {
  readonly seed: number;
  /** Degrees north and east. */
  readonly latitude: number;
  readonly longitude: number;
  /** What local clocks show ahead of UTC. */
  readonly utcOffsetMinutes: number;
  readonly kind: WeatherKind;
  /** Unix time at which the first step begins, and how long each is. */
  readonly startMs: number;
  readonly stepMs: number;
}

/** How often the weather changes: a longer step would miss some of it. */
export const weatherStepMs = 300_000;

const dayMs = 86_400_000;
const knotsPerDay = dayMs / weatherStepMs;
const cloudStream = 1;
const windStream = 2;
const warmthStream = 3;
const gustStream = 4;

// Mean temperature of each month in Germany in °C, 1991 to 2020 (DWD), and mean global irradiance in W/m² around
// which it was measured, so that a sunny day comes out warmer than a dull one.
const monthTemperature = [0.9, 1.5, 4.6, 9.0, 13.1, 16.4, 18.3, 18.0, 13.9, 9.4, 4.9, 1.8];
const monthIrradiance = [27, 50, 100, 165, 205, 222, 216, 185, 130, 72, 34, 21];
const tableLatitude = 51;
const kelvinPerDegree = 0.55;
const kelvinPerWatt = 0.022;

interface Climate {
  /** Mean of the hidden cloud variable, and how much it wanders. */
  readonly cloud: number;
  readonly cloudDeviation: number;
  /** Scale of the Weibull distribution of wind speeds, m/s. */
  readonly wind: number;
  /** Kelvin above the month's mean, apart from what the sun does. */
  readonly warmth: number;
}

const climates: Record<WeatherKind, Climate> = {
  clear: { cloud: -1.3, cloudDeviation: 0.35, wind: 4.5, warmth: 0.5 },
  mixed: { cloud: 0.7, cloudDeviation: 1.1, wind: 6.5, warmth: 0 },
  overcast: { cloud: 1.5, cloudDeviation: 0.35, wind: 5.5, warmth: 0.5 },
  windy: { cloud: 0.9, cloudDeviation: 0.9, wind: 10, warmth: 0 },
};

// Wind speeds are Weibull with shape 2: quantiles at normal deviates −3.5, −3 … 3.5, sqrt(−ln(1 − Φ(z))).
const weibull = [
  0.0153, 0.0368, 0.0789, 0.1517, 0.263, 0.4156, 0.6074, 0.8326, 1.0844, 1.3568, 1.645, 1.945, 2.2543, 2.5705,
  2.8924,
];

/** Straight lines between the values of a table, held at both ends. */
function interpolate(table: ArrayLike<number>, place: number): number {
  const bounded = Math.min(Math.max(place, 0), table.length - 1);
  const left = Math.min(Math.floor(bounded), table.length - 2);
  const share = bounded - left;
  return table[left]! * (1 - share) + table[left + 1]! * share;
}

const rounded = (value: number, step: number): number => Math.round(value / step) * step;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

interface Sun {
  /** Degrees, in steps of 0.01: what engines compute differently in the last bit goes no further than here. */
  readonly altitude: number;
  readonly azimuth: number;
}

function sunAt(timestampMs: number, latitude: number, longitude: number): Sun {
  const position = getPosition(new Date(timestampMs), latitude, longitude);
  return { altitude: rounded(position.altitude, 0.01), azimuth: rounded(position.azimuth, 0.01) };
}

/** Global irradiance on level ground under a sky without clouds, W/m² (Haurwitz 1945). */
export function clearSky(altitude: number): number {
  const height = Math.sin(radians(altitude));
  return height <= 0 ? 0 : rounded(1098 * height * Math.exp(-0.059 / height), 0.1);
}

/** What clouds leave of it: 1 − 0.75 n^3.4 (Kasten and Czeplak 1980), for a cover of 0 to 1. */
const cloudFactor = (cover: number): number => rounded(1 - 0.75 * cover ** 3.4, 1e-4);

/** Share of diffuse light by clearness (Erbs, Klein and Duffie 1982). */
function diffuseShare(clearness: number): number {
  if (clearness <= 0.22) return 1 - 0.09 * clearness;
  if (clearness > 0.8) return 0.165;
  const k = clearness;
  return 0.9511 + k * (-0.1604 + k * (4.388 + k * (-16.638 + k * 12.336)));
}

/** Irradiance on each plane from that on level ground: the beam by its angle, diffuse light by the sky a plane sees. */
function onPlanes(global: number, sun: Sun): number[] {
  const height = Math.sin(radians(sun.altitude));
  if (global <= 0 || height <= 0.01) return planes.map(() => 0);
  const diffuse = global * diffuseShare(Math.min(global / (1361 * height), 1));
  const beam = Math.min((global - diffuse) / height, 1100);
  return planes.map((plane) => {
    const incidence =
      height * Math.cos(radians(plane.tilt)) +
      Math.cos(radians(sun.altitude)) *
        Math.sin(radians(plane.tilt)) *
        Math.cos(radians(sun.azimuth - plane.azimuth));
    const seen = (1 + Math.cos(radians(plane.tilt))) / 2;
    return rounded(beam * Math.max(incidence, 0) + diffuse * seen, 0.1);
  });
}

/**
 * What wanders from one five minutes to the next (autoregressive of first order), as one day hands it on to the next.
 */
interface Drift {
  readonly cloud: number;
  readonly wind: number;
  readonly warmth: number;
  /** Kelvin that the sun has given to the air. */
  readonly lag: number;
}

/** A day's weather at every five minutes. */
interface Day {
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

/** The weather of the day that is so many days after the first, and what it hands on. */
function dayAfter(options: WeatherOptions, first: number, ahead: number, before: Drift): [Day, Drift] {
  const { seed, latitude, longitude } = options;
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
  const midnightMs = number * dayMs - options.utcOffsetMinutes * 60_000;
  let { cloud, wind, warmth, lag } = before;
  let sum = 0;
  for (let knot = 0; knot < knotsPerDay; knot++) {
    const index = ahead * knotsPerDay + knot;
    cloud = 0.97 * cloud + 0.2431 * normal(seed, cloudStream, index, 2);
    wind = 0.99 * wind + 0.1411 * normal(seed, windStream, index, 2);
    warmth = 0.999 * warmth + 0.0447 * normal(seed, warmthStream, index, 2);
    const cover = Math.min(Math.max(0.5 + (climate.cloud + climate.cloudDeviation * cloud) / 3, 0), 1);
    const sun = sunAt(midnightMs + knot * weatherStepMs, latitude, longitude);
    const global = clearSky(sun.altitude) * cloudFactor(cover);
    lag += (kelvinPerWatt * global - lag) / 60; // follows the sun with a lag of five hours
    day.cover[knot] = cover;
    day.wind[knot] = climate.wind * interpolate(weibull, (wind + 3.5) * 2);
    const temperature = base + lag + 2 * warmth;
    day.temperature[knot] = temperature;
    sum += temperature;
  }
  return [
    { ...day, meanTemperature: sum / knotsPerDay },
    { cloud, wind, warmth, lag },
  ];
}

/** Days that are kept: a run reads them in order, a reader of charts goes back and forth in one. */
const keptDays = 8;

/** The days of a run by number from its first. Of each only what it began with is kept, and the last few whole. */
function daysOf(options: WeatherOptions, first: number): (ahead: number) => Day {
  const { seed, latitude } = options;
  const begins: Drift[] = [
    {
      cloud: normal(seed, cloudStream, 0, 1),
      wind: normal(seed, windStream, 0, 1),
      warmth: normal(seed, warmthStream, 0, 1),
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

/**
 * The weather of a run: call it with a step's place in the run (0, 1, …) and get that step's moment. Clouds, wind and
 * warmth wander, so the days before are computed first, once.
 */
export function createWeather(options: WeatherOptions): (place: number) => Moment {
  const { seed, latitude, longitude, startMs, stepMs } = options;
  const offsetMs = options.utcOffsetMinutes * 60_000;
  const firstDay = Math.floor((startMs + offsetMs) / dayMs);
  const days = daysOf(options, firstDay);
  return (place) => {
    const timestampMs = Math.floor(startMs + (place + 0.5) * stepMs);
    const local = timestampMs + offsetMs;
    const dayNumber = Math.floor(local / dayMs);
    const today = days(dayNumber - firstDay);
    const ofDay = local - dayNumber * dayMs;
    const knot = ofDay / weatherStepMs;
    const { month, day, dayOfYear } = civil(dayNumber);
    const cover = interpolate(today.cover, knot);
    // Single clouds pass faster than five minutes; only a broken sky has them.
    const flicker = 1 + 0.5 * cover * (1 - cover) * normal(seed, cloudStream, place, 3);
    const sun = sunAt(timestampMs, latitude, longitude);
    const clear = clearSky(sun.altitude);
    const global = Math.min(clear * cloudFactor(cover) * Math.max(flicker, 0), clear * 1.05);
    const gust = 1 + 0.08 * normal(seed, gustStream, place);
    return {
      timestampMs,
      quarter: ofDay / 900_000,
      dayNumber,
      dayOfYear,
      dayKind: kindOfDay(dayNumber),
      season: shapeSeason(month, day),
      temperature: interpolate(today.temperature, knot),
      meanTemperature: today.meanTemperature,
      irradiance: onPlanes(global, sun),
      sunAltitude: sun.altitude,
      windSpeed: Math.max(rounded(interpolate(today.wind, knot) * gust, 0.01), 0),
    };
  };
}

/** Month, day and day of the year of a day counted from 1 January 1970. */
function civil(dayNumber: number): { month: number; day: number; dayOfYear: number } {
  const date = new Date(dayNumber * dayMs);
  const newYear = Date.UTC(date.getUTCFullYear(), 0, 1);
  return {
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    dayOfYear: Math.round((dayNumber * dayMs - newYear) / dayMs) + 1,
  };
}

function kindOfDay(dayNumber: number): DayKind {
  const weekday = (((dayNumber + 4) % 7) + 7) % 7; // 1 January 1970 was a Thursday
  return weekday === 0 ? "sunday" : weekday === 6 ? "saturday" : "workday";
}

/** A day in the middle of each season, a Wednesday or Thursday: `2026-07-15` and so on. */
export const seasonDates: Record<Season, string> = {
  winter: "2026-01-15",
  spring: "2026-04-15",
  summer: "2026-07-15",
  autumn: "2026-10-15",
};

// Electric power of a machine of 2.05 MW at 0, 1, 2 … m/s, in kW, as its maker published it (ENERCON E-82 E2); it
// stops at 25 m/s, and keeps its rated power from 13 m/s.
const turbine = [0, 0, 3, 25, 82, 174, 321, 532, 815, 1180, 1580, 1810, 1980, 2050];

/** Power of a wind turbine as a share of its rated power, 0 to 1. */
export function windPower(speed: number): number {
  return speed >= 25 ? 0 : interpolate(turbine, speed) / 2050;
}

/** Power of one rated kW of photovoltaics, in W: losses of 14 %, less 0.4 % for each kelvin of the cell above 25 °C. */
export function solarPower(irradiance: number, temperature: number): number {
  const cell = temperature + irradiance * 0.03;
  return Math.max(irradiance * 0.86 * (1 - 0.004 * (cell - 25)), 0);
}
