import { dirname, resolve } from "node:path";
import { z } from "zod";
import { tilesDefaults } from "../../../src-shared/domain/recipe.ts";
import type { EvaluateTilesResult, MappedTile } from "../../../src-shared/domain/tiles.ts";
import { subsetsToMeasure } from "../../../src-shared/domain/training.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { boundsOf } from "../../../src-shared/geo/geobox.ts";
import type { TileAnswer, TileCommands, TileSummary } from "../../../src-shared/ipc/tiles.ts";
import { type Catalog, removeOwnIfEmpty } from "../../catalog/index.ts";
import { fileName } from "../../files/index.ts";
import { eachFeatureInSubprocess } from "../../vector/index.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { boundsIn } from "../layers/vectors.ts";
import { chooseModel, modalitiesFor, requireTileModel } from "../models/models.ts";
import { requireOwnName } from "../models/shipped.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { common, name } from "../runs/training-plan.ts";
import { validated } from "../validated.ts";
import { prepareTiles, reasonsOf, tileImportSchema } from "./import.ts";
import { describeTileSplit, divideTiles, tileSplitSchema } from "./split.ts";
import { finetuneTilesSchema, labelledTiles, planTiles, tileInput, tileLegend } from "./training-plan.ts";

/** More tiles than this are not asked about at once: their answers would fill the memory. */
const mostTiles = 1_000_000;

const evaluateSchema = z.strictObject({
  ...common,
  model: name,
  part: z.enum(["train", "validation", "test"]).default("test"),
  subsets: z.array(z.array(name).min(1)).min(1).optional(),
  batchSize: z.int().positive().default(8),
});

const mapSchema = z.strictObject({
  ...common,
  model: name,
  modalities: z.array(name).min(1).optional(),
  over: z.enum(["labels", "images"]).optional(),
  name: z.string().trim().min(1).max(200).optional(),
  batchSize: z.int().positive().default(8),
});

