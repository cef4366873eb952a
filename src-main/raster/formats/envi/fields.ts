import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import type { SampleType } from "../../sample-type.ts";
import { DamagedFile, UnsupportedLayout } from "../problems.ts";

/** The fields of an ENVI header: names in small letters, values as they stand there, without their braces. */
export type EnviFields = ReadonlyMap<string, string>;

const mostFields = 10_000;

/** `undefined` when the text is the header of no ENVI image. @see NV5, “ENVI Header Files” */
export function parseEnvi(text: string): EnviFields | undefined {
  if (!/^\s*ENVI\b/.test(text)) return undefined;
  const fields = new Map<string, string>();
  let open: { readonly name: string; readonly parts: string[] } | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (open) {
      open.parts.push(line);
      if (!line.includes("}")) continue;
      fields.set(open.name, inBraces(open.parts.join("\n")));
      open = undefined;
      continue;
    }
    const equals = line.indexOf("=");
    if (equals < 0 || line.trimStart().startsWith(";")) continue;
    const name = line.slice(0, equals).trim().toLowerCase().replace(/\s+/g, " ");
    const value = line.slice(equals + 1).trim();
    if (fields.size >= mostFields) throw new DamagedFile(reason("envi-too-many-fields", { most: mostFields }));
    if (value.startsWith("{") && !value.includes("}")) open = { name, parts: [value] };
    else fields.set(name, value.startsWith("{") ? inBraces(value) : value);
  }
  return fields;
}

/** Without braces. By hand, since a pattern tried at each of a million places takes seconds. */
function inBraces(text: string): string {
  const end = text.lastIndexOf("}");
  return text.slice(text.indexOf("{") + 1, end < 0 ? undefined : end).trim();
}

/** The items of a list in braces. */
export const listOf = (fields: EnviFields, name: string): readonly string[] | undefined =>
  fields
    .get(name)
    ?.split(",")
    .map((item) => item.trim());

/** @throws DamagedFile unless it is a whole number from `least` to `most` */
export function wholeField(fields: EnviFields, name: string, least: number, most: number, none?: number): number {
  const text = fields.get(name);
  const value = text === undefined ? none : Number(text);
  if (value !== undefined && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new DamagedFile(reason("field-value", { tag: name, value: text?.slice(0, 40) ?? "?" }));
}

/** ENVI's numbers for sample types; 6 and 9 are complex, 14 and 15 have 64 bits. */
const types: Readonly<Record<number, SampleType>> = {
  1: "uint8",
  2: "int16",
  3: "int32",
  4: "float32",
  5: "float64",
  12: "uint16",
  13: "uint32",
};

/** @throws UnsupportedLayout for complex numbers and those of 64 bits */
export function typeOfEnvi(fields: EnviFields): SampleType {
  const number = wholeField(fields, "data type", 1, 255);
  const type = types[number];
  if (type) return type;
  throw new UnsupportedLayout(
    number === 6 || number === 9
      ? reason("pixels-complex-numbers")
      : reason("pixels-of-type", { type: String(number) }),
  );
}
