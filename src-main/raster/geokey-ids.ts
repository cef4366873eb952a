/**
 * The GeoKeys by their names in GeoTIFF 1.0, without the ending “GeoKey”: those are what GDAL and other programs print.
 * @see OGC 19-008r4, §7 and annex D
 */
export const geoKey = {
  GTModelType: 1024,
  GTRasterType: 1025,
  GTCitation: 1026,
  GeographicType: 2048,
  GeogCitation: 2049,
  GeogGeodeticDatum: 2050,
  GeogPrimeMeridian: 2051,
  GeogLinearUnits: 2052,
  GeogAngularUnits: 2054,
  GeogAngularUnitSize: 2055,
  GeogEllipsoid: 2056,
  GeogSemiMajorAxis: 2057,
  GeogSemiMinorAxis: 2058,
  GeogInvFlattening: 2059,
  GeogPrimeMeridianLong: 2061,
  GeogTOWGS84: 2062,
  ProjectedCSType: 3072,
  PCSCitation: 3073,
  Projection: 3074,
  ProjCoordTrans: 3075,
  ProjLinearUnits: 3076,
  ProjLinearUnitSize: 3077,
  ProjStdParallel1: 3078,
  ProjStdParallel2: 3079,
  ProjNatOriginLong: 3080,
  ProjNatOriginLat: 3081,
  ProjFalseEasting: 3082,
  ProjFalseNorthing: 3083,
  ProjFalseOriginLong: 3084,
  ProjFalseOriginLat: 3085,
  ProjFalseOriginEasting: 3086,
  ProjFalseOriginNorthing: 3087,
  ProjCenterLong: 3088,
  ProjCenterLat: 3089,
  ProjCenterEasting: 3090,
  ProjCenterNorthing: 3091,
  ProjScaleAtNatOrigin: 3092,
  ProjScaleAtCenter: 3093,
  ProjAzimuthAngle: 3094,
  ProjStraightVertPoleLong: 3095,
  ProjRectifiedGridAngle: 3096,
  VerticalCSType: 4096,
} as const;

const names: ReadonlyMap<number, string> = new Map(Object.entries(geoKey).map(([name, key]) => [key, `${name}GeoKey`]));

/** `ProjCoordTransGeoKey`; `key` for a number that is none of the standard's. */
export const geoKeyName = (key: number): string => names.get(key) ?? "key";

/** Values of `geoKey.GTModelType`. */
export const modelType = { projected: 1, geographic: 2, geocentric: 3 } as const;

/** Values of `geoKey.GTRasterType`: the coordinate is that of a pixel's corner, or of its middle. */
export const pixelIsArea = 1;
export const pixelIsPoint = 2;

/**
 * Values of `geoKey.ProjCoordTrans`: methods of projection, by the standard's names without their beginning “CT_”.
 * @see OGC 19-008r4, annex C; GDAL writes the code of EPSG for the second variant of Hotine's oblique Mercator
 */
export const coordTrans = {
  TransverseMercator: 1,
  TransvMercator_Modified_Alaska: 2,
  ObliqueMercator: 3,
  ObliqueMercator_Laborde: 4,
  ObliqueMercator_Rosenmund: 5,
  ObliqueMercator_Spherical: 6,
  Mercator: 7,
  LambertConfConic_2SP: 8,
  LambertConfConic_1SP: 9,
  LambertAzimEqualArea: 10,
  AlbersEqualArea: 11,
  AzimuthalEquidistant: 12,
  EquidistantConic: 13,
  Stereographic: 14,
  PolarStereographic: 15,
  ObliqueStereographic: 16,
  Equirectangular: 17,
  CassiniSoldner: 18,
  Gnomonic: 19,
  MillerCylindrical: 20,
  Orthographic: 21,
  Polyconic: 22,
  Robinson: 23,
  Sinusoidal: 24,
  VanDerGrinten: 25,
  NewZealandMapGrid: 26,
  TransvMercator_SouthOriented: 27,
  CylindricalEqualArea: 28,
  HotineObliqueMercator_B: 9815,
} as const;

/** The value of a key whose meaning follows in further keys instead of a code. */
export const userDefined = 32767;

/** Codes of the EPSG register that keys hold as values. */
export const epsgValue = {
  metre: 9001,
  degree: 9102,
  /** degrees written as degrees, minutes and seconds, without and with the hemisphere */
  degreeMinuteSecond: 9107,
  degreeMinuteSecondHemisphere: 9108,
  degreeAsSupplied: 9122,
  greenwich: 8901,
  wgs84Datum: 6326,
} as const;
