import { CsvError, parse } from "csv-parse/sync";
import { fail, GridclearError } from "../errors.js";
import { type Carrier, carriers, parsePrice, parseQuantity, type Tick } from "../units.js";

/** Most characters an order file may have (256 Mi); a longer one is refused before it is read. */
export const maxOrderFileLength: number = 256 * 1024 * 1024;

/** One side of one carrier, in arrival order: three columns of one length. */
export interface OrderList {
  readonly id: readonly string[];
  /** Quantity ticks, 1 … 2³²−1. */
  readonly quantity: Uint32Array;
  /** Price ticks, −2³¹ … 2³¹−1. */
  readonly price: Int32Array;
}

/** Orders of one carrier. */
export interface OrderSheet {
  readonly offers: OrderList;
  readonly bids: OrderList;
}

/** Only carriers that have an order, in the order of {@link carriers}. */
export type OrderFile = ReadonlyMap<Carrier, OrderSheet>;

/** The ticks in which a file's decimals are counted. */
export interface Ticks {
  readonly quantity: Tick;
  readonly price: Tick;
}

const columnNames = ["carrier", "side", "id", "quantity", "price"] as const;
type Column = (typeof columnNames)[number];
/** No control, format, unassigned or separator characters but the plain space; 1 to 64 code points. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;

/** A side while it grows; `seen` keeps ids unique. */
interface Draft {
  readonly id: string[];
  readonly quantity: number[];
  readonly price: number[];
  readonly seen: Set<string>;
}
const newDraft = (): Draft => ({ id: [], quantity: [], price: [], seen: new Set() });

/** Position of each known column in the header; −1 for a carrier column that was left out. */
function readHeader(header: readonly string[], line: number): Record<Column, number> {
  const place: Record<Column, number> = { carrier: -1, side: -1, id: -1, quantity: -1, price: -1 };
  for (const [index, name] of header.entries()) {
    const column = columnNames.find((known) => known === name);
    if (column === undefined)
      return fail("invalid", `line ${line}: header`, `columns out of ${columnNames.join(", ")}`, name);
    if (place[column] !== -1) return fail("invalid", `line ${line}: header`, `${column} once`, "it twice");
    place[column] = index;
  }
  for (const column of columnNames)
    if (place[column] === -1 && column !== "carrier")
      return fail("invalid", `line ${line}: header`, `a column ${column}`, header.join(","));
  return place;
}

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

/** Hands on the records of a CSV text one by one, header first, each with the line it starts on. */
function readRecords(text: string, take: (record: readonly string[], line: number) => void): void {
  if (text.length > maxOrderFileLength)
    fail("limit", "file", `at most ${maxOrderFileLength} characters`, text.length);
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

/**
 * Reads orders from CSV (RFC 4180, header, columns in any order; see docs/clear.md). Row order is arrival order.
 *
 * Throws {@link GridclearError} `invalid` or `limit` whose field names the line and the column, at the first row
 * that is not acceptable; nothing is skipped or rounded.
 */
export function parseOrderFile(text: string, ticks: Ticks): OrderFile {
  let place: Record<Column, number> | null = null;
  const drafts = new Map<Carrier, Record<"offer" | "bid", Draft>>();

  readRecords(text, (record, line) => {
    if (place === null) {
      place = readHeader(record, line);
      return;
    }
    const places = place;
    const at = (column: Column): string => record[places[column]] ?? "";
    const field = (column: Column): string => `line ${line}: ${column}`;

    const carrierName = places.carrier === -1 ? "electricity" : at("carrier");
    const carrier = carriers.find((known) => known === carrierName);
    if (carrier === undefined) return fail("invalid", field("carrier"), carriers.join(", "), carrierName);
    const side = at("side");
    if (side !== "offer" && side !== "bid") return fail("invalid", field("side"), "offer or bid", side);
    const id = at("id");
    if (!printable.test(id)) return fail("invalid", field("id"), "1 to 64 printable characters", id);

    let sheet = drafts.get(carrier);
    if (sheet === undefined) {
      sheet = { offer: newDraft(), bid: newDraft() };
      drafts.set(carrier, sheet);
    }
    const draft = sheet[side];
    if (draft.seen.has(id))
      return fail("invalid", field("id"), `an id unique among the ${side}s of ${carrier}`, id);
    draft.seen.add(id);
    draft.id.push(id);
    draft.quantity.push(parseQuantity(at("quantity"), ticks.quantity, field("quantity")));
    draft.price.push(parsePrice(at("price"), ticks.price, field("price")));
  });
  if (place === null) return fail("invalid", "line 1: header", "a header row", "an empty file");

  const close = (draft: Draft): OrderList => ({
    id: draft.id,
    quantity: Uint32Array.from(draft.quantity),
    price: Int32Array.from(draft.price),
  });
  const file = new Map<Carrier, OrderSheet>();
  for (const carrier of carriers) {
    const sheet = drafts.get(carrier);
    if (sheet !== undefined) file.set(carrier, { offers: close(sheet.offer), bids: close(sheet.bid) });
  }
  return file;
}

/** Decodes a file's bytes as UTF-8. Throws `invalid` when they are not. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > maxOrderFileLength)
    return fail("limit", "file", `at most ${maxOrderFileLength} bytes`, bytes.length);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new GridclearError(
      "invalid",
      { field: `line ${lineOfBadByte(bytes)}: text`, wanted: "UTF-8", got: "bytes that are not" },
      { cause: error },
    );
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
