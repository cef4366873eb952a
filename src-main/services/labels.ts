import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { LabelInput, LabelPolygon } from "../../src-shared/domain/job.ts";
import { defaultColor, type LegendClass } from "../../src-shared/domain/legend.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { apply } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { Catalog, Label, LabelPart, Legend } from "../catalog/index.ts";
import {
  type Split,
  type SplitItem,
  splitAtRandom,
  splitByBlocks,
  splitByField,
  splitByPolygons,
  usualShares,
  usualWords,
} from "../learning/split/index.ts";
import {
  type ClassTable,
  countValues,
  importLabels,
  rasterizePolygon,
  readFeatures,
  suggestClasses,
  valueKey,
} from "../vector/index.ts";
import type { Deps } from "./deps.ts";
import { door } from "./door.ts";
import { filePath } from "./path-gate.ts";
import { knownCrs } from "./rasters.ts";

const importSchema = z.strictObject({
  path: filePath,
  /** the field that holds the class, of text or numbers */
  field: z.string().min(1),
  /** a field with nicer names for the classes */
  nameField: z.string().min(1).optional(),
  layer: z.string().min(1).optional(),
  crs: z.string().min(1).optional(),
  encoding: z.string().min(1).optional(),
  /** value → class; `null` ignores it. Without it every value is a class. */
  classes: z.record(z.string(), z.string().min(1).nullable()).optional(),
  unmapped: z.enum(["error", "ignore"]).default("error"),
  legend: z.string().min(1).default("classes"),
  /** share of a patch that a polygon has to cover; without it the patch's centre decides */
  share: z.number().gt(0).max(1).optional(),
  /** forgets the labels there are */
  replace: z.boolean().default(false),
});

const splitSchema = z.strictObject({
  method: z.enum(["blocks", "polygons", "field", "random"]).default("blocks"),
  seed: z.int().min(0).default(0),
  blockMeters: z.number().positive().optional(),
  field: z.string().min(1).optional(),
  /** what the field's other words mean: { train_only: "train" } */
  parts: z.record(z.string(), z.enum(["train", "validation", "test", "unused"])).default({}),
  shares: z
    .strictObject({ train: z.number().positive(), validation: z.number().min(0), test: z.number().min(0) })
    .default(usualShares),
  /** what to do with a class that has too few polygons for every set */
  tooFew: z.enum(["error", "train"]).default("error"),
});

