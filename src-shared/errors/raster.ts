import { type Because, because } from "./reasons/index.ts";
export interface File {
  readonly path: string;
}

/** With thousands marked, or as a power of ten when nobody would count the digits. */
const figure = (value: number): string =>
  value < 1e15 ? Math.round(value).toLocaleString("en-GB") : value.toExponential(1).replace("e+", "·10^");

export const rasterErrors = {
  "raster-unknown-format": ({ path }: File) =>
    `“${path}” is no image that can be read here. Choose a GeoTIFF (.tif) or a JPEG 2000 file (.jp2), or convert the image to GeoTIFF first.`,
  "info-unknown-folder": ({ path }: File) =>
    `“${path}” is a folder in which no project, no model and no product is recognised. Name one of the files in it.`,
  "raster-missing": ({ path }: File) =>
    `“${path}” cannot be opened: there is no such file. Check the name, or re-link it.`,
  "raster-changed": ({ path }: File) =>
    `“${path}” was replaced or written to while it was read. What was being made of it has stopped; when the file is as it should be, go on or begin again.`,
  "raster-unreadable": ({ path, reason }: File & { readonly reason: Because }) =>
    `“${path}” cannot be read (${because(reason)}). Check that the disk is connected and that you may read the file.`,
  "raster-not-a-file": ({ path, what }: File & { readonly what: "folder" | "pipe" | "socket" | "device" }) =>
    `“${path}” is a ${what}, not a file. Choose an image file (.tif, .jp2).`,
  "raster-side-file": ({ path, beside, reason }: File & { readonly beside: string; readonly reason: Because }) =>
    `“${beside}”, which lies beside “${path}” and belongs to it, cannot be used (${because(reason)}). Replace it, or move it away if it is not needed.`,
  "raster-source": ({ path, beside, reason }: File & { readonly beside: string; readonly reason: Because }) =>
    `“${path}” is made of other files, and “${beside}” cannot be used: ${because(reason)}. Put it where it is named, below the folder of “${path}”, or make that file again.`,
  "raster-truncated": ({ path }: File) =>
    `“${path}” is cut off: it ends before its pixels do. Copy or download it again.`,
  "raster-damaged": ({ path, reason }: File & { readonly reason: Because }) =>
    `“${path}” is damaged (${because(reason)}). Copy or download it again.`,
  "raster-unsupported-compression": ({ path, compression }: File & { readonly compression: Because }) =>
    `“${path}” is compressed with ${because(compression)}, which cannot be read here. Convert it first: gdal_translate -co COMPRESS=DEFLATE in.tif out.tif.`,
  "raster-unsupported-layout": ({ path, reason }: File & { readonly reason: Because }) =>
    `“${path}” cannot be read: ${because(reason)}. Convert it first: gdal_translate -of COG in.tif out.tif.`,
  "raster-without-crs": ({ path }: File) =>
    `“${path}” has no coordinate reference system. Name one with --crs EPSG:code, or choose it in the image's properties.`,
  "raster-without-transform": ({ path }: File) =>
    `“${path}” does not say where on Earth it lies: it has no geotransform. Georeference it first, or add a world file (.tfw).`,
  "raster-without-band": ({ path, band, count }: File & { readonly band: number; readonly count: number }) =>
    `“${path}” has ${count} ${count === 1 ? "band" : "bands"}; band ${band} was asked for. Choose a band from 1 to ${count}.`,
  "crs-unknown": ({ crs }: { readonly crs: string }) =>
    `The coordinate reference system “${crs}” is not known here. Give an EPSG code such as EPSG:32631, a PROJ string or a WKT.`,
  "crs-unusable": ({ crs, reason }: { readonly crs: string; readonly reason: Because }) =>
    `The coordinate reference system “${crs}” cannot be honoured in full here: ${because(reason)}. Give another one, such as EPSG:32631.`,
  "raster-crs-unusable": ({ path, reason }: File & { readonly reason: Because }) =>
    `The coordinate reference system of “${path}” cannot be honoured in full here, and nothing is guessed: ${because(reason)}. Name the right one with --crs EPSG:code, or convert the file first (gdalwarp -t_srs EPSG:code in.tif out.tif).`,
  "raster-needs-overviews": ({ path }: File) =>
    `“${path}” is far finer than the map asked for and has no overviews to read instead. Make a copy with overviews first: omnisat convert.`,
  "raster-outside-crs": ({ crs }: { readonly crs: string }) =>
    `The image lies outside the area that “${crs}” can show. Choose a system made for that area, such as its UTM zone.`,
  "crs-unwritable": ({ crs }: { readonly crs: string }) =>
    `The file cannot hold the coordinate reference system “${crs}”. Choose one with an EPSG code for the output.`,
  "raster-result-too-large": ({
    path,
    width,
    height,
    most,
  }: File & { readonly width: number; readonly height: number; readonly most: number }) =>
    `“${path}” would have ${figure(width)} × ${figure(height)} pixels, ${figure(width * height)} in all; at most ${figure(most)} are written. Choose larger pixels or a smaller area, and check that the resolution is in the units of the coordinate system.`,
  "no-disk-space": ({ path }: { readonly path: string | null }) =>
    `There is no space left on the disk${path === null ? "" : ` to write “${path}”`}. Free some space or choose another disk; nothing was left half written.`,
  "raster-unwritable": ({ path, reason }: File & { readonly reason: Because }) =>
    `“${path}” cannot be written (${because(reason)}). Choose a folder where you may write.`,
};
