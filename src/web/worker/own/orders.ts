/**
 * A person's orders from the text of a CSV file. What `gridclear clear` takes, this takes with the same meaning; what
 * other programs write beside it (semicolons, tabs, decimal commas, capitals, sell and buy) is read where it can mean
 * only one thing, and told. Nothing is skipped, rounded or guessed.
 */
import { fail } from "../../../errors.js";
import { type Carrier, carriers } from "../../../units.js";
import { t } from "../../say.js";
import { type Header, readHeader } from "./header.js";
import { Numbers } from "./numbers.js";
import { type Row, RowReader, separatorOf } from "./rows.js";

/** One side of one carrier, in the order of the file. */
export interface OwnSide {
  readonly id: string[];
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
}

/** A person's orders by carrier, only those that have any, and what was read otherwise than it stands. */
export interface OwnOrders {
  readonly sheets: ReadonlyMap<Carrier, { readonly offers: OwnSide; readonly bids: OwnSide }>;
  readonly count: number;
  readonly notes: readonly string[];
}

interface Draft {
  readonly id: string[];
  readonly quantity: number[];
  readonly price: number[];
  readonly seen: Set<string>;
}
const newDraft = (): Draft => ({ id: [], quantity: [], price: [], seen: new Set() });

const sides: Readonly<Record<string, "offer" | "bid">> = {
  offer: "offer",
  sell: "offer",
  seller: "offer",
  supply: "offer",
  bid: "bid",
  buy: "bid",
  buyer: "bid",
  demand: "bid",
};
const plainId = /^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/;
/** No control, format, unassigned or separator characters but the plain space; 1 to 64 code points. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;
const separatorNotes: Readonly<Record<string, string>> = {
  ";": t`Cells are separated by semicolons.`,
  "\t": t`Cells are separated by tabs.`,
  "|": t`Cells are separated by bars.`,
};
/** Longest first line that is looked at. */
const mostHeader = 10_000;

/** Takes the text of a file piece by piece. */
export class OrderReader {
  readonly #numbers = new Numbers();
  readonly #drafts = new Map<Carrier, Record<"offer" | "bid", Draft>>();
  readonly #notes = new Set<string>();
  #start = "";
  #rows: RowReader | null = null;
  #separator = ",";
  #header: Header | null = null;
  #count = 0;

