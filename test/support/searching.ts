// Searching what somebody was given for what it must not tell: byte strings as they are, and behind hexadecimal and
// base64.
import { toUtf8 } from "../../src/bytes.js";

/** Bytes that a window has; shorter strings of a record are too common to say anything. */
const windowBytes = 8;
/** Most zeros in a window that still tells something: counts and small numbers stand everywhere. */
const mostZeros = 2;

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/**
 * Every string of eight bytes, as latin-1 text, that tells something: not mostly zeros, and no eight hexadecimal
 * digits, which among millions of them stand somewhere by chance (the bytes that they mean are searched for
 * themselves).
 */
export function* tellingWindows(bytes: Uint8Array): Generator<string> {
  const text = latin(bytes);
  for (let at = 0; at + windowBytes <= bytes.length; at += 1) {
    let zeros = 0;
    for (let place = 0; place < windowBytes; place += 1) if (bytes[at + place] === 0) zeros += 1;
    const window = text.slice(at, at + windowBytes);
    if (zeros <= mostZeros && !/^[0-9a-f]*$/.test(window)) yield window;
  }
}

/** All that somebody was given, to be searched. */
export class Haystack {
  readonly #texts: string[] = [];
  readonly #windows = new Set<string>();

  /** Adds bytes, and what stands in them as hexadecimal or base64. */
  add(bytes: Uint8Array): void {
    const text = latin(bytes);
    this.#add(bytes);
    for (const [found] of text.matchAll(/[0-9a-f]{16,}/g)) {
      this.#add(Buffer.from(found, "hex"));
      // A string that begins at an odd digit.
      this.#add(Buffer.from(found.slice(1), "hex"));
    }
    for (const [found] of text.matchAll(/[0-9A-Za-z+/]{16,}={0,2}/g))
      for (const skipped of [0, 1, 2, 3]) this.#add(Buffer.from(found.slice(skipped), "base64"));
  }

  addText(text: string): void {
    this.add(toUtf8(text));
  }

  #add(bytes: Uint8Array): void {
    this.#texts.push(latin(bytes));
    for (const window of tellingWindows(bytes)) this.#windows.add(window);
  }

  /** Whether the bytes stand in it, whole. */
  has(bytes: Uint8Array): boolean {
    const text = latin(bytes);
    return this.#texts.some((each) => each.includes(text));
  }

  /** The windows of the bytes that stand in it and are none of those `known`. */
  windowsOf(bytes: Uint8Array, known: ReadonlySet<string>): string[] {
    return [...tellingWindows(bytes)].filter((window) => !known.has(window) && this.#windows.has(window));
  }
}
