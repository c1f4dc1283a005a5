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
  const walk = new JsonWalk(source);
  walk.all();
  return { line: walk.line, fault: walk.fault };
}

/** A reader of one text, at a place in it. Each method that reads something returns false at a fault. */
class JsonWalk {
  readonly line: Map<string, number> = new Map<string, number>();
  fault: JsonFault | null = null;
  readonly #source: string;
  #at = 0;
  /** How far line ends are counted, and how many lines that makes. */
  #counted = 0;
  #lines = 1;

  constructor(source: string) {
    this.#source = source;
  }

  /** Walks the whole text. */
  all(): void {
    if (!this.#value("", 0)) return;
    this.#take(blank);
    if (this.#at < this.#source.length) this.#fail(null);
  }

  #lineHere(): number {
    for (; this.#counted < this.#at; this.#counted += 1)
      if (this.#source[this.#counted] === "\n") this.#lines += 1;
    return this.#lines;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found === null) return null;
    this.#at += found[0].length;
    return found[0];
  }

  #fail(twice: string | null): false {
    this.fault ??= { line: this.#lineHere(), twice };
    return false;
  }

  /** Passes over blanks and then over the mark `wanted`; false, at the mark that stands there, when it is another. */
  #mark(wanted: string): boolean {
    this.#take(blank);
    if (this.#source[this.#at] !== wanted) return false;
    this.#at += 1;
    return true;
  }

  #members(path: string, depth: number): boolean {
    if (this.#mark("}")) return true;
    const keys = new Set<string>();
    do {
      this.#take(blank);
      const start = this.#at;
      const key = this.#take(text);
      if (key === null) return this.#fail(null);
      this.#at = start;
      const name = JSON.parse(key) as string;
      const field = memberOf(path, name);
      if (keys.has(name)) return this.#fail(field);
      keys.add(name);
      if (!this.line.has(field)) this.line.set(field, this.#lineHere());
      this.#at = start + key.length;
      if (!this.#mark(":") || !this.#value(field, depth)) return this.#fail(null);
    } while (this.#mark(","));
    return this.#mark("}") || this.#fail(null);
  }

  #elements(path: string, depth: number): boolean {
    if (this.#mark("]")) return true;
    let index = 0;
    do {
      this.#take(blank);
      const field = `${path}[${index}]`;
      index += 1;
      if (!this.line.has(field)) this.line.set(field, this.#lineHere());
      if (!this.#value(field, depth)) return false;
    } while (this.#mark(","));
    return this.#mark("]") || this.#fail(null);
  }

  #value(path: string, depth: number): boolean {
    if (depth > maxDepth) return this.#fail(null);
    if (this.#mark("{")) return this.#members(path, depth + 1);
    if (this.#mark("[")) return this.#elements(path, depth + 1);
    return (this.#take(text) ?? this.#take(scalar)) !== null || this.#fail(null);
  }
}
