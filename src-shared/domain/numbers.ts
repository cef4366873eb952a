import type { GeoBox } from "../geo/geobox.ts";
import type { Finding } from "./finding.ts";
import type { CommonSpec, Imagery, LabelPolygon, ProjectGrid } from "./job.ts";
import type { MethodFeatures } from "./method.ts";
import type { PatchCells } from "./patch-cells.ts";

// Numbers instead of classes: heights, biomass, covers, yields. What is known of places, what is learned from them, and maps of it.

/** What a number means, and where it can lie. */
export interface NumberMeaning {
  /** “Canopy height” */
  readonly name: string;
  /** “m”, “t/ha”; empty of a pure number */
  readonly unit: string;
  /** values below and above cannot be; `null`: not known */
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/** A target of numbers: a field of a file, read at its places. */
export interface NumberTarget extends NumberMeaning {
  readonly id: number;
  readonly path: string;
  readonly field: string;
  readonly report: NumberReport;
  readonly importedAt: string;
}

/** What became of the shapes of a file. */
export interface NumberReport {
  /** shapes in the file */
  readonly total: number;
  /** places with a number; points on one patch are one place */
  readonly used: number;
  /** of the used ones, those that are points */
  readonly points: number;
  /** points that share a patch with another one: their numbers were averaged */
  readonly merged: number;
  /** why shapes are not used, and how many */
  readonly dropped: readonly { readonly reason: NumberDrop; readonly count: number }[];
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** numbers that lie very far from the others: perhaps another unit, or a slip of the pen */
  readonly farOff: readonly number[];
}

export const numberDrops = [
  "no-number",
  "text",
  "not-finite",
  "no-data",
  "absurd",
  "below-minimum",
  "above-maximum",
  "empty-geometry",
  "not-a-polygon",
  "invalid-geometry",
  "outside",
  "small",
  "overlap",
] as const;
export type NumberDrop = (typeof numberDrops)[number];

/** Why a shape is not used; completes “n are not used: …”. */
export const numberDropWords: Readonly<Record<NumberDrop, string>> = {
  "no-number": "no number",
  text: "a text where the number should be",
  "not-finite": "not a finite number",
  "no-data": "the number that stands for no data",
  absurd: "a number larger than anything that is measured",
  "below-minimum": "below the lowest number allowed",
  "above-maximum": "above the highest number allowed",
  "empty-geometry": "empty geometry",
  "not-a-polygon": "neither a polygon nor a point",
  "invalid-geometry": "invalid geometry",
  outside: "outside the project's area",
  small: "smaller than a patch",
  overlap: "another place has all of its patches",
};

/** A place whose number is known, in the project's CRS. */
export interface NumberPlace {
  readonly id: number;
  readonly value: number;
  readonly coordinates: LabelPolygon["coordinates"];
  /** the patches that a point lies in, counted from the corner of the project (in a job from the origin of the CRS) */
  readonly cells: PatchCells | null;
  readonly x: number;
  readonly y: number;
  readonly patches: number;
  /** the file's own identifier */
  readonly feature: string | null;
}

/** Places and what their numbers mean, as a job takes them. */
export interface NumberInput extends NumberMeaning {
  readonly places: readonly Omit<NumberPlace, "feature" | "patches">[];
}

/** What learns numbers. `network`: an encoder with a head for one number, fine-tuned. */
export const numberMethods = ["ridge", "regression-forest", "boosted-regression", "network"] as const;
export type NumberMethod = (typeof numberMethods)[number];

/** As it is called in a sentence. */
export const numberMethodNames: Readonly<Record<NumberMethod, string>> = {
  ridge: "penalised linear regression",
  "regression-forest": "regression forest",
  "boosted-regression": "boosted regression trees",
  network: "network",
};

/** Whole places, or squares of the ground: what is held out together when a method is measured. */
export type NumberGroups = "places" | "blocks";

/** Fewer places teach nothing that could be measured. */
export const fewestPlaces = 10;

export interface NumbersSpec extends CommonSpec {
  readonly kind: "numbers";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly numbers: NumberInput;
  readonly method: NumberMethod;
  /** what a method learns from; with an encoder `modelFolder` says whose */
  readonly features: MethodFeatures;
  /** a model whose encoder is used, or that the network starts from */
  readonly modelFolder: string | null;
  readonly groups: NumberGroups;
  /** side of a block, in map units */
  readonly blockMeters: number;
  /** the share of places that the interval promises to hold */
  readonly level: number;
  /** of the network */
  readonly steps: number;
  readonly modelName: string;
  /** `null` once the target was deleted */
  readonly targetId: number | null;
}

/** What was measured on places that nothing learned from. */
export interface NumberScore {
  /** places, each counting once with the mean of its patches */
  readonly places: number;
  /** what was held out together, and how many of them there are */
  readonly groups: NumberGroups;
  readonly groupCount: number;
  /** side of a block in map units; `null` of whole places */
  readonly blockMeters: number | null;
  /** in how many rounds; 1: one part was held out once */
  readonly folds: number;
  readonly rmse: number;
  readonly mae: number;
  /** mean of (told − known) */
  readonly bias: number;
  /** 1 − squared errors / squared distances from the mean of the held-out numbers; `null` where all are one number */
  readonly r2: number | null;
  /** the same of always answering with the mean of what was learned from */
  readonly baseline: { readonly rmse: number; readonly mae: number };
  /** `null` where there are too few places for such a promise */
  readonly interval: NumberInterval | null;
  /** known and told numbers of held-out places, at most 2,000 of them */
  readonly pairs: readonly (readonly [known: number, told: number])[];
}

export interface NumberInterval {
  readonly level: number;
  /** half of its width, in the number's unit */
  readonly halfWidth: number;
  /** the share of places inside intervals that were made without them; `null` where that cannot be tried */
  readonly covered: number | null;
}

export interface NumbersResult {
  readonly modelFolder: string;
  readonly seconds: number;
  readonly method: NumberMethod;
  /** patches that were learned from, and values of each */
  readonly rows: number;
  readonly columns: number;
  /** of the places that were learned from */
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly settings: Readonly<Record<string, number | string>>;
  readonly score: NumberScore;
  readonly findings: readonly Finding[];
}

/** A model that tells numbers. */
export interface NumberModel {
  readonly id: number;
  readonly name: string;
  readonly targetId: number | null;
  readonly jobId: number | null;
  readonly meaning: NumberMeaning;
  readonly features: MethodFeatures;
  readonly modalities: readonly string[];
  readonly result: NumbersResult;
  readonly createdAt: string;
}

export interface NumberMapSpec extends CommonSpec {
  readonly kind: "number-map";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly modelFolder: string;
  readonly modelId: number | null;
  readonly area: GeoBox;
  readonly overlapPatches: number;
  readonly batchSize: number;
  readonly baseName: string;
  readonly title: string;
}

/** A raster of numbers that a job drew, and how it is shown. */
export interface SurfaceResult {
  /** float32, NaN where nothing is known; bands as named */
  readonly path: string;
  readonly qmlPath: string;
  readonly sldPath: string;
  readonly sidecarPaths: readonly string[];
  readonly bands: readonly string[];
  readonly meaning: NumberMeaning;
  readonly area: GeoBox;
  readonly pixels: number;
  /** of the first band: where colours begin and end (2nd and 98th percentile), and its figures */
  readonly stretch: readonly [low: number, high: number];
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

export interface NumberMapResult extends SurfaceResult {
  readonly kind: "number";
  /** of the taught places */
  readonly taught: readonly [low: number, high: number];
  /** pixels that were told to lie beyond what was taught, and are shown at its end */
  readonly belowTaught: number;
  readonly aboveTaught: number;
  readonly interval: NumberInterval | null;
}

/** Dates that one side of a change is made of. */
export interface ChangePeriod {
  /** ISO days */
  readonly first: string;
  readonly last: string;
}

export interface ChangeSpec extends CommonSpec {
  readonly kind: "change";
  readonly grid: ProjectGrid;
  readonly before: ChangeSide;
  readonly after: ChangeSide;
  readonly baseName: string;
  readonly title: string;
}

export interface ChangeSide extends ChangePeriod {
  /** what it is called: a period, or another project */
  readonly name: string;
  readonly imagery: Imagery;
}

/** What is compared of one input: the same months of both periods. */
export interface ChangeInput {
  readonly modality: string;
  readonly months: readonly number[];
  readonly dates: readonly [before: number, after: number];
}

export interface ChangeResult extends SurfaceResult {
  readonly kind: "change";
  readonly before: ChangePeriod & { readonly name: string };
  readonly after: ChangePeriod & { readonly name: string };
  readonly inputs: readonly ChangeInput[];
  /** values compared of each patch */
  readonly columns: number;
  /** the score above which a place is called changed: 99 % of the places that did not change lie below, as far as their bulk says */
  readonly threshold: number;
  readonly changedPixels: number;
  readonly squareMetersPerPixel: number;
}

/** A surface as a row of the project. */
export interface Surface {
  readonly id: number;
  readonly name: string;
  readonly modelId: number | null;
  readonly jobId: number | null;
  readonly result: NumberMapResult | ChangeResult;
  readonly createdAt: string;
}
