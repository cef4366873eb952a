// How the numbers of images that are in the project are read: chosen by a person, or repaired as their pixels ask for.
import { basename } from "node:path";
import { z } from "zod";
import {
  type Acquisition,
  type AcquisitionFile,
  type AcquisitionPiece,
  bandNamesOf,
  gridsOfPiece,
  measuredPieces,
  pathsOf,
  type Remark,
} from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type {
  ImageSelection,
  MaskGiven,
  RadiometryCommands,
  Repair,
  RepairKind,
} from "../../../src-shared/ipc/radiometry.ts";
import {
  checkModality,
  type GivenMask,
  type GivenRadiometry,
  maskOf,
  maskTouches,
  repairOf,
  storedOffset,
  withGivenRadiometry,
} from "../../cube/index.ts";
import { rasterReader } from "../../imagery/index.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { filePath } from "../path-gate.ts";
import { validated } from "../validated.ts";
import { headerOf, type PlacedInfo, readWhole } from "./info.ts";

const finite = z.number().refine(Number.isFinite, "a number");
export const givenRadiometry = z.strictObject({
  scale: finite.refine((value) => value !== 0, "a scale of 0 makes everything the same").optional(),
  offset: finite.optional(),
  unit: z.enum(["reflectance", "db", "linear", "amplitude", "brightness", "unknown"]).optional(),
  nodata: finite.nullable().optional(),
});
const maskValue = z.int().min(-32_768).max(4_294_967_295);
export const givenMask = z.strictObject({
  file: filePath.optional(),
  band: z.string().min(1).max(60).optional(),
  clear: z.array(maskValue).min(1).max(1000).optional(),
  bits: z.array(z.int().min(0).max(31)).min(1).max(32).optional(),
});
const repairKinds = [
  "offset-still-in",
  "offset-taken-twice",
  "not-divided",
  "decibels-not-linear",
  "linear-not-decibels",
] as const satisfies readonly RepairKind[];
const selection = {
  acquisitions: z.array(z.string().min(1)).max(10_000).optional(),
  sensor: z.enum(["sentinel-2", "sentinel-1", "landsat", "aerial", "other"]).optional(),
  modality: z.string().min(1).optional(),
  dates: z.array(z.iso.date()).max(10_000).optional(),
};

