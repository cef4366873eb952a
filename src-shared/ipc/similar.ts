import type { LearnedFrom } from "../domain/learned-from.ts";

type Position = readonly [x: number, y: number];

/** Places that were clicked, in the project's CRS, or as longitude and latitude. */
export interface SimilarClicks {
  /** wanted: at least one */
  readonly like: readonly Position[];
  /** unwanted */
  readonly unlike?: readonly Position[] | undefined;
  readonly lonLat?: boolean | undefined;
  /** what is compared; without it what the instant map learns from */
  readonly from?: LearnedFrom | undefined;
}

/** How alike every patch is to what was clicked, −1 to 1. */
export interface SimilarFound {
  /** names its scores (`scoresPath`); the same clicks on the same values have the same */
  readonly epoch: string;
  /** where there are scores, counted in squares of `meters` from the CRS origin, rows southwards */
  readonly extent: readonly [col: number, row: number, width: number, height: number];
  /** side of what one score stands for, in metres: the project's patch, or more where the project is too large to compare every patch */
  readonly meters: number;
  /** patches that were compared */
  readonly patches: number;
  /** clicks where no image shows anything: they say nothing */
  readonly outside: number;
  /** how long the comparison took */
  readonly milliseconds: number;
}

export interface SimilarPlace {
  readonly point: Position;
  /** −1 to 1 */
  readonly score: number;
  /** of the area above the threshold that it lies in */
  readonly hectares: number;
}

export interface SimilarPlaces {
  /** the best place of each area above the threshold, best first; never near a click or a better one */
  readonly places: readonly SimilarPlace[];
  /** all that lies above the threshold */
  readonly hectares: number;
}

/** An outline that grew from a click. */
export interface GrownOutline {
  /** a polygon in the project's CRS: rings, the outer one first */
  readonly coordinates: readonly (readonly Position[])[];
  /** 0 to 1: how far it grew, of what it can */
  readonly grow: number;
  readonly hectares: number;
  readonly patches: number;
}

/** Outlines that were written to a file, in the order of the places they grew from. */
export interface WrittenOutlines {
  readonly path: string;
  readonly bytes: number;
  readonly outlines: readonly Omit<GrownOutline, "coordinates">[];
}

export interface SimilarExport {
  readonly path: string;
  readonly bytes: number;
  /** of a file of polygons */
  readonly polygons: number | null;
}

/** Places like those that were clicked, and outlines that grow from a click. They need the values of the instant map. */
export interface SimilarCommands {
  "similar.find"(request: SimilarClicks): Promise<SimilarFound>;
  "similar.places"(
    request: SimilarClicks & {
      /** −1 to 1 */
      readonly threshold: number;
      readonly most?: number | undefined;
    },
  ): Promise<SimilarPlaces>;
  /** `grow`: how far, 0 to 1; without it the program proposes. */
  "similar.outline"(request: {
    readonly at: Position;
    readonly grow?: number | undefined;
    readonly from?: LearnedFrom | undefined;
  }): Promise<GrownOutline>;
  /** Polygons that grow from places, each on its own, by the extension: .gpkg, .geojson, .shp. */
  "similar.writeOutlines"(request: {
    readonly at: readonly Position[];
    readonly lonLat?: boolean | undefined;
    readonly grow?: number | undefined;
    readonly to: string;
    readonly overwrite?: boolean | undefined;
  }): Promise<WrittenOutlines>;
  /** A GeoTIFF of scores, or polygons of what lies above the threshold, by the extension: .tif, .gpkg, .geojson, .shp. */
  "similar.export"(
    request: SimilarClicks & {
      readonly to: string;
      readonly threshold: number;
      readonly overwrite?: boolean | undefined;
    },
  ): Promise<SimilarExport>;
  /** Keeps what lies above the threshold as a layer of polygons of the project. */
  "similar.keep"(
    request: SimilarClicks & { readonly threshold: number; readonly name: string },
  ): Promise<{ readonly id: number; readonly polygons: number }>;
}
