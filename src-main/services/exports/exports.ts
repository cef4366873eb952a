import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { resultTables } from "../../../src-shared/domain/result-tables.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { ExportCommands } from "../../../src-shared/ipc/exports.ts";
import { assertNoLinkOut, type Catalog, canonical } from "../../catalog/index.ts";
import { writeWholeSync } from "../../files/index.ts";
import type { Deps } from "../deps.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { vectorFacts } from "../layers/vectors.ts";
import { squareMetersPerPixel } from "../maps/accuracy.ts";
import { legendOfFile } from "../maps/legend.ts";
import { boundsSchema, legendOfMap } from "../maps/maps.ts";
import { resultLayer } from "../maps/window.ts";
import { filePath } from "../path-gate.ts";
import { knownCrs } from "../rasters/rasters.ts";
import { findingsOfMap } from "../runs/findings.ts";
import { validated } from "../validated.ts";
import { proposeName } from "./names.ts";
import { tableAsCsv } from "./tables.ts";

const target = { to: filePath, overwrite: z.boolean().default(false) };
const part = { codes: z.array(z.int().positive()).min(1).optional(), bounds: boundsSchema.optional() };
const id = z.int().positive();

/** Results as files that other programs read. Nothing is replaced without being asked, and no file is ever half written. */
export function exportService({ catalog, appVersion }: Deps, queue: JobQueue): ExportCommands {
  const common = { kind: "export", seed: 0, provider: "cpu", appVersion } as const;
  return {
    "exports.propose": validated(
      "exports.propose",
      z.strictObject({
        subject: z.enum([
          "class",
          "confidence",
          "probabilities",
          "set-size",
          "uncertain",
          "difference",
          "polygons",
          "fields",
          ...resultTables,
          "picture",
          "report",
          "model",
        ]),
        id: id.optional(),
        extension: z.string().regex(/^[a-z0-9]{1,8}$/),
        crs: z.string().min(1).optional(),
      }),
      (request) => {
        const folder = join(catalog.folder, "exports");
        const name = proposeName(catalog, request);
        return { folder, name, path: join(folder, name) };
      },
    ),

    "exports.raster": validated(
      "exports.raster",
      z.strictObject({
        ...target,
        ...part,
        layer: z.string().min(1),
        crs: z.string().min(1).optional(),
        resolution: z.number().positive().optional(),
        minimumSquareMeters: z.number().min(0).default(0),
      }),
      async ({ to, overwrite, layer, codes, bounds, crs, resolution, minimumSquareMeters }) => {
        const outputPath = writable(catalog, /\.tiff?$/i.test(to) ? to : `${to}.tif`, overwrite);
        const { path, name } = resultLayer(catalog, layer);
        const [kind, text] = layer.split(":");
        const drawn = catalog.maps.list().find(({ id: own }) => kind !== "difference" && own === Number(text));
        const legend =
          kind === "map"
            ? await legendOfMap(catalog.maps.get(Number(text)))
            : kind === "difference"
              ? catalog.comparisons.get(Number(text)).result.classes
              : kind === "set-size" || kind === "uncertain"
                ? await legendOfFile(path)
                : null;
        const { geobox } = catalog.project.get().grid;
        const wanted = crs === undefined ? null : knownCrs(crs);
        return queue.start({
          ...common,
          outputPath,
          task: {
            what: "raster",
            from: path,
            title: name,
            legend,
            codes: codes ?? null,
            bounds: bounds ?? null,
            crs: wanted === geobox.crs ? null : wanted,
            resolution: resolution ?? null,
            ...(kind === "map" && drawn && minimumSquareMeters > 0
              ? { minimumPixels: Math.ceil(minimumSquareMeters / squareMetersPerPixel(drawn) - 1e-6) }
              : {}),
            // Maps of earlier versions say what they know in their files alone.
            ...(drawn?.files.findings ? { findings: findingsOfMap(catalog, drawn) } : {}),
          },
        });
      },
    ),

    "exports.polygons": validated(
      "exports.polygons",
      z.strictObject({
        ...target,
        ...part,
        map: id,
        format: z.enum(["gpkg", "geojson", "shp"]),
        minimumSquareMeters: z.number().min(0).default(0),
        smoothing: z.int().min(0).max(4).default(0),
      }),
      async ({ to, overwrite, map: mapId, codes, bounds, format, minimumSquareMeters, smoothing }) => {
        const outputPath = writable(catalog, to, overwrite);
        const map = catalog.maps.get(mapId);
        return queue.start({
          ...common,
          outputPath,
          task: {
            what: "polygons",
            classPath: map.files.classPath,
            confidencePath: map.files.confidencePath,
            ...(map.files.sets ? { uncertainPath: map.files.sets.uncertainPath } : {}),
            legend: await legendOfMap(map),
            format,
            layer: basename(outputPath).replace(/\.[^.]+$/, ""),
            minimumPixels: Math.ceil(minimumSquareMeters / squareMetersPerPixel(map) - 1e-6),
            smoothing,
            codes: codes ?? null,
            bounds: bounds ?? null,
          },
        });
      },
    ),

    "exports.fields": validated(
      "exports.fields",
      z.strictObject({
        ...target,
        map: id,
        path: filePath,
        layer: z.string().min(1).optional(),
        crs: z.string().min(1).optional(),
      }),
      async ({ to, overwrite, map: mapId, path, layer, crs }) => {
        const outputPath = writable(catalog, /\.gpkg$/i.test(to) ? to : `${to}.gpkg`, overwrite, [path]);
        // The table is written beside it.
        writable(catalog, outputPath.replace(/\.gpkg$/i, ".csv"), overwrite, [path]);
        const map = catalog.maps.get(mapId);
        // Reads all of the file in a process that can be killed: what is damaged or costs too much is refused here.
        const facts = await vectorFacts(path, given({ layer, crs }));
        // The person named the file; the job may read it.
        catalog.noteRead(path);
        return queue.start({
          ...common,
          outputPath,
          task: {
            what: "fields",
            classPath: map.files.classPath,
            confidencePath: map.files.confidencePath,
            probabilitiesPath: map.files.probabilitiesPath,
            legend: await legendOfMap(map),
            fieldsPath: path,
            fieldsLayer: facts.layer,
            fieldsCrs: facts.crs,
            features: facts.count,
            title: map.name,
          },
        });
      },
    ),

    "exports.table": validated(
      "exports.table",
      z.strictObject({ ...target, table: z.enum(resultTables), id }),
      async ({ to, overwrite, table, id: subject }) => {
        const path = writable(catalog, to, overwrite);
        return written(path, Buffer.from(await tableAsCsv(catalog, table, subject), "utf8"));
      },
    ),

    "exports.picture": validated(
      "exports.picture",
      z.strictObject({ ...target, bytes: z.base64().min(1) }),
      ({ to, overwrite, bytes }) => written(writable(catalog, to, overwrite), Buffer.from(bytes, "base64")),
    ),
  };
}

