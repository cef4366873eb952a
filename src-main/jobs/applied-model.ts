import { type Finding, findingSentence } from "../../src-shared/domain/finding.ts";
import type { Imagery, ModelUse, ProjectGrid } from "../../src-shared/domain/job.ts";
import { usesEncoder } from "../../src-shared/domain/method.ts";
import { bandNamesOf, isEnoughLight, type Modality, matchBands, passbandOf } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import {
  type BlendPlan,
  type Cube,
  type DayCount,
  fitSeason,
  type Normalization,
  type PatchWindow,
  planBlend,
  type TrainingPeriod,
} from "../cube/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import { lonLatBounds } from "../raster/index.ts";
import type { JobContext } from "./context.ts";
import { computeNormalizations, projectArea } from "./imagery.ts";
import { normalizationsOf } from "./training-parts.ts";

/** A model on imagery of another place, year or sensor. */
export interface AppliedModel {
  /** the project's imagery as the model's inputs, in the order that was asked for; `readAs` where bands stand in for others */
  readonly modalities: readonly Modality[];
  /** how its dates are counted */
  readonly days: DayCount;
  /** by input: bands of the model that no band of the images shows; the network is given their mean */
  readonly masked: Readonly<Record<string, readonly string[]>>;
  /** what should be known of a map or a training made so */
  readonly findings: readonly Finding[];
  /** whose figures values are centred and scaled by */
  readonly statistics: "model" | "place";
}

/** Whose figures: as somebody said, else as the model says; a model of several places has learned with those of each. */
const statisticsFor = ({ statistics }: Pick<ModelDescription, "statistics">, use: ModelUse = {}) =>
  use.normalization ?? statistics ?? "model";

/**
 * The project's imagery seen as the model's inputs: the model's bands, patches and clear classes, the project's acquisitions. Bands of
 * another sensor are matched by wavelength (`matchBands`), dates of other years by season (`fitSeason`). `fresh` are inputs that a
 * training adds to the model's: their images as they are, their dates counted as the model counts.
 * @throws AppError "model-grid-differs", "model-modalities-missing", "model-bands-differ", "model-season-differs"
 */
export function applyModel(
  model: ModelDescription,
  grid: ProjectGrid,
  imagery: Imagery,
  wanted: readonly string[],
  use: ModelUse = {},
  fresh: readonly string[] = [],
): AppliedModel {
  if (model.grid.patchMeters !== grid.patchMeters)
    throw new AppError("model-grid-differs", { model: model.grid.patchMeters, project: grid.patchMeters });
  const available = imagery.modalities.map(({ name }) => name);
  const knows = (name: string) => model.modalities.some((modality) => modality.name === name);
  const missing = wanted.filter((name) => !available.includes(name) || !(knows(name) || fresh.includes(name)));
  if (missing.length > 0 || wanted.length === 0) throw new AppError("model-modalities-missing", { missing, available });
  const findings: Finding[] = [];
  const masked: Record<string, readonly string[]> = {};
  const seen = wanted.map((name) => {
    const project = imagery.modalities.find((modality) => modality.name === name)!;
    const own = model.modalities.find((modality) => modality.name === name);
    if (!own) return project;
    const { normalization: _, ...inputs } = own;
    const fitted = fitBands(inputs, project, imagery);
    if (fitted.lacking.length > 0) masked[name] = fitted.lacking;
    findings.push(...fitted.findings);
    const { acquisitions, duplicateDates } = project;
    const clearClasses = own.sensor === project.sensor ? own.clearClasses : project.clearClasses;
    return { ...inputs, ...fitted.read, clearClasses, acquisitions, duplicateDates };
  });
  const fitted = fitDates(model, imagery, seen, use);
  findings.push(...fitted.findings, ...(use.shiftDays === undefined ? oppositeSeasons(model, grid, seen) : []));
  const statistics = statisticsFor(model, use);
  const places = model.training.places?.length ?? 0;
  if (statistics === "place" && use.normalization === undefined)
    findings.push({ code: "statistics-of-place", details: { places } });
  return { modalities: fitted.modalities, days: fitted.days, masked, findings, statistics };
}

