import { defaultColor, type LegendClass } from "../../../src-shared/domain/legend.ts";
import { countCells, runsOfCells } from "../../../src-shared/domain/patch-cells.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { apply } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { ImportReport, LabelFile, ValueCount } from "../../../src-shared/ipc/labels.ts";
import type { Legend, NewLabel } from "../../catalog/index.ts";
import {
  bandOfField,
  ClassRaster,
  type ClassTable,
  datumDoubtOf,
  type RasterValue,
  squareMetersPerUnit,
  valueKey,
} from "../../vector/index.ts";
import { mappedClasses, sourceOf, withKnownCodes } from "./classes.ts";

interface RasterRequest {
  readonly path: string;
  readonly crs?: string | undefined;
  readonly field?: string | undefined;
  readonly band?: number | undefined;
  readonly purity: number;
  readonly classes?: Record<string, string | null> | undefined;
  readonly looks?: Parameters<typeof withKnownCodes>[2];
  readonly unmapped: "error" | "ignore";
}

/** What a class raster becomes; the labels lack what only the import knows. */
export interface RasterImport {
  readonly table: ClassTable;
  readonly report: ImportReport;
  readonly labels: readonly Omit<NewLabel, "legendId" | "importId">[];
  readonly band: number;
}

type Progress = (fraction: number) => void | Promise<void>;

const bandOf = ({ band, field }: Pick<RasterRequest, "band" | "field">): number | undefined =>
  band ?? bandOfField(field);

/** The values of a band of classes over the project, as a field's values are. */
export async function rasterValues(
  request: Pick<RasterRequest, "path" | "crs" | "band" | "field">,
  grid: GeoBox,
): Promise<ValueCount[]> {
  const raster = await ClassRaster.open(request.path, grid, { band: bandOf(request), crs: request.crs });
  return (await raster.values()).map(({ value, count, name, color }) => ({
    value: String(value),
    count,
    spellings: [String(value)],
    ...(name ? { name } : {}),
    ...(color ? { color } : {}),
  }));
}

/** What is in a raster, in the words of a file of labels: its bands stand for fields. */
export async function inspectRaster(path: string, crs: string | undefined): Promise<LabelFile> {
  const bands = await ClassRaster.bands(path, crs);
  return {
    path,
    layer: "",
    layers: [],
    crs: bands.crs,
    datumDoubt: datumDoubtOf(bands.crs ?? undefined),
    shapes: 0,
    polygons: 0,
    points: 0,
    table: null,
    raster: true,
    fields: bands.names.map((name) => ({ name, type: "integer", distinct: 0, examples: [] })),
    suggestedField: bands.names[0] ?? null,
  };
}

/** A class raster as labels: squares of patches, each of one class. @throws AppError "labels-too-many-classes" and those of ClassRaster */
export async function importRaster(
  request: RasterRequest,
  grid: GeoBox,
  known: Legend | undefined,
  progress: Progress,
): Promise<RasterImport> {
  const { path, purity } = request;
  const raster = await ClassRaster.open(path, grid, { band: bandOf(request), crs: request.crs });
  const values = await raster.values((fraction) => progress(fraction / 2));
  const table = withKnownCodes(tableOf(values, request, raster.band), known, request.looks);
  const codeOf = new Map(table.rules.map(({ value, classCode }) => [valueKey(value)!, classCode]));
  const codes = new Map(values.map(({ value }) => [value, codeOf.get(String(value)) ?? null]));
  const labels: RasterImport["labels"][number][] = [];
  const report = await raster.labels(
    codes,
    purity,
    ({ classCode, cells, patches }) => {
      const runs = runsOfCells(cells);
      const [row, start, end] = runs.reduce((p, q) => (q[2] - q[1] > p[2] - p[1] ? q : p));
      const [x, y] = apply(grid.affine, Math.floor((start + end) / 2) + 0.5, row + 0.5);
      const area = countCells(cells) * Math.abs(grid.affine.b * grid.affine.f - grid.affine.c * grid.affine.e);
      labels.push({
        classCode,
        coordinates: [],
        cells,
        x,
        y,
        patches,
        hectares: (area * squareMetersPerUnit(grid.crs, x, y)) / 10_000,
        feature: `patches ${cells.col}, ${cells.row}`,
        properties: {},
      });
    },
    (fraction) => progress(0.5 + fraction / 2),
  );
  if (labels.length === 0) {
    throw report.mixed > report.ignored
      ? new AppError("class-raster-impure", { path, purity })
      : new AppError("labels-none-usable", {
          path,
          count: report.covered,
          reasons: [reason("patches-of-ignored-values", { count: report.ignored })],
        });
  }
  const classes = table.legend.map((entry) => {
    const own = labels.filter(({ classCode }) => classCode === entry.code);
    return {
      ...entry,
      polygons: own.length,
      patches: own.reduce((sum, { patches }) => sum + patches, 0),
      hectares: own.reduce((sum, { hectares }) => sum + (hectares ?? 0), 0),
    };
  });
  const zero = values.find(({ value }) => value === 0);
  return {
    table,
    band: raster.band,
    labels,
    report: {
      total: labels.length,
      used: labels.length,
      points: 0,
      pointsTotal: 0,
      dropped: [],
      partlyOutside: 0,
      contestedPatches: 0,
      classes,
      // A zero without a name may be a class, or the place of none: the file does not say.
      raster: {
        ...report,
        purity,
        unnamedZero: zero !== undefined && zero.name === undefined && codes.get(0) !== null,
      },
    },
  };
}

/** Names that stand for no class. */
const noClass =
  /^(no[ _-]?data|nodata|null|none|undefined|unclassified|unlabel(l)?ed|not (classified|labelled)|fill( value)?|missing)$/i;

function tableOf(values: readonly RasterValue[], request: RasterRequest, band: number): ClassTable {
  const { path, classes, unmapped } = request;
  // Only values to leave out were named: the others are classes as the file has them.
  const leftOut = new Set(
    classes && Object.values(classes).every((name) => name === null)
      ? Object.keys(classes).map((key) => valueKey(key))
      : [],
  );
  if (classes && leftOut.size === 0) {
    const given = new Set(Object.keys(classes).map((key) => valueKey(key)));
    const unknown = values.filter(({ value }) => !given.has(String(value)));
    if (unmapped === "error" && unknown.length > 0) {
      const shown = unknown.slice(0, 12).map(({ value, name }) => (name ? `${value} (${name})` : String(value)));
      throw new AppError("labels-unmapped-values", { path, field: reason("band-number", { band }), values: shown });
    }
    return mappedClasses(classes);
  }
  const used = values.filter(
    ({ value, name }) => !leftOut.has(String(value)) && (name === undefined || !noClass.test(name.trim())),
  );
  if (used.length > 254)
    throw new AppError("labels-too-many-classes", { path, field: reason("band-number", { band }), count: used.length });
  const keepNumbers = used.every(({ value }) => value >= 1 && value <= 254);
  const taken = new Set<string>();
  const legend = used.map(({ value, name, color }, i): LegendClass => {
    const wanted = name ?? String(value);
    const unique = taken.has(wanted.toLowerCase()) ? `${wanted} (${value})` : wanted;
    taken.add(unique.toLowerCase());
    const code = keepNumbers ? value : i + 1;
    return { code, name: unique, color: color ?? defaultColor(i), ...sourceOf(String(value), unique) };
  });
  return {
    legend,
    rules: values.map(({ value }) => {
      const at = used.findIndex((own) => own.value === value);
      return { value, classCode: at < 0 ? null : legend[at]!.code };
    }),
  };
}
