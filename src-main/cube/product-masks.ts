/**
 * Masks that products bring, by the names of their files or bands, and what their numbers mean according to the producers'
 * documentation. The table with its sources stands in this room's README.
 */
import type { MaskMeaning, MaskProduct, SensorId } from "../../src-shared/eo/index.ts";

export interface ProductMask {
  readonly product: MaskProduct;
  readonly meaning: MaskMeaning;
  /** what the band of the mask is called where the file has several */
  readonly band?: string;
}

interface Rule extends ProductMask {
  readonly file?: RegExp;
  /** the description of a band among those of an image */
  readonly describedAs?: RegExp;
  readonly sensors?: readonly SensorId[];
}

const bits = (...set: readonly number[]): MaskMeaning => ({ kind: "bits", bits: set });
const clear = (...values: readonly number[]): MaskMeaning => ({ kind: "classes", clear: values });

// Snow is no clear ground, as in the scene classification of Sentinel-2 (class 11).
const rules: readonly Rule[] = [
  {
    product: "landsat-qa-pixel",
    file: /^L[COTE]\d{2}_.*_QA_PIXEL\.tiff?$/i,
    describedAs: /^QA_PIXEL$/i,
    sensors: ["landsat"],
    // fill, dilated cloud, cirrus, cloud, cloud shadow, snow
    meaning: bits(0, 1, 2, 3, 4, 5),
  },
  {
    product: "landsat-pixel-qa",
    file: /^L[COTE]\d{2}_.*_pixel_qa\.tiff?$/i,
    describedAs: /^pixel_qa$/i,
    sensors: ["landsat"],
    // fill, cloud shadow, snow, cloud
    meaning: bits(0, 3, 4, 5),
  },
  {
    product: "hls-fmask",
    file: /^HLS\.[LS]30\..*\.Fmask\.tiff?$/i,
    // cloud, adjacent to cloud or shadow, cloud shadow, snow and ice
    meaning: bits(1, 2, 3, 4),
  },
  // Fmask 4 writes 0 land, 1 water, 2 cloud shadow, 3 snow, 4 cloud. Files called Fmask without a number may be of another program.
  { product: "fmask4", file: /_Fmask4\.tiff?$/i, meaning: clear(0, 1) },
  // Every bit is a kind of cloud or cloud shadow.
  { product: "maja-clm", file: /_CLM_R[12]\.tiff?$/i, meaning: bits(0, 1, 2, 3, 4, 5, 6, 7) },
  { product: "s2cloudless-clm", file: /(?:^|_)CLM\.tiff?$/i, describedAs: /^CLM$/i, meaning: clear(0) },
  { product: "planet-udm2", file: /_udm2(?:_|\.).*tiff?$/i, band: "clear", meaning: clear(1) },
  // Blackfill, cloud, and suspect data in one of the bands.
  { product: "planet-udm", file: /_udm(?:_clip)?\.tiff?$/i, meaning: bits(0, 1, 2, 3, 4, 5, 6, 7) },
  // Opaque clouds and cirrus; images processed since January 2022 have none of it.
  { product: "sentinel-2-qa60", describedAs: /^QA60$/i, sensors: ["sentinel-2"], meaning: bits(10, 11) },
  {
    product: "own-cloud",
    file: /(?:^|[_.\- ])(?:clouds?[_\- ]?mask|mask[_\- ]?clouds?|cloud[_\- ]?free[_\- ]?not|masque[_\- ]?nuages?|nuages)(?=[_.\- \d])/i,
    describedAs: /^(?:clouds?[_\- ]?mask|mask[_\- ]?clouds?)$/i,
    meaning: clear(0),
  },
  {
    product: "own-clear",
    file: /(?:^|[_.\- ])(?:(?:clear|valid|good|cloud[_\- ]?free)[_\- ]?(?:mask|pixels?|sky)|mask[_\- ]?(?:clear|valid))(?=[_.\- \d])/i,
    describedAs: /^(?:clear|valid|cloud[_\- ]?free)[_\- ]?(?:mask|pixels?)$/i,
    meaning: clear(1),
  },
];

/** What the file's name says of it, if it is the mask of a product; `undefined` for everything else. */
export function maskOfName(name: string): ProductMask | undefined {
  return rules.find(({ file }) => file?.test(name));
}

/** The first band among those of an image whose description is that of a mask. `bandIndex` counts from 1. */
export function maskAmongBands(
  sensor: SensorId,
  descriptions: readonly string[],
): (ProductMask & { readonly bandIndex: number }) | undefined {
  for (const [index, word] of descriptions.entries()) {
    const rule = rules.find(
      ({ describedAs, sensors }) => describedAs?.test(word.trim()) && (sensors?.includes(sensor) ?? true),
    );
    if (rule) return { ...rule, bandIndex: index + 1 };
  }
  return undefined;
}
