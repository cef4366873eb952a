/**
 * What stored numbers mean, decided once per product and kept with the reason.
 *
 * Sentinel-2 digital numbers are reflectance × 10000, and since processing baseline 04.00 (25 January 2022) plus 1000.
 * Reprocessed older scenes (baseline 05.00 and later) have the offset too, and many providers take it out again, so the
 * date alone decides nothing: a product's own statement comes first, then its name, then its provider, then its pixels.
 */
import type { ProductName, Radiometry, Remark, StatedFile } from "../../src-shared/eo/index.ts";
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
  /** what the product's own metadata say: nothing else decides then */
  readonly stated?: Pick<StatedFile, "bands" | "radiometry">;
}

const firstBaselineWithOffset = 4;
const firstDayWithOffset = "2022-01-25";

/**
 * How a file's stored numbers become reflectance or backscatter (value = stored × scale + offset), with the reason and the doubts.
 * @see Sentinel-2 Products Specification, processing baseline 04.00; Landsat Collection 2 Level-2 Science Product Guide
 */
export function decideRadiometry(evidence: RadiometryEvidence): Radiometry {
  const sensor = evidence.product.sensor;
  const { stated } = evidence;
  if (stated?.radiometry) {
    const { scale = 1, offset = 0 } = stated.bands?.[0] ?? {};
    return { ...stated.radiometry, scale, offset, warnings: [] };
  }
  if (sensor === "sentinel-2") return decideSentinel2(evidence);
  if (sensor === "sentinel-1") return decideSentinel1(evidence);
  if (sensor === "landsat") return decideLandsat(evidence);
  const tag = taggedScale(evidence.bands);
  return {
    quantity: sensor === "aerial" ? "brightness" : "unknown",
    scale: tag?.scale ?? 1,
    offset: tag?.offset ?? 0,
    decidedBy: tag ? { code: "scale-tags", ...tag } : { code: "as-stored" },
    warnings: [],
  };
}

function decideSentinel2({ product, bands, metadata, sample }: RadiometryEvidence): Radiometry {
  const decision = (
    scale: number,
    offset: number,
    decidedBy: Remark,
    warnings: readonly Remark[] = [],
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
    const doubtful = tag.offset === 0 && offsetExpected && product.provider === "esa";
    const doubts: Remark[] = doubtful ? [{ code: "baseline-against-tags", baseline }] : [];
    return decision(tag.scale, tag.offset, { code: "scale-tags", ...tag }, doubts);
  }
  const stated = statedScale(metadata);
  if (stated) {
    const { quantification, add } = stated;
    return decision(1 / quantification, add / quantification, { code: "scale-stated", quantification, add });
  }
  if (bands.every((band) => band.dataType.startsWith("float"))) {
    // Not the largest of all: one defect pixel would make digital numbers of reflectances.
    const largest = sample && percentile(sample.sorted, 0.99);
    return largest !== undefined && largest > 20
      ? decision(1e-4, 0, { code: "float-digital-numbers", largest: round(largest) })
      : decision(1, 0, { code: "float-reflectance" });
  }
  const withOffset = (reason: Remark) => decision(1e-4, -0.1, reason);
  const withoutOffset = (reason: Remark) => decision(1e-4, 0, reason);
  if (product.provider === "theia") return withoutOffset({ code: "theia-no-offset" });
  if (product.provider === "hls") return withoutOffset({ code: "hls-no-offset" });
  if (product.provider === "sentinel-hub") return withoutOffset({ code: "sentinel-hub-no-offset" });
  if (baseline !== undefined) {
    return offsetExpected
      ? withOffset({ code: "baseline-adds", baseline })
      : withoutOffset({ code: "baseline-adds-nothing", baseline });
  }
  // No statement, no baseline. The darkest pixels decide: water, shadow and dense forest are under 0.05 in every scene of some size.
  const darkest = sample && percentile(sample.sorted, 0.001);
  if (darkest !== undefined && sample!.sorted.length >= 100) {
    const dark = { basis: "pixels" } as const;
    if (darkest < 900) return { ...withoutOffset({ code: "dark-pixels", darkest: round(darkest) }), ...dark };
    if (darkest < 1600 && product.date !== undefined && product.date >= firstDayWithOffset) {
      return {
        ...withOffset({ code: "sensed-after-and-bright", date: firstDayWithOffset, darkest: round(darkest) }),
        ...dark,
      };
    }
  }
  if (product.date !== undefined && product.date < firstDayWithOffset) {
    return { ...withoutOffset({ code: "sensed-before", date: firstDayWithOffset }), basis: "date" };
  }
  const offset = product.provider === "esa";
  const decided = (offset ? withOffset : withoutOffset)({ code: "guessed-from-kind", offset });
  return { ...decided, basis: "guess", warnings: [{ code: "offset-unsure" }] };
}

