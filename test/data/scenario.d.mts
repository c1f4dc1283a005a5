/** Names of the scenarios that can be made. */
export const names: readonly string[];
/** Writes a scenario into a directory and returns the path of its JSON file. */
export function makeScenario(name: string, directory: string): string;
