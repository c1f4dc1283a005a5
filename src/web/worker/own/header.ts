/** The first row of a person's file: which column is which, told from its names. */
import { fail } from "../../../errors.js";
import { counted, t } from "../../say.js";

/** What the page takes from a row. */
export type Column = "carrier" | "side" | "id" | "quantity" | "price";

/** Where each column stands; −1 for a carrier that is left out. */
export interface Header {
  readonly place: Readonly<Record<Column, number>>;
  readonly width: number;
  /** Columns of the contract that this page has no use for: they must be empty. */
  readonly empty: readonly { readonly name: string; readonly at: number }[];
  /** What was read otherwise than it stands, in sentences. */
  readonly notes: readonly string[];
}

/** Names that mean a column and nothing else; units only where they are the file's own, kWh and currency per kWh. */
const known: Readonly<Record<Column, readonly string[]>> = {
  carrier: ["carrier", "energy carrier"],
  side: ["side", "buy/sell", "direction"],
  id: ["id", "name", "participant", "order", "order id"],
  quantity: ["quantity", "quantity kwh", "kwh", "energy", "energy kwh"],
  price: ["price", "price per kwh", "limit", "limit price"],
};
const unused = ["poolprice", "area"];
const needed: readonly Column[] = ["side", "id", "quantity", "price"];

/** A name without case, brackets, underscores and blanks around it. */
const bare = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[_\s()[\]]+/g, " ")
    .trim();

export function readHeader(cells: readonly string[], line: number): Header {
  const place: Record<Column, number> = { carrier: -1, side: -1, id: -1, quantity: -1, price: -1 };
  const notes: string[] = [];
  const empty: { name: string; at: number }[] = [];
  const extra: string[] = [];
  for (const [at, cell] of cells.entries()) {
    const name = bare(cell);
    const column = (Object.keys(known) as Column[]).find((each) => known[each].includes(name));
    if (column === undefined) {
      if (unused.includes(name)) empty.push({ name: cell.trim(), at });
      else if (name !== "") extra.push(cell.trim());
      continue;
    }
    if (place[column] >= 0)
      fail(
        "invalid",
        `line ${line}`,
        t`one column for the ${column}`,
        t`two: ${cells[place[column]]!} and ${cell}`,
      );
    place[column] = at;
    if (cell !== column) notes.push(t`The column “${cell.trim()}” was read as ${column}.`);
  }
  const missing = needed.filter((column) => place[column] < 0);
  if (missing.length > 0)
    fail(
      "invalid",
      `line ${line}`,
      counted(
        missing.length,
        t`a first line that names the columns side, id, quantity (kWh) and price (per kWh); ${missing[0]!} is missing`,
        t`a first line that names the columns side, id, quantity (kWh) and price (per kWh); missing are ${missing.join(", ")}`,
      ),
      cells.join(" ").trim().slice(0, 60),
    );
  const names = extra.map((name) => `“${name}”`).join(", ");
  if (extra.length > 0)
    notes.push(
      counted(extra.length, t`The column ${names} was not needed.`, t`The columns ${names} were not needed.`),
    );
  return { place, width: cells.length, empty, notes };
}
