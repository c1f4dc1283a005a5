/**
 * Text files as people save them: UTF-8, with a byte order mark or without, unless their user says otherwise; anything
 * else is refused by its name.
 */
import { concat, copyOf } from "../bytes.js";
import { fail, GridclearError } from "../errors.js";

/** Most bytes, and most characters, of a text file (256 Mi); a longer one is refused before it is read. */
export const maxTextLength: number = 256 * 1024 * 1024;

/**
 * Decodes a file's bytes as UTF-8, without its byte order mark. Throws `invalid` naming the line when they are not,
 * `limit` when there are too many.
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > maxTextLength)
    return fail("limit", "file", `at most ${maxTextLength} bytes`, bytes.length);
  if (isUtf16(bytes)) return fail("invalid", "line 1: text", "UTF-8 text", "UTF-16");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new GridclearError(
      "invalid",
      { field: `line ${lineOfBadByte(bytes)}: text`, wanted: "UTF-8 text", got: "bytes that are not" },
      { cause: error },
    );
  }
}

/** Most bytes of a line of a text that is decoded in pieces. */
const maxLineLength = 1 << 22;

/** Encodings of text files by name; every byte is a character of the second, so nothing tells it from others. */
export const encodings = ["utf-8", "windows-1252"] as const;
/** See {@link encodings}. */
export type Encoding = (typeof encodings)[number];

/** Decodes a file's bytes piece by piece, in whole lines, as {@link decodeText} does at once. */
export class TextPieces {
  readonly #encoding: Encoding;
  readonly #wanted: string;
  #rest: Uint8Array = new Uint8Array(0);
  /** The line on which the rest begins. */
  #line = 1;
  #isFirst = true;

  /** @param wanted what an error says was wanted where bytes are none of this encoding */
  constructor(encoding: Encoding = "utf-8", wanted = "UTF-8 text") {
    this.#encoding = encoding;
    this.#wanted = wanted;
  }

  /**
   * The lines that end in these bytes, which may be reused. Throws `invalid` naming the line when they are not UTF-8,
   * `limit` for a line of more than 4 Mi bytes.
   */
  take(bytes: Uint8Array): string {
    const end = bytes.lastIndexOf(0x0a) + 1;
    const lines = end === 0 ? null : concat(this.#rest, bytes.subarray(0, end));
    this.#rest = lines === null ? concat(this.#rest, bytes) : copyOf(bytes, end);
    if (this.#rest.length > maxLineLength)
      fail("limit", `line ${this.#line}: text`, `at most ${maxLineLength} bytes`, "more");
    return lines === null ? "" : this.#decode(lines);
  }

  /** What is left behind the last end of a line. */
  end(): string {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return this.#decode(rest);
  }

  #decode(bytes: Uint8Array): string {
    if (this.#isFirst && isUtf16(bytes)) return fail("invalid", "line 1: text", this.#wanted, "UTF-16");
    // A mark is one at the beginning alone.
    const decoder = new TextDecoder(this.#encoding, { fatal: true, ignoreBOM: !this.#isFirst });
    this.#isFirst = false;
    try {
      const text = decoder.decode(bytes);
      for (const byte of bytes) if (byte === 0x0a) this.#line += 1;
      return text;
    } catch (error) {
      const line = this.#line + lineOfBadByte(bytes) - 1;
      throw new GridclearError(
        "invalid",
        { field: `line ${line}: text`, wanted: this.#wanted, got: "bytes that are not" },
        { cause: error },
      );
    }
  }
}

/** The line on which UTF-8 decoding first fails, found by halving. */
function lineOfBadByte(bytes: Uint8Array): number {
  const decodes = (length: number): boolean => {
    try {
      // A stream decode accepts a sequence cut off at the end, which is only half of a good one.
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let good = 0;
  let bad = bytes.length;
  if (decodes(bad)) good = bad;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (decodes(middle)) good = middle;
    else bad = middle;
  }
  let line = 1;
  for (let index = 0; index < good; index++) if (bytes[index] === 0x0a) line++;
  return line;
}

/**
 * Whether a text is UTF-16, as some Windows programs save it: by its mark, which valid UTF-8 never begins with, or by
 * the zero byte that comes with its first letter.
 */
export function isUtf16(bytes: Uint8Array): boolean {
  const marked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return marked || (bytes[0] === 0) !== (bytes[1] === 0);
}
