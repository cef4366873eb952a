/** A cell of a table. What is a number here is written as one; every other cell is text, whatever it looks like. */
export type Cell = string | number | null;

/**
 * The one writer of CSV (RFC 4180): commas, points in numbers, lines end with CR LF.
 *
 * A text that begins like a formula would be one in a spreadsheet: names of classes and places come from other people's
 * files, and `=HYPERLINK(…)` sends data away at a click. It gets an apostrophe in front, as OWASP advises, which
 * spreadsheets take for “text follows”. Numbers have no apostrophe, negative ones neither.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

export function csvCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const text = beginsLikeFormula.test(value) ? `'${value}` : value;
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spaces before the sign do not stop a spreadsheet; the wide signs are what some keyboards write. */
const beginsLikeFormula = /^[\s\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;
