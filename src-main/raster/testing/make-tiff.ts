import { tiffCompression, tiffPhotometric, tiffPlanar, tiffTag, tiffType } from "../formats/tiff/tags.ts";
import { geoKey, modelType, pixelIsArea } from "../geokey-ids.ts";

/** TIFFs byte by byte, also such as no writer writes. */
export interface MadeField {
  readonly tag: number;
  /** of `tiffType` */
  readonly type: number;
  /** numbers, or the bytes as they are, or the place of the data */
  readonly value: readonly number[] | Uint8Array | "data";
  /** what the field says; by default as many values as there are */
  readonly count?: number;
  /** where the field says that its values are; by default behind the directory */
  readonly at?: number;
}

export interface MadeTiff {
  readonly fields: readonly MadeField[];
  readonly data?: Uint8Array;
  readonly little?: boolean;
  readonly big?: boolean;
  /** where the next directory is said to be */
  readonly next?: number;
}

const sizes: Readonly<Record<number, number>> = {
  [tiffType.BYTE]: 1,
  [tiffType.ASCII]: 1,
  [tiffType.SHORT]: 2,
  [tiffType.LONG]: 4,
  [tiffType.RATIONAL]: 8,
  [tiffType.UNDEFINED]: 1,
  [tiffType.SLONG]: 4,
  [tiffType.SRATIONAL]: 8,
  [tiffType.FLOAT]: 4,
  [tiffType.DOUBLE]: 8,
  [tiffType.IFD]: 4,
  [tiffType.LONG8]: 8,
};

/** The file of one directory: header, directory, values, data. */
export function makeTiff({
  fields,
  data = new Uint8Array(),
  little = true,
  big = false,
  next = 0,
}: MadeTiff): Uint8Array {
  const start = big ? 16 : 8;
  const entry = big ? 20 : 12;
  const inline = big ? 8 : 4;
  const directory = (big ? 8 : 2) + fields.length * entry + inline;
  let at = start + directory;
  const placed = fields.map((field) => {
    const { value, type } = field;
    const size = sizes[type] ?? 1;
    const length = value === "data" ? size : value instanceof Uint8Array ? value.length : value.length * size;
    const count = field.count ?? Math.floor(length / size);
    const outside = length > inline || field.at !== undefined;
    const place = outside ? at : 0;
    if (outside) at += length + (length % 2);
    return { ...field, size, length, count, outside, place };
  });
  const dataPlace = at;
  const out = new Uint8Array(at + data.length);
  const view = new DataView(out.buffer);
  out.set(data, dataPlace);
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, big ? 43 : 42, little);
  if (big) view.setUint16(4, 8, little);
  const whole = (place: number, value: number) =>
    big ? view.setBigUint64(place, BigInt(value), little) : view.setUint32(place, value >>> 0, little);
  whole(big ? 8 : 4, start);
  if (big) whole(start, fields.length);
  else view.setUint16(start, fields.length, little);
  placed.forEach((field, i) => {
    const place = start + (big ? 8 : 2) + i * entry;
    view.setUint16(place, field.tag, little);
    view.setUint16(place + 2, field.type, little);
    whole(place + 4, field.count);
    const valuePlace = place + (big ? 12 : 8);
    const to = field.outside ? field.place : valuePlace;
    if (field.outside) whole(valuePlace, field.at ?? field.place);
    const { value, type, size } = field;
    const numbers = value === "data" ? [dataPlace] : value;
    if (numbers instanceof Uint8Array) out.set(numbers, to);
    else for (const [k, number] of numbers.entries()) write(view, to + k * size, type, number, little);
  });
  whole(start + directory - inline, next);
  return out;
}

function write(view: DataView, at: number, type: number, number: number, little: boolean): void {
  if (type === tiffType.SHORT) view.setUint16(at, number, little);
  else if (type === tiffType.LONG || type === tiffType.IFD || type === tiffType.SLONG)
    view.setUint32(at, number >>> 0, little);
  else if (type === tiffType.RATIONAL || type === tiffType.SRATIONAL) {
    view.setUint32(at, number >>> 0, little);
    view.setUint32(at + 4, 1, little);
  } else if (type === tiffType.FLOAT) view.setFloat32(at, number, little);
  else if (type === tiffType.DOUBLE) view.setFloat64(at, number, little);
  else if (type === tiffType.LONG8) view.setBigUint64(at, BigInt(number), little);
  else view.setUint8(at, number & 255);
}

export const text = (words: string): Uint8Array => new TextEncoder().encode(`${words}\0`);

export interface ImageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly compression?: number;
  readonly samples?: number;
  readonly bits?: number;
  readonly tile?: readonly [width: number, height: number];
  readonly length?: number;
}

/** A GeoKey directory that names an EPSG code of a projected system. */
const keysOf = (code: number): number[] => {
  const keys = [
    [geoKey.GTModelType, modelType.projected],
    [geoKey.GTRasterType, pixelIsArea],
    [geoKey.ProjectedCSType, code],
  ];
  return [1, 1, 0, keys.length, ...keys.flatMap(([key, value]) => [key!, 0, 1, value!])];
};

/** The fields of a tiled image of one tile, in UTM zone 31; `changes` replace or add fields, `undefined` leaves one out. */
export function imageFields(
  options: ImageOptions = {},
  changes: Readonly<Record<number, Omit<MadeField, "tag"> | undefined>> = {},
): MadeField[] {
  const {
    width = 16,
    height = 16,
    compression = tiffCompression.none,
    samples = 1,
    bits = 8,
    tile = [16, 16],
    length = 256,
  } = options;
  const fields: Record<number, Omit<MadeField, "tag"> | undefined> = {
    [tiffTag.ImageWidth]: { type: tiffType.LONG, value: [width] },
    [tiffTag.ImageLength]: { type: tiffType.LONG, value: [height] },
    [tiffTag.BitsPerSample]: { type: tiffType.SHORT, value: [bits] },
    [tiffTag.Compression]: { type: tiffType.SHORT, value: [compression] },
    [tiffTag.PhotometricInterpretation]: { type: tiffType.SHORT, value: [tiffPhotometric.blackIsZero] },
    [tiffTag.SamplesPerPixel]: { type: tiffType.LONG, value: [samples] },
    [tiffTag.PlanarConfiguration]: { type: tiffType.SHORT, value: [tiffPlanar.chunky] },
    [tiffTag.TileWidth]: { type: tiffType.LONG, value: [tile[0]] },
    [tiffTag.TileLength]: { type: tiffType.LONG, value: [tile[1]] },
    [tiffTag.TileOffsets]: { type: tiffType.LONG, value: "data" },
    [tiffTag.TileByteCounts]: { type: tiffType.LONG, value: [length] },
    [tiffTag.ModelPixelScale]: { type: tiffType.DOUBLE, value: [10, 10, 0] },
    [tiffTag.ModelTiepoint]: { type: tiffType.DOUBLE, value: [0, 0, 0, 600000, 5000000, 0] },
    [tiffTag.GeoKeyDirectory]: { type: tiffType.SHORT, value: keysOf(32631) },
    ...changes,
  };
  return Object.entries(fields).flatMap(([tag, field]) => (field ? [{ tag: Number(tag), ...field }] : []));
}
