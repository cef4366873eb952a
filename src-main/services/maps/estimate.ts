import { usesEncoder } from "../../../src-shared/domain/method.ts";
import { eachInputOf } from "../../../src-shared/domain/small-maps.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { resolutionOf } from "../../../src-shared/geo/geobox.ts";
import type { MapEstimate } from "../../../src-shared/ipc/maps.ts";
import type { Catalog } from "../../catalog/index.ts";
import { countTiles, patchesOfGeobox, planBlend } from "../../cube/index.ts";
import { patchGrid, projectArea } from "../../jobs/imagery.ts";
import { LabelPatches } from "../../jobs/label-patches.ts";
import { planSmallMaps } from "../../jobs/small-maps.ts";
import type { ModelDescription } from "../../learning/index.ts";
import { presentLabels } from "../labels/labels.ts";
import type { ModelChoice } from "../models/models.ts";
import { footprintsOfProject } from "../projects/places.ts";

const same = (p: readonly string[], q: readonly string[]) =>
  p.length === q.length && p.every((name) => q.includes(name));

/**
 * How many tiles a map takes, and how long: from maps that this model drew here before, else from its training here, where
 * a step goes forward and back over a batch and mapping goes forward once.
 */
export async function estimateMap(
  catalog: Catalog,
  model: ModelChoice,
  modalities: readonly string[],
  area: GeoBox,
  overlapPatches: number,
): Promise<MapEstimate> {
  const { grid } = catalog.project.get();
  const { readModelDescription } = await import("../../learning/trained-model.ts");
  const description = await readModelDescription(model.folder);
  const side = description.grid.tilePatches;
  const patches = patchesOfGeobox({ crs: grid.geobox.crs, patchMeters: grid.patchMeters }, area);
  const covered = (
    await footprintsOfProject(
      catalog,
      modalities.map((name) => model.standIns[name] ?? name),
    )
  )
    .any()
    .inside(patches);
  if (covered.size === 0) throw new AppError("map-without-imagery", { modalities });
  const tiles = countTiles(
    covered.windows(),
    covered,
    side,
    description.method && !usesEncoder(description.method.features) ? 0 : Math.min(overlapPatches, side - 1),
  );
  const pixel = resolutionOf(area);
  const hectares = (covered.size * pixel.x * pixel.y) / 10_000;
  const about = { area, tiles, hectares, places: covered.places().length };
  const toMeasure = measuredTiles(catalog, model, description, overlapPatches);
  /** With seconds per tile, what the measurement after the map takes. */
  const measuring = (low: number, high: number) =>
    toMeasure === 0 ? null : { low: low * toMeasure, high: high * toMeasure };

  const before = catalog.maps.list().filter(({ modelId }) => modelId !== null && modelId === model.id);
  const alike = before.filter((map) => same(map.modalities, modalities));
  const measured = (alike.length > 0 ? alike : before).filter(({ files }) => files.tiles > 0);
  if (measured.length > 0) {
    const rates = measured.map(({ files }) => files.seconds / files.tiles);
    const spread = alike.length > 0 ? 1.25 : 2;
    const seconds = { low: (Math.min(...rates) * tiles) / spread, high: Math.max(...rates) * tiles * spread };
    const [slowest, fastest] = [Math.max(...rates) * spread, Math.min(...rates) / spread];
    return { ...about, seconds, basis: "map", measuring: measuring(fastest, slowest) };
  }
  const { steps, seconds, settings } = description.training;
  const batch = Number(settings.batchSize);
  const own = catalog.models.list().some(({ id, jobId }) => id === model.id && jobId !== null);
  if (!own || steps === 0 || !(seconds > 0) || !(batch > 0))
    return { ...about, seconds: null, basis: null, measuring: null };
  const perTile = seconds / steps / batch;
  return {
    ...about,
    seconds: { low: (perTile * tiles) / 5, high: perTile * tiles * 1.5 },
    basis: "training",
    measuring: measuring(perTile / 5, perTile * 1.5),
  };
}

/** The tiles of a measurement with all inputs and with each alone: those around test labels, and those of small maps. */
function measuredTiles(
  catalog: Catalog,
  model: ModelChoice,
  description: ModelDescription,
  overlapPatches: number,
): number {
  const { grid } = catalog.project.get();
  const { labels } = presentLabels(catalog) ?? {};
  if (!labels || !description.legend) return 0;
  const area = projectArea(grid);
  const codes = labels.legend.map(({ code }) => code);
  const tested = new LabelPatches(labels, "test", codes, patchGrid(grid), area);
  if (tested.usable().length === 0) return 0;
  const overlap = Math.min(overlapPatches, description.grid.tilePatches - 1);
  const around = tested.tilesAround(planBlend(area, description.grid.tilePatches, overlap).tiles).length;
  const subsets = model.method ? 1 : eachInputOf(model.modalities).length;
  if (subsets === 1) return around;
  const { window, overlap: shared } = planSmallMaps(area, description.grid.tilePatches, overlap, tested);
  return subsets * (around + planBlend(window, description.grid.tilePatches, shared).tiles.length);
}
