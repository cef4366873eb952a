import { AppError } from "../../../src-shared/errors/index.ts";
import type { Catalog, Legend, Split } from "../../catalog/index.ts";

/** Where the project keeps which legend it works with. */
const key = "labels.legend";

/**
 * A project draws, counts and learns with one legend at a time: the one that was chosen. Without a choice it is the one of
 * the last import, else one with labels, else the first.
 */
export function activeLegend(catalog: Catalog): Legend | undefined {
  const legends = catalog.legends.list();
  const chosen = catalog.view.get(key);
  const last = catalog.labels.imports().at(-1)?.legendId;
  return (
    legends.find(({ id }) => id === chosen) ??
    legends.find(({ id }) => id === last) ??
    legends.find(({ id }) => catalog.labels.countByClass(id).size > 0) ??
    legends[0]
  );
}

/** The split in force of the active legend. */
export function currentSplit(catalog: Catalog): Split | undefined {
  const legend = activeLegend(catalog);
  return legend && catalog.splits.current(legend.id);
}

export function activate(catalog: Catalog, id: number): void {
  catalog.view.put(key, id);
}

/** The legend of the request, else the active one. */
export function legendFor(catalog: Catalog, id: number | undefined): Legend {
  const legend = id === undefined ? activeLegend(catalog) : catalog.legends.list().find((one) => one.id === id);
  if (!legend) throw id === undefined ? new AppError("no-legend", {}) : new AppError("legend-missing", {});
  return legend;
}

/** The active legend, which has labels. */
export function labelledLegend(catalog: Catalog): Legend {
  const legend = activeLegend(catalog);
  if (!legend || catalog.labels.countByClass(legend.id).size === 0) {
    throw new AppError("no-labels", { folder: catalog.folder, tiles: catalog.tileLabels.imports().length > 0 });
  }
  return legend;
}
