/** What one file holds: sensor, dates and bands, and how its numbers are read. `mosaic.ts` joins files to acquisitions. */

import { basename } from "node:path";
import {
  type AcquisitionFile,
  bandNamed,
  type Evidence,
  type EvidenceSource,
  type FileBand,
  type FileFacts,
  isoDate,
  type MaskMeaning,
  type ProductName,
  parseProduct,
  type SensorId,
  type StatedFile,
  sensors,
  thermalBand,
  undatedDay,
  usualBands,
  withStatedFields,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Reason, reason } from "../../src-shared/errors/reasons/index.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { resolutionOf } from "../../src-shared/geo/geobox.ts";
import type { RasterFacts } from "../imagery/index.ts";
import { type GivenMask, type GivenRadiometry, maskOf, withGivenRadiometry, withMaskBand } from "./given.ts";
import { isTemperature, layerKind } from "./product-layers.ts";
import { maskAmongBands, maskOfName } from "./product-masks.ts";
import { decideRadiometry, type PixelSample } from "./radiometry.ts";

/** A file, and what the person who added it said about it; that wins over every guess. */
export interface FileChoice {
  readonly path: string;
  readonly sensor?: SensorId;
  readonly date?: string;
  readonly bands?: readonly string[];
  /** instead of what the file says */
  readonly crs?: Crs;
  /** the metadata item that holds the date */
  readonly dateTag?: string;
  /** what the metadata of its product say; what a person says wins over it */
  readonly stated?: StatedFile;
  /** what its numbers mean */
  readonly radiometry?: GivenRadiometry;
  /** it does not change with time: elevation, heights of trees, soil */
  readonly undated?: boolean;
  /** it is a mask and no image; without a meaning that of its product */
  readonly isMask?: { readonly clear?: readonly number[] | undefined; readonly bits?: readonly number[] | undefined };
  /** the band that is its mask, by name or number */
  readonly maskBand?: GivenMask & { readonly band: string };
}

export interface NamedBand {
  readonly name: string;
  /** 1-based */
  readonly bandIndex: number;
}

/** One image in a file: bands of one moment, each name once. */
export interface Slice {
  readonly date: string;
  readonly time?: string;
  readonly bands: readonly NamedBand[];
}

/** What one file holds. A stack of dates in one file has several slices. */
export interface FileDescription {
  readonly facts: RasterFacts;
  readonly product: ProductName & { readonly sensor: SensorId };
  readonly slices: readonly Slice[];
  /** the band that says which pixels are clear, where the product's documentation or a person names it */
  readonly mask?: NamedMask;
  /** what the metadata of its product say */
  readonly stated?: StatedFile;
}

/** A mask of a file, and who says what its numbers mean. */
export interface NamedMask extends MaskMeaning {
  /** from 1 */
  readonly bandIndex: number;
  readonly source: EvidenceSource;
}

const elevationName =
  /(^|[_.\- ])(dem|dsm|dtm|mdt|mnt|mns|srtm|aster_?gdem|copdem|elevation|altitude|slope|aspect|hillshade)(?=[_.\- \d]|$)/i;
const classesName =
  /(^|[_.\- ])(labels?|lulc|land_?cover|land_?use|worldcover|corine|clc\d*|classes|classification|parcel_?ids?|truth|ground_?truth|masks?)(?=[_.\- \d]|$)/i;

/**
 * Rasters that are no acquisitions: elevations and classes, by their names, their bands and their colour tables. Who names
 * the sensor says that it is one.
 * @throws AppError "import-elevation", "import-class-raster"
 */
export function requireMeasurement(facts: RasterFacts, choice: FileChoice): void {
  if (choice.sensor || choice.undated || choice.isMask || choice.stated || maskOfName(basename(choice.path))) return;
  const { bands, quality } = parseProduct(choice.path);
  if (bands || quality) return;
  const name = choice.path.split(/[\\/]/).at(-1)!;
  const band = facts.bands[0]!;
  if (bandFromDescription("sentinel-2", band.name ?? "") === "SCL") return;
  if (facts.bands.length === 1 && elevationName.test(name))
    throw new AppError("import-elevation", { path: choice.path });
  const whole = facts.bands.every(({ dataType, scale }) => !dataType.startsWith("float") && scale === 1);
  const named = Boolean(band.colorTable) || (band.categoryNames?.length ?? 0) > 0;
  // A picture in colours with a mask is called after it too.
  const picture = facts.bands.some(({ colorInterpretation }) => colorInterpretation === "red");
  if (whole && (named || (!picture && classesName.test(name))))
    throw new AppError("import-class-raster", { path: choice.path });
}

