/** @see Wu and He 2018, Group Normalization */

import { formatShape, type Graph, type Value } from "../graph/index.ts";
import { add, div, mul, sqrt, sub } from "./elementwise.ts";
import { expand, reshape } from "./layout.ts";
import { reduceMean } from "./reduce.ts";

/**
 * Group normalisation of images that lie pixel by pixel: the channels of every group together, per sample.
 * x: [H, W, N, C], weight and bias: [C]
 */
export function pixelGroupNormalize(
  g: Graph,
  x: Value,
  weight: Value,
  bias: Value,
  groups: number,
  epsilon: number,
): Value {
  const [height, width, n, channels] = x.shape as [number, number, number, number];
  if (x.shape.length !== 4 || channels % groups !== 0 || formatShape(weight.shape) !== `[${channels}]`)
    throw new Error(`PixelGroupNorm: ${formatShape(x.shape)} in ${groups} groups by ${formatShape(weight.shape)}`);
  return g.record("PixelGroupNorm", [x, weight, bias], { groups, epsilon }, () => {
    const [pixels, perGroup] = [height * width, channels / groups];
    const row = (value: Value, shape: readonly number[]) =>
      reshape(g, expand(g, reshape(g, value, shape), [n, groups, perGroup]), [1, n * channels]);
    const meanOf = (value: Value) => reduceMean(g, reshape(g, value, [pixels, n * groups, perGroup]), [0, 2], true);
    // Statistics are laid out as long rows: broadcasting over few channels at a time is several times slower.
    const flat = reshape(g, x, [pixels, n * channels]);
    const centred = sub(g, flat, row(meanOf(flat), [n, groups, 1]));
    const inverse = div(g, 1, sqrt(g, add(g, meanOf(mul(g, centred, centred)), epsilon)));
    const scale = row(mul(g, reshape(g, inverse, [n, groups, 1]), reshape(g, weight, [1, groups, perGroup])), [
      n,
      groups,
      perGroup,
    ]);
    const y = add(g, mul(g, centred, scale), row(bias, [1, groups, perGroup]));
    return [reshape(g, y, x.shape), centred, scale, inverse];
  })[0]!;
}
