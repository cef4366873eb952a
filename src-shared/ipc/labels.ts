import type { LabelInput, LabelPolygon, SplitPart } from "../domain/job.ts";
import type { Label, LabelProperties } from "../domain/label.ts";
import type { LegendClass } from "../domain/legend.ts";
import type { SplitFacts, SplitMeaning, SplitMethod, SplitParameters, SplitWord } from "../domain/split.ts";
import type { Because } from "../errors/reasons/index.ts";
import type { Bounds } from "../geo/bounds.ts";
import type { DatumDoubt } from "../geo/crs.ts";

type Nothing = Readonly<Record<string, never>>;
type Coordinates = LabelPolygon["coordinates"];

export interface ValueCount {
  /** the commonest spelling, without blanks around it */
  readonly value: string;
  readonly count: number;
  readonly spellings: readonly string[];
  /** what a class raster calls it, and its colour there */
  readonly name?: string;
  readonly color?: string;
}

/** Why a shape of a file is no label. */
export type DropReason =
  | "no-class"
  | "ignored"
  | "empty-geometry"
  | "not-a-polygon"
  | "invalid-geometry"
  | "outside"
  | "small"
  | "overlap"
  | "duplicate";

/** What became of every polygon of a file. */
export interface ImportReport {
  readonly total: number;
  readonly used: number;
  /** of the used ones, how many are points */
  readonly points: number;
  /** of all of them */
  readonly pointsTotal: number;
  readonly dropped: readonly {
    readonly id: number;
    readonly sourceId: string | number;
    readonly reason: DropReason;
    readonly detail?: string;
  }[];
  readonly partlyOutside: number;
  readonly contestedPatches: number;
  /** of a class raster: what became of its patches */
  readonly raster?: {
    readonly band: number;
    /** patches of the project that the raster covers with any class */
    readonly covered: number;
    readonly labelled: number;
    /** patches where no class has enough of the area */
    readonly mixed: number;
    readonly ignored: number;
    /** positions looked at along a patch's side */
    readonly samples: number;
    readonly purity: number;
    /** 0 became a class although nothing names it: it may stand for no class */
    readonly unnamedZero: boolean;
  };
  readonly classes: readonly (LegendClass & {
    readonly polygons: number;
    readonly patches: number;
    readonly hectares: number;
  })[];
}

/** What was found out about a table of text, so that a person can see it and correct it. */
export interface TableReading {
  readonly delimiter: string;
  readonly decimal: "." | ",";
  readonly encoding: string;
  readonly columns: readonly string[];
  /** the columns with the coordinates; `null` where a WKT column has the shapes */
  readonly x: string | null;
  readonly y: string | null;
  readonly wkt: string | null;
  /** who says what the coordinate system is */
  readonly crsFrom: "given" | "names" | "column" | "values" | "unknown";
}

/** What is in a vector file, before anything is taken from it. */
export interface LabelFile {
  readonly path: string;
  readonly layer: string;
  readonly layers: readonly {
    readonly name: string;
    readonly geometryType: string | null;
    readonly crs: string | null;
  }[];
  /** `null`: the file does not say, and somebody has to */
  readonly crs: string | null;
  /** why its shapes may lie beside their places, although the system is known */
  readonly datumDoubt: DatumDoubt | null;
  readonly shapes: number;
  readonly polygons: number;
  readonly points: number;
  /** how a table of text was read; `null` of other files */
  readonly table: TableReading | null;
  /** its fields are the bands of a class raster */
  readonly raster: boolean;
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    /** different values, counted to a few hundred */
    readonly distinct: number;
    readonly examples: readonly string[];
  }[];
  /** the field that most looks like a class */
  readonly suggestedField: string | null;
}

export interface LabelFileRequest {
  readonly path: string;
  readonly layer?: string | undefined;
  readonly crs?: string | undefined;
  readonly encoding?: string | undefined;
  /** columns of a table of text that hold the coordinates */
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  /** the column of a table that holds shapes as WKT */
  readonly wkt?: string | undefined;
  readonly delimiter?: string | undefined;
}

