import type { LearnedFrom, TriedSource } from "../domain/learned-from.ts";
import type { LegendClass } from "../domain/legend.ts";
import type { Bounds } from "../geo/bounds.ts";
import type { StartedJob } from "./jobs.ts";

type Nothing = Readonly<Record<string, never>>;

/** The values that the instant map is made of. */
export interface InstantFeatures {
  /** `stale`: images, inputs or the project's area changed since; `none`: never prepared */
  readonly state: "none" | "stale" | "ready";
  /** inputs whose values have to be computed: all of them at first, later those that changed */
  readonly missing: readonly string[];
  readonly columns: number;
  /** on the disk */
  readonly bytes: number;
  /** the largest difference between a value and what is stored of it, in standard deviations of its column */
  readonly error: number;
  readonly madeAt: string | null;
}

/** Why an embedding is not of the project as it is: its images, its model or the project's area changed, the model or files are gone or others. */
export type LayerChange = "images" | "model" | "model-gone" | "area" | "files";

/** An embedding that the project keeps. */
export interface KnownLayer {
  readonly name: string;
  readonly state: "ready" | "stale";
  readonly changed: LayerChange | null;
  /** made by a model of the project or the program, or elsewhere */
  readonly product: "model" | "alphaearth" | "tessera";
  /** of a model */
  readonly inputs: readonly string[];
  /** its model was taught classes, and may have seen these labels: the labels cannot choose it */
  readonly taught: boolean;
  /** of embeddings made elsewhere */
  readonly year: number | null;
  readonly files: readonly string[];
  readonly columns: number;
  /** on the disk */
  readonly bytes: number;
  /** as of `InstantFeatures` */
  readonly error: number;
  readonly madeAt: string;
}

/** What the instant map learns from. */
export interface InstantSource {
  readonly used: LearnedFrom;
  /** `usual`: there is nothing to choose from, or labels are too few to say */
  readonly by: "person" | "labels" | "usual";
  /** all that it can be learned from; those that were taught classes are left to a person */
  readonly sources: readonly { readonly from: LearnedFrom; readonly taught: boolean }[];
  /** how well each tells labels that are held out whole, where labels chose */
  readonly tried: readonly TriedSource[];
  /** they are being compared */
  readonly choosing: boolean;
}

export interface InstantClass extends LegendClass {
  /** patches of it that were learned from */
  readonly patches: number;
}

/** What the instant map has learned from the labels as they are now. */
export interface InstantLearned {
  /** `similarity`: one class has labels; `nothing`: none has */
  readonly kind: "nothing" | "similarity" | "classes";
  /** part of the address of its tiles: another after every change */
  readonly epoch: string;
  readonly classes: readonly InstantClass[];
  readonly rows: number;
  /** labels that it learned from */
  readonly labels: number;
  /** labels for validation and test, which never teach it */
  readonly heldBack: number;
  /** labels of which no image sees a patch */
  readonly outside: number;
  readonly milliseconds: number;
  /**
   * How the last label changed the map, on patches drawn once: the share that changed its class, Cohen's kappa of both, and whether the last few labels
   * changed next to nothing. `null` while there is no model before it.
   */
  readonly agreement: { readonly changed: number; readonly kappa: number; readonly steady: boolean } | null;
}

/** A place to label next: one patch. */
export interface NextPlace {
  /** its middle, in the project's CRS */
  readonly x: number;
  readonly y: number;
  readonly bounds: Bounds;
  /** names it, to be skipped */
  readonly patch: readonly [col: number, row: number];
  /** the class that the instant map shows there; `null` while fewer than two classes have labels */
  readonly classCode: number | null;
  /** from 0 to 1: of that class, and how far it is ahead of the next */
  readonly confidence: number;
  readonly margin: number;
}

/** A label that the other labels contradict. */
export interface SuspiciousLabel {
  readonly id: number;
  readonly classCode: number;
  /** the class that the others say it is */
  readonly proposed: number;
  /** mean probability over its patches, from 0 to 1: of its own class, and of the proposed one */
  readonly ownShare: number;
  readonly proposedShare: number;
  readonly patches: number;
}

export interface SuspiciousLabels {
  /** the most contradicted first */
  readonly labels: readonly SuspiciousLabel[];
  /** labels of the training part that were judged, and those whose class has no other label */
  readonly judged: number;
  readonly alone: number;
}

export interface InstantState {
  /** there are inputs to compute values from, or embeddings */
  readonly possible: boolean;
  /** there is something to learn from */
  readonly ready: boolean;
  readonly features: InstantFeatures;
  readonly layers: readonly KnownLayer[];
  /** `null` while nothing is ready */
  readonly source: InstantSource | null;
  /** the newest preparation that has not ended well: at work, stopped or failed */
  readonly job: { readonly id: number; readonly state: "queued" | "running" | "resumable" | "failed" } | null;
  /** `null` where it was not asked for, or the values are not ready */
  readonly learned: InstantLearned | null;
}

/** The map that answers while one labels. */
export interface InstantCommands {
  /**
   * `learn`: brings what it has learned up to date with the labels; answers when it is. `settled`: also waits until the labels have chosen what it
   * learns from.
   */
  "instant.state"(request: {
    readonly learn?: boolean | undefined;
    readonly settled?: boolean | undefined;
  }): Promise<InstantState>;
  /** Computes the values that are not there yet; `null` when all are. */
  "instant.prepare"(request: Nothing): Promise<StartedJob | null>;
  /** Computes what a model's encoder makes of every patch; `null` when that is there already. */
  "instant.embed"(request: { readonly model: string }): Promise<StartedJob | null>;
  /** Reads embeddings that others made from files or folders; `null` when they are there already. */
  "instant.importEmbeddings"(request: { readonly paths: readonly string[] }): Promise<StartedJob | null>;
  /** Deletes an embedding. */
  "instant.removeLayer"(request: { readonly name: string }): Promise<void>;
  /** What it learns from, from now on; `null`: what the labels choose. */
  "instant.learnFrom"(request: { readonly from: LearnedFrom | null }): Promise<void>;
  /** Where a label would help most: uncertain places, each unlike the labelled ones and the others; never in the test part, never labelled already. */
  "instant.next"(request: {
    readonly count?: number | undefined;
    /** places that were proposed and are not wanted, nor others like them */
    readonly skipped?: readonly (readonly [col: number, row: number])[] | undefined;
  }): Promise<readonly NextPlace[]>;
  /** Labels of the training part whose class differs from what all the others say. */
  "instant.suspicious"(request: Nothing): Promise<SuspiciousLabels>;
  /** Makes a model of the instant map as it is now, and draws its map behind it unless `map` is false. */
  "instant.keep"(request: { readonly name: string; readonly map?: boolean | undefined }): Promise<StartedJob>;
}