/** Polygons with classes, and who learns and who tests. */
export function labelService({ catalog, announce }: Deps) {
  return {
    /** The values of the class field, to write a class table from. */
    "labels.values": door(
      "labels.values",
      z.strictObject({ path: filePath, field: z.string().min(1), layer: z.string().optional() }),
      ({ path, field, layer }) => countValues(readFeatures(path, layer === undefined ? {} : { layer }), field),
    ),

    "labels.import": door("labels.import", importSchema, (request) => {
      const { path, field, layer, crs, encoding, nameField, share, unmapped } = request;
      const file = readFeatures(path, {
        ...(layer === undefined ? {} : { layer }),
        ...(crs === undefined ? {} : { crs: knownCrs(crs) }),
        ...(encoding === undefined ? {} : { encoding }),
      });
      const suggested = request.classes
        ? mappedClasses(request.classes)
        : suggestClasses(file, field, nameField === undefined ? {} : { nameField });
      const known = catalog.legends.list().find(({ name }) => name === request.legend);
      const table = withKnownCodes(suggested, known);
      const imported = importLabels(file, {
        field,
        table,
        unmapped,
        grid: catalog.project.get().grid.geobox,
        ...(share === undefined ? {} : { claim: { share } }),
      });
      const { report } = imported;
      return catalog.transaction(() => {
        // The same file again takes the place of its earlier reading: its polygons should not count twice.
        const before = catalog.labels.imports();
        const gone = before.filter((earlier) => request.replace || resolve(earlier.path) === resolve(path));
        for (const { id } of gone) catalog.labels.removeImport(id);
        const legendId = catalog.legends.put(request.legend, table.legend);
        const importId = catalog.labels.addImport({ path, classField: field, legendId, report });
        const ids = catalog.labels.add(
          imported.polygons.map((polygon) => ({
            legendId,
            classCode: polygon.classCode,
            coordinates: polygon.coordinates,
            x: polygon.point[0],
            y: polygon.point[1],
            patches: polygon.patches,
            importId,
            feature: String(polygon.sourceId),
            properties: polygon.properties,
          })),
        );
        announce("catalog.changed", { table: "labels", ids });
        return { importId, report };
      });
    }),

    /** The labels with their parts as jobs take them. */
    "labels.input": door("labels.input", z.strictObject({}), () => labelInput(catalog).labels),

    "labels.split": door("labels.split", splitSchema, (request) => {
      const legend = onlyLegend(catalog);
      const labels = catalog.labels.list(legend.id);
      if (labels.length === 0) throw new AppError("no-labels", { folder: catalog.folder });
      const { grid } = catalog.project.get();
      const blockMeters = request.blockMeters ?? defaultBlock(grid.patchMeters * grid.tilePatches);
      const { seed, shares, tooFew, method } = request;
      const common = { seed, shares, tooFew, classes: legend.classes };
      const items = labels.map(itemOf);
      let split: Split;
      let parts: LabelPart[];
      if (method === "random") {
        const patches = labels.map((label) => patchesOf(label, grid.geobox));
        const perPatch = labels.flatMap(({ classCode }, i) =>
          patches[i]!.map(({ x, y }) => ({ classCode, x, y, weight: 1 })),
        );
        split = splitAtRandom(perPatch, common);
        let next = 0;
        parts = patches.map((own) => {
          const from = next;
          next += own.length;
          return { part: "unused", patches: split.parts.slice(from, next) };
        });
      } else {
        if (method === "field") {
          const field = request.field ?? "split";
          const fields = [...new Set(labels.flatMap(({ properties }) => Object.keys(properties)))];
          if (!fields.includes(field)) throw new AppError("split-without-field", { field, fields });
          split = splitByField(
            items,
            labels.map(({ properties }) => properties[field]),
            { ...usualWords, ...request.parts },
          );
        } else {
          split =
            method === "blocks"
              ? splitByBlocks(items, { ...common, blockSize: blockMeters })
              : splitByPolygons(items, common);
        }
        parts = split.parts.map((part) => ({ part, patches: null }));
      }
      const report = { counts: split.counts, missing: split.missing, reason: split.reason ?? null };
      const parameters = {
        seed,
        shares,
        tooFew,
        ...(method === "blocks" ? { blockMeters } : {}),
        ...(method === "field" ? { field: request.field ?? "split", parts: request.parts } : {}),
      };
      const { optimistic } = split;
      const id = catalog.splits.add(
        { method, parameters, optimistic, report },
        new Map(labels.map((label, i) => [label.id, parts[i]!])),
      );
      announce("catalog.changed", { table: "splits", ids: [id] });
      return { id, method, parameters, optimistic, ...report, classes: legend.classes };
    }),
  };
}

/** The labels of a project with their parts, as a job takes them. */
export function labelInput(catalog: Catalog): { readonly labels: LabelInput; readonly splitId: number } {
  const legend = onlyLegend(catalog);
  const split = catalog.splits.current();
  if (!split) throw new AppError("no-split", { folder: catalog.folder });
  const parts = catalog.splits.parts(split.id);
  // Labels that were imported since have no part yet; a split without any label is a split of what is gone.
  if (parts.size === 0) throw new AppError("no-split", { folder: catalog.folder });
  const { geobox } = catalog.project.get().grid;
  const polygons = catalog.labels.list(legend.id).flatMap((label): LabelPolygon[] => {
    const { id, classCode, coordinates } = label;
    const own = parts.get(id);
    if (!own?.patches) return [{ id, classCode, part: own?.part ?? "unused", coordinates }];
    // A random split goes patch by patch: each patch is a square of its own.
    return patchesOf(label, geobox).map(({ square }, i) => ({
      id,
      classCode,
      part: own.patches?.[i] ?? "unused",
      coordinates: square,
    }));
  });
  const used = new Set(polygons.map(({ classCode }) => classCode));
  return {
    labels: { crs: geobox.crs, legend: legend.classes.filter(({ code }) => used.has(code)), polygons },
    splitId: split.id,
  };
}

