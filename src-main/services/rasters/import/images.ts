// Files a person added become rows of the project, in one step that can be undone. An import only ever adds: what the
// project has stays, files that cannot be used are named with their reasons, and a place shown twice is a question.

import { basename, resolve } from "node:path";
import {
  type Acquisition,
  distinctRemarks,
  type Modality,
  measuredPieces,
  pathsOf,
  type Remark,
  type SensorId,
  warningsOf,
} from "../../../../src-shared/eo/index.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { boundsOf } from "../../../../src-shared/geo/geobox.ts";
import { errorMessage } from "../../../../src-shared/ipc/errors.ts";
import type { MaskGiven, RadiometryGiven } from "../../../../src-shared/ipc/radiometry.ts";
import type { ImageChoice, ImportedImages, PlaceChoice, UnusedFile } from "../../../../src-shared/ipc/rasters.ts";
import type { Catalog } from "../../../catalog/index.ts";
import {
  checkModality,
  type FileChoice,
  factsOf,
  type ImportedFile,
  joinFiles,
  maskOf,
  maskTouches,
  modalityName,
  nativeMeters,
  offsetDoubt,
  readImported,
  reportDates,
  type SamePlace,
  suppliesBands,
} from "../../../cube/index.ts";
import { statHolder } from "../../../files/index.ts";
import { rasterReader } from "../../../imagery/index.ts";
import type { Product } from "../../../products/index.ts";
import type { Deps } from "../../deps.ts";
import { edit } from "../../edits.ts";
import { planModalities, waitingFor } from "../../modalities/planned.ts";
import { headerOf, knownCrs, type PlacedInfo, readWhole } from "../info.ts";
import { bandOfFile, maskBesideRemark, maskMeaning, nextChosen } from "../radiometry.ts";
import { joinImport, samePlaceError } from "./join.ts";
import { importSources, isAllPaper } from "./sources.ts";
import { storeAcquisitions } from "./store.ts";

export interface ImportRequest {
  readonly paths: readonly string[];
  readonly choices?: readonly ImageChoice[] | undefined;
  readonly sensor?: SensorId | undefined;
  readonly date?: string | undefined;
  readonly undated?: boolean | undefined;
  readonly bands?: readonly string[] | undefined;
  readonly crs?: string | undefined;
  readonly duplicates?: PlaceChoice | undefined;
  readonly radiometry?: RadiometryGiven | undefined;
  readonly mask?: MaskGiven | undefined;
  readonly dateTag?: string | undefined;
}

/** The images of a request with what was decided about each, and the files beside them that are none. */
export async function fileChoices(
  request: Pick<
    ImportRequest,
    "paths" | "choices" | "sensor" | "date" | "undated" | "bands" | "radiometry" | "mask" | "dateTag"
  >,
): Promise<{
  readonly choices: readonly FileChoice[];
  readonly products: readonly Product[];
  readonly unused: readonly UnusedFile[];
}> {
  const { sensor, date, undated, bands, radiometry, mask, dateTag } = request;
  // A mask in a file of its own is no image of a date.
  const maskBand =
    mask && mask.file === undefined && mask.band !== undefined ? { ...maskMeaning(mask), band: mask.band } : undefined;
  const own = new Map((request.choices ?? []).map((choice) => [resolve(choice.path), choice]));
  const { images, products, unused } = await importSources([...request.paths, ...own.keys()]);
  const taken = images.filter(({ path }) => path !== mask?.file);
  const choices = taken.map(({ path, stated }) => {
    const choice = own.get(path);
    const crs = choice?.crs === undefined ? undefined : knownCrs(choice.crs);
    const decided = {
      stated,
      sensor: choice?.sensor ?? sensor,
      date: choice?.date ?? date,
      undated: (choice?.undated ?? undated) || undefined,
      isMask: choice?.isMask,
      bands: choice?.bands ?? bands,
      crs,
      radiometry,
      maskBand,
      dateTag,
    };
    const given = Object.fromEntries(Object.entries(decided).filter(([, value]) => value !== undefined));
    return { path, ...given };
  });
  return { choices, products, unused };
}

/** A file of the project that is as it was, and about which nothing is decided anew. */
export function isUnchanged(
  catalog: Catalog,
  used: ReadonlySet<string>,
  { path, stated: _, ...decided }: FileChoice,
): boolean {
  if (!used.has(path) || Object.keys(decided).length > 0) return false;
  return catalog.rasters.find(path)?.bytes === statHolder(path)?.size;
}

