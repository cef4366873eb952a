// Landsat Collection 2 as USGS delivers it: one GeoTIFF per band, QA_PIXEL, and metadata (MTL) as text, XML or JSON.
import {
  bandNamed,
  hasThematicMapper,
  type ProductName,
  parseProduct,
  type StatedFile,
  statedProduct,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { XmlElement } from "../raster/xml.ts";
import { type Json, jsonOf } from "./json.ts";
import type { Listing } from "./listing.ts";
import { momentOf, xmlOf } from "./metadata.ts";
import { folderOf, lastOf, type Product, type ProductFile, type ProductReader, placeOf } from "./product.ts";

/** Group → key → value, as texts: what all three forms of an MTL say. */
type Groups = ReadonlyMap<string, ReadonlyMap<string, string>>;

export const landsat: ProductReader = {
  kind: "landsat",
  mark: /(?:^|\/)L[COTE]\d{2}_L\d[A-Z]{2}_[^/]*_MTL\.(?:txt|xml|json)$/i,
  async read(listing, mark) {
    // One of the three is enough; which is read does not depend on which was found first.
    const stem = mark.replace(/\.[^.]+$/, "");
    const forms = ["xml", "json", "txt"].map((ending) =>
      listing.names.find((name) => name.toLowerCase() === `${stem}.${ending}`.toLowerCase()),
    );
    if (forms.find((name) => name !== undefined) !== mark) return [];
    const groups = await groupsOf(listing, mark);
    const contents = groups.get("PRODUCT_CONTENTS");
    const name = contents?.get("LANDSAT_PRODUCT_ID");
    if (!contents || !name) throw new AppError("product-metadata-unreadable", { path: listing.pathOf(mark) });
    const folder = folderOf(mark);
    const source = lastOf(mark);
    const facts = factsOf(groups, name);
    const own = listing.names.filter((one) => folderOf(one) === folder && lastOf(one).startsWith(name));
    const there = new Map(own.filter((one) => listing.sizeOf(one) > 0).map((one) => [lastOf(one).toLowerCase(), one]));
    const files: ProductFile[] = [];
    const missing: string[] = [];
    const leftOut = new Set<string>();
    for (const [key, file] of contents) {
      const number = /^FILE_NAME_BAND_(\d{1,2})$/.exec(key)?.[1];
      const at = there.get(file.toLowerCase());
      const band = number === undefined ? undefined : bandNamed("landsat", `B${number}`, facts.platform)?.name;
      if (band !== undefined && !(hasThematicMapper(facts.platform) && number === "6")) {
        if (at === undefined) missing.push(band);
        else files.push({ path: listing.pathOf(at), stated: statedBand(groups, facts, source, band, number!) });
      } else if (
        at !== undefined &&
        /^FILE_NAME_(?:BAND|THERMAL|UPWELL|DOWNWELL|ATMOSPHERIC|EMISS|CLOUD|QUALITY_L2|QUALITY_L1_RADIO|ANGLE_S)/.test(
          key,
        )
      )
        leftOut.add(
          lastOf(at)
            .slice(name.length + 1)
            .replace(/\.[^.]+$/, ""),
        );
    }
    const quality = contents.get("FILE_NAME_QUALITY_L1_PIXEL");
    const mask = quality === undefined ? undefined : there.get(quality.toLowerCase());
    // What its bits mean is in the table of masks, by its name.
    if (mask !== undefined)
      files.push({ path: listing.pathOf(mask), stated: { product: statedProduct(source, facts), source } });
    else if (quality !== undefined) missing.push("QA_PIXEL");
    const taken = new Set(files.map(({ path }) => path));
    const product: Product = {
      kind: "landsat",
      name,
      path: placeOf(listing, folder),
      files,
      parts: own.map((one) => listing.pathOf(one)).filter((path) => !taken.has(path)),
      missing,
      leftOut: [...leftOut].sort(),
    };
    return files.length > (mask === undefined ? 0 : 1)
      ? [product]
      : [{ ...product, files: [], refusal: new AppError("product-without-bands", { path: product.path }) }];
  },
};

type Facts = Omit<ProductName, "evidence">;

function factsOf(groups: Groups, name: string): Facts {
  const { platform } = parseProduct(name);
  const image = groups.get("IMAGE_ATTRIBUTES");
  const level = groups.get("PRODUCT_CONTENTS")?.get("PROCESSING_LEVEL");
  const time = image?.get("SCENE_CENTER_TIME");
  const [path, row] = [image?.get("WRS_PATH"), image?.get("WRS_ROW")];
  return {
    sensor: "landsat",
    provider: "usgs",
    ...(platform ? { platform } : {}),
    ...(level ? { level: level.toUpperCase() } : {}),
    ...momentOf(`${image?.get("DATE_ACQUIRED") ?? ""}${time ? `T${time}` : ""}`),
    ...(path && row ? { tile: path.padStart(3, "0") + row.padStart(3, "0") } : {}),
  };
}

/**
 * Reflectance of a band: of level 2 as stated; of level 1 at the top of the atmosphere, with the sun's height, which the stated
 * numbers leave out.
 * @see USGS, Landsat 8-9 Collection 2 Level 2 Science Product Guide (LSDS-1619), §4; Data Users Handbook (LSDS-1574), §5.2
 */
function statedBand(groups: Groups, facts: Facts, source: string, band: string, number: string): StatedFile {
  const surface = groups.get("LEVEL2_SURFACE_REFLECTANCE_PARAMETERS");
  const group = facts.level?.startsWith("L2") ? surface : groups.get("LEVEL1_RADIOMETRIC_RESCALING");
  const multiply = Number(group?.get(`REFLECTANCE_MULT_BAND_${number}`));
  const add = Number(group?.get(`REFLECTANCE_ADD_BAND_${number}`));
  const sun = Number(groups.get("IMAGE_ATTRIBUTES")?.get("SUN_ELEVATION"));
  const height = group === surface ? 1 : Math.sin((sun * Math.PI) / 180);
  const product = statedProduct(source, { ...facts, bands: [band] });
  if (!Number.isFinite(multiply / height) || multiply <= 0 || !Number.isFinite(add / height) || height <= 0)
    return { product, source, bands: [{ name: band, bandIndex: 1, nodata: 0 }] };
  const [scale, offset] = [multiply / height, add / height];
  return {
    product,
    source,
    bands: [{ name: band, bandIndex: 1, nodata: 0, scale, offset }],
    radiometry: { quantity: "reflectance", decidedBy: { code: "metadata-scale", file: source, scale, offset } },
  };
}

async function groupsOf(listing: Listing, mark: string): Promise<Groups> {
  if (/\.xml$/i.test(mark)) return groupsOfXml(await xmlOf(listing, mark));
  if (/\.json$/i.test(mark)) return groupsOfJson(await jsonOf(listing, mark));
  return groupsOfText((await listing.read(mark)).toString("latin1"));
}

const groupsOfXml = (root: XmlElement): Groups =>
  new Map(
    root.children.map(({ name, children }) => [name, new Map(children.map((one) => [one.name, one.text.trim()]))]),
  );

function groupsOfJson(root: Json): Groups {
  const groups = new Map<string, ReadonlyMap<string, string>>();
  const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const file = isObject(root) ? root.LANDSAT_METADATA_FILE : undefined;
  if (isObject(file))
    for (const [name, group] of Object.entries(file))
      if (isObject(group)) groups.set(name, new Map(Object.entries(group).map(([key, value]) => [key, String(value)])));
  return groups;
}

/** `GROUP = NAME`, `KEY = "value"`, `END_GROUP = NAME`: the groups below the outermost one. */
function groupsOfText(text: string): Groups {
  const groups = new Map<string, Map<string, string>>();
  let group: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match) continue;
    const [, key = "", value = ""] = match;
    if (key === "GROUP") {
      group = new Map();
      groups.set(value, group);
    } else if (key === "END_GROUP") group = undefined;
    else group?.set(key, value.replace(/^"(.*)"$/, "$1"));
  }
  return groups;
}
