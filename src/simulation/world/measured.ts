/** Weather that was measured, hour by hour, at any moment between. */
import { clearSky, sunAt } from "./sky.js";

/** What hours of a year tell of a moment. */
export interface MeasuredSky {
  /** °C now, and the mean of the day around it. */
  readonly temperature: number;
  readonly meanTemperature: number;
  /** Share of what a clear sky would let through. */
  readonly clearness: number;
  /** Wind at the hub, m/s. */
  readonly wind: number;
}

/** Hours of a year of 365 days, by UTC: mean of the hour that begins then; not a number where there is none. */
export interface WeatherYear {
  /** °C. */
  readonly temperature: Float64Array;
  /** Global irradiance on level ground, W/m². */
  readonly global: Float64Array;
  /** Wind at ten metres, m/s. */
  readonly wind: Float64Array;
}

const hourMs = 3_600_000;
/** From ten metres to a hub at a hundred, by the power law with an exponent of a seventh. */
const toHub = 1.39;
/** Bright clouds beside the sun let no more through than this. */
const brightest = 1.2;

/** Place in a year of 365 days of the hour in which a moment lies; the 29th of February counts as the 28th. */
export function hourOfYear(timestampMs: number): number {
  const date = new Date(timestampMs);
  const [month, day] = [date.getUTCMonth(), date.getUTCDate()];
  const common = Date.UTC(2023, month, month === 1 ? Math.min(day, 28) : day) - Date.UTC(2023, 0, 1);
  return common / hourMs + date.getUTCHours();
}

/**
 * The sky over a place by measured hours. Within an hour light follows the sun: what was measured is held against what
 * a clear sky would have let through, so that no hour's mean shines after sunset.
 */
export function measuredSky(
  { temperature, global, wind }: WeatherYear,
  latitude: number,
  longitude: number,
): (timestampMs: number) => MeasuredSky {
  const clearnessOf = (startMs: number): number => {
    let clear = 0;
    for (let part = 0; part < 12; part++)
      clear += clearSky(sunAt(startMs + (part + 0.5) * (hourMs / 12), latitude, longitude).altitude) / 12;
    return clear < 1 ? 0 : Math.min(global[hourOfYear(startMs)]! / clear, brightest);
  };
  const meanAround = (startMs: number): number => {
    let sum = 0;
    for (let hour = -12; hour < 12; hour++) sum += temperature[hourOfYear(startMs + hour * hourMs)]!;
    return sum / 24;
  };
  /** A value between the middles of two hours. */
  const between = (values: Float64Array, timestampMs: number): number => {
    const place = timestampMs / hourMs - 0.5;
    const share = place - Math.floor(place);
    const left = Math.floor(place) * hourMs;
    return values[hourOfYear(left)]! * (1 - share) + values[hourOfYear(left + hourMs)]! * share;
  };
  // What all moments of an hour share, for the hour that was asked for last: the sun of another date is another.
  let last = { startMs: Number.NaN, clearness: 0, meanTemperature: 0 };
  return (timestampMs) => {
    const startMs = Math.floor(timestampMs / hourMs) * hourMs;
    if (startMs !== last.startMs)
      last = { startMs, clearness: clearnessOf(startMs), meanTemperature: meanAround(startMs) };
    return {
      temperature: between(temperature, timestampMs),
      meanTemperature: last.meanTemperature,
      clearness: last.clearness,
      wind: between(wind, timestampMs) * toHub,
    };
  };
}
