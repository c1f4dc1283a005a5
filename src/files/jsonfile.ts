/** JSON files that people write: each key once, and every refusal with the line of what is refused. */
import { fail, GridclearError } from "../errors.js";
import { locateJson } from "./jsontext.js";

/** What a JSON text is called as a whole, and how many characters it may have. */
export interface JsonFile {
  readonly root: string;
  readonly most: number;
}

/**
 * Reads a JSON text and hands its value to `check`. Throws `limit` for a text that is too long, `invalid` for one that
 * is no JSON or names a key twice, and what `check` throws, each with the line in front of the field.
 */
export function parseJson<T>(text: string, { root, most }: JsonFile, check: (value: unknown) => T): T {
  if (typeof text !== "string") return fail("invalid", root, "the text of a JSON file", text);
  if (text.length > most) return fail("limit", `line 1: ${root}`, `at most ${most} characters`, text.length);
  const { line, fault } = locateJson(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail("invalid", `line ${fault?.line ?? 1}: ${root}`, "JSON", firstLine(error));
  }
  if (typeof fault?.twice === "string")
    return fail("invalid", `line ${fault.line}: ${fault.twice}`, "each key once", "it twice");
  try {
    return check(value);
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    throw error.at(`line ${lineOf(error.field, line)}`);
  }
}

const firstLine = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);

/** The line of a field, or, where the text leaves it out, of what would have held it; else 1. */
function lineOf(field: string, line: ReadonlyMap<string, number>): number {
  for (let path = field; path !== ""; path = path.replace(/(?:^|\.)[^.[]*$|\[\d*\]?$/, "")) {
    const found = line.get(path);
    if (found !== undefined) return found;
    if (!/[.[]/.test(path)) break;
  }
  return 1;
}
