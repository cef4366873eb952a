import { copyFileSync, existsSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { freeName } from "../../../src-shared/domain/free-name.ts";
import { methodFeatures, usesEncoder } from "../../../src-shared/domain/method.ts";
import { type NumberInput, type NumberTarget, numberMethods } from "../../../src-shared/domain/numbers.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply, invert } from "../../../src-shared/geo/affine.ts";
import type { NumberCommands } from "../../../src-shared/ipc/numbers.ts";
import { type Catalog, removeOwnIfEmpty } from "../../catalog/index.ts";
import { discard, fileName, onDiskSync, placeTogetherSync, temporaryBeside } from "../../files/index.ts";
import { projectArea } from "../../jobs/imagery.ts";
import { requirePlaces } from "../../jobs/number-places.ts";
import { openRaster, requireGeobox } from "../../raster/index.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { writable } from "../exports/exports.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { usualOverlap } from "../maps/maps.ts";
import { chooseModel } from "../models/models.ts";
import { filePath } from "../path-gate.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { validated } from "../validated.ts";
import { changeSchema, planChange } from "./change.ts";
import { numberImportSchema, readNumbers } from "./number-import.ts";

const name = z.string().trim().min(1).max(200);
const byId = z.strictObject({ id: z.int().positive() });
const provider = z.enum(["auto", "cpu", "webgpu", "cuda"]).default("auto");

const trainSchema = z.strictObject({
  /** of the target */
  numbers: z.string().min(1),
  name: name.optional(),
  method: z.enum(numberMethods).default("ridge"),
  features: z.enum(methodFeatures).default("monthly"),
  encoder: z.string().min(1).optional(),
  modalities: z.array(z.string().min(1)).min(1).optional(),
  groups: z.enum(["places", "blocks"]).optional(),
  blockMeters: z.number().positive().max(1e7).optional(),
  level: z.number().min(0.5).max(0.99).default(0.9),
  steps: z.int().min(1).max(100_000).default(300),
  seed: z.int().min(0).default(0),
  provider,
});

/** Numbers instead of classes: targets from files, models that learn them, maps of them, and change between periods. */
export function numberService({ catalog, announce, appVersion, shippedModels }: Deps, queue: JobQueue): NumberCommands {
  return {
    "numbers.targets": validated("numbers.targets", z.strictObject({}), () => catalog.numberTargets.list()),

    "numbers.preview": validated(
      "numbers.preview",
      numberImportSchema,
      async (request) => (await readNumbers(catalog, request, announce)).report,
    ),

    "numbers.import": validated("numbers.import", numberImportSchema, async (request) => {
      const wanted = request.name ?? request.field;
      if (wanted !== undefined && catalog.numberTargets.list().some((target) => target.name === wanted))
        throw new AppError("number-target-exists", { name: wanted });
      const { report, places, field } = await readNumbers(catalog, request, announce);
      const { path, unit, minimum = null, maximum = null } = request;
      const target = { name: request.name ?? field, unit, minimum, maximum, path, field, report };
      const rows = places.map(({ value, coordinates, cells, point: [x, y], patches, sourceId }) => ({
        value,
        coordinates,
        cells,
        x: x!,
        y: y!,
        patches,
        feature: String(sourceId),
      }));
      return edit({ catalog, announce }, { key: "numbers.import", params: { name: target.name } }, () => ({
        id: catalog.numberTargets.add(target, rows),
        report,
      }));
    }),

    "numbers.removeTarget": validated("numbers.removeTarget", byId, ({ id }) => {
      const target = catalog.numberTargets.list().find((one) => one.id === id);
      if (!target) return;
      edit({ catalog, announce }, { key: "numbers.removeTarget", params: { name: target.name } }, () =>
        catalog.numberTargets.remove(id),
      );
    }),

    "numbers.models": validated("numbers.models", z.strictObject({}), () => catalog.numberModels.list()),

    "numbers.train": validated("numbers.train", trainSchema, async (request) => {
      const { method, features, level, steps, seed } = request;
      const target = catalog.numberTargets.named(request.numbers);
      const modelName = request.name ?? freeName(`${target.name} · ${method}`, (own) => catalog.numberModels.has(own));
      if (catalog.numberModels.has(modelName)) throw new AppError("number-model-exists", { name: modelName });
      const encoder = usesEncoder(features) && method !== "network";
      if (encoder && request.encoder === undefined) throw new AppError("encoder-missing", { name: modelName });
      const base =
        request.encoder === undefined || !(encoder || method === "network")
          ? undefined
          : await chooseModel(catalog, request.encoder, shippedModels);
      if (base?.method) throw new AppError("model-without-network", { name: base.name });
      const known = catalog.modalities.list().map((modality) => modality.name);
      const common = base?.modalities.filter((own) => known.includes(own) || own in base.standIns);
      const imagery = imageryOf(catalog, request.modalities ?? (encoder ? common : undefined), base?.standIns);
      const { grid } = catalog.project.get();
      const numbers = inputOf(catalog, target);
      // Said now, and not by a job.
      requirePlaces(target.name, numbers.places.map(({ value }) => value)); // biome-ignore format: one call
      const points = numbers.places.every(({ cells }) => cells !== null);
      return queue.start({
        kind: "numbers",
        seed,
        provider: request.provider,
        appVersion,
        grid,
        imagery,
        numbers,
        method,
        features: encoder ? features : "monthly",
        modelFolder: base?.folder ?? null,
        // Who names the side of a block wants blocks.
        groups: request.groups ?? (points || request.blockMeters !== undefined ? "blocks" : "places"),
        blockMeters: request.blockMeters ?? usualBlock(numbers, grid.patchMeters),
        level,
        steps,
        modelName,
        targetId: target.id,
      });
    }),

    "numbers.removeModel": validated("numbers.removeModel", byId, ({ id }) => {
      const model = catalog.numberModels.list().find((one) => one.id === id);
      if (!model) throw new AppError("number-model-not-found", { name: String(id), available: [] });
      catalog.numberModels.remove(id);
      announceChanged(announce, "number_models", "surfaces");
      const folder = model.result.modelFolder;
      return { deleted: catalog.removeOwn(folder, ["models"]) ? [folder] : [] };
    }),

    "numbers.map": validated(
      "numbers.map",
      z.strictObject({ model: z.string().min(1), name: name.optional(), provider }),
      (request) => {
        const model = catalog.numberModels.named(request.model);
        const { grid } = catalog.project.get();
        const title = request.name ?? freeName(model.name, (own) => catalog.surfaces.has(own));
        if (catalog.surfaces.has(title)) throw new AppError("surface-exists", { name: title });
        return queue.start({
          kind: "number-map",
          seed: 0,
          provider: request.provider,
          appVersion,
          grid,
          imagery: imageryOf(catalog, model.modalities),
          modelFolder: model.result.modelFolder,
          modelId: model.id,
          area: grid.geobox,
          overlapPatches: usualOverlap(grid.tilePatches),
          batchSize: 4,
          baseName: fileName(title),
          title,
        });
      },
    ),

    "numbers.change": validated("numbers.change", changeSchema, async (request) => {
      const plan = await planChange({ catalog, appVersion }, request);
      const title = request.name ?? freeName(plan.title, (own) => catalog.surfaces.has(own));
      if (catalog.surfaces.has(title)) throw new AppError("surface-exists", { name: title });
      return queue.start({ ...plan, seed: 0, provider: "cpu", appVersion, baseName: fileName(title), title });
    }),

    "surfaces.list": validated("surfaces.list", z.strictObject({}), () => catalog.surfaces.list()),

    "surfaces.at": validated("surfaces.at", byId.extend({ x: z.number(), y: z.number() }), async ({ id, x, y }) => {
      const { name: called, result } = catalog.surfaces.get(id);
      const raster = await openSurface(called, result.path);
      try {
        const grid = requireGeobox(raster);
        const [col, row] = apply(invert(grid.affine), x, y).map(Math.floor) as [number, number];
        if (col < 0 || row < 0 || col >= grid.width || row >= grid.height) return null;
        const { bands } = await raster.readWindow({ col, row, width: 1, height: 1 });
        const [value, lower, upper] = bands.map((band) => band[0]!);
        if (value === undefined || Number.isNaN(value)) return null;
        return { value, lower: lower ?? null, upper: upper ?? null };
      } finally {
        raster.close();
      }
    }),

    "surfaces.rename": validated("surfaces.rename", byId.extend({ name }), (request) => {
      catalog.surfaces.get(request.id);
      catalog.surfaces.rename(request.id, request.name);
      announceChanged(announce, "surfaces");
    }),

    "surfaces.remove": validated("surfaces.remove", byId, ({ id }) => {
      const { result } = catalog.surfaces.get(id);
      const { path, qmlPath, sldPath, sidecarPaths } = result;
      catalog.transaction(() => {
        catalog.surfaces.remove(id);
        catalog.layers.remove(`surface:${id}`);
      });
      const deleted = [path, qmlPath, sldPath, ...sidecarPaths].filter((own) => catalog.removeOwn(own, ["maps"]));
      for (const folder of new Set(deleted.map(dirname))) removeOwnIfEmpty(catalog.folder, folder);
      announceChanged(announce, "surfaces");
      return { deleted };
    }),

    "surfaces.export": validated(
      "surfaces.export",
      byId.extend({ to: filePath, overwrite: z.boolean().default(false) }),
      ({ id, to, overwrite }) => {
        const { name: called, result } = catalog.surfaces.get(id);
        const { path, qmlPath, sldPath } = result;
        if (!existsSync(path) || !catalog.mayRead(path))
          throw new AppError("map-files-missing", { name: called, path });
        // What gets its extension here was not named, so nothing of that name is replaced.
        const named = /\.tiff?$/i.test(to);
        const target = named ? to : `${to}.tif`;
        const stem = target.replace(/\.[^.]+$/, "");
        const copies = [
          [qmlPath, `${stem}.qml`],
          [sldPath, `${stem}.sld`],
          [path, target],
        ] as const;
        const placed = copies
          .filter(([from]) => existsSync(from))
          .map(([from, at]) => [from, writable(catalog, at, overwrite && named, [path, qmlPath, sldPath])] as const);
        copyTogether(placed);
        return { paths: placed.map(([, at]) => at).toReversed() };
      },
    ),
  };
}

/** Copies files that belong together: all of them are there at once, or none. @throws AppError "export-unwritable", "no-disk-space" */
function copyTogether(copies: readonly (readonly [from: string, to: string])[]): void {
  const ready = copies.map(([from, to]) => [from, temporaryBeside(to), to] as const);
  const main = copies.at(-1)![1];
  try {
    onDiskSync(
      main,
      () => {
        for (const [from, temporary] of ready) copyFileSync(from, temporary);
        placeTogetherSync(ready.map(([, temporary, to]) => [temporary, to]));
      },
      "export-unwritable",
    );
  } finally {
    for (const [, temporary] of ready) discard(temporary);
  }
}

async function openSurface(called: string, path: string) {
  if (!existsSync(path)) throw new AppError("map-files-missing", { name: called, path });
  return openRaster(path);
}

/** The places of a target as a job takes them: patches count from the origin of the CRS. */
function inputOf(catalog: Catalog, { id, name: called, unit, minimum, maximum }: NumberTarget): NumberInput {
  const corner = projectArea(catalog.project.get().grid);
  return {
    name: called,
    unit,
    minimum,
    maximum,
    places: catalog.numberTargets.places(id).map(({ id: own, value, coordinates, cells, x, y }) => ({
      id: own,
      value,
      coordinates,
      cells: cells && { ...cells, col: cells.col + corner.col, row: cells.row + corner.row },
      x,
      y,
    })),
  };
}

/** A sixth of the places' longer extent, in whole patches. */
function usualBlock({ places }: NumberInput, patchMeters: number): number {
  const extent = (values: readonly number[]) =>
    values.reduce((p, q) => Math.max(p, q), -Infinity) - values.reduce((p, q) => Math.min(p, q), Infinity);
  const longer = Math.max(extent(places.map(({ x }) => x)), extent(places.map(({ y }) => y)), patchMeters);
  return Math.max(1, Math.round(longer / 6 / patchMeters)) * patchMeters;
}