  /** Takes the next piece. Throws `invalid` or `limit` with the line at the first row that can't be taken. */
  add(text: string): void {
    if (this.#rows === null) {
      this.#start += text;
      if (!/[\r\n]./s.test(this.#start) && this.#start.length < mostHeader) return;
      this.#begin();
    } else this.#rows.add(text);
  }

  /** The orders, once the whole text has been added. */
  end(): OwnOrders {
    if (this.#rows === null) this.#begin();
    this.#rows!.end();
    if (this.#header === null)
      return fail("invalid", "file", t`a first line that names the columns`, t`an empty file`);
    if (this.#count === 0) return fail("invalid", "file", t`orders below the first line`, t`none`);
    this.#numbers.end();
    if (this.#numbers.hasComma) this.#notes.add(t`Commas in numbers were read as decimal commas.`);
    const close = ({ id, quantity, price }: Draft): OwnSide => ({
      id,
      quantity: Uint32Array.from(quantity),
      price: Int32Array.from(price),
    });
    const sheets = new Map<Carrier, { offers: OwnSide; bids: OwnSide }>();
    for (const carrier of carriers) {
      const sheet = this.#drafts.get(carrier);
      if (sheet !== undefined) sheets.set(carrier, { offers: close(sheet.offer), bids: close(sheet.bid) });
    }
    return { sheets, count: this.#count, notes: [...this.#notes] };
  }

  /** Finds out from the first line what stands between the cells. Excel says so itself in a line `sep=;`. */
  #begin(): void {
    const said = /^sep=(.)\r?\n/.exec(this.#start);
    const text = said === null ? this.#start : this.#start.slice(said[0].length);
    this.#separator = said?.[1] ?? separatorOf(text.split(/[\r\n]/, 1)[0]!);
    const note = separatorNotes[this.#separator];
    if (note !== undefined) this.#notes.add(note);
    this.#rows = new RowReader(this.#separator, (row) => this.#take(row), said === null ? 1 : 2);
    this.#start = "";
    this.#rows.add(text);
  }

  #take({ cells, line }: Row): void {
    if (this.#header === null) {
      this.#header = readHeader(cells, line);
      for (const note of this.#header.notes) this.#notes.add(note);
      return;
    }
    const { place, width, empty } = this.#header;
    if (cells.length !== width) {
      // A spreadsheet leaves rows of nothing but separators behind its table.
      if (cells.every((cell) => cell.trim() === "")) return;
      const wanted =
        this.#separator === "," && cells.length > width
          ? t`${width} cells, as the first line has; a decimal comma needs semicolons between the cells`
          : t`${width} cells, as the first line has`;
      fail("invalid", `line ${line}`, wanted, cells.length);
    }
    if (cells.every((cell) => cell.trim() === "")) return;
    for (const { name, at } of empty)
      if (cells[at]!.trim() !== "")
        fail("invalid", `line ${line}, ${name}`, t`an empty cell: this page has no use for it`, cells[at]);
    const carrier = place.carrier < 0 ? "electricity" : this.#carrier(cells[place.carrier]!, line);
    const side = this.#side(cells[place.side]!, line);
    const draft = this.#draft(carrier, side);
    draft.id.push(this.#id(cells[place.id]!, draft, side, carrier, line));
    draft.quantity.push(
      this.#numbers.quantity(this.#trimmed(cells[place.quantity]!), `line ${line}, quantity`),
    );
    draft.price.push(this.#numbers.price(this.#trimmed(cells[place.price]!), `line ${line}, price`));
    this.#count++;
  }

  #draft(carrier: Carrier, side: "offer" | "bid"): Draft {
    let sheet = this.#drafts.get(carrier);
    if (sheet === undefined) {
      sheet = { offer: newDraft(), bid: newDraft() };
      this.#drafts.set(carrier, sheet);
    }
    return sheet[side];
  }

  #trimmed(text: string): string {
    const first = text.charCodeAt(0);
    const last = text.charCodeAt(text.length - 1);
    // Most cells begin and end with what is no blank: trimming each would cost as much as reading it.
    if (first > 0x20 && last > 0x20 && first < 0x7f && last < 0x7f) return text;
    const trimmed = text.trim();
    if (trimmed !== text) this.#notes.add(t`Blanks around cells were left out.`);
    return trimmed;
  }

  #carrier(cell: string, line: number): Carrier {
    const name = this.#trimmed(cell).toLowerCase();
    const carrier = carriers.find((each) => each === name) ?? (name === "cooling" ? "cold" : undefined);
    if (carrier === undefined) return fail("invalid", `line ${line}, carrier`, carriers.join(", "), cell);
    return carrier;
  }

  #side(cell: string, line: number): "offer" | "bid" {
    if (cell === "offer" || cell === "bid") return cell;
    const name = this.#trimmed(cell).toLowerCase();
    const side = Object.hasOwn(sides, name) ? sides[name] : undefined;
    if (side === undefined)
      return fail("invalid", `line ${line}, side`, t`offer (or sell) or bid (or buy)`, cell);
    if (name !== side) this.#notes.add(t`“${name}” was read as ${side}.`);
    return side;
  }

  #id(cell: string, draft: Draft, side: string, carrier: Carrier, line: number): string {
    const id = this.#trimmed(cell);
    if (!plainId.test(id) && !printable.test(id))
      fail("invalid", `line ${line}, id`, t`a name of 1 to 64 printable characters`, cell);
    if (draft.seen.has(id))
      fail("invalid", `line ${line}, id`, t`a name that no other ${side} of ${carrier} has`, id);
    draft.seen.add(id);
    return id;
  }
}