/** A project learns one legend at a time: the one whose labels came last. */
function onlyLegend(catalog: Catalog): Legend {
  const last = catalog.labels.imports().at(-1);
  const legend = catalog.legends.list().find(({ id }) => id === last?.legendId);
  if (!legend) throw new AppError("no-labels", { folder: catalog.folder });
  return legend;
}

const itemOf = ({ classCode, x, y, patches }: Label): SplitItem => ({ classCode, x, y, weight: patches });

/** Blocks of two tiles: what a sample sees around a test patch is then mostly test too. */
const defaultBlock = (tileMeters: number): number => 2 * tileMeters;

interface Patch {
  readonly x: number;
  readonly y: number;
  readonly square: LabelPolygon["coordinates"];
}

/** The patches whose centre lies in the label, row by row. */
function patchesOf({ coordinates }: Label, grid: GeoBox): Patch[] {
  const patches: Patch[] = [];
  rasterizePolygon({ type: "MultiPolygon", coordinates }, grid, (row, start, end) => {
    for (let col = start; col < end; col++) {
      const corner = (dc: number, dr: number) => apply(grid.affine, col + dc, row + dr);
      const [x, y] = corner(0.5, 0.5);
      patches.push({ x, y, square: [[[corner(0, 0), corner(0, 1), corner(1, 1), corner(1, 0), corner(0, 0)]]] });
    }
  });
  return patches;
}

/** Classes as somebody mapped the values to them, numbered in order of first mention. */
function mappedClasses(mapping: Readonly<Record<string, string | null>>): ClassTable {
  const names = [...new Set(Object.values(mapping).filter((name): name is string => name !== null))];
  const legend = names.map((name, i): LegendClass => ({ code: i + 1, name, color: defaultColor(i) }));
  const codeOf = (name: string | null) => legend.find((entry) => entry.name === name)?.code ?? null;
  return { legend, rules: Object.entries(mapping).map(([value, name]) => ({ value, classCode: codeOf(name) })) };
}

/** A class that the project knows by name keeps its number and colour; new ones take numbers that are free. */
function withKnownCodes({ legend, rules }: ClassTable, known: Legend | undefined): ClassTable {
  if (!known) return { legend, rules };
  const taken = new Set(known.classes.map(({ code }) => code));
  const renumbered = new Map<number, LegendClass>();
  for (const entry of legend) {
    const same = known.classes.find(({ name }) => valueKey(name) === valueKey(entry.name));
    let code = entry.code;
    if (!same) {
      for (let free = 1; taken.has(code); free++) code = free;
      taken.add(code);
    }
    renumbered.set(entry.code, same ?? { ...entry, code });
  }
  return {
    legend: [...renumbered.values()],
    rules: rules.map(({ value, classCode }) => ({
      value,
      classCode: classCode === null ? null : renumbered.get(classCode)!.code,
    })),
  };
}

/** A class table as text: `value,class` per line, with or without a heading; an empty class or “ignore” ignores the value. */
export function readClassTable(path: string): Record<string, string | null> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new AppError("file-missing", { path }, { cause });
  }
  const rows = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  const heading = /^(value|class|code)$/i.test(rows[0]?.[0] ?? "") ? 1 : 0;
  return Object.fromEntries(rows.slice(heading).map(([value, name]) => [value ?? "", mappedName(name ?? "")]));
}

export const mappedName = (name: string): string | null => (name === "" || /^ignore$/i.test(name) ? null : name);

export { describeImport } from "../vector/index.ts";
