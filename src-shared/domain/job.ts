import type { Acquisition } from "../eo/acquisition.ts";
import type { Modality } from "../eo/modality.ts";
import type { Bounds } from "../geo/bounds.ts";
import type { Crs } from "../geo/crs.ts";
import type { GeoBox } from "../geo/geobox.ts";
import type { PixelWindow } from "../geo/window.ts";
import type { AlignResult, AlignSpec } from "./alignment.ts";
import type { SampleMethod } from "./area-sample.ts";
import type { Calibration, SetRule } from "./calibration.ts";
import type { ChosenSettings } from "./chosen-settings.ts";
import type { Finding } from "./finding.ts";
import type { LabelUnit } from "./label-unit.ts";
import type { LegendClass } from "./legend.ts";
import type { Method, MethodFeatures } from "./method.ts";
import type {
  ChangeResult,
  ChangeSpec,
  NumberMapResult,
  NumberMapSpec,
  NumbersResult,
  NumbersSpec,
} from "./numbers.ts";
import type { PatchCells } from "./patch-cells.ts";
import type { PatchClasses } from "./patch-classes.ts";
import type { FinetuneRecipe, PretrainRecipe } from "./recipe.ts";
import type { ScoreTable } from "./score-table.ts";
import type { SmallMaps } from "./small-maps.ts";
import type { SplitFacts, SplitMethod, SplitParameters } from "./split.ts";
import type {
  EvaluateTilesResult,
  EvaluateTilesSpec,
  FinetuneTilesSpec,
  MapTilesResult,
  MapTilesSpec,
} from "./tiles.ts";
import type { TrainingEstimate, TrainingReview } from "./training.ts";
import type { UncertaintyScore } from "./uncertainty-score.ts";

/**
 * Everything a job needs, by value: paths, grids, dates, hyperparameters. A job opens no catalog and no project.
 * All paths are absolute. The spec is stored as `spec.json` in the job's folder, so that a resumed job runs the same work.
 */
export type JobSpec =
  | PretrainSpec
  | FinetuneSpec
  | EvaluateSpec
  | MapSpec
  | FinetuneTilesSpec
  | EvaluateTilesSpec
  | MapTilesSpec
  | ReportSpec
  | EstimateSpec
  | InspectSpec
  | GoldenSpec
  | ExportSpec
  | CompareSpec
  | FeaturesSpec
  | EmbedSpec
  | EmbedFilesSpec
  | NumbersSpec
  | NumberMapSpec
  | ChangeSpec
  | AlignSpec;
export type JobKind = JobSpec["kind"];

/** Short work with files, which needs no network: it does not wait until a training has ended. */
export const fileJobKinds: ReadonlySet<JobKind> = new Set(["report", "export", "compare"]);

/** What a job returns. Files named here lie under the spec's `folder` until the service registers them. */
export interface JobResults {
  readonly pretrain: ModelResult;
  readonly finetune: ModelResult;
  readonly evaluate: EvaluateResult;
  readonly map: MapResult;
  readonly "finetune-tiles": ModelResult;
  readonly "evaluate-tiles": EvaluateTilesResult;
  readonly "map-tiles": MapTilesResult;
  readonly report: ReportResult;
  readonly estimate: TrainingEstimate;
  readonly inspect: InspectResult;
  readonly golden: GoldenResult;
  readonly export: ExportResult;
  readonly compare: CompareResult;
  readonly features: FeaturesResult;
  readonly embed: EmbedResult;
  readonly "embed-files": EmbedFilesResult;
  readonly numbers: NumbersResult;
  readonly "number-map": NumberMapResult;
  readonly change: ChangeResult;
  readonly align: AlignResult;
}
export type JobResult = JobResults[JobKind];

