import type { Raster } from "../domain/raster.ts";
import type { Acquisition } from "../eo/acquisition.ts";
import type { DuplicateDates, Modality } from "../eo/modality.ts";
import type { SensorId } from "../eo/sensors.ts";

type Nothing = Readonly<Record<string, never>>;

export interface ImportedImages {
  readonly rasters: number;
  /** those the files belong to */
  readonly acquisitions: readonly Acquisition[];
  /** all of the project */
  readonly modalities: readonly Modality[];
  readonly warnings: readonly string[];
}

/** Images of the project: which files, which dates, which inputs of the network. */
export interface RasterCommands {
  "rasters.list"(request: Nothing): Promise<readonly Raster[]>;
  "rasters.import"(request: {
    /** files, or folders that are searched for images */
    readonly paths: string[];
    readonly sensor?: SensorId | undefined;
    readonly date?: string | undefined;
    readonly bands?: string[] | undefined;
    readonly crs?: string | undefined;
    readonly duplicateDates?: DuplicateDates | undefined;
    readonly skip?: boolean | undefined;
  }): Promise<ImportedImages>;
  "rasters.relink"(request: {
    readonly from: string;
    readonly to: string;
    readonly crs?: string | undefined;
  }): Promise<Raster>;
  "rasters.relinkAll"(request: { readonly folder: string }): Promise<{
    readonly relinked: readonly Raster[];
    readonly missing: readonly Raster[];
    readonly problems: readonly string[];
  }>;
  "modalities.list"(request: Nothing): Promise<readonly Modality[]>;
}