export function radiometryService(deps: Deps): RadiometryCommands {
  const { catalog } = deps;

  const repairsOf = async (name?: string): Promise<Repair[]> => {
    const acquisitions = catalog.acquisitions.list();
    const missing = new Set(catalog.rasters.missing().map(({ path }) => path));
    const readable = acquisitions.filter((one) => !pathsOf(one).some((path) => missing.has(path)));
    const ids = new Set(readable.map(({ id }) => id));
    const reader = rasterReader();
    try {
      const found: Repair[] = [];
      for (const modality of catalog.modalities.list()) {
        if (name !== undefined && modality.name !== name) continue;
        const part = { ...modality, acquisitions: modality.acquisitions.filter((id) => ids.has(id)) };
        const repair = part.acquisitions.length > 0 ? await repairOf(reader, part, readable) : undefined;
        if (repair) found.push(repair);
      }
      return found;
    } finally {
      await reader.close();
    }
  };

  return {
    "radiometry.set": validated(
      "radiometry.set",
      z.strictObject({ ...selection, radiometry: givenRadiometry.optional(), mask: givenMask.nullable().optional() }),
      async ({ radiometry, mask, ...which }) => {
        const acquisitions = chosen(deps, which);
        const given = mask ? maskMeaning(mask) : undefined;
        if (mask && mask.file === undefined && mask.band === undefined && !acquisitions.some(hasOwnMask))
          throw new AppError("mask-nothing-to-read", undefined);
        const file = mask?.file === undefined ? undefined : await readWhole(mask.file, undefined);
        const known = catalog.acquisitions.list();
        const chosenAs = nextChosen(known);
        const isReached = (piece: AcquisitionPiece) =>
          !file || (gridsOfPiece(piece)?.some((grid) => maskTouches(file.geobox, grid)) ?? true);
        const measured = acquisitions.flatMap(measuredPieces);
        const beside = measured.filter((piece) => !isReached(piece));
        if (file && beside.length === measured.length) throw new AppError("mask-beside-images", { mask: file.path });
        const after = acquisitions.map((acquisition) => {
          const meant = changeFiles(acquisition, (one) =>
            radiometry && one.bands.length > 0 ? withGivenRadiometry(one, radiometry) : one,
          );
          if (mask === undefined) return meant;
          if (mask === null || !given) return withoutMasks(meant);
          if (mask.file === undefined && mask.band === undefined) return withMeaning(meant, given);
          const own = { ...given, chosen: chosenAs };
          return file
            ? withMaskFile(meant, file, maskOf(bandOfFile(file, mask.band), own), isReached)
            : withOwnBand(withoutMasks(meant), mask.band!, own);
        });
        const replaced = new Map(after.map((one) => [one.id, one]));
        for (const modality of catalog.modalities.list()) {
          checkModality({ ...modality, duplicateDates: "keep" }, known.map((one) => replaced.get(one.id) ?? one)); // biome-ignore format: one call
        }
        edit(deps, { key: "radiometry.set", params: { count: after.length } }, () => {
          if (file) catalog.rasters.add(file.path, headerOf(file), null);
          for (const acquisition of after) catalog.acquisitions.put(acquisition);
        });
        const doubts = await repairsOf(which.modality);
        const paths = beside.map(({ files }) => files.find(({ bands }) => bands.length > 0)!.path);
        const unreached = file && paths.length > 0 ? [maskBesideRemark(file.path, [...new Set(paths)])] : [];
        return { acquisitions: after.length, warnings: [...unreached, ...doubts.map(repairRemark)] };
      },
    ),

    "radiometry.repairs": validated(
      "radiometry.repairs",
      z.strictObject({ modality: selection.modality }),
      ({ modality }) => repairsOf(modality),
    ),

    "radiometry.repair": validated(
      "radiometry.repair",
      z.strictObject({ modality: z.string().min(1), kind: z.enum(repairKinds) }),
      async ({ modality, kind }) => {
        const repair = (await repairsOf(modality)).find((found) => found.kind === kind);
        if (!repair) throw new AppError("repair-not-needed", { modality });
        const ids = new Set(repair.acquisitions);
        edit(deps, { key: "radiometry.repair", params: { name: modality } }, () => {
          for (const acquisition of catalog.acquisitions.list())
            if (ids.has(acquisition.id))
              catalog.acquisitions.put(
                changeFiles(acquisition, (file) =>
                  file.bands.length > 0 ? withGivenRadiometry(file, changeOf(kind, file)) : file,
                ),
              );
        });
        return repair;
      },
    ),
  };
}

/** A repair as a remark, without the list of its images. */
export const repairRemark = ({ acquisitions: _, ...repair }: Repair): Remark<"repair"> => ({
  code: "repair",
  ...repair,
});

function changeOf(kind: RepairKind, { radiometry, bands }: AcquisitionFile): GivenRadiometry {
  const { scale, offset } = bands[0] ?? radiometry;
  switch (kind) {
    case "offset-still-in":
      return { offset: round(offset - storedOffset(scale)) };
    case "offset-taken-twice":
      return { offset: round(offset + storedOffset(scale)) };
    case "not-divided":
      return { scale: scale * 1e-4, offset: round(offset * 1e-4) };
    case "decibels-not-linear":
      return { unit: "db" };
    case "linear-not-decibels":
      return { unit: "linear" };
  }
}

const round = (value: number): number => Number(value.toPrecision(12)) || 0;

function chosen({ catalog }: Pick<Deps, "catalog">, which: ImageSelection): Acquisition[] {
  const { acquisitions: ids, sensor, modality, dates } = which;
  const members =
    modality === undefined ? undefined : catalog.modalities.list().find(({ name }) => name === modality)?.acquisitions;
  const found = catalog.acquisitions
    .list()
    .filter(({ id }) => ids === undefined || ids.includes(id))
    .filter((one) => sensor === undefined || one.sensor === sensor)
    .filter(({ date }) => dates === undefined || dates.includes(date))
    .filter(({ id }) => modality === undefined || (members?.includes(id) ?? false));
  if (found.length === 0) throw new AppError("radiometry-nothing-matches", undefined);
  return found;
}

/** The acquisition with another of each of its files. */
export const changeFiles = (
  acquisition: Acquisition,
  change: (file: AcquisitionFile) => AcquisitionFile,
): Acquisition => ({
  ...acquisition,
  pieces: acquisition.pieces.map((piece) => ({ files: piece.files.map(change) })),
});

/** True when its mask has clear values of its own; those of a scene classification are set per input. */
const hasOwnMask = ({ pieces }: Acquisition): boolean =>
  pieces.some(({ files }) => files.some(({ quality }) => quality !== undefined && quality.kind !== "scl"));

