/**
 * Rows of a CSV text (RFC 4180) that comes in pieces. Fast where nothing is quoted, which is nearly everywhere: a
 * million rows are split in well under a second.
 */
import { fail } from "../../../errors.js";
import { t } from "../../say.js";

/** One row: its cells, the line it begins on, and whether a cell of it was quoted. */
export interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Longest row, in characters: beyond, a quote was never closed or the file is no table. */
const mostRow = 100_000;

/** Takes pieces of text and hands on whole rows; `end` hands on the last, which may lack its line end. */
export class RowReader {
  readonly #separator: string;
  readonly #take: (row: Row) => void;
  #rest = "";
  #line: number;

  constructor(separator: string, take: (row: Row) => void, firstLine = 1) {
    this.#separator = separator;
    this.#take = take;
    this.#line = firstLine;
  }

  add(text: string): void {
    const all = this.#rest + text;
    let from = 0;
    for (;;) {
      const end = this.#rowEnd(all, from);
      if (end < 0) break;
      this.#row(all.slice(from, end));
      from = end + (all[end] === "\r" && all[end + 1] === "\n" ? 2 : 1);
    }
    this.#rest = all.slice(from);
    if (this.#rest.length > mostRow)
      fail("invalid", `line ${this.#line}`, t`a row that ends`, t`a quote that is never closed, or no table`);
  }

  end(): void {
    const { length } = this.#rest;
    if (length === 0) return;
    if (this.#rest[length - 1] === "\r") this.#row(this.#rest.slice(0, -1));
    else if (quotesIn(this.#rest) % 2 === 1)
      fail("invalid", `line ${this.#line}`, t`a closing quote`, t`the end of the file`);
    else this.#row(this.#rest);
    this.#rest = "";
  }

  /** Where the row that begins at `from` ends; −1 where it does not end in `all`. A line end within quotes is none. */
  #rowEnd(all: string, from: number): number {
    let quoted = false;
    for (let at = from; at < all.length; at++) {
      const code = all.charCodeAt(at);
      if (code === 0x22) quoted = !quoted;
      else if (!quoted && code === 0x0a) return at;
      // A CR at the very end may be half of a CRLF: the next piece tells.
      else if (!quoted && code === 0x0d) return at + 1 < all.length ? at : -1;
    }
    return -1;
  }

  #row(text: string): void {
    const line = this.#line++;
    if (text === "") return;
    const quoted = text.includes('"');
    if (quoted) this.#line += breaksIn(text);
    this.#take({ cells: quoted ? this.#quoted(text, line) : text.split(this.#separator), line });
  }

  /** The cells of a row with quotes in it: a quoted cell is quoted as a whole, quotes within are doubled. */
  #quoted(text: string, line: number): string[] {
    const cells: string[] = [];
    let at = 0;
    while (at <= text.length) {
      // Blanks before a quote are no part of the cell: some programs write them after every comma.
      const start = at + /^[ ]*/.exec(text.slice(at, at + 100))![0].length;
      if (text[start] !== '"') {
        const end = text.indexOf(this.#separator, at);
        const cell = text.slice(at, end < 0 ? text.length : end);
        if (cell.includes('"')) fail("invalid", `line ${line}`, t`quotes around a whole cell`, cell);
        cells.push(cell);
        at = end < 0 ? text.length + 1 : end + 1;
        continue;
      }
      const quoted = /^"((?:[^"]|"")*)" *(?=(.?))/s.exec(text.slice(start))!;
      const next = quoted === null ? "" : quoted[2]!;
      if (quoted === null || (next !== "" && next !== this.#separator))
        fail("invalid", `line ${line}`, t`a separator after a closing quote`, text.slice(start, start + 40));
      cells.push(quoted[1]!.replaceAll('""', '"'));
      at = start + quoted[0].length + 1;
    }
    return cells;
  }
}

const quotesIn = (text: string): number => text.split('"').length - 1;
const breaksIn = (text: string): number => text.split(/\r\n|\r|\n/).length - 1;

/** What stands between the cells of a file, by its first line: the one of these that splits it into most cells. */
const separators = [",", ";", "\t", "|"] as const;
export function separatorOf(header: string): string {
  const bare = header.replaceAll(/"(?:[^"]|"")*"/g, "");
  const counts = separators.map((each) => bare.split(each).length);
  return separators[counts.indexOf(Math.max(...counts))]!;
}
