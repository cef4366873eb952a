/** What a method learns from: one row per patch, one column per value of it, row after row. */
export interface Table {
  /** [rows, columns], finite */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** A table with what each row is. */
export interface LabelledTable extends Table {
  /** [rows] positions in a list of `classCount` classes */
  readonly classes: Int32Array;
  readonly classCount: number;
  /** [rows] above 0: how much a row counts; 1 when left out */
  readonly weights?: Float64Array;
}

/** Numbers of a table that are held at a time: 1 GiB of float32. */
const mostValues = 2 ** 28;

/**
 * Makes sure that a table is what it says it is, before memory is taken for it.
 * @throws Error for what only a caller can have done: sizes that disagree, a class out of the list, a number that is none
 */
export function checkTable(table: Table | LabelledTable): void {
  const { values, rows, columns } = table;
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 1 || columns < 1 || rows * columns > mostValues)
    throw new Error(`Table of ${rows} rows and ${columns} columns`);
  if (values.length !== rows * columns) throw new Error(`Table of ${rows} x ${columns} with ${values.length} values`);
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]!))
      throw new Error(`Table: ${values[i]} in row ${Math.floor(i / columns)}, column ${i % columns}`);
  if (!("classes" in table)) return;
  const { classes, classCount, weights } = table;
  if (classes.length !== rows) throw new Error(`Table of ${rows} rows with ${classes.length} classes`);
  for (const position of classes)
    if (position < 0 || position >= classCount) throw new Error(`Table: class ${position} of ${classCount}`);
  if (!weights) return;
  if (weights.length !== rows) throw new Error(`Table of ${rows} rows with ${weights.length} weights`);
  for (const weight of weights) if (!(weight > 0 && weight < Infinity)) throw new Error(`Table: weight ${weight}`);
}

/** The values and weights of some rows, in the order of `chosen`. */
export function chosenRows(
  { columns, values, weights }: Table & { readonly weights?: Float64Array },
  chosen: ArrayLike<number>,
): Table & { readonly weights?: Float64Array } {
  const own = new Float32Array(chosen.length * columns);
  for (let i = 0; i < chosen.length; i++)
    own.set(values.subarray(chosen[i]! * columns, (chosen[i]! + 1) * columns), i * columns);
  return {
    values: own,
    rows: chosen.length,
    columns,
    ...(weights ? { weights: Float64Array.from(chosen, (row) => weights[row]!) } : {}),
  };
}

/** Rows of a table, in the order of `chosen`. */
export const rowsOf = (table: LabelledTable, chosen: ArrayLike<number>): LabelledTable => ({
  ...chosenRows(table, chosen),
  classes: Int32Array.from(chosen, (row) => table.classes[row]!),
  classCount: table.classCount,
});

/** The classes that occur, ascending: a method is taught these, and no row is called by another. */
export function occurringClasses({ classes, classCount }: LabelledTable): Int32Array {
  const counts = new Uint32Array(classCount);
  for (const position of classes) counts[position]!++;
  return Int32Array.from([...counts.keys()].filter((position) => counts[position]! > 0));
}

/**
 * How much each row counts when all classes that occur count the same in sum: rows / (classes × rows of the class), times
 * its own weight; what scikit-learn calls `class_weight="balanced"`.
 */
export function balancedWeights({ classes, classCount, weights, rows }: LabelledTable): Float64Array {
  const counts = new Uint32Array(classCount);
  for (const position of classes) counts[position]!++;
  const occurring = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  return Float64Array.from(classes, (position, i) => (rows / (occurring * counts[position]!)) * (weights?.[i] ?? 1));
}

/**
 * The finite numbers of column `j` in rising order.
 * @param room [rows] where they are put: reused from column to column
 */
export function sortedColumn(
  { values, columns }: Pick<Table, "values" | "columns">,
  j: number,
  room: Float32Array,
): Float32Array {
  let count = 0;
  for (let at = j; at < values.length; at += columns) {
    const value = values[at]!;
    if (Number.isFinite(value)) room[count++] = value;
  }
  return room.subarray(0, count).sort();
}