/** Masks of classes or bits stay where they are and are read in another way. */
const withMeaning = (acquisition: Acquisition, given: GivenMask): Acquisition =>
  changeFiles(acquisition, (file) =>
    file.quality && file.quality.kind !== "scl"
      ? { ...file, quality: maskOf(file.quality.bandIndex, { ...given, chosen: file.quality.chosen }) }
      : file,
  );

/** Files that are nothing but a mask leave their pieces; an acquisition of masks alone stays as it is. */
function withoutMasks(acquisition: Acquisition): Acquisition {
  if (measuredPieces(acquisition).length === 0) return acquisition;
  return {
    ...acquisition,
    pieces: acquisition.pieces.map(unmasked).filter(({ files }) => files.length > 0),
  };
}

const unmasked = ({ files }: AcquisitionPiece): AcquisitionPiece => ({
  files: files.filter(({ bands }) => bands.length > 0).map(({ quality: _, ...file }) => file),
});

/** The number of the next mask that a person chooses: it is read instead of all before it. */
export const nextChosen = (before: readonly Acquisition[]): number =>
  before.reduce(
    (most, { pieces }) =>
      pieces.reduce((own, { files }) => Math.max(own, ...files.map(({ quality }) => quality?.chosen ?? 0)), most),
    0,
  ) + 1;

/** Images that a chosen mask does not reach. */
export const maskBesideRemark = (mask: string, images: readonly string[]): Remark<"mask-beside"> => ({
  code: "mask-beside",
  mask: basename(mask),
  images: images.length,
  some: images.slice(0, 3).map((path) => basename(path)),
});

/** The meaning of a mask as a person gives it. @throws AppError "mask-without-clear" */
export function maskMeaning({ file, band, clear, bits }: MaskGiven): GivenMask {
  if (bits) return { kind: "bits", bits };
  if (clear) return { kind: "classes", clear };
  if (file === undefined && band?.toUpperCase() === "SCL") return { kind: "scl" };
  throw new AppError("mask-without-clear", { mask: file ?? band ?? "" });
}

export function bandOfFile({ path, bands }: PlacedInfo, wanted: string | undefined): number {
  if (wanted === undefined) return 1;
  const number = Number(wanted);
  if (Number.isInteger(number) && number >= 1 && number <= bands.length) return number;
  const found = bands.findIndex(({ name }) => name?.toLowerCase() === wanted.toLowerCase()) + 1;
  if (found > 0) return found;
  throw new AppError("mask-band-missing", { path, band: wanted, bands: bands.map(({ name }, n) => name ?? String(n + 1)) }); // biome-ignore format: one call
}

/** The pieces that the mask reaches have it instead of their own. */
function withMaskFile(
  acquisition: Acquisition,
  mask: PlacedInfo,
  quality: ReturnType<typeof maskOf>,
  isReached: (piece: AcquisitionPiece) => boolean,
): Acquisition {
  return {
    ...acquisition,
    pieces: acquisition.pieces.map((piece) => {
      const { files } = unmasked(piece);
      const [first] = files;
      if (!first || !isReached(piece)) return piece;
      const { radiometry, facts } = first;
      const file: AcquisitionFile = {
        path: mask.path,
        grid: mask.geobox,
        bands: [],
        quality,
        radiometry,
        facts,
        evidence: [{ field: "mask", source: { code: "chosen" } }],
      };
      return { files: [...files, file] };
    }),
  };
}

/** A band that the images have under that name, or number, in the first file of each piece. */
function withOwnBand(acquisition: Acquisition, wanted: string, given: GivenMask): Acquisition {
  const number = Number(wanted);
  return {
    ...acquisition,
    pieces: acquisition.pieces.map(({ files }) => {
      const home = files.find(({ bands }) => bands.some(({ name }) => name.toLowerCase() === wanted.toLowerCase()));
      const band = home?.bands.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
      const [file, index] = home && band ? [home, band.bandIndex] : [files[0], Number.isInteger(number) ? number : 0];
      if (!file || index < 1) {
        const { path } = files[0]!;
        throw new AppError("mask-band-missing", { path, band: wanted, bands: bandNamesOf(acquisition) });
      }
      return {
        files: files.map((one) =>
          one === file
            ? { ...one, bands: one.bands.filter((own) => own.bandIndex !== index), quality: maskOf(index, given) }
            : one,
        ),
      };
    }),
  };
}
