/** Files → acquisitions: which bands of which files belong to one sensor at one moment. */
import {
  type Acquisition,
  type AcquisitionBand,
  bandNamed,
  isoDate,
  type ProductName,
  parseProduct,
  type SensorId,
  sensors,
  usualBands,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { boundsOf, resolutionOf } from "../../src-shared/geo/geobox.ts";
import { decideRadiometry, type PixelSample } from "./radiometry.ts";
import type { RasterFacts } from "./reader.ts";

/** A file, and what the person who added it said about it; that wins over every guess. */
export interface FileChoice {
  readonly path: string;
  readonly sensor?: SensorId;
  readonly date?: string;
  readonly bands?: readonly string[];
  /** instead of what the file says */
  readonly crs?: Crs;
}

export interface NamedBand {
  readonly name: string;
  /** 1-based */
  readonly bandIndex: number;
}

/** What one file holds. A stack of dates in one file has several slices. */
export interface FileDescription {
  readonly facts: RasterFacts;
  readonly product: ProductName & { readonly sensor: SensorId };
  readonly slices: readonly { readonly date: string; readonly time?: string; readonly bands: readonly NamedBand[] }[];
}

/** Reads sensor, dates and bands out of a file's name, tags and band descriptions. */
export function describeFile(facts: RasterFacts, choice: FileChoice): FileDescription {
  const guessed = parseProduct(choice.path);
  const descriptions = facts.bands.map((band) => band.name?.trim() ?? "");
  const sensor = choice.sensor ?? guessed.sensor ?? sensorFromBands(facts, descriptions);
  const evidence = [...guessed.evidence];
  if (choice.sensor) evidence.push(`sensor: chosen`);
  else if (!guessed.sensor) evidence.push(`sensor: its bands and pixel size`);
  const product = { ...guessed, sensor, evidence };

  const dated = datedBands(sensor, descriptions);
  if (dated && !choice.bands) {
    evidence.push("date: the bands' descriptions");
    return { facts, product, slices: dated };
  }
  const { bands, source } = nameBands(facts, sensor, choice, guessed, descriptions);
  evidence.push(`band names: ${source}`);
  if (choice.date) {
    evidence.push("date: chosen");
    return { facts, product, slices: [{ date: choice.date, bands }] };
  }
  const moment = guessed.date ? guessed : momentFromMetadata(facts.metadata, sensor);
  if (!moment?.date) throw new AppError("acquisition-without-date", { path: choice.path });
  if (!guessed.date) evidence.push("date: the file's metadata");
  return { facts, product, slices: [{ date: moment.date, ...(moment.time ? { time: moment.time } : {}), bands }] };
}

/**
 * Joins files of one sensor, level, moment and tile. Where two files hold one band (a SAFE keeps B02 at 10, 20 and
 * 60 m), the sharper one is taken; two equal ones are an error.
 */
export function groupAcquisitions(
  files: readonly FileDescription[],
  samples: ReadonlyMap<string, PixelSample> = new Map(),
): Acquisition[] {
  const groups = new Map<string, Part[]>();
  for (const file of [...files].sort(sharperFirst)) {
    for (const slice of file.slices) {
      const { sensor, level, tile } = file.product;
      const key = [slice.date, slice.time ?? "", sensor, level ?? "", tile ?? ""].join(" ");
      const group = groups.get(key);
      if (group) group.push({ file, ...slice });
      else groups.set(key, [{ file, ...slice }]);
    }
  }
  const found: Acquisition[] = [];
  for (const key of [...groups.keys()].sort()) {
    for (const parts of separateProducts(groups.get(key)!)) found.push(acquisitionOf(parts, samples));
  }
  return withDistinctIds(found);
}

interface Part {
  readonly file: FileDescription;
  readonly date: string;
  readonly time?: string;
  readonly bands: readonly NamedBand[];
}

const isQuality = (part: Part) => part.bands.every((band) => band.name === "SCL");

/** Images of one moment that lie side by side (quarter sheets of an aerial flight) are products of their own. */
function separateProducts(parts: readonly Part[]): Part[][] {
  const products: { parts: Part[]; names: Set<string> }[] = [];
  for (const part of parts) {
    const names = part.bands.map((band) => band.name);
    const fresh = (product: (typeof products)[number]) => names.every((name) => !product.names.has(name));
    const home = products.find((product) => fresh(product) && samePlace(product.parts[0]!, part));
    if (home) {
      home.parts.push(part);
      for (const name of names) home.names.add(name);
      continue;
    }
    const rival = products.find((product) => samePlace(product.parts[0]!, part));
    if (!rival) {
      products.push({ parts: [part], names: new Set(names) });
      continue;
    }
    const remaining = part.bands.filter((band) => !rival.names.has(band.name));
    for (const band of part.bands) {
      const other = rival.parts.find((known) => known.bands.some(({ name }) => name === band.name));
      if (other && pixelSize(other) === pixelSize(part)) {
        const paths = [other.file.facts.path, part.file.facts.path];
        throw new AppError("acquisition-duplicate-band", { date: part.date, band: band.name, paths });
      }
    }
    if (remaining.length > 0) rival.parts.push({ ...part, bands: remaining });
    for (const band of remaining) rival.names.add(band.name);
  }
  return products.map((product) => product.parts);
}

const pixelSize = (part: Part) => resolutionOf(part.file.facts.geobox).x;

function sharperFirst(p: FileDescription, q: FileDescription): number {
  const difference = resolutionOf(p.facts.geobox).x - resolutionOf(q.facts.geobox).x;
  return difference || (p.facts.path < q.facts.path ? -1 : 1);
}

/** Two footprints are one place when they share most of the smaller one. Another CRS is compared by nothing: one place. */
function samePlace(p: Part, q: Part): boolean {
  if (p.file.facts.geobox.crs !== q.file.facts.geobox.crs) return true;
  const a = boundsOf(p.file.facts.geobox);
  const b = boundsOf(q.file.facts.geobox);
  const width = Math.min(a.maxX, b.maxX) - Math.max(a.minX, b.minX);
  const height = Math.min(a.maxY, b.maxY) - Math.max(a.minY, b.minY);
  if (width <= 0 || height <= 0) return false;
  const smaller = Math.min((a.maxX - a.minX) * (a.maxY - a.minY), (b.maxX - b.minX) * (b.maxY - b.minY));
  return (width * height) / smaller > 0.5;
}

function acquisitionOf(parts: readonly Part[], samples: ReadonlyMap<string, PixelSample>): Acquisition {
  const measured = parts.filter((part) => !isQuality(part));
  const first = measured[0] ?? parts[0]!;
  const { product } = first.file;
  const quality = parts.find((part) => part.bands.some((band) => band.name === "SCL"));
  const sample = measured.map((part) => samples.get(part.file.facts.path)).find((found) => found !== undefined);
  const bandsUsed = measured.flatMap((part) =>
    part.bands.filter((band) => band.name !== "SCL").map((band) => ({ part, band })),
  );
  const radiometry = decideRadiometry({
    product: { ...product, date: first.date },
    bands: bandsUsed.map(({ part, band }) => part.file.facts.bands[band.bandIndex - 1]!),
    metadata: Object.assign({}, ...measured.map((part) => part.file.facts.metadata)),
    ...(sample ? { sample } : {}),
  });
  const bands = bandsUsed.map(({ part, band }): AcquisitionBand => {
    const stored = part.file.facts.bands[band.bandIndex - 1]!;
    const tagged = stored.scale !== 1 || stored.offset !== 0;
    const nodata = stored.nodata ?? usualNodata(product, stored.dataType);
    return {
      name: band.name,
      path: part.file.facts.path,
      ...(part.file.facts.crs ? { crs: part.file.facts.crs } : {}),
      bandIndex: band.bandIndex,
      scale: tagged ? stored.scale : radiometry.scale,
      offset: tagged ? stored.offset : radiometry.offset,
      ...(nodata === undefined ? {} : { nodata }),
    };
  });
  const qualityBand = quality?.bands.find((band) => band.name === "SCL");
  const { platform, level, relativeOrbit, pass, tile, processingBaseline } = product;
  return {
    id: [
      product.sensor.replace("sentinel-", "s"),
      first.date.replaceAll("-", "") + (first.time ? `T${first.time.replaceAll(":", "")}` : ""),
      ...(tile ? [tile] : []),
    ].join("-"),
    sensor: product.sensor,
    ...(platform ? { platform } : {}),
    ...(level ? { level } : {}),
    date: first.date,
    ...(first.time ? { time: first.time } : {}),
    ...(relativeOrbit !== undefined ? { relativeOrbit } : {}),
    ...(pass ? { pass } : {}),
    ...(tile ? { tile } : {}),
    ...(processingBaseline ? { processingBaseline } : {}),
    bands: sortBands(product.sensor, bands),
    ...(quality && qualityBand
      ? {
          quality: {
            kind: "scl" as const,
            path: quality.file.facts.path,
            ...(quality.file.facts.crs ? { crs: quality.file.facts.crs } : {}),
            bandIndex: qualityBand.bandIndex,
          },
        }
      : {}),
    radiometry,
    evidence: firstOfEachField([first, ...parts].flatMap((part) => part.file.product.evidence)),
  };
}

/** The evidence of the first file stands for the others, which agree with it or would not be here. */
function firstOfEachField(evidence: readonly string[]): string[] {
  const byField = new Map<string, string>();
  for (const line of evidence) {
    const field = line.slice(0, line.indexOf(":"));
    if (field !== "bands" && field !== "quality" && !byField.has(field)) byField.set(field, line);
  }
  return [...byField.values()];
}

/** Zero is “no data” in every Sentinel-2 product of integers, and −10000 in Theia's, whether the file says so or not. */
function usualNodata(product: ProductName, dataType: string): number | undefined {
  if (product.sensor !== "sentinel-2" || dataType.startsWith("float")) return undefined;
  return product.provider === "theia" ? -10000 : 0;
}

/** The sensor's own order (of wavelength), then names the sensor does not know. */
function sortBands(sensor: SensorId, bands: readonly AcquisitionBand[]): AcquisitionBand[] {
  const order = sensors[sensor].bands.map((band) => band.name);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...bands].sort((p, q) => rank(p.name) - rank(q.name));
}

