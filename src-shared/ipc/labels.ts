import type { LabelInput, SplitPart } from "../domain/job.ts";
import type { LegendClass } from "../domain/legend.ts";

type Nothing = Readonly<Record<string, never>>;

export interface ValueCount {
  /** the commonest spelling, without blanks around it */
  readonly value: string;
  readonly count: number;
  readonly spellings: readonly string[];
}

/** What became of every polygon of a file. */
export interface ImportReport {
  readonly total: number;
  readonly used: number;
  readonly dropped: readonly {
    readonly id: number;
    readonly sourceId: string | number;
    readonly reason: string;
    readonly detail?: string;
  }[];
  readonly partlyOutside: number;
  readonly contestedPatches: number;
  readonly classes: readonly (LegendClass & {
    readonly polygons: number;
    readonly patches: number;
    readonly hectares: number;
  })[];
}

export interface SplitReport {
  readonly id: number;
  readonly method: string;
  readonly parameters: unknown;
  readonly optimistic: boolean;
  readonly reason: string | null;
  readonly missing: readonly { readonly classCode: number; readonly part: "train" | "validation" | "test" }[];
  readonly counts: readonly {
    readonly classCode: number;
    readonly part: SplitPart;
    readonly items: number;
    readonly weight: number;
  }[];
  readonly classes: readonly LegendClass[];
}

/** Polygons with classes, and who learns and who tests. */
export interface LabelCommands {
  "labels.values"(request: {
    readonly path: string;
    readonly field: string;
    readonly layer?: string | undefined;
  }): Promise<readonly ValueCount[]>;
  "labels.import"(request: {
    readonly path: string;
    readonly field: string;
    readonly nameField?: string | undefined;
    readonly layer?: string | undefined;
    readonly crs?: string | undefined;
    readonly encoding?: string | undefined;
    readonly classes?: Record<string, string | null> | undefined;
    readonly unmapped?: "error" | "ignore" | undefined;
    readonly legend?: string | undefined;
    readonly share?: number | undefined;
    readonly replace?: boolean | undefined;
  }): Promise<{ readonly importId: number; readonly report: ImportReport }>;
  "labels.input"(request: Nothing): Promise<LabelInput>;
  "labels.split"(request: {
    readonly method?: "blocks" | "polygons" | "field" | "random" | undefined;
    readonly seed?: number | undefined;
    readonly blockMeters?: number | undefined;
    readonly field?: string | undefined;
    readonly parts?: Record<string, SplitPart> | undefined;
    readonly shares?: { train: number; validation: number; test: number } | undefined;
    readonly tooFew?: "error" | "train" | undefined;
  }): Promise<SplitReport>;
}
