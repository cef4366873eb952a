import type { PatchClasses } from "../domain/patch-classes.ts";
import type { SensorId } from "../eo/sensors.ts";

export type { PatchClasses } from "../domain/patch-classes.ts";

type Nothing = Readonly<Record<string, never>>;

/** One acquisition as the time line shows it. */
export interface TimelineEntry {
  readonly id: string;
  readonly name: string | null;
  readonly sensor: SensorId;
  readonly pass: "ascending" | "descending" | null;
  readonly date: string;
  readonly time: string | null;
  readonly relativeOrbit: number | null;
  /** it comes with a quality band, so its clouds are known */
  readonly hasQuality: boolean;
  /** places of the mosaic, side by side */
  readonly pieces: number;
  readonly shift: { readonly dx: number; readonly dy: number } | null;
}

/** What the quality band says of the project's area. */
export interface CloudShare {
  readonly id: string;
  /** cloud, cirrus and cloud shadow, as a share of the pixels with data; `null` where nothing has data */
  readonly cloud: number | null;
  /** share of the project's area that has data */
  readonly data: number;
}

/** Where to look, in the project's CRS. */
export type Place =
  | { readonly kind: "point"; readonly x: number; readonly y: number }
  | {
      readonly kind: "polygon";
      /** parts, each an outer ring and its holes, closed */
      readonly coordinates: readonly (readonly (readonly (readonly [x: number, y: number])[])[])[];
    };

export interface Variable {
  readonly name: string;
  readonly kind: "band" | "index";
  readonly unit: "reflectance" | "dB" | "linear" | "brightness" | "ratio" | "";
  readonly wavelengthNanometers: number | null;
  /** of an index */
  readonly formula: string | null;
}

/** `masked`: there are values, but less than half of the pixels see the ground clearly. */
export type ObservationState = "clear" | "masked" | "none";

export interface Observation {
  readonly acquisition: string;
  readonly date: string;
  readonly time: string | null;
  readonly state: ObservationState;
  /** clear pixels among those with data; 1 where the sensor has no clouds; `null` without data */
  readonly clearShare: number | null;
  /** pixels behind the numbers: the clear ones of a clear observation, all of a masked one */
  readonly count: number;
  /** in the order of the group's variables; the mean over a polygon */
  readonly values: readonly (number | null)[];
  /** population standard deviation, of polygons only */
  readonly deviations: readonly (number | null)[] | null;
}

/** One sensor (and pass): the observations that share a chart. */
export interface SeriesGroup {
  readonly key: string;
  readonly sensor: SensorId;
  readonly pass: "ascending" | "descending" | null;
  readonly variables: readonly Variable[];
  /** in order of time */
  readonly observations: readonly Observation[];
}

export interface PlaceSeries {
  readonly groups: readonly SeriesGroup[];
}

export interface SeriesAnswer {
  readonly places: readonly PlaceSeries[];
  /** files that could not be read, one sentence each; everything else is there */
  readonly problems: readonly string[];
}

export interface ClassesAnswer {
  readonly model: string;
  readonly modalities: readonly string[];
  readonly classes: readonly { readonly code: number; readonly name: string; readonly color: string }[];
  readonly provider: string;
  /** one per point asked for */
  readonly patches: readonly PatchClasses[];
}

/** Time, and what the pixels say at a place. */
export interface InspectCommands {
  /** All acquisitions, in order of time. */
  "timeline.list"(request: Nothing): Promise<readonly TimelineEntry[]>;
  /** Clouds over the project's area, of every acquisition with a quality band. Kept once known. */
  "timeline.clouds"(request: Nothing): Promise<readonly CloudShare[]>;
  /** Every band and index of every date at each place. `token` names the work for `work` messages and `inspect.stop`. */
  "inspect.series"(request: {
    readonly places: readonly Place[];
    readonly token?: string | undefined;
  }): Promise<SeriesAnswer>;
  "inspect.stop"(request: { readonly token: string }): Promise<void>;
  /** Writes the series of named places as a table (CSV). */
  "inspect.exportSeries"(request: {
    readonly to: string;
    readonly places: readonly { readonly name: string; readonly place: Place }[];
    readonly overwrite?: boolean | undefined;
    readonly token?: string | undefined;
  }): Promise<{ readonly path: string; readonly rows: number }>;
  /** What a trained model says of the patches at some points, and which dates it looked at. */
  "inspect.classes"(request: {
    readonly model: string;
    readonly points: readonly { readonly x: number; readonly y: number }[];
    readonly modalities?: string[] | undefined;
    readonly token?: string | undefined;
  }): Promise<ClassesAnswer>;
}
