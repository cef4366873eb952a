// Files a person added become rows of the project: all of them in one step that can be undone, or none.

import type { Acquisition, DuplicateDates, Modality, SensorId } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import type { ImageChoice, ImportedImages } from "../../src-shared/ipc/rasters.ts";
import {
  checkModality,
  type FileChoice,
  factsOf,
  type ImportOptions,
  importFiles,
  nativeMeters,
  type Reader,
  rasterReader,
  reportDates,
  settleSeries,
} from "../cube/index.ts";
import type { Deps } from "./deps.ts";
import { edit } from "./edits.ts";
import { incompleteMembers, joined, planModalities } from "./planned-modalities.ts";
import { headerOf, imageFiles, knownCrs, type PlacedInfo, readWhole } from "./raster-info.ts";

export interface ImportRequest {
  readonly paths: readonly string[];
  readonly choices?: readonly ImageChoice[] | undefined;
  readonly sensor?: SensorId | undefined;
  readonly date?: string | undefined;
  readonly bands?: readonly string[] | undefined;
  readonly crs?: string | undefined;
  readonly duplicateDates?: DuplicateDates | undefined;
  readonly incomplete?: "error" | "leave-out" | undefined;
  readonly skip?: boolean | undefined;
}

/** The files of a request with what was decided about each. */
export function fileChoices(
  request: Pick<ImportRequest, "paths" | "choices" | "sensor" | "date" | "bands">,
): FileChoice[] {
  const { sensor, date, bands } = request;
  const own = new Map((request.choices ?? []).map((choice) => [imageFiles([choice.path])[0]!, choice]));
  const paths = [...new Set([...(request.paths.length ? imageFiles(request.paths) : []), ...own.keys()])].sort();
  return paths.map((path) => {
    const choice = own.get(path);
    const crs = choice?.crs === undefined ? undefined : knownCrs(choice.crs);
    const taken = {
      sensor: choice?.sensor ?? sensor,
      date: choice?.date ?? date,
      bands: choice?.bands ?? bands,
      crs,
    };
    const given = Object.fromEntries(Object.entries(taken).filter(([, value]) => value !== undefined));
    return { path, ...given };
  });
}

/**
 * Reads the headers, joins the files to acquisitions and brings the modalities up to date. Every date of an optical series
 * is looked at on a coarse grid, since a wrong offset shows only in the pixels.
 */
export async function importImages(
  deps: Pick<Deps, "catalog" | "announce">,
  request: ImportRequest,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<ImportedImages> {
  const { catalog } = deps;
  const all = fileChoices(request);
  if (all.length === 0) throw new AppError("no-images-found", { paths: request.paths });
  const crs = request.crs === undefined ? undefined : knownCrs(request.crs);
  const { geobox, patchMeters } = catalog.project.get().grid;
  const reader = rasterReader();
  try {
    const area = { crs: geobox.crs, bounds: boundsOf(geobox) };
    const placing = { area, signal, ...(crs === undefined ? {} : { crs }) };
    const { choices, skipped } = request.skip ? await usable(reader, all, placing) : { choices: all, skipped: [] };
    if (choices.length === 0) throw skipped[0];
    const found = await importFiles(reader, choices, {
      ...placing,
      progress: (done, total) => progress((done / total) * 0.6),
    });
    const files: { info: PlacedInfo; crs: string | null }[] = [];
    for (const choice of choices) {
      signal.throwIfAborted();
      const chosen = (await factsOf(reader, choice, crs)).crs;
      files.push({ info: await readWhole(choice.path, chosen), crs: chosen ?? null });
      progress(0.6 + (0.2 * files.length) / choices.length);
    }
    const before = catalog.acquisitions.list();
    const known = new Map(before.map((acquisition) => [acquisition.id, acquisition]));
    for (const acquisition of found) known.set(acquisition.id, joined(known.get(acquisition.id), acquisition));
    const after = [...known.values()];
    const warnings = new Set(found.flatMap(({ radiometry }) => radiometry.warnings));
    const planned = planModalities({
      before,
      after,
      found,
      modalities: catalog.modalities.list(),
      patchMeters,
      nativeMeters: await nativeMeters(reader, after, geobox.crs),
      duplicateDates: request.duplicateDates,
    });
    const modalities: Modality[] = [];
    for (const [index, { modality: plan }] of planned.entries()) {
      const modality = request.incomplete === "leave-out" ? withoutIncomplete(plan, after) : plan;
      checkModality(modality, after);
      const looks =
        modality.kind === "series" && (modality.sensor === "sentinel-2" || modality.duplicateDates === "best");
      const reports = looks ? await reportDates(reader, modality, after, geobox, signal) : [];
      const settled = settleSeries(modality, after, reports);
      if (settled.warning) warnings.add(settled.warning);
      modalities.push(settled.modality);
      progress(0.8 + (0.2 * (index + 1)) / planned.length);
    }
    signal.throwIfAborted();
    edit(deps, { key: "rasters.import", params: { count: files.length } }, () => {
      for (const { info, crs: chosen } of files) catalog.rasters.add(info.path, headerOf(info), chosen);
      for (const { id } of found) catalog.acquisitions.put(known.get(id)!);
      for (const modality of modalities) catalog.modalities.put(modality);
    });
    const messages = [...skipped.map(({ message }) => `Left out: ${message}`), ...warnings];
    return { rasters: files.length, acquisitions: found, modalities: catalog.modalities.list(), warnings: messages };
  } finally {
    await reader.close();
  }
}

function withoutIncomplete(modality: Modality, acquisitions: readonly Acquisition[]): Modality {
  const left = new Set(incompleteMembers(modality, acquisitions).map(({ id }) => id));
  return { ...modality, acquisitions: modality.acquisitions.filter((id) => !left.has(id)) };
}

/** Which files can be imported by themselves, and why the others cannot. */
async function usable(
  reader: Reader,
  all: readonly FileChoice[],
  options: ImportOptions,
): Promise<{ readonly choices: readonly FileChoice[]; readonly skipped: readonly AppError[] }> {
  const choices: FileChoice[] = [];
  const skipped: AppError[] = [];
  for (const choice of all) {
    try {
      await importFiles(reader, [choice], options);
      await readWhole(choice.path, (await factsOf(reader, choice, options.crs)).crs);
      choices.push(choice);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      skipped.push(error);
    }
  }
  return { choices, skipped };
}
