import type { LabelPolygon, SplitPart } from "./job.ts";
import type { LegendClass } from "./legend.ts";
import type { PatchCells } from "./patch-cells.ts";
import type { SplitFacts, SplitMethod, SplitParameters } from "./split.ts";

export interface Legend {
  readonly id: number;
  readonly name: string;
  readonly classes: readonly LegendClass[];
}

/** A labelled polygon in the project's CRS. */
export interface Label {
  readonly id: number;
  readonly legendId: number;
  readonly classCode: number;
  /** its outline; of a label that names patches it is made from them when it is asked for */
  readonly coordinates: LabelPolygon["coordinates"];
  /** the patches that a class raster labels; `null`: those whose centre lies in the outline */
  readonly cells: PatchCells | null;
  /** a position inside of it: what a block split goes by */
  readonly x: number;
  readonly y: number;
  /** patches of the project that it labels */
  readonly patches: number;
  /** `null` when a person drew it here */
  readonly importId: number | null;
  /** the feature's own identifier in its file */
  readonly feature: string | null;
  /** the other fields of its file: a split may go by one of them */
  readonly properties: LabelProperties;
  /** first and last day on which the class is true, ISO; `null`: always */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** on the ground; `null` in a label that an earlier release wrote */
  readonly hectares: number | null;
}

export type LabelProperties = Readonly<Record<string, string | number | boolean | null>>;

type Later = "cells" | "validFrom" | "validTo" | "hectares";
export type NewLabel = Omit<Label, "id" | Later> & Partial<Pick<Label, Later>>;

/** A label's shape and what follows from it. */
export type LabelShape = Pick<Label, "coordinates" | "x" | "y" | "patches" | "hectares">;

/** Changes of labels since a state of the counter: those to read again, and those that were deleted. */
export interface LabelChanges {
  readonly version: number;
  readonly changed: readonly number[];
  readonly removed: readonly number[];
}

/** One reading of a label file: where from, and what became of every polygon. */
export interface LabelImport {
  readonly id: number;
  readonly path: string;
  readonly classField: string;
  readonly legendId: number;
  readonly report: unknown;
  readonly importedAt: string;
}

export interface Split {
  readonly id: number;
  /** the legend whose labels it divides; `null` when that was removed, or when none of them was left as projects were given this */
  readonly legendId: number | null;
  readonly method: SplitMethod;
  readonly parameters: SplitParameters;
  /** neighbours of test places were trained on: the accuracy will look better than it is */
  readonly optimistic: boolean;
  readonly report: Partial<SplitFacts>;
  /** the set of every block, by `column:row` counted from the origin of the CRS; `null` in splits without blocks */
  readonly blocks: Readonly<Record<string, SplitPart>> | null;
  readonly createdAt: string;
}

/** To which set a label belongs; a random split, or a block border that cuts it, gives each of its patches a set, row by row. */
export interface LabelPart {
  readonly part: SplitPart;
  readonly patches: readonly SplitPart[] | null;
}

/** The field of a label that a person has looked at and keeps, though others contradict it. */
export const confirmedField = "confirmed";
