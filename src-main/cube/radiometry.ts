/**
 * What stored numbers mean, decided once per product and written down with the reason.
 *
 * Sentinel-2 digital numbers are reflectance × 10000, and since processing baseline 04.00 (25 January 2022) plus 1000.
 * Reprocessed older scenes (baseline 05.00 and later) have the offset too, and many providers take it out again, so the
 * date alone decides nothing: a product's own statement comes first, then its name, then its provider, then its pixels.
 */
import type { ProductName, Radiometry } from "../../src-shared/eo/index.ts";
import type { BandFacts } from "../imagery/index.ts";

/** The stored values of a small sample of pixels with data, in ascending order. */
export interface PixelSample {
  readonly sorted: Float64Array | readonly number[];
}

export interface RadiometryEvidence {
  readonly product: Pick<ProductName, "sensor" | "level" | "date" | "processingBaseline" | "provider">;
  readonly bands: readonly BandFacts[];
  readonly metadata: Readonly<Record<string, string>>;
  /** of the darkest band for Sentinel-2, of VV for Sentinel-1 */
  readonly sample?: PixelSample;
}

const firstBaselineWithOffset = 4;
const firstDayWithOffset = "2022-01-25";

export function decideRadiometry(evidence: RadiometryEvidence): Radiometry {
  const sensor = evidence.product.sensor;
  if (sensor === "sentinel-2") return decideSentinel2(evidence);
  if (sensor === "sentinel-1") return decideSentinel1(evidence);
  if (sensor === "landsat") return decideLandsat(evidence);
  const tag = taggedScale(evidence.bands);
  return {
    quantity: sensor === "aerial" ? "brightness" : "unknown",
    scale: tag?.scale ?? 1,
    offset: tag?.offset ?? 0,
    decidedBy: tag ? `${tagSentence(tag)}.` : "Values are used as they are stored.",
    warnings: [],
  };
}

function decideSentinel2({ product, bands, metadata, sample }: RadiometryEvidence): Radiometry {
  const decision = (
    scale: number,
    offset: number,
    decidedBy: string,
    warnings: readonly string[] = [],
  ): Radiometry => ({
    quantity: "reflectance",
    scale,
    offset,
    decidedBy,
    warnings,
  });
  const baseline = product.processingBaseline ?? metadata.PROCESSING_BASELINE;
  const offsetExpected = baseline !== undefined && Number.parseFloat(baseline) >= firstBaselineWithOffset;

  const tag = taggedScale(bands);
  if (tag) {
    const doubts =
      tag.offset === 0 && offsetExpected && product.provider === "esa"
        ? [`The name says processing baseline ${baseline}, which adds 1000, but the file's own offset is 0.`]
        : [];
    return decision(tag.scale, tag.offset, `${tagSentence(tag)}.`, doubts);
  }
  const stated = statedScale(metadata);
  if (stated) {
    return decision(
      1 / stated.quantification,
      stated.add / stated.quantification,
      `The product's metadata state a quantification of ${stated.quantification} and an added offset of ${stated.add}.`,
    );
  }
  if (bands.every((band) => band.dataType.startsWith("float"))) {
    const largest = sample?.sorted.at(-1);
    return largest !== undefined && largest > 20
      ? decision(1e-4, 0, `Floating-point values up to ${round(largest)} are digital numbers: divided by 10000.`)
      : decision(1, 0, "Floating-point values without a scale are taken as reflectance.");
  }
  const withOffset = (reason: string) => decision(1e-4, -0.1, `${reason}: (value − 1000) / 10000.`);
  const withoutOffset = (reason: string) => decision(1e-4, 0, `${reason}: value / 10000.`);
  if (product.provider === "theia") return withoutOffset("Theia (MAJA) products have no added offset");
  if (product.provider === "hls") return withoutOffset("HLS products have no added offset");
  if (product.provider === "sentinel-hub") return withoutOffset("Sentinel Hub takes the added offset out by default");
  if (baseline !== undefined) {
    return offsetExpected
      ? withOffset(`Processing baseline ${baseline} adds 1000`)
      : withoutOffset(`Processing baseline ${baseline} adds nothing`);
  }
  // No statement, no baseline. The darkest pixels decide: water, shadow and dense forest are under 0.05 in every scene of some size.
  const darkest = sample && percentile(sample.sorted, 0.001);
  if (darkest !== undefined && sample!.sorted.length >= 100) {
    const dark = { basis: "pixels" } as const;
    if (darkest < 900)
      return { ...withoutOffset(`The darkest pixels have ${round(darkest)}, so nothing was added`), ...dark };
    if (darkest < 1600 && product.date !== undefined && product.date >= firstDayWithOffset) {
      return {
        ...withOffset(`Sensed after ${firstDayWithOffset}, and no pixel is darker than ${round(darkest)}`),
        ...dark,
      };
    }
  }
  if (product.date !== undefined && product.date < firstDayWithOffset) {
    return { ...withoutOffset(`Sensed before ${firstDayWithOffset}, when no offset was added`), basis: "date" };
  }
  const guess = product.provider === "esa" ? withOffset : withoutOffset;
  const decided = guess("The product does not say whether 1000 was added; this is a guess from its kind");
  return { ...decided, basis: "guess", warnings: ["Check the offset: a wrong one moves every reflectance by 0.1."] };
}

