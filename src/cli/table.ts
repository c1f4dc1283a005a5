const numeric = /^-?[0-9]+(\.[0-9]+)?$/;

/**
 * Rows under headings, in aligned columns two blanks apart; columns that hold only numbers stand to the right.
 * Ends with a newline.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(width(heading), ...rows.map((row) => width(row[column] ?? ""))),
  );
  const right = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => numeric.test(row[column] ?? "")),
  );
  const line = (cells: readonly string[]): string =>
    `  ${widths
      .map((wide, column) => {
        const cell = cells[column] ?? "";
        const pad = " ".repeat(wide - width(cell));
        return right[column] ? pad + cell : cell + pad;
      })
      .join("  ")
      .trimEnd()}\n`;
  return [headings, widths.map((wide) => "-".repeat(wide)), ...rows].map(line).join("");
}

/** Characters a text takes on a terminal, near enough: code points. */
const width = (text: string): number => [...text].length;