export interface LabelImportRequest extends LabelFileRequest {
  /** needed of shapes; of a class raster its band, “band 2”, where it has several */
  readonly field?: string | undefined;
  readonly band?: number | undefined;
  /** the share of a patch that one class of a raster has to cover */
  readonly purity?: number | undefined;
  readonly nameField?: string | undefined;
  /** value → class name; `null` ignores it */
  readonly classes?: Record<string, string | null> | undefined;
  /** how classes that are new to the legend look */
  readonly looks?:
    | Record<string, { color?: string | undefined; parent?: string | undefined; code?: number | undefined }>
    | undefined;
  readonly unmapped?: "error" | "ignore" | undefined;
  readonly legend?: string | undefined;
  readonly share?: number | undefined;
  /** a point labels the patches whose centre lies within so many metres, and always its own */
  readonly radius?: number | undefined;
  /** x and y of the file are exchanged */
  readonly swap?: boolean | undefined;
  readonly replace?: boolean | undefined;
  /** for every polygon, or from fields of the file */
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  readonly validFromField?: string | undefined;
  readonly validToField?: string | undefined;
}

export interface SplitReport extends SplitFacts {
  readonly id: number;
  readonly method: SplitMethod;
  readonly parameters: SplitParameters;
  readonly optimistic: boolean;
  readonly classes: readonly LegendClass[];
}

/** A square of a block split, with the set it belongs to. */
export interface SplitBlock {
  readonly bounds: Bounds;
  readonly part: SplitPart;
  readonly labels: number;
}

/** The split in force and where it lies. */
export interface SplitState {
  /** `null` while no split was made, or all its labels are gone */
  readonly split: SplitReport | null;
  readonly blocks: readonly SplitBlock[];
  /** labels that came since and belong to no set */
  readonly unassigned: number;
  readonly blockMeters: number;
  /** the length of a tile's side */
  readonly tileMeters: number;
  /** of the labels; those that look like a split first */
  readonly fields: readonly string[];
  /** the field that says which labels train and which test; `null`: none does */
  readonly splitField: string | null;
}

export interface SplitRequest {
  readonly method?: SplitMethod | undefined;
  readonly seed?: number | undefined;
  readonly blockMeters?: number | undefined;
  /** patches whose centre lies this close to a block of another set are left out */
  readonly bufferMeters?: number | undefined;
  readonly field?: string | undefined;
  readonly parts?: Record<string, SplitMeaning> | undefined;
  readonly shares?: { train: number; validation: number; test: number } | undefined;
  /** cross-validation instead of shares, by blocks or polygons: of so many folds, number `fold` (from 1) tests, the next validates */
  readonly folds?: number | undefined;
  readonly fold?: number | undefined;
  readonly tooFew?: "error" | "train" | undefined;
}

/** Labels of one legend, as many as were asked for, and the moment they were read. Those of many patches (`isManyCells`) come without their outlines. */
export interface LabelPage {
  readonly legendId: number | null;
  readonly version: number;
  readonly total: number;
  readonly labels: readonly Label[];
}

/** `random`: patch by patch, so that one polygon is in several sets. */
export type LabelSet = SplitPart | "random";

export interface LabelProblem {
  readonly label: number;
  readonly kind:
    | "overlap"
    | "double"
    | "tiny"
    | "invalid"
    | "outside"
    | "partly-outside"
    | "no-images"
    | "no-part"
    | "out-of-season";
  /** the other polygon of an overlap */
  readonly other: number | null;
  /** where to look */
  readonly at: readonly [number, number];
  readonly hectares: number | null;
  /** what is wrong with an invalid shape */
  readonly detail: Because | null;
}

export interface LabelSummary {
  readonly legendId: number | null;
  readonly labels: number;
  /** inside the project, as hectares are: where its images lie, within its area */
  readonly patches: number;
  readonly hectares: number;
  /** labels of which nothing lies inside the project: they do not train */
  readonly outside: number;
  /** labels that are valid on no date of the imagery: they do not train */
  readonly outOfSeason: number;
  readonly season: { readonly from: string; readonly to: string } | null;
  readonly classes: readonly (LegendClass & {
    readonly labels: number;
    readonly patches: number;
    readonly hectares: number;
    readonly parts: Readonly<Record<LabelSet | "none", { readonly labels: number; readonly patches: number }>>;
  })[];
}