function decideSentinel1({ product, bands, metadata, sample }: RadiometryEvidence): Radiometry {
  const decision = (
    quantity: Radiometry["quantity"],
    decidedBy: string,
    warnings: readonly string[] = [],
  ): Radiometry => {
    const tag = taggedScale(bands);
    return { quantity, scale: tag?.scale ?? 1, offset: tag?.offset ?? 0, decidedBy, warnings };
  };
  const words = [...bands.flatMap((band) => [band.unit ?? "", band.name ?? ""]), metadata.units ?? ""];
  if (words.some((word) => /(^|[^a-z])d[bB]($|[^a-z])/.test(word))) {
    return decision("backscatter-db", "The file gives its unit as dB.");
  }
  const lowest = sample?.sorted[0];
  const middle = sample && percentile(sample.sorted, 0.5);
  if (lowest !== undefined && middle !== undefined) {
    if (middle < 0)
      return decision("backscatter-db", `Half of the values are below ${round(middle)}: they are decibels.`);
    if (lowest >= 0 && middle < 5) {
      return decision(
        "backscatter-linear",
        `No value is negative and half are below ${round(middle)}: linear power, turned into decibels when read.`,
      );
    }
    return decision("unknown", `Values around ${round(middle)} are neither decibels nor calibrated power.`, [
      "This looks like uncalibrated Sentinel-1 data. Calibrate and terrain-correct it first.",
    ]);
  }
  return product.level === "RTC"
    ? decision("backscatter-linear", "Terrain-corrected (RTC) products store linear power.")
    : decision("backscatter-db", "Nothing says otherwise: values are taken as decibels.");
}

function decideLandsat({ product, bands }: RadiometryEvidence): Radiometry {
  const tag = taggedScale(bands);
  if (tag) {
    return { quantity: "reflectance", ...tag, decidedBy: `${tagSentence(tag)}.`, warnings: [] };
  }
  if (product.provider === "hls") {
    return { quantity: "reflectance", scale: 1e-4, offset: 0, decidedBy: "HLS products: value / 10000.", warnings: [] };
  }
  const surface = product.level?.startsWith("L2") ?? false;
  return surface
    ? {
        quantity: "reflectance",
        scale: 2.75e-5,
        offset: -0.2,
        decidedBy: "Landsat Collection 2 level 2: value × 0.0000275 − 0.2.",
        warnings: [],
      }
    : { quantity: "unknown", scale: 1, offset: 0, decidedBy: "Values are used as they are stored.", warnings: [] };
}

/**
 * A second look over a whole series: one scene may be all cloud, but in a year of scenes something is dark.
 * Gives each acquisition's darkest clear reflectance; answers one sentence when the series as a whole cannot be right.
 */
export function doubtAboutSeries(darkestClear: readonly number[]): string | undefined {
  if (darkestClear.length < 5) return undefined;
  const sorted = [...darkestClear].sort((p, q) => p - q);
  const low = percentile(sorted, 0.1);
  if (low >= 0.095) {
    return `In ${sorted.length} dates no clear pixel is darker than ${low.toFixed(3)}: the +1000 offset is probably still in.`;
  }
  const middle = percentile(sorted, 0.5);
  if (middle <= -0.04) {
    return `In half of ${sorted.length} dates the darkest clear pixel is below ${middle.toFixed(3)}: an offset was probably taken off twice.`;
  }
  return undefined;
}

/** GDAL's scale and offset tags, when the bands agree on something other than “as stored”. */
function taggedScale(bands: readonly BandFacts[]): { scale: number; offset: number } | undefined {
  const first = bands[0];
  if (!first || (first.scale === 1 && first.offset === 0)) return undefined;
  const same = bands.every((band) => band.scale === first.scale && band.offset === first.offset);
  return same ? { scale: first.scale, offset: first.offset } : undefined;
}

const tagSentence = (tag: { scale: number; offset: number }) =>
  `The file's own scale and offset tags say value × ${tag.scale} + ${tag.offset}`;

/** GDAL's Sentinel-2 driver and several providers copy these two numbers from the product's XML. */
function statedScale(metadata: Readonly<Record<string, string>>): { quantification: number; add: number } | undefined {
  const find = (pattern: RegExp) =>
    Object.entries(metadata)
      .filter(([key]) => pattern.test(key))
      .map(([, value]) => Number.parseFloat(value))
      .find(Number.isFinite);
  const quantification = find(/^(BOA_|RADIO_)?QUANTIFICATION_VALUE$/i);
  const add = find(/^(BOA|RADIO)_ADD_OFFSET/i);
  return add === undefined ? undefined : { quantification: quantification ?? 10000, add };
}

/** Linear interpolation between ranks, as numpy's default. `sorted` is ascending and not empty. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (position - below);
}

const round = (value: number) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
