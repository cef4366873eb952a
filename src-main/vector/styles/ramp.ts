/** A colour at a value; between two stops colours blend. */
export interface RampStop {
  readonly value: number;
  /** `#rrggbb` */
  readonly color: string;
  readonly label: string;
}

/** From dark blue to yellow, readable in grey and with colour-blind eyes (the viridis colours, dedicated to the public domain). */
const colors = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"] as const;

/** A ramp for confidence: from 0 to `maximum`, the stored value that means certain; labels are in per cent. */
export function confidenceRamp(maximum: number): readonly RampStop[] {
  return colors.map((color, i) => {
    const share = i / (colors.length - 1);
    return { value: share * maximum, color, label: `${Math.round(100 * share)} %` };
  });
}
