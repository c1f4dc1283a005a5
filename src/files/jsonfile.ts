/**
 * JSON files that people write: comments and commas at the end are passed over (JSONC), each key stands once, and every
 * refusal names line and column of what is refused.
 */
import { fail, GridclearError } from "../errors.js";
import { type JsonPlace, locateJson } from "./jsontext.js";

/** What a JSON text is called as a whole, and how many characters it may have. */
export interface JsonFile {
  readonly root: string;
  readonly most: number;
}

/** A JSON text that was read. */
export interface JsonDocument {
  readonly value: unknown;
  /** A refusal of each key that stands twice. */
  readonly twice: readonly GridclearError[];
  /** An error about a field of the value, with the place of the field in front. */
  placed(error: GridclearError): GridclearError;
  /** What `act` gives; what it throws of the kind is placed. */
  atPlace<T>(act: () => T): T;
}

/** Reads a JSON text. Throws `limit` for one that is too long, `invalid` for one that is no JSON. */
export function openJson(text: string, { root, most }: JsonFile): JsonDocument {
  if (typeof text !== "string") return fail("invalid", root, "the text of a JSON file", text);
  if (text.length > most)
    return fail("limit", `${shown(start)}: ${root}`, `at most ${most} characters`, text.length);
  const { places, fault, twice, plain } = locateJson(text);
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch (error) {
    return fail("invalid", `${shown(fault ?? start)}: ${root}`, "JSON", firstLine(error));
  }
  const placed = (error: GridclearError): GridclearError => error.at(shown(placeOf(error.field, places)));
  return {
    value,
    placed,
    twice: twice.map(({ field, ...place }) => doubled(field, place)),
    atPlace: (act) => {
      try {
        return act();
      } catch (error) {
        throw error instanceof GridclearError ? placed(error) : error;
      }
    },
  };
}

/**
 * Reads a JSON text and hands its value to `check`. Throws `limit` for a text that is too long, `invalid` for one that
 * is no JSON or names a key twice, and what `check` throws, each with line and column in front of the field.
 */
export function parseJson<T>(text: string, file: JsonFile, check: (value: unknown) => T): T {
  const { value, twice, atPlace } = openJson(text, file);
  if (twice[0] !== undefined) throw twice[0];
  return atPlace(() => check(value));
}

const start: JsonPlace = { line: 1, column: 1 };
const shown = ({ line, column }: JsonPlace): string => `line ${line}, column ${column}`;

const doubled = (field: string, place: JsonPlace): GridclearError =>
  new GridclearError("invalid", {
    field: `${shown(place)}: ${field}`,
    wanted: "each key once",
    got: "it twice",
  });

const firstLine = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);

/** The place of a field, or, where the text leaves it out, of what would have held it; else the beginning. */
function placeOf(field: string, places: ReadonlyMap<string, JsonPlace>): JsonPlace {
  for (let path = field; path !== ""; ) {
    const found = places.get(path);
    if (found !== undefined) return found;
    const shorter = path.replace(/(?:^|\.)[^.[]*$|\[\d*\]?$/, "");
    // A field may have a place in front or something behind that is no path.
    if (!/[.[]/.test(path) || shorter === path) break;
    path = shorter;
  }
  return start;
}
