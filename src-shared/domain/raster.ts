import type { Affine } from "../geo/affine.ts";

/** What identifies a raster apart from its path; a re-linked file must have the same. */
export interface RasterHeader {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly dataType: string;
  readonly crs: string | null;
  readonly affine: Affine | null;
}

/** `changed`: the file has another size than when it was imported. A copy may have another time, so time says nothing. */
export type RasterState = "present" | "missing" | "changed";

export interface Raster {
  readonly id: number;
  /** as the person calls it; `null`: its file name */
  readonly name: string | null;
  readonly path: string;
  /** chosen by a person, instead of what the file says or does not say; every opening of the file passes it on */
  readonly crs: string | null;
  readonly header: RasterHeader;
  readonly bytes: number;
  readonly addedAt: string;
  readonly state: RasterState;
}
