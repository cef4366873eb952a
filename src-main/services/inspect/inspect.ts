import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { isUndated, qualityOfPiece } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { CloudShare, InspectCommands, Place } from "../../../src-shared/ipc/inspect.ts";
import { assertNoLinkOut } from "../../catalog/index.ts";
import { writeWhole } from "../../files/index.ts";
import type { Deps } from "../deps.ts";
import { filePath } from "../path-gate.ts";
import { clearClassesOf } from "../rasters/imagery.ts";
import { cloudShares } from "../rasters/quality.ts";
import { Tasks } from "../tasks.ts";
import { validated } from "../validated.ts";
import { classesAt } from "./classes.ts";
import { type SeriesRequest, seriesAt } from "./series.ts";
import { seriesTable } from "./table.ts";

const position = z.tuple([z.number(), z.number()]);
const place = z.union([
  z.strictObject({ kind: z.literal("point"), x: z.number(), y: z.number() }),
  z.strictObject({
    kind: z.literal("polygon"),
    coordinates: z.array(z.array(z.array(position).min(4)).min(1)).min(1),
  }),
]);
const token = z.string().min(1).max(100).optional();
const mostPlaces = 20;

/** Time, and what the pixels say at a place. */
export function inspectService({ catalog, announce, runJob, appVersion, shippedModels }: Deps): InspectCommands {
  const tasks = new Tasks(announce);

  const series = (places: readonly Place[], rest: Pick<SeriesRequest, "signal" | "onProgress">) => {
    const clearClasses = clearClassesOf(catalog);
    const { crs } = catalog.project.get().grid.geobox;
    return seriesAt({ acquisitions: catalog.acquisitions.list(), crs, clearClasses, ...rest }, places);
  };

  // Several requests share one reading of the cloud masks.
  let looking: Promise<CloudShare[]> | undefined;
  const clouds = (): Promise<CloudShare[]> => {
    looking ??= tasks
      .run("timeline.clouds", (signal, progress) => cloudShares(catalog, progress, signal))
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };

  return {
    "timeline.list": validated("timeline.list", z.strictObject({}), () =>
      catalog.acquisitions
        .list()
        .filter((one) => !isUndated(one))
        .map((acquisition) => {
          const { id, name, sensor, pass, date, time, relativeOrbit, shift, pieces } = acquisition;
          return {
            id,
            name: name ?? null,
            sensor,
            pass: pass ?? null,
            date,
            time: time ?? null,
            relativeOrbit: relativeOrbit ?? null,
            hasQuality: pieces.some((piece) => qualityOfPiece(piece) !== undefined),
            pieces: pieces.length,
            shift: shift ?? null,
          };
        }),
    ),

    "timeline.clouds": validated("timeline.clouds", z.strictObject({}), clouds),

    "inspect.series": validated(
      "inspect.series",
      z.strictObject({ places: z.array(place).min(1).max(mostPlaces), token }),
      (request) => tasks.run(request.token, (signal, onProgress) => series(request.places, { signal, onProgress })),
    ),

    "inspect.stop": validated("inspect.stop", z.strictObject({ token: z.string().min(1) }), (request) =>
      tasks.stop(request.token),
    ),

    "inspect.exportSeries": validated(
      "inspect.exportSeries",
      z.strictObject({
        to: filePath,
        places: z
          .array(z.strictObject({ name: z.string().max(200), place }))
          .min(1)
          .max(mostPlaces),
        overwrite: z.boolean().default(false),
        token,
      }),
      (request) =>
        tasks.run(request.token, async (signal, onProgress) => {
          const path = resolve(request.to);
          assertNoLinkOut(catalog.folder, path);
          if (!request.overwrite && existsSync(path)) throw new AppError("file-exists", { path });
          const found = await series(
            request.places.map((named) => named.place),
            { signal, onProgress },
          );
          const { crs } = catalog.project.get().grid.geobox;
          const named = request.places.map((entry, at) => ({ ...entry, series: found.places[at]! }));
          const { text, rows } = seriesTable(named, crs);
          await writeWhole(path, text, { unwritable: "export-unwritable" });
          return { path, rows };
        }),
    ),

    "inspect.classes": validated(
      "inspect.classes",
      z.strictObject({
        model: z.string().min(1),
        points: z
          .array(z.strictObject({ x: z.number(), y: z.number() }))
          .min(1)
          .max(mostPlaces),
        modalities: z.array(z.string().min(1)).min(1).optional(),
        token,
      }),
      (request) =>
        tasks.run(request.token, (signal, progress) =>
          classesAt({ catalog, runJob, appVersion, shippedModels }, request, progress, signal),
        ),
    ),
  };
}
