/** The first row of a table: which column stands where. */
import { fail } from "../errors.js";

/** What a header may name. */
export interface HeaderForm<Column extends string> {
  readonly known: readonly Column[];
  /** Columns out of `known` that may be left out. */
  readonly optional?: readonly Column[];
}

/**
 * Position of each known column in a header; −1 for one that was left out. Throws `invalid`, naming the line, for a
 * column that is not known, stands twice or is missing.
 */
export function readHeader<Column extends string>(
  header: readonly string[],
  line: number,
  { known, optional = [] }: HeaderForm<Column>,
): Record<Column, number> {
  const field = `line ${line}: header`;
  for (const [index, name] of header.entries()) {
    if (!known.includes(name as Column))
      return fail("invalid", field, `columns out of ${known.join(", ")}`, name);
    if (header.indexOf(name) !== index) return fail("invalid", field, `${name} once`, "it twice");
  }
  const place = {} as Record<Column, number>;
  for (const column of known) {
    place[column] = header.indexOf(column);
    if (place[column] < 0 && !optional.includes(column))
      return fail("invalid", field, `a column ${column}`, header.join(","));
  }
  return place;
}
