/**
 * The tags of a TIFF by their names in the standards.
 * @see TIFF 6.0, §8 and appendix A; OGC 19-008r4 (GeoTIFF 1.1), §7.1; GDAL's GeoTIFF driver for 42112 and 42113; LERC's for 50674
 */
export const tiffTag = {
  NewSubfileType: 254,
  SubfileType: 255,
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  PhotometricInterpretation: 262,
  FillOrder: 266,
  ImageDescription: 270,
  StripOffsets: 273,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  PlanarConfiguration: 284,
  Software: 305,
  DateTime: 306,
  Artist: 315,
  Predictor: 317,
  ColorMap: 320,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  SubIFDs: 330,
  ExtraSamples: 338,
  SampleFormat: 339,
  JPEGTables: 347,
  YCbCrSubSampling: 530,
  ReferenceBlackWhite: 532,
  Copyright: 33432,
  ModelPixelScale: 33550,
  ModelTiepoint: 33922,
  ModelTransformation: 34264,
  GeoKeyDirectory: 34735,
  GeoDoubleParams: 34736,
  GeoAsciiParams: 34737,
  GDAL_METADATA: 42112,
  GDAL_NODATA: 42113,
  LercParameters: 50674,
} as const;

/** Values of `tiffTag.Compression` that are read or written here. */
export const tiffCompression = {
  none: 1,
  lzw: 5,
  jpeg: 7,
  deflate: 8,
  packBits: 32773,
  /** the number that deflate had before it was registered */
  oldDeflate: 32946,
  lerc: 34887,
  zstandard: 50000,
} as const;

/** Values of `tiffTag.PhotometricInterpretation` that this reader knows. */
export const tiffPhotometric = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  mask: 4,
  cmyk: 5,
  yCbCr: 6,
  cieLab: 8,
  ituLab: 10,
} as const;

/** Types of a field's values, as TIFF 6.0, §2 and the BigTIFF design name them; `IFD` is of Adobe's technical note 1. */
export const tiffType = {
  BYTE: 1,
  ASCII: 2,
  SHORT: 3,
  LONG: 4,
  RATIONAL: 5,
  SBYTE: 6,
  UNDEFINED: 7,
  SSHORT: 8,
  SLONG: 9,
  SRATIONAL: 10,
  FLOAT: 11,
  DOUBLE: 12,
  IFD: 13,
  LONG8: 16,
  SLONG8: 17,
  IFD8: 18,
} as const;

/** Values of `tiffTag.PlanarConfiguration`: all bands of a pixel together, or one band after the other. */
export const tiffPlanar = { chunky: 1, separate: 2 } as const;

/** Values of `tiffTag.Predictor`; `floatingPoint` is of Adobe's technical note 3. */
export const tiffPredictor = { none: 1, horizontal: 2, floatingPoint: 3 } as const;

/** Values of `tiffTag.SampleFormat`. */
export const tiffSampleFormat = {
  unsigned: 1,
  signed: 2,
  float: 3,
  undefined: 4,
  complexSigned: 5,
  complexFloat: 6,
} as const;

/** Values of `tiffTag.ExtraSamples`: transparency that is multiplied into the colours, or is not. */
export const tiffExtraSample = { unspecified: 0, associatedAlpha: 1, unassociatedAlpha: 2 } as const;

/** A bit of `tiffTag.NewSubfileType`: the image is another one at a lower resolution. */
export const reducedResolution = 1;
