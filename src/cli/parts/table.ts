/** Width of a text on a terminal, for the characters this package prints: one cell for each code point. */
const width = (text: string): number => [...text].length;

/** A cell that holds a number, perhaps grouped, with a sign or a unit sign behind it. */
const numeric = /^[+-]?[0-9][0-9 ]*(?:\.[0-9]+)?(?: ?%)?$/;

/**
 * Rows under headings, columns two blanks apart, newline at the end; columns of numbers stand to the right. Lines are
 * never cut, however narrow the terminal: half a number would lie.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, index) =>
    rows.reduce((most, row) => Math.max(most, width(row[index] ?? "")), width(heading)),
  );
  const right = headings.map((_, index) => {
    const cells = rows.map((row) => row[index] ?? "").filter((cell) => cell !== "" && cell !== "-");
    return cells.length > 0 && cells.every((cell) => numeric.test(cell));
  });
  const line = (cells: readonly string[]): string =>
    headings
      .map((_, index) => {
        const cell = cells[index] ?? "";
        const blanks = " ".repeat(widths[index]! - width(cell));
        return right[index] ? blanks + cell : cell + blanks;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((length) => "─".repeat(length)).join("  ");
  return `${[line(headings), rule, ...rows.map(line)].join("\n")}\n`;
}

/** A whole number in groups of three digits: `1 234 567`. */
export function grouped(value: number | bigint): string {
  const text = `${value}`;
  const sign = text.startsWith("-") ? "-" : "";
  return sign + text.slice(sign.length).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
}

/**
 * An exact amount of ticks rounded for people: half away from zero, groups of three digits.
 *
 * @param scale decimal places of a tick, such as 6 for kWh in mWh
 * @param places decimal places shown, at most `scale`
 */
export function rounded(ticks: bigint, scale: number, places: number): string {
  const step = 10n ** BigInt(scale - places);
  const magnitude = ticks < 0n ? -ticks : ticks;
  const value = (magnitude + step / 2n) / step;
  const digits = `${value}`.padStart(places + 1, "0");
  const whole = grouped(BigInt(digits.slice(0, digits.length - places)));
  const sign = ticks < 0n && value > 0n ? "-" : "";
  return places === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-places)}`;
}

/** RFC 4180: a cell in quotes when it needs them. Cells that a spreadsheet would take for a formula get a leading apostrophe. */
export function csvCell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![0-9.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as CSV with CRLF line ends. */
export function formatCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}
