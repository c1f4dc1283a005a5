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

/**
 * The sky over a place by measured hours. Within an hour light follows the sun: what was measured is held against what
 * a clear sky would have let through, so that no hour's mean shines after sunset.
 *
 * @param hourOf place of a moment's hour in the year
 */
export function measuredSky(
  { temperature, global, wind }: WeatherYear,
  hourOf: (timestampMs: number) => number,
  latitude: number,
  longitude: number,
): (timestampMs: number) => MeasuredSky {
  const clearness = new Map<number, number>();
  const clearnessOf = (startMs: number): number => {
    const hour = hourOf(startMs);
    let found = clearness.get(hour);
    if (found !== undefined) return found;
    let clear = 0;
    for (let part = 0; part < 12; part++)
      clear += clearSky(sunAt(startMs + (part + 0.5) * (hourMs / 12), latitude, longitude).altitude) / 12;
    found = clear < 1 ? 0 : Math.min(global[hour]! / clear, brightest);
    clearness.set(hour, found);
    return found;
  };
  /** A value between the middles of two hours. */
  const between = (values: Float64Array, timestampMs: number): number => {
    const place = timestampMs / hourMs - 0.5;
    const share = place - Math.floor(place);
    const left = Math.floor(place) * hourMs;
    return values[hourOf(left)]! * (1 - share) + values[hourOf(left + hourMs)]! * share;
  };
  return (timestampMs) => {
    let sum = 0;
    for (let hour = -12; hour < 12; hour++) sum += temperature[hourOf(timestampMs + hour * hourMs)]!;
    return {
      temperature: between(temperature, timestampMs),
      meanTemperature: sum / 24,
      clearness: clearnessOf(Math.floor(timestampMs / hourMs) * hourMs),
      wind: between(wind, timestampMs) * toHub,
    };
  };
}