function withDistinctIds(found: readonly Acquisition[]): Acquisition[] {
  const counts = new Map<string, number>();
  return found.map((acquisition) => {
    const count = (counts.get(acquisition.id) ?? 0) + 1;
    counts.set(acquisition.id, count);
    return count === 1 ? acquisition : { ...acquisition, id: `${acquisition.id}-${count}` };
  });
}

function nameBands(
  facts: RasterFacts,
  sensor: SensorId,
  choice: FileChoice,
  guessed: ProductName,
  descriptions: readonly string[],
): { readonly bands: readonly NamedBand[]; readonly source: string } {
  const count = facts.bands.length;
  const numbered = (names: readonly string[], source: string) => ({
    bands: names.map((name, index) => ({ name, bandIndex: index + 1 })),
    source,
  });
  const wrong = (expected: string) =>
    new AppError("acquisition-band-count", { path: choice.path, found: count, expected });
  if (choice.bands) {
    if (choice.bands.length !== count) throw wrong(`${choice.bands.length} band names were given`);
    return numbered(choice.bands, "chosen");
  }
  if (guessed.bands) {
    if (count !== guessed.bands.length) throw wrong(`its name says it holds only ${guessed.bands.join(", ")}`);
    return numbered(guessed.bands, "the file's name");
  }
  const listed = facts.metadata.BANDS?.split(/[,;\s]+/).filter((name) => name !== "");
  const words = listed?.length === count ? listed : descriptions;
  const named = words.map((word) => bandFromDescription(sensor, word));
  if (named.some((name) => name !== undefined)) {
    // A band nobody named (an alpha channel, a mask) is left out.
    const bands = named.flatMap((name, index) => (name === undefined ? [] : [{ name, bandIndex: index + 1 }]));
    return { bands, source: "their descriptions" };
  }
  const usual = usualBands(sensor, count);
  if (usual) return numbered(usual, `the usual order of ${count} bands`);
  if (sensor === "other" || sensor === "aerial") {
    const names = words.map((word, index) => (word !== "" ? word : `band${index + 1}`));
    return numbered(names, "their place in the file");
  }
  throw wrong(`${sensors[sensor].title} files with unnamed bands have ${usualCounts(sensor)}`);
}

