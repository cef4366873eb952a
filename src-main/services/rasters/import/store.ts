// Writes what an import or a removal makes of the acquisitions: names first, then pieces, then the network's inputs.
import { type Acquisition, type Modality, pathsOf } from "../../../../src-shared/eo/index.ts";
import type { Catalog } from "../../../catalog/index.ts";
import type { Joined } from "../../../cube/index.ts";

/**
 * Brings acquisitions and modalities to what `joined` says. Files that no acquisition reads any more are taken out of the
 * project when one did before. To be called inside one step of the history.
 */
export function storeAcquisitions(
  catalog: Catalog,
  before: readonly Acquisition[],
  joined: Pick<Joined, "acquisitions" | "changed" | "renamed" | "gone">,
  modalities: readonly Modality[],
): void {
  rename(catalog, before, joined.renamed);
  for (const id of joined.gone) {
    catalog.acquisitions.remove(id);
    if (catalog.layers.list().some((layer) => layer.id === `acquisition:${id}`))
      catalog.layers.remove(`acquisition:${id}`);
  }
  for (const acquisition of joined.changed) catalog.acquisitions.put(acquisition);
  const used = new Set(joined.acquisitions.flatMap(pathsOf));
  for (const path of new Set(before.flatMap(pathsOf))) {
    const raster = used.has(path) ? undefined : catalog.rasters.find(path);
    if (raster) catalog.rasters.remove(raster.id);
  }
  for (const modality of modalities) {
    if (modality.acquisitions.length > 0) catalog.modalities.put(modality);
    else if (catalog.modalities.list().some(({ name }) => name === modality.name))
      catalog.modalities.remove(modality.name);
  }
  // An input that nothing feeds any more is none.
  for (const { name, acquisitions } of catalog.modalities.list())
    if (acquisitions.length === 0) catalog.modalities.remove(name);
}

/** Names may be exchanged between acquisitions, so that each passes through a name that nobody has. */
function rename(catalog: Catalog, before: readonly Acquisition[], renamed: ReadonlyMap<string, string>): void {
  const taken = new Set<string>();
  const steps: { readonly between: string; readonly to: string }[] = [];
  for (const [from, to] of renamed) {
    // Of several that became one the first gives its name and its place; the others are no more.
    if (taken.has(to) || before.some(({ id }) => id === to && !renamed.has(id))) {
      catalog.acquisitions.remove(from);
      continue;
    }
    taken.add(to);
    const between = `~${from}`;
    catalog.acquisitions.changeId(from, between);
    steps.push({ between, to });
  }
  for (const { between, to } of steps) catalog.acquisitions.changeId(between, to);
}
