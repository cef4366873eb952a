import type { Allocation, AreaSample, SampleMethod } from "../domain/area-sample.ts";
import type { LegendClass } from "../domain/legend.ts";

type Nothing = Readonly<Record<string, never>>;
type ById = { readonly id: number };

/** A figure with half of its 95 % interval. */
export interface WithError {
  readonly value: number;
  readonly error: number;
}

/** How a sample is to be drawn. */
export interface SampleWish {
  readonly map: number;
  readonly method?: SampleMethod | undefined;
  readonly allocation?: Allocation | undefined;
  /** places of each class, of a stratified sample */
  readonly minimum?: number | undefined;
  /** places in all; without it as many as `error` needs */
  readonly units?: number | undefined;
  /** half of the wanted 95 % interval, as a share: of the overall accuracy, or of all of the map that is class `of` */
  readonly error?: number | undefined;
  /** the class whose area is to be known; without it the overall accuracy */
  readonly of?: number | undefined;
  /** the user's accuracy that is expected of a class, by its code */
  readonly expected?: Readonly<Record<string, number>> | undefined;
}

export interface SamplePlanAnswer {
  readonly method: SampleMethod;
  readonly units: number;
  /** what is to be expected of the overall accuracy, or of the share of the class asked for */
  readonly error: number;
  readonly hectares: number;
  readonly classes: readonly (LegendClass & {
    readonly hectares: number;
    readonly expected: number;
    /** the expected accuracy was measured on a test part */
    readonly measured: boolean;
    /** places; without strata what is to be expected */
    readonly units: number;
    /** half of the expected 95 % interval of the class's area, in hectares */
    readonly error: number;
  })[];
}

export interface SampleSummary extends AreaSample {
  readonly places: number;
  /** with an answer of any kind */
  readonly answered: number;
  readonly cannotTell: number;
}

/** One place, without a word of what the map says there. */
export interface BlindPlace {
  readonly position: number;
  /** the middle of the pixel, in the project's CRS */
  readonly x: number;
  readonly y: number;
  readonly answer: number | null;
}

export interface BlindPlaces {
  readonly id: number;
  readonly name: string;
  /** width and height of a place in units of the CRS */
  readonly side: { readonly x: number; readonly y: number };
  readonly classes: readonly LegendClass[];
  readonly places: readonly BlindPlace[];
}

export interface AreaEstimate {
  readonly sample: SampleSummary;
  /** the map whose accuracy this is */
  readonly map: { readonly id: number | null; readonly name: string };
  /** the map is not the one that the places were drawn from */
  readonly another: boolean;
  /** places behind the figures: answered, and not “cannot tell” */
  readonly used: number;
  /** places where the map has no class; they count for areas alone */
  readonly unmapped: number;
  readonly hectares: number;
  /** classes of the map with fewer than two answered places: nothing can be estimated before they have two */
  readonly missing: readonly string[];
  /** classes of the map of which all places are answered and fewer than two could be told: their area is in no figure */
  readonly untold: readonly { readonly name: string; readonly hectares: number }[];
  readonly overallAccuracy: WithError | null;
  readonly classes: readonly (LegendClass & {
    /** as the map has it; `null` of another map and of “other” */
    readonly mappedHectares: number | null;
    readonly hectares: WithError | null;
    readonly usersAccuracy: WithError | null;
    readonly producersAccuracy: WithError | null;
    /** the answered places on this class of the map when none of them was of another: their ± 0 says nothing; else `null` */
    readonly noErrorIn: number | null;
    /** answered places on the map, and by the answers */
    readonly mapped: number;
    readonly reference: number;
  })[];
  /** places, [class on the map][answer], in the order of `classes`; a last row is of other classes of the map */
  readonly matrix: readonly (readonly number[])[];
}

/** Accuracy and areas from a probability sample that people answered without seeing the map. */
export interface AreaCommands {
  /** How many places a wanted interval needs, or which interval a number of places is to be expected to give. */
  "areas.plan"(request: SampleWish): Promise<SamplePlanAnswer>;
  /** Draws the places. The same wish and seed draw the same places. `token` names the work for `work` messages and `areas.stop`. */
  "areas.draw"(
    request: SampleWish & {
      readonly name?: string | undefined;
      readonly seed?: number | undefined;
      readonly token?: string | undefined;
    },
  ): Promise<SampleSummary>;
  "areas.stop"(request: { readonly token: string }): Promise<void>;
  "areas.list"(request: Nothing): Promise<readonly SampleSummary[]>;
  "areas.places"(request: ById): Promise<BlindPlaces>;
  /** A class's code, 0 for another class, -1 for “cannot tell”; `null` opens the place again. */
  "areas.answer"(request: ById & { readonly position: number; readonly answer: number | null }): Promise<void>;
  /** `map`: assesses another map with the same places. */
  "areas.estimate"(request: ById & { readonly map?: number | undefined }): Promise<AreaEstimate>;
  /** Writes the places as points (.gpkg or .csv), to be answered elsewhere; without what the map says. */
  "areas.export"(
    request: ById & { readonly to: string; readonly overwrite?: boolean | undefined },
  ): Promise<{ readonly path: string; readonly places: number }>;
  /** Reads answers from such a file. Places that are answered otherwise here keep their answer unless `replace`. */
  "areas.import"(
    request: ById & { readonly path: string; readonly replace?: boolean | undefined },
  ): Promise<{ readonly answered: number; readonly same: number; readonly kept: number; readonly open: number }>;
  "areas.rename"(request: ById & { readonly name: string }): Promise<void>;
  "areas.remove"(request: ById): Promise<void>;
}