function usualCounts(sensor: SensorId): string {
  const counts = Array.from({ length: 20 }, (_, count) => count).filter((count) => usualBands(sensor, count));
  return counts.length === 1 ? `${counts[0]}` : `${counts.slice(0, -1).join(", ")} or ${counts.at(-1)}`;
}

/** `B2, central wavelength 490 nm` → B02; `Sigma0_VV_db` → VV. */
function bandFromDescription(sensor: SensorId, description: string): string | undefined {
  const word = description.split(",")[0]!.trim();
  if (sensor === "sentinel-2" && /^SCL$/i.test(word)) return "SCL";
  const exact = bandNamed(sensor, word);
  if (exact) return exact.name;
  for (const part of word.split(/[\s_\-.]+/)) {
    const band = bandNamed(sensor, part);
    if (band && part.length > 1) return band.name;
  }
  return sensor === "other" && word !== "" ? word : undefined;
}

/** `20170107_B02` in every band: one file holds a series. */
function datedBands(sensor: SensorId, descriptions: readonly string[]): FileDescription["slices"] | undefined {
  const slices = new Map<string, { date: string; time?: string; bands: NamedBand[] }>();
  for (const [index, description] of descriptions.entries()) {
    const match = /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2}))?[_\s-]+(.+)$/.exec(description);
    const date = match && isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
    const name = match && (bandFromDescription(sensor, match[7]!) ?? match[7]!);
    if (!date || !name) return undefined;
    const time = match[4] ? `${match[4]}:${match[5]}:${match[6]}` : undefined;
    const key = `${date} ${time ?? ""}`;
    const slice = slices.get(key) ?? { date, ...(time ? { time } : {}), bands: [] };
    slice.bands.push({ name, bandIndex: index + 1 });
    slices.set(key, slice);
  }
  return slices.size > 0 ? [...slices.values()] : undefined;
}

const momentKeys = [
  "ACQUISITION_DATE",
  "ACQUISITIONDATETIME",
  "SENSING_TIME",
  "PRODUCT_START_TIME",
  "DATATAKE_1_DATATAKE_SENSING_START",
];

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
  const words = descriptions.map((word) => word.split(",")[0]!.trim());
  if (words.filter((word) => /^B(0?[1-9]|1[0-2]|8A)$/i.test(word)).length >= 3) return "sentinel-2";
  if (words.some((word) => /(^|_)V[VH]($|_)/i.test(word))) return "sentinel-1";
  const count = facts.bands.length;
  const bytes = facts.bands.every((band) => band.dataType === "uint8");
  return bytes && (count === 3 || count === 4) && resolutionOf(facts.geobox).x < 5 ? "aerial" : "other";
}
