import type { SplitPart } from "./job.ts";

export type SplitMethod = "blocks" | "polygons" | "field" | "random";
export type TileSplitMethod = "blocks" | "random" | "field" | "lists";

/**
 * What a word of a split field means. `train-only`: the label trains and is no part of the balance between the sets, so that
 * nobody expects its class in the others.
 */
export type SplitMeaning = SplitPart | "train-only";

/** The set of a label with that meaning. */
export const partOfMeaning = (meaning: SplitMeaning): SplitPart => (meaning === "train-only" ? "train" : meaning);

export interface SplitShares {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** What a split was made with. Earlier releases wrote fewer of them. */
export interface SplitParameters {
  readonly seed?: number;
  readonly shares?: SplitShares;
  readonly tooFew?: "error" | "train";
  readonly blockMeters?: number;
  readonly bufferMeters?: number;
  /** the length of the blocks was chosen from the labels, not by a person */
  readonly chosen?: boolean;
  /** cross-validation: of so many folds, this one (from 1) tests */
  readonly folds?: number;
  readonly fold?: number;
  readonly field?: string;
  /** what words of the field mean */
  readonly parts?: Readonly<Record<string, SplitMeaning>>;
}

export interface TileSplitParameters {
  readonly seed?: number;
  readonly shareThreshold?: number;
  readonly shares?: SplitShares;
  readonly blockMeters?: number;
  readonly field?: string | undefined;
  readonly parts?: Readonly<Record<string, SplitPart>>;
  readonly folds?: number;
  readonly fold?: number;
  readonly validationShare?: number;
  readonly lists?: readonly { readonly part: Exclude<SplitPart, "unused">; readonly path: string }[] | undefined;
}

/** What came of a split when it was made. */
export interface SplitFacts {
  readonly counts: readonly {
    readonly classCode: number;
    readonly part: SplitPart;
    readonly items: number;
    readonly weight: number;
  }[];
  readonly missing: readonly { readonly classCode: number; readonly part: Exclude<SplitPart, "unused"> }[];
  readonly reason: string | null;
  readonly notes: readonly SplitNote[];
  /** names the patches that images showed when it was made; earlier releases wrote none */
  readonly region?: string;
}

export interface TileSplitFacts {
  /** names in lists that no labelled tile has */
  readonly unknown: { readonly count: number; readonly examples: readonly string[] };
}

/** What a person should know about a split before relying on its scores. */
export type SplitNote =
  /** these classes lie in one block: they only train */
  | { readonly kind: "one-block"; readonly classCodes: readonly number[] }
  /** these classes have less than half of the share of patches that a set should have */
  | { readonly kind: "uneven"; readonly classCodes: readonly number[] }
  /** blocks were made smaller than usual, so that classes train and test */
  | { readonly kind: "smaller-blocks"; readonly meters: number; readonly usual: number }
  /** a block is smaller than a tile: what surrounds a test patch was trained on */
  | { readonly kind: "narrow-blocks"; readonly meters: number; readonly tile: number }
  /** patches left out beside borders between sets, and the classes that lost a whole set by that */
  | {
      readonly kind: "buffer";
      readonly patches: number;
      readonly meters: number;
      readonly classCodes: readonly number[];
    }
  /** labels of which no image shows a patch: they neither train nor test; `classCodes` have no others */
  | { readonly kind: "without-images"; readonly labels: number; readonly classCodes: readonly number[] }
  /** images came or went, or the area changed, since the split was made: its counts are those of now */
  | { readonly kind: "images-changed" }
  /** labels that the field gives to training alone, and the classes that have no others: these are not tested */
  | { readonly kind: "train-only"; readonly labels: number; readonly classCodes: readonly number[] }
  /** the field was not named: this one says it */
  | { readonly kind: "field-found"; readonly field: string }
  /** what each word was taken for */
  | { readonly kind: "words"; readonly folds: boolean; readonly words: readonly SplitWord[] };

/** One word of a split field; `part` is `null` while its meaning is unknown. */
export interface SplitWord {
  readonly word: string;
  readonly count: number;
  readonly part: SplitMeaning | null;
}
