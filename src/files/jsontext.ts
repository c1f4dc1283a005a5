/**
 * Where the parts of a JSON text stand, so that a refusal can name the line. Written by hand: `jsonc-parser` finds the
 * same places, but overflows the stack on a text of opening brackets, and its Node build can't be bundled.
 */
import { memberOf } from "../check.js";

/** Where a JSON text stops being JSON, or names a key twice in one object. */
export interface JsonFault {
  readonly line: number;
  /** The path of a key that stands twice; null where the text is no JSON. */
  readonly twice: string | null;
}

/** Where the parts of a JSON text stand. */
export interface JsonLines {
  /** Line (from 1) on which a key, or an array's element, stands: `pool.heat.price`, `commission[1].share`. */
  readonly line: ReadonlyMap<string, number>;
  /** The first fault; null in a text that `JSON.parse` takes and that repeats no key. */
  readonly fault: JsonFault | null;
}

/** Deepest nesting that is followed; what lies deeper is taken as a fault. */
const maxDepth = 64;
const blank = /[ \t\n\r]*/y;
const text = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Walks a JSON text (RFC 8259) for the lines on which its keys stand, so that a refusal can name them.
 *
 * `JSON.parse` says neither: the place of a wrong token is missing from its message in some engines, and of a key
 * that stands twice it silently keeps the last. Never throws.
 */
export function locateJson(source: string): JsonLines {
  const line = new Map<string, number>();
  let at = 0;
  let counted = 0;
  let lines = 1;
  let fault: JsonFault | null = null;

  const lineHere = (): number => {
    for (; counted < at; counted++) if (source[counted] === "\n") lines++;
    return lines;
  };
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found === null) return null;
    at += found[0].length;
    return found[0];
  };
  const fail = (twice: string | null): false => {
    fault ??= { line: lineHere(), twice };
    return false;
  };
  /** Passes over blanks and then over the mark `wanted`; false, at the mark that stands there, when it is another. */
  const mark = (wanted: string): boolean => {
    take(blank);
    if (source[at] !== wanted) return false;
    at++;
    return true;
  };

  function members(path: string, depth: number): boolean {
    if (mark("}")) return true;
    const keys = new Set<string>();
    do {
      take(blank);
      const start = at;
      const key = take(text);
      if (key === null) return fail(null);
      at = start;
      const name = JSON.parse(key) as string;
      const field = memberOf(path, name);
      if (keys.has(name)) return fail(field);
      keys.add(name);
      if (!line.has(field)) line.set(field, lineHere());
      at = start + key.length;
      if (!mark(":") || !value(field, depth)) return fail(null);
    } while (mark(","));
    return mark("}") || fail(null);
  }

  function elements(path: string, depth: number): boolean {
    if (mark("]")) return true;
    let index = 0;
    do {
      take(blank);
      const field = `${path}[${index++}]`;
      if (!line.has(field)) line.set(field, lineHere());
      if (!value(field, depth)) return false;
    } while (mark(","));
    return mark("]") || fail(null);
  }

  function value(path: string, depth: number): boolean {
    if (depth > maxDepth) return fail(null);
    if (mark("{")) return members(path, depth + 1);
    if (mark("[")) return elements(path, depth + 1);
    return (take(text) ?? take(scalar)) !== null || fail(null);
  }

  if (value("", 0)) {
    take(blank);
    if (at < source.length) fail(null);
  }
  return { line, fault };
}
