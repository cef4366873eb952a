import type { Evidence } from "../eo/evidence.ts";
import type { MaskMeaning } from "../eo/masks.ts";
import type { DuplicateDates, Modality, ResamplingMethod } from "../eo/modality.ts";

type Nothing = Readonly<Record<string, never>>;

/** What is wrong or doubtful about a modality; the window has the words. */
export type ModalityProblem =
  | { readonly kind: "resolution-does-not-divide"; readonly resolution: number; readonly patch: number }
  | { readonly kind: "duplicate-dates"; readonly dates: readonly string[] }
  | { readonly kind: "missing-bands"; readonly dates: readonly string[]; readonly bands: readonly string[] }
  | { readonly kind: "no-members" }
  | { readonly kind: "one-date" }
  | { readonly kind: "few-dates"; readonly dates: number }
  | { readonly kind: "no-cloud-mask"; readonly dates: number }
  | { readonly kind: "gap"; readonly from: string; readonly to: string; readonly days: number }
  | { readonly kind: "longer-than-a-year"; readonly days: number }
  | { readonly kind: "files-missing"; readonly files: number }
  | { readonly kind: "finer-than-files"; readonly resolution: number; readonly native: number }
  | { readonly kind: "mixed-passes" }
  | { readonly kind: "used-by-models"; readonly models: readonly string[] };

export interface ModalityMember {
  readonly acquisition: string;
  readonly date: string;
  readonly time: string | null;
  readonly detail: string | null;
  readonly bands: readonly string[];
  /** places of the mosaic, side by side */
  readonly pieces: number;
  readonly hasMask: boolean;
  readonly member: boolean;
}

/** A modality with what it is made of, why, and what is wrong with it. */
export interface ModalityFacts {
  readonly modality: Modality;
  /** acquisitions of its sensor, whether they feed it or not, in order of time */
  readonly candidates: readonly ModalityMember[];
  /** every band that one of them has */
  readonly bands: readonly string[];
  /** resolutions that divide the patch, coarsest first */
  readonly resolutions: readonly number[];
  /** pixel size of its files in the project's units */
  readonly nativeMeters: number | null;
  /** the fields that are as the program proposed them */
  readonly proposed: readonly (keyof Modality)[];
  readonly evidence: readonly Evidence[];
  /** SCL classes its mask can be made of; empty without a mask */
  readonly maskClasses: readonly number[];
  /** how the members' masks are read, each meaning once */
  readonly masks: readonly MaskMeaning[];
  readonly problems: readonly ModalityProblem[];
  /** models that read an input of this name */
  readonly models: readonly string[];
}

export interface DateCoverage {
  readonly acquisition: string;
  readonly date: string;
  /** shares of the project's area */
  readonly data: number;
  readonly clear: number;
}

export interface ModalityCoverage {
  readonly name: string;
  /**
   * share of the project's area that at least one date has data for: of its box, or, where the project's images lie in
   * several separate places, of these places
   */
  readonly data: number;
  /** the same for a clear view */
  readonly clear: number;
  readonly dates: readonly DateCoverage[];
  /** separate places of the project with images of any input */
  readonly places: number;
  /** of them with images of this one */
  readonly placesSeen: number;
  /** share of the project's box that images of any input reach */
  readonly boxShare: number;
}

export interface ModalityChange {
  readonly name?: string | undefined;
  readonly kind?: Modality["kind"] | undefined;
  readonly bands?: readonly string[] | undefined;
  readonly resolutionMeters?: number | undefined;
  readonly resampling?: ResamplingMethod | undefined;
  readonly duplicateDates?: DuplicateDates | undefined;
  readonly clearClasses?: readonly number[] | undefined;
  readonly acquisitions?: readonly string[] | undefined;
}

/** Which layers feed which input of the network. Every change is one step of the history. */
export interface ModalityCommands {
  "modalities.facts"(request: Nothing): Promise<readonly ModalityFacts[]>;
  /** Looks at the pixels of every date on a coarse grid of the area; kept until files or members change. */
  "modalities.coverage"(request: { readonly name: string }): Promise<ModalityCoverage>;
  "modalities.change"(request: { readonly name: string; readonly change: ModalityChange }): Promise<void>;
  "modalities.remove"(request: { readonly name: string }): Promise<void>;
  /** As the program would make them from all acquisitions; with a name only that one. */
  "modalities.propose"(request: { readonly name?: string | undefined }): Promise<void>;
}