/** Which of the images' bands are read for those of the model. */
function fitBands(
  model: Pick<Modality, "name" | "sensor" | "bands">,
  project: Modality,
  { acquisitions }: Imagery,
): { readonly read: Pick<Modality, "readAs">; readonly lacking: readonly string[]; readonly findings: Finding[] } {
  const { name, bands } = model;
  if (model.sensor === project.sensor && bands.join() === project.bands.join())
    return { read: {}, lacking: [], findings: [] };
  // What every image has can be read, also where the project's input leaves it out.
  const members = new Set(project.acquisitions);
  const everywhere = acquisitions
    .filter(({ id }) => members.has(id))
    .map((acquisition) => new Set(bandNamesOf(acquisition)));
  const extra = [...(everywhere[0] ?? [])].filter((band) => everywhere.every((names) => names.has(band)));
  const given = { sensor: project.sensor, bands: [...new Set([...project.bands, ...extra])] };
  const matches = matchBands(model, given);
  const found = matches.flatMap((match) => match.found ?? []);
  if (found.length === 0 || !isEnoughLight(matches)) {
    const described = (sensor: Modality["sensor"], names: readonly string[]) =>
      names.map((band) => {
        const light = passbandOf(sensor, band);
        return light ? `${band} (${light.centre} nm)` : band;
      });
    const lacking = matches.flatMap((match) => (match.found === undefined ? [match.wanted] : []));
    throw new AppError("model-bands-differ", {
      modality: name,
      model: described(model.sensor, bands),
      project: described(project.sensor, given.bands),
      missing: lacking,
    });
  }
  const lacking = matches.flatMap((match) => (match.found === undefined ? [match.wanted] : []));
  const standing = matches.flatMap(({ wanted, found: band, nanometers }) =>
    band === undefined || (band === wanted && nanometers === 0) ? [] : [{ wanted, band, nanometers }],
  );
  // A band that lacks is read as another, and then put to its mean: see `maskBands`.
  const readAs = matches.map((match) => match.found ?? found[0]!);
  const findings: Finding[] = [];
  if (standing.length > 0) findings.push({ code: "bands-stand-in", details: { modality: name, bands: standing } });
  if (lacking.length > 0) findings.push({ code: "bands-masked", details: { modality: name, bands: lacking } });
  return { read: readAs.join() === bands.join() ? {} : { readAs }, lacking, findings };
}

/** A package may say anything. */
const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/** What the model's series have learned from; `undefined` where its package does not say. */
function learnedDates({ training, modalities }: ModelDescription): TrainingPeriod | undefined {
  const series = new Set(modalities.filter(({ kind }) => kind === "series").map(({ name }) => name));
  const known = training.dates.filter(
    ({ modality, first, last }) => series.has(modality) && isDate(first) && isDate(last),
  );
  const [first] = known.map((entry) => entry.first).sort();
  const last = known
    .map((entry) => entry.last)
    .sort()
    .at(-1);
  return first !== undefined && last !== undefined ? { first, last } : undefined;
}

/** Above this share of dates from an untaught part of the year, a map is more guess than knowledge. */
const mostUntaught = 0.25;

function fitDates(
  model: ModelDescription,
  { acquisitions }: Imagery,
  modalities: readonly Modality[],
  { season, shiftDays }: ModelUse,
): { readonly modalities: readonly Modality[]; readonly days: DayCount; readonly findings: Finding[] } {
  const dateOf = new Map(acquisitions.map(({ id, date }) => [id, date]));
  const series = modalities.filter(({ kind }) => kind === "series");
  const dates = series.flatMap((modality) => modality.acquisitions.flatMap((id) => dateOf.get(id) ?? []));
  const learned = learnedDates(model);
  const { days, years, leftOut, untaught, mixedYears } = fitSeason(model.days, learned, dates, {
    year: season,
    shiftDays,
  });
  const distinct = new Set(dates).size;
  const out = new Set(leftOut);
  const findings: Finding[] = [];
  const kept = modalities.map((modality) => {
    if (modality.kind !== "series" || out.size === 0) return modality;
    const inside = modality.acquisitions.filter((id) => !out.has(dateOf.get(id)!));
    if (inside.length === 0 && modality.acquisitions.length > 0)
      throw new AppError("model-season-differs", { modality: modality.name, first: learned?.first ?? "", last: learned?.last ?? "", season: season ?? null }); // biome-ignore format: one call
    return { ...modality, acquisitions: inside };
  });
  if (leftOut.length > 0)
    findings.push({ code: "dates-left-out", details: { dates: leftOut.length, of: distinct, first: leftOut[0]!, last: leftOut.at(-1)! } }); // biome-ignore format: one value
  if (mixedYears.length > 0) findings.push({ code: "years-mixed", details: { years: mixedYears } });
  const read = distinct - leftOut.length;
  if (learned && read > 0 && untaught.length / read > mostUntaught)
    findings.push({ code: "season-untaught", details: { dates: untaught.length, of: read, first: learned.first, last: learned.last } }); // biome-ignore format: one value
  if (years !== 0 && learned) findings.push({ code: "other-years", details: { years, first: learned.first, last: learned.last } }); // biome-ignore format: one value
  return { modalities: kept, days, findings };
}

