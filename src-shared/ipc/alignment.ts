import type { AlignedDate, AlignModel, AlignResult, MeasureRefusal } from "../domain/alignment.ts";
import type { SensorId } from "../eo/sensors.ts";
import type { StartedJob } from "./jobs.ts";

type Nothing = Readonly<Record<string, never>>;

/** What is wrong with how a layer lies, as a code with numbers; the window has the sentence. */
export type AlignmentProblem =
  | { readonly code: "missing"; readonly path: string }
  | { readonly code: "unreadable"; readonly path: string; readonly reason: string }
  | { readonly code: "other-crs"; readonly crs: string }
  | { readonly code: "outside" }
  | { readonly code: "partial"; readonly overlap: number }
  | { readonly code: "off-grid"; readonly x: number; readonly y: number }
  | { readonly code: "uneven"; readonly resolution: number; readonly patch: number }
  | { readonly code: "coarse"; readonly resolution: number; readonly patch: number }
  | { readonly code: "rotated" }
  | { readonly code: "shifted"; readonly dx: number; readonly dy: number };

/** How one file lies on the project's grid. */
export interface AlignedFile {
  readonly path: string;
  readonly bands: readonly string[];
  readonly crs: string | null;
  /** metres per pixel in the project's CRS */
  readonly resolution: number | null;
  /** share of the project's area that it covers */
  readonly overlap: number | null;
  /** how far its pixel edges lie from the grid's edges of the same resolution, in its pixels, −0.5 … 0.5 */
  readonly offset: { readonly x: number; readonly y: number } | null;
}

export interface AlignmentEntry {
  readonly acquisition: string;
  readonly name: string | null;
  readonly sensor: SensorId;
  readonly pass: "ascending" | "descending" | null;
  readonly date: string;
  readonly files: readonly AlignedFile[];
  readonly shift: { readonly dx: number; readonly dy: number } | null;
  readonly problems: readonly AlignmentProblem[];
}

export interface Measurement {
  /** how far `moving` has to be moved to lie on `reference`, in map units (metres), in addition to what it is shifted by now */
  readonly dx: number;
  readonly dy: number;
  /** metres per pixel of the comparison */
  readonly resolution: number;
  /** 0 … 1: how far the peak stands out, and how well parts of the image agree */
  readonly confidence: number;
  /** spread between parts of the image, in pixels; `null` when there was only one part */
  readonly spread: number | null;
  readonly windows: { readonly used: number; readonly all: number };
  /** share of the area that both images see clearly */
  readonly clear: number;
  readonly bands: { readonly moving: string; readonly reference: string };
  readonly refused: MeasureRefusal | null;
}

/** Which dates are measured, and what against. */
export interface AlignRequest {
  /** whose dates; the project's only series when left out */
  readonly modality?: string | undefined;
  /** `median` of the dates (default), or of another modality's; an id or a date of an image */
  readonly reference?: string | undefined;
  /** the modality that the reference belongs to (default: the same) */
  readonly against?: string | undefined;
  readonly model?: AlignModel | undefined;
}

/** What was measured last, and what was made of it. */
export interface MeasuredDates extends Omit<AlignResult, "dates"> {
  readonly job: number;
  /** of its end */
  readonly at: string;
  readonly dates: readonly (AlignedDate & {
    readonly name: string | null;
    /** its correction is the measured one now */
    readonly applied: boolean;
  })[];
}

/** How layers lie on each other, and corrections of it. Input files are never changed. */
export interface AlignmentCommands {
  "alignment.report"(request: Nothing): Promise<readonly AlignmentEntry[]>;
  /** By phase correlation of gradients; changes nothing. */
  "alignment.measure"(request: {
    readonly moving: string;
    readonly reference: string;
    readonly token?: string | undefined;
  }): Promise<Measurement>;
  "alignment.stop"(request: { readonly token: string }): Promise<void>;
  /** Measures all dates of a modality, as a job; changes nothing. */
  "alignment.align"(request: AlignRequest): Promise<StartedJob>;
  /** What the last such job of the modality measured; of any modality when none is named. `null`: none did, or its images are gone. */
  "alignment.dates"(request: { readonly modality?: string | undefined }): Promise<MeasuredDates | null>;
  /**
   * Gives the dates that lie off by at least `pixels`, for certain, the corrections that were measured: one step of the history.
   * `acquisitions`: only these of them. Answers with their ids.
   */
  "alignment.apply"(request: {
    readonly job: number;
    readonly pixels: number;
    readonly acquisitions?: readonly string[] | undefined;
  }): Promise<readonly string[]>;
  /** Corrections of place, in map units, of one or several acquisitions: one step of the history. `null` takes it away. */
  "alignment.setShift"(request: {
    readonly shifts: readonly {
      readonly id: string;
      readonly shift: { readonly dx: number; readonly dy: number } | null;
    }[];
  }): Promise<void>;
}
