import type { GeoBox } from "../../../../src-shared/geo/geobox.ts";
import type { ResampleMethod } from "../../resample.ts";

/** What a virtual raster is made of: plain data. */
export type VrtSpec = VrtMosaic | VrtWarp;

export interface VrtMosaic {
  readonly kind: "mosaic";
  /** of the whole image, in pixels */
  readonly width: number;
  readonly height: number;
  /** per band what lies on it, the later over the earlier */
  readonly bands: readonly (readonly VrtSource[])[];
}

/** A rectangle of pixels, which may begin and end inside of pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface VrtSource {
  readonly path: string;
  /** 1-based */
  readonly band: number;
  /** the mask of the band, 255 where there is data, and not its values */
  readonly mask: boolean;
  readonly from: Rect;
  readonly to: Rect;
  /** this number of the source is left out */
  readonly nodata?: number | undefined;
  /** what the source itself says is no data is left out */
  readonly byMask: boolean;
  readonly values?: VrtValues | undefined;
}

/** What becomes of a source's numbers, in this order. @see GDAL, VRTComplexSource */
export interface VrtValues {
  /** the column of the source's colour table, 0 to 3 */
  readonly colour?: number | undefined;
  readonly scale: number;
  readonly offset: number;
  readonly power?:
    | { readonly exponent: number; readonly from: readonly [number, number]; readonly to: readonly [number, number] }
    | undefined;
  /** rising numbers and what they become, straight lines between */
  readonly table?: readonly (readonly [number, number])[] | undefined;
}

export interface VrtWarp {
  readonly kind: "warp";
  readonly path: string;
  /** the source's system, when it is given */
  readonly crs?: string | undefined;
  readonly grid: GeoBox;
  readonly method: ResampleMethod;
  /** per band the source's, 1-based; 0: 255 where there is data */
  readonly bands: readonly number[];
}