/** Labels of whole tiles and everything that is made with them: import, split, training, scores, answers. */
export function tileLabelService(deps: Deps, queue: JobQueue): TileCommands {
  const { catalog, announce, appVersion } = deps;
  const byId = z.strictObject({ id: z.int().positive() });

  return {
    "tiles.preview": validated(
      "tiles.preview",
      tileImportSchema,
      async (request) => (await prepareTiles(catalog, request)).report,
    ),

    "tiles.import": validated("tiles.import", tileImportSchema, async (request) => {
      const { report, legend, tiles } = await prepareTiles(catalog, request);
      const { path } = request;
      if (tiles.length === 0)
        throw new AppError("tile-labels-none-usable", { path, count: report.total, reasons: reasonsOf(report) });
      return edit(deps, { key: "tiles.import", params: { count: tiles.length } }, () => {
        // The same file again takes the place of its earlier reading.
        for (const { id, path: before } of catalog.tileLabels.imports())
          if (request.replace || resolve(before) === resolve(path)) catalog.tileLabels.removeImport(id);
        const legendId = catalog.legends.put(request.legend, legend);
        const importId = catalog.tileLabels.addImport({ path: resolve(path), legendId, report });
        const replaced = catalog.tileLabels.add(importId, legendId, tiles);
        const note = { what: "replaced", count: replaced, examples: [] } as const;
        return { importId, legendId, report: replaced > 0 ? { ...report, notes: [...report.notes, note] } : report };
      });
    }),

    "tiles.summary": validated(
      "tiles.summary",
      z.strictObject({ shareThreshold: z.number().min(0).lt(1).default(tilesDefaults.shareThreshold) }),
      ({ shareThreshold }) => summaryOf(catalog, shareThreshold),
    ),

    "tiles.list": validated("tiles.list", z.strictObject({}), () => {
      const legend = tileLegend(catalog);
      if (!legend) return [];
      const split = catalog.tileSplits.current();
      const parts = split ? catalog.tileSplits.parts(split.id) : undefined;
      return catalog.tileLabels
        .list(legend.id)
        .map(({ id, key, x, y, shares }) => ({ id, key, x, y, shares, part: parts?.get(id)?.part ?? null }));
    }),

    "tiles.remove": validated(
      "tiles.remove",
      z.strictObject({ importId: z.int().positive().optional() }),
      ({ importId }) => {
        const imports = catalog.tileLabels.imports().filter(({ id }) => importId === undefined || id === importId);
        const count = () => catalog.legends.list().reduce((sum, { id }) => sum + catalog.tileLabels.count(id), 0);
        const before = count();
        edit(deps, { key: "tiles.remove", params: { count: before } }, () => {
          for (const { id } of imports) catalog.tileLabels.removeImport(id);
        });
        return { removed: before - count() };
      },
    ),

    "tiles.split": validated("tiles.split", tileSplitSchema, (request) => {
      const legend = labelledTiles(catalog);
      const { split, parts } = divideTiles(catalog, legend, request);
      const id = edit(deps, { key: "tiles.split", params: { method: request.method } }, () =>
        catalog.tileSplits.put(split, parts),
      );
      const tiles = catalog.tileLabels.list(legend.id);
      return describeTileSplit({ ...split, id, createdAt: "" }, legend, tiles, parts, request.shareThreshold);
    }),

    "tiles.finetune": validated("tiles.finetune", finetuneTilesSchema, async (request) => {
      requireOwnName(request.name);
      if (catalog.models.find(request.name)) throw new AppError("model-exists", { name: request.name });
      const { spec, run } = await planTiles(deps, request);
      return queue.start(spec, run);
    }),

    "tiles.evaluate": validated("tiles.evaluate", evaluateSchema, async (request) => {
      const { seed, provider, part, batchSize } = request;
      const { grid } = catalog.project.get();
      const model = await chooseModel(catalog, request.model, deps.shippedModels);
      requireTileModel(model);
      const present = new Set(catalog.modalities.list().map((modality) => modality.name));
      const wanted = request.subsets ?? subsetsToMeasure(model.modalities.filter((own) => present.has(own)));
      const subsets = wanted.map((subset) => modalitiesFor(catalog, model, subset));
      return queue.start(
        {
          kind: "evaluate-tiles",
          seed,
          provider,
          appVersion,
          grid,
          imagery: imageryOf(catalog, [...new Set(subsets.flat())], model.standIns),
          ...tileInput(catalog),
          modelFolder: model.folder,
          part,
          subsets,
          batchSize,
        },
        { splitId: null, modelId: model.id },
      );
    }),

    "tiles.accuracy": validated("tiles.accuracy", z.strictObject({ model: name }), ({ model }) => {
      const { id } = catalog.models.named(model);
      const run = catalog.runs
        .list()
        .findLast((own) => own.kind === "evaluate-tiles" && own.modelId === id && own.result !== null);
      if (!run) return null;
      const measuredAt = catalog.jobs.get(run.jobId)?.finishedAt ?? run.createdAt;
      const optimistic = catalog.tileSplits.current()?.optimistic ?? false;
      return { ...(run.result as EvaluateTilesResult), runId: run.id, measuredAt, optimistic };
    }),

    "tiles.map": validated("tiles.map", mapSchema, async (request) => {
      const { seed, provider, batchSize } = request;
      const { grid } = catalog.project.get();
      const model = await chooseModel(catalog, request.model, deps.shippedModels);
      requireTileModel(model);
      const modalities = modalitiesFor(catalog, model, request.modalities);
      const legend = tileLegend(catalog);
      const over = request.over ?? (legend && catalog.tileLabels.count(legend.id) > 0 ? "labels" : "images");
      const tiles = over === "labels" ? askedAboutLabels(catalog) : askedAboutImages(catalog);
      const own = request.name ?? `${model.name}-${modalities.join("-")}`;
      return queue.start({
        kind: "map-tiles",
        seed,
        provider,
        appVersion,
        grid,
        imagery: imageryOf(catalog, modalities, model.standIns),
        modelFolder: model.folder,
        modalities,
        tiles,
        batchSize,
        baseName: fileName(own),
        ...(request.name === undefined ? {} : { title: request.name }),
      });
    }),

    "tiles.maps": validated("tiles.maps", z.strictObject({}), () => catalog.tileMaps.list()),

    "tiles.answers": validated("tiles.answers", byId, ({ id }) => answersOf(catalog, id)),

    "tiles.removeMap": validated("tiles.removeMap", byId, ({ id }) => {
      const { files } = catalog.tileMaps.get(id);
      const paths = [files.gpkgPath, files.csvPath, ...(files.cogPath ? [files.cogPath] : []), ...files.sidecarPaths];
      catalog.tileMaps.remove(id);
      // Deletes only below the project's own folder of maps, following no link: other files stay and are removed from the list.
      const deleted = paths.filter((path) => catalog.removeOwn(path, ["maps"]));
      for (const folder of new Set(deleted.map((path) => dirname(path)))) removeOwnIfEmpty(catalog.folder, folder);
      announceChanged(announce, "tile_maps");
      return { deleted };
    }),
  };
}

