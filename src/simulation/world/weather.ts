/** The weather over a run: sun, clouds, wind and warmth, from the place, the date and a seed. */
import { clocksOf } from "../../zones.js";
import { civil, kindOfDay } from "./calendar.js";
import { type ClimateOptions, daysOf, interpolate, solarOffset, weatherStepMs } from "./climate.js";
import type { MeasuredSky } from "./measured.js";
import { normal } from "./random.js";
import { type DayKind, type ShapeSeason, shapeSeason } from "./shapes.js";
import { clearSky, cloudFactor, onPlanes, rounded, sunAt } from "./sky.js";

/** A season, for those who do not care about the date. */
export type Season = "winter" | "spring" | "summer" | "autumn";

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

export interface WeatherOptions extends ClimateOptions {
  /** The zone whose time local clocks show. */
  readonly timeZone: string;
  /** Weather that was measured, in place of one that is drawn. */
  readonly measured?: (timestampMs: number) => MeasuredSky;
  /** Unix time at which the first step begins, and how long each is. */
  readonly startMs: number;
  readonly stepMs: number;
}

const dayMs = 86_400_000;
const flickerStream = 5;
const gustStream = 4;

/**
 * The weather of a run: call it with a step's place in the run (0, 1, …) and get that step's moment. Clouds, wind and
 * warmth wander, so the days before are computed first, once.
 */
export function createWeather(options: WeatherOptions): (place: number) => Moment {
  const { latitude, longitude, startMs, stepMs, measured } = options;
  const clocks = clocksOf(options.timeZone);
  const drawn = drawnSky(options);
  return (place) => {
    const timestampMs = Math.floor(startMs + (place + 0.5) * stepMs);
    const local = timestampMs + clocks.offsetAt(timestampMs);
    const dayNumber = Math.floor(local / dayMs);
    const ofDay = local - dayNumber * dayMs;
    const { month, day, dayOfYear } = civil(dayNumber);
    const sun = sunAt(timestampMs, latitude, longitude);
    const clear = clearSky(sun.altitude);
    const now = measured === undefined ? drawn(place, timestampMs) : measured(timestampMs);
    return {
      timestampMs,
      quarter: ofDay / 900_000,
      dayNumber,
      dayOfYear,
      dayKind: kindOfDay(dayNumber),
      season: shapeSeason(month, day),
      temperature: now.temperature,
      meanTemperature: now.meanTemperature,
      irradiance: onPlanes(clear * now.clearness, sun),
      sunAltitude: sun.altitude,
      windSpeed: Math.max(rounded(now.wind, 0.01), 0),
    };
  };
}

/** The sky of a climate, drawn from a seed; a step's place tells its gusts and passing clouds from another's. */
function drawnSky(options: WeatherOptions): (place: number, timestampMs: number) => MeasuredSky {
  const { seed, longitude, startMs, sky } = options;
  const sunMs = solarOffset(longitude);
  const firstDay = Math.floor((startMs + sunMs) / dayMs);
  const days = daysOf(options, firstDay);
  return (place, timestampMs) => {
    const bySun = timestampMs + sunMs;
    const today = days(Math.floor(bySun / dayMs) - firstDay);
    const knot = (bySun - Math.floor(bySun / dayMs) * dayMs) / weatherStepMs;
    const cover = interpolate(today.cover, knot);
    // Single clouds pass faster than five minutes; only a broken sky has them.
    const flicker = 1 + 0.5 * cover * (1 - cover) * normal(seed, flickerStream, place, sky?.number ?? 0);
    const gust = 1 + 0.08 * normal(seed, gustStream, place, sky?.number ?? 0);
    return {
      temperature: interpolate(today.temperature, knot),
      meanTemperature: today.meanTemperature,
      clearness: Math.min(cloudFactor(cover) * Math.max(flicker, 0), 1.05),
      wind: interpolate(today.wind, knot) * gust,
    };
  };
}

/** A day in the middle of each season, a Wednesday or Thursday: `2026-07-15` and so on. */
export const seasonDates: Record<Season, string> = {
  winter: "2026-01-15",
  spring: "2026-04-15",
  summer: "2026-07-15",
  autumn: "2026-10-15",
};