/**
 * Reads sensor, dates and bands out of a file's name, tags and band descriptions.
 * @throws AppError "acquisition-date-tag", "acquisition-without-date", "acquisition-band-count", "import-format", "mask-without-clear",
 * "mask-without-sensor"
 */
export function describeFile(facts: RasterFacts, choice: FileChoice): FileDescription {
  const { stated } = choice;
  const named = parseProduct(choice.path);
  const guessed = stated ? withStatedFields(named, stated.product) : named;
  const descriptions = facts.bands.map((band) => band.name?.trim() ?? "");
  if (choice.undated) return describeUndated(facts, choice, descriptions);
  const ownMask = maskFile(choice, descriptions);
  const sensor = choice.sensor ?? guessed.sensor ?? sensorFromBands(facts, descriptions);
  const evidence = [...guessed.evidence];
  if (choice.sensor) evidence.push({ field: "sensor", source: { code: "chosen" } });
  else if (!guessed.sensor) evidence.push({ field: "sensor", source: { code: "bands-and-pixel-size" } });
  const product = { ...guessed, sensor, evidence };
  if (ownMask) return describeMask(facts, choice, { product, evidence, mask: ownMask });

  const known = stated ? { stated } : {};
  const dated = stated?.bands ? undefined : datedBands(sensor, descriptions, guessed.platform);
  if (dated && !choice.bands) {
    evidence.push({ field: "date", source: { code: "band-descriptions" } });
    return { facts, product, slices: dated, ...known };
  }
  const { bands: own, source } = nameBands(facts, sensor, choice, guessed, descriptions);
  evidence.push({ field: "bandNames", source });
  // A classification beside it is the better mask.
  const among =
    choice.bands || own.some(({ name }) => name === "SCL") ? undefined : maskAmongBands(sensor, descriptions);
  const bands = among ? own.filter(({ bandIndex }) => bandIndex !== among.bandIndex) : own;
  const mask = among && namedMask(among.meaning, among.bandIndex, { code: "product-mask", product: among.product });
  const moment = momentOf(facts, choice, product);
  if (mask) evidence.push({ field: "mask", source: mask.source });
  return { facts, product, slices: distinctBands({ ...moment, bands }), ...(mask ? { mask } : {}), ...known };
}

/** @throws AppError "acquisition-date-tag", "acquisition-without-date" */
function momentOf(
  facts: RasterFacts,
  choice: FileChoice,
  { sensor, evidence: known, ...guessed }: FileDescription["product"],
): Pick<Slice, "date" | "time"> {
  const evidence = known as Evidence[];
  if (choice.date) {
    evidence.push({ field: "date", source: { code: "chosen" } });
    return { date: choice.date };
  }
  if (choice.dateTag !== undefined) {
    const tagged = momentFromTag(facts.metadata, choice.dateTag);
    if (!tagged?.date) {
      const found = itemOf(facts.metadata, choice.dateTag) ?? null;
      throw new AppError("acquisition-date-tag", { path: choice.path, tag: choice.dateTag, found, tags: Object.keys(facts.metadata).slice(0, 20) }); // biome-ignore format: one call
    }
    evidence.push({ field: "date", source: { code: "chosen-tag", tag: choice.dateTag } });
    const { date, time } = tagged;
    return { date, ...(time ? { time } : {}) };
  }
  const moment = guessed.date ? guessed : momentFromMetadata(facts.metadata, sensor);
  if (!moment?.date) throw new AppError("acquisition-without-date", { path: choice.path });
  if (!guessed.date) evidence.push({ field: "date", source: { code: "metadata" } });
  const { date, time } = moment;
  return { date, ...(time ? { time } : {}) };
}

const namedMask = (meaning: MaskMeaning, bandIndex: number, source: EvidenceSource): NamedMask => ({
  ...meaning,
  bandIndex,
  source,
});

