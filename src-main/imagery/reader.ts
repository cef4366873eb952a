/** What is asked of files of pixels: their facts, and their bands on another grid, as stored. */
import type { ResamplingMethod } from "../../src-shared/eo/index.ts";
import type { Bend } from "../../src-shared/geo/bend.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { Work } from "../raster/index.ts";
import type { Limits } from "./possible.ts";

export interface BandFacts {
  readonly name?: string | undefined;
  readonly dataType: string;
  readonly nodata?: number | undefined;
  readonly unit?: string | undefined;
  readonly scale: number;
  readonly offset: number;
  /** numbers that stand for colours or names are classes, no measurements */
  readonly colorTable?: unknown;
  readonly categoryNames?: readonly string[] | undefined;
  /** what the file says the band is for: `red`, `alpha` */
  readonly colorInterpretation?: string | undefined;
}

/** The header of a raster, without its pixels. */
export interface RasterFacts {
  readonly path: string;
  /** the CRS a person chose, when one was given */
  readonly crs?: Crs;
  readonly geobox: GeoBox;
  /** what the file says of its coordinates and is not used, as heights */
  readonly crsNote?: string;
  readonly bands: readonly BandFacts[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bands on one grid, as stored in the file (no scale applied), and where there is data (1). */
export interface Pixels {
  readonly bands: readonly ArrayLike<number>[];
  /** one mask for each band; `undefined` where every pixel has data */
  readonly valid: readonly (Uint8Array | undefined)[];
}

export interface WarpRequest {
  readonly path: string;
  /** 1-based */
  readonly bands: readonly number[];
  readonly target: GeoBox;
  /** what is read at a place of `target` lies that much before it */
  readonly bend?: Bend | undefined;
  readonly method: ResamplingMethod;
  /** the CRS a person chose for a file that has none */
  readonly crs?: Crs;
  /** per band, a stored number that is no data beside what the file says: see `WarpOptions` */
  readonly nodata?: readonly (number | undefined)[];
  /** per band, the stored numbers that can have been measured; others are no data */
  readonly limits?: readonly (Limits | undefined)[];
}

/** Tests give a made-up reader; the program gives `rasterReader()`. */
export interface Reader {
  facts(path: string, crs?: Crs): Promise<RasterFacts>;
  warp(request: WarpRequest, work?: Work): Promise<Pixels>;
  close(): Promise<void>;
}
