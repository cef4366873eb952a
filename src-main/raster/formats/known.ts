import type { KnownFormat } from "../../../src-shared/domain/known-format.ts";

/** The images that are read, one line per reader of `headers.ts`. */
export const imageFormats: readonly KnownFormat[] = [
  {
    kind: "image",
    name: "GeoTIFF, BigTIFF, COG",
    endings: ["tif", "tiff"],
    read: "1 to 32-bit integers, 16 to 64-bit floats; DEFLATE, LZW, PackBits, ZSTD, LERC, JPEG; masks, overviews, .aux.xml and world files beside it",
    notRead: "WebP, JPEG XL, CCITT, complex numbers, 64-bit integers, places by control points alone",
  },
  {
    kind: "image",
    name: "JPEG 2000",
    endings: ["jp2", "j2k", "jpx"],
    read: "up to 16 bits, tiles, all progressions, palettes, alpha; GeoJP2 and GML-JP2",
    notRead: "files that are cut off, parts 2 and higher of the standard",
  },
  {
    kind: "image",
    name: "VRT",
    endings: ["vrt"],
    read: "mosaics, separate bands, windows, nested and warped ones, scaled and masked sources, all below its own folder",
    notRead: "sources elsewhere or on the internet, pixel functions, pan-sharpening, raw bands",
  },
  {
    kind: "image",
    name: "ENVI",
    endings: ["img", "dat", "bsq", "bil", "bip", "raw"],
    read: "bare numbers with an .hdr beside them: BSQ, BIL and BIP, both byte orders, rotated grids, wavelengths, gains, classes",
    notRead: "spectral libraries, compressed files, complex numbers",
  },
];
