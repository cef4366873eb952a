// A preview of files before they are imported: what each is taken for, on what evidence, and what prevents an import.

import {
  type Acquisition,
  distinctRemarks,
  type EvidenceField,
  isUndated,
  measuredPieces,
  parseProduct,
  pathsOf,
  withStatedFields,
} from "../../../../src-shared/eo/index.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { boundsOf, type GeoBox } from "../../../../src-shared/geo/geobox.ts";
import { errorMessage } from "../../../../src-shared/ipc/errors.ts";
import type { Guess, ImagePreview, ImportPreview, PlannedModality } from "../../../../src-shared/ipc/rasters.ts";
import type { Catalog } from "../../../catalog/index.ts";
import {
  describeFile,
  type FileChoice,
  type FileDescription,
  factsOf,
  type ImportedFile,
  importedFiles,
  joinFiles,
  nativeMeters,
  pixelMeters,
  requireMeasurement,
  requireOverlap,
  samplePixels,
  withAerialOrder,
} from "../../../cube/index.ts";
import { cacheOf, fileSize, statHolder } from "../../../files/index.ts";
import { type RasterFacts, type Reader, rasterReader, shareOf } from "../../../imagery/index.ts";
import { crsName } from "../../../raster/index.ts";
import { duplicateDays, planModalities, waitingFor } from "../../modalities/planned.ts";
import { acquisitionPicture } from "../../projects/picture.ts";
import { readWhole } from "../info.ts";
import { isUnchanged, standingChoices } from "./images.ts";
import { joinImport } from "./join.ts";

interface Looked {
  readonly choice: FileChoice;
  readonly bytes: number;
  readonly facts: RasterFacts | undefined;
  /** as far as it could be understood; with a stand-in where the file says nothing */
  readonly file: FileDescription | undefined;
  /** its date is a stand-in */
  readonly undated?: boolean;
  /** what it brings, when it can be used */
  readonly brings: readonly ImportedFile[];
  readonly errors: readonly AppError[];
}

/** Headers and samples are kept: changing one guess of four hundred files reads one file. */
export class ImportPreviews {
  readonly #looked = cacheOf<Looked>(4096);

