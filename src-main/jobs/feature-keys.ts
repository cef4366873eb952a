import { createHash } from "node:crypto";
import type { EmbeddingFile, Imagery, Months, ProjectGrid } from "../../src-shared/domain/job.ts";
import { type Acquisition, type Modality, pathsOf } from "../../src-shared/eo/index.ts";
import type { Footprints, PatchSet, PatchWindow } from "../cube/index.ts";
import { type EmbeddingProduct, featureVersion } from "../features/index.ts";
import { fileName, holderState } from "../files/index.ts";
import { datesOf } from "./imagery.ts";
import { methodTileSide, monthsOf } from "./monthly-values.ts";

/** What the columns of a feature layer are: the months of all series together, with indices. */
export const monthsOfImagery = (imagery: Imagery): Months => ({
  ...monthsOf(
    imagery.modalities.filter(({ kind }) => kind === "series").flatMap((modality) => datesOf(imagery, modality)),
  ),
  indices: true,
});

/** The name of a group's folder, in the job's folder and in the project's. */
export const groupFolderName = (modality: string, key: string): string => `${fileName(modality)}-${key}`;

/** What says whether a file is another one by now, by its path. */
export type FileState = (path: string) => string;

/** The states of some files as they are now. */
export async function fileStates(paths: Iterable<string>): Promise<FileState> {
  const states = new Map<string, string>();
  await Promise.all(
    [...new Set(paths)].map(async (path) => {
      const found = await holderState(path).catch(() => undefined);
      states.set(path, found ? `${found.size}-${found.mtimeNs}` : "missing");
    }),
  );
  return (path) => states.get(path) ?? path;
}

/** The states of all files of an imagery. */
export const statesOfImagery = ({ acquisitions }: Imagery): Promise<FileState> =>
  fileStates(acquisitions.flatMap(pathsOf));

/** What is said of a file beside its numbers changes no value. */
const asides = new Set(["evidence", "facts", "decidedBy", "warnings", "name"]);

/** A short name of plain data in which files stand for their state; a path itself says nothing, so that a project may be moved. */
export function shortName(value: unknown, fileState: FileState = String): string {
  const text = JSON.stringify(value, (key, own: unknown) => {
    if (asides.has(key)) return undefined;
    return key === "path" && typeof own === "string" ? fileState(own) : own;
  });
  return createHash("sha256").update(text).digest("hex").slice(0, 20);
}

/** An input without its images. */
const inputOf = ({ name, acquisitions: _, duplicateDates, ...input }: Modality) => [name, duplicateDates, input];

/** The images of some inputs. */
function acquisitionsOf({ acquisitions }: Imagery, modalities: readonly Modality[]): readonly Acquisition[] {
  const wanted = new Set(modalities.flatMap((modality) => modality.acquisitions));
  return acquisitions.filter(({ id }) => wanted.has(id));
}

/**
 * Names everything that the values of one input in a feature layer follow from: the grid, the months, the input, its images, and the state of
 * every file. Another name, other values.
 */
export function featureKey(
  { geobox, patchMeters, limit }: ProjectGrid,
  imagery: Imagery,
  modality: Modality,
  months: Months,
  fileState: FileState,
): string {
  const { name, ...input } = modality;
  const what = [featureVersion, geobox, patchMeters, limit, months, methodTileSide(imagery.modalities), name, input];
  return shortName([what, acquisitionsOf(imagery, [modality])], fileState);
}

/** What the blocks of one input's values follow from beside their images. */
export const valuesBase = (
  { geobox: { crs }, patchMeters }: ProjectGrid,
  imagery: Imagery,
  modality: Modality,
  months: Months,
): string =>
  shortName([featureVersion, crs, patchMeters, months, methodTileSide(imagery.modalities), inputOf(modality)]);

/**
 * Names everything that a model's embeddings follow from: the model's weights, the grid, its inputs, their images, and the state of every file.
 * @param sha256 of the model's weights
 * @param imagery with the inputs that the model is given
 */
export const embeddingKey = (
  { geobox, patchMeters, limit }: ProjectGrid,
  imagery: Imagery,
  sha256: string,
  fileState: FileState,
): string =>
  shortName(
    [
      "embedding",
      featureVersion,
      sha256,
      geobox,
      patchMeters,
      limit,
      imagery.modalities.map(({ name, ...input }) => [name, input]),
      acquisitionsOf(imagery, imagery.modalities),
    ],
    fileState,
  );

/** All files of some tiles of embeddings. */
export const statedFiles = (files: readonly EmbeddingFile[]): string[] =>
  files.flatMap(({ path, scalesPath, gridPath }) => [path, scalesPath, gridPath].filter((one) => one !== null));

/**
 * Names what embeddings of files follow from: the grid and the states of the files.
 * @param states of all files, as they were when they were read
 */
export const filesKey = (
  { geobox, patchMeters, limit }: ProjectGrid,
  product: EmbeddingProduct,
  states: readonly string[],
): string => shortName(["files", featureVersion, product, geobox, patchMeters, limit, states]);

/** What the blocks of embeddings of files follow from beside their files. */
export const filesBase = ({ geobox: { crs }, patchMeters }: ProjectGrid, product: EmbeddingProduct): string =>
  shortName(["files", featureVersion, product, crs, patchMeters]);

/** What the blocks of a model's embeddings follow from beside their images. @param days how its dates are counted */
export const embeddingBase = (
  { geobox: { crs }, patchMeters }: ProjectGrid,
  modalities: readonly Modality[],
  sha256: string,
  days: unknown,
): string => shortName(["embedding", featureVersion, sha256, crs, patchMeters, modalities.map(inputOf), days]);

/**
 * Names the images that a block follows from: those that reach a patch of `around`, each with the state of its files, and which patches of the
 * block count. What changes elsewhere leaves the name as it is.
 * @returns the name of a block, from the block and the window of patches that are looked at for it
 */
export function blockNames(
  imagery: Imagery,
  modalities: readonly Modality[],
  footprints: Footprints,
  covered: PatchSet,
  fileState: FileState,
): (block: PatchWindow, around: PatchWindow) => string {
  const images = modalities.flatMap((modality) =>
    acquisitionsOf(imagery, [modality]).map((acquisition) => ({
      set: footprints.acquisition(modality.name, acquisition.id),
      name: shortName([modality.name, acquisition], fileState),
    })),
  );
  return (block, around) => {
    const { bands } = covered.inside(block);
    return shortName([bands, images.filter(({ set }) => set.touches(around)).map(({ name }) => name)]);
  };
}