/** What was decided before about places shown twice stands for the images of that kind. */
export function standingChoices(
  catalog: Catalog,
  before: readonly Acquisition[],
  wanted: PlaceChoice | undefined,
): (place: SamePlace) => PlaceChoice | undefined {
  const byName = new Map<string, PlaceChoice>();
  const known = new Map(before.map((acquisition) => [acquisition.id, acquisition]));
  for (const { duplicateDates, acquisitions } of catalog.modalities.list()) {
    const first = acquisitions.map((id) => known.get(id)).find((found) => found !== undefined);
    if (first && duplicateDates !== "error") byName.set(modalityName(first), duplicateDates);
  }
  return ({ sensor, rivals }) => {
    const [{ piece }] = rivals as [SamePlace["rivals"][number]];
    const { level, pass } = piece.files[0]!.facts;
    const name = modalityName({ sensor, ...(level ? { level } : {}), ...(pass ? { pass } : {}), pieces: [piece] });
    return wanted ?? byName.get(name);
  };
}

/**
 * Reads the headers, joins the files to acquisitions and brings the modalities up to date. Every new date of an optical
 * series is looked at on a coarse grid, since a wrong offset shows only in the pixels.
 * @throws AppError "acquisition-same-place" when a place is shown twice and nobody said what becomes of it;
 * "import-nothing-usable", or the only file's own reason, when there is nothing to add
 */