  async preview(
    catalog: Catalog,
    choices: readonly FileChoice[],
    signal: AbortSignal,
    progress: (fraction: number) => void,
  ): Promise<ImportPreview> {
    const { geobox, patchMeters } = catalog.project.get().grid;
    const reader = rasterReader();
    try {
      const looked: Looked[] = [];
      for (const [index, choice] of choices.entries()) {
        signal.throwIfAborted();
        looked.push(await this.#look(reader, choice, geobox, signal));
        progress((index + 1) / choices.length);
      }
      const before = catalog.acquisitions.list();
      const used = new Set(before.flatMap(pathsOf));
      const fresh = looked.filter(({ choice }) => !isUnchanged(catalog, used, choice));
      const joined = await joinImport({
        reader,
        before,
        files: fresh.flatMap(({ brings }) => brings),
        anew: new Set(
          fresh
            .filter(({ brings }) => brings.length > 0)
            .map(({ choice }) => choice.path)
            .filter((path) => used.has(path)),
        ),
        choice: standingChoices(catalog, before, undefined),
        signal,
      });
      const after = joined.acquisitions;
      const byPath = new Map<string, Acquisition[]>();
      for (const acquisition of after)
        for (const path of pathsOf(acquisition)) {
          const own = byPath.get(path);
          if (own) own.push(acquisition);
          else byPath.set(path, [acquisition]);
        }
      const copies = new Map(joined.copies.map(({ path, of }) => [path, of]));
      const planned = planModalities({
        before,
        after,
        changed: joined.changed,
        renamed: joined.renamed,
        modalities: catalog.modalities.list(),
        patchMeters,
        nativeMeters: await nativeMeters(reader, after.filter(present(catalog)), geobox.crs),
      });
      return {
        files: looked.map((entry) => previewOf(entry, byPath.get(entry.choice.path) ?? [], catalog, geobox, copies)),
        modalities: planned.map(({ modality, known: own, group }): PlannedModality => {
          const members = after.filter(({ id }) => modality.acquisitions.includes(id));
          const dates = members.flatMap((one) => (isUndated(one) ? [] : [one.date])).sort();
          const { name, kind, sensor, bands, resolutionMeters } = modality;
          const undecided = modality.duplicateDates === "error" ? duplicateDays(modality, after) : [];
          return {
            name,
            kind,
            sensor,
            bands,
            resolutionMeters,
            dates: new Set(dates).size,
            pieces: members.reduce((sum, { pieces }) => sum + pieces.length, 0),
            first: dates[0] ?? "",
            last: dates.at(-1) ?? "",
            isNew: own === null,
            duplicates: undecided.map(({ date, paths }) => ({ date, paths })),
            incomplete: waitingFor(modality, after, group).map(({ date, missing, path }) => ({ date, missing, path })),
          };
        }),
        problems: [],
        products: [],
        unused: [],
        questions: joined.questions,
      };
    } finally {
      await reader.close();
    }
  }

  /** A quick look of the first acquisition that files make, as a PNG; `undefined` when they make none that can be read. */
  async picture(
    catalog: Catalog,
    choices: readonly FileChoice[],
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const { geobox } = catalog.project.get().grid;
    const reader = rasterReader();
    try {
      const files: ImportedFile[] = [];
      for (const choice of choices) {
        signal.throwIfAborted();
        const { brings, file, errors } = await this.#look(reader, choice, geobox, signal);
        // An image that lies elsewhere is not imported, and can be seen all the same.
        const beside = file && errors.every(({ code }) => code === "raster-outside-project");
        files.push(...(beside && brings.length === 0 ? importedFiles(file) : brings));
      }
      const [acquisition] = joinFiles([], files).acquisitions.filter((one) => measuredPieces(one).length > 0);
      const grid = acquisition && measuredPieces(acquisition)[0]?.files.find(({ bands }) => bands.length > 0)?.grid;
      return acquisition && grid && (await acquisitionPicture(reader, acquisition, pictureGrid(grid), signal));
    } finally {
      await reader.close();
    }
  }

  async #look(reader: Reader, choice: FileChoice, area: GeoBox, signal: AbortSignal): Promise<Looked> {
    const stats = statHolder(choice.path);
    const key = JSON.stringify([choice, stats?.size, stats?.mtimeMs]);
    const known = this.#looked.get(key);
    if (known) return known;
    // An archive that cannot be read is said where its member is opened.
    const bytes = await fileSize(choice.path).catch(() => undefined);
    const looked = await look(reader, choice, bytes ?? 0, area, signal);
    this.#looked.set(key, looked);
    return looked;
  }
}

/** The longer side of a quick look, in pixels of a screen that shows two for one. */
const pictureSide = 144;

/** The whole image with its longer side in so many pixels. */
function pictureGrid(grid: GeoBox): GeoBox {
  const shrink = Math.max(1, Math.max(grid.width, grid.height) / pictureSide);
  const width = Math.max(1, Math.round(grid.width / shrink));
  const height = Math.max(1, Math.round(grid.height / shrink));
  const { a, b, c, d, e, f } = grid.affine;
  const [across, down] = [grid.width / width, grid.height / height];
  return { ...grid, width, height, affine: { a, b: b * across, c: c * down, d, e: e * across, f: f * down } };
}

async function look(
  reader: Reader,
  choice: FileChoice,
  bytes: number,
  area: GeoBox,
  signal: AbortSignal,
): Promise<Looked> {
  const errors: AppError[] = [];
  const attempt = async <T>(work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      errors.push(error);
      return undefined;
    }
  };
  let facts = await attempt(() => factsOf(reader, choice));
  // Without a CRS the rest can still be read: what it would be here says what it is.
  if (!facts && /^raster-(without-crs|crs-unusable)$/.test(errors[0]?.code ?? ""))
    facts = await factsOf(reader, choice, area.crs);
  if (!facts) return { choice, bytes, facts, file: undefined, brings: [], errors };
  const whole = facts;
  await attempt(() => readWhole(choice.path, whole.crs));
  await attempt(() => requireMeasurement(whole, choice));
  // Classes without a date lack nothing but to be labels.
  const file = errors.length > 0 ? undefined : await attempt(() => describeFile(whole, choice));
  if (errors.length > 0 || !file) return { choice, bytes, facts, ...describeAnyway(whole, choice), brings: [], errors };
  const described = (await attempt(() => withAerialOrder(reader, file, signal))) ?? file;
  await attempt(() => requireOverlap(described, { crs: area.crs, bounds: boundsOf(area) }));
  const sample = await attempt(() => samplePixels(reader, described, signal));
  return {
    choice,
    bytes,
    facts,
    file: described,
    brings: errors.length > 0 ? [] : importedFiles(described, sample),
    errors,
  };
}

