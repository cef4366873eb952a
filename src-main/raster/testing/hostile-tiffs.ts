import { deflateSync } from "node:zlib";
import {
  tiffCompression,
  tiffPhotometric,
  tiffPlanar,
  tiffPredictor,
  tiffTag,
  tiffType,
} from "../formats/tiff/tags.ts";
import { imageFields, type MadeTiff, makeTiff, text } from "./make-tiff.ts";

/** Files that an attacker or a broken disk makes, and what each must end in. Made here, so that every byte of them can be read. */
export interface HostileTiff {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  /** the code of the refusal; "read" for files that are odd and readable all the same */
  readonly ends: string;
  readonly reason?: RegExp;
  /** files beside it, by what their name ends in */
  readonly beside?: Readonly<Record<string, () => Uint8Array>>;
}

const pixels = new Uint8Array(256).fill(7);
const made = (tiff: Partial<MadeTiff>) => () => makeTiff({ fields: imageFields(), data: pixels, ...tiff });
const changed = (changes: Parameters<typeof imageFields>[1], options: Parameters<typeof imageFields>[0] = {}) =>
  made({ fields: imageFields(options, changes) });
const strips = {
  [tiffTag.TileWidth]: undefined,
  [tiffTag.TileLength]: undefined,
  [tiffTag.TileOffsets]: undefined,
  [tiffTag.TileByteCounts]: undefined,
} as const;
const oneStrip = {
  ...strips,
  [tiffTag.StripOffsets]: { type: tiffType.LONG, value: "data" },
  [tiffTag.StripByteCounts]: { type: tiffType.LONG, value: [256] },
} as const;
const words = (content: string) => () => new TextEncoder().encode(content);

/** 2 MiB windows of zeros, written as run-length blocks: 98 kB unpack to 3 GiB. */
function zstdBomb(bytes: number): Uint8Array {
  const blocks = bytes / 131072;
  const out = new Uint8Array(6 + blocks * 4);
  out.set([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]);
  for (let i = 0; i < blocks; i++) {
    const head = (131072 << 3) | 2 | (i === blocks - 1 ? 1 : 0);
    out.set([head & 255, (head >> 8) & 255, (head >> 16) & 255, 0], 6 + i * 4);
  }
  return out;
}

/** A chain of `count` directories, each as small as can be. */
function manyDirectories(count: number): Uint8Array {
  const first = makeTiff({ fields: imageFields(), data: pixels });
  const out = new Uint8Array(first.length + count * 18);
  out.set(first);
  const view = new DataView(out.buffer);
  view.setUint32(8 + 2 + 14 * 12, first.length, true);
  for (let i = 0; i < count; i++) {
    const at = first.length + i * 18;
    view.setUint16(at, 1, true);
    view.setUint16(at + 2, tiffTag.NewSubfileType, true);
    view.setUint16(at + 4, tiffType.LONG, true);
    view.setUint32(at + 6, 1, true);
    view.setUint32(at + 10, 1, true);
    view.setUint32(at + 14, at + 18, true);
  }
  return out;
}

/** A baseline JPEG's head that claims another size than its block. */
const jpegOf = (width: number, height: number) =>
  Uint8Array.of(
    0xff,
    0xd8,
    0xff,
    0xc0,
    0,
    11,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    1,
    1,
    0x11,
    0,
    0xff,
    0xd9,
  );

const deflateBomb = deflateSync(new Uint8Array(32 * 2 ** 20));
const items = (count: number) => `<GDALMetadata>${'<Item name="a" sample="0">x</Item>'.repeat(count)}</GDALMetadata>`;
const metadata = (content: string) =>
  changed({ [tiffTag.GDAL_METADATA]: { type: tiffType.ASCII, value: text(content) } });