/** The mask that a whole file is, as a person or its product's documentation says. @throws AppError "mask-without-clear" */
function maskFile(choice: FileChoice, descriptions: readonly string[]): NamedMask | undefined {
  const product = maskOfName(basename(choice.path));
  const { isMask, stated } = choice;
  if (isMask?.bits) return namedMask({ kind: "bits", bits: isMask.bits }, 1, { code: "chosen" });
  if (isMask?.clear) return namedMask({ kind: "classes", clear: isMask.clear }, 1, { code: "chosen" });
  if (stated?.mask && !choice.bands) {
    const { bandIndex, ...meaning } = stated.mask;
    return namedMask(meaning, bandIndex, { code: "product-metadata", file: stated.source });
  }
  // Who names the bands says that it is an image.
  if (!product || choice.bands) {
    if (isMask) throw new AppError("mask-without-clear", { mask: choice.path });
    return undefined;
  }
  const found = product.band === undefined ? 0 : descriptions.findIndex((word) => word.toLowerCase() === product.band);
  return namedMask(product.meaning, Math.max(0, found) + 1, { code: "product-mask", product: product.product });
}

/** @throws AppError "mask-without-sensor", "acquisition-date-tag", "acquisition-without-date" */
function describeMask(
  facts: RasterFacts,
  choice: FileChoice,
  given: { readonly product: FileDescription["product"]; readonly evidence: Evidence[]; readonly mask: NamedMask },
): FileDescription {
  const { product, evidence, mask } = given;
  const { source } = mask;
  const own = source.code === "product-mask" && !source.product.startsWith("planet-");
  // A mask of its own name belongs to the images of a sensor: which one, pixels do not tell.
  if (!choice.sensor && product.sensor === "other" && (own || source.code === "chosen"))
    throw new AppError("mask-without-sensor", { path: choice.path });
  evidence.push({ field: "mask", source });
  return { facts, product, slices: [{ ...momentOf(facts, choice, product), bands: [] }], mask };
}

/** What the names of layers without a date say that they are. */
const layerNames: readonly (readonly [string, RegExp])[] = [
  ["slope", /slope|pente/i],
  ["aspect", /aspect|exposition/i],
  ["canopy-height", /(?:^|[_.\- ])(?:chm|mnh|ndsm|canopy)|canopy_?height|tree_?height/i],
  ["surface", /(?:^|[_.\- ])(?:dsm|mns|dom)(?=[_.\- \d]|$)/i],
  ["elevation", elevationName],
  ["soil", /(?:^|[_.\- ])(?:soil|sol|boden|clay|sand|silt|soc|phh2o)/i],
];

/** A layer that does not change with time: what its name says that it is, or its name; its bands by their descriptions. */
function describeUndated(facts: RasterFacts, choice: FileChoice, descriptions: readonly string[]): FileDescription {
  const stem = basename(choice.path).replace(/\.[^.]+$/, "");
  const word = stem
    .toLowerCase()
    .replace(/[^a-z]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 30);
  const level = layerNames.find(([, pattern]) => pattern.test(stem))?.[0] ?? (word || "layer");
  const bands = facts.bands.map((_, index): NamedBand => {
    const name =
      choice.bands?.[index] ?? (facts.bands.length === 1 ? level : descriptions[index] || `${level}${index + 1}`);
    return { name, bandIndex: index + 1 };
  });
  if (choice.bands && choice.bands.length !== facts.bands.length)
    throw new AppError("acquisition-band-count", {
      path: choice.path,
      found: facts.bands.length,
      expected: reason("band-names-given", { count: choice.bands.length }),
    });
  const evidence: Evidence[] = [
    { field: "date", source: { code: "chosen" } },
    { field: "bandNames", source: choice.bands ? { code: "chosen" } : { code: "file-name" } },
  ];
  return {
    facts,
    product: { sensor: "other", level, evidence },
    slices: distinctBands({ date: undatedDay, bands }),
  };
}

/** A stack that names a band again begins another image with it: the second VV belongs to the second VH. */
function distinctBands(slice: Slice): Slice[] {
  const slices: { date: string; time?: string; bands: NamedBand[] }[] = [];
  for (const band of slice.bands) {
    let home = slices.find(({ bands }) => !bands.some(({ name }) => name === band.name));
    if (!home) {
      home = { ...slice, bands: [] };
      slices.push(home);
    }
    home.bands.push(band);
  }
  return slices;
}

/** A slice of a described file as acquisitions are made of. */
export interface ImportedFile {
  readonly sensor: SensorId;
  readonly date: string;
  readonly file: AcquisitionFile;
}

