import type { Calibration } from "../domain/calibration.ts";
import type { Finding } from "../domain/finding.ts";
import type { LegendClass } from "../domain/legend.ts";
import type { Model } from "../domain/model.ts";
import type { ScoreTable } from "../domain/score-table.ts";
import type { Bounds } from "../geo/bounds.ts";
import type { ErrorMessage } from "./errors.ts";

type Nothing = Readonly<Record<string, never>>;

/** What a model is made of and what it knows, from its own files. */
export interface ModelDetails {
  readonly name: string;
  /** `null`: a folder outside of the project */
  readonly id: number | null;
  readonly folder: string;
  readonly task: "pretrained" | "dense" | "tiles" | "numbers";
  readonly appVersion: string;
  readonly modalities: readonly {
    readonly name: string;
    readonly kind: "image" | "series";
    readonly sensor: string;
    readonly bands: readonly string[];
    readonly resolutionMeters: number;
    readonly patchPixels: number;
    readonly dates: { readonly first: string; readonly last: string; readonly count: number } | null;
  }[];
  readonly grid: { readonly crs: string; readonly patchMeters: number; readonly tilePatches: number };
  readonly legend: readonly LegendClass[] | null;
  readonly training: {
    readonly steps: number;
    readonly seconds: number;
    readonly provider: string;
    readonly seed: number;
    readonly bounds: Bounds;
    readonly startedFrom: string | null;
    readonly settings: Readonly<Record<string, unknown>>;
  };
  readonly weights: {
    readonly file: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly parameters: number;
  };
  /** by inputs: the labels of the validation part that say what its maps may rule out */
  readonly calibrated: readonly (Pick<Calibration, "modalities" | "groups" | "unit"> & { readonly count: number })[];
  /** in its golden.json, which are asked again before it is used; `null`: there is none, 0: it cannot be read */
  readonly answers: number | null;
  /** the README of its package, as Markdown; `null` where it has none */
  readonly card: string | null;
  /** of the folder's own licence file; `null` when it has none */
  readonly licence: string | null;
  /** what its training and its measurements give reason to doubt, severe ones first */
  readonly findings: readonly Finding[];
}

/** A pre-trained model that comes with the program, beside the open project. */
export interface ShippedModel {
  /** what it is chosen by (`shippedName`) */
  readonly name: string;
  /** what it calls itself; its folder's name where its description cannot be read */
  readonly title: string;
  /** its inputs, and which of the project's each reads; `null`: none */
  readonly inputs: readonly { readonly name: string; readonly from: string | null }[];
  readonly patchMeters: number | null;
  /** of its weights */
  readonly bytes: number;
  /** the first line of its licence file */
  readonly licence: string | null;
  /** why it cannot be used in this project; `null` where it fits */
  readonly why: ErrorMessage | null;
  /** what should be known when it is used here */
  readonly findings: readonly Finding[];
}

/** Trained models: list, inspect, import and export them. */
export interface ModelCommands {
  /** `recommended`: wins on the validation part of the present split; `outdated`: the labels that taught it were split anew since */
  "models.list"(
    request: Nothing,
  ): Promise<readonly (Model & { readonly recommended?: boolean; readonly outdated?: boolean })[]>;
  /** Encoders that come with the program, and whether each fits the project's patches, inputs and dates. */
  "models.shipped"(request: Nothing): Promise<readonly ShippedModel[]>;
  /** The models of patches side by side on the labels of one part of the present split, networks and simple methods alike. */
  "models.scores"(request: {
    readonly part?: ScoreTable["part"] | undefined;
    /** these alone, on the labels that all of them were asked last */
    readonly models?: readonly string[] | undefined;
  }): Promise<ScoreTable>;
  "models.details"(request: { readonly name: string }): Promise<ModelDetails>;
  /** The inputs of a model, and which of the project's each reads: another sensor's may stand in; `null`: the project has none. */
  "models.inputs"(request: {
    readonly name: string;
  }): Promise<readonly { readonly name: string; readonly from: string | null }[]>;
  /** Copies a model package (a folder, or a .zip) into the project, after checking that it is whole. */
  "models.import"(request: { readonly path: string; readonly name?: string | undefined }): Promise<{
    readonly id: number;
    readonly name: string;
  }>;
  "models.export"(request: {
    readonly name: string;
    readonly to: string;
    readonly onnxDates?: number | null | undefined;
    readonly overwrite?: boolean | undefined;
  }): Promise<{ readonly path: string; readonly files: readonly string[] }>;
  "models.rename"(request: { readonly name: string; readonly to: string }): Promise<void>;
  /** Deletes the model with its files; its maps and runs stay. */
  "models.remove"(request: { readonly name: string }): Promise<{ readonly deleted: readonly string[] }>;
}