/** What a job reports while it runs. `metric` values become rows of the run's curve. */
export type JobEvent =
  | { readonly type: "phase"; readonly name: string; readonly fraction: number }
  | { readonly type: "metric"; readonly step: number; readonly values: Readonly<Record<string, number>> }
  /** a review: how well the network does between two steps, and what it would draw; stored with the run */
  | { readonly type: "review"; readonly step: number; readonly review: TrainingReview }
  /** a line for the job's log */
  | { readonly type: "log"; readonly text: string };

/**
 * `running` has an owner process; a job whose owner died becomes `resumable` (its folder holds a checkpoint, or its
 * work can start again) or `failed` with a reason.
 */
export type JobState = "queued" | "running" | "finished" | "failed" | "cancelled" | "resumable";

/** The pixel grid all work of a project is placed on, and how it is cut into patches and tiles. */
export interface ProjectGrid {
  /** the project's area with one pixel per patch; its corner lies on a multiple of the patch, counted from the CRS origin */
  readonly geobox: GeoBox;
  /** side of one patch (one token, one dense label) in map units, e.g. 10 */
  readonly patchMeters: number;
  /** side of one training tile in patches, e.g. 6 */
  readonly tilePatches: number;
  /**
   * The patches of the project's area where it is not the whole box: windows without common patches, columns and rows counted
   * from the CRS origin as those of maps are. Images, labels, statistics and maps end there.
   */
  readonly limit?: readonly PixelWindow[];
}

/** The imagery a job reads: the network's inputs and every acquisition that fills one of them. */
export interface Imagery {
  readonly modalities: readonly Modality[];
  readonly acquisitions: readonly Acquisition[];
  /** where files lie, by path, as their headers said when they were imported; others are looked up when they are needed */
  readonly placements?: Readonly<Record<string, GeoBox>>;
}

export type SplitPart = "train" | "validation" | "test" | "unused";

/** A labelled polygon in the project's CRS: one or more parts, each an outer ring and its holes, closed. */
export interface LabelPolygon {
  readonly id: number;
  /** the legend's code */
  readonly classCode: number;
  readonly part: SplitPart;
  readonly coordinates: readonly (readonly (readonly (readonly [number, number])[])[])[];
  /**
   * exactly these patches, whatever the outline says: of a class raster, or what a split left of a polygon; columns and rows
   * count from the origin of the CRS, as all patches of a job do, not from the corner of the project as in the catalog
   */
  readonly cells?: PatchCells;
}

export interface LabelInput {
  readonly crs: Crs;
  readonly legend: readonly LegendClass[];
  readonly polygons: readonly LabelPolygon[];
  /** what they are; of specs before it was known, polygons */
  readonly unit?: LabelUnit;
}

/** Where it runs. `auto` takes the best provider that passes the probe. */
export type ProviderChoice = "auto" | "cpu" | "webgpu" | "cuda";

export interface CommonSpec {
  /** the job's own folder: checkpoints, temporary files, results. It exists. */
  readonly folder: string;
  readonly seed: number;
  readonly provider: ProviderChoice;
  /** continue from the checkpoint in `folder` when there is one */
  readonly resume: boolean;
  /** the commit or version of the program, for the model card */
  readonly appVersion: string;
  /** where this machine keeps in mind what it has tried; not stored with the job */
  readonly machineFolder?: string;
}

/** Widths of the network; `name` is what people choose. */
export interface ArchitectureChoice {
  readonly name: "tiny" | "small" | "base";
  readonly embed: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
}

/** The three sizes on offer; `base` is the paper's. */
export const architectures: Readonly<Record<ArchitectureChoice["name"], ArchitectureChoice>> = {
  tiny: { name: "tiny", embed: 32, depth: 3, heads: 4, mlpRatio: 4 },
  small: { name: "small", embed: 64, depth: 2, heads: 4, mlpRatio: 4 },
  base: { name: "base", embed: 256, depth: 6, heads: 16, mlpRatio: 4 },
};

export interface PretrainSpec extends CommonSpec {
  readonly kind: "pretrain";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly architecture: ArchitectureChoice;
  readonly recipe: PretrainRecipe;
  /** name shown for the model */
  readonly modelName: string;
  /** of the project, where there are others */
  readonly placeName?: string;
  /** places of other projects, from which the same network learns too; each step sees one place */
  readonly others?: readonly OtherPlace[];
}