/** What else can be said of a file without a date, or whose bands nobody knows. What it says itself comes before a stand-in. */
function describeAnyway(facts: RasterFacts, choice: FileChoice): Pick<Looked, "file" | "undated"> {
  const date = "1970-01-01";
  const bands = facts.bands.map((_, index) => `band${index + 1}`);
  for (const stand of [{}, { bands }, { date }, { date, bands }, { date, sensor: "other" as const }]) {
    try {
      return { file: describeFile(facts, { ...stand, ...choice }), undated: "date" in stand && !choice.date };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return { file: undefined };
}

/** What a file says of its mask, and whether it is nothing else. */
function maskOfPreview({ mask, slices }: FileDescription): ImagePreview["mask"] {
  if (!mask) return null;
  const { kind, clear, bits, source } = mask;
  const evidence = source.code === "chosen" ? null : source;
  return {
    kind,
    ...(clear ? { clear } : {}),
    ...(bits ? { bits } : {}),
    evidence,
    alone: slices.every(({ bands }) => bands.length === 0),
  };
}

const present = (catalog: Catalog) => {
  const missing = new Set(catalog.rasters.missing().map(({ path }) => path));
  return (acquisition: Acquisition) => !pathsOf(acquisition).some((path) => missing.has(path));
};

function previewOf(
  { choice, bytes, facts, file, undated, errors }: Looked,
  members: readonly Acquisition[],
  catalog: Catalog,
  area: GeoBox,
  copies: ReadonlyMap<string, string>,
): ImagePreview {
  const codes = new Set(errors.map(({ code }) => code));
  const parsed = parseProduct(choice.path);
  const named = choice.stated ? withStatedFields(parsed, choice.stated.product) : parsed;
  const product = file?.product;
  const known = product?.evidence ?? named.evidence;
  const guess = <Value>(field: EvidenceField, value: Value | undefined | null, chosen: unknown): Guess<Value> => ({
    value: value ?? null,
    evidence:
      chosen !== undefined || value === undefined || value === null
        ? null
        : (known.find((one) => one.field === field)?.source ?? null),
    chosen: chosen !== undefined,
  });
  const own = members.flatMap(({ pieces }) =>
    pieces.flatMap(({ files }) => files.filter(({ path }) => path === choice.path)),
  );
  const measured = own.find((one) => one.bands.length > 0);
  const noImage = codes.has("import-class-raster") || codes.has("import-elevation");
  const dates = file && !noImage && !undated && !choice.undated ? file.slices.map(({ date }) => date) : undefined;
  const bands =
    file && !codes.has("acquisition-band-count")
      ? [...new Set(file.slices.flatMap((slice) => slice.bands.map(({ name }) => name)))]
      : undefined;
  const noCrs = codes.has("raster-without-crs") || codes.has("raster-crs-unusable");
  const crs = facts && !noCrs ? facts.geobox.crs : null;
  return {
    path: choice.path,
    bytes,
    known: catalog.rasters.find(choice.path) !== undefined,
    width: facts?.geobox.width ?? null,
    height: facts?.geobox.height ?? null,
    dataType: facts?.bands[0]?.dataType ?? null,
    sensor: guess("sensor", product?.sensor ?? named.sensor, choice.sensor),
    dates: guess("date", dates ?? (file ? undefined : named.date ? [named.date] : undefined), choice.date),
    time: file?.slices[0]?.time ?? null,
    level: product?.level ?? null,
    bands: guess("bandNames", bands, choice.bands),
    bandCount: facts?.bands.length ?? 0,
    crs: {
      value: crs,
      evidence: facts?.crsNote ? { code: "without-heights" } : null,
      chosen: choice.crs !== undefined,
    },
    crsName: crs ? crsName(crs) : null,
    resolution: facts && !noCrs ? pixelMeters(facts.geobox, area.crs) : null,
    overlap: facts && !noCrs ? shareOf(area, facts.geobox) : null,
    radiometry: measured?.radiometry.decidedBy ?? null,
    mask: file?.mask ? maskOfPreview(file) : null,
    undated: choice.undated ?? false,
    acquisitions: members.map(({ id }) => id),
    copyOf: copies.get(choice.path) ?? null,
    problems: errors.map(errorMessage),
    warnings: distinctRemarks(own.flatMap(({ radiometry }) => radiometry.warnings)),
  };
}
