import type { ProviderChoice, SplitPart } from "../domain/job.ts";
import type { LegendClass } from "../domain/legend.ts";
import type { TilesRecipe } from "../domain/recipe.ts";
import type { TileSplitFacts, TileSplitMethod, TileSplitParameters } from "../domain/split.ts";
import type { StoredTile, TileMap } from "../domain/tile-label.ts";
import type { EvaluateTilesResult } from "../domain/tiles.ts";
import type { StartedJob } from "./jobs.ts";

type Nothing = Readonly<Record<string, never>>;

/** Why an entry of a file of tile labels is no labelled tile. */
export type TileDrop =
  /** no image of the project has this name */
  | "no-image"
  /** several images, or several entries, could be meant */
  | "ambiguous"
  /** a share below 0, far above 1, or no number */
  | "bad-share"
  /** the footprint has another size than the project's tiles, or is no square */
  | "other-size"
  | "outside"
  /** an entry of the same name came before */
  | "same-key"
  /** the same footprint with the same classes came before under another name */
  | "same-place"
  | "no-shape"
  /** all its classes were mapped to nothing */
  | "ignored";

/** What became of every entry of a file of tile labels. */
export interface TileImportReport {
  readonly source: "json" | "folder" | "csv" | "vector";
  /** `listed`: classes without shares, each counts as 1 */
  readonly unit: "fraction" | "percent" | "listed";
  readonly total: number;
  readonly used: number;
  readonly dropped: readonly {
    readonly reason: TileDrop;
    readonly count: number;
    /** some of them by name, with what is wrong */
    readonly examples: readonly { readonly key: string; readonly detail: string | null }[];
  }[];
  /** used, but worth a look */
  readonly notes: readonly {
    readonly what: "sum-above-one" | "share-above-one" | "no-share" | "repeated-class" | "replaced" | "moved-footprint";
    readonly count: number;
    readonly examples: readonly string[];
  }[];
  /** images of the project that no entry names; `null` for files that bring their own footprints */
  readonly imagesWithout: number | null;
  readonly shareThreshold: number;
  readonly classes: readonly (LegendClass & {
    /** tiles that name it */
    readonly tiles: number;
    /** tiles in which its share is above the threshold */
    readonly present: number;
    readonly meanShare: number;
  })[];
}

export interface TileImportRequest {
  /** a JSON (also .gz), a folder of JSON files, a CSV, or a vector file of footprints */
  readonly path: string;
  readonly layer?: string | undefined;
  readonly crs?: string | undefined;
  /** the field or column that names the tile */
  readonly key?: string | undefined;
  /** columns with shares, or one column with JSON; found by itself when left out */
  readonly columns?: string[] | undefined;
  readonly unit?: "auto" | "fraction" | "percent" | undefined;
  readonly legend?: string | undefined;
  /** name in the file → class; `null` ignores it */
  readonly classes?: Record<string, string | null> | undefined;
  readonly shareThreshold?: number | undefined;
  readonly replace?: boolean | undefined;
}

export interface TileSplitRequest {
  readonly method?: TileSplitMethod | undefined;
  readonly seed?: number | undefined;
  readonly blockMeters?: number | undefined;
  readonly field?: string | undefined;
  readonly parts?: Record<string, SplitPart> | undefined;
  readonly shares?: { readonly train: number; readonly validation: number; readonly test: number } | undefined;
  /** files with one tile per line */
  readonly lists?: { readonly part: "train" | "validation" | "test"; readonly path: string }[] | undefined;
  /** of the tiles that train, where nothing says which validate */
  readonly validationShare?: number | undefined;
  /** parts of equal size, of which one tests and the next validates */
  readonly folds?: number | undefined;
  readonly fold?: number | undefined;
  readonly shareThreshold?: number | undefined;
}

export interface TileSplitReport extends TileSplitFacts {
  readonly id: number;
  readonly method: TileSplitMethod;
  readonly parameters: TileSplitParameters;
  readonly optimistic: boolean;
  readonly reason: string | null;
  readonly counts: Readonly<Record<SplitPart, number>>;
  readonly classes: readonly (LegendClass & { readonly present: Readonly<Record<SplitPart, number>> })[];
}

