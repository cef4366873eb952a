import type { ProviderChoice } from "../domain/job.ts";
import type { MethodFeatures } from "../domain/method.ts";
import type {
  NumberGroups,
  NumberMethod,
  NumberModel,
  NumberReport,
  NumberTarget,
  Surface,
} from "../domain/numbers.ts";
import type { StartedJob } from "./jobs.ts";
import type { LabelFileRequest } from "./labels.ts";

type Nothing = Readonly<Record<string, never>>;
type ById = { readonly id: number };

/** A file with a field of numbers, and what these mean. */
export interface NumberImportRequest extends LabelFileRequest {
  readonly field?: string | undefined;
  readonly swap?: boolean | undefined;
  /** what it is called; the field's name when left out */
  readonly name?: string | undefined;
  readonly unit?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** numbers that stand for no data */
  readonly nodata?: readonly number[] | undefined;
}

export interface NumberTraining {
  /** name of the target */
  readonly numbers: string;
  /** of the model; made of target and method when left out */
  readonly name?: string | undefined;
  readonly method?: NumberMethod | undefined;
  /** what a method learns from (default `monthly`) */
  readonly features?: MethodFeatures | undefined;
  /** a model whose encoder is used, or that the network starts from */
  readonly encoder?: string | undefined;
  readonly modalities?: readonly string[] | undefined;
  /** what is held out together; left out: blocks of points, places of polygons */
  readonly groups?: NumberGroups | undefined;
  /** side of a block in map units; left out: a sixth of the places' extent */
  readonly blockMeters?: number | undefined;
  /** share of places that the interval promises to hold (default 0.9) */
  readonly level?: number | undefined;
  /** of the network */
  readonly steps?: number | undefined;
  readonly seed?: number | undefined;
  readonly provider?: ProviderChoice | undefined;
}

/** Two periods of this project, or this project and another one on the same patches. */
export interface ChangeRequest {
  readonly before: {
    readonly first?: string | undefined;
    readonly last?: string | undefined;
    readonly name?: string | undefined;
  };
  readonly after: {
    readonly first?: string | undefined;
    readonly last?: string | undefined;
    readonly name?: string | undefined;
    /** the folder of the other project */
    readonly project?: string | undefined;
  };
  readonly modalities?: readonly string[] | undefined;
  readonly name?: string | undefined;
}

/** A number of a surface at a place; `null` where it has none. */
export interface SurfaceValue {
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Numbers instead of classes, and change between periods. */
export interface NumberCommands {
  "numbers.targets"(request: Nothing): Promise<readonly NumberTarget[]>;
  "numbers.preview"(request: NumberImportRequest): Promise<NumberReport>;
  /** One step of the history. */
  "numbers.import"(request: NumberImportRequest): Promise<{ readonly id: number; readonly report: NumberReport }>;
  "numbers.removeTarget"(request: ById): Promise<void>;
  "numbers.models"(request: Nothing): Promise<readonly NumberModel[]>;
  /** Learns a target and measures it on places that nothing learned from. */
  "numbers.train"(request: NumberTraining): Promise<StartedJob>;
  /** Deletes the model with its files. */
  "numbers.removeModel"(request: ById): Promise<{ readonly deleted: readonly string[] }>;
  /** Draws the map of a model of numbers. */
  "numbers.map"(request: {
    readonly model: string;
    readonly name?: string | undefined;
    readonly provider?: ProviderChoice | undefined;
  }): Promise<StartedJob>;
  /** Scores how much every patch changed between two periods. */
  "numbers.change"(request: ChangeRequest): Promise<StartedJob>;
  /** Maps of numbers and of change. */
  "surfaces.list"(request: Nothing): Promise<readonly Surface[]>;
  "surfaces.at"(request: ById & { readonly x: number; readonly y: number }): Promise<SurfaceValue | null>;
  "surfaces.rename"(request: ById & { readonly name: string }): Promise<void>;
  /** Deletes the map with its files. */
  "surfaces.remove"(request: ById): Promise<{ readonly deleted: readonly string[] }>;
  /** Copies the GeoTIFF with its styles; replaces nothing unasked. */
  "surfaces.export"(
    request: ById & { readonly to: string; readonly overwrite?: boolean | undefined },
  ): Promise<{ readonly paths: readonly string[] }>;
}
