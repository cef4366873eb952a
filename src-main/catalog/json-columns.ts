import { type EvidenceField, evidenceFields } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { isBend } from "../../src-shared/geo/bend.ts";
import { remarkShapes } from "./remark-shapes.ts";
import type { Sql } from "./sql.ts";

/** Does a value have the shape that the program counts on? */
type Shape = (value: unknown) => boolean;

const anything: Shape = () => true;
const text: Shape = (value) => typeof value === "string";
const number: Shape = (value) => typeof value === "number" && Number.isFinite(value);
const whole: Shape = (value) => Number.isSafeInteger(value);
const atLeastOne: Shape = (value) => Number.isFinite(value) && (value as number) >= 1;
const size: Shape = (value) => Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= 2 ** 31;
const truth: Shape = (value) => typeof value === "boolean";
const plain: Shape = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);
const list =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const record =
  (shape: Shape): Shape =>
  (value) =>
    plain(value) && Object.values(value as object).every(shape);
/** `optional` may be missing; what is not named is not looked at: later releases write more. */
const object =
  (fields: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value) => {
    if (!plain(value)) return false;
    const found = value as Readonly<Record<string, unknown>>;
    return (
      Object.entries(fields).every(([name, shape]) => shape(found[name])) &&
      Object.entries(optional).every(([name, shape]) => found[name] === undefined || shape(found[name]))
    );
  };
const either =
  (...shapes: readonly Shape[]): Shape =>
  (value) =>
    shapes.some((shape) => shape(value));

const affine = object({ a: number, b: number, c: number, d: number, e: number, f: number });
const geobox = object({ crs: text, affine, width: size, height: size });
const bounds = object({ minX: number, minY: number, maxX: number, maxY: number });
const scalar = either(
  text,
  number,
  truth,
  orNull(() => false),
);
const position: Shape = (value) => Array.isArray(value) && value.length >= 2 && number(value[0]) && number(value[1]);
const rings = list(list(list(position)));
const legend = list(object({ code: whole, name: text, color: text }, { parent: text, source: text }));
const findings = list(object({ code: text, details: plain }));
// Older projects hold sentences where this release stores codes; `currentRadiometry` reads both.
const coded = remarkShapes({ object, text, number, truth, orNull });
const remark = either(text, coded.remark);
const decision = { quantity: text, scale: number, offset: number, decidedBy: remark, warnings: list(remark) };
const radiometry = object(decision, { own: object(decision) });
const evidenceField: Shape = (value) => evidenceFields.includes(value as EvidenceField);
const evidence = either(text, object({ field: evidenceField, source: coded.source }));
const mapFiles = object(
  {
    classPath: text,
    confidencePath: text,
    probabilitiesPath: orNull(text),
    qmlPath: text,
    sldPath: text,
    // Each is checked where it is used.
    sidecarPaths: list(anything),
  },
  { sets: object({ setSizePath: text, uncertainPath: text, setsPath: orNull(text) }) },
);
const mapUncertainty = object({
  level: number,
  groups: (value) => value === "labels" || value === "blocks",
  unit: text,
  calibratedOn: number,
  needed: number,
  threshold: number,
  rightMarked: number,
  uncertain: record(number),
  setSizes: record(number),
});
const countedLabels = { labelCounts: list(list(whole)), labelIds: list(whole), labelVotes: list(whole) };
const score = object({ modalities: list(text), classes: list(object({ name: text })) }, countedLabels);
const smallMaps = object({ area: geobox, maps: list(object({ modalities: list(text), classes: text })) });
const numberMeaning = object({ name: text, unit: text, minimum: orNull(number), maximum: orNull(number) });
const numberInterval = object({ level: number, halfWidth: number, covered: orNull(number) });
const numberScore = object({
  places: number,
  groups: text,
  groupCount: number,
  folds: number,
  rmse: number,
  mae: number,
  bias: number,
  r2: orNull(number),
  baseline: object({ rmse: number, mae: number }),
  interval: orNull(numberInterval),
  pairs: list(list(number)),
});
const part: Shape = (value) => ["train", "validation", "test", "unused"].includes(value as string);

