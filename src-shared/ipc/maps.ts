import type { Finding } from "../domain/finding.ts";
import type { CorrectedHectares, ModelUse, ProviderChoice, SplitPart } from "../domain/job.ts";
import type { LegendClass } from "../domain/legend.ts";
import type { MapComparison, MapProduct, PartialMap } from "../domain/map-product.ts";
import type { Bounds } from "../geo/bounds.ts";
import type { GeoBox } from "../geo/geobox.ts";
import type { StartedJob } from "./jobs.ts";

type Nothing = Readonly<Record<string, never>>;
type ById = { readonly id: number };

/** What to map, and with what. */
export interface MapPlan {
  readonly model: string;
  readonly modalities?: string[] | undefined;
  /** a part of the project, in its CRS */
  readonly bounds?: Bounds | undefined;
  /** a polygon in the project's CRS (rings, closed): outside of it the map stays empty */
  readonly outline?: [x: number, y: number][][] | undefined;
  readonly overlapPatches?: number | undefined;
}

export interface MapEstimate {
  readonly area: GeoBox;
  /** where there are images */
  readonly hectares: number;
  /** separate places with images */
  readonly places: number;
  readonly tiles: number;
  /** `null` when nothing is known of this machine's speed with this model */
  readonly seconds: { readonly low: number; readonly high: number } | null;
  /** what the estimate comes from */
  readonly basis: "map" | "training" | null;
  /** seconds of the measurement that follows: of all inputs and of each alone, with small maps; `null` when nothing is to be measured, or nothing is known */
  readonly measuring: { readonly low: number; readonly high: number } | null;
}

/** How well a model did with a subset of its modalities, where that was measured. */
export interface ExpectedAccuracy {
  readonly runId: number;
  readonly modalities: readonly string[];
  readonly part: Exclude<SplitPart, "unused">;
  readonly measuredAt: string;
  readonly samples: number;
  /** `null` where nothing was scored */
  readonly overallAccuracy: number | null;
  readonly overallAccuracyInterval: readonly [low: number, high: number];
  readonly macroF1: number | null;
  /** classes that the macro F1 is the mean of; of earlier versions `null` */
  readonly macroClasses: number | null;
  readonly classes: readonly { readonly name: string; readonly f1: number | null; readonly support: number }[];
  /** what always answering with the commonest class would get; of earlier versions `null` */
  readonly commonest: { readonly name: string; readonly share: number } | null;
  readonly findings: readonly Finding[];
  /** the split let neighbours of training labels into this part */
  readonly optimistic: boolean;
  /** the labels were split anew since */
  readonly outdated: boolean;
}

export interface MappedArea extends LegendClass {
  readonly pixels: number;
  readonly hectares: number;
  /** of all pixels with a class */
  readonly percent: number;
  /** of `hectares`, those that are uncertain or untaught; `null` where the map does not say */
  readonly uncertainHectares: number | null;
}

/** Areas corrected by what an evaluation found the map to confuse. */
export interface CorrectedAreas extends CorrectedHectares {
  /** `null` where a probability sample was answered */
  readonly runId: number | null;
  readonly part: Exclude<SplitPart, "unused"> | null;
  readonly measuredAt: string;
}

export interface MapDetails {
  readonly map: MapProduct;
  readonly model: string | null;
  readonly legend: readonly LegendClass[];
  readonly areas: readonly MappedArea[];
  readonly hectares: number;
  /** pixels without a class where there are images: of the map's rectangle, or of its places when it has several */
  readonly emptyPixels: number;
  /** what should be known before the map is relied on: of its model, its measurements and its drawing; severe ones first */
  readonly findings: readonly Finding[];
  readonly bytes: number;
  readonly corrected: CorrectedAreas | null;
  /** why there are no corrected areas */
  readonly uncorrected: {
    readonly reason: "no-evaluation" | "too-few-samples" | "one-label";
    readonly classes: readonly string[];
  } | null;
}

/** Maps that models drew. */
export interface MapCommands {
  "maps.list"(request: Nothing): Promise<readonly MapProduct[]>;
  "maps.draw"(
    request: MapPlan &
      ModelUse & {
        readonly seed?: number | undefined;
        readonly provider?: ProviderChoice | undefined;
        readonly name?: string | undefined;
        readonly probabilities?: boolean | undefined;
        /** of several separate places: files for each beside those of all */
        readonly perPlace?: boolean | undefined;
        /** promised share of labels whose class is among the possible ones (default 0.9) */
        readonly level?: number | undefined;
        readonly batchSize?: number | undefined;
      },
  ): Promise<StartedJob>;
  /** How much a plan is, and how long it may take. */
  "maps.estimate"(request: MapPlan): Promise<MapEstimate>;
  /** Every measured subset of a model, the newest measurement of each. */
  "maps.expected"(request: { readonly model: string }): Promise<readonly ExpectedAccuracy[]>;
  /** What is there of a map that is being drawn; `null` before its first tile and after its end. */
  "maps.partial"(request: { readonly job: number }): Promise<PartialMap | null>;
  "maps.describe"(request: ById): Promise<MapDetails>;
  "maps.rename"(request: ById & { readonly name: string }): Promise<void>;
  /** Deletes the map with its files. */
  "maps.remove"(request: ById): Promise<{ readonly deleted: readonly string[] }>;
  "maps.compare"(request: {
    readonly from: number;
    readonly to: number;
    readonly name?: string | undefined;
  }): Promise<StartedJob>;
  "maps.comparisons"(request: Nothing): Promise<readonly MapComparison[]>;
  "maps.renameComparison"(request: ById & { readonly name: string }): Promise<void>;
  "maps.removeComparison"(request: ById): Promise<{ readonly deleted: readonly string[] }>;
  /** Values of `map:<id>`, `confidence:<id>`, `set-size:<id>`, `uncertain:<id>` or `difference:<id>` in `width` × `height` cells over `bounds`, nearest pixel, base64. */
  "maps.window"(request: {
    readonly layer: string;
    readonly bounds: Bounds;
    readonly width: number;
    readonly height: number;
  }): Promise<{ readonly values: string; readonly nodata: number }>;
}
