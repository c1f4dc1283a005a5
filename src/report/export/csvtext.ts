/**
 * A text in a file of comma-separated values (RFC 4180): what is quoted, and what a spreadsheet must not take for a
 * formula.
 */

/**
 * What makes a spreadsheet read a text as a formula when it comes first: the signs, in their full-width forms too, and
 * the white space that some programs skip before one.
 */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A text as it stands in a CSV file: behind an apostrophe where it would begin a formula, in quotes where it must be.
 */
export function csvText(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
