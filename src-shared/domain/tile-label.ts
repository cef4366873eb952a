import type { LabelPolygon, SplitPart } from "./job.ts";
import type { LabelProperties } from "./label.ts";
import type { TileSplitFacts, TileSplitMethod, TileSplitParameters } from "./split.ts";
import type { MapTilesResult } from "./tiles.ts";

/** What a whole tile holds, as the project keeps it: shares, not yet presence. */
export interface StoredTile {
  readonly id: number;
  readonly importId: number;
  readonly legendId: number;
  /** what its source calls it */
  readonly key: string;
  /** the footprint its source gives, in the project's CRS */
  readonly coordinates: LabelPolygon["coordinates"];
  /** upper-left corner of the tile's window: a square of the project's tile size around the footprint's middle */
  readonly x: number;
  readonly y: number;
  /** class code → share in [0, 1] */
  readonly shares: Readonly<Record<string, number>>;
  readonly properties: LabelProperties;
}

export type NewTile = Omit<StoredTile, "id" | "importId" | "legendId">;

export interface TileImport {
  readonly id: number;
  readonly path: string;
  readonly legendId: number;
  readonly report: unknown;
  readonly importedAt: string;
}

/** Which tiles train, validate and test. A tile is never divided. */
export interface TileSplit {
  readonly id: number;
  readonly method: TileSplitMethod;
  readonly parameters: TileSplitParameters;
  /** neighbours of test tiles are trained on */
  readonly optimistic: boolean;
  readonly report: Partial<TileSplitFacts>;
  readonly createdAt: string;
}

export interface TilePart {
  readonly part: SplitPart;
  /** of a split into folds, from 1 */
  readonly fold: number | null;
}

/** Answers of a model for tiles, with their files. */
export interface TileMap {
  readonly id: number;
  readonly name: string;
  readonly modelId: number | null;
  readonly jobId: number | null;
  readonly modalities: readonly string[];
  readonly files: MapTilesResult;
  readonly createdAt: string;
}