/** What each slice of a file brings to an acquisition, with the meaning of its numbers decided. */
export function importedFiles(
  description: FileDescription,
  sample?: PixelSample,
  given: Pick<FileChoice, "radiometry" | "maskBand"> = {},
): ImportedFile[] {
  const { facts } = description;
  return readFiles(description, sample).map(({ file, ...rest }) => {
    const meant = given.radiometry ? withGivenRadiometry(file, given.radiometry) : file;
    const { maskBand } = given;
    return { ...rest, file: maskBand ? withMaskBand(meant, bandNumber(facts, meant, maskBand.band), maskBand) : meant };
  });
}

/** A band by its number, or by what the file or its product calls it. */
function bandNumber({ path, bands }: RasterFacts, file: AcquisitionFile, wanted: string): number {
  const number = Number(wanted);
  if (Number.isInteger(number) && number >= 1 && number <= bands.length) return number;
  const same = (name: string | undefined) => name?.trim().toLowerCase() === wanted.trim().toLowerCase();
  const named = file.bands.find(({ name }) => same(name))?.bandIndex;
  const found = named ?? bands.findIndex(({ name }) => same(name)) + 1;
  if (found > 0) return found;
  throw new AppError("mask-band-missing", {
    path,
    band: wanted,
    bands: bands.map(({ name }, n) => name ?? String(n + 1)),
  });
}

function readFiles(description: FileDescription, sample?: PixelSample): ImportedFile[] {
  const { facts, product, slices } = description;
  return slices.map(({ date, time, bands }) => {
    const measured = bands.filter((band) => band.name !== "SCL");
    const quality = bands.find((band) => band.name === "SCL");
    const mask = description.mask;
    const radiometry = decideRadiometry({
      product: { ...product, date },
      bands: measured.map((band) => facts.bands[band.bandIndex - 1]!),
      metadata: facts.metadata,
      ...(sample ? { sample } : {}),
      ...(description.stated ? { stated: description.stated } : {}),
    });
    const { platform, level, relativeOrbit, pass, tile, processingBaseline, resolutionMeters } = product;
    const known = { platform, level, relativeOrbit, pass, time, tile, processingBaseline, resolutionMeters };
    return {
      sensor: product.sensor,
      date,
      file: {
        path: facts.path,
        ...(facts.crs ? { crs: facts.crs } : {}),
        grid: facts.geobox,
        bands: measured.map((band): FileBand => {
          const stored = facts.bands[band.bandIndex - 1]!;
          const said = description.stated?.bands?.find(({ bandIndex }) => bandIndex === band.bandIndex);
          const tagged = stored.scale !== 1 || stored.offset !== 0;
          const nodata = stored.nodata ?? said?.nodata ?? usualNodata(product, stored.dataType);
          return {
            name: band.name,
            bandIndex: band.bandIndex,
            scale: said?.scale ?? (tagged ? stored.scale : radiometry.scale),
            offset: said?.scale === undefined ? (tagged ? stored.offset : radiometry.offset) : (said.offset ?? 0),
            ...(nodata === undefined ? {} : { nodata }),
          };
        }),
        ...(quality
          ? { quality: { kind: "scl" as const, bandIndex: quality.bandIndex } }
          : mask
            ? { quality: maskOf(mask.bandIndex, mask) }
            : {}),
        radiometry,
        facts: Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as FileFacts,
        evidence: product.evidence,
      },
    };
  });
}

/** Zero is “no data” in every Sentinel-2 product of integers, and −10000 in Theia's, whether the file says so or not. */
function usualNodata(product: ProductName, dataType: string): number | undefined {
  if (product.sensor !== "sentinel-2" || dataType.startsWith("float")) return undefined;
  return product.provider === "theia" ? -10000 : 0;
}

