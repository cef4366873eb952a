import type { VectorRow } from "../domain/display.ts";
import type { RasterState } from "../domain/raster.ts";
import type { Radiometry } from "../eo/acquisition.ts";
import type { Evidence } from "../eo/evidence.ts";
import type { MaskMeaning } from "../eo/masks.ts";
import type { SensorId } from "../eo/sensors.ts";
import type { Affine } from "../geo/affine.ts";
import type { Bounds } from "../geo/bounds.ts";
import type { ErrorMessage } from "./errors.ts";

type Nothing = Readonly<Record<string, never>>;

export type LayerKind =
  | "acquisition"
  | "raster"
  | "map"
  | "confidence"
  | "set-size"
  | "uncertain"
  | "difference"
  | "surface"
  | "labels"
  | "vector"
  | "split"
  | "grid"
  | "limit"
  | "basemap"
  | "graticule";

/** A layer of the project as the tree shows it. How it is displayed is a row of `layers.display`. */
export interface LayerFacts {
  /** the ids of `LayerRow` */
  readonly id: string;
  readonly kind: LayerKind;
  /** as the person calls it, or its own name (map, legend, file); `null`: named by kind, sensor and date */
  readonly name: string | null;
  readonly sensor: SensorId | null;
  readonly date: string | null;
  readonly time: string | null;
  /** `S2A`, `ascending`, `31UFS`: distinguishes what has one date */
  readonly detail: string | null;
  readonly bands: readonly string[];
  /** places of a mosaic, side by side; 1 for anything else */
  readonly pieces: number;
  /** in the project's CRS; `null` when it has no place or fills the project */
  readonly bounds: Bounds | null;
  readonly state: RasterState;
  /** files that are not where the project expects them */
  readonly missing: readonly string[];
  /** modalities it feeds */
  readonly modalities: readonly string[];
  /** a correction of position is applied */
  readonly shifted: boolean;
}

/** One file of a layer with everything its header says. */
export interface LayerFile {
  readonly rasterId: number | null;
  readonly path: string;
  readonly bytes: number | null;
  readonly addedAt: string | null;
  readonly state: RasterState;
  readonly width: number;
  readonly height: number;
  readonly affine: Affine | null;
  readonly crs: string | null;
  readonly crsName: string | null;
  /** the file names none, or another: a person chose it */
  readonly crsChosen: boolean;
  readonly resolution: { readonly x: number; readonly y: number } | null;
  readonly bounds: Bounds | null;
  readonly lonLat: Bounds | null;
  readonly dataType: string;
  readonly compression: string | null;
  readonly blocks: { readonly width: number; readonly height: number; readonly tiled: boolean } | null;
  readonly overviews: readonly { readonly width: number; readonly height: number }[];
  readonly validity: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** why it cannot be read now */
  readonly problem: ErrorMessage | null;
}

export interface LayerBand {
  readonly name: string;
  readonly title: string | null;
  readonly wavelengthNanometers: number | null;
  readonly path: string;
  readonly bandIndex: number;
  readonly scale: number;
  readonly offset: number;
  readonly nodata: number | null;
  readonly dataType: string | null;
}

/** Everything known about a layer. */
export interface LayerProperties {
  readonly id: string;
  readonly kind: LayerKind;
  readonly name: string | null;
  readonly sensor: SensorId | null;
  readonly date: string | null;
  readonly time: string | null;
  readonly platform: string | null;
  readonly level: string | null;
  readonly relativeOrbit: number | null;
  readonly pass: string | null;
  readonly tile: string | null;
  readonly processingBaseline: string | null;
  readonly radiometry: Radiometry | null;
  /** of an acquisition: what every band of every file agrees on */
  readonly reading: ValueReading | null;
  readonly shift: { readonly dx: number; readonly dy: number } | null;
  readonly evidence: readonly Evidence[];
  /** places of a mosaic, side by side; 1 for anything else */
  readonly pieces: number;
  /** of a mosaic: those of its first piece with this band */
  readonly bands: readonly LayerBand[];
  readonly files: readonly LayerFile[];
  readonly modalities: readonly string[];
  /** of a vector layer */
  readonly features: {
    readonly count: number;
    readonly geometryType: string | null;
    readonly fields: readonly string[];
  } | null;
}

/** How the stored numbers of an acquisition are read. “several”: its bands or files differ. */
export interface ValueReading {
  readonly quantity: Radiometry["quantity"] | "several";
  readonly scale: number | "several";
  readonly offset: number | "several";
  /** `null`: every number is data */
  readonly nodata: number | null | "several";
  /** how its masks are read, each file and meaning once */
  readonly masks: readonly (MaskMeaning & { readonly path: string; readonly bandIndex: number })[];
}

/** The layers of the open project. */
export interface LayerCommands {
  "layers.list"(request: Nothing): Promise<readonly LayerFacts[]>;
  "layers.properties"(request: { readonly id: string }): Promise<LayerProperties>;
  /** `null` gives back the name made of sensor and date. */
  "layers.rename"(request: { readonly id: string; readonly name: string | null }): Promise<void>;
  /** Takes layers out of the project; files stay. One step of the history. */
  "layers.remove"(request: { readonly ids: readonly string[] }): Promise<{ readonly removed: number }>;
  "vectors.list"(request: Nothing): Promise<readonly VectorRow[]>;
  "vectors.add"(request: {
    readonly path: string;
    readonly layer?: string | undefined;
    readonly crs?: string | undefined;
    readonly name?: string | undefined;
  }): Promise<{ readonly id: number }>;
}
