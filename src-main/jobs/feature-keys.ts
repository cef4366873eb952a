import { createHash } from "node:crypto";
import type { Imagery, Months, ProjectGrid } from "../../src-shared/domain/job.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { featureVersion } from "../features/index.ts";
import { fileName } from "../files/index.ts";
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

/** What is said of a file beside its numbers changes no value. */
const asides = new Set(["evidence", "facts", "decidedBy", "warnings", "name"]);

/**
 * Names everything that the values of one input in a feature layer follow from: the grid, the months, the input, its images, and the state of
 * every file. Another name, other values.
 * @param fileState by path; the path itself says nothing, so that a project may be moved
 */
export function featureKey(
  { geobox, patchMeters, limit }: ProjectGrid,
  imagery: Imagery,
  modality: Modality,
  months: Months,
  fileState: (path: string) => string,
): string {
  const wanted = new Set(modality.acquisitions);
  const acquisitions = imagery.acquisitions.filter(({ id }) => wanted.has(id));
  const { name, ...input } = modality;
  const what = [featureVersion, geobox, patchMeters, limit, months, methodTileSide(imagery.modalities), name, input];
  const text = JSON.stringify([what, acquisitions], (key, value: unknown) => {
    if (asides.has(key)) return undefined;
    return key === "path" && typeof value === "string" ? fileState(value) : value;
  });
  return createHash("sha256").update(text).digest("hex").slice(0, 20);
}
