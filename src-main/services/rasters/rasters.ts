import { basename, join } from "node:path";
import { z } from "zod";
import type { SensorId } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { RasterCommands } from "../../../src-shared/ipc/rasters.ts";
import type { Raster as RasterRow } from "../../catalog/index.ts";
import { filesBelow, memberOf } from "../../files/index.ts";
import { isArchiveName } from "../../products/index.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { filePath } from "../path-gate.ts";
import { Tasks } from "../tasks.ts";
import { validated } from "../validated.ts";
import { acquisitionFacts } from "./acquisition-facts.ts";
import { fileChoices, importImages } from "./import/images.ts";
import { ImportPreviews } from "./import/preview.ts";
import { productPreview } from "./import/product-preview.ts";
import { removeImages } from "./import/remove.ts";
import { headerOf, imageFiles, type PlacedInfo, readRasterInfo } from "./info.ts";
import { givenMask, givenRadiometry } from "./radiometry.ts";

export { knownCrs, readRasterInfo } from "./info.ts";

const sensorIds = ["sentinel-2", "sentinel-1", "landsat", "aerial", "other"] as const satisfies readonly SensorId[];
const bandNames = z.array(z.string().trim().min(1).max(60)).min(1);

const choiceSchema = z.strictObject({
  path: filePath,
  sensor: z.enum(sensorIds).optional(),
  date: z.iso.date().optional(),
  bands: bandNames.optional(),
  crs: z.string().min(1).optional(),
  undated: z.boolean().optional(),
  isMask: givenMask.pick({ clear: true, bits: true }).optional(),
});

const importSchema = z
  .strictObject({
    /** files, or folders that are searched for .tif and .tiff */
    paths: z.array(filePath),
    choices: z.array(choiceSchema).optional(),
    sensor: z.enum(sensorIds).optional(),
    date: z.iso.date().optional(),
    undated: z.boolean().optional(),
    bands: bandNames.optional(),
    crs: z.string().min(1).optional(),
    /** what becomes of several images of one place at one overpass; without it that is a question */
    duplicates: z.enum(["keep", "replace", "best", "merge"]).optional(),
    radiometry: givenRadiometry.optional(),
    mask: givenMask.optional(),
    dateTag: z.string().min(1).max(200).optional(),
    task: z.string().min(1).optional(),
  })
  .refine(({ paths, choices }) => paths.length + (choices?.length ?? 0) > 0, "no file is named");

/** Images of a project: which files, which dates, which inputs of the network. */
export function rasterService(deps: Deps) {
  const { catalog, announce } = deps;
  const tasks = new Tasks(announce);
  const previews = new ImportPreviews();
  return {
    "rasters.list": validated("rasters.list", z.strictObject({}), () => catalog.rasters.list()),

    "acquisitions.list": validated("acquisitions.list", z.strictObject({}), () => acquisitionFacts(catalog)),

    "rasters.preview": validated(
      "rasters.preview",
      z.strictObject({
        paths: z.array(filePath),
        choices: z.array(choiceSchema).optional(),
        task: z.string().min(1).optional(),
      }),
      async ({ task, ...request }) => {
        const { choices, products, unused } = await fileChoices(request);
        if (choices.length === 0 && unused.length === 0)
          throw new AppError("no-images-found", { paths: request.paths });
        return tasks.run(task, async (signal, progress) => ({
          ...(await previews.preview(catalog, choices, signal, progress)),
          products: products.map(productPreview),
          unused,
        }));
      },
    ),

    "rasters.quickLook": validated(
      "rasters.quickLook",
      z.strictObject({ paths: z.array(filePath).min(1).max(500) }),
      async ({ paths }) => {
        const { choices } = await fileChoices({ paths });
        const png = await previews.picture(catalog, choices, new AbortController().signal);
        return { picture: png ? `data:image/png;base64,${Buffer.from(png).toString("base64")}` : null };
      },
    ),

    "rasters.stop": validated("rasters.stop", z.strictObject({ task: z.string().min(1) }), ({ task }) =>
      tasks.stop(task),
    ),

    /** In one step of the history: what can be used is added, the rest is named with its reasons. */
    "rasters.import": validated("rasters.import", importSchema, ({ task = "Reading images", ...request }) =>
      tasks.run(task, (signal, progress) => importImages(deps, request, signal, progress)),
    ),

    "rasters.remove": validated(
      "rasters.remove",
      z
        .strictObject({
          paths: z.array(filePath).optional(),
          acquisitions: z.array(z.string().min(1)).optional(),
          dates: z.array(z.iso.date()).optional(),
          sensor: z.enum(sensorIds).optional(),
        })
        .refine(
          ({ paths, acquisitions, dates }) => [paths, acquisitions, dates].some((list) => list?.length),
          "nothing is named",
        ),
      (request) => removeImages(deps, request),
    ),

    /** A raster's new place. The file has to be the same raster. */
    "rasters.relink": validated(
      "rasters.relink",
      z.strictObject({ from: z.string().min(1), to: filePath, crs: z.string().optional() }),
      async ({ from, to, crs }) => {
        const raster = catalog.rasters.find(from) ?? catalog.rasters.list().find(({ path }) => path === from);
        if (!raster) throw new AppError("raster-not-in-project", { path: from });
        const info = await readRasterInfo(to, crs ?? raster.crs ?? undefined);
        edit(deps, { key: "rasters.relink", params: { count: 1 } }, () =>
          catalog.rasters.relink(raster.id, to, headerOf(info), crs ?? raster.crs),
        );
        return catalog.rasters.get(raster.id)!;
      },
    ),

    /** Looks for every missing raster by name below `folder`, and re-links those whose header fits. One step of the history. */
    "rasters.relinkAll": validated("rasters.relinkAll", z.strictObject({ folder: filePath }), async ({ folder }) => {
      const found = Map.groupBy(imageFiles([folder]), (path) => basename(path));
      const archives = Map.groupBy(filesBelow(folder).filter(isArchiveName), (path) => basename(path));
      const fitting: { raster: RasterRow; path: string; info: PlacedInfo }[] = [];
      const problems: string[] = [];
      for (const raster of catalog.rasters.missing()) {
        for (const path of placesOf(raster.path, found, archives)) {
          try {
            const info = await readRasterInfo(path, raster.crs ?? undefined);
            catalog.rasters.checkRelink(raster.id, path, headerOf(info));
            fitting.push({ raster, path, info });
            break;
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            problems.push(error.message);
          }
        }
      }
      edit(deps, { key: "rasters.relink", params: { count: fitting.length } }, () => {
        for (const { raster, path, info } of fitting) catalog.rasters.relink(raster.id, path, headerOf(info));
      });
      const relinked = fitting.map(({ raster }) => catalog.rasters.get(raster.id)!);
      return { relinked, missing: catalog.rasters.missing(), problems };
    }),
  } satisfies RasterCommands;
}

/** Where a raster may be now: files of its name, or its name in archives of the name of its own. */
function placesOf(
  path: string,
  files: ReadonlyMap<string, readonly string[]>,
  archives: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const member = memberOf(path);
  if (!member) return files.get(basename(path)) ?? [];
  return (archives.get(basename(member.archive)) ?? []).map((archive) => join(archive, ...member.name.split("/")));
}
