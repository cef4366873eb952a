import { otherClass } from "../../../src-shared/domain/area-sample.ts";
import type { Finding } from "../../../src-shared/domain/finding.ts";
import type { EvaluateResult, SubsetScore } from "../../../src-shared/domain/job.ts";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import type { MapProduct } from "../../../src-shared/domain/map-product.ts";
import { boundsOf, resolutionOf } from "../../../src-shared/geo/geobox.ts";
import type { ExpectedAccuracy, MapDetails, MappedArea } from "../../../src-shared/ipc/maps.ts";
import type { Catalog } from "../../catalog/index.ts";
import { areasOf } from "../../learning/metrics/areas.ts";
import { clusteredErrors } from "../../learning/metrics/clustered.ts";
import { estimateAreas } from "../../learning/metrics/estimated-areas.ts";
import { squareMetersPerUnit } from "../../vector/geometry/true-area.ts";
import { estimateOwn } from "../areas/estimate.ts";
import { findingsOf } from "../runs/findings.ts";

interface Measured {
  readonly runId: number;
  readonly measuredAt: string;
  readonly part: EvaluateResult["part"];
  readonly optimistic: boolean;
  readonly outdated: boolean;
  readonly score: SubsetScore;
  readonly unit: EvaluateResult["unit"];
  readonly findings: readonly Finding[];
}

const sameSet = (p: readonly string[], q: readonly string[]) =>
  p.length === q.length && p.every((entry) => q.includes(entry));

/** What was measured of a model over all its classes, newest first. */
function measurementsOf(catalog: Catalog, modelId: number): Measured[] {
  const splits = new Map(catalog.splits.list().map(({ id, optimistic }) => [id, optimistic]));
  return catalog.runs
    .list()
    .filter((run) => run.kind === "evaluate" && run.modelId === modelId && isEvaluation(run.result))
    .toReversed()
    .flatMap(({ id, createdAt, splitId, result }) => {
      const { part, subsets, unit } = result as EvaluateResult;
      const widest = Math.max(...subsets.map(({ classSet }) => classSet.length));
      return subsets
        .filter(({ classSet }) => classSet.length === widest)
        .map((score): Measured => {
          const optimistic = splitId !== null && (splits.get(splitId) ?? false);
          const findings = findingsOf(result).filter(
            ({ details }) => !("modalities" in details) || sameSet(details.modalities, score.modalities),
          );
          const outdated = splitId !== null && !catalog.splits.isCurrent(splitId);
          return { runId: id, measuredAt: createdAt, part, optimistic, outdated, score, unit, findings };
        });
    });
}

const isEvaluation = (result: unknown): result is EvaluateResult =>
  Array.isArray((result as Partial<EvaluateResult> | null)?.subsets);

/** Test before validation before training: from the most to the least trustworthy. */
const worth = { test: 0, validation: 1, train: 2 } as const;

/** The newest measurement of each subset of a model's modalities, on the part that says most. */
export function expectedAccuracy(catalog: Catalog, name: string): ExpectedAccuracy[] {
  const model = catalog.models.find(name);
  if (!model) return [];
  const best: Measured[] = [];
  for (const each of measurementsOf(catalog, model.id).sort((p, q) => worth[p.part] - worth[q.part])) {
    if (!best.some(({ score }) => sameSet(score.modalities, each.score.modalities))) best.push(each);
  }
  return best.map(({ score, runId, measuredAt, part, optimistic, outdated, findings }) => ({
    runId,
    part,
    measuredAt,
    optimistic,
    outdated,
    modalities: score.modalities,
    samples: score.samples,
    overallAccuracy: score.overallAccuracy,
    overallAccuracyInterval: score.overallAccuracyInterval,
    macroF1: score.macroF1,
    macroClasses: score.macroClasses ?? null,
    commonest: score.commonest ?? null,
    findings,
    classes: score.classes.map(({ name: label, f1, support }) => ({ name: label, f1, support })),
  }));
}

/** Square metres on the ground that a pixel of the map covers, measured in its middle. */
export function squareMetersPerPixel({ area }: Pick<MapProduct, "area">): number {
  const { minX, minY, maxX, maxY } = boundsOf(area);
  const { x, y } = resolutionOf(area);
  return x * y * squareMetersPerUnit(area.crs, (minX + maxX) / 2, (minY + maxY) / 2);
}

/** Counted pixels per class, in hectares and per cent. */
export function mappedAreas(
  map: MapProduct,
  legend: readonly LegendClass[],
): { readonly areas: readonly MappedArea[]; readonly hectares: number } {
  const codes = legend.map(({ code }) => code);
  const counted = areasOf(map.files.pixels, codes, squareMetersPerPixel(map) / 10_000);
  const { uncertainty } = map.files;
  const perPixel = squareMetersPerPixel(map) / 10_000;
  const areas = counted.map((each, i) => {
    const entry = legend[i]!;
    const uncertainHectares = uncertainty ? (uncertainty.uncertain[entry.code] ?? 0) * perPixel : null;
    return { ...entry, ...each, uncertainHectares };
  });
  return { areas, hectares: areas.reduce((sum, each) => sum + each.hectares, 0) };
}

