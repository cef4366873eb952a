import type { SensorId } from "./sensors.ts";

/** Where one band of an acquisition lies, and how its numbers become physical values: value = stored × scale + offset. */
export interface AcquisitionBand {
  readonly name: string;
  readonly path: string;
  /** the file's coordinate system as a person chose it; without it the file's own */
  readonly crs?: string;
  /** 1-based, as in GDAL */
  readonly bandIndex: number;
  readonly scale: number;
  readonly offset: number;
  readonly nodata?: number;
}

/** How stored numbers become reflectance or backscatter, and who said so. */
export interface Radiometry {
  readonly quantity: "reflectance" | "backscatter-db" | "backscatter-linear" | "brightness" | "unknown";
  readonly scale: number;
  readonly offset: number;
  /** One sentence for people: the evidence the decision rests on. */
  readonly decidedBy: string;
  /** Doubts found in the data afterwards, one sentence each. */
  readonly warnings: readonly string[];
}

/** A classification of each pixel that comes with the acquisition: Sentinel-2's SCL. */
export interface QualityBand {
  readonly kind: "scl";
  readonly path: string;
  /** as in `AcquisitionBand` */
  readonly crs?: string;
  readonly bandIndex: number;
}

/** One sensor, one moment: the bands that belong together, in however many files they lie. */
export interface Acquisition {
  readonly id: string;
  /** as the person calls it; without it: sensor and date */
  readonly name?: string;
  readonly sensor: SensorId;
  readonly platform?: string;
  readonly level?: string;
  /** ISO date of the sensing time (UTC): `2019-04-10` */
  readonly date: string;
  /** `10:50:32` (UTC), when known */
  readonly time?: string;
  readonly relativeOrbit?: number;
  readonly pass?: "ascending" | "descending";
  /** the MGRS tile of a Sentinel-2 product: `31UFS` */
  readonly tile?: string;
  readonly processingBaseline?: string;
  readonly bands: readonly AcquisitionBand[];
  readonly quality?: QualityBand;
  readonly radiometry: Radiometry;
  /** A correction of position found by co-registration, in units of the project's CRS; added to where the pixels lie. */
  readonly shift?: { readonly dx: number; readonly dy: number };
  /** What was taken from where: `date: file name “…”`. */
  readonly evidence: readonly string[];
}
