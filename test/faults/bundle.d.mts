import type { Plant } from "./plants.mjs";

export function bundleWorld(name: string, plant?: Plant | null): Promise<string>;
export function planted(plant: Plant): string;
