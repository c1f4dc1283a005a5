/**
 * CSV as every file of this package is read: RFC 4180, with a header, record by record and in pieces, so that a file
 * need not fit in memory. Commas separate cells unless a file's user says otherwise. Written by hand: a row without
 * quotes, which nearly all are, is one `split`.
 */
import { fail } from "../errors.js";
import { maxTextLength } from "./text.js";

/** Takes a record, header first, and the line it starts on. */
export type TakeRecord = (record: readonly string[], line: number) => void;

/** Most characters of a record. */
const maxRecordLength = 1 << 20;

/** A record of which a quoted cell goes on over the end of a line. */
interface OpenRecord {
  readonly cells: string[];
  /** The cell so far, without its opening quote. */
  text: string;
  /** The line on which the record starts, and the one on which the quote was opened. */
  readonly line: number;
  readonly quoteLine: number;
}

/** How a file differs from RFC 4180. */
export interface CsvForm {
  /** One character between cells, such as `;` or a tabulator; default: a comma. */
  readonly separator?: string;
  /** Lines before the header, which are passed over unread; default 0. */
  readonly skip?: number;
  /** Whether a cell `="12"`, as Excel keeps digits as text, is the text in its quotes. */
  readonly isExcel?: boolean;
}

/**
 * Reads the records of a CSV text that comes in pieces. Blank lines are passed over. Throws `invalid` naming the line
 * of a row that is no CSV or has another number of cells than the header, `limit` for a record of more than a Mi
 * characters; what `take` throws comes through.
 */
export class RecordReader {
  readonly #take: TakeRecord;
  /** The beginning of a line that has not ended yet. */
  #rest = "";
  #line = 0;
  #cells = 0;
  #open: OpenRecord | null = null;
  #isFirst = true;
  readonly #separator: string;
  readonly #skip: number;
  readonly #isExcel: boolean;

  constructor(take: TakeRecord, { separator = ",", skip = 0, isExcel = false }: CsvForm = {}) {
    this.#take = take;
    this.#separator = separator;
    this.#skip = skip;
    this.#isExcel = isExcel;
  }

  /** Takes the next piece of the text. */
  write(piece: string): void {
    let text = this.#rest + piece;
    if (this.#isFirst && text !== "") {
      this.#isFirst = false;
      if (text.startsWith("\uFEFF")) text = text.slice(1);
    }
    // Most pieces have neither: then no line need be searched for them.
    const hasQuote = this.#open !== null || text.includes('"');
    const hasReturn = text.includes("\r");
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      const isCrlf = hasReturn && text[end - 1] === "\r" && end > start;
      this.#lineOf(text.slice(start, isCrlf ? end - 1 : end), isCrlf ? "\r\n" : "\n", hasQuote, hasReturn);
      start = end + 1;
    }
    this.#rest = text.slice(start);
    this.#limit(this.#rest.length);
  }

  /** Ends the text. */
  end(): void {
    if (this.#rest !== "") this.#lineOf(this.#rest, "", true, true);
    this.#rest = "";
    if (this.#open !== null) this.#refuse(this.#open.quoteLine, "a quote that is not closed");
  }

  /** Takes a line without its end. */
  #lineOf(text: string, end: string, hasQuote: boolean, hasReturn: boolean): void {
    this.#line += 1;
    if (this.#line <= this.#skip) return;
    if (hasReturn && text.includes("\r")) {
      const wanted = "line endings of LF or CRLF";
      fail("invalid", `line ${this.#line}: row`, wanted, "CR alone, as old Macs wrote it");
    }
    if (hasQuote && (this.#open !== null || text.includes('"'))) this.#quoted(text, end);
    else if (text !== "") this.#record(text.split(this.#separator), this.#line);
  }

  #record(cells: readonly string[], line: number): void {
    if (this.#cells === 0) this.#cells = cells.length;
    if (cells.length !== this.#cells)
      this.#refuse(line, `${cells.length} cells, where the header has ${this.#cells}`);
    this.#take(cells, line);
  }

  /** Takes a line with quotes in it, or within a quoted cell. */
  #quoted(text: string, lineEnd: string): void {
    const cells: string[] = this.#open?.cells ?? [];
    const line = this.#open?.line ?? this.#line;
    let at = 0;
    for (;;) {
      if (this.#open === null && text[at] !== '"') {
        const next = text.indexOf(this.#separator, at);
        const cell = text.slice(at, next < 0 ? undefined : next);
        const plain = this.#isExcel ? /^="([^"]*)"$/.exec(cell)?.[1] : undefined;
        if (plain === undefined && cell.includes('"'))
          this.#refuse(this.#line, "a quote within a cell that does not begin with one");
        cells.push(plain ?? cell);
        if (next < 0) break;
        at = next + 1;
        continue;
      }
      if (this.#open === null) {
        this.#open = { cells, text: "", line, quoteLine: this.#line };
        at += 1;
      }
      const end = endOfQuoted(text, at);
      if (end < 0) {
        this.#open.text += text.slice(at) + lineEnd;
        this.#limit(this.#open.text.length);
        return;
      }
      cells.push((this.#open.text + text.slice(at, end)).replaceAll('""', '"'));
      this.#open = null;
      at = end + 1;
      if (at === text.length) break;
      if (text[at] !== this.#separator) this.#refuse(this.#line, "something behind a closing quote");
      at += 1;
    }
    this.#record(cells, line);
  }

  #limit(length: number): void {
    if (length > maxRecordLength)
      fail("limit", `line ${this.#line + 1}: row`, `at most ${maxRecordLength} characters`, "more");
  }

  #refuse(line: number, got: string): never {
    const separated =
      this.#separator === ","
        ? "comma-separated values"
        : `values separated by ${JSON.stringify(this.#separator)}`;
    return fail("invalid", `line ${line}: row`, `a row of ${separated} (RFC 4180)`, got);
  }
}

/** Where the quote stands that closes a cell, from a place within it on; −1 where the line ends before. */
function endOfQuoted(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return at;
  return -1;
}

/** {@link RecordReader} for a whole text. Throws `limit` for one that is too long. */
export function readRecords(text: string, take: TakeRecord): void {
  if (text.length > maxTextLength) fail("limit", "file", `at most ${maxTextLength} characters`, text.length);
  const reader = new RecordReader(take);
  reader.write(text);
  reader.end();
}
