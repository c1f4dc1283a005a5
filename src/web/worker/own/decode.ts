/**
 * A file's bytes as text, piece by piece. UTF-8 and UTF-16 tell themselves apart; anything else is refused, never
 * garbled, unless the person has said that it is Windows-1252.
 */
import { copyOf } from "../../../bytes.js";
import { fail } from "../../../errors.js";
import { t } from "../../say.js";

/** How a file's bytes may be read where they are not UTF-8. */
export type Encoding = "utf-8" | "windows-1252";

/** Bytes that are read at once. */
const pieceBytes = 1 << 20;

/** Thrown where a file is not UTF-8: how the first line in question would read as Windows-1252. */
export class NotUtf8 extends Error {
  override readonly name = "NotUtf8";
  readonly line: number;
  readonly sample: string;
  constructor(line: number, sample: string) {
    super(`line ${line} is not UTF-8`);
    this.line = line;
    this.sample = sample;
  }
}

/** The encoding that a byte order mark names; null without one. */
function marked(start: Uint8Array): string | null {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  return null;
}

/** The line of `bytes` in which UTF-8 first fails, as Windows-1252 has it, and how many lines stand before it. */
function brokenLine(bytes: Uint8Array): { before: number; sample: string } {
  let start = 0;
  let before = 0;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    try {
      decoder.decode(line);
    } catch {
      return { before, sample: new TextDecoder("windows-1252").decode(line).trim().slice(0, 80) };
    }
    if (end < 0) return { before, sample: "" };
    start = end + 1;
    before++;
  }
}

/**
 * The text of a file, a piece of about a megabyte at a time, each with the part of the file that has been read.
 *
 * @throws NotUtf8 where it is neither UTF-8 nor marked as UTF-16, and `encoding` does not say what it is
 * @throws GridclearError `invalid` for what is not text at all
 */
export async function* textOf(
  file: Blob,
  encoding: Encoding,
): AsyncGenerator<{ readonly text: string; readonly part: number }> {
  const head = new Uint8Array(await file.slice(0, 4096).arrayBuffer());
  const mark = marked(head);
  if (mark === null && head.includes(0))
    fail("invalid", "file", t`a text file, as “Save as CSV” writes it`, t`one with bytes that are no text`);
  const decoder = new TextDecoder(mark ?? encoding, { fatal: true });
  let lines = 1;
  // A letter may lie across two pieces; what belongs to the line before is needed to show it.
  let last: Uint8Array = new Uint8Array(0);
  for (let at = 0; at < file.size; at += pieceBytes) {
    const bytes = new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer());
    const done = at + pieceBytes >= file.size;
    let text: string;
    try {
      text = decoder.decode(bytes, { stream: !done });
    } catch {
      const around = new Uint8Array(last.length + bytes.length);
      around.set(last);
      around.set(bytes, last.length);
      const { before, sample } = brokenLine(around);
      throw new NotUtf8(lines + before, sample);
    }
    for (let line = bytes.indexOf(0x0a); line >= 0; line = bytes.indexOf(0x0a, line + 1)) lines++;
    last = copyOf(bytes, bytes.lastIndexOf(0x0a) + 1);
    yield { text, part: Math.min(1, (at + bytes.length) / file.size) };
  }
}
