import { z } from "zod";
import {
  type Acquisition,
  bandNamesOf,
  evidenceOf,
  hasQuality,
  type MaskMeaning,
  type Modality,
  maskFileOf,
  pathsOf,
  qualityOfPiece,
  sclClasses,
} from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { ModalityCommands, ModalityCoverage, ModalityFacts } from "../../../src-shared/ipc/modalities.ts";
import type { Catalog } from "../../catalog/index.ts";
import { checkModality, modalityName, nativeMeters, proposeModalities } from "../../cube/index.ts";
import { cacheOf } from "../../files/index.ts";
import { rasterReader } from "../../imagery/index.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { footprintsOfProject } from "../projects/places.ts";
import { coverageOf } from "../rasters/coverage.ts";
import { Tasks } from "../tasks.ts";
import { validated } from "../validated.ts";
import { detailOf, proposedFields } from "./planned.ts";
import { problemsOf, resolutionsFor } from "./problems.ts";

const nameSchema = z
  .string()
  .trim()
  // It becomes part of the weights' names.
  .regex(/^[a-z][a-z0-9-]{0,39}$/, "small letters, digits and dashes, beginning with a letter");

const changeSchema = z.strictObject({
  name: z.string().min(1),
  change: z.strictObject({
    name: nameSchema.optional(),
    kind: z.enum(["image", "series"]).optional(),
    bands: z.array(z.string().min(1)).min(1).optional(),
    resolutionMeters: z.number().positive().optional(),
    resampling: z.enum(["nearest", "bilinear", "cubic", "average", "mode"]).optional(),
    duplicateDates: z.enum(["error", "best", "merge", "keep"]).optional(),
    clearClasses: z.array(z.int().min(0).max(65_535)).max(1000).optional(),
    acquisitions: z.array(z.string().min(1)).optional(),
  }),
});

