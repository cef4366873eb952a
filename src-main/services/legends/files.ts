// Legends in files: CSV and JSON of our own, QGIS styles, SLD and tables of colours of others, and rasters that declare their classes.

import { readFileSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import { z } from "zod";
import { csv } from "../../../src-shared/domain/csv.ts";
import { endingOf, imageEndings } from "../../../src-shared/domain/file-endings.ts";
import { freeName } from "../../../src-shared/domain/free-name.ts";
import type { KnownFormat } from "../../../src-shared/domain/known-format.ts";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { AppError, type ErrorDetails } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import { writeWholeSync } from "../../files/index.ts";
import { openRaster } from "../../raster/index.ts";
import {
  classesFromColorTable,
  classesFromStyle,
  classQml,
  classSld,
  declaredClasses,
  isTiff,
  readCsvRows,
  tableExtensions,
} from "../../vector/index.ts";
import { freeCode, freeColor } from "../labels/classes.ts";
import { runReadingTask, whyReadingStopped } from "../reading/subprocess.ts";

/** The legends that are read. */
export const legendFormats: readonly KnownFormat[] = [
  { kind: "legend", name: "Table of classes", endings: ["csv", "tsv", "txt", "json"], read: "codes, names, colours, groups and codes of the source, by the names of columns in English or French", notRead: "" }, // biome-ignore format: one line
  { kind: "legend", name: "QGIS style", endings: ["qml"], read: "palettes of rasters, categories of shapes", notRead: "ramps, rules; projects (.qgz): save the style of one layer" }, // biome-ignore format: one line
  { kind: "legend", name: "SLD", endings: ["sld", "xml"], read: "colour maps of values, rules with a fill", notRead: "ramps, symbols" }, // biome-ignore format: one line
  { kind: "legend", name: "Table of colours", endings: ["clr", "txt"], read: "ESRI .clr, colour maps of QGIS, tables of gdaldem", notRead: "colours that blend into each other" }, // biome-ignore format: one line
  { kind: "legend", name: "Class raster", endings: ["tif", "tiff"], read: "attribute tables, category names and palettes of the first band that has some", notRead: "" }, // biome-ignore format: one line
];

interface Found {
  readonly code?: number | undefined;
  readonly name: string;
  readonly color?: string | undefined;
  readonly parent?: string | undefined;
  readonly source?: string | undefined;
}

const color = z.string().regex(/^#[0-9a-f]{6}$/i);
const jsonSchema = z.object({
  name: z.string().trim().min(1).optional(),
  classes: z
    .array(
      z.object({
        code: z.int().min(1).max(254).optional(),
        name: z.string().trim().min(1),
        color: color.optional(),
        parent: z.string().trim().optional(),
        source: z.string().trim().optional(),
      }),
    )
    .min(1),
});

/** The largest legend file that is read: a style with a thousand symbols has half of it. */
const largest = 16 * 1024 * 1024;

export interface ReadLegend {
  readonly name: string;
  readonly classes: readonly LegendClass[];
}

const unreadable = (path: string, problem: Because) => new AppError("legend-unreadable", { path, problem });

/**
 * The classes of a file, with codes that are bytes and a colour each. Read in a process that can be killed, the header of a raster in a
 * thread of its own.
 * @throws AppError "legend-unreadable", "legend-format", "file-missing", and what a damaged raster throws
 */
export async function readLegendFile(path: string): Promise<ReadLegend> {
  if (isTiff(path) || imageEndings.includes(endingOf(path))) return legendOfRaster(path);
  try {
    return await runReadingTask("legend", { path });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "vector-too-costly") throw error;
    const problem = whyReadingStopped(error.details as ErrorDetails<"vector-too-costly">);
    throw new AppError("legend-unreadable", { path, problem }, { cause: error });
  }
}

/** The names and colours of the first band that has some. */
async function legendOfRaster(path: string): Promise<ReadLegend> {
  const raster = await openRaster(path);
  raster.close();
  const classes = raster.info.bands.map(declaredClasses).find((found) => found.length > 0);
  if (!classes) throw unreadable(path, reason("no-classes-colours"));
  const found = classes.map(({ value, name, color: own }) =>
    foundOf({ value: String(value), name: name ?? String(value), color: own }),
  );
  return { name: basename(path, extname(path)), classes: completed(found) };
}

/** A value that is no code here is kept as the code of the source. */
function foundOf({ value, ...look }: { readonly value: string } & Omit<Found, "code" | "source">): Found {
  const code = byteOf(value);
  const isOther = code === undefined && value !== "" && value !== look.name;
  return { ...look, code, ...(isOther ? { source: value } : {}) };
}

/** The same in this process, of a file that is no raster. */
export function readLegendHere(path: string): ReadLegend {
  const fail = (problem: Because) => unreadable(path, problem);
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts?.isFile()) throw new AppError("file-missing", { path });
  if (facts.size > largest) throw fail(reason("far-too-large"));
  const text = new TextDecoder().decode(readFileSync(path)).replace(/^\uFEFF/, "");
  let name = basename(path, extname(path));
  let found: readonly Found[];
  const ending = extname(path).toLowerCase();
  if (ending === ".json") {
    const read = jsonSchema.safeParse(parsedJson(text));
    if (!read.success) throw fail(reason("no-list-classes-names"));
    name = read.data.name ?? name;
    found = read.data.classes;
  } else if (ending === ".qml" || ending === ".sld" || ending === ".xml") {
    const classes = classesFromStyle(text);
    if (!classes) throw fail(reason("no-classes-colours"));
    found = classes.map(foundOf);
  } else if (ending === ".clr" || tableExtensions.includes(ending)) {
    const classes = classesFromColorTable(text);
    found = classes ? classes.map(foundOf) : ending === ".clr" ? [] : classesOfTable(readCsvRows(path).map(({ cells }) => cells)); // biome-ignore format: one line
    if (found.length === 0)
      throw fail(reason(ending === ".clr" ? "no-classes-colours" : "needs-heading-least-name-or"));
  } else if (ending === ".qgz" || ending === ".qgs") throw fail(reason("qgis-project"));
  else throw new AppError("legend-format", { path });
  return { name, classes: completed(found) };
}

