import type { GeoBox } from "../geo/geobox.ts";
import type { Finding } from "./finding.ts";
import type { ArchitectureChoice, CommonSpec, Imagery, ProjectGrid, SplitPart } from "./job.ts";
import type { LegendClass } from "./legend.ts";
import type { TilesRecipe } from "./recipe.ts";

/** What a whole tile holds, as a training takes it. */
export interface TileLabel {
  readonly id: number;
  /** what its source calls it: a file's name, a tile's id */
  readonly key: string;
  readonly part: SplitPart;
  /** upper-left corner of its window in the project's CRS; it need not lie on a patch of the project */
  readonly x: number;
  readonly y: number;
  /** class code → share of the tile in [0, 1] */
  readonly shares: Readonly<Record<string, number>>;
}

export interface TileInput {
  readonly legend: readonly LegendClass[];
  readonly tiles: readonly TileLabel[];
}

/** Teaches a network which classes a whole tile holds; several at once are usual. */
export interface FinetuneTilesSpec extends CommonSpec {
  readonly kind: "finetune-tiles";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly tiles: TileInput;
  /** pre-trained model to start from; `null` starts from random weights of `architecture` */
  readonly modelFolder: string | null;
  readonly architecture: ArchitectureChoice;
  readonly recipe: TilesRecipe;
  readonly modelName: string;
}

export interface EvaluateTilesSpec extends CommonSpec {
  readonly kind: "evaluate-tiles";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  /** all parts: the baseline comes from those that train */
  readonly tiles: TileInput;
  readonly modelFolder: string;
  readonly part: Exclude<SplitPart, "unused">;
  readonly subsets: readonly (readonly string[])[];
  readonly batchSize: number;
  /** the split put neighbours of training tiles into this part */
  readonly optimistic?: boolean;
}

/** A tile to say something about; `reference` are the classes its label gives it. */
export interface MappedTile {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly part: SplitPart | null;
  readonly shares: Readonly<Record<string, number>> | null;
}

export interface MapTilesSpec extends CommonSpec {
  readonly kind: "map-tiles";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly modelFolder: string;
  readonly modalities: readonly string[];
  readonly tiles: readonly MappedTile[];
  readonly batchSize: number;
  readonly baseName: string;
  readonly title?: string;
}

/** How well one class is recognised; `null` where a number means nothing: a class that no tile of the part holds. */
export interface TileClassScore {
  readonly code: number;
  readonly name: string;
  /** a tile holds the class when its probability is above this */
  readonly threshold: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly averagePrecision: number | null;
  /** tiles of the part that hold it */
  readonly support: number;
  /** tiles that the model gave it */
  readonly predicted: number;
}

/** Scores over tiles and classes. Macro and the mean are over the classes that occur, `occurring` of them. */
export interface TileScore {
  readonly samples: number;
  readonly occurring: number;
  readonly microF1: number;
  /** 95 %, with tiles that lie together as one observation; absent in constant answers and in scores of earlier versions */
  readonly microF1Interval?: readonly [low: number, high: number];
  readonly microPrecision: number;
  readonly microRecall: number;
  readonly macroF1: number;
  readonly macroPrecision: number;
  readonly macroRecall: number;
  readonly weightedF1: number;
  /** `null` for answers without probabilities */
  readonly meanAveragePrecision: number | null;
  readonly classes: readonly TileClassScore[];
}

export interface TileSubsetScore {
  readonly modalities: readonly string[];
  /** at one threshold for all classes */
  readonly plain: TileScore;
  /** at the thresholds that validation chose; `null` when the model has none */
  readonly tuned: TileScore | null;
  /** tiles that no image shows: not counted */
  readonly unseen: number;
  /** groups of tiles that touch or overlap: as many observations as the interval counts; absent in scores of earlier versions */
  readonly places?: number;
}

export interface EvaluateTilesResult {
  readonly part: Exclude<SplitPart, "unused">;
  /** a class counts as present above this share */
  readonly shareThreshold: number;
  /** the probability above which a class is given, where no class has its own */
  readonly decision: number;
  /** tiles in which no class reaches the share: left out, or counted as tiles without any class */
  readonly empty: { readonly tiles: number; readonly kept: boolean };
  /** classes of this part that the model was never taught */
  readonly untaught: readonly { readonly name: string; readonly tiles: number }[];
  /** always the commonest classes of the training tiles, as many as score best there; `null` without training tiles */
  readonly baseline: { readonly classes: readonly string[]; readonly score: TileScore } | null;
  readonly subsets: readonly TileSubsetScore[];
  readonly findings?: readonly Finding[];
}

/** Answers of a model for tiles, and their files. */
export interface MapTilesResult {
  readonly gpkgPath: string;
  readonly csvPath: string;
  /** one band of probability per class, one pixel per tile; `null` where the tiles share no grid */
  readonly cogPath: string | null;
  readonly cogReason: "no-common-grid" | "too-large" | null;
  readonly sidecarPaths: readonly string[];
  readonly legend: readonly LegendClass[];
  /** by class, in the order of the legend */
  readonly thresholds: readonly number[];
  readonly sideMeters: number;
  /** what the raster covers */
  readonly area: GeoBox | null;
  readonly tiles: number;
  /** tiles that no image shows: they have no answer */
  readonly unseen: number;
  /** tiles that hold each class, by code */
  readonly present: Readonly<Record<string, number>>;
  readonly seconds: number;
}
