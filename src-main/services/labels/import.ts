import { resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { ImportReport, LabelCommands } from "../../../src-shared/ipc/labels.ts";
import type { NewLabel } from "../../catalog/index.ts";
import {
  type ClassTable,
  fieldsInSubprocess,
  type ImportedPolygon,
  isTiff,
  readInSubprocess,
} from "../../vector/index.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { knownCrs } from "../rasters/rasters.ts";
import { validated } from "../validated.ts";
import { activate } from "./active.ts";
import { LabelArea } from "./area.ts";
import { mappedClasses, withKnownCodes } from "./classes.ts";
import { joinSplit } from "./joining.ts";
import { importRaster, inspectRaster, rasterValues } from "./raster.ts";
import { sourceOf, vectorFile } from "./vector-file.ts";

const importSchema = z.strictObject({
  ...vectorFile,
  /** the field that holds the class, of text or numbers; of a class raster its band, “band 2” */
  field: z.string().min(1).optional(),
  /** the band of a class raster that holds the classes */
  band: z.int().min(1).optional(),
  /** the share of a patch that one class of a raster has to cover */
  purity: z.number().gt(0).max(1).default(0.5),
  /** a field with nicer names for the classes */
  nameField: z.string().min(1).optional(),
  /** value → class; `null` ignores it. Without it every value is a class. */
  classes: z.record(z.string(), z.string().min(1).nullable()).optional(),
  /** how new classes look, by name */
  looks: z
    .record(
      z.string(),
      z.strictObject({
        color: z
          .string()
          .regex(/^#[0-9a-f]{6}$/i)
          .optional(),
        parent: z.string().optional(),
        code: z.int().min(1).max(254).optional(),
      }),
    )
    .optional(),
  unmapped: z.enum(["error", "ignore"]).default("error"),
  legend: z.string().min(1).default("classes"),
  /** share of a patch that a polygon has to cover; without it the patch's centre decides */
  share: z.number().gt(0).max(1).optional(),
  /** metres around a point whose patches it labels */
  radius: z.number().min(0).max(100_000).default(0),
  /** x and y of the file are exchanged */
  swap: z.boolean().default(false),
  /** forgets the labels there are */
  replace: z.boolean().default(false),
  validFrom: z.iso.date().optional(),
  validTo: z.iso.date().optional(),
  validFromField: z.string().min(1).optional(),
  validToField: z.string().min(1).optional(),
});
type ImportRequest = z.output<typeof importSchema>;

interface Prepared {
  readonly table: ClassTable;
  readonly report: ImportReport;
  readonly labels: readonly Omit<NewLabel, "legendId" | "importId">[];
  /** where the class came from: a field, or a band */
  readonly field: string;
}

type Imports = Pick<LabelCommands, "labels.values" | "labels.inspect" | "labels.previewImport" | "labels.import">;

/** Polygons from files, which are read in a process of their own, so that the window stays alive; storing is one step of the history. */
export function labelImports(deps: Deps): Imports {
  const { catalog, announce } = deps;

  const prepare = async (request: ImportRequest): Promise<Prepared> => {
    const grid = catalog.project.get().grid.geobox;
    const progress = (fraction: number) => announce("work", { name: "labels.import", fraction });
    if (isTiff(request.path)) {
      const known = catalog.legends.list().find(({ name }) => name === request.legend);
      const crs = request.crs === undefined ? undefined : knownCrs(request.crs);
      const { table, report, labels, band } = await importRaster({ ...request, crs }, grid, known, progress);
      return { table, report, labels, field: `band ${band}` };
    }
    const source = sourceOf(request);
    const { path, field, nameField, share, unmapped, radius, swap } = request;
    if (field === undefined)
      throw new AppError("labels-field-needed", { path, fields: await fieldsInSubprocess(source) });
    const suggested = request.classes
      ? mappedClasses(request.classes)
      : await readInSubprocess("suggest", { ...source, field, nameField });
    const known = catalog.legends.list().find(({ name }) => name === request.legend);
    const table = withKnownCodes(suggested, known, request.looks);
    const options = {
      field,
      table,
      unmapped,
      grid,
      radius,
      swap,
      ...(share === undefined ? {} : { claim: { share } }),
    };
    const labels: Prepared["labels"][number][] = [];
    const { report } = await readInSubprocess(
      "import",
      { ...source, import: options },
      {
        progress,
        part(polygons) {
          for (const polygon of polygons) labels.push(labelOf(polygon as ImportedPolygon));
          return true;
        },
      },
    );
    return { table, report, labels, field };

    function labelOf(polygon: ImportedPolygon): Prepared["labels"][number] {
      const { properties, classCode, coordinates, cells, patches, hectares } = polygon;
      return {
        classCode,
        coordinates,
        cells,
        x: polygon.point[0],
        y: polygon.point[1],
        patches,
        hectares,
        feature: String(polygon.sourceId),
        properties,
      };
    }
  };

  /** With the hectares and patches of each class that lie inside the project. */
  const counted = async ({ report, labels }: Prepared): Promise<ImportReport> => {
    const area = await LabelArea.of(catalog);
    if (area.whole) return report;
    const sums = new Map<number, { hectares: number; patches: number }>();
    for (const { classCode, coordinates, patches, cells = null, hectares = null } of labels) {
      const sum = sums.get(classCode) ?? { hectares: 0, patches: 0 };
      sums.set(classCode, sum);
      sum.hectares += area.hectares({ coordinates, cells, hectares });
      sum.patches += area.patches({ coordinates, cells, patches });
    }
    const classes = report.classes.map((one) => ({ ...one, ...(sums.get(one.code) ?? { hectares: 0, patches: 0 }) }));
    return { ...report, classes };
  };

  return {
    /** The values of the class field, to write a class table from. */
    "labels.values": validated(
      "labels.values",
      z.strictObject({ ...vectorFile, field: z.string().min(1) }),
      async ({ field, ...request }) => {
        if (!isTiff(request.path)) return await readInSubprocess("values", { ...sourceOf(request), field });
        const crs = request.crs === undefined ? undefined : knownCrs(request.crs);
        return await rasterValues({ path: request.path, field, crs }, catalog.project.get().grid.geobox);
      },
    ),

    "labels.inspect": validated("labels.inspect", z.strictObject(vectorFile), async (request) =>
      isTiff(request.path)
        ? await inspectRaster(request.path, request.crs === undefined ? undefined : knownCrs(request.crs))
        : await readInSubprocess("inspect", sourceOf(request)),
    ),

    "labels.previewImport": validated("labels.previewImport", importSchema, async (request) =>
      counted(await prepare(request)),
    ),

    "labels.import": validated("labels.import", importSchema, async (request) => {
      const { path } = request;
      const all = await prepare(request);
      const { table, labels: prepared, field } = all;
      const report = await counted(all);
      return edit(deps, { key: "labels.import", params: { count: report.used } }, () => {
        // The same file again takes the place of its earlier reading: its polygons should not count twice.
        const before = catalog.labels.imports();
        const gone = before.filter((earlier) => request.replace || resolve(earlier.path) === resolve(path));
        for (const { id } of gone) catalog.labels.removeImport(id);
        const legendId = catalog.legends.put(request.legend, table.legend);
        const importId = catalog.labels.addImport({ path, classField: field, legendId, report });
        const labels = prepared.map((label): NewLabel => {
          const { properties } = label;
          return {
            ...label,
            legendId,
            importId,
            validFrom: dateOf(properties[request.validFromField ?? ""], "first") ?? request.validFrom ?? null,
            validTo: dateOf(properties[request.validToField ?? ""], "last") ?? request.validTo ?? null,
          };
        });
        const ids = catalog.labels.add(labels);
        const split = catalog.splits.current(legendId);
        // Only what joins others that have a set: a split whose labels are all gone is made anew.
        if (split && catalog.splits.parts(split.id).size > 0) joinSplit(catalog, catalog.labels.find({ ids }));
        activate(catalog, legendId);
        return { importId, legendId, report };
      });
    }),
  };
}

/** A day from a file's field: 2019-05-01, 2019/05/01, 20190501, or a year, which begins and ends. */
function dateOf(value: string | number | boolean | null | undefined, end: "first" | "last"): string | null {
  const text = String(value ?? "").trim();
  const day = /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})(?:[T ]|$)/.exec(text);
  if (day) {
    const written = `${day[1]}-${day[2]}-${day[3]}`;
    return Number.isNaN(Date.parse(written)) ? null : written;
  }
  return /^\d{4}$/.test(text) ? `${text}-${end === "first" ? "01-01" : "12-31"}` : null;
}