/** The images of another project, with its own grid: another place, another year, other bands. */
export interface OtherPlace {
  /** of the project */
  readonly name: string;
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
}

export interface FinetuneSpec extends CommonSpec {
  readonly kind: "finetune";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly labels: LabelInput;
  /** pre-trained model to start from; `null` starts from random weights of `architecture` */
  readonly modelFolder: string | null;
  readonly use?: ModelUse | undefined;
  readonly architecture: ArchitectureChoice;
  readonly recipe: FinetuneRecipe;
  readonly modelName: string;
  /** without a validation part: review some training places instead, for the pictures only */
  readonly previews?: boolean;
  /** which numbers of the recipe follow from the labels, and why */
  readonly chosen?: ChosenSettings;
  /** what is taught instead of a network: nothing of `architecture` and the recipe matters then */
  readonly method?: Method;
  /** what the method learns from (default `monthly`); with an encoder `modelFolder` says whose */
  readonly features?: MethodFeatures;
  /** the instant map as it is now becomes a model: the method is its regression, on columns standardised as the feature layer has them */
  readonly instant?: InstantColumns;
}

/** [columns] how a feature layer standardises its columns, and the values between which it holds them. */
export interface InstantColumns {
  /** what each holds, where a model's rows may have others between them */
  readonly names?: readonly string[];
  readonly means: readonly number[];
  readonly spreads: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** How a model is used where it was not trained. What is left out is as it was trained. */
export interface ModelUse {
  /**
   * what is taken off and divided by: the figures of the model's training, which keep what is brighter there than here, or those of this
   * imagery, which take off what another sensor, processor or climate adds everywhere (default `model`)
   */
  readonly normalization?: "model" | "place" | undefined;
  /** the year that stands for the first year the model has learned from; without it the one that fits most dates */
  readonly season?: number | undefined;
  /** days added to every date: 183 where the seasons are the opposite ones */
  readonly shiftDays?: number | undefined;
}

export interface EvaluateSpec extends CommonSpec {
  readonly kind: "evaluate";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly labels: LabelInput;
  readonly modelFolder: string;
  readonly use?: ModelUse | undefined;
  readonly part: Exclude<SplitPart, "unused">;
  /** each entry is a list of modality names; one evaluation per entry, one set of weights */
  readonly subsets: readonly (readonly string[])[];
  /**
   * class codes to choose between, each list one table: only patches of these classes count, and the map is the best of
   * these classes. An empty list stands for all classes of the legend.
   */
  readonly classSets: readonly (readonly number[])[];
  readonly overlapPatches: number;
  readonly batchSize: number;
  /** the split let neighbours of training labels into this part: said with the score */
  readonly optimistic?: boolean;
  /** also draw a small map of one place with each of the subsets */
  readonly smallMaps?: boolean;
  /** what was measured of the model on validation labels of this project; before what it says itself */
  readonly calibrations?: readonly Calibration[];
  /** the promised share of groups whose class is among the possible ones (default 0.9) */
  readonly level?: number;
}

export interface MapSpec extends CommonSpec {
  readonly kind: "map";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly modelFolder: string;
  readonly use?: ModelUse | undefined;
  /** the model's modalities to use: any subset */
  readonly modalities: readonly string[];
  /** what to map: a window of the grid as its own grid, aligned to patches */
  readonly area: GeoBox;
  /** a polygon in the project's CRS: outside of it the map stays empty */
  readonly outline?: readonly (readonly (readonly [x: number, y: number])[])[];
  /** patches that a tile shares with the next one */
  readonly overlapPatches: number;
  readonly batchSize: number;
  readonly probabilities: boolean;
  /** of several separate places: files for each beside those of all */
  readonly perPlace?: boolean;
  /** file names start with this; written into `folder` */
  readonly baseName: string;
  /** what the person calls the map; `baseName` when left out */
  readonly title?: string;
  /** what was measured of the model and should be known of its map; what its training found it says itself */
  readonly findings?: readonly Finding[];
  /** what was measured of the model on validation labels of this project; before what it says itself */
  readonly calibrations?: readonly Calibration[];
  /** the promised share of groups whose class is among the possible ones (default 0.9) */
  readonly level?: number;
}

/** Months that rows of values have columns for. */
export interface Months {
  /** the first one: where a season begins */
  readonly year: number;
  /** 1 … 12 */
  readonly month: number;
  readonly count: number;
  /** months of any year together: of series that are longer than two years */
  readonly everyYear: boolean;
  /** behind the bands of an input also stand the indices that they allow: of each month, of an image those of its means */
  readonly indices?: boolean | undefined;
}

/** Standardised monthly values of every patch, kept in the project: what the instant map learns from and is drawn from. */
export interface FeaturesSpec extends CommonSpec {
  readonly kind: "features";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly months: Months;
  /** those inputs whose values are not there yet, each with the name of what its values follow from */
  readonly groups: readonly {
    readonly modality: string;
    readonly key: string;
    /** the values of before, of which blocks may stay as they are */
    readonly earlierFolder?: string | null;
  }[];
}

export interface FeaturesResult {
  readonly groups: readonly FeaturesGroupResult[];
  readonly seconds: number;
}

export interface FeaturesGroupResult {
  readonly modality: string;
  readonly key: string;
  readonly folder: string;
  readonly columns: number;
  readonly patches: number;
  readonly bytes: number;
  /** the largest difference between a value and what is stored of it, in spreads of its column */
  readonly error: number;
  /** the share of values that are cut to what can be stored */
  readonly cut: number;
  /** squares of patches that it is stored in, and those that were as before */
  readonly blocks: number;
  readonly kept: number;
}

/** What the encoder of a model makes of every patch, kept in the project as a layer that the instant map may learn from. */
export interface EmbedSpec extends CommonSpec {
  readonly kind: "embed";
  readonly grid: ProjectGrid;
  /** with the inputs that the model is given, under the model's names */
  readonly imagery: Imagery;
  readonly modelFolder: string;
  /** the model as a person names it; the layer is called after it */
  readonly title: string;
  /** names what the embeddings follow from */
  readonly key: string;
  /** the layer of before, of which blocks may stay as they are */
  readonly earlierFolder: string | null;
  readonly batchSize: number;
}

/** A tile of embeddings that others made. */
export interface EmbeddingFile {
  readonly product: "alphaearth" | "tessera";
  readonly path: string;
  /** of Tessera: what its numbers are multiplied by, and where they lie; `null` where no such file was found */
  readonly scalesPath: string | null;
  readonly gridPath: string | null;
}

/** Embeddings that others made, read from files and kept as a layer: the mean of each patch. */
export interface EmbedFilesSpec extends CommonSpec {
  readonly kind: "embed-files";
  readonly grid: ProjectGrid;
  readonly files: readonly EmbeddingFile[];
  readonly product: EmbeddingFile["product"];
  readonly year: number | null;
  /** the layer is called so */
  readonly title: string;
  readonly key: string;
  readonly earlierFolder: string | null;
}

export interface EmbedFilesResult {
  readonly group: FeaturesGroupResult;
  readonly seconds: number;
}

export interface EmbedResult {
  readonly group: FeaturesGroupResult;
  readonly provider: string;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** What a training would take. Asked before it starts: no row, no files. */
export interface EstimateSpec extends CommonSpec {
  readonly kind: "estimate";
  readonly training: PretrainSpec | FinetuneSpec | FinetuneTilesSpec;
}

/** What a model says of the patches at some points: as a map would, and by which dates. */
export interface InspectSpec extends CommonSpec {
  readonly kind: "inspect";
  readonly grid: ProjectGrid;
  readonly imagery: Imagery;
  readonly modelFolder: string;
  readonly use?: ModelUse | undefined;
  readonly modalities: readonly string[];
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly overlapPatches: number;
  readonly batchSize: number;
  /** as for a map */
  readonly calibrations?: readonly Calibration[];
}

export interface InspectResult {
  readonly provider: string;
  readonly legend: readonly LegendClass[];
  readonly patches: readonly PatchClasses[];
}

/** A model's answers to made-up inputs: made for a package, or compared with those of its package. Asked by itself: no row, no files. */
export interface GoldenSpec extends CommonSpec {
  readonly kind: "golden";
  readonly task: "make" | "check";
  readonly modelFolder: string;
}

export interface GoldenResult {
  /** the content of a new golden.json; `null` of a check */
  readonly text: string | null;
  /** answers that were made or compared; 0: the package has none */
  readonly outputs: number;
}

/** The probability sample that figures come from. */
export interface SampleBasis {
  readonly name: string;
  readonly method: SampleMethod;
  readonly seed: number;
  /** drawn, answered or not */
  readonly places: number;
  readonly cannotTell: number;
  readonly open: number;
  /** hectares that are of no class of the map's legend */
  readonly otherHectares: number;
}

/** Areas by post-stratification (Olofsson et al. 2014), each with half of its 95 % interval. */
export interface CorrectedHectares {
  /** test patches, or places of a probability sample */
  readonly samples: number;
  /** left out: the labels of the test part, which are no random sample */
  readonly sample?: SampleBasis;
  /** of test labels: how many the intervals count; left out where they take patches as independent, as earlier versions did */
  readonly labels?: number;
  /** what these labels are */
  readonly unit?: LabelUnit;
  readonly overallAccuracy: number;
  readonly overallAccuracyError: number;
  readonly classes: readonly {
    readonly code: number;
    readonly hectares: number;
    /** half of the 95 % interval */
    readonly error: number;
    /** `null` where no test patch or answered place is mapped as the class */
    readonly usersAccuracy: number | null;
    /** `null` where none is of the class */
    readonly producersAccuracy: number | null;
    /** of a sample: its places on this class of the map when none of them was of another */
    readonly noErrorIn?: number;
  }[];
}

/** Why counted areas cannot be corrected; `classes`: names of those with too few test patches, or with those of one label. */
export interface UncorrectedAreas {
  readonly reason: "no-evaluation" | "too-few-samples" | "one-label";
  readonly classes: readonly string[];
}

/** How labels were chosen and divided: what decides how far a figure on the test part may be trusted. */
export interface SampleDesign {
  readonly method: SplitMethod;
  readonly parameters: SplitParameters;
  /** neighbours of test places were trained on */
  readonly optimistic: boolean;
  readonly unit?: LabelUnit;
  /** labels (items) and patches (weight) of each class in each set */
  readonly counts: SplitFacts["counts"];
  /** names of the classes in `counts` */
  readonly classes: readonly { readonly code: number; readonly name: string }[];
}

/** Gathers what a run left into one self-contained HTML file. */
export interface ReportSpec extends CommonSpec {
  readonly kind: "report";
  readonly title: string;
  readonly outputPath: string;
  readonly legend: readonly LegendClass[];
  readonly imagery: Imagery;
  readonly map: MapResult | null;
  readonly evaluations: readonly EvaluateResult[];
  readonly curves: readonly { readonly title: string; readonly metrics: readonly MetricRow[] }[];
  readonly phases: readonly { readonly name: string; readonly seconds: number }[];
  /** printed as they are, before the accuracy: ours beside other methods, settings of the run */
  readonly tables: readonly ReportTable[];
  /** the project's models side by side, on each part that they were measured on; not in specs of earlier versions */
  readonly scores?: readonly ScoreTable[];
  /** models of numbers and maps of change; not in specs of earlier versions */
  readonly numbers?: readonly ReportTable[];
  /** pixels per class; `null` takes those of `map` */
  readonly areas: AreaSource | null;
  /** hectares as the test labels correct the counts, or why they cannot; not in specs of earlier versions */
  readonly corrected?: CorrectedHectares | UncorrectedAreas;
  /** how the labels behind the accuracy were set apart; not in specs of earlier versions */
  readonly design?: SampleDesign;
  readonly notes: readonly string[];
  /** sources and licences of the data, one sentence each */
  readonly attribution: readonly string[];
}

/** Writes a map for other programs. */
export interface ExportSpec extends CommonSpec {
  readonly kind: "export";
  readonly outputPath: string;
  readonly task: RasterExport | PolygonExport | FieldExport;
}

interface MapPart {
  /** classes that are written, the others become “nothing here”; `null`: all */
  readonly codes: readonly number[] | null;
  /** a part of the map, in its CRS; `null`: all of it */
  readonly bounds: Bounds | null;
}

/** One file of a map as a Cloud Optimized GeoTIFF with its styles. */
export interface RasterExport extends MapPart {
  readonly what: "raster";
  readonly from: string;
  /** `null`: shares of 100 and no classes, drawn with a ramp */
  readonly legend: readonly LegendClass[] | null;
  readonly title: string;
  /** `null`: that of the map */
  readonly crs: Crs | null;
  /** in units of `crs`; `null`: what follows from the map */
  readonly resolution: number | null;
  /** areas of fewer pixels get the class of their largest neighbour, of maps of classes */
  readonly minimumPixels?: number;
  /** what should be known of the map by now; left out: what its file says */
  readonly findings?: readonly Finding[];
}

/** The areas of a map as polygons. */
export interface PolygonExport extends MapPart {
  readonly what: "polygons";
  readonly classPath: string;
  readonly confidencePath: string;
  /** where the map says which pixels are uncertain or untaught */
  readonly uncertainPath?: string;
  readonly legend: readonly LegendClass[];
  readonly format: "gpkg" | "geojson" | "shp";
  readonly layer: string;
  /** areas of fewer pixels are given to the class they share most of their border with */
  readonly minimumPixels: number;
  /** how often corners are cut; 0 keeps the pixels' edges */
  readonly smoothing: number;
}

/** One answer of a map per polygon of a file, as a GeoPackage and a table beside it. */
export interface FieldExport {
  readonly what: "fields";
  readonly classPath: string;
  readonly confidencePath: string | null;
  /** for the mean margin; `null` where the map keeps none */
  readonly probabilitiesPath: string | null;
  readonly legend: readonly LegendClass[];
  readonly fieldsPath: string;
  readonly fieldsLayer: string;
  readonly fieldsCrs: Crs;
  /** how many there are */
  readonly features: number;
  readonly title: string;
}

/** Class changes between two maps of one project. */
export interface CompareSpec extends CommonSpec {
  readonly kind: "compare";
  readonly from: ComparedMap;
  readonly to: ComparedMap;
  readonly baseName: string;
}

export interface ComparedMap {
  readonly id: number;
  readonly name: string;
  readonly classPath: string;
  readonly legend: readonly LegendClass[];
}

/** A table of a report. Numbers are right-aligned with three decimals unless whole; `null` prints a dash. */
export interface ReportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly note?: string;
  /** per column: which number is set in bold */
  readonly bestPerColumn?: readonly ("highest" | "lowest" | null)[];
}

/** Counted pixels, by class code, and the ground each covers. */
export interface AreaSource {
  readonly pixels: Readonly<Record<string, number>>;
  readonly squareMetersPerPixel: number;
}

export interface MetricRow {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** A trained model: its folder holds `model.json` and `weights.safetensors`. */
export interface ModelResult {
  readonly modelFolder: string;
  readonly steps: number;
  readonly seconds: number;
  /** the provider it ran on and why */
  readonly provider: string;
  /** last or best values, e.g. { loss, macroF1 } */
  readonly metrics: Readonly<Record<string, number>>;
  /** what should be known of it; not in results of earlier versions */
  readonly findings?: readonly Finding[];
  /** of the weights that are kept, on labels that were set aside, and a name of these labels; not in results of earlier versions */
  readonly validation?: { readonly score: SubsetScore; readonly reference: string };
}

/** `null` where the part has no patch of the class: nothing is known of it. */
export interface ClassScore {
  readonly code: number;
  readonly name: string;
  /** the class's code in the source of the labels */
  readonly source?: string;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly support: number;
  /** polygons of the class that were scored */
  readonly polygons?: number;
  /** 95 %, counted by labels; not in results of earlier versions */
  readonly precisionInterval?: readonly [low: number, high: number];
  readonly recallInterval?: readonly [low: number, high: number];
}

/** One row per subset of modalities. The matrix has the map in rows and the reference in columns. */
export interface SubsetScore {
  readonly modalities: readonly string[];
  /** class codes that were chosen between, in the order of `classes` and of the matrix */
  readonly classSet: readonly number[];
  /** patches that were scored */
  readonly samples: number;
  /** `null`, like the others, where no patch was scored */
  readonly overallAccuracy: number | null;
  /** 95 %; patches of one polygon are not independent, and it knows */
  readonly overallAccuracyInterval: readonly [low: number, high: number];
  /** over the classes with patches in this part */
  readonly macroF1: number | null;
  readonly weightedF1: number | null;
  readonly microF1: number | null;
  readonly classes: readonly ClassScore[];
  readonly confusion: readonly (readonly number[])[];
  /** the rest is not in results of earlier versions */
  /** classes that `macroF1` is the mean of */
  readonly macroClasses?: number;
  /** what always answering with the commonest class of this part would get */
  readonly commonest?: { readonly code: number; readonly name: string; readonly share: number } | null;
  /** polygons that were scored: the independent observations */
  readonly polygons?: number;
  /** 95 %, counted by labels */
  readonly macroF1Interval?: readonly [low: number, high: number];
  /**
   * What was counted of each label, `[class, class on the map, patches, class on the map, patches …]` as indices of `classSet`: for
   * intervals of what is estimated from the counts. Not of more labels than are worth it.
   */
  readonly labelCounts?: readonly (readonly number[])[];
  /** in the same order: which label each is, so that two models are compared label by label */
  readonly labelIds?: readonly number[];
  /** in the same order, where labels are polygons: the class that most patches have on the map, as an index of `classSet` */
  readonly labelVotes?: readonly number[];
  /** whole polygons, each with the class that most of its patches have on the map; only where labels are polygons */
  readonly perPolygon?: PolygonScores;
  /** expected calibration error: how far confidence and share of right answers lie apart, 0…1; `null` without a patch */
  readonly calibrationError?: number | null;
  /** labelled patches that are not counted, since none of the modalities sees them */
  readonly unseen?: number;
  /** what came of the sets of possible classes and of “uncertain or untaught”; only over the whole legend, of a calibrated model, and not where it was calibrated */
  readonly uncertainty?: UncertaintyScore;
}

/** Scores with one answer per polygon: the majority of its patches in this part. */
export interface PolygonScores {
  readonly samples: number;
  readonly overallAccuracy: number | null;
  /** 95 %, Wilson's score method over polygons */
  readonly overallAccuracyInterval: readonly [low: number, high: number];
  readonly macroF1: number | null;
  readonly macroClasses: number;
  /** rows are the map, columns the reference, as in `SubsetScore` */
  readonly confusion: readonly (readonly number[])[];
}

export interface EvaluateResult {
  readonly part: Exclude<SplitPart, "unused">;
  /** classes of this part that the model was never taught: their polygons are not scored, and any map of them is wrong */
  readonly untaught?: readonly { readonly name: string; readonly polygons: number }[];
  readonly subsets: readonly SubsetScore[];
  /** a name of the labels that were asked: scores with the same one can be compared; not in results of earlier versions */
  readonly reference?: string;
  /** the rest is not in results of earlier versions */
  /** patches that neighbouring tiles shared, as in a map drawn with the same number */
  readonly overlapPatches?: number;
  /** patches of this part on which polygons of several classes meet: they have no class and are not counted */
  readonly contested?: number;
  /** what the labels are; of earlier versions polygons */
  readonly unit?: LabelUnit;
  /** of the validation part: what maps and tests of this model with these inputs follow from now on */
  readonly calibrations?: readonly Calibration[];
  readonly findings?: readonly Finding[];
  /** of the same place with each of the subsets, when they were asked for */
  readonly smallMaps?: SmallMaps;
}

/** The files of a map, or of one of its places. */
export interface MapFiles {
  readonly classPath: string;
  readonly confidencePath: string;
  readonly probabilitiesPath: string | null;
  readonly qmlPath: string;
  readonly sldPath: string;
  /** files that go with these: category names (.aux.xml), styles of the confidence map */
  readonly sidecarPaths: readonly string[];
  /** where the model is calibrated */
  readonly sets?: MapSetFiles;
}

/** What a map says of its own uncertainty. */
export interface MapSetFiles {
  /** how many classes cannot be ruled out; 0 where there is nothing */
  readonly setSizePath: string;
  /** `uncertainCode` where the class is uncertain or untaught, else 0 */
  readonly uncertainPath: string;
  /** one band per class: 1 possible, 0 ruled out, 255 nothing; with the probabilities only */
  readonly setsPath: string | null;
}

/** What was promised, and how much of a map it concerns. */
export interface MapUncertainty extends Omit<SetRule, "margins"> {
  /** by class code: pixels of it that are uncertain or untaught. They have their class on the map and count among its pixels */
  readonly uncertain: Readonly<Record<string, number>>;
  /** by the number of possible classes: pixels */
  readonly setSizes: Readonly<Record<string, number>>;
}

/** One of several places of a map: patches with images that hang together. */
export interface MapPlace {
  /** from 1, from the north, then from the west */
  readonly number: number;
  /** the window around it */
  readonly area: GeoBox;
  /** that have images */
  readonly patches: number;
  /** pixels per class code */
  readonly pixels: Readonly<Record<string, number>>;
  /** files of its own, when they were asked for */
  readonly files: MapFiles | null;
}

export interface MapResult extends MapFiles {
  readonly tiles: number;
  readonly seconds: number;
  /** pixels per class code */
  readonly pixels: Readonly<Record<string, number>>;
  /** what should be known of the map: of its model, and of what was found while it was drawn */
  readonly findings?: readonly Finding[];
  /** of a map of several separate places */
  readonly places?: readonly MapPlace[];
  /** where the model is calibrated */
  readonly uncertainty?: MapUncertainty;
}

export interface ReportResult {
  readonly path: string;
}

export interface ExportResult {
  /** the main file and those that go with it */
  readonly paths: readonly string[];
  readonly bytes: number;
  /** of a vector file */
  readonly polygons: number | null;
}

/** One kind of change, as the difference layer shows it. */
export interface ChangeClass extends LegendClass {
  /** codes in the two legends; `null` in the class of all that stayed the same, and of changes too rare for a code of their own */
  readonly from: number | null;
  readonly to: number | null;
  readonly pixels: number;
}

export interface CompareResult {
  readonly path: string;
  readonly qmlPath: string;
  readonly sldPath: string;
  readonly sidecarPaths: readonly string[];
  readonly area: GeoBox;
  /** rows of the matrix */
  readonly from: readonly LegendClass[];
  /** columns of the matrix */
  readonly to: readonly LegendClass[];
  /** pixels: what the first map calls the row's class and the second the column's */
  readonly counts: readonly (readonly number[])[];
  readonly squareMetersPerPixel: number;
  /** pixels of the common area where one of the maps has no class */
  readonly onlyFrom: number;
  readonly onlyTo: number;
  readonly classes: readonly ChangeClass[];
}
