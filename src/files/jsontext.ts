/**
 * Where the parts of a JSON text stand, so that a refusal can name the line. Written by hand: `jsonc-parser` finds the
 * same places, but overflows the stack on a text of opening brackets, and its Node build can't be bundled.
 */
import { memberOf } from "../check.js";

/** A place in a text: both count from 1, columns in UTF-16 units, as editors do. */
export interface JsonPlace {
  readonly line: number;
  readonly column: number;
}

/** Where the parts of a JSON text stand. */
export interface JsonPlaces {
  /** Where a key, or an array's element, stands: `pool.heat.price`, `commission[1].share`. */
  readonly places: ReadonlyMap<string, JsonPlace>;
  /** Where the text stops being JSON; null in one of which `JSON.parse` takes what is plain. */
  readonly fault: JsonPlace | null;
  /** Keys that stand in their object already; of these `JSON.parse` silently keeps the last. */
  readonly twice: readonly (JsonPlace & { readonly field: string })[];
  /** The text with blanks in place of comments and of commas at the end of an object or array. */
  readonly plain: string;
}

/** Deepest nesting that is followed; what lies deeper is taken as a fault. */
const maxDepth = 64;
const blank = /[ \t\n\r]*/y;
const comment = /\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//y;
const text = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Walks a JSON text (RFC 8259, and comments `//` and `/*`, and commas at the end) for the places at which its keys
 * stand, so that a refusal can name them: `JSON.parse` says none in some engines. Never throws.
 */
export function locateJson(source: string): JsonPlaces {
  const walk = new JsonWalk(source);
  walk.all();
  return walk;
}

/** A reader of one text, at a place in it. Each method that reads something returns false at a fault. */
class JsonWalk implements JsonPlaces {
  readonly places: Map<string, JsonPlace> = new Map<string, JsonPlace>();
  readonly twice: (JsonPlace & { readonly field: string })[] = [];
  fault: JsonPlace | null = null;
  readonly #source: string;
  #at = 0;
  /** How far line ends are counted, how many lines that makes, and where the last of them begins. */
  #counted = 0;
  #lines = 1;
  #lineStart = 0;
  /** What is plain so far, up to `#copied`. */
  readonly #plain: string[] = [];
  #copied = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get plain(): string {
    return this.#plain.join("") + this.#source.slice(this.#copied);
  }

  /** Walks the whole text. */
  all(): void {
    if (!this.#value("", 0)) return;
    this.#blanks();
    if (this.#at < this.#source.length) this.#fail();
  }

  #placeHere(): JsonPlace {
    for (; this.#counted < this.#at; this.#counted += 1)
      if (this.#source[this.#counted] === "\n") {
        this.#lines += 1;
        this.#lineStart = this.#counted + 1;
      }
    return { line: this.#lines, column: this.#at - this.#lineStart + 1 };
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found === null) return null;
    this.#at += found[0].length;
    return found[0];
  }

  /** Passes over blanks and comments. */
  #blanks(): void {
    for (;;) {
      this.#take(blank);
      const start = this.#at;
      if (this.#take(comment) === null) return;
      this.#leaveOut(start, this.#at);
    }
  }

  /** Puts blanks in place of a stretch of the text; line ends stay. */
  #leaveOut(start: number, end: number): void {
    this.#plain.push(
      this.#source.slice(this.#copied, start),
      this.#source.slice(start, end).replace(/[^\n]/g, " "),
    );
    this.#copied = end;
  }

  #fail(): false {
    this.fault ??= this.#placeHere();
    return false;
  }

  /** Passes over blanks and then over the mark `wanted`; false, at the mark that stands there, when it is another. */
  #mark(wanted: string): boolean {
    this.#blanks();
    if (this.#source[this.#at] !== wanted) return false;
    this.#at += 1;
    return true;
  }

  /** Whether another part follows: false at the end, which may have a comma before it, or at a fault. */
  #another(end: string): boolean {
    this.#blanks();
    if (this.#source[this.#at] !== ",") return false;
    const comma = this.#at;
    const [copied, pieces] = [this.#copied, this.#plain.length];
    this.#at += 1;
    this.#blanks();
    if (this.#source[this.#at] !== end) return true;
    // The comma stands before the comments that were just left out: back to it, and on from there.
    this.#plain.length = pieces;
    this.#copied = copied;
    this.#at = comma + 1;
    this.#leaveOut(comma, this.#at);
    return false;
  }

  #members(path: string, depth: number): boolean {
    if (this.#mark("}")) return true;
    const keys = new Set<string>();
    do {
      this.#blanks();
      const place = this.#placeHere();
      const key = this.#take(text);
      if (key === null) return this.#fail();
      const name = JSON.parse(key) as string;
      const field = memberOf(path, name);
      if (keys.has(name)) this.twice.push({ field, ...place });
      keys.add(name);
      if (!this.places.has(field)) this.places.set(field, place);
      if (!this.#mark(":") || !this.#value(field, depth)) return this.#fail();
    } while (this.#another("}"));
    return this.#mark("}") || this.#fail();
  }

  #elements(path: string, depth: number): boolean {
    if (this.#mark("]")) return true;
    let index = 0;
    do {
      this.#blanks();
      const field = `${path}[${index}]`;
      index += 1;
      if (!this.places.has(field)) this.places.set(field, this.#placeHere());
      if (!this.#value(field, depth)) return false;
    } while (this.#another("]"));
    return this.#mark("]") || this.#fail();
  }

  #value(path: string, depth: number): boolean {
    if (depth > maxDepth) return this.#fail();
    if (this.#mark("{")) return this.#members(path, depth + 1);
    if (this.#mark("[")) return this.#elements(path, depth + 1);
    return (this.#take(text) ?? this.#take(scalar)) !== null || this.#fail();
  }
}
