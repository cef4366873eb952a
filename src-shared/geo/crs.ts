/**
 * A coordinate reference system as we store it: `EPSG:32631`, or a WKT (or PROJ) string when it has no code.
 * Plain text, so that it can be compared, stored and shown; transforms live in `raster/crs`.
 */
export type Crs = string;

/** Why places of a system may be off on a map of WGS 84: no shift of its datum is known, or one is not enough for its whole area. */
export type DatumDoubt = { readonly kind: "none" } | { readonly kind: "varying"; readonly meters: number };

/** `EPSG:32631` → 32631; `undefined` for a CRS without an EPSG code. */
export function epsgCode(crs: Crs): number | undefined {
  const match = /^EPSG:(\d+)$/i.exec(crs.trim());
  return match ? Number(match[1]) : undefined;
}

/** The UTM zone of a longitude and latitude in degrees (WGS 84), as an EPSG code. Norway's and Svalbard's exceptions are left out. */
export function utmEpsg(longitude: number, latitude: number): Crs {
  const zone = Math.min(60, Math.max(1, Math.floor((longitude + 180) / 6) + 1));
  return `EPSG:${(latitude >= 0 ? 32600 : 32700) + zone}`;
}

/** A doubt in English, after “the coordinate system:”. */
export const datumDoubtWords = (doubt: DatumDoubt): string =>
  doubt.kind === "none"
    ? "no shift of its datum to WGS 84 is known: it is taken as it is, which may be some hundred metres off"
    : `its datum is shifted to WGS 84 by other amounts from place to place: other programs may put it up to ${doubt.meters} m beside its place here`;
