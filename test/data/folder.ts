import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const root = new URL("../../../shared/data/", import.meta.url);

/** Whether a data set lies beside the checkout; says so once when it does not. */
export function hasData(name: string): boolean {
  const there = existsSync(new URL(`${name}/`, root));
  if (!there) console.warn(`skipped: no data set ${name} in ${fileURLToPath(root)}`);
  return there;
}

/** Path of a file of the data sets. */
export function dataPath(path: string): string {
  return fileURLToPath(new URL(path, root));
}

/** The text of a file of the data sets, unpacked when its name ends in `.gz`. */
export function readData(path: string): string {
  const bytes = readFileSync(dataPath(path));
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").replace(/^\uFEFF/, "");
}

/** Lines of a simple CSV without quotes, split into cells; blank lines dropped. */
export function readRows(path: string, separator = ","): string[][] {
  return readData(path)
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) => line.split(separator));
}

/** A decimal as a whole number of steps of 10^-places; throws when it is none. */
export function scaled(text: string, places: number): number {
  const value = Number(text) * 10 ** places;
  const rounded = Math.round(value);
  if (!Number.isFinite(value) || Math.abs(value - rounded) > 1e-6)
    throw new Error(`${text} has more than ${places} places`);
  return rounded;
}
