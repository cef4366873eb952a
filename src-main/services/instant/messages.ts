import type { ProjectGrid } from "../../../src-shared/domain/job.ts";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import type { TileAddress } from "../../../src-shared/geo/tile-grid.ts";
import type { InstantLayer, SuspiciousGroups } from "../../features/index.ts";

/** What came of labels in the thread. */
export interface Taught {
  readonly kind: "nothing" | "similarity" | "classes";
  readonly rows: number;
  readonly labels: number;
  readonly outside: number;
  /** labels of the parts that never teach */
  readonly heldBack: number;
  /** classes that labels have */
  readonly legend: readonly LegendClass[];
  readonly patches: Readonly<Record<number, number>>;
  readonly milliseconds: number;
  /** what the last label changed on patches that stay the same; `null` while there is nothing to compare with */
  readonly agreement: { readonly changed: number; readonly kappa: number; readonly steady: boolean } | null;
}

/** Which labels to learn. The thread reads them from the project's database itself: they may be hundreds of thousands. */
export interface LabelsAsked {
  readonly folder: string;
  /** this process holds the project open for writing */
  readonly writing: boolean;
  /** labels that were added, changed or removed since this was asked last; `null`: anything may have */
  readonly changed: readonly number[] | null;
}

/** A patch to label next: counted from the CRS origin. */
export interface NextPatch {
  readonly col: number;
  readonly row: number;
  /** the class that it shows there; `null` while fewer than two classes are learned */
  readonly classCode: number | null;
  readonly confidence: number;
  readonly margin: number;
}

/** Questions to the thread of the instant map, and their answers. */
export interface InstantTasks {
  /** `false`: there is no whole layer in these folders */
  readonly open: {
    readonly input: { readonly folders: readonly string[]; readonly grid: ProjectGrid };
    readonly output: boolean;
  };
  readonly learn: { readonly input: LabelsAsked; readonly output: Taught };
  /** How well labels held out whole are told from each of some layers; `null` where the labels cannot say. */
  readonly compare: {
    readonly input: {
      readonly labels: LabelsAsked;
      readonly grid: ProjectGrid;
      /** the folders of each */
      readonly layers: readonly (readonly string[])[];
    };
    readonly output: readonly (number | null)[];
  };
  readonly next: {
    readonly input: { readonly count: number; readonly skipped: readonly (readonly [col: number, row: number])[] };
    readonly output: readonly NextPatch[];
  };
  /** classes by their codes, labels by their ids */
  readonly suspicious: { readonly input: null; readonly output: SuspiciousGroups };
  readonly tile: {
    readonly input: { readonly address: TileAddress; readonly what: InstantLayer };
    readonly output: { readonly samples: Uint8Array; readonly mask: Uint8Array } | null;
  };
}
export type InstantTask = keyof InstantTasks;
