// Sentinel-1: terrain-corrected backscatter (RTC) of ASF HyP3 and of the Planetary Computer; SAFE folders are refused with the way out.
import {
  parseProduct,
  type Radiometry,
  type Remark,
  type StatedFile,
  statedProduct,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { folderOf, lastOf, type Product, type ProductFile, type ProductReader, placeOf } from "./product.ts";

/** The scale that the name of an HyP3 product states. @see ASF HyP3, RTC product guide, "Naming convention" */
const scales: Readonly<
  Record<
    string,
    { readonly quantity: Radiometry["quantity"]; readonly code: "power-said" | "amplitude-said" | "decibels-said" }
  >
> = {
  p: { quantity: "backscatter-linear", code: "power-said" },
  a: { quantity: "backscatter-amplitude", code: "amplitude-said" },
  d: { quantity: "backscatter-db", code: "decibels-said" },
};

const hyp3Name =
  /^(?<name>S1[A-D]_(?:IW|EW|S\d)_\d{8}T\d{6}_[SD][VH][PRO]_RTC\d{2}_G_[gs](?<scale>[pad])[a-z]{4}_[0-9A-F]{4})_(?<layer>.+)\.tiff?$/i;

export const sentinel1Rtc: ProductReader = {
  kind: "sentinel-1-rtc",
  mark: /(?:^|\/)S1[A-D]_[^/]*_RTC\d{2}_G_[gs][pad][a-z]{4}_[0-9A-F]{4}_(?:VV|VH|HH|HV)\.tiff?$/i,
  async read(listing, mark) {
    const groups = hyp3Name.exec(lastOf(mark))?.groups;
    if (!groups) return [];
    const folder = folderOf(mark);
    const name = groups.name!;
    const own = listing.names.filter((one) => folderOf(one) === folder && lastOf(one).startsWith(name));
    // The bands of one product are one mark each: the first of them reads it.
    const bands = own.filter((one) => /_(?:VV|VH|HH|HV)\.tiff?$/i.test(one));
    if (bands[0] !== mark) return [];
    const { quantity, code } = scales[groups.scale!.toLowerCase()]!;
    const { evidence: _, bands: __, ...facts } = parseProduct(name);
    const files = bands.map((one): ProductFile => {
      const band = /_(\w\w)\.tiff?$/i.exec(one)![1]!.toUpperCase();
      const decidedBy: Remark = { code, file: name };
      const stated: StatedFile = {
        product: statedProduct(name, { ...facts, sensor: "sentinel-1", level: "RTC", bands: [band] }),
        source: name,
        bands: [{ name: band, bandIndex: 1, scale: 1, offset: 0 }],
        radiometry: { quantity, decidedBy },
      };
      return { path: listing.pathOf(one), stated };
    });
    const taken = new Set(files.map(({ path }) => path));
    const layers = own
      .filter((one) => /\.tiff?$/i.test(one) && !bands.includes(one))
      .map((one) => lastOf(one).slice(name.length + 1));
    return [
      {
        kind: "sentinel-1-rtc",
        name,
        path: placeOf(listing, folder),
        files,
        parts: own.map((one) => listing.pathOf(one)).filter((path) => !taken.has(path)),
        missing: [],
        leftOut: layers.map((one) => one.replace(/\.tiff?$/i, "")).sort(),
      },
    ];
  },
};

/** GRD and SLC as ESA delivers them: no file of theirs lies on a map, and their numbers are counts. */
export const sentinel1Safe: ProductReader = {
  kind: "sentinel-1-safe",
  isAbove: true,
  mark: /(?:^|\/)S1[A-D]_(?:IW|EW|S\d|WV)_(?:GRD|SLC|RAW|OCN)[^/]*\.SAFE\/manifest\.safe$|^manifest\.safe$/i,
  async read(listing, mark) {
    const folder = folderOf(mark);
    const name = (folder === "" ? lastOf(listing.root.replaceAll("\\", "/")) : lastOf(folder.slice(0, -1))).replace(
      /\.(SAFE|zip)$/i,
      "",
    );
    const type = /^S1[A-D]_(?:IW|EW|S\d|WV)_(GRD|SLC)/i.exec(name)?.[1]?.toUpperCase();
    if (!/^S1[A-D]_/i.test(name)) return [];
    const own = listing.names.filter((one) => one.startsWith(folder));
    const path = placeOf(listing, folder);
    const product: Product = {
      kind: "sentinel-1-safe",
      name,
      path,
      files: [],
      parts: own.map((one) => listing.pathOf(one)),
      missing: [],
      leftOut: [],
    };
    if (type === "SLC") return [{ ...product, foreign: "radarSlc" }];
    if (type === "GRD") return [{ ...product, foreign: "radarGrd" }];
    return [{ ...product, refusal: new AppError("import-format", { path, kind: "unknown" }) }];
  },
};
