import type { Bounds } from "../geo/bounds.ts";

/**
 * How a layer is shown. `id` says what it shows: `acquisition:<id>`, `raster:<id>`, `map:<id>`, `confidence:<id>`,
 * `set-size:<id>` and `uncertain:<id>` (of a map whose model is calibrated), `labels:<legend id>`, `vector:<id>`, `split`, `grid`, `basemap`, `graticule`.
 */
export interface LayerRow {
  readonly id: string;
  /** the higher, the nearer to the eye; `null`: nobody has moved it, and it lies where its kind lies */
  readonly position: number | null;
  /** `null`: as layers of its kind are at first */
  readonly visible: boolean | null;
  /** 0 to 1; `null`: as layers of its kind are at first */
  readonly opacity: number | null;
  /** band choice, stretch, gamma, ramp, blend …; the map's own words */
  readonly style: Readonly<Record<string, unknown>>;
}

/** A vector file shown as it is: for orientation, or before its polygons are imported as labels. */
export interface VectorRow {
  readonly id: number;
  readonly path: string;
  readonly layer: string | null;
  readonly crs: string | null;
  readonly name: string;
  readonly addedAt: string;
}

/** A place to come back to, in the project's CRS. */
export interface BookmarkRow {
  readonly id: number;
  readonly name: string;
  readonly bounds: Bounds;
  readonly createdAt: string;
}
