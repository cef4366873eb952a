import type { SensorId } from "../eo/sensors.ts";

/** How the numbers of a date stand beside those of the other dates. */
export type LevelKind =
  /** +0.1 of reflectance in every band: the +1000 of newer products was not taken off */
  | "offset-still-in"
  /** −0.1 of reflectance in every band */
  | "offset-taken-twice"
  /** all numbers times or divided by a power of ten */
  | "factor"
  /** power between 0 and about 1 that is read as decibels */
  | "linear-not-decibels"
  /** nothing known explains it: clouds or snow without a mask, or another processing */
  | "brighter"
  | "darker";

/** A date that stands out, in the unit of its input. */
export interface LevelFigures {
  readonly acquisition: string;
  readonly date: string;
  /** the middle of what its clear pixels differ by from the median of the other dates there, the middle of all bands */
  readonly middle: number;
  /** the same for the darkest fiftieth of pixels */
  readonly darkest: number;
  /** bands that say the same */
  readonly agree: number;
  readonly bands: number;
}

/** What was seen of the dates of an input that a person should know before it is learned from. */
export type StackDoubt =
  | {
      readonly kind: "level";
      readonly level: LevelKind;
      /** of `factor`: what the numbers are times those of the other dates */
      readonly factor: number | null;
      readonly unit: "reflectance" | "dB" | "";
      readonly figures: readonly LevelFigures[];
    }
  /** several dates hold the same pixels */
  | { readonly kind: "same-pixels"; readonly same: number }
  /** several products of one overpass */
  | { readonly kind: "several-products" }
  /** passes or orbits in one series of radar: `level` is how far they lie apart, in dB */
  | {
      readonly kind: "orbits";
      readonly orbits: readonly {
        readonly pass: "ascending" | "descending" | null;
        readonly orbit: number | null;
        readonly dates: number;
      }[];
      readonly apart: number | null;
    }
  /** dates without a pixel in the project's area */
  | { readonly kind: "nothing-there" }
  /** dates of which the mask leaves nothing */
  | { readonly kind: "nothing-clear" }
  /** a time in which no date sees a third of the area clearly */
  | {
      readonly kind: "long-gap";
      readonly from: string;
      readonly to: string;
      readonly days: number;
      /** dates in between, which see less */
      readonly between: number;
    }
  /** dates that could not be read, with the first reason */
  | { readonly kind: "unreadable"; readonly reason: string };

/** What takes a doubt away. Each is one step of the history; files are never changed. */
export type StackRepair =
  /** value + `add` */
  | { readonly kind: "add"; readonly add: number; readonly acquisitions: readonly string[] }
  /** value × `times` */
  | { readonly kind: "times"; readonly times: number; readonly acquisitions: readonly string[] }
  /** read as linear power */
  | { readonly kind: "linear"; readonly acquisitions: readonly string[] }
  /** the input does without these dates; they stay in the project */
  | { readonly kind: "leave-out"; readonly acquisitions: readonly string[] }
  /** of several products of an overpass the clearest */
  | { readonly kind: "best-of-day" }
  /** an input for each orbit */
  | { readonly kind: "split-orbits" };

/** A small picture: [height, width, 3] bytes in base64. */
export interface SmallPicture {
  readonly date: string;
  readonly width: number;
  readonly height: number;
  readonly rgb: string;
}

export type StackFinding = {
  /** the same doubt about the same input has the same one */
  readonly id: string;
  readonly modality: string;
  readonly severity: "caution" | "note";
  readonly acquisitions: readonly string[];
  readonly dates: readonly string[];
  readonly repair: StackRepair | null;
  /** the first date that is meant, and one beside it that is as it should be */
  readonly pictures: readonly SmallPicture[];
} & StackDoubt;

/** An input, date by date, in shares of the project's area. */
export interface StackInput {
  readonly modality: string;
  readonly sensor: SensorId;
  readonly dates: readonly {
    readonly acquisition: string;
    readonly date: string;
    readonly data: number;
    readonly clear: number;
  }[];
}

export interface StackCheck {
  readonly inputs: readonly StackInput[];
  readonly findings: readonly StackFinding[];
}

/** Whether the dates of an input belong together: their numbers, orbits, copies and gaps. */
export interface StackCommands {
  /** Looks at every date of every input on a coarse grid of the area; changes nothing. */
  "stack.check"(request: {
    readonly modality?: string | undefined;
    readonly token?: string | undefined;
  }): Promise<StackCheck>;
  "stack.stop"(request: { readonly token: string }): Promise<void>;
  /** Makes a repair that `stack.check` proposes: one step of the history. */
  "stack.repair"(request: { readonly modality: string; readonly repair: StackRepair }): Promise<void>;
}
