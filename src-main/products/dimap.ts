// DIMAP, as SPOT, Pléiades and Pléiades Neo come: an XML that names the image files (tiles, or groups of bands) and says what they are.
import { type ProductName, type StatedBand, type StatedFile, statedProduct } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { childrenNamed, descendantsNamed, type XmlElement } from "../raster/xml.ts";
import type { Listing } from "./listing.ts";
import { firstNumber, firstText, momentOf, xmlOf } from "./metadata.ts";
import { folderOf, lastOf, type Product, type ProductFile, type ProductReader, placeOf } from "./product.ts";

/** Bands by what the producer calls them. @see Airbus, SPOT 6/7 and Pléiades imagery user guides, "band order" */
const names: Readonly<Record<string, string>> = {
  R: "R",
  G: "G",
  B: "B",
  NIR: "NIR",
  RE: "rededge",
  DB: "coastal",
  P: "pan",
  PAN: "pan",
};
/** SPOT 6/7 and Pléiades number the bands of the multispectral image in the order of the file: red, green, blue, near infrared. */
const numbered: Readonly<Record<string, string>> = { B0: "R", B1: "G", B2: "B", B3: "NIR" };

export const dimap: ProductReader = {
  kind: "dimap",
  mark: /(?:^|\/)(?:DIM_[^/]*\.XML|METADATA\.DIM)$/i,
  async read(listing, mark) {
    const root = await xmlOf(listing, mark);
    if (root.name !== "Dimap_Document") return [];
    const folder = folderOf(mark);
    const source = lastOf(mark);
    const facts = factsOf(root);
    const groups = imagesOf(listing, root, folder);
    const path = placeOf(listing, folder);
    const files = groups.flatMap(({ images, bands }): ProductFile[] =>
      images.there.map((name) => ({ path: listing.pathOf(name), stated: statedImage(root, facts, source, bands) })),
    );
    const own = listing.names.filter((name) => name.startsWith(folder));
    const taken = new Set(files.map((file) => file.path));
    const product: Product = {
      kind: "dimap",
      name: firstText(root, "DATASET_NAME") ?? source,
      path,
      files,
      parts: own
        .filter((name) => name === mark || /\.(?:jpe?g|xsl|xml|pdf|kml|txt|gml|dim)$/i.test(name))
        .map((name) => listing.pathOf(name))
        .filter((one) => !taken.has(one)),
      missing: groups.flatMap(({ images }) => images.missing),
      leftOut: [],
    };
    return files.length > 0 ? [product] : [{ ...product, refusal: new AppError("product-without-bands", { path }) }];
  },
};

interface Images {
  readonly there: readonly string[];
  /** files that the metadata name and that are not there */
  readonly missing: readonly string[];
}

/** Groups of files with the same bands: the tiles of one image. */
function imagesOf(
  listing: Listing,
  root: XmlElement,
  folder: string,
): { readonly images: Images; readonly bands: readonly string[] }[] {
  const lists = descendantsNamed(root, "Data_Files");
  const homes = lists.length > 0 ? lists : descendantsNamed(root, "Data_Access");
  return homes.map((home) => {
    const hrefs = descendantsNamed(home, "DATA_FILE_PATH").flatMap(({ attributes }) => attributes.href ?? []);
    // A path that leads out of the product's folder is nobody's tile.
    const wanted = hrefs
      .filter((href) => !/^\/|^[a-z]+:|(?:^|[\\/])\.\.(?:[\\/]|$)/i.test(href))
      .map((href) => folder + href.replaceAll("\\", "/"));
    const images = new Map(listing.names.map((name) => [name.toLowerCase(), name]));
    const there = wanted
      .flatMap((name) => images.get(name.toLowerCase()) ?? [])
      .filter((name) => listing.sizeOf(name) > 0);
    const found = new Set(there.map((name) => name.toLowerCase()));
    return {
      images: { there, missing: wanted.filter((name) => !found.has(name.toLowerCase())).map(lastOf) },
      bands: bandsOf(home, root),
    };
  });
}

