import type { OpenedProject } from "../../../src-shared/ipc/app.ts";
import type { Catalog } from "../../catalog/index.ts";
import { crsName, definitionOf, lonLatBounds } from "../../raster/index.ts";

/** What a window has to know of its project before it draws the first map. */
export function describeOpened(catalog: Catalog): OpenedProject {
  const { name, grid } = catalog.project.get();
  const { crs } = grid.geobox;
  return {
    folder: catalog.folder,
    name,
    grid,
    proj: definitionOf(crs),
    crsName: crsName(crs),
    lonLat: lonLatBounds(grid.geobox) ?? null,
    readOnly: catalog.readOnly,
  };
}