/** Nearer to the equator than this, in degrees of latitude, seasons do not follow the sun's height. */
const tropics = 15;

/** Whether the place lies where it is summer when the model's place has winter. */
function oppositeSeasons(model: ModelDescription, { geobox }: ProjectGrid, modalities: readonly Modality[]): Finding[] {
  if (!modalities.some(({ kind }) => kind === "series")) return [];
  const { minX, minY, maxX, maxY } = model.training.bounds;
  // A model that does not tell where it was trained.
  if (!(maxX > minX && maxY > minY) || maxX - minX < 2) return [];
  const trained = latitudeOf({
    crs: model.grid.crs,
    affine: { a: minX, b: maxX - minX, c: 0, d: maxY, e: 0, f: minY - maxY },
    width: 1,
    height: 1,
  });
  const here = latitudeOf(geobox);
  if (trained === undefined || here === undefined) return [];
  const opposite = trained * here < 0 && Math.abs(trained) > tropics && Math.abs(here) > tropics;
  return opposite
    ? [{ code: "seasons-opposite", details: { trained: Math.round(trained), here: Math.round(here) } }]
    : [];
}

function latitudeOf(box: ProjectGrid["geobox"]): number | undefined {
  try {
    const bounds = lonLatBounds(box);
    return bounds && (bounds.minY + bounds.maxY) / 2;
  } catch {
    // A coordinate system of a model from elsewhere that this program cannot place.
    return undefined;
  }
}

/**
 * What is taken off and divided by: the model's figures, or those of this imagery where that was chosen, where the model says so, and of
 * inputs that the model has not. Bands that are not there are
 * their mean everywhere.
 * @throws AppError "modality-without-pixels"
 */
export async function normalizationsFor(
  model: ModelDescription,
  { masked, statistics }: AppliedModel,
  cube: Cube,
  { grid, seed }: { readonly grid: ProjectGrid; readonly seed: number },
  context: JobContext,
): Promise<readonly Normalization[]> {
  const known = normalizationsOf(model);
  const knows = (name: string) => known.some(({ modality }) => modality === name);
  const fresh = cube.spec.modalities.some(({ name }) => !knows(name));
  const here =
    statistics === "place" || fresh ? await computeNormalizations(cube, projectArea(grid), seed, context) : [];
  const found = statistics === "place" ? here : [...known, ...here.filter(({ modality }) => !knows(modality))];
  return found.map((own) => maskBands(own, masked[own.modality] ?? []));
}

/** A band that is cut to one value is that value: 0, the mean of what the network has learned from. */
export const maskBands = (normalization: Normalization, lacking: readonly string[]): Normalization =>
  lacking.length === 0
    ? normalization
    : {
        ...normalization,
        bands: normalization.bands.map((band) =>
          lacking.includes(band.name) ? { name: band.name, mean: 0, std: 1, clip: { low: 0, high: 0 } } : band,
        ),
      };

/** Tells what a model is doing far from home, before it begins. */
export function logUse({ findings }: AppliedModel, use: ModelUse | undefined, context: Pick<JobContext, "log">): void {
  for (const finding of findings) context.log(findingSentence(finding));
  if (use?.normalization === "place")
    context.log("Values are centred and scaled by the mean and spread of this imagery, not of the model's training.");
}

/** The overlapping tiles with which a model looks at an area. A model for whole tiles has no answer for patches. */
export function blendFor(model: ModelDescription, area: PatchWindow, overlapPatches: number): BlendPlan {
  const { grid, task, name, method } = model;
  if (task === "tiles") throw new AppError("model-of-tiles", { name });
  // A method's answer to a patch is the same in every tile, as long as no encoder looks at what is around it.
  if (method && !usesEncoder(method.features)) return planBlend(area, grid.tilePatches, 0);
  if (overlapPatches >= grid.tilePatches)
    throw new AppError("overlap-too-large", { overlap: overlapPatches, tile: grid.tilePatches });
  return planBlend(area, grid.tilePatches, overlapPatches);
}
