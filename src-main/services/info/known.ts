import type { KnownFormat } from "../../../src-shared/domain/known-format.ts";
import type { ProductKind } from "../../../src-shared/eo/index.ts";

export const projectFormat: KnownFormat = {
  kind: "project",
  name: "OmniSat project",
  endings: ["omniproj"],
  read: "a folder with its catalog, of this version and all before",
  notRead: "projects of newer versions",
};

export const modelFormat: KnownFormat = {
  kind: "model",
  name: "OmniSat model",
  endings: ["zip"],
  read: "a folder or a .zip with model.json and weights (safetensors), checked against their sums",
  notRead: "ONNX and PyTorch files of others",
};

/** Products as producers deliver them, one line per reader of `products/readers.ts`. */
export const productFormats: Readonly<Record<ProductKind, KnownFormat>> = {
  "sentinel-2-safe": {
    kind: "product",
    name: "Sentinel-2 SAFE",
    endings: ["SAFE", "zip"],
    read: "levels 1C and 2A, old and compact names, folders and .zip: quantification, offsets of each band, baseline, tile, orbit, moment, SCL, clouds of MSK_CLASSI",
    notRead: "outlines of clouds in GML, true-colour images",
  },
  "sentinel-2-tile": {
    kind: "product",
    name: "Sentinel-2 of the AWS bucket",
    endings: ["json"],
    read: "the bands beside tileInfo.json",
    notRead: "",
  },
  "sentinel-2-maja": {
    kind: "product",
    name: "Sentinel-2 of Theia (MAJA)",
    endings: ["xml", "zip"],
    read: "FRE before SRE, −10000, CLM",
    notRead: "other masks",
  },
  "sentinel-1-rtc": {
    kind: "product",
    name: "Sentinel-1 RTC (HyP3)",
    endings: ["tif"],
    read: "power, amplitude or decibels, by name",
    notRead: "layover and incidence",
  },
  "sentinel-1-safe": {
    kind: "product",
    name: "Sentinel-1 SAFE",
    endings: ["SAFE", "zip"],
    read: "what it is",
    notRead: "GRD and SLC: get the scene terrain-corrected (RTC)",
  },
  landsat: {
    kind: "product",
    name: "Landsat Collection 2",
    endings: ["txt", "xml", "json"],
    read: "MTL: reflectance of levels 1 and 2, QA_PIXEL, Landsat 4 to 9",
    notRead: "temperatures",
  },
  hls: {
    kind: "product",
    name: "HLS 2.0",
    endings: ["tif"],
    read: "S30 and L30: −9999, 0.0001, Fmask",
    notRead: "angles",
  },
  planetscope: {
    kind: "product",
    name: "PlanetScope",
    endings: ["xml"],
    read: "4 and 8 bands, coefficients or surface reflectance, UDM and UDM2",
    notRead: "",
  },
  dimap: {
    kind: "product",
    name: "SPOT, Pléiades (DIMAP)",
    endings: ["XML", "DIM"],
    read: "tiles and groups of bands, moment, gains and biases",
    notRead: "sensor models without a map",
  },
  modis: {
    kind: "product",
    name: "MODIS vegetation indices",
    endings: ["tif"],
    read: "MOD13 layers",
    notRead: "HDF4",
  },
  stac: {
    kind: "product",
    name: "STAC item or catalogue on disk",
    endings: ["json"],
    read: "local assets; eo, raster and sat",
    notRead: "addresses on the internet",
  },
};