const meaning: Shape = (value) => part(value) || value === "train-only";
const splitParameters = {
  seed: number,
  shares: object({ train: number, validation: number, test: number }),
  blockMeters: number,
  field: text,
  parts: record(meaning),
};

/**
 * The shape of every JSON column, as far as the program counts on it, checked when a row is read and when it is written: a project is
 * untrusted data, and a row of another shape must not cause an unexpected error elsewhere in the program.
 */
const shapes = {
  // Checked in detail when the project is opened.
  "project.geobox": plain,
  "project.area_limit": list(object({ col: whole, row: whole, width: size, height: size })),
  "rasters.header": object({ width: size, height: size, bands: size, dataType: text, crs: orNull(text), affine: orNull(affine) }), // biome-ignore format: one line
  "acquisitions.origin": object({}, { platform: text, level: text, relativeOrbit: number, pass: text, copy: anything }),
  "acquisitions.shift": object({ dx: number, dy: number }, { bend: isBend }),
  "piece_files.bands": list(object({ name: text, bandIndex: size, scale: number, offset: number }, { nodata: orNull(anything), spare: truth })), // biome-ignore format: one line
  "piece_files.quality": object({ kind: text, bandIndex: size }, { clear: list(number), bits: list(number), chosen: number }), // biome-ignore format: one line
  "piece_files.radiometry": radiometry,
  "piece_files.facts": object({}, { platform: text, level: text, pass: text, time: text, tile: text, processingBaseline: text }), // biome-ignore format: one line
  "piece_files.evidence": list(evidence),
  "modalities.bands": list(text),
  "modalities.clear_classes": list(number),
  "layers.style": plain,
  "bookmarks.bounds": bounds,
  "view_state.value": anything,
  "edits.name": object({ key: text }, { params: record(either(text, number)) }),
  "edit_changes.row": record(scalar),
  "chains.plan": object({ instant: text, trained: text, start: object({ kind: text }, { name: text }), encoder: orNull(text), preset: (value) => ["quick", "balanced", "thorough"].includes(value as string), steps: orNull(size), seed: whole, provider: text, splitMade: truth }), // biome-ignore format: one line
  "chains.jobs": record(whole),
  "chains.problem": object({ name: text, message: text }, { code: text, details: anything }),
  "jobs.owner": object({ pid: number, host: text, started: orNull(text) }),
  "jobs.cause": either(
    object({ kind: (kind) => ["paused", "closed", "crashed", "discarded"].includes(kind as string) }),
    // Earlier releases wrote a sentence.
    object({ kind: (kind) => kind === "engine", detail: either(text, object({ code: text }, { values: plain })) }),
    object({ kind: (kind) => kind === "error", code: orNull(text), details: anything }),
  ),
  "label_imports.report": anything,
  "labels.geometry": rings,
  "labels.properties": plain,
  "labels.cells": object({ col: number, row: number, width: number, height: number, bits: text }),
  "splits.blocks": record(part),
  "splits.parameters": object({}, { ...splitParameters, tooFew: text, bufferMeters: number, chosen: truth }),
  "splits.report": object({}, { counts: list(object({ part })), missing: list(object({ part })), notes: list(object({ kind: text })), reason: orNull(text) }), // biome-ignore format: one line
  "models.modalities": list(text),
  "models.summary": object({ architecture: text, classes: list(text) }, { metrics: plain, steps: number, seconds: number, provider: text, findings }), // biome-ignore format: one line
  "maps.modalities": list(text),
  "maps.area": geobox,
  "maps.files": (value: unknown) =>
    mapFiles(value) &&
    object(
      { pixels: record(number) },
      {
        findings,
        uncertainty: mapUncertainty,
        places: list(object({ files: (files) => files == null || mapFiles(files) })),
      },
    )(value),
  "area_samples.design": object({ method: text, seed: whole, allocation: orNull(text), minimum: whole, spacing: orNull(atLeastOne), grid: geobox, squareMetersPerPixel: number, mapName: text, strata: list(object({ code: whole, name: text, color: text, pixels: whole, expected: number })) }), // biome-ignore format: one line
  "comparisons.result": object({ path: text, qmlPath: text, sldPath: text, sidecarPaths: list(anything), area: geobox, from: legend, to: legend, counts: list(list(number)), classes: legend }), // biome-ignore format: one line
  "number_targets.report": object({ total: number, used: number, low: number, high: number, mean: number }, { dropped: list(object({ reason: text, count: number })), farOff: list(number) }), // biome-ignore format: one line
  "number_places.geometry": rings,
  "number_places.cells": object({ col: number, row: number, width: number, height: number, bits: text }),
  "number_models.facts": object({ meaning: numberMeaning, features: text, modalities: list(text) }),
  "number_models.result": object({ modelFolder: text, method: text, low: number, high: number, mean: number, score: numberScore, settings: plain, findings }), // biome-ignore format: one line
  "surfaces.result": object({ kind: (kind) => kind === "number" || kind === "change", path: text, qmlPath: text, sldPath: text, sidecarPaths: list(anything), bands: list(text), meaning: numberMeaning, area: geobox, pixels: number, stretch: list(number), low: number, high: number, mean: number, findings }, { taught: list(number), interval: orNull(numberInterval), inputs: list(object({ modality: text, months: list(number), dates: list(number) })), threshold: number, before: object({ name: text }), after: object({ name: text }) }), // biome-ignore format: one line
  "runs.result": orNull(
    object(
      {},
      {
        subsets: list(object({ modalities: list(text) }, countedLabels)),
        smallMaps,
        reference: text,
        validation: object({ score, reference: text }),
        metrics: plain,
        findings,
        untaught: list(anything),
      },
    ),
  ),
  "runs.settings": object({ modalities: list(text) }, { recipe: orNull(plain), from: orNull(text) }),
  "run_reviews.review": object({ part }, { score: orNull(score) }),
  "run_reviews.preview": object({ side: size, corners: list(position), classes: text, confidence: text }),
  "tile_labels.geometry": rings,
  "tile_labels.properties": plain,
  tile_shares: record(number),
  "tile_imports.report": anything,
  "tile_splits.parameters": object({}, { ...splitParameters, shareThreshold: number, folds: number, fold: number, validationShare: number, lists: list(object({ part, path: text })) }), // biome-ignore format: one line
  "tile_splits.report": object({}, { unknown: object({ count: number, examples: list(text) }) }),
  "tile_maps.modalities": list(text),
  "tile_maps.files": object({ gpkgPath: text, csvPath: text, cogPath: orNull(text), sidecarPaths: list(anything), legend, thresholds: list(number), sideMeters: number }, { area: orNull(geobox), present: record(number) }), // biome-ignore format: one line
} as const satisfies Readonly<Record<string, Shape>>;

