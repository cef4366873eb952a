/** How much of the map a class covers. */
export interface ClassArea {
  readonly code: number;
  readonly pixels: number;
  readonly hectares: number;
  /** of all counted pixels */
  readonly percent: number;
}

/**
 * Areas from counts per class code. Pixels without a class are not in `counts` and not in the percentages.
 * @see Olofsson et al. 2014: counted pixels are no estimate of areas (`estimateAreas`)
 */
export function areasOf(
  counts: Readonly<Record<number, number>>,
  codes: readonly number[],
  hectaresPerPixel: number,
): ClassArea[] {
  const total = codes.reduce((sum, code) => sum + (counts[code] ?? 0), 0);
  return codes.map((code) => {
    const pixels = counts[code] ?? 0;
    return { code, pixels, hectares: pixels * hectaresPerPixel, percent: total === 0 ? 0 : (100 * pixels) / total };
  });
}
