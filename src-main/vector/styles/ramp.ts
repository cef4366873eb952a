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

/** A ramp for numbers of a unit, from `low` to `high`; labels have as many digits as tell the stops apart. */
export function numberRamp(low: number, high: number, unit: string): readonly RampStop[] {
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(high - low))));
  return colors.map((color, i) => {
    const value = low + (i / (colors.length - 1)) * (high - low);
    return { value, color, label: `${Number(value.toFixed(digits))}${unit === "" ? "" : ` ${unit}`}` };
  });
}
