import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Catalog } from "../../catalog/index.ts";
import { type EmbeddingMaker, type FeatureGroup, readGroup } from "../../features/index.ts";

/** The project's own folder for embeddings of its patches. */
export const embeddingsFolder = "embeddings";

/** An embedding in the project's folder. */
export interface StoredEmbedding {
  readonly name: string;
  readonly folder: string;
  readonly group: FeatureGroup;
  readonly by: EmbeddingMaker;
}

/** The embeddings that lie in the project's folder, whole or not, by name. */
export function storedEmbeddings({ folder }: Catalog): StoredEmbedding[] {
  const area = join(folder, embeddingsFolder);
  const names = readdirOf(area).filter((name) => !name.startsWith("."));
  return names
    .flatMap((name) => {
      const own = join(area, name);
      const group = readGroup(own);
      const by = group?.made.by;
      return group && by ? [{ name: group.modality, folder: own, group, by }] : [];
    })
    .sort((p, q) => (p.name < q.name ? -1 : 1));
}

function readdirOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Deletes an embedding of the project; others are left alone. @returns was there one? */
export function removeLayer(catalog: Catalog, name: string): boolean {
  const found = storedEmbeddings(catalog).filter((layer) => layer.name === name);
  for (const { folder } of found) catalog.removeOwn(folder, [embeddingsFolder]);
  return found.length > 0;
}