/** The labelled tiles of a project in numbers. */
export interface TileSummary {
  readonly legend: { readonly id: number; readonly name: string; readonly classes: readonly LegendClass[] };
  readonly tiles: number;
  readonly sideMeters: number;
  readonly shareThreshold: number;
  /** tiles in which no class is above the threshold */
  readonly empty: number;
  readonly classes: readonly (LegendClass & { readonly tiles: number; readonly present: number })[];
  readonly fields: readonly string[];
  readonly split: TileSplitReport | null;
  readonly imports: readonly { readonly id: number; readonly path: string; readonly importedAt: string }[];
}

export interface ListedTile extends Pick<StoredTile, "id" | "key" | "x" | "y" | "shares"> {
  readonly part: SplitPart | null;
}

/** What a model said of one tile. */
export interface TileAnswer {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** in the order of the map's legend */
  readonly probabilities: readonly number[];
  /** codes of the classes above their thresholds */
  readonly present: readonly number[];
  /** codes that the label names above the model's share; `null` without a label */
  readonly reference: readonly number[] | null;
  readonly part: SplitPart | null;
}

export interface TileAccuracy extends EvaluateTilesResult {
  readonly runId: number;
  readonly measuredAt: string;
  readonly optimistic: boolean;
}

export interface TileJobRequest {
  readonly seed?: number | undefined;
  readonly provider?: ProviderChoice | undefined;
  readonly batchSize?: number | undefined;
}

export interface TileTrainingRequest extends TileJobRequest {
  readonly name: string;
  readonly from?: string | null | undefined;
  readonly modalities?: string[] | undefined;
  readonly size?: "tiny" | "small" | "base" | undefined;
  readonly preset?: "quick" | "balanced" | "thorough" | "treesat" | undefined;
  readonly recipe?: { readonly [Key in keyof TilesRecipe]?: TilesRecipe[Key] | undefined } | undefined;
}

/** Labels of whole tiles, and what models say about tiles. */
export interface TileCommands {
  /** What an import would do; nothing is changed. */
  "tiles.preview"(request: TileImportRequest): Promise<TileImportReport>;
  "tiles.import"(request: TileImportRequest): Promise<{
    readonly importId: number;
    readonly legendId: number;
    readonly report: TileImportReport;
  }>;
  /** `null` while there are none */
  "tiles.summary"(request: { readonly shareThreshold?: number | undefined }): Promise<TileSummary | null>;
  "tiles.list"(request: Nothing): Promise<readonly ListedTile[]>;
  /** All labelled tiles, or one import's. */
  "tiles.remove"(request: { readonly importId?: number | undefined }): Promise<{ readonly removed: number }>;
  "tiles.split"(request: TileSplitRequest): Promise<TileSplitReport>;
  "tiles.finetune"(request: TileTrainingRequest): Promise<StartedJob>;
  "tiles.evaluate"(
    request: TileJobRequest & {
      readonly model: string;
      readonly part?: "train" | "validation" | "test" | undefined;
      /** all worth knowing when left out */
      readonly subsets?: string[][] | undefined;
    },
  ): Promise<StartedJob>;
  /** The newest such scores of a model; `null` before the first. */
  "tiles.accuracy"(request: { readonly model: string }): Promise<TileAccuracy | null>;
  /** Asks a model about the labelled tiles, or about every tile that images of the project cover. */
  "tiles.map"(
    request: TileJobRequest & {
      readonly model: string;
      readonly modalities?: string[] | undefined;
      readonly over?: "labels" | "images" | undefined;
      readonly name?: string | undefined;
    },
  ): Promise<StartedJob>;
  "tiles.maps"(request: Nothing): Promise<readonly TileMap[]>;
  "tiles.answers"(request: { readonly id: number }): Promise<readonly TileAnswer[]>;
  "tiles.removeMap"(request: { readonly id: number }): Promise<{ readonly deleted: readonly string[] }>;
}
