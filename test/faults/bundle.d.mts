import type { Plant } from "./plants.mjs";

export function bundleWorld(name: string, plant?: Plant | null): Promise<string>;
