/** The fields (tags) of a TIFF that are read here, and what each may hold. All others are passed over without a look. */
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

const rule = (name: string, kind: FieldRule["kind"], most: number): FieldRule => ({ name, kind, most });
const remark = (name: string): FieldRule => ({ name, kind: "text", most: 1 << 16, optional: true });

export const fieldRules: ReadonlyMap<number, FieldRule> = new Map([
  [254, rule("NewSubfileType", "whole", 1)],
  [255, rule("SubfileType", "whole", 1)],
  [256, rule("ImageWidth", "whole", 1)],
  [257, rule("ImageLength", "whole", 1)],
  [258, rule("BitsPerSample", "whole", bands)],
  [259, rule("Compression", "whole", 1)],
  [262, rule("PhotometricInterpretation", "whole", 1)],
  [266, rule("FillOrder", "whole", 1)],
  [270, remark("ImageDescription")],
  [273, rule("StripOffsets", "whole", list)],
  [277, rule("SamplesPerPixel", "whole", 1)],
  [278, rule("RowsPerStrip", "whole", 1)],
  [279, rule("StripByteCounts", "whole", list)],
  [284, rule("PlanarConfiguration", "whole", 1)],
  [305, remark("Software")],
  [306, remark("DateTime")],
  [315, remark("Artist")],
  [317, rule("Predictor", "whole", 1)],
  [320, rule("ColorMap", "whole", 3 * 65536)],
  [322, rule("TileWidth", "whole", 1)],
  [323, rule("TileLength", "whole", 1)],
  [324, rule("TileOffsets", "whole", list)],
  [325, rule("TileByteCounts", "whole", list)],
  [338, rule("ExtraSamples", "whole", bands)],
  [339, rule("SampleFormat", "whole", bands)],
  [347, rule("JPEGTables", "bytes", 1 << 16)],
  [530, rule("YCbCrSubSampling", "whole", 2)],
  [33432, remark("Copyright")],
  [33550, rule("ModelPixelScale", "real", 64)],
  [33922, rule("ModelTiepoint", "real", 6 * 10_000)],
  [34264, rule("ModelTransformation", "real", 64)],
  [34735, rule("GeoKeyDirectory", "whole", 1 << 14)],
  [34736, rule("GeoDoubleParams", "real", 1 << 13)],
  [34737, rule("GeoAsciiParams", "text", 1 << 17)],
  [42112, rule("GDAL_METADATA", "text", 1 << 24)],
  [42113, rule("GDAL_NODATA", "text", 1024)],
  [50674, rule("LercParameters", "whole", 16)],
]);

export const nameOfField = (tag: number): string => fieldRules.get(tag)?.name ?? `field ${tag}`;