export async function importImages(
  deps: Pick<Deps, "catalog" | "announce">,
  request: ImportRequest,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<ImportedImages> {
  const { catalog } = deps;
  const { choices, products, unused: others } = await fileChoices(request);
  if (choices.length === 0 && isAllPaper(others)) throw new AppError("no-images-found", { paths: request.paths });
  const crs = request.crs === undefined ? undefined : knownCrs(request.crs);
  const { geobox, patchMeters } = catalog.project.get().grid;
  const before = catalog.acquisitions.list();
  const used = new Set(before.flatMap(pathsOf));
  const unused: UnusedFile[] = [...others];
  const unchanged: string[] = [];
  const reader = rasterReader();
  try {
    const area = { crs: geobox.crs, bounds: boundsOf(geobox) };
    const placing = { area, signal, ...(crs === undefined ? {} : { crs }) };
    const files: ImportedFile[] = [];
    const rows = new Map<string, { readonly info: PlacedInfo; readonly crs: string | null }>();
    const { mask } = request;
    const chosen = nextChosen(before);
    const maskFile = mask?.file === undefined ? undefined : await readWhole(mask.file, undefined);
    const quality = maskFile && mask && maskOf(bandOfFile(maskFile, mask.band), { ...maskMeaning(mask), chosen });
    const beside: string[] = [];
    for (const [index, choice] of choices.entries()) {
      signal.throwIfAborted();
      progress((index / choices.length) * 0.7);
      if (!maskFile && isUnchanged(catalog, used, choice)) {
        unchanged.push(choice.path);
        continue;
      }
      try {
        const { maskBand } = choice;
        const read = await readImported(
          reader,
          maskBand ? { ...choice, maskBand: { ...maskBand, chosen } } : choice,
          placing,
        );
        const ownCrs = (await factsOf(reader, choice, crs)).crs;
        rows.set(choice.path, { info: await readWhole(choice.path, ownCrs), crs: ownCrs ?? null });
        files.push(...read);
        for (const image of read.filter(({ file }) => maskFile && file.bands.length > 0)) {
          if (image.file.grid && !maskTouches(maskFile!.geobox, image.file.grid)) beside.push(choice.path);
          else files.push(maskBeside(image, maskFile!, quality!));
        }
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        unused.push({ path: choice.path, error: errorMessage(error) });
      }
    }
    if (rows.size === 0 && unchanged.length === 0) throw nothingUsable(unused);
    const anew = new Set([...rows.keys()].filter((path) => used.has(path)));
    if (maskFile) {
      if (!files.some(({ file }) => file.path === maskFile.path))
        throw new AppError("mask-beside-images", { mask: maskFile.path });
      rows.set(maskFile.path, { info: maskFile, crs: null });
    }
    const joined = await joinImport({
      reader,
      before,
      files,
      anew,
      choice: standingChoices(catalog, before, request.duplicates),
      signal,
    });
    if (joined.questions.length > 0) throw samePlaceError(joined.questions);
    progress(0.8);
    const after = joined.acquisitions;
    const gone = new Set(joined.copies.map(({ path }) => path));
    const taken = [...rows].filter(([path]) => !gone.has(path));
    const warnings: Remark[] = [...joined.changed.flatMap(warningsOf), ...incompleteRemark(products, rows)];
    if (maskFile && beside.length > 0) warnings.push(maskBesideRemark(maskFile.path, [...new Set(beside)]));
    const lonely = joined.changed.filter((one) => measuredPieces(one).length === 0).flatMap(pathsOf).map((path) => basename(path)); // biome-ignore format: one list
    if (lonely.length > 0) warnings.push({ code: "mask-alone", masks: lonely.length, some: lonely.slice(0, 3) });
    const planned = planModalities({
      before,
      after,
      changed: joined.changed,
      renamed: joined.renamed,
      modalities: catalog.modalities.list(),
      patchMeters,
      nativeMeters: await nativeMeters(
        reader,
        after.filter((one) => pathsOf(one).some((path) => rows.has(path))),
        geobox.crs,
      ),
      duplicateDates: request.duplicates === "replace" ? undefined : request.duplicates,
    });
    for (const { modality, group } of planned) {
      const waiting = waitingFor(modality, after, group);
      checkModality(modality, after);
      if (waiting.length > 0) warnings.push(awaitedRemark(modality, waiting));
    }
    // Only what is new is looked at: the hundredth tile of a series costs what the first did.
    const alone = joinFiles([], files).acquisitions;
    for (const [index, { modality }] of planned.entries()) {
      const fresh = alone.filter((one) => one.sensor === modality.sensor && suppliesBands(modality, one));
      if (modality.kind === "series" && modality.sensor === "sentinel-2" && fresh.length > 0) {
        const looked = { ...modality, duplicateDates: "keep" as const, acquisitions: fresh.map(({ id }) => id) };
        const doubt = offsetDoubt(modality.sensor, await reportDates(reader, looked, fresh, geobox, signal));
        if (doubt) warnings.push(doubt);
      }
      progress(0.8 + (0.2 * (index + 1)) / planned.length);
    }
    signal.throwIfAborted();
    if (taken.length > 0) {
      edit(deps, { key: "rasters.import", params: { count: taken.length } }, () => {
        for (const [, { info, crs: chosen }] of taken) catalog.rasters.add(info.path, headerOf(info), chosen);
        storeAcquisitions(
          catalog,
          before,
          joined,
          planned.map(({ modality }) => modality),
        );
      });
    }
    const named = new Set(taken.map(([path]) => path));
    return {
      rasters: taken.length,
      acquisitions: after.filter((one) => pathsOf(one).some((path) => named.has(path))),
      modalities: catalog.modalities.list(),
      warnings: distinctRemarks(warnings),
      unused: [...unused].sort((p, q) => (p.path < q.path ? -1 : 1)),
      unchanged: [...unchanged].sort(),
      copies: joined.copies,
    };
  } finally {
    await reader.close();
  }
}

/** The mask that was named beside an image: a part of the image's own product. */
function maskBeside(image: ImportedFile, mask: PlacedInfo, quality: ReturnType<typeof maskOf>): ImportedFile {
  const { radiometry, facts: ofImage } = image.file;
  const { resolutionMeters: _, ...facts } = ofImage;
  const evidence = [{ field: "mask", source: { code: "chosen" } }] as const;
  return { ...image, file: { path: mask.path, grid: mask.geobox, bands: [], quality, radiometry, facts, evidence } };
}

/** For a single file, or several with the same fault, that fault is the error. */
function nothingUsable(unused: readonly UnusedFile[]): AppError {
  const [only] = unused;
  if (only?.error.code && unused.every(({ error }) => error.code === only.error.code))
    return new AppError(only.error.code, only.error.details as never);
  const reasons = unused.slice(0, 12).map(({ error: { code, details, message } }) => ({ code, details, message }));
  return new AppError("import-nothing-usable", { count: unused.length, reasons });
}

/** Products of which something was imported and something is not there. */
function incompleteRemark(products: readonly Product[], imported: ReadonlyMap<string, unknown>): Remark[] {
  const lacking = products.filter(
    ({ missing, files }) => missing.length > 0 && files.some(({ path }) => imported.has(path)),
  );
  if (lacking.length === 0) return [];
  const bands = [...new Set(lacking.flatMap(({ missing }) => missing))];
  const some = lacking.slice(0, 3).map(({ name }) => name);
  return [{ code: "product-incomplete", products: lacking.length, some, bands }];
}

/** Places that are in the project and do not feed the input yet, since bands are missing. */
function awaitedRemark(modality: Modality, waiting: ReturnType<typeof waitingFor>): Remark<"bands-awaited"> {
  const dates = [...new Set(waiting.map(({ date }) => date))];
  return {
    code: "bands-awaited",
    images: waiting.length,
    dates: dates.length,
    some: dates.slice(0, 3),
    bands: [...new Set(waiting.flatMap(({ missing }) => missing))],
    modality: modality.name,
  };
}
