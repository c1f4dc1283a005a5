/** The sky: where the sun stands, what gets through without clouds and with them, and what falls on a slanted plane. */
import { getPosition } from "suncalc";

/** How a module lies; `tracker` is not among them. */
export const planes: readonly { readonly name: string; readonly tilt: number; readonly azimuth: number }[] = [
  { name: "south", tilt: 35, azimuth: 180 },
  { name: "east", tilt: 25, azimuth: 90 },
  { name: "west", tilt: 25, azimuth: 270 },
  { name: "flat", tilt: 10, azimuth: 180 },
];

export const rounded = (value: number, step: number): number => Math.round(value / step) * step;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

export interface Sun {
  /** Degrees, in steps of 0.01: what engines compute differently in the last bit goes no further than here. */
  readonly altitude: number;
  readonly azimuth: number;
}

export function sunAt(timestampMs: number, latitude: number, longitude: number): Sun {
  const position = getPosition(new Date(timestampMs), latitude, longitude);
  return { altitude: rounded(position.altitude, 0.01), azimuth: rounded(position.azimuth, 0.01) };
}

/** Global irradiance on level ground under a sky without clouds, W/m² (Haurwitz 1945). */
export function clearSky(altitude: number): number {
  const height = Math.sin(radians(altitude));
  return height <= 0 ? 0 : rounded(1098 * height * Math.exp(-0.059 / height), 0.1);
}

/** What clouds leave of it: 1 − 0.75 n^3.4 (Kasten and Czeplak 1980), for a cover of 0 to 1. */
export const cloudFactor = (cover: number): number => rounded(1 - 0.75 * cover ** 3.4, 1e-4);

/** Share of diffuse light by clearness (Erbs, Klein and Duffie 1982). */
function diffuseShare(clearness: number): number {
  if (clearness <= 0.22) return 1 - 0.09 * clearness;
  if (clearness > 0.8) return 0.165;
  const k = clearness;
  return 0.9511 + k * (-0.1604 + k * (4.388 + k * (-16.638 + k * 12.336)));
}

/** Irradiance on each plane from that on level ground: the beam by its angle, diffuse light by the sky a plane sees. */
export function onPlanes(global: number, sun: Sun): number[] {
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
