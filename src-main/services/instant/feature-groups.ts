import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Imagery, Months } from "../../../src-shared/domain/job.ts";
import type { Catalog } from "../../catalog/index.ts";
import { blockBytes, type FeatureGroup, FeatureLayer, readGroup, storedError } from "../../features/index.ts";
import { featureKey, groupFolderName, monthsOfImagery, statesOfImagery } from "../../jobs/feature-keys.ts";

/** The project's own folder for the values of its patches. */
export const featuresFolder = "features";

/** One input's values as they have to be for the images that the project has now. */
export interface WantedGroup {
  readonly modality: string;
  readonly key: string;
  readonly folder: string;
  /** `undefined` until they are computed */
  readonly group: FeatureGroup | undefined;
}

export interface WantedGroups {
  readonly months: Months;
  readonly groups: readonly WantedGroup[];
}

/** What the values of a project's patches have to follow from now, and which of them are there. */
export async function wantedGroups(catalog: Catalog, imagery: Imagery): Promise<WantedGroups> {
  const { grid } = catalog.project.get();
  const months = monthsOfImagery(imagery);
  const states = await statesOfImagery(imagery);
  const groups = imagery.modalities.map((modality): WantedGroup => {
    const key = featureKey(grid, imagery, modality, months, states);
    const folder = join(catalog.folder, featuresFolder, groupFolderName(modality.name, key));
    const group = readGroup(folder);
    return { modality: modality.name, key, folder, group: group?.key === key ? group : undefined };
  });
  return { months, groups };
}

/** Whether the values of all groups are there, byte by byte. */
export function areWhole(groups: readonly Pick<WantedGroup, "folder" | "group">[]): boolean {
  if (groups.length === 0 || groups.some(({ group }) => !group)) return false;
  const layer = FeatureLayer.open(groups.map(({ folder }) => folder));
  layer?.close();
  return layer !== undefined;
}

/** The folder of an input's values as they were before, of which blocks may stay as they are; `null` where there is none. */
export function earlierFolder({ folder }: Catalog, modality: string): string | null {
  const area = join(folder, featuresFolder);
  const prefix = groupFolderName(modality, "");
  const names = existsSync(area) ? readdirSync(area) : [];
  const found = names.find((name) => name.startsWith(prefix) && readGroup(join(area, name))?.modality === modality);
  return found === undefined ? null : join(area, found);
}

/** What is told of values that are there. */
export function factsOf(groups: readonly WantedGroup[]) {
  const there = groups.flatMap(({ group }) => group ?? []);
  return {
    columns: there.reduce((sum, { columns }) => sum + columns.length, 0),
    bytes: there.reduce((sum, group) => sum + group.blocks.length * blockBytes(group), 0),
    error: there.reduce((most, group) => Math.max(most, storedError(group)), 0),
    madeAt:
      there
        .map(({ made }) => made.at)
        .sort()
        .at(-1) ?? null,
  };
}
