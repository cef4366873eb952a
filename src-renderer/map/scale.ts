/** CSS counts 96 pixels to the inch, and so do the scales of QGIS. */
const metersPerPixel = 0.0254 / 96;

export const scaleOf = (resolution: number, metersPerUnit: number): number =>
  (resolution * metersPerUnit) / metersPerPixel;

export const resolutionOfScale = (scale: number, metersPerUnit: number): number =>
  (scale * metersPerPixel) / metersPerUnit;

/** `1:25 000`, `25000`, `1/25.000` → 25000; `null` when it is no scale. Separators stand between groups of three digits: a decimal is none. */
export function readScale(text: string): number | null {
  const digits = /^\s*(?:1\s*[:/]\s*)?(\d{1,3}(?:[\s.,'’]\d{3})+|\d+)\s*$/.exec(text)?.[1]?.replaceAll(/[^\d]/g, "");
  const scale = Number(digits);
  return digits && scale >= 1 ? scale : null;
}

/** The longest round length (1, 2 or 5 times a power of ten) that fits into `pixels`. */
export function scaleBar(
  metersPerPixelOfView: number,
  pixels: number,
): { readonly meters: number; readonly width: number } {
  const longest = metersPerPixelOfView * pixels;
  const power = 10 ** Math.floor(Math.log10(longest));
  const meters = power * (longest >= 5 * power ? 5 : longest >= 2 * power ? 2 : 1);
  return { meters, width: meters / metersPerPixelOfView };
}