const byteOf = (text: string): number | undefined => {
  const code = Number(text);
  return text.trim() !== "" && Number.isInteger(code) && code >= 1 && code <= 254 ? code : undefined;
};

function parsedJson(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    return Array.isArray(value) ? { classes: value } : value;
  } catch {
    return undefined;
  }
}

/** Columns by their names, in English or French. */
function classesOfTable(rows: readonly (readonly string[])[]): Found[] {
  const heads = (rows[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const column = (...names: string[]) => heads.findIndex((head) => names.includes(head));
  const [code, name] = [column("code", "value", "id", "valeur"), column("name", "class", "label", "nom", "classe")];
  const source = column("source_code", "source", "code_source");
  const [colour, parent] = [column("color", "colour", "couleur"), column("parent", "group", "groupe")];
  if (name < 0) return [];
  return rows.slice(1).flatMap((row) => {
    const title = row[name]?.trim();
    if (!title) return [];
    const hex = row[colour]?.trim();
    return [
      {
        name: title,
        code: byteOf(row[code] ?? ""),
        color: hex && /^#[0-9a-f]{6}$/i.test(hex) ? hex.toLowerCase() : undefined,
        parent: row[parent]?.trim() || undefined,
        source: row[source]?.trim() || undefined,
      },
    ];
  });
}

/** Codes that fit are kept, others are numbered; names are made different; every class gets a colour. */
export function completed(found: readonly Found[]): LegendClass[] {
  const codes = new Set<number>();
  const names = new Set<string>();
  const colors = new Set<string>();
  const wanted = new Set(found.flatMap(({ code }) => (code === undefined ? [] : [code])));
  return found.map(({ code, name, color: given, parent, source }) => {
    const own = code !== undefined && !codes.has(code) ? code : freeCode(new Set([...codes, ...wanted]));
    const title = freeName(name, (one) => names.has(one.toLowerCase()));
    const hex = given ?? freeColor(colors);
    codes.add(own);
    names.add(title.toLowerCase());
    colors.add(hex);
    return { code: own, name: title, color: hex, ...(parent ? { parent } : {}), ...(source ? { source } : {}) };
  });
}

/** Writes the whole file or leaves the old one. */
export function writeLegendFile(path: string, name: string, classes: readonly LegendClass[]): void {
  const ending = extname(path).toLowerCase();
  const text =
    ending === ".csv"
      ? tableOf(classes)
      : ending === ".json"
        ? `${JSON.stringify({ name, classes }, null, 2)}\n`
        : ending === ".qml"
          ? classQml(classes)
          : ending === ".sld"
            ? classSld(name, classes)
            : undefined;
  if (text === undefined) throw new AppError("legend-format", { path, writing: true });
  writeWholeSync(path, text, { unwritable: "export-unwritable" });
}

function tableOf(classes: readonly LegendClass[]): string {
  const coded = classes.some(({ source }) => source !== undefined);
  const lines = classes.map(({ code, name, color: hex, parent = "", source = "" }) => [
    ...[code, name, hex, parent],
    ...(coded ? [source] : []),
  ]);
  return csv([["code", "name", "color", "parent", ...(coded ? ["source_code"] : [])], ...lines]);
}
