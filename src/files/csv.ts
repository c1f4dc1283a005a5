/** CSV as every file of this package is read: RFC 4180, comma-separated, with a header, record by record. */
import { CsvError, parse } from "csv-parse/sync";
import { fail } from "../errors.js";
import { maxTextLength } from "./text.js";

const breaksIn = (text: string): number => (text.includes("\n") ? text.split("\n").length - 1 : 0);

/** The line of the quote that opens the last quoted field of a text in which it is never closed. */
function lineOfOpenQuote(text: string): number {
  let open = -1;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    if (open < 0) open = at;
    else if (text[at + 1] === '"') at++;
    else open = -1;
  }
  return breaksIn(text.slice(0, Math.max(open, 0))) + 1;
}

/** Throws `invalid` for a text with a CR that no LF follows: no cell of a file may hold one, and no line ends in it. */
function checkLineEnds(text: string): void {
  const at = text.search(/\r(?!\n)/);
  if (at >= 0) {
    const line = breaksIn(text.slice(0, at)) + 1;
    fail("invalid", `line ${line}: row`, "line endings of LF or CRLF", "CR alone, as old Macs wrote it");
  }
}

/**
 * Hands on the records of a CSV text one by one, header first, each with the line it starts on. Throws `limit` for a
 * text that is too long, and `invalid` naming the line of a row that is no CSV or has another number of cells.
 */
export function readRecords(text: string, take: (record: readonly string[], line: number) => void): void {
  if (text.length > maxTextLength) fail("limit", "file", `at most ${maxTextLength} characters`, text.length);
  checkLineEnds(text);
  try {
    parse(text, {
      bom: true,
      skip_empty_lines: true,
      record_delimiter: ["\r\n", "\n"],
      // Taken as they come and not kept: an error is the first in the file, and the rows of a large one fit in memory.
      on_record(record: string[], { lines }) {
        // The parser counts to a record's end; line breaks within quotes lie between that and its start.
        take(record, lines - record.reduce((sum, field) => sum + breaksIn(field), 0));
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line =
      error.code === "CSV_QUOTE_NOT_CLOSED"
        ? lineOfOpenQuote(text)
        : typeof error.lines === "number"
          ? error.lines
          : 1;
    fail("invalid", `line ${line}: row`, "a row of comma-separated values (RFC 4180)", error.message);
  }
}