export interface NewLabelRequest {
  readonly classCode: number;
  /** a polygon's parts; exactly one of the two */
  readonly coordinates?: Coordinates | undefined;
  /** labels the patch that it lies in */
  readonly point?: readonly [number, number] | undefined;
  /** how it was drawn: freehand outlines are cleaned of loops first */
  readonly drawn?: "polygon" | "rectangle" | "freehand" | "point" | undefined;
  readonly properties?: LabelProperties | undefined;
  readonly validFrom?: string | null | undefined;
  readonly validTo?: string | null | undefined;
}

/** Polygons with classes, and which of them train, validate and test. Every change is one step of the history. */
export interface LabelCommands {
  "labels.values"(request: LabelFileRequest & { readonly field: string }): Promise<readonly ValueCount[]>;
  "labels.inspect"(request: LabelFileRequest): Promise<LabelFile>;
  /** What an import would do; nothing is changed. */
  "labels.previewImport"(request: LabelImportRequest): Promise<ImportReport>;
  "labels.import"(
    request: LabelImportRequest,
  ): Promise<{ readonly importId: number; readonly legendId: number; readonly report: ImportReport }>;
  "labels.input"(request: Nothing): Promise<LabelInput>;

  "labels.list"(request: {
    readonly legendId?: number | undefined;
    readonly bounds?: Bounds | undefined;
    readonly limit?: number | undefined;
  }): Promise<LabelPage>;
  /** What changed since a page or other changes were read; `null` when so much did that the page should be read again. */
  "labels.changes"(request: { readonly legendId: number; readonly since: number }): Promise<{
    readonly version: number;
    readonly labels: readonly Label[];
    readonly removed: readonly number[];
  } | null>;
  /** The set of every label of the split in force: ids by set. */
  "labels.parts"(request: Nothing): Promise<Readonly<Record<LabelSet, readonly number[]>>>;
  "labels.summary"(request: { readonly legendId?: number | undefined }): Promise<LabelSummary>;
  "labels.problems"(request: { readonly legendId?: number | undefined }): Promise<readonly LabelProblem[]>;

  "labels.add"(request: {
    readonly legendId?: number | undefined;
    readonly labels: readonly NewLabelRequest[];
    /** at places that the program proposed: they join the training part, whatever chance would give them */
    readonly teaching?: boolean | undefined;
  }): Promise<{ readonly ids: readonly number[] }>;
  /** Another outline. */
  "labels.update"(request: {
    readonly labels: readonly { readonly id: number; readonly coordinates: Coordinates }[];
  }): Promise<void>;
  "labels.move"(request: { readonly ids: readonly number[]; readonly dx: number; readonly dy: number }): Promise<void>;
  "labels.setClass"(request: { readonly ids: readonly number[]; readonly classCode: number }): Promise<void>;
  "labels.setValidity"(request: {
    readonly ids: readonly number[];
    readonly validFrom: string | null;
    readonly validTo: string | null;
  }): Promise<void>;
  /** Fields to set; `null` takes a field away. */
  "labels.setProperties"(request: {
    readonly ids: readonly number[];
    readonly properties: LabelProperties;
  }): Promise<void>;
  "labels.remove"(request: { readonly ids: readonly number[] }): Promise<void>;
  /** Cuts polygons along a line. */
  "labels.divide"(request: {
    readonly ids: readonly number[];
    readonly line: readonly (readonly [number, number])[];
  }): Promise<{ readonly ids: readonly number[] }>;
  /** Polygons of one class become one. */
  "labels.merge"(request: { readonly ids: readonly number[] }): Promise<{ readonly id: number }>;
  /** Takes an area out of polygons. */
  "labels.cut"(request: { readonly ids: readonly number[]; readonly coordinates: Coordinates }): Promise<void>;

  "labels.split"(request: SplitRequest): Promise<SplitReport>;
  /** What the words of a field would mean for a split; nothing is changed. */
  "labels.splitWords"(request: {
    readonly field: string;
    readonly parts?: Record<string, SplitMeaning> | undefined;
  }): Promise<{ readonly words: readonly SplitWord[]; readonly folds: boolean }>;
  "labels.splitState"(request: Nothing): Promise<SplitState>;
}