function nameBands(
  facts: RasterFacts,
  sensor: SensorId,
  choice: FileChoice,
  guessed: ProductName,
  descriptions: readonly string[],
): { readonly bands: readonly NamedBand[]; readonly source: EvidenceSource } {
  const count = facts.bands.length;
  const numbered = (names: readonly string[], source: EvidenceSource) => ({
    bands: names.map((name, index) => ({ name, bandIndex: index + 1 })),
    source,
  });
  const wrong = (expected: Reason) =>
    new AppError("acquisition-band-count", { path: choice.path, found: count, expected });
  if (choice.bands) {
    if (choice.bands.length !== count) throw wrong(reason("band-names-given", { count: choice.bands.length }));
    return numbered(choice.bands, { code: "chosen" });
  }
  const { stated } = choice;
  if (stated?.bands) {
    const beyond = stated.bands.find(({ bandIndex }) => bandIndex > count);
    if (beyond) throw wrong(reason("band-names-of-metadata", { file: stated.source, count: stated.bands.length }));
    const bands = stated.bands.map((band): NamedBand => ({ name: band.name, bandIndex: band.bandIndex }));
    return { bands, source: { code: "product-metadata", file: stated.source } };
  }
  const name = basename(choice.path);
  if (isTemperature(name) || guessed.bands?.includes(thermalBand))
    throw new AppError("import-format", { path: choice.path, kind: "temperature" });
  if (guessed.bands) {
    if (count !== guessed.bands.length)
      throw wrong(reason("band-names-of-file-name", { bands: guessed.bands.join(", ") }));
    return numbered(guessed.bands, { code: "file-name" });
  }
  const listed = facts.metadata.BANDS?.split(/[,;\s]+/).filter((name) => name !== "");
  const words = listed?.length === count ? listed : descriptions;
  const named = words.map((word) => bandFromDescription(sensor, word, guessed.platform));
  if (named.some((name) => name !== undefined)) {
    // A band nobody named (an alpha channel, a mask) is left out.
    const bands = named.flatMap((name, index) => (name === undefined ? [] : [{ name, bandIndex: index + 1 }]));
    return { bands, source: { code: "band-descriptions" } };
  }
  const opaque = withoutAlpha(facts);
  const usual = usualBands(sensor, opaque, guessed.platform);
  if (usual) return numbered(usual, { code: "usual-order", count: opaque });
  const kind = layerKind(name, sensor);
  if (kind) throw new AppError("import-format", { path: choice.path, kind });
  if (sensor === "other" || sensor === "aerial") {
    const names = words.slice(0, opaque).map((word, index) => (word !== "" ? word : `band${index + 1}`));
    return numbered(names, { code: "place-in-file" });
  }
  throw wrong(usualCounts(sensor, guessed.platform));
}

/** The bands before those of transparency at the end of a file: these say where there is data, and are read as that. */
function withoutAlpha({ bands }: RasterFacts): number {
  let count = bands.length;
  while (count > 1 && bands[count - 1]!.colorInterpretation === "alpha") count--;
  return count;
}

function usualCounts(sensor: SensorId, platform: string | undefined): Reason {
  const counts = Array.from({ length: 20 }, (_, count) => count).filter((count) => usualBands(sensor, count, platform));
  const [last = 0, title] = [counts.at(-1), sensors[sensor].title];
  return counts.length === 1
    ? reason("band-count-usual", { sensor: title, count: last })
    : reason("band-counts-usual", { sensor: title, counts: counts.slice(0, -1).join(", "), last });
}

/** `B2, central wavelength 490 nm` → B02; `Sigma0_VV_db` → VV. */
function bandFromDescription(sensor: SensorId, description: string, platform?: string): string | undefined {
  const word = description.split(",")[0]!.trim();
  if (sensor === "sentinel-2" && /^SCL$/i.test(word)) return "SCL";
  const exact = bandNamed(sensor, word, platform);
  if (exact) return exact.name;
  for (const part of word.split(/[\s_\-.]+/)) {
    const band = bandNamed(sensor, part, platform);
    if (band && part.length > 1) return band.name;
  }
  return sensor === "other" && word !== "" ? word : undefined;
}

const bandMoment = /(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2}))?(?!\d)/;

/** What a description says beside its date: `20170107_B02`, `B02_20170107`, Earth Engine's `20170107T105421_20170107T105423_T31UFS_B2`. */
function besideDate(description: string): { readonly match: RegExpExecArray; readonly rest: string } | undefined {
  const match = bandMoment.exec(description);
  if (!match) return undefined;
  const rest = `${description.slice(0, match.index)} ${description.slice(match.index + match[0].length)}`;
  // The second moment and the tile of Earth Engine's names belong to the product, not to the band.
  const band = rest.replace(/^.*\d{8}T\d{6}_T\d{2}[A-Z]{3}_/, "");
  return { match, rest: band.replace(/^[\s_.:-]+|[\s_.:-]+$/g, "") };
}

