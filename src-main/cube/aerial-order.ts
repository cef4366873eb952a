/** The order of the bands of an aerial image of four whose file does not name them: near infrared last, or first. */
import type { Evidence } from "../../src-shared/eo/index.ts";
import { isConceivable, type Reader } from "../imagery/index.ts";
import type { FileDescription } from "./acquisitions.ts";
import { thumbnailGrid } from "./thumbnail.ts";

const firstNames = ["NIR", "R", "G", "B"];

/** Near infrared agrees less with the colours than they do with each other: by so much in the mean correlation. */
const leastGap = 0.03;

/** Fewer pixels say nothing. */
const leastPixels = 64;

/**
 * True when the values of four bands say that near infrared stands first: its correlation with the three others is lower than that
 * of the last band, and it is the brightest, as plants make it. Towns and bare ground say nothing: `false`.
 * @param bands [4][pixels] as stored
 */
export function nearInfraredFirst(bands: readonly ArrayLike<number>[]): boolean {
  const [first, , , last] = bands;
  if (bands.length !== 4 || !first || !last || first.length < leastPixels) return false;
  const means = bands.map(meanOf);
  const withOthers = (at: number): number =>
    bands.reduce((sum, other, i) => sum + (i === at ? 0 : correlation(bands[at]!, other, means[at]!, means[i]!)), 0) /
    3;
  const gap = withOthers(3) - withOthers(0);
  return gap >= leastGap && means[0]! > Math.max(means[1]!, means[2]!, means[3]!);
}

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

/** Pearson's; NaN of a band without variation, which decides nothing. */
function correlation(p: ArrayLike<number>, q: ArrayLike<number>, meanP: number, meanQ: number): number {
  let [both, own, other] = [0, 0, 0];
  for (let i = 0; i < p.length; i++) {
    const [a, b] = [p[i]! - meanP, q[i]! - meanQ];
    both += a * b;
    own += a * a;
    other += b * b;
  }
  return both / Math.sqrt(own * other);
}

/** The description with the order of bands that 128 × 128 pixels of the image say, where the file names none and nobody chose one. */
export async function withAerialOrder(
  reader: Reader,
  file: FileDescription,
  signal?: AbortSignal,
): Promise<FileDescription> {
  const { facts, product, slices } = file;
  const usual = product.evidence.some(({ field, source }) => field === "bandNames" && source.code === "usual-order");
  if (product.sensor !== "aerial" || !usual || facts.bands.length !== 4 || slices[0]?.bands.length !== 4) return file;
  const target = thumbnailGrid(facts.geobox, 128);
  const request = { path: facts.path, bands: [1, 2, 3, 4], target, method: "nearest" as const };
  const block = await reader.warp(facts.crs ? { ...request, crs: facts.crs } : request, { signal });
  const kept: number[] = [];
  for (let i = 0; i < block.bands[0]!.length; i++) {
    const seen = block.bands.every((band, n) => block.valid[n]?.[i] !== 0 && isConceivable(band[i]!));
    // The frame around an image is 0 in every band.
    if (seen && block.bands.some((band) => band[i] !== 0)) kept.push(i);
  }
  if (!nearInfraredFirst(block.bands.map((band) => Float64Array.from(kept, (i) => band[i]!)))) return file;
  const evidence = product.evidence.map(
    (one): Evidence =>
      one.field === "bandNames" ? { field: "bandNames", source: { code: "near-infrared-first" } } : one,
  );
  const named = slices.map((slice) => ({
    ...slice,
    bands: slice.bands.map((band) => ({ ...band, name: firstNames[band.bandIndex - 1] ?? band.name })),
  }));
  return { ...file, product: { ...product, evidence }, slices: named };
}
