/** What wind turbines and photovoltaic modules make of wind and light. */
import { interpolate } from "./climate.js";

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
