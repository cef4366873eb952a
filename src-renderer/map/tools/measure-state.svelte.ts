/** What was measured last; metres and square metres. */
export interface Measured {
  readonly kind: "length" | "area";
  /** the line, or the outline */
  readonly length: number;
  readonly planeLength: number;
  readonly area: number;
  readonly planeArea: number;
  readonly finished: boolean;
}

export class Measure {
  /** `null`: not begun. */
  now = $state.raw<Measured | null>(null);
}