function decideSentinel1({ product, bands, metadata, sample }: RadiometryEvidence): Radiometry {
  const decision = (
    quantity: Radiometry["quantity"],
    decidedBy: Remark,
    warnings: readonly Remark[] = [],
  ): Radiometry => {
    const tag = taggedScale(bands);
    return { quantity, scale: tag?.scale ?? 1, offset: tag?.offset ?? 0, decidedBy, warnings };
  };
  const units = [...bands.map((band) => band.unit ?? ""), metadata.units ?? "", metadata.UNITS ?? ""];
  for (const unit of units) {
    const formula = formulaOf(unit);
    if (formula) {
      const { quantity, scale } = formula;
      return { quantity, scale, offset: 0, decidedBy: { code: "unit-formula", unit }, warnings: [] };
    }
  }
  const words = [...bands.flatMap((band) => [band.unit ?? "", band.name ?? ""]), metadata.units ?? ""];
  if (words.some((word) => /(^|[^a-z])d[bB]($|[^a-z])/.test(word))) {
    return decision("backscatter-db", { code: "unit-decibels" });
  }
  if (units.some((unit) => /\bamplitude\b/i.test(unit)))
    return decision("backscatter-amplitude", { code: "unit-amplitude" });
  if (units.some((unit) => /\b(?:power|linear)\b/i.test(unit)))
    return decision("backscatter-linear", { code: "unit-power" });
  const lowest = sample && percentile(sample.sorted, 0.001);
  const middle = sample && percentile(sample.sorted, 0.5);
  if (sample && lowest !== undefined && middle !== undefined) {
    // Decibels are stored times 100 or 10 where whole numbers are wanted. Half of an image lies neither below −50 dB (Sentinel-1's own
    // noise: about −25 dB) nor above −5 dB, so −650 is a forest of −6.5 dB times 100. More than half of one value is a fill value.
    const whole = sample.sorted.every(Number.isInteger);
    if (middle < (whole ? -50 : -80) && middle > lowest && !taggedScale(bands)) {
      const times = middle < -500 ? 100 : 10;
      const decided = decision("backscatter-db", { code: "decibels-times", median: round(middle), times });
      return { ...decided, scale: 1 / times };
    }
    if (middle < 0) return decision("backscatter-db", { code: "median-negative", median: round(middle) });
    if (lowest >= 0 && middle < 5) {
      return decision("backscatter-linear", { code: "linear-power", median: round(middle) });
    }
    return decision("unknown", { code: "neither-decibels-nor-power", median: round(middle) }, [
      { code: "uncalibrated" },
    ]);
  }
  return product.level === "RTC"
    ? decision("backscatter-linear", { code: "terrain-corrected-linear" })
    : decision("backscatter-db", { code: "taken-as-decibels" });
}

/**
 * How counts become decibels, where a producer writes the formula for a unit: 20 log DN − 83 is of amplitude, 10 log DN + 2 of power.
 * Decibels c that are added to the logarithm are a factor before it: of amplitude 10^(c/20), of power 10^(c/10).
 */
function formulaOf(unit: string): Pick<Radiometry, "quantity" | "scale"> | undefined {
  const match = /^\s*(10|20)\s*\*?\s*log_?10\s*\(\s*DN\s*\)\s*(?:([+-])\s*(\d+(?:\.\d+)?))?\s*(?:dB)?\s*$/i.exec(unit);
  if (!match) return undefined;
  const added = match[2] === undefined ? 0 : Number(`${match[2]}${match[3]}`);
  const times = Number(match[1]);
  return { quantity: times === 20 ? "backscatter-amplitude" : "backscatter-linear", scale: 10 ** (added / times) };
}

function decideLandsat({ product, bands }: RadiometryEvidence): Radiometry {
  const tag = taggedScale(bands);
  if (tag) {
    return { quantity: "reflectance", ...tag, decidedBy: { code: "scale-tags", ...tag }, warnings: [] };
  }
  if (product.provider === "hls") {
    return { quantity: "reflectance", scale: 1e-4, offset: 0, decidedBy: { code: "hls-scale" }, warnings: [] };
  }
  const surface = product.level?.startsWith("L2") ?? false;
  return surface
    ? {
        quantity: "reflectance",
        scale: 2.75e-5,
        offset: -0.2,
        decidedBy: { code: "landsat-level-2" },
        warnings: [],
      }
    : { quantity: "unknown", scale: 1, offset: 0, decidedBy: { code: "as-stored" }, warnings: [] };
}

/**
 * A check over a whole series: one scene may be all cloud, but in a year of scenes something is dark.
 * Gives each acquisition's darkest clear reflectance; answers a remark when the series as a whole cannot be right.
 */
export function doubtAboutSeries(darkestClear: readonly number[]): Remark | undefined {
  if (darkestClear.length < 5) return undefined;
  const sorted = [...darkestClear].sort((p, q) => p - q);
  const low = percentile(sorted, 0.1);
  if (low >= 0.095) {
    return { code: "offset-probably-in", dates: sorted.length, darkest: low };
  }
  const middle = percentile(sorted, 0.5);
  if (middle <= -0.04) {
    return { code: "offset-probably-twice", dates: sorted.length, darkest: middle };
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