/** Inputs of the network: which layers feed them, what was guessed, and what a person decided instead. */
export function modalityService(deps: Deps) {
  const { catalog, announce } = deps;
  const tasks = new Tasks(announce);
  const kept = cacheOf<ModalityCoverage>(64);

  const find = (name: string): Modality => {
    const all = catalog.modalities.list();
    const found = all.find((modality) => modality.name === name);
    if (!found) throw new AppError("modality-not-found", { name, available: all.map((modality) => modality.name) });
    return found;
  };

  /** Pixel sizes of what lies in its place; what is missing is not asked. */
  const native = async (acquisitions: readonly Acquisition[]) => {
    const missing = new Set(catalog.rasters.missing().map(({ path }) => path));
    const present = acquisitions.filter((acquisition) => !pathsOf(acquisition).some((path) => missing.has(path)));
    const reader = rasterReader();
    try {
      return await nativeMeters(reader, present, catalog.project.get().grid.geobox.crs);
    } finally {
      await reader.close();
    }
  };

  const proposals = async (acquisitions: readonly Acquisition[]) => {
    const { patchMeters } = catalog.project.get().grid;
    const sizes = await native(acquisitions);
    return { sizes, proposals: proposeModalities(acquisitions, { patchMeters, nativeMeters: sizes }) };
  };

  const stamp = (modality: Modality): string => {
    const ids = new Set(modality.acquisitions);
    const members = catalog.acquisitions.list().filter(({ id }) => ids.has(id));
    const bytes = new Map(catalog.rasters.list().map((raster) => [raster.path, `${raster.bytes} ${raster.state}`]));
    return JSON.stringify([
      modality.bands[0],
      modality.clearClasses,
      // Places are counted over all inputs.
      catalog.modalities.list().map((other) => other.acquisitions),
      members.map((member) => [
        member.id,
        member.shift,
        pathsOf(member).map((path) => [path, bytes.get(path)]),
        member.pieces.map(({ files }) =>
          files.map(({ quality, bands }) => [quality, bands.map(({ nodata }) => nodata)]),
        ),
      ]),
    ]);
  };

  return {
    "modalities.facts": validated("modalities.facts", z.strictObject({}), async (): Promise<ModalityFacts[]> => {
      const acquisitions = catalog.acquisitions.list();
      const modalities = catalog.modalities.list();
      if (modalities.length === 0) return [];
      const { patchMeters } = catalog.project.get().grid;
      const { sizes, proposals: proposed } = await proposals(acquisitions);
      const missing = new Set(catalog.rasters.missing().map(({ path }) => path));
      const models = catalog.models.list();
      return modalities.map((modality) => {
        const ids = new Set(modality.acquisitions);
        const members = acquisitions.filter(({ id }) => ids.has(id));
        const groups = new Set(members.map(modalityName));
        const candidates = acquisitions.filter(
          (acquisition) =>
            acquisition.sensor === modality.sensor &&
            (groups.size === 0 || groups.has(modalityName(acquisition)) || ids.has(acquisition.id)),
        );
        const sizesHere = [...groups].flatMap((group) => sizes[group] ?? []);
        const nativeSize = sizesHere.length > 0 ? Math.min(...sizesHere) : null;
        const proposal = proposed.find(({ name }) => groups.has(name));
        const files = new Set(members.flatMap(pathsOf));
        const using = models.filter((model) => model.modalities.includes(modality.name)).map(({ name }) => name);
        return {
          modality,
          candidates: candidates.map((candidate) => ({
            acquisition: candidate.id,
            date: candidate.date,
            time: candidate.time ?? null,
            detail: detailOf(candidate),
            bands: bandNamesOf(candidate),
            pieces: candidate.pieces.length,
            hasMask: hasQuality(candidate),
            member: ids.has(candidate.id),
          })),
          bands: [...new Set(candidates.flatMap(bandNamesOf))],
          resolutions: resolutionsFor(patchMeters, nativeSize),
          nativeMeters: nativeSize,
          proposed: proposal
            ? proposedFields.filter((field) => JSON.stringify(proposal[field]) === JSON.stringify(modality[field]))
            : [],
          evidence: members.slice(0, 1).flatMap(evidenceOf),
          maskClasses: members.some(({ pieces }) => pieces.some(qualityOfPiece))
            ? sclClasses.map((_, code) => code)
            : [],
          masks: masksOf(members),
          problems: problemsOf(modality, acquisitions, {
            patchMeters,
            nativeMeters: nativeSize,
            missingFiles: [...files].filter((path) => missing.has(path)).length,
          }),
          models: using,
        };
      });
    }),

    "modalities.coverage": validated(
      "modalities.coverage",
      z.strictObject({ name: z.string().min(1) }),
      async ({ name }): Promise<ModalityCoverage> => {
        const modality = find(name);
        const key = stamp(modality);
        const known = kept.get(key);
        if (known) return { ...known, name };
        const missing = new Set(catalog.rasters.missing().map(({ path }) => path));
        const acquisitions = catalog.acquisitions.list();
        const readable = new Set(
          acquisitions
            .filter(
              (one) => bandNamesOf(one).includes(modality.bands[0]!) && !pathsOf(one).some((path) => missing.has(path)),
            )
            .map(({ id }) => id),
        );
        const part = { ...modality, acquisitions: modality.acquisitions.filter((id) => readable.has(id)) };
        const reader = rasterReader();
        try {
          const { geobox: area, patchMeters } = catalog.project.get().grid;
          const grid = { crs: area.crs, patchMeters };
          const footprints = await footprintsOfProject(catalog);
          const coverage = await tasks.run(`coverage ${name}`, (signal, progress) =>
            coverageOf(reader, { modality: part, acquisitions, area, grid, footprints }, signal, progress),
          );
          kept.set(key, coverage);
          return coverage;
        } finally {
          await reader.close();
        }
      },
    ),

    "modalities.change": validated("modalities.change", changeSchema, ({ name, change }) => {
      const before = find(name);
      const { patchMeters } = catalog.project.get().grid;
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const wanted = { ...before, ...(given as Partial<Modality>) };
      const pixels = patchMeters / wanted.resolutionMeters;
      if (Math.abs(pixels - Math.round(pixels)) > 1e-6 || pixels < 1 - 1e-6)
        throw new AppError("modality-resolution", { name, resolution: wanted.resolutionMeters, patch: patchMeters });
      const acquisitions = catalog.acquisitions.list();
      const order = new Map(acquisitions.map(({ id }, index) => [id, index]));
      const known = wanted.acquisitions.filter((id) => order.has(id));
      if (known.length === 0) throw new AppError("modality-without-members", { name });
      const after: Modality = {
        ...wanted,
        patchPixels: Math.round(pixels),
        acquisitions: [...new Set(known)].sort((p, q) => order.get(p)! - order.get(q)!),
      };
      const taken = catalog.modalities.list().some((other) => other.name === after.name && other.name !== before.name);
      if (taken) throw new AppError("modality-exists", { name: after.name });
      // A choice of bands that some dates lack would stop every training: it is refused with the dates' names.
      if (change.bands !== undefined) checkModality({ ...after, duplicateDates: "keep" }, acquisitions);
      edit(deps, { key: "modalities.change", params: { name: after.name } }, () => {
        if (after.name !== before.name) catalog.modalities.rename(before.name, after.name);
        catalog.modalities.put(after);
        if (change.clearClasses !== undefined) {
          const members = new Set(after.acquisitions);
          for (const acquisition of acquisitions)
            if (members.has(acquisition.id)) putClear(catalog, acquisition, change.clearClasses);
        }
      });
    }),

    "modalities.remove": validated("modalities.remove", z.strictObject({ name: z.string().min(1) }), ({ name }) => {
      find(name);
      edit(deps, { key: "modalities.remove", params: { name } }, () => catalog.modalities.remove(name));
    }),

    "modalities.propose": validated(
      "modalities.propose",
      z.strictObject({ name: z.string().min(1).optional() }),
      async ({ name }) => {
        const acquisitions = catalog.acquisitions.list();
        const { proposals: proposed } = await proposals(acquisitions);
        if (name === undefined) {
          edit(deps, { key: "modalities.propose" }, () => {
            const duplicates = new Map(
              catalog.modalities.list().map((modality) => [modality.name, modality.duplicateDates]),
            );
            for (const modality of catalog.modalities.list()) catalog.modalities.remove(modality.name);
            for (const proposal of proposed)
              catalog.modalities.put({ ...proposal, duplicateDates: duplicates.get(proposal.name) ?? "error" });
          });
          return;
        }
        const before = find(name);
        const groups = new Set(acquisitions.filter(({ id }) => before.acquisitions.includes(id)).map(modalityName));
        const proposal = proposed.find((candidate) => groups.has(candidate.name) || candidate.name === name);
        if (!proposal) return;
        edit(deps, { key: "modalities.propose" }, () =>
          catalog.modalities.put({ ...proposal, name, duplicateDates: before.duplicateDates }),
        );
      },
    ),
  } satisfies ModalityCommands;
}

/** Masks of classes of their own carry their clear values: those that a person chooses for the input replace them. */
function putClear(catalog: Catalog, acquisition: Acquisition, clear: readonly number[]): void {
  const has = acquisition.pieces.some(({ files }) => files.some(({ quality }) => quality?.kind === "classes"));
  if (!has) return;
  catalog.acquisitions.put({
    ...acquisition,
    pieces: acquisition.pieces.map(({ files }) => ({
      files: files.map((file) =>
        file.quality?.kind === "classes" ? { ...file, quality: { ...file.quality, clear: [...clear] } } : file,
      ),
    })),
  });
}

/** How the masks of acquisitions are read, each meaning once. */
function masksOf(acquisitions: readonly Acquisition[]): MaskMeaning[] {
  const found = new Map<string, MaskMeaning>();
  for (const { pieces } of acquisitions)
    for (const piece of pieces) {
      const file = maskFileOf(piece);
      if (!file) continue;
      const { bandIndex: _, chosen: __, ...meaning } = file.quality;
      found.set(JSON.stringify(meaning), meaning);
    }
  return [...found.values()];
}
