// Sentinel-2 as ESA delivers it: SAFE folders of level 1C and 2A, with compact names (since December 2016) and the long ones before.
import {
  bandNamed,
  type ProductName,
  parseProduct,
  type StatedBand,
  type StatedFile,
  statedProduct,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { descendantsNamed, textWithin, type XmlElement } from "../raster/xml.ts";
import { jsonOf, textAt } from "./json.ts";
import type { Listing } from "./listing.ts";
import { firstNumber, firstText, momentOf, xmlOf } from "./metadata.ts";
import { folderOf, lastOf, type Product, type ProductFile, type ProductReader, placeOf } from "./product.ts";

/** `band_id` of the metadata's lists, in their order. @see Sentinel-2 Products Specification, "Spectral_Information_List" */
const bandsById = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12"];

const pixels = /\.(jp2|tiff?)$/i;
/** The band and the pixel size at the end of an image's name: `…_B02_10m.jp2`, `…_B8A.jp2`, `…_SCL_L2A_…_20m.jp2` of 2016. */
const imageName =
  /(?:_(?<band>B\d{2}|B8A|SCL)|_(?<layer>AOT|WVP|TCI|PVI|VIS|DEM)|_(?<early>SCL)_L2A_.*?)(?:_(?<size>10|20|60)m)?\.(?:jp2|tiff?)$/i;

export const sentinel2Safe: ProductReader = {
  kind: "sentinel-2-safe",
  isAbove: true,
  mark: /(?:^|\/)(?:MTD_MSIL(?:1C|2A)|S2[A-D]_(?:OPER|USER)_MTD_SAFL(?:1C|2A)[^/]*)\.xml$/i,
  async read(listing, mark) {
    const root = await xmlOf(listing, mark);
    if (!/^Level-(1C|2A)_User_Product$/.test(root.name.slice(root.name.indexOf(":") + 1))) return [];
    const folder = folderOf(mark);
    const own = listing.names.filter((name) => name.startsWith(folder));
    const source = lastOf(mark);
    const { facts, numbers } = factsOf(root);
    const images = imagesOf(own.filter((name) => listing.sizeOf(name) > 0));
    const files = images.chosen.map((image): ProductFile => {
      const product = statedProduct(source, { ...facts, tile: image.tile, resolutionMeters: image.meters });
      return { path: listing.pathOf(image.name), stated: statedFile(image, product, numbers, source) };
    });
    const clouds = facts.level === "L1C" ? cloudMasks(listing, own, facts, source) : [];
    const listed = bandsListed(root);
    const name = firstText(root, "PRODUCT_URI") ?? nameOf(listing, folder);
    const missing = bandsById.filter((band) => listed.has(band) && !images.chosen.some((one) => one.band === band));
    if (facts.level === "L2A" && listed.has("SCL") && !images.chosen.some(({ band }) => band === "SCL"))
      missing.push("SCL");
    const bands = images.chosen.filter(({ band }) => band !== "SCL");
    const taken = new Set([...files, ...clouds].map(({ path }) => path));
    const product: Product = {
      kind: "sentinel-2-safe",
      name: name.replace(/\.SAFE$/i, ""),
      path: placeOf(listing, folder),
      files: [...files, ...clouds],
      parts: own.map((one) => listing.pathOf(one)).filter((path) => !taken.has(path)),
      missing,
      leftOut: images.layers,
    };
    if (bands.length > 0) return [product];
    return [{ ...product, files: [], refusal: new AppError("product-without-bands", { path: product.path }) }];
  },
};

interface Image {
  readonly name: string;
  readonly band: string;
  readonly tile: string | undefined;
  readonly meters: number | undefined;
}

/** Of every band and tile the sharpest file, and the names of the layers that are no bands. */
function imagesOf(names: readonly string[]): { readonly chosen: readonly Image[]; readonly layers: readonly string[] } {
  const chosen = new Map<string, Image>();
  const layers = new Set<string>();
  for (const name of names) {
    if (!pixels.test(name)) continue;
    const found = imageName.exec(lastOf(name))?.groups;
    const inData = /(?:^|\/)IMG_DATA\//i.test(name);
    if (found?.layer && inData) layers.add(found.layer.toUpperCase());
    const cloud = /(?:^|\/)MSK_(CLDPRB|SNWPRB)_/i.exec(name);
    if (cloud) layers.add(`MSK_${cloud[1]!.toUpperCase()}`);
    const band = (found?.band ?? found?.early)?.toUpperCase();
    if (!band || !inData || (band !== "SCL" && !bandNamed("sentinel-2", band))) continue;
    const tile = /_T(\d{2}[A-Z]{3})_/i.exec(name)?.[1]?.toUpperCase();
    const meters = found?.size ? Number(found.size) : undefined;
    const granule = /(?:^|\/)GRANULE\/([^/]+)\//i.exec(name)?.[1] ?? "";
    const key = `${granule} ${tile ?? ""} ${band}`;
    const known = chosen.get(key);
    if (!known || (meters ?? 0) < (known.meters ?? 0)) chosen.set(key, { name, band, tile, meters });
  }
  return { chosen: [...chosen.values()], layers: [...layers].sort() };
}

type Facts = Omit<ProductName, "evidence">;

interface Numbers {
  readonly quantification: number | undefined;
  /** added to the stored number before it is divided, by band */
  readonly add: ReadonlyMap<string, number>;
  readonly nodata: number;
}

function factsOf(root: XmlElement): { readonly facts: Facts; readonly numbers: Numbers } {
  const level = /1C|2A/.exec(firstText(root, "PROCESSING_LEVEL") ?? root.name)?.[0];
  const unit = /Sentinel-2([A-D])/i.exec(firstText(root, "SPACECRAFT_NAME") ?? "")?.[1];
  const orbit = firstNumber(root, "SENSING_ORBIT_NUMBER");
  const add = new Map<string, number>();
  for (const element of [...descendantsNamed(root, "BOA_ADD_OFFSET"), ...descendantsNamed(root, "RADIO_ADD_OFFSET")]) {
    const band = bandsById[Number(element.attributes.band_id)];
    const value = Number(textWithin(element));
    if (band && Number.isFinite(value)) add.set(band, value);
  }
  const nodata = descendantsNamed(root, "Special_Values").find(
    (element) => firstText(element, "SPECIAL_VALUE_TEXT") === "NODATA",
  );
  const quantification =
    firstNumber(root, "BOA_QUANTIFICATION_VALUE") ??
    firstNumber(root, "L2A_BOA_QUANTIFICATION_VALUE") ??
    firstNumber(root, "QUANTIFICATION_VALUE") ??
    firstNumber(root, "L1C_L2A_Quantification_Values");
  return {
    facts: {
      sensor: "sentinel-2",
      provider: "esa",
      ...(unit ? { platform: `S2${unit.toUpperCase()}` } : {}),
      ...(level ? { level: `L${level}` } : {}),
      // The moment that the product's name has; a tile is seen up to minutes later.
      ...momentOf(firstText(root, "DATATAKE_SENSING_START") ?? firstText(root, "PRODUCT_START_TIME")),
      ...(orbit === undefined ? {} : { relativeOrbit: orbit }),
      ...baselineOf(root),
    },
    numbers: {
      quantification: quantification !== undefined && quantification > 0 ? quantification : undefined,
      add,
      nodata: (nodata && firstNumber(nodata, "SPECIAL_VALUE_INDEX")) ?? 0,
    },
  };
}

function baselineOf(root: XmlElement): Pick<Facts, "processingBaseline"> {
  const text = firstText(root, "PROCESSING_BASELINE");
  return text && /^\d{2}\.\d{2}$/.test(text) ? { processingBaseline: text } : {};
}

function statedFile(image: Image, product: ProductName, numbers: Numbers, source: string): StatedFile {
  const { quantification, nodata } = numbers;
  if (image.band === "SCL") return { product, source, bands: [{ name: "SCL", bandIndex: 1 }] };
  const add = numbers.add.get(image.band) ?? 0;
  const band: StatedBand = {
    name: image.band,
    bandIndex: 1,
    nodata,
    ...(quantification === undefined ? {} : { scale: 1 / quantification, offset: add / quantification }),
  };
  if (quantification === undefined) return { product, source, bands: [band] };
  const decidedBy = { code: "scale-stated", quantification, add } as const;
  return { product, source, bands: [band], radiometry: { quantity: "reflectance", decidedBy } };
}

/** Bands that the metadata list, of compact and long names: `IMAGE_FILE`, `IMAGE_ID` and their relatives of 2016. */
function bandsListed(root: XmlElement): ReadonlySet<string> {
  const names = ["IMAGE_FILE", "IMAGE_ID", "IMAGE_FILE_2A", "IMAGE_ID_2A"].flatMap((name) =>
    descendantsNamed(root, name),
  );
  const bands = names.map((one) =>
    /_(B\d{2}|B8A|SCL)(?:_(?:10|20|60)m)?$/i.exec(textWithin(one).trim())?.[1]?.toUpperCase(),
  );
  return new Set(bands.filter((band) => band !== undefined));
}

/**
 * The mask of opaque clouds of level 1C since baseline 04.00: 1 in the first band of MSK_CLASSI. Cirrus and snow are in bands of
 * their own, and the cloud masks before are outlines (GML): neither is read.
 * @see Sentinel-2 Products Specification, "Level-1C classification mask"
 */
function cloudMasks(listing: Listing, own: readonly string[], facts: Facts, source: string): ProductFile[] {
  return own
    .filter((name) => /(?:^|\/)QI_DATA\/MSK_CLASSI_B00\.jp2$/i.test(name) && listing.sizeOf(name) > 0)
    .map((name) => {
      const tile = /_T(\d{2}[A-Z]{3})_/i.exec(name)?.[1]?.toUpperCase();
      const product = statedProduct(source, { ...facts, tile, resolutionMeters: 60 });
      const mask = { kind: "classes", clear: [0], bandIndex: 1 } as const;
      return { path: listing.pathOf(name), stated: { product, source, bands: [], mask } };
    });
}

/** The name of a product by where it lies. */
const nameOf = (listing: Listing, folder: string): string =>
  folder === "" ? lastOf(listing.root.replaceAll("\\", "/")) : lastOf(folder.slice(0, -1));

/** The tile of the bucket `sentinel-s2-l2a`: `R10m/B02.jp2`, `metadata.xml`, `tileInfo.json`. File names say neither date nor tile. */
export const sentinel2Tile: ProductReader = {
  kind: "sentinel-2-tile",
  isAbove: true,
  mark: /(?:^|\/)tileInfo\.json$/,
  async read(listing, mark) {
    const folder = folderOf(mark);
    const name = textAt(await jsonOf(listing, mark), "productName");
    const { evidence: _, ...facts } = parseProduct(name ?? "");
    if (!name || facts.sensor !== "sentinel-2") return [];
    const source = lastOf(mark);
    const own = listing.names.filter((name) => name.startsWith(folder));
    const chosen = new Map<string, { readonly image: string; readonly meters: number | undefined }>();
    const layers = new Set<string>();
    for (const image of own) {
      const found = /^(?:R(?<size>10|20|60)m\/)?(?<band>B\d{2}|B8A|SCL|AOT|WVP|TCI)\.(?:jp2|tiff?)$/i.exec(
        image.slice(folder.length),
      )?.groups;
      if (!found || listing.sizeOf(image) === 0) continue;
      const band = found.band!.toUpperCase();
      if (["AOT", "WVP", "TCI"].includes(band)) layers.add(band);
      else {
        const meters = found.size ? Number(found.size) : undefined;
        const known = chosen.get(band);
        if (!known || (meters ?? 0) < (known.meters ?? 0)) chosen.set(band, { image, meters });
      }
    }
    const files = [...chosen].map(
      ([band, { image, meters }]): ProductFile => ({
        path: listing.pathOf(image),
        stated: {
          product: statedProduct(source, { ...facts, resolutionMeters: meters }),
          source,
          bands: [{ name: band, bandIndex: 1, ...(band === "SCL" ? {} : { nodata: 0 }) }],
        },
      }),
    );
    const taken = new Set(files.map(({ path }) => path));
    return [
      {
        kind: "sentinel-2-tile",
        name,
        path: placeOf(listing, folder),
        files,
        parts: own.map((one) => listing.pathOf(one)).filter((path) => !taken.has(path)),
        missing: [],
        leftOut: [...layers].sort(),
        ...(files.length === 0
          ? { refusal: new AppError("product-without-bands", { path: placeOf(listing, folder) }) }
          : {}),
      },
    ];
  },
};