/** A date in every band's description: one file holds a series. */
function datedBands(
  sensor: SensorId,
  descriptions: readonly string[],
  platform: string | undefined,
): FileDescription["slices"] | undefined {
  const slices = new Map<string, { date: string; time?: string; bands: NamedBand[] }>();
  for (const [index, description] of descriptions.entries()) {
    const { match, rest } = besideDate(description) ?? {};
    const date = match && isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
    const name = rest && (bandFromDescription(sensor, rest, platform) ?? rest);
    if (!match || !date || !name) return undefined;
    const time = match[4] ? `${match[4]}:${match[5]}:${match[6]}` : undefined;
    const key = `${date} ${time ?? ""}`;
    const slice = slices.get(key) ?? { date, ...(time ? { time } : {}), bands: [] };
    slice.bands.push({ name, bandIndex: index + 1 });
    slices.set(key, slice);
  }
  return slices.size > 0 ? [...slices.values()].flatMap(distinctBands) : undefined;
}

const momentKeys = [
  "ACQUISITION_DATE",
  "ACQUISITIONDATETIME",
  "SENSING_TIME",
  "PRODUCT_START_TIME",
  "DATATAKE_1_DATATAKE_SENSING_START",
];

const itemOf = (metadata: Readonly<Record<string, string>>, tag: string): string | undefined =>
  Object.entries(metadata).find(([key]) => key.toUpperCase() === tag.toUpperCase())?.[1];

/** `2019-06-10T10:57:03Z`, `2019:06:10 10:57:03`, `20190610`, `10/06/2019` (day first) or seconds since 1970. */
function momentFromTag(
  metadata: Readonly<Record<string, string>>,
  tag: string,
): { readonly date?: string; readonly time?: string } | undefined {
  const text = itemOf(metadata, tag)?.trim();
  if (text === undefined) return undefined;
  const time = (match: RegExpExecArray, from: number) =>
    match[from] ? { time: `${match[from]}:${match[from + 1]}:${match[from + 2]}` } : {};
  const yearFirst = /^(\d{4})[-:/.]?(\d{2})[-:/.]?(\d{2})(?:[T _](\d{2}):?(\d{2}):?(\d{2}))?/.exec(text);
  const first = yearFirst && isoDate(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]));
  if (first) return { date: first, ...time(yearFirst, 4) };
  const dayFirst = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ](\d{2}):?(\d{2}):?(\d{2}))?/.exec(text);
  const second = dayFirst && isoDate(Number(dayFirst[3]), Number(dayFirst[2]), Number(dayFirst[1]));
  if (second) return { date: second, ...time(dayFirst, 4) };
  if (/^\d{9,10}(\.\d+)?$/.test(text)) {
    const iso = new Date(Number(text) * 1000).toISOString();
    return { date: iso.slice(0, 10), time: iso.slice(11, 19) };
  }
  return undefined;
}

function momentFromMetadata(
  metadata: Readonly<Record<string, string>>,
  sensor: SensorId,
): { readonly date?: string; readonly time?: string } | undefined {
  const upper = new Map(Object.entries(metadata).map(([key, value]) => [key.toUpperCase(), value]));
  // A TIFF's own date is when the file was written; only a camera writes it when the picture was taken.
  const keys = sensor === "aerial" ? [...momentKeys, "TIFFTAG_DATETIME"] : momentKeys;
  for (const key of keys) {
    const match = /(\d{4})[-:]?(\d{2})[-:]?(\d{2})(?:[T ](\d{2}):?(\d{2}):?(\d{2}))?/.exec(upper.get(key) ?? "");
    const date = match && isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
    if (date) return match[4] ? { date, time: `${match[4]}:${match[5]}:${match[6]}` } : { date };
  }
  return undefined;
}

/** Without a word in the name, the bands or the pixel size may tell the sensor; else it is `other`. */
function sensorFromBands(facts: RasterFacts, descriptions: readonly string[]): SensorId {
  const words = descriptions.map((word) => (besideDate(word)?.rest ?? word).split(",")[0]!.trim());
  if (new Set(words.filter((word) => /^B(0?[1-9]|1[0-2]|8A)$/i.test(word))).size >= 3) return "sentinel-2";
  if (words.some((word) => /(^|_)V[VH]($|_)/i.test(word))) return "sentinel-1";
  const count = facts.bands.length;
  const bytes = facts.bands.every((band) => band.dataType === "uint8");
  return bytes && (count === 3 || count === 4) && resolutionOf(facts.geobox).x < 5 ? "aerial" : "other";
}
