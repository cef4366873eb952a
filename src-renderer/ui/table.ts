/** One column of a Table. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** What sorts the column and, without `text` or `custom`, what is written. */
  readonly value?: (row: Row) => string | number | null;
  readonly text?: (row: Row) => string;
  /** Drawn by the table's `cell` snippet. */
  readonly custom?: boolean;
  readonly align?: "left" | "right";
  /** A CSS width, such as `96px` or `30%`. */
  readonly width?: string;
  readonly sortable?: boolean;
}

export interface Sorting {
  readonly column: string;
  readonly down: boolean;
}

const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Rows by the column's value; empty values come last either way, and equal rows keep their order. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | null,
): readonly Row[] {
  const value = columns.find((column) => column.id === sorting?.column)?.value;
  if (!sorting || !value) return rows;
  const sign = sorting.down ? -1 : 1;
  return [...rows].sort((left, right) => {
    const [a, b] = [value(left), value(right)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b)));
  });
}