/** What the producer calls the bands of a group of files, in the order of the file. */
function bandsOf(home: XmlElement, root: XmlElement): readonly string[] {
  const own = descendantsNamed(home, "Raster_Index").flatMap((one) => firstText(one, "BAND_ID") ?? []);
  if (own.length > 0) return own;
  const calibrated = descendantsNamed(root, "Band_Radiance").flatMap((one) => firstText(one, "BAND_ID") ?? []);
  if (calibrated.length > 0) return [...new Set(calibrated)].sort(byNumber);
  return descendantsNamed(root, "Spectral_Band_Info")
    .toSorted((p, q) => (firstNumber(p, "BAND_INDEX") ?? 0) - (firstNumber(q, "BAND_INDEX") ?? 0))
    .map((one) => firstText(one, "BAND_DESCRIPTION") ?? "");
}

const byNumber = (p: string, q: string): number => (/^B\d$/.test(p) && /^B\d$/.test(q) ? (p < q ? -1 : 1) : 0);

function factsOf(root: XmlElement): Omit<ProductName, "evidence"> {
  const [source] = [...descendantsNamed(root, "Strip_Source"), ...descendantsNamed(root, "Scene_Source")];
  const from = source ?? root;
  const mission = firstText(from, "MISSION");
  const index = firstText(from, "MISSION_INDEX");
  const [date, time] = [firstText(from, "IMAGING_DATE"), firstText(from, "IMAGING_TIME")];
  const resolution = firstNumber(root, "RESAMPLING_SPACING");
  return {
    sensor: "other",
    ...(mission ? { platform: mission + (index ?? "") } : {}),
    ...momentOf(`${date ?? ""}${time ? `T${time}` : ""}`),
    ...(resolution !== undefined && resolution >= 0.1 ? { resolutionMeters: resolution } : {}),
  };
}

function statedImage(
  root: XmlElement,
  facts: Omit<ProductName, "evidence">,
  source: string,
  ids: readonly string[],
): StatedFile {
  const product = statedProduct(source, facts);
  if (ids.length === 0) return { product, source };
  const nodata = descendantsNamed(root, "Special_Value").find(
    (one) => firstText(one, "SPECIAL_VALUE_TEXT") === "NODATA",
  );
  const none = nodata && (firstNumber(nodata, "SPECIAL_VALUE_COUNT") ?? firstNumber(nodata, "SPECIAL_VALUE_INDEX"));
  const reflectance = firstText(root, "RADIOMETRIC_PROCESSING") === "REFLECTANCE";
  const bands = ids.map((id, index): StatedBand => {
    const known = names[id.toUpperCase()] ?? numbered[id.toUpperCase()];
    const numbers = reflectance ? gainOf(root, "Band_Reflectance", id) : gainOf(root, "Band_Radiance", id);
    return {
      name: known ?? (id === "" ? `band${index + 1}` : id),
      bandIndex: index + 1,
      ...(none === undefined ? {} : { nodata: none }),
      ...numbers,
    };
  });
  const { scale, offset = 0 } = bands[0]!;
  if (scale === undefined || bands.some((band) => band.scale === undefined)) return { product, source, bands };
  const quantity = reflectance ? "reflectance" : "brightness";
  return {
    product,
    source,
    bands,
    radiometry: { quantity, decidedBy: { code: "metadata-scale", file: source, scale, offset } },
  };
}

/** “value = number / GAIN + BIAS” of a band: radiance in W m⁻² sr⁻¹ µm⁻¹, or reflectance. */
function gainOf(root: XmlElement, list: string, id: string): Pick<StatedBand, "scale" | "offset"> {
  const found = descendantsNamed(root, list).find((one) => childrenNamed(one, "BAND_ID")[0]?.text.trim() === id);
  const gain = found && firstNumber(found, "GAIN");
  if (gain === undefined || gain <= 0) return {};
  return { scale: 1 / gain, offset: firstNumber(found!, "BIAS") ?? 0 };
}
