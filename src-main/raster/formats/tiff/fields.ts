import { tiffTag } from "./tags.ts";

/** What a field (tag) of a TIFF may hold. Fields without a rule are skipped. */
export interface FieldRule {
  readonly name: string;
  /** whole: unsigned integers; real: any numbers; text, bytes: as they are */
  readonly kind: "whole" | "real" | "text" | "bytes";
  /** how many values at most; a field with more is refused, or left out when it is `optional` */
  readonly most: number;
  /** describes the image but does not place or decode its pixels: left out when it is not what it should be */
  readonly optional?: true;
}

const bands = 65535;
/** Lists of blocks may be as long as the file can hold; they are read in pages. */
const list = Number.MAX_SAFE_INTEGER;

const rule = (kind: FieldRule["kind"], most: number): Omit<FieldRule, "name"> => ({ kind, most });
const remark: Omit<FieldRule, "name"> = { kind: "text", most: 1 << 16, optional: true };

const rules: Partial<Record<keyof typeof tiffTag, Omit<FieldRule, "name">>> = {
  NewSubfileType: rule("whole", 1),
  SubfileType: rule("whole", 1),
  ImageWidth: rule("whole", 1),
  ImageLength: rule("whole", 1),
  BitsPerSample: rule("whole", bands),
  Compression: rule("whole", 1),
  PhotometricInterpretation: rule("whole", 1),
  FillOrder: rule("whole", 1),
  ImageDescription: remark,
  StripOffsets: rule("whole", list),
  SamplesPerPixel: rule("whole", 1),
  RowsPerStrip: rule("whole", 1),
  StripByteCounts: rule("whole", list),
  PlanarConfiguration: rule("whole", 1),
  Software: remark,
  DateTime: remark,
  Artist: remark,
  Predictor: rule("whole", 1),
  ColorMap: rule("whole", 3 * 65536),
  TileWidth: rule("whole", 1),
  TileLength: rule("whole", 1),
  TileOffsets: rule("whole", list),
  TileByteCounts: rule("whole", list),
  ExtraSamples: rule("whole", bands),
  SampleFormat: rule("whole", bands),
  JPEGTables: rule("bytes", 1 << 16),
  YCbCrSubSampling: rule("whole", 2),
  Copyright: remark,
  ModelPixelScale: rule("real", 64),
  ModelTiepoint: rule("real", 6 * 10_000),
  ModelTransformation: rule("real", 64),
  GeoKeyDirectory: rule("whole", 1 << 14),
  GeoDoubleParams: rule("real", 1 << 13),
  GeoAsciiParams: rule("text", 1 << 17),
  GDAL_METADATA: rule("text", 1 << 24),
  GDAL_NODATA: rule("text", 1024),
  LercParameters: rule("whole", 16),
};

export const fieldRules: ReadonlyMap<number, FieldRule> = new Map(
  Object.entries(rules).map(([name, rule]) => [tiffTag[name as keyof typeof tiffTag], { name, ...rule }]),
);

export const nameOfField = (tag: number): string => fieldRules.get(tag)?.name ?? `field ${tag}`;