/** The user's accuracy of each class, by its code, where a test of the map's model measured it with the map's inputs. */
export function expectedUsersAccuracy(catalog: Catalog, map: MapProduct): ReadonlyMap<number, number> {
  const tested =
    map.modelId === null
      ? undefined
      : measurementsOf(catalog, map.modelId).find(
          ({ part, score }) => part === "test" && sameSet(score.modalities, map.modalities),
        );
  // Few labels that are all right are no proof of a perfect class: one right and one wrong are added (Laplace's rule of succession).
  const measured = tested?.score.classes.flatMap(({ code, precision, support, polygons = support }) =>
    precision === null || support === 0 ? [] : [[code, (precision * polygons + 1) / (polygons + 2)] as const],
  );
  return new Map(measured);
}

/** Areas as the newest probability sample of the map has them, once every class has two answered places. */
function sampledAreas(catalog: Catalog, map: MapProduct): MapDetails["corrected"] {
  for (const sample of catalog.areaSamples.list().toReversed()) {
    if (sample.mapId !== map.id) continue;
    const {
      sample: about,
      used,
      missing,
      untold,
      overallAccuracy,
      classes,
    } = estimateOwn(sample, catalog.areaSamples.units(sample.id));
    // Figures of a part of the map correct no areas of all of it.
    if (missing.length > 0 || untold.length > 0 || !overallAccuracy) continue;
    const { name, design, places, answered, cannotTell, createdAt } = about;
    return {
      runId: null,
      part: null,
      measuredAt: createdAt,
      samples: used,
      sample: {
        name,
        method: design.method,
        seed: design.seed,
        places,
        cannotTell,
        open: places - answered,
        otherHectares: classes.find(({ code }) => code === otherClass)?.hectares?.value ?? 0,
      },
      overallAccuracy: overallAccuracy.value,
      overallAccuracyError: overallAccuracy.error,
      classes: classes
        .filter(({ code }) => code !== otherClass)
        .map(({ code, hectares, usersAccuracy, producersAccuracy, noErrorIn }) => ({
          code,
          hectares: hectares?.value ?? 0,
          error: hectares?.error ?? 0,
          usersAccuracy: usersAccuracy?.value ?? null,
          producersAccuracy: producersAccuracy?.value ?? null,
          ...(noErrorIn === null ? {} : { noErrorIn }),
        })),
    };
  }
  return null;
}

/** Areas corrected by a probability sample of the map; without one by the newest test of the same model with the same modalities. */
export function correctedAreas(
  catalog: Catalog,
  map: MapProduct,
  areas: readonly MappedArea[],
  hectares: number,
): Pick<MapDetails, "corrected" | "uncorrected"> {
  const sampled = sampledAreas(catalog, map);
  if (sampled) return { corrected: sampled, uncorrected: null };
  const measured =
    map.modelId === null
      ? undefined
      : measurementsOf(catalog, map.modelId).find(
          ({ part, score }) => part === "test" && sameSet(score.modalities, map.modalities),
        );
  if (!measured) return { corrected: null, uncorrected: { reason: "no-evaluation", classes: [] } };
  const { score, runId, measuredAt, part } = measured;
  const codes = score.classSet;
  const pixels = codes.map((code) => areas.find((each) => each.code === code)?.pixels ?? 0);
  const estimated = estimateAreas(score.confusion, pixels, hectares);
  const namesOf = (rows: readonly number[]) =>
    rows.map((row) => areas.find(({ code }) => code === codes[row])?.name ?? `${codes[row]}`);
  if ("missing" in estimated)
    return { corrected: null, uncorrected: { reason: "too-few-samples", classes: namesOf(estimated.missing) } };
  // Patches of one label resemble each other: their intervals count labels. Results of earlier versions do not know which patch is whose.
  const errors = score.labelCounts ? clusteredErrors(score.labelCounts, pixels) : undefined;
  if (errors && "missing" in errors)
    return { corrected: null, uncorrected: { reason: "one-label", classes: namesOf(errors.missing) } };
  const { unit } = measured;
  return {
    uncorrected: null,
    corrected: {
      runId,
      measuredAt,
      part,
      samples: score.samples,
      ...(errors && score.polygons !== undefined ? { labels: score.polygons } : {}),
      ...(unit === undefined ? {} : { unit }),
      overallAccuracy: estimated.overallAccuracy,
      overallAccuracyError: errors?.overallAccuracy ?? estimated.overallAccuracyError,
      classes: estimated.classes.map(({ area, error, ...rest }, i) => ({
        ...rest,
        code: codes[i]!,
        hectares: area,
        error: errors ? errors.shares[i]! * hectares : error,
      })),
    },
  };
}