function summaryOf(catalog: Catalog, shareThreshold: number): TileSummary | null {
  const legend = tileLegend(catalog);
  if (!legend) return null;
  const tiles = catalog.tileLabels.list(legend.id);
  if (tiles.length === 0) return null;
  const { grid } = catalog.project.get();
  const split = catalog.tileSplits.current();
  const parts = split && catalog.tileSplits.parts(split.id);
  const classes = legend.classes.map((entry) => {
    const own = tiles.flatMap(({ shares }) => shares[entry.code] ?? []);
    return { ...entry, tiles: own.length, present: own.filter((share) => share > shareThreshold).length };
  });
  return {
    legend: { id: legend.id, name: legend.name, classes: legend.classes },
    tiles: tiles.length,
    sideMeters: grid.tilePatches * grid.patchMeters,
    shareThreshold,
    empty: tiles.filter(({ shares }) => !Object.values(shares).some((share) => share > shareThreshold)).length,
    classes: classes.filter((entry) => entry.tiles > 0),
    fields: [...new Set(tiles.slice(0, 2000).flatMap(({ properties }) => Object.keys(properties)))],
    split: split && parts && parts.size > 0 ? describeTileSplit(split, legend, tiles, parts, shareThreshold) : null,
    imports: catalog.tileLabels.imports().map(({ id, path, importedAt }) => ({ id, path, importedAt })),
  };
}

function askedAboutLabels(catalog: Catalog): MappedTile[] {
  const legend = labelledTiles(catalog);
  const split = catalog.tileSplits.current();
  const parts = split && catalog.tileSplits.parts(split.id);
  return catalog.tileLabels
    .list(legend.id)
    .map(({ id, key, x, y, shares }) => ({ key, x, y, shares, part: parts?.get(id)?.part ?? null }));
}

/** Every tile that an image of the project touches, counted from the origin of the CRS; places without images are not asked about. */
function askedAboutImages(catalog: Catalog): MappedTile[] {
  const { grid } = catalog.project.get();
  const side = grid.tilePatches * grid.patchMeters;
  const area = boundsOf(grid.geobox);
  const found = new Map<string, MappedTile>();
  for (const { crs, header } of catalog.rasters.list()) {
    const from = crs ?? header.crs;
    if (from === null || header.affine === null) continue;
    const own = boundsOf({ crs: from, affine: header.affine, width: header.width, height: header.height });
    const bounds = from === grid.geobox.crs ? own : boundsIn(own, from, grid.geobox.crs);
    if (!bounds) continue;
    const slack = 1e-6;
    const first = Math.floor(Math.max(bounds.minX, area.minX) / side + slack);
    const last = Math.ceil(Math.min(bounds.maxX, area.maxX) / side - slack);
    const top = Math.ceil(Math.min(bounds.maxY, area.maxY) / side - slack);
    const bottom = Math.floor(Math.max(bounds.minY, area.minY) / side + slack);
    if ((last - first) * (top - bottom) > mostTiles) throw new AppError("tiles-too-many", { most: mostTiles });
    for (let row = top; row > bottom; row--)
      for (let col = first; col < last; col++) {
        const key = `${col}_${row}`;
        if (!found.has(key)) found.set(key, { key, x: col * side, y: row * side, part: null, shares: null });
      }
    if (found.size > mostTiles) throw new AppError("tiles-too-many", { most: mostTiles });
  }
  if (found.size === 0) throw new AppError("no-imagery", { folder: catalog.folder });
  return [...found.values()].toSorted((p, q) => q.y - p.y || p.x - q.x);
}

/** What was written for each tile, read from the GeoPackage, which is untrusted like the project. */
async function answersOf(catalog: Catalog, id: number): Promise<TileAnswer[]> {
  const { files } = catalog.tileMaps.get(id);
  const { legend, gpkgPath, thresholds } = files;
  const codeOf = new Map(legend.map((entry) => [entry.name, entry.code]));
  const answers: TileAnswer[] = [];
  let columns: readonly string[] = [];
  const opened = ({ fields }: { readonly fields: readonly { readonly name: string }[] }) => {
    columns = fields.map(({ name: own }) => own).filter((own) => own.startsWith("p_"));
  };
  await eachFeatureInSubprocess(gpkgPath, {}, opened, ({ properties, geometry }) => {
    const ring = geometry?.type === "Polygon" ? geometry.coordinates[0] : undefined;
    const corner = ring?.[0] ?? [Number.NaN, Number.NaN];
    const probabilities = columns.map((column) => Number(properties[column]));
    const { reference, part } = properties;
    answers.push({
      key: String(properties.tile ?? ""),
      x: corner[0],
      y: corner[1],
      probabilities,
      present: legend.filter((_, k) => probabilities[k]! > thresholds[k]!).map(({ code }) => code),
      reference: typeof reference === "string" ? reference.split("; ").flatMap((own) => codeOf.get(own) ?? []) : null,
      part: (part ?? null) as TileAnswer["part"],
    });
    // A file with more rows was not written by this program.
    return answers.length < mostTiles;
  });
  return answers;
}