export type JsonColumn = keyof typeof shapes;

/** `table.column` of every JSON column that is read. */
export const jsonColumns = Object.keys(shapes) as readonly JsonColumn[];

/**
 * A JSON column as the value that it was written from.
 * @throws AppError "project-damaged" with the column's name, of one that is no JSON or has another shape
 */
export function fromJson<T>(sql: Pick<Sql, "path">, column: JsonColumn, stored: unknown): T {
  let value: unknown;
  try {
    if (typeof stored !== "string") throw new SyntaxError("no text");
    value = JSON.parse(stored);
  } catch (cause) {
    throw new AppError("project-damaged", { path: sql.path, detail: reason("row-no-json", { column }) }, { cause });
  }
  if (shapes[column](value)) return value as T;
  throw new AppError("project-damaged", { path: sql.path, detail: reason("row-not-what-should", { column }) });
}

/**
 * A value as a JSON column holds it. What `fromJson` would refuse is not written: one wrong value would make the whole project unreadable.
 * @throws TypeError with the column's name and the beginning of the value; only a mistake in the program causes it
 */
export function toJson(column: JsonColumn, value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text !== undefined && shapes[column](JSON.parse(text))) return text;
  throw new TypeError(`Not a value of the column ${column}: ${text?.slice(0, 300)}`);
}

/** The same, `null` where the column is NULL. */
export const fromJsonOrNull = <T>(sql: Pick<Sql, "path">, column: JsonColumn, stored: unknown): T | null =>
  stored === null || stored === undefined ? null : fromJson<T>(sql, column, stored);
