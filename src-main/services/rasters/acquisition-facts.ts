// The acquisitions of a project as people see them: mosaics of so many pieces, with what of them is in its place.
import { bandNamesOf, measuredPieces, pathsOf, qualityOfPiece } from "../../../src-shared/eo/index.ts";
import type { AcquisitionFacts } from "../../../src-shared/ipc/rasters.ts";
import type { Catalog } from "../../catalog/index.ts";
import { detailOf } from "../modalities/planned.ts";

/** In order of time. */
export function acquisitionFacts(catalog: Catalog): AcquisitionFacts[] {
  const states = new Map(catalog.rasters.list().map(({ path, state }) => [path, state]));
  const stateOf = (path: string) => states.get(path) ?? "missing";
  const feeds = new Map<string, string[]>();
  for (const { name, acquisitions } of catalog.modalities.list())
    for (const id of acquisitions) feeds.set(id, [...(feeds.get(id) ?? []), name]);
  return catalog.acquisitions.list().map((acquisition): AcquisitionFacts => {
    const { id, name, sensor, level, date, time, pieces } = acquisition;
    const paths = pathsOf(acquisition);
    const missing = paths.filter((path) => stateOf(path) === "missing");
    const measured = measuredPieces(acquisition);
    const masked = (measured.length > 0 ? measured : pieces).filter((piece) => qualityOfPiece(piece)).length;
    return {
      id,
      name: name ?? null,
      sensor,
      level: level ?? null,
      date,
      time: time ?? null,
      detail: detailOf(acquisition),
      bands: bandNamesOf(acquisition),
      pieces: pieces.map(({ files }) => ({
        tile: files.find(({ facts }) => facts.tile)?.facts.tile ?? null,
        time: files.find(({ facts }) => facts.time)?.facts.time ?? null,
        files: files.map(({ path, bands, quality }) => ({
          path,
          bands: bands.map((band) => band.name),
          mask: quality !== undefined,
          state: stateOf(path),
        })),
      })),
      files: paths.length,
      mask: masked === 0 ? "none" : masked === Math.max(measured.length, 1) ? "all" : "some",
      state: missing.length > 0 ? "missing" : paths.some((path) => stateOf(path) === "changed") ? "changed" : "present",
      missing,
      modalities: feeds.get(id) ?? [],
    };
  });
}
