import { defaultColor, type LegendClass } from "../../../src-shared/domain/legend.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { FeatureLayer, PropertyValue } from "../formats/feature.ts";

/** Which class a value of the class field means; `null` means that such shapes are to be ignored. */
export interface ClassRule {
  readonly value: string | number | boolean;
  readonly classCode: number | null;
}

/** How the values of a field become classes. */
export interface ClassTable {
  readonly legend: readonly LegendClass[];
  readonly rules: readonly ClassRule[];
}

/** One value of the class field, however it is written, and how many shapes have it. */
export interface ValueCount {
  /** the commonest spelling, without blanks around it */
  readonly value: string;
  readonly count: number;
  /** every spelling found, in order of appearance */
  readonly spellings: readonly string[];
}

/** The most classes a class raster of one byte can hold: 0 and 255 mean “nothing here”. */
const maxClasses = 254;

/**
 * Two values are one when they differ only in case, in blanks or in how a letter is composed: “Maize ” is “maize”.
 * Numbers and their text are one too. `undefined` for no value.
 */
export function valueKey(value: PropertyValue | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = String(value).normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
  return text === "" ? undefined : text;
}

/** The values of a field in order of their first appearance. A field that does not exist is an error with the fields there are. */
export function countValues(layer: FeatureLayer, field: string): ValueCount[] {
  expectField(layer, field);
  const found = new Map<string, Map<string, number>>();
  for (const { properties } of layer.features) {
    const value = properties[field];
    const key = valueKey(value);
    if (key === undefined) continue;
    const spellings = found.get(key) ?? new Map<string, number>();
    const text = String(value);
    spellings.set(text, (spellings.get(text) ?? 0) + 1);
    found.set(key, spellings);
  }
  return [...found.values()].map((spellings) => {
    const [commonest] = [...spellings].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
    return {
      value: commonest.trim(),
      count: [...spellings.values()].reduce((sum, count) => sum + count, 0),
      spellings: [...spellings.keys()],
    };
  });
}

export function expectField(layer: FeatureLayer, field: string): void {
  if (layer.fields.some(({ name }) => name === field)) return;
  throw new AppError("labels-without-field", { path: layer.path, field, fields: layer.fields.map(({ name }) => name) });
}

/**
 * A table with one class per value: whole numbers from 1 to 254 keep their number, everything else is numbered from 1
 * in alphabetical order. With `nameField` a class is called what that field says most often for it.
 * @throws AppError "labels-without-class-values", "labels-too-many-classes", "labels-without-field"
 */
export function suggestClasses(
  layer: FeatureLayer,
  field: string,
  options: { readonly nameField?: string } = {},
): ClassTable {
  const values = countValues(layer, field);
  if (values.length === 0) throw new AppError("labels-without-class-values", { path: layer.path, field });
  if (values.length > maxClasses) {
    throw new AppError("labels-too-many-classes", { path: layer.path, field, count: values.length });
  }
  const names = options.nameField === undefined ? undefined : namesFrom(layer, field, options.nameField);
  const numbers = values.map(({ value }) => Number(value));
  const keepNumbers = numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= maxClasses);
  const numeric = numbers.every((number) => Number.isFinite(number));
  const ordered = values.toSorted((p, q) =>
    numeric ? Number(p.value) - Number(q.value) : p.value < q.value ? -1 : p.value > q.value ? 1 : 0,
  );
  const legend = ordered.map(
    ({ value }, index): LegendClass => ({
      code: keepNumbers ? Number(value) : index + 1,
      name: names?.get(valueKey(value)!) ?? value,
      color: defaultColor(index),
      // The source's own code, where the class is called something else or is a code itself.
      ...(/^[\w.-]*\d[\w.-]*$/.test(value) || (names?.get(valueKey(value)!) ?? value) !== value
        ? { source: value }
        : {}),
    }),
  );
  return { legend, rules: ordered.map(({ value }, index) => ({ value, classCode: legend[index]!.code })) };
}

/** A name that two values have gets the value beside it: names of a legend are unique. */
function namesFrom(layer: FeatureLayer, field: string, nameField: string): Map<string, string> {
  expectField(layer, nameField);
  const counts = new Map<string, Map<string, number>>();
  for (const { properties } of layer.features) {
    const key = valueKey(properties[field]);
    const name = properties[nameField];
    if (key === undefined || valueKey(name) === undefined) continue;
    const names = counts.get(key) ?? new Map<string, number>();
    const text = String(name).trim();
    names.set(text, (names.get(text) ?? 0) + 1);
    counts.set(key, names);
  }
  const chosen = [...counts].map(([key, names]): [string, string] => [
    key,
    [...names].reduce((p, q) => (q[1] > p[1] ? q : p))[0],
  ]);
  const uses = Map.groupBy(chosen, ([, name]) => valueKey(name));
  return new Map(chosen.map(([key, name]) => [key, uses.get(valueKey(name))!.length > 1 ? `${name} (${key})` : name]));
}

/** The rule of each value, by its key. A class that the legend does not have is a programmer's error. */
export function rulesByKey(table: ClassTable): ReadonlyMap<string, number | null> {
  const codes = new Set(table.legend.map(({ code }) => code));
  return new Map(
    table.rules.map(({ value, classCode }) => {
      if (classCode !== null && !codes.has(classCode))
        throw new Error(`Class table: no class ${classCode} in the legend`);
      return [valueKey(value) ?? "", classCode];
    }),
  );
}