/** The files of people that the project reads. */
const inputsOf = (catalog: Catalog): readonly string[] =>
  [catalog.rasters.list(), catalog.labels.imports(), catalog.vectors.list(), catalog.numberTargets.list()].flatMap(
    (rows) => rows.map(({ path }) => path),
  );

/** The entries that are there. */
const given = (values: { readonly layer?: string | undefined; readonly crs?: string | undefined }) => ({
  ...(values.layer === undefined ? {} : { layer: values.layer }),
  ...(values.crs === undefined ? {} : { crs: values.crs }),
});

/** Writes bytes whole or not at all. @throws AppError "no-disk-space", "export-unwritable" */
function written(path: string, bytes: Uint8Array): { readonly path: string; readonly bytes: number } {
  writeWholeSync(path, bytes, { unwritable: "export-unwritable" });
  return { path, bytes: bytes.length };
}

/**
 * The full path, when it is free or may be replaced: never what the project reads, nor `inputs`. The folder is made.
 * @throws AppError "file-exists", "export-over-input", "export-unwritable"
 */
export function writable(catalog: Catalog, to: string, overwrite: boolean, inputs: readonly string[] = []): string {
  const path = resolve(to);
  assertNoLinkOut(catalog.folder, path);
  if (existsSync(path)) {
    if (!overwrite) throw new AppError("file-exists", { path });
    const real = canonical(path);
    if ([...inputs, ...inputsOf(catalog)].some((own) => canonical(own) === real))
      throw new AppError("export-over-input", { path });
  }
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw new AppError(
      "export-unwritable",
      { path, reason: (cause as NodeJS.ErrnoException).code ?? "folder" },
      { cause },
    );
  }
  return path;
}
