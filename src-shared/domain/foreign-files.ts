/** What a file that is no image to import is, and what would help, as an import of images says it. */
export interface ForeignWords {
  /** after “is” */
  readonly format: string;
  readonly help: string;
}

const toTiff = "Convert it first: gdal_translate -of COG input output.tif.";
const labels = "If its shapes are labels, import it with omnisat labels import.";
const notNeeded = "Nothing in it is needed.";

/** Kinds of files that lie beside images and cannot be imported as such. */
export const foreignKinds = {
  erdas: { format: "an ERDAS or ENVI image", help: toTiff },
  enviHeader: { format: "the header of an ENVI image", help: "The image beside it is imported by its own name." },
  rawData: { format: "raw data", help: toTiff },
  rawImage: { format: "a raw image", help: toTiff },
  virtualRaster: {
    format: "a virtual raster",
    help: "The images it is made of are imported themselves. To use it instead, import it alone.",
  },
  textGrid: { format: "a text grid", help: toTiff },
  ecw: { format: "an ECW image", help: toTiff },
  mrsid: { format: "a MrSID image", help: toTiff },
  picture: { format: "a picture without a place on Earth", help: toTiff },
  netcdf: {
    format: "a cube of many variables",
    help: 'Convert what you need first: gdal_translate "NETCDF:file.nc:variable" output.tif.',
  },
  archive: { format: "an archive", help: "Unpack it and import the folder." },
  vectors: { format: "a vector file", help: labels },
  table: { format: "a table", help: labels },
  json: {
    format: "a JSON file",
    help: "Nothing in it is needed, unless it holds labels: then use omnisat labels import.",
  },
  text: { format: "a text", help: notNeeded },
  mask: {
    format: "a mask of clear pixels",
    help: "It is no image by itself: import the images, then choose it as their mask with omnisat project radiometry --mask.",
  },
  temperature: {
    format: "a temperature (of the surface, or as the sensor sees it), not reflectance",
    help: "It is no input of the network. Import the bands of reflectance instead, of a Landsat product SR_B1 to SR_B7.",
  },
  productLayer: {
    format: "a layer that goes with a product (angles, aerosols, water vapour, emissivity), not reflectance",
    help: "It is no input of the network. Import the product's bands instead.",
  },
  productPicture: {
    format: "a picture in three colours made for looking at, not reflectance",
    help: "Import the product's bands instead, of Sentinel-2 B02, B03 and B04.",
  },
  hdf4: {
    format: "an HDF4 file, as MODIS products come",
    help: "Get the product as GeoTIFF, or convert the layer that you need: gdalinfo names the layers, gdal_translate LAYER output.tif writes one.",
  },
  fileGeodatabase: { format: "an ESRI file geodatabase", help: "Export its layers as GeoPackage first." },
  radarSlc: {
    format: "a Sentinel-1 product of complex numbers (SLC), before detection and geocoding",
    help: "Get the same scene terrain-corrected (RTC) as GeoTIFF, for instance from ASF HyP3 or the Planetary Computer.",
  },
  radarGrd: {
    format: "a Sentinel-1 GRD product, neither calibrated nor placed on a map",
    help: "Get the same scene terrain-corrected (RTC) as GeoTIFF, for instance from ASF HyP3 or the Planetary Computer, or calibrate and terrain-correct it with SNAP.",
  },
  remoteStac: {
    format: "a STAC item whose files lie on the internet",
    help: "Nothing is downloaded here. Download its files into the folder of the item, and import that folder.",
  },
  document: { format: "a document", help: notNeeded },
  array: { format: "a bare array without a place on Earth", help: "Write it as a GeoTIFF first." },
  unknown: { format: "a file of an unknown kind", help: "If it is an image, convert it to a GeoTIFF first." },
} as const satisfies Readonly<Record<string, ForeignWords>>;

export type ForeignKind = keyof typeof foreignKinds;

/** The words of a kind; a list that an earlier version wrote may have none. */
export const foreignWords = (kind: ForeignKind | undefined): ForeignWords =>
  foreignKinds[kind ?? "unknown"] ?? foreignKinds.unknown;

const toGeoPackage = "Export it as a GeoPackage first, with QGIS or with ogr2ogr -f GPKG output.gpkg input.";

/** Vector files that are recognised and not read. */
const foreignVectors = {
  gml: { format: "a GML file", help: toGeoPackage },
  fileGdb: { format: "an ESRI file geodatabase", help: toGeoPackage },
  gpx: { format: "a GPX file", help: toGeoPackage },
  mapInfo: { format: "a MapInfo file", help: toGeoPackage },
  drawing: { format: "a drawing (DXF, DWG or DGN)", help: toGeoPackage },
  topoJson: { format: "a TopoJSON file", help: toGeoPackage },
  unknown: { format: "a vector file of an unknown kind", help: toGeoPackage },
  parquetTable: {
    format: "a Parquet table without the description that makes it GeoParquet",
    help: "Write it again as GeoParquet (GeoPandas, QGIS, ogr2ogr), or as CSV with coordinates.",
  },
  parquetShapes: {
    format: "a GeoParquet file whose shapes are not stored as WKB",
    help: "Write it again with the geometry encoding WKB, or as a GeoPackage.",
  },
  parquetCompression: {
    format: "a Parquet file in a rare compression",
    help: "Write it again with ZSTD, Snappy, GZIP or Brotli.",
  },
  parquetEncrypted: { format: "an encrypted Parquet file", help: "Write it again without encryption." },
  flatGeobufVersion: {
    format: "a FlatGeobuf of another version than 3",
    help: "Write it again with QGIS or with ogr2ogr.",
  },
} as const satisfies Readonly<Record<string, ForeignWords>>;

export type ForeignVectors = keyof typeof foreignVectors;

/** The words of a kind; a list that another version wrote may have others. */
export const foreignVectorWords = (kind: ForeignVectors): ForeignWords =>
  foreignVectors[kind] ?? foreignVectors.unknown;
