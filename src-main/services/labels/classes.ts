// From the values of a file's field to classes of a legend: how values are mapped, numbered and coloured.
import { defaultColor, type LegendClass, rgbOf } from "../../../src-shared/domain/legend.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { LabelImportRequest } from "../../../src-shared/ipc/labels.ts";
import type { Legend } from "../../catalog/index.ts";
import { type ClassTable, readCsvRows, valueKey } from "../../vector/index.ts";

type Looks = NonNullable<LabelImportRequest["looks"]>;

/** The source's code of a class, where it says more than the class's name: “1110”, “s1110000010”, but not “maize” for “maize”. */
export function sourceOf(value: string, name: string): { readonly source?: string } {
  const isCode = /^[\w.-]*\d[\w.-]*$/.test(value);
  return isCode || valueKey(value) !== valueKey(name) ? { source: value } : {};
}

/** Class names stand in legends, tables and file names. */
const mostOfName = 200;

/** Classes as somebody mapped the values to them, numbered in order of first mention. */
export function mappedClasses(mapping: Readonly<Record<string, string | null>>): ClassTable {
  const names = [...new Set(Object.values(mapping).filter((name): name is string => name !== null))];
  const legend = names.map((name, i): LegendClass => {
    const values = Object.keys(mapping).filter((value) => mapping[value] === name);
    return { code: i + 1, name, color: defaultColor(i), ...sourceOf(values.join(", "), name) };
  });
  const codeOf = (name: string | null) => legend.find((entry) => entry.name === name)?.code ?? null;
  return { legend, rules: Object.entries(mapping).map(([value, name]) => ({ value, classCode: codeOf(name) })) };
}

/** A class that the project knows by name keeps its number and colour; new ones take numbers and colours that are free. */
export function withKnownCodes(
  { legend, rules }: ClassTable,
  known: Legend | undefined,
  looks: Looks = {},
): ClassTable {
  const taken = new Set(known?.classes.map(({ code }) => code));
  const colors = new Set(known?.classes.map(({ color }) => color.toLowerCase()));
  const renumbered = new Map<number, LegendClass>();
  for (const entry of legend) {
    if (entry.name.length > mostOfName)
      throw new AppError("text-too-long", {
        what: entry.name.slice(0, 60),
        length: entry.name.length,
        most: mostOfName,
      });
    const same = known?.classes.find(({ name }) => valueKey(name) === valueKey(entry.name));
    if (same) {
      const { source } = entry;
      // Codes of several files are joined.
      const codes = [
        ...new Set([same.source, source].filter((code) => code !== undefined).flatMap((code) => code.split(", "))),
      ];
      renumbered.set(entry.code, { ...same, ...(codes.length > 0 ? { source: codes.join(", ") } : {}) });
      continue;
    }
    const look = looks[entry.name] ?? {};
    const code = freeCode(taken, look.code ?? entry.code);
    taken.add(code);
    const color = look.color ?? freeColor(colors, entry.color);
    rgbOf(color);
    colors.add(color.toLowerCase());
    const parent = look.parent?.trim();
    renumbered.set(entry.code, {
      code,
      name: entry.name,
      color,
      ...(parent ? { parent } : {}),
      ...(entry.source === undefined ? {} : { source: entry.source }),
    });
  }
  return {
    legend: [...renumbered.values()],
    rules: rules.map(({ value, classCode }) => ({
      value,
      classCode: classCode === null ? null : renumbered.get(classCode)!.code,
    })),
  };
}

/** The wanted code where it is free, else the smallest free one. */
export function freeCode(taken: ReadonlySet<number>, wanted = 1): number {
  if (!taken.has(wanted)) return wanted;
  for (let code = 1; code <= 254; code++) if (!taken.has(code)) return code;
  throw new AppError("legend-full", {});
}

/** The wanted colour unless another class has it; then the first of the palette that none has. */
export function freeColor(taken: ReadonlySet<string>, wanted?: string): string {
  if (wanted !== undefined && !taken.has(wanted.toLowerCase())) return wanted;
  for (let i = 0; i < 12; i++) if (!taken.has(defaultColor(i))) return defaultColor(i);
  return wanted ?? defaultColor(taken.size);
}

/** A class table as text: value and class per line, with or without a heading; an empty class or “ignore” ignores the value. */
export function readClassTable(path: string): Record<string, string | null> {
  const rows = readCsvRows(path).map(({ cells }) => cells.map((cell) => cell.trim()));
  const heading = /^(value|class|code)$/i.test(rows[0]?.[0] ?? "") ? 1 : 0;
  return Object.fromEntries(rows.slice(heading).map(([value, name]) => [value ?? "", mappedName(name ?? "")]));
}

export const mappedName = (name: string): string | null => (name === "" || /^ignore$/i.test(name) ? null : name);