export const hostileTiffs: readonly HostileTiff[] = [
  { name: "as it should be", bytes: made({}), ends: "read" },
  { name: "big endian", bytes: made({ little: false }), ends: "read" },
  { name: "BigTIFF", bytes: made({ big: true }), ends: "read" },
  { name: "empty", bytes: () => new Uint8Array(), ends: "raster-unknown-format" },
  { name: "two bytes", bytes: () => Uint8Array.of(0x49, 0x49), ends: "raster-unknown-format" },
  { name: "header only", bytes: () => Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0), ends: "raster-truncated" },
  { name: "directory at 0", bytes: () => Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0), ends: "raster-damaged" },
  { name: "no fields", bytes: made({ fields: [] }), ends: "raster-damaged", reason: /0 fields/ },
  { name: "directory that is its own next", bytes: made({ next: 8 }), ends: "read" },
  { name: "next directory past the end", bytes: made({ next: 0xfffffff0 }), ends: "read" },
  { name: "65,535 directories", bytes: () => manyDirectories(65535), ends: "read" },
  {
    name: "width 0",
    bytes: changed({ [tiffTag.ImageWidth]: { type: tiffType.LONG, value: [0] } }),
    ends: "raster-damaged",
    reason: /ImageWidth is 0/,
  },
  {
    name: "width 2³²−1",
    bytes: changed({ [tiffTag.ImageWidth]: { type: tiffType.LONG, value: [2 ** 32 - 1] } }),
    ends: "raster-damaged",
  },
  {
    name: "width of half a pixel",
    bytes: changed({ [tiffTag.ImageWidth]: { type: tiffType.DOUBLE, value: [0.5] } }),
    ends: "raster-damaged",
  },
  {
    name: "height NaN",
    bytes: changed({ [tiffTag.ImageLength]: { type: tiffType.DOUBLE, value: [Number.NaN] } }),
    ends: "raster-damaged",
  },
  {
    name: "rows per strip of a tiny fraction",
    bytes: changed({ ...oneStrip, [tiffTag.RowsPerStrip]: { type: tiffType.DOUBLE, value: [1e-300] } }),
    ends: "raster-damaged",
    reason: /RowsPerStrip/,
  },
  {
    name: "rows per strip 0",
    bytes: changed({ ...oneStrip, [tiffTag.RowsPerStrip]: { type: tiffType.LONG, value: [0] } }),
    ends: "raster-damaged",
  },
  {
    name: "rows per strip 2³²−1",
    bytes: changed({ ...oneStrip, [tiffTag.RowsPerStrip]: { type: tiffType.LONG, value: [2 ** 32 - 1] } }),
    ends: "read",
  },
  {
    name: "tile width 2³¹",
    bytes: changed({ [tiffTag.TileWidth]: { type: tiffType.LONG, value: [2 ** 31] } }),
    ends: "raster-damaged",
  },
  {
    name: "tile width 0",
    bytes: changed({ [tiffTag.TileWidth]: { type: tiffType.LONG, value: [0] } }),
    ends: "raster-damaged",
  },
  {
    name: "tiles of 65,024 × 8,000",
    bytes: changed({}, { width: 65024, height: 8000, tile: [65024, 8000], compression: tiffCompression.deflate }),
    ends: "raster-unsupported-layout",
    reason: /too large/,
  },
  { name: "no offsets", bytes: changed({ [tiffTag.TileOffsets]: undefined }), ends: "raster-damaged" },
  {
    name: "no lengths",
    bytes: changed({ [tiffTag.TileByteCounts]: undefined }, { compression: tiffCompression.deflate }),
    ends: "raster-damaged",
  },
  {
    name: "2³¹ × 2³¹ with one block",
    bytes: changed({}, { width: 2 ** 31 - 1, height: 2 ** 31 - 1, tile: [512, 512] }),
    ends: "raster-damaged",
    reason: /need 17592186044416 blocks, and 1 are listed/,
  },
  {
    name: "offsets past the end",
    bytes: changed({ [tiffTag.TileOffsets]: { type: tiffType.LONG, value: [0x7ffffff0] } }),
    ends: "raster-truncated",
  },
  { name: "lengths past the end", bytes: changed({ [tiffTag.TileByteCounts]: { type: tiffType.LONG, value: [2 ** 31] } }, { compression: tiffCompression.deflate }), ends: "raster-truncated" }, // biome-ignore format: one line
  {
    name: "a list of 2³⁰ offsets that is not there",
    bytes: changed({ [tiffTag.TileOffsets]: { type: tiffType.LONG, value: [1, 2], count: 2 ** 30 } }),
    ends: "raster-truncated",
  },
  {
    name: "BigTIFF with 2⁶² offsets",
    bytes: made({
      big: true,
      fields: imageFields({}, { [tiffTag.TileOffsets]: { type: tiffType.LONG8, value: [1, 2], count: 2 ** 62 } }),
    }),
    ends: "raster-damaged",
  },
  { name: "BigTIFF offset 2⁶³", bytes: made({ big: true, fields: imageFields({}, { [tiffTag.TileOffsets]: { type: tiffType.LONG8, value: [2 ** 63] } }) }), ends: "raster-truncated" }, // biome-ignore format: one line
  {
    name: "samples 0",
    bytes: changed({ [tiffTag.SamplesPerPixel]: { type: tiffType.SHORT, value: [0] } }),
    ends: "raster-damaged",
  },
  { name: "30 million samples", bytes: changed({}, { samples: 30_000_000 }), ends: "raster-damaged" },
  { name: "bits 0", bytes: changed({}, { bits: 0 }), ends: "raster-unsupported-layout" },
  { name: "bits 65", bytes: changed({}, { bits: 65 }), ends: "raster-unsupported-layout" },
  { name: "bits 3", bytes: changed({}, { bits: 3, length: 96 }), ends: "read" },
  {
    name: "bits of 2 bands for 3",
    bytes: changed({ [tiffTag.BitsPerSample]: { type: tiffType.SHORT, value: [8, 8] } }, { samples: 3 }),
    ends: "raster-damaged",
  },
  { name: "bits 8, 8, 16", bytes: changed({ [tiffTag.BitsPerSample]: { type: tiffType.SHORT, value: [8, 8, 16] } }, { samples: 3 }), ends: "raster-unsupported-layout" }, // biome-ignore format: one line
  {
    name: "planar with one block for three bands",
    bytes: changed(
      {
        [tiffTag.PlanarConfiguration]: { type: tiffType.SHORT, value: [tiffPlanar.separate] },
        [tiffTag.BitsPerSample]: { type: tiffType.SHORT, value: [8, 8, 8] },
      },
      { samples: 3 },
    ),
    ends: "raster-damaged",
    reason: /need 3 blocks, and 1 are listed/,
  },
  {
    name: "planar 7",
    bytes: changed({ [tiffTag.PlanarConfiguration]: { type: tiffType.SHORT, value: [7] } }, { samples: 3 }),
    ends: "raster-damaged",
  },
  { name: "palette too short", bytes: changed({ [tiffTag.PhotometricInterpretation]: { type: tiffType.SHORT, value: [tiffPhotometric.palette] }, [tiffTag.ColorMap]: { type: tiffType.SHORT, value: new Array(30).fill(9) } }), ends: "raster-damaged", reason: /colour table has 30 of 768/ }, // biome-ignore format: one line
  {
    name: "predictor 9",
    bytes: changed(
      { [tiffTag.Predictor]: { type: tiffType.SHORT, value: [9] } },
      { compression: tiffCompression.deflate },
    ),
    ends: "raster-unsupported-layout",
  },
  { name: "predictor 3 over bytes", bytes: changed({ [tiffTag.Predictor]: { type: tiffType.SHORT, value: [tiffPredictor.floatingPoint] } }, { compression: tiffCompression.deflate }), ends: "raster-unsupported-layout" }, // biome-ignore format: one line
  { name: "colours in YCbCr without JPEG", bytes: changed({ [tiffTag.PhotometricInterpretation]: { type: tiffType.SHORT, value: [tiffPhotometric.yCbCr] } }, { samples: 3 }), ends: "raster-unsupported-layout" }, // biome-ignore format: one line
  { name: "unknown compression", bytes: changed({}, { compression: 4711 }), ends: "raster-unsupported-compression" },
  {
    name: "DEFLATE that unpacks to 32 MiB",
    bytes: () =>
      makeTiff({
        fields: imageFields({ compression: tiffCompression.deflate, length: deflateBomb.length }),
        data: deflateBomb,
      }),
    ends: "raster-damaged",
    reason: /unpack to far more|stored in/,
  },
  {
    name: "ZSTD that unpacks to 3 GiB",
    bytes: () => {
      const data = zstdBomb(3 * 2 ** 30);
      return makeTiff({ fields: imageFields({ width: 256, height: 256, tile: [256, 256], compression: tiffCompression.zstandard, length: data.length }), data }); // biome-ignore format: one line
    },
    ends: "raster-damaged",
    reason: /unpack to far more/,
  },
  {
    name: "DEFLATE that is none",
    bytes: changed({}, { compression: tiffCompression.deflate }),
    ends: "raster-damaged",
    reason: /DEFLATE data are damaged/,
  },
  { name: "LZW that is none", bytes: changed({}, { compression: tiffCompression.lzw }), ends: "raster-damaged" },
  { name: "LERC that is none", bytes: changed({}, { compression: tiffCompression.lerc }), ends: "raster-damaged" },
  { name: "JPEG that is none", bytes: changed({}, { compression: tiffCompression.jpeg }), ends: "raster-damaged" },
  {
    name: "JPEG that claims 65,500²",
    bytes: () =>
      makeTiff({ fields: imageFields({ compression: tiffCompression.jpeg, length: 17 }), data: jpegOf(65500, 65500) }),
    ends: "raster-damaged",
    reason: /65500 × 65500 pixels, the block of 16 × 16/,
  },
  {
    name: "JPEG tables past the end",
    bytes: changed(
      { [tiffTag.JPEGTables]: { type: tiffType.UNDEFINED, value: new Uint8Array(10), count: 500, at: 0x7ffffff0 } },
      { compression: tiffCompression.jpeg },
    ),
    ends: "raster-truncated",
  },
  {
    name: "pixel scale NaN",
    bytes: changed({ [tiffTag.ModelPixelScale]: { type: tiffType.DOUBLE, value: [Number.NaN, 10, 0] } }),
    ends: "raster-without-transform",
  },
  {
    name: "pixel scale 0",
    bytes: changed({ [tiffTag.ModelPixelScale]: { type: tiffType.DOUBLE, value: [0, 0, 0] } }),
    ends: "raster-without-transform",
  },
  {
    name: "pixel scale 1e-300",
    bytes: changed({ [tiffTag.ModelPixelScale]: { type: tiffType.DOUBLE, value: [1e-300, 1e-300, 0] } }),
    ends: "raster-without-transform",
  },
  { name: "tie point at infinity", bytes: changed({ [tiffTag.ModelTiepoint]: { type: tiffType.DOUBLE, value: [0, 0, 0, Number.POSITIVE_INFINITY, 0, 0] } }), ends: "raster-without-transform" }, // biome-ignore format: one line
  { name: "matrix without an inverse", bytes: changed({ [tiffTag.ModelPixelScale]: undefined, [tiffTag.ModelTiepoint]: undefined, [tiffTag.ModelTransformation]: { type: tiffType.DOUBLE, value: new Array(16).fill(1) } }), ends: "raster-without-transform" }, // biome-ignore format: one line
  {
    name: "metadata of 30,000 items",
    bytes: metadata(items(30_000)),
    ends: "raster-damaged",
    reason: /more than 80000/,
  },
  { name: "metadata of 2,000 items", bytes: metadata(items(2000)), ends: "read" },
  {
    name: "metadata of comment starts",
    bytes: metadata("<!--".repeat(250_000)),
    ends: "raster-damaged",
    reason: /metadata/,
  },
  { name: "metadata 300,000 deep", bytes: metadata("<a>".repeat(300_000)), ends: "raster-damaged", reason: /metadata/ },
  { name: "metadata past the end", bytes: changed({ [tiffTag.GDAL_METADATA]: { type: tiffType.ASCII, value: text("x"), count: 2 ** 24, at: 400 } }), ends: "raster-truncated" }, // biome-ignore format: one line
  {
    name: "description past the end",
    bytes: changed({ [tiffTag.ImageDescription]: { type: tiffType.ASCII, value: text("x"), count: 60_000, at: 400 } }),
    ends: "read",
  },
  {
    name: "mask beside it of another size",
    bytes: made({}),
    beside: { ".msk": made({ fields: imageFields({ width: 8, height: 8 }) }) },
    ends: "raster-side-file",
    reason: /8 × 8 pixels, the image 16 × 16/,
  },
  {
    name: "mask beside it that is none",
    bytes: made({}),
    beside: { ".msk": words("hello") },
    ends: "raster-side-file",
  },
  { name: "overviews beside it that are none", bytes: made({}), beside: { ".ovr": words("hello") }, ends: "read" },
  { name: "overviews beside it that are larger", bytes: made({}), beside: { ".ovr": made({ fields: imageFields({ width: 16, height: 900, tile: [16, 16] }) }) }, ends: "read" }, // biome-ignore format: one line
  {
    name: "side file of nested elements",
    bytes: made({}),
    beside: { ".aux.xml": words("<a>".repeat(100_000)) },
    ends: "raster-side-file",
  },
  {
    name: "side file that declares entities",
    bytes: made({}),
    beside: { ".aux.xml": words('<!DOCTYPE a [<!ENTITY b "&b;&b;">]><PAMDataset>&b;</PAMDataset>') },
    ends: "raster-side-file",
  },
];
