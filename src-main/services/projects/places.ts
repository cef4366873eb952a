// Where the images of a project lie: from the headers that the catalog keeps, without opening a file.
import type { PlaceOfProject } from "../../../src-shared/ipc/project.ts";
import type { Catalog } from "../../catalog/index.ts";
import {
  boundsOfPatches,
  type Footprints,
  footprintsOf,
  footprintWindow,
  PatchSet,
  patchesOfGeobox,
} from "../../cube/index.ts";
import { rasterReader } from "../../imagery/index.ts";
import { placementsOf } from "../rasters/imagery.ts";

/** The footprints of some modalities (all when none is named); a file that is missing counts where it lay. */
export async function footprintsOfProject(catalog: Catalog, names?: readonly string[]): Promise<Footprints> {
  const { geobox, patchMeters, limit } = catalog.project.get().grid;
  const grid = { crs: geobox.crs, patchMeters };
  const placements = placementsOf(catalog.rasters.list());
  const modalities = catalog.modalities.list().filter(({ name }) => names === undefined || names.includes(name));
  const reader = rasterReader();
  try {
    return await footprintsOf(
      {
        grid,
        within: footprintWindow(patchesOfGeobox(grid, geobox)),
        limit: limit && PatchSet.of(limit),
        modalities,
        acquisitions: catalog.acquisitions.list(),
      },
      async (path, crs) => {
        const known = placements[path];
        if (known && (crs ?? known.crs) === known.crs) return known;
        return (await reader.facts(path, crs)).geobox;
      },
    );
  } finally {
    await reader.close();
  }
}

/** Separate places with images of any input, and how many of them each input sees. */
export interface ProjectPlacesSeen {
  readonly count: number;
  /** from the north, then from the west, as maps number them */
  readonly places: readonly PlaceOfProject[];
  readonly squareKilometers: number;
  /** of the project's box */
  readonly boxShare: number;
  readonly seen: ReadonlyMap<string, number>;
}

/** `null`: no images yet, or their places are unknown. */
export async function placesOfProject(catalog: Catalog): Promise<ProjectPlacesSeen | null> {
  const { geobox, patchMeters } = catalog.project.get().grid;
  const area = patchesOfGeobox({ crs: geobox.crs, patchMeters }, geobox);
  const footprints = await footprintsOfProject(catalog).catch(() => null);
  const all = footprints?.any().inside(area);
  if (!footprints || !all || all.size === 0) return null;
  const places = all.places();
  return {
    count: places.length,
    places: places.map((place, index) => ({
      number: index + 1,
      bounds: boundsOfPatches({ crs: geobox.crs, patchMeters }, place.bounds!),
      squareKilometers: (place.size * patchMeters ** 2) / 1e6,
    })),
    squareKilometers: (all.size * patchMeters ** 2) / 1e6,
    boxShare: all.size / (area.width * area.height),
    seen: new Map(
      footprints.names.map((name) => {
        const own = footprints.modality(name);
        return [name, places.filter((place) => place.within(own).size > 0).length];
      }),
    ),
  };
}

const regions = new WeakMap<Catalog, { readonly version: number; readonly region: Promise<PatchSet> }>();

/**
 * The patches that are the project: where images lie, within the area that was given; all of that area as long as there are no
 * images, or nobody knows where they lie. Looked up anew when the imagery changed.
 */
export function projectRegion(catalog: Catalog): Promise<PatchSet> {
  const version = catalog.imageryVersion();
  const known = regions.get(catalog);
  if (known && known.version === version && version > 0) return known.region;
  const find = async () => {
    const { geobox, patchMeters, limit } = catalog.project.get().grid;
    const box = patchesOfGeobox({ crs: geobox.crs, patchMeters }, geobox);
    const images = (await footprintsOfProject(catalog).catch(() => null))?.any().inside(box);
    if (images && images.size > 0) return images;
    return limit ? PatchSet.of(limit).inside(box) : PatchSet.ofWindow(box);
  };
  const region = find();
  regions.set(catalog, { version, region });
  return region;
}
